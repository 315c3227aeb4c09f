/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: gdb's side of the remote protocol.  The first byte chooses {0-1: board, 2:
 * interpreter, 3: the string as it is}; otherwise newlines part the string into packets,
 * which get their frames and checksums.  The machine runs when it is told to, with the
 * registers and the code that the packets have put there.
 */
#include "core/gdb.h"

#include <assert.h>
#include <emu/machine.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_machine.h"

#define GDB_RUNS 40
#define GDB_INSTRUCTIONS 200

struct gdb_session {
	struct machine *m;
	struct gdb *gdb;
	unsigned runs;
	bool gone;
};

/* Everything that is sent must be readable. */
static void gdb_sent(void *context, const char *bytes, size_t count)
{
	unsigned *sum = context;

	for (size_t i = 0; i < count; i++)
		*sum += (unsigned char)bytes[i];
}

static void gdb_act(struct gdb_session *s, enum gdb_action action)
{
	enum machine_exit why;

	if (action == GDB_NONE)
		return;
	if (action == GDB_DETACH || action == GDB_KILL || ++s->runs > GDB_RUNS) {
		s->gone = true;
		return;
	}
	why = action == GDB_STEP ? machine_step(s->m) : fuzz_machine_run(s->m, GDB_INSTRUCTIONS);
	gdb_stopped(s->gdb, why);
	s->gone = why == MACHINE_OFF;
}

static void gdb_feed(struct gdb_session *s, const char *bytes, size_t count)
{
	while (count && !s->gone) {
		size_t used = 0;
		enum gdb_action action = gdb_input(s->gdb, bytes, count, &used);

		assert(used && used <= count);
		gdb_act(s, action);
		bytes += used;
		count -= used;
	}
}

static void gdb_feed_packet(struct gdb_session *s, const char *text, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t sum = 0;
	char tail[3];

	for (size_t i = 0; i < count; i++)
		sum = (uint8_t)(sum + (uint8_t)text[i]);
	tail[0] = '#';
	tail[1] = digits[sum >> 4];
	tail[2] = digits[sum & 15];
	gdb_feed(s, "$", 1);
	gdb_feed(s, text, count);
	gdb_feed(s, tail, sizeof tail);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	const char *text = (const char *)bytes + 1;
	unsigned options = count ? bytes[0] : 0, sum = 0;
	struct gdb_session s = { 0 };
	struct machine_config config =
		fuzz_machine_config(fuzz_machine_board(options), options & 4);

	s.m = machine_create(&config, NULL, 0);
	assert(s.m);
	s.gdb = gdb_create(s.m, gdb_sent, &sum);
	assert(s.gdb);
	for (size_t left = count ? count - 1 : 0; left && !s.gone;) {
		const char *end = options & 8 ? NULL : memchr(text, '\n', left);
		size_t part = end ? (size_t)(end - text) : left;

		if (options & 8)
			gdb_feed(&s, text, part);
		else
			gdb_feed_packet(&s, text, part);
		part += end != NULL;
		text += part;
		left -= part;
	}
	gdb_destroy(s.gdb);
	machine_destroy(s.m);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: a damaged saved machine.  The string begins with a byte of options {0-1:
 * board, 2: interpreter, 3: leave the checksum wrong, 4: cut the file short}, then come
 * patches {u8 count of bytes, u24 offset, bytes}.  A file that is accepted for all that
 * must give a machine that runs.
 */
#include <assert.h>
#include <emu/archive.h>
#include <emu/machine.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_machine.h"

#define STATE_BYTES (1u << 20)
#define STATE_PATCHES 64

enum { OPTION_BOARD = 3, OPTION_INTERPRET = 4, OPTION_WRONG_SUM = 8, OPTION_CUT = 16 };

struct state_file {
	size_t count, at;
	uint8_t bytes[STATE_BYTES];
};

static bool state_put(void *context, void *bytes, size_t count)
{
	struct state_file *f = context;

	if (count > sizeof f->bytes - f->count)
		return false;
	memcpy(f->bytes + f->count, bytes, count);
	f->count += count;
	return true;
}

static bool state_get(void *context, void *bytes, size_t count)
{
	struct state_file *f = context;

	if (count > f->count - f->at)
		return false;
	memcpy(bytes, f->bytes + f->at, count);
	f->at += count;
	return true;
}

static struct machine *state_machine(unsigned options)
{
	struct machine_config config = fuzz_machine_config(
		fuzz_machine_board(options & OPTION_BOARD), options & OPTION_INTERPRET);
	char error[200];
	struct machine *m = machine_create(&config, error, sizeof error);

	assert(m);
	return m;
}

/* A good file of the board, made once. */
static const struct state_file *state_good(unsigned options)
{
	static struct state_file files[OPTION_BOARD + 1];
	struct state_file *f = &files[options & OPTION_BOARD];
	struct machine *m;
	struct archive *a;
	bool good;

	if (f->count)
		return f;
	m = state_machine(options);
	fuzz_machine_run(m, 500);
	a = archive_begin_save(state_put, f);
	machine_state(m, a);
	good = archive_end(a, NULL, 0);
	assert(good);
	machine_destroy(m);
	return f;
}

/* CRC-32C, bit by bit: unlike what it checks. */
static uint32_t state_sum(const uint8_t *bytes, size_t count)
{
	static uint32_t table[256];
	uint32_t crc = ~0u;

	for (uint32_t i = 0; i < 256 && !table[255]; i++) {
		table[i] = i;
		for (unsigned bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0x82f63b78u : 0);
	}
	for (size_t i = 0; i < count; i++)
		crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xff];
	return ~crc;
}

static void state_damage(struct state_file *f, struct fuzz_source *in, unsigned options)
{
	uint32_t sum;

	for (unsigned n = 0; in->left > 4 && n < STATE_PATCHES; n++) {
		unsigned count = 1u << (fuzz_source_take(in, 1) & 3);
		size_t at = fuzz_source_take(in, 3) % f->count;

		for (unsigned i = 0; i < count && at < f->count; i++)
			f->bytes[at++] = (uint8_t)fuzz_source_take(in, 1);
	}
	if (options & OPTION_CUT)
		f->count -= f->count * fuzz_source_take(in, 1) / 256;
	if (options & OPTION_WRONG_SUM || f->count < 4)
		return;
	sum = state_sum(f->bytes, f->count - 4);
	memcpy(f->bytes + f->count - 4, &sum, 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	static struct state_file file;
	struct fuzz_source in = { bytes, count };
	unsigned options = (unsigned)fuzz_source_take(&in, 1);
	const struct state_file *good = state_good(options);
	struct machine *m;
	struct archive *a;

	file.count = good->count;
	file.at = 0;
	memcpy(file.bytes, good->bytes, good->count);
	state_damage(&file, &in, options);
	m = state_machine(options);
	a = archive_begin_load(state_get, &file);
	machine_state(m, a);
	if (archive_end(a, NULL, 0)) {
		for (unsigned i = 0; i < 4; i++) {
			fuzz_machine_touch((options >> 5) + i);
			fuzz_machine_run(m, 500);
		}
		machine_reset(m);
		fuzz_machine_run(m, 100);
	}
	machine_destroy(m);
	return 0;
}

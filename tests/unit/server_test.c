/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server loop of lib/l4 against a kernel played by a script: every call of
 * l4_reply_wait_timeout() checks the answer it is given and delivers the next message.
 * The UTCB is a buffer of this program to which the gs base points, as on L4.
 */
#include "tap.h"

#include <asm/prctl.h>
#include <l4/server.h>
#include <l4/syscall.h>
#include <setjmp.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LABEL_ADD 0x100
#define LABEL_FAULT 0x200
#define LABEL_SILENT 0x300
#define CLIENT(n) (l4_thread_id((l4_word_t)(n) << 32 | 1))

static l4_word_t block[L4_UTCB_SIZE / 8 + 8];
static l4_word_t *const utcb = &block[64];

struct step {
	const char *name;
	/* What the server has to send: nothing if `to` is 0. */
	unsigned to;
	l4_word_t tag, mr1, mr2;
	/* What it gets: an error, or a message. */
	l4_word_t error;
	unsigned from;
	l4_word_t in_tag, in_mr1, in_mr2;
	/* How long it is to wait at most (0: for ever), and how long that takes. */
	uint64_t patience_us, takes_us;
};

static const struct step *step, *last_step;
static jmp_buf script_end;
static const struct l4_server_tick *tick;
static l4_word_t lost_to, lost_error;

static uint64_t clock_us;
static unsigned ticks;

uint64_t l4_system_clock(void)
{
	return clock_us;
}

struct l4_tag l4_reply_wait_timeout(struct l4_thread_id to, struct l4_time timeout,
				    struct l4_thread_id *from)
{
	if (step == last_step)
		longjmp(script_end, 1);
	is(timeout.raw, step->patience_us ? l4_period_us(step->patience_us).raw : L4_NEVER.raw,
	   "%s: the time it waits", step->name);
	clock_us += step->takes_us;
	is(to.raw, step->to ? CLIENT(step->to).raw : 0, "%s: the answer's receiver", step->name);
	if (step->to) {
		is(utcb[0], step->tag, "%s: tag", step->name);
		is(utcb[1], step->mr1, "%s: MR1", step->name);
		is(utcb[2], step->mr2, "%s: MR2", step->name);
	}
	is(utcb[L4_TCR_BR0], 0, "%s: nothing is accepted", step->name);
	utcb[L4_TCR_ERROR_CODE] = step->error;
	utcb[L4_TCR_BR0] = ~0ull;
	*from = CLIENT(step->from);
	utcb[0] = step->error ? L4_TAG_ERROR : step->in_tag;
	utcb[1] = step->in_mr1;
	utcb[2] = step->in_mr2;
	step++;
	return (struct l4_tag){ utcb[0] };
}

static bool on_add(struct l4_thread_id from, struct l4_message *m)
{
	(void)from;
	utcb[1] = utcb[2] = 0xdead; /* as a call of the handler's own would */
	l4_message_answer(m, 0, m->mr[1] + m->mr[2]);
	return true;
}

static bool on_fault(struct l4_thread_id from, struct l4_message *m)
{
	l4_word_t label = l4_tag_label(m->tag);

	(void)from;
	l4_message_map(m, l4_map_item(l4_fpage(m->mr[1], 12, label & 7), m->mr[1]));
	return true;
}

static bool on_silent(struct l4_thread_id from, struct l4_message *m)
{
	(void)from;
	(void)m;
	return false;
}

static bool on_refuse(struct l4_thread_id from, struct l4_message *m)
{
	(void)from;
	l4_message_answer(m, 0x77, l4_tag_label(m->tag));
	return true;
}

static void on_lost(struct l4_thread_id to, l4_word_t error_code)
{
	lost_to = to.raw;
	lost_error = error_code;
}

static const struct l4_server_entry table[] = {
	{ .label = LABEL_ADD, .untyped = 2, .handler = on_add },
	{ .label = LABEL_FAULT, .variable = 7, .untyped = 2, .handler = on_fault },
	{ .label = LABEL_SILENT, .untyped = 1, .more = true, .handler = on_silent },
};

static void play(const struct l4_server *server, const struct step *script, unsigned count)
{
	step = script;
	last_step = script + count;
	lost_to = lost_error = 0;
	utcb[L4_TCR_BR0] = ~0ull;
	if (!setjmp(script_end))
		l4_server_run_ticking(server, tick);
}

#define tag_of(label, untyped, typed) ((l4_word_t)(label) << 16 | (typed) << 6 | (untyped))
#define lost_in_send (L4_IPC_NO_PARTNER << 1)
#define failed_in_receive (L4_IPC_CANCELLED << 1 | 1)
#define REFUSED tag_of(L4_LABEL_REFUSED, 0, 0)

static void test_loop(void)
{
	static const struct step script[] = {
		{ "first wait", .from = 1, .in_tag = tag_of(LABEL_ADD, 2, 0), .in_mr1 = 3,
		  .in_mr2 = 4 },
		{ "sum", 1, tag_of(0, 1, 0), 7, 0xdead, .from = 2,
		  .in_tag = tag_of(LABEL_FAULT | 5, 2, 0), .in_mr1 = 0x5000 },
		{ "map", 2, tag_of(0, 0, 2), 0x5000 | L4_ITEM_MAP, 0x5000 | 12 << 4 | 5, .from = 3,
		  .in_tag = tag_of(LABEL_SILENT, 1, 0) },
		{ "silence", .from = 4, .in_tag = tag_of(LABEL_SILENT, 9, 0) },
		{ "silence about more words", .error = failed_in_receive },
		{ "after a failed receive", .from = 5, .in_tag = tag_of(LABEL_ADD, 2, 0),
		  .in_mr1 = 1, .in_mr2 = 1 },
		{ "lost answer", 5, tag_of(0, 1, 0), 2, 0xdead, .error = lost_in_send },
		{ "after a lost answer", .from = 6, .in_tag = tag_of(LABEL_ADD, 2, 0), .in_mr1 = 2,
		  .in_mr2 = 2 },
		{ "failed receive after an answer", 6, tag_of(0, 1, 0), 4, 0xdead,
		  .error = failed_in_receive },
		{ "and on", .from = 7, .in_tag = tag_of(LABEL_SILENT, 1, 0) },
	};
	const struct l4_server server = { table, 3, NULL, on_lost };

	play(&server, script, sizeof(script) / sizeof(script[0]));
	is(lost_to, CLIENT(5).raw, "the loss is reported");
	is(lost_error, lost_in_send, "with its error");
}

static void test_refusals(void)
{
	static const struct step script[] = {
		{ "first wait", .from = 1, .in_tag = tag_of(0x999, 2, 0) },
		{ "unknown label", 1, REFUSED, 0, 0, .from = 1, .in_tag = tag_of(LABEL_ADD, 1, 0) },
		{ "too few words", 1, REFUSED, 0, 0, .from = 1, .in_tag = tag_of(LABEL_ADD, 3, 0) },
		{ "too many words", 1, REFUSED, 0, 0, .from = 1,
		  .in_tag = tag_of(LABEL_ADD, 2, 2) },
		{ "typed items", 1, REFUSED, 0, 0, .from = 1,
		  .in_tag = tag_of(LABEL_FAULT | 8, 2, 0) },
		{ "a label beyond the variable bits", 1, REFUSED, 0, 0, .from = 1,
		  .in_tag = tag_of(LABEL_SILENT, 0, 0) },
		{ "too few words of any number", 1, REFUSED, 0, 0, .from = 1,
		  .in_tag = tag_of(0xffffffffffff, 63, 63) },
		{ "all bits set", 1, REFUSED, 0, 0, .error = lost_in_send },
	};
	const struct l4_server server = { table, 3, NULL, NULL };

	play(&server, script, sizeof(script) / sizeof(script[0]));
}

static void test_own_refusal(void)
{
	static const struct step script[] = {
		{ "first wait", .from = 1, .in_tag = tag_of(0x999, 1, 0) },
		{ "own refusal", 1, tag_of(0x77, 1, 0), 0x999, 0, .error = failed_in_receive },
	};
	const struct l4_server server = { table, 3, on_refuse, NULL };

	play(&server, script, sizeof(script) / sizeof(script[0]));
}

static void on_tick(uint64_t now_us)
{
	is(now_us, clock_us, "the tick is told the time");
	ticks++;
	utcb[1] = utcb[2] = 0xdead; /* as its own calls would */
}

static void test_tick(void)
{
	static const struct step script[] = {
		{ "after the first tick", .from = 1, .in_tag = tag_of(LABEL_ADD, 2, 0), .in_mr1 = 1,
		  .in_mr2 = 2, .patience_us = 1000, .takes_us = 400 },
		{ "the rest of the time", 1, tag_of(0, 1, 0), 3, 0xdead, .from = 1,
		  .in_tag = tag_of(LABEL_ADD, 2, 0), .in_mr1 = 2, .in_mr2 = 2, .patience_us = 600,
		  .takes_us = 600 },
		{ "an answer that a tick precedes", 1, tag_of(0, 1, 0), 4, 0xdead,
		  .error = failed_in_receive, .patience_us = 1000, .takes_us = 1000 },
		{ "after a timeout", .error = failed_in_receive, .patience_us = 1000 },
	};
	const struct l4_server server = { table, 3, NULL, NULL };

	clock_us = 5000;
	tick = &(struct l4_server_tick){ on_tick, 1000 };
	play(&server, script, sizeof(script) / sizeof(script[0]));
	is(ticks, 3, "as many ticks as there were times");
}

int main(void)
{
	block[0] = (l4_word_t)utcb;
	if (syscall(SYS_arch_prctl, ARCH_SET_GS, block) != 0) {
		bail_out("this Linux can't set the gs base");
		return 1;
	}
	test_loop();
	test_refusals();
	test_own_refusal();
	test_tick();
	return done();
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whole machines: that deterministic time depends on nothing but the guest, that blocks
 * fit small code caches, and that a damaged state is refused.
 */
#include <emu/archive.h>
#include <emu/machine.h>
#include <stdlib.h>

#include "../tap.h"
#include "core/cpu.h"

#define RAM_BYTES (16u << 20)
#define DONE UINT64_MAX
#define AT_MOST 1000000

/* On vexpress-a9: sets the private timer to times so near that they are over before the
 * alarm can take effect, masks and unmasks its interrupt, and mixes where that hits into
 * r6; powers off at the end. */
static const uint32_t near_alarms[] = {
	0xe28f00d8, /*  0: add r0, pc, #216 */
	0xee0c0f10, /*  1: mcr 15, 0, r0, cr12, cr0, {0} */
	0xf1020012, /*  2: cps #18 */
	0xe3a0d206, /*  3: mov sp, #1610612736 */
	0xe28dd602, /*  4: add sp, sp, #2097152 */
	0xf1020013, /*  5: cps #19 */
	0xe3a0441e, /*  6: mov r4, #503316480 */
	0xe3a00001, /*  7: mov r0, #1 */
	0xe2841a01, /*  8: add r1, r4, #4096 */
	0xe5810000, /*  9: str r0, [r1] */
	0xe3a00202, /* 10: mov r0, #536870912 */
	0xe5810100, /* 11: str r0, [r1, #256] */
	0xe3a000ff, /* 12: mov r0, #255 */
	0xe5840104, /* 13: str r0, [r4, #260] */
	0xe3a00001, /* 14: mov r0, #1 */
	0xe5840100, /* 15: str r0, [r4, #256] */
	0xe3a0ab02, /* 16: mov sl, #2048 */
	0xe59f00b0, /* 17: ldr r0, [pc, #176] */
	0xe0050095, /* 18: mul r5, r5, r0 */
	0xe2855a03, /* 19: add r5, r5, #12288 */
	0xe2855039, /* 20: add r5, r5, #57 */
	0xe1a00825, /* 21: lsr r0, r5, #16 */
	0xe200000f, /* 22: and r0, r0, #15 */
	0xe5840600, /* 23: str r0, [r4, #1536] */
	0xe3a01005, /* 24: mov r1, #5 */
	0xe5841608, /* 25: str r1, [r4, #1544] */
	0xe3150602, /* 26: tst r5, #2097152 */
	0x0a000000, /* 27: beq 29 */
	0xf1080080, /* 28: cpsie i */
	0xe1a02ca5, /* 29: lsr r2, r5, #25 */
	0xe0877005, /* 30: add r7, r7, r5 */
	0xe5943604, /* 31: ldr r3, [r4, #1540] */
	0xe0877003, /* 32: add r7, r7, r3 */
	0xe2522001, /* 33: subs r2, r2, #1 */
	0x5afffffa, /* 34: bpl 30 */
	0xf1080080, /* 35: cpsie i */
	0xe320f000, /* 36: nop */
	0xf10c0080, /* 37: cpsid i */
	0xe25aa001, /* 38: subs sl, sl, #1 */
	0x1affffe8, /* 39: bne 17 */
	0xe3a00201, /* 40: mov r0, #268435456 */
	0xe59f1054, /* 41: ldr r1, [pc, #84] */
	0xe58010a4, /* 42: str r1, [r0, #164] */
	0xe2877001, /* 43: add r7, r7, #1 */
	0xeafffffd, /* 44: b 43 */
	0xe24ee004, /* 45: sub lr, lr, #4 */
	0xe92d400f, /* 46: push {r0, r1, r2, r3, lr} */
	0xe0866286, /* 47: add r6, r6, r6, lsl #5 */
	0xe086600e, /* 48: add r6, r6, lr */
	0xe0866007, /* 49: add r6, r6, r7 */
	0xe2899001, /* 50: add r9, r9, #1 */
	0xe594010c, /* 51: ldr r0, [r4, #268] */
	0xe3a01001, /* 52: mov r1, #1 */
	0xe584160c, /* 53: str r1, [r4, #1548] */
	0xe5840110, /* 54: str r0, [r4, #272] */
	0xe8fd800f, /* 55: ldm sp!, {r0, r1, r2, r3, pc}^ */
	0xeafffffe, /* 56: b 56 */
	0xeafffffe, /* 57: b 57 */
	0xeafffffe, /* 58: b 58 */
	0xeafffffe, /* 59: b 59 */
	0xeafffffe, /* 60: b 60 */
	0xeafffffe, /* 61: b 61 */
	0xeaffffed, /* 62: b 45 */
	0x41c64e6d, /* 63: .word 0x41c64e6d */
	0xc0800000, /* 64: .word 0xc0800000 */
};

static void no_transmit(void *port, const uint8_t *bytes, size_t count)
{
	(void)port, (void)bytes, (void)count;
}

static struct machine *machine_make(const void *program, size_t bytes, unsigned max_block,
				    bool interpret)
{
	static struct serial_line line;
	static struct screen screen;
	static struct input input;
	struct machine_config config = { .board = "vexpress-a9",
					 .memory_bytes = RAM_BYTES,
					 .kernel = { program, bytes },
					 .serial = { &line },
					 .screen = &screen,
					 .input = &input,
					 .deterministic = true,
					 .code_cache_bytes = 1, /* the smallest */
					 .max_block = max_block,
					 .interpret = interpret };
	char error[200];
	struct machine *m;

	line = (struct serial_line){ .transmit = no_transmit };
	m = machine_create(&config, error, sizeof error);
	if (!m)
		printf("# %s\n", error);
	return m;
}

static uint64_t executed(struct machine *m)
{
	struct machine_stats s;

	machine_stats(m, &s);
	return s.instructions;
}

struct outcome {
	enum machine_exit why;
	uint64_t instructions, hash;
};

/* Runs it in pieces of so many instructions. */
static struct outcome run_near_alarms(unsigned max_block, bool interpret, uint64_t piece)
{
	struct machine *m = machine_make(near_alarms, sizeof near_alarms, max_block, interpret);
	struct outcome o = { .why = MACHINE_STOPPED };

	while (o.why == MACHINE_STOPPED && executed(m) < AT_MOST)
		o.why = machine_run_for(m, piece);
	o.instructions = executed(m);
	o.hash = machine_hash(m);
	machine_destroy(m);
	return o;
}

static void test_time(void)
{
	static const struct {
		unsigned max_block;
		bool interpret;
		uint64_t piece;
	} ways[] = { { 1, false, DONE }, { 7, false, DONE }, { 0, true, DONE },
		     { 0, false, 9973 }, { 0, false, 37 },   { 5, true, 11 } };
	struct outcome whole = run_near_alarms(0, false, DONE);

	is(whole.why, MACHINE_OFF, "near alarms: the guest powers off");
	for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct outcome o =
			run_near_alarms(ways[i].max_block, ways[i].interpret, ways[i].piece);

		is(o.why, MACHINE_OFF, "in another way, %u: powers off", i);
		is(o.instructions, whole.instructions, "after as many instructions");
		is(o.hash, whole.hash, "in the same state");
	}
}

/* The instructions with the longest code: 64 of them don't fit a sixteenth of the cache. */
static void test_small_cache(bool interpret)
{
	static uint32_t program[200];
	unsigned count = sizeof program / sizeof *program;
	struct machine *m;

	program[0] = 0xe1a0d00f; /* mov sp, pc */
	for (unsigned i = 1; i < count - 1; i++)
		program[i] = 0xe89d5fff; /* ldm sp, {r0-r12, lr} */
	program[count - 1] = 0xeafffffe; /* b . */
	m = machine_make(program, sizeof program, 0, interpret);
	is(machine_run_for(m, 10000), MACHINE_STOPPED, "large code in a small cache, %s",
	   interpret ? "interpreted" : "translated");
	is(executed(m), 10000, "all of it was executed");
	machine_destroy(m);
}

struct bytes {
	uint8_t *at;
	size_t count, room;
};

static bool put_bytes(void *context, void *bytes, size_t count)
{
	struct bytes *b = context;

	if (count > b->room - b->count)
		return false;
	memcpy(b->at + b->count, bytes, count);
	b->count += count;
	return true;
}

static bool get_bytes(void *context, void *bytes, size_t count)
{
	struct bytes *b = context;

	if (count > b->room - b->count)
		return false;
	memcpy(bytes, b->at + b->count, count);
	b->count += count;
	return true;
}

/* Saves the machine as it is and loads that.  Returns whether it was accepted. */
static bool save_and_load(struct machine *m)
{
	struct bytes b = { .at = malloc(2 * RAM_BYTES), .room = 2 * RAM_BYTES };
	struct archive *a = archive_begin_save(put_bytes, &b);
	bool good;

	machine_state(m, a);
	good = archive_end(a, NULL, 0);
	b.count = 0;
	a = archive_begin_load(get_bytes, &b);
	machine_state(m, a);
	good = archive_end(a, NULL, 0) && good;
	free(b.at);
	return good;
}

static void test_state(void)
{
	struct machine *m = machine_make(near_alarms, sizeof near_alarms, 0, false);

	machine_run_for(m, 1000);
	ok(save_and_load(m), "a good state is accepted");
	machine_cpu(m)->fp_rounding = 8; /* would be a reserved bit of MXCSR */
	ok(!save_and_load(m), "one with an unknown rounding mode isn't");
	machine_destroy(m);
	m = machine_make(near_alarms, sizeof near_alarms, 0, false);
	machine_cpu(m)->event = true;
	machine_cpu(m)->event_at = 1 << 20;
	ok(!save_and_load(m), "nor one with an event far in the future");
	machine_destroy(m);
}

int main(void)
{
	test_time();
	test_small_cache(false);
	test_small_cache(true);
	test_state();
	return done();
}

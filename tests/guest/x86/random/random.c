/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random x86 instructions on random states: the translator in several configurations, the
 * interpreter and the CPU this runs on must come to the same results: registers, flags that
 * are defined, x87, SSE, memory, and which exception where with which error code and address.
 *
 *	random_x86 [--count N] [--seed S] [--only integer|string|x87|sse|mixed] [--first CASE]
 *		   [--failures N]
 *
 * N counts executed instructions, of each kind.  A case is made from the seed and its number
 * alone.  The reference (native.c) is found beside the program's folder, as
 * ../x86/random-native.  A case that fails is reduced: operations are left out as long as it
 * still fails.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compare.h"
#include "guest/random_options.h"
#include "guest/x86/system.h"
#include "program.h"
#include "subject.h"
#include "tap.h"

#if defined(__SANITIZE_ADDRESS__)
#define DEFAULT_COUNT 20000
#else
#define DEFAULT_COUNT 100000
#endif
#define DEFAULT_SEED 20260101
#define PERCENT_OTHER_WAYS 25 /* of cases run in all ways */

static const char *const flavour_names[FLAVOURS] = { "integer", "string", "x87", "sse", "mixed" };
static const char *const way_names[WAYS] = { "translator", "interpreter", "single", "pairs" };

static struct random_options options = {
	.count = DEFAULT_COUNT, .seed = DEFAULT_SEED, .only = -1, .failures = 1
};

static struct subject *subjects[WAYS];
static struct program programs[CASE_BATCH];
static struct case_exchange *exchange;
static struct random_result results[WAYS][CASE_BATCH];
static bool all_ways;

/* --- The reference ------------------------------------------------------------------ */

static struct {
	pid_t pid;
	int to, from;
} native;

static void native_child(const char *path, int memory, const int to[2], const int from[2])
{
	char number[16];

	snprintf(number, sizeof number, "%d", memory);
	dup2(to[0], 0);
	dup2(from[1], 1);
	close(to[1]);
	close(from[0]);
	execl(path, path, number, (char *)NULL);
	_exit(127);
}

static bool native_start(const char *program)
{
	char path[512];
	const char *slash = strrchr(program, '/');
	int to[2], from[2], memory = memfd_create("random-x86", 0);

	snprintf(path, sizeof path, "%.*s../x86/random-native",
		 slash ? (int)(slash - program) + 1 : 0, program);
	if (memory < 0 || ftruncate(memory, sizeof *exchange) || pipe(to) || pipe(from))
		return false;
	exchange = mmap(NULL, sizeof *exchange, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	if (exchange == MAP_FAILED)
		return false;
	native.pid = fork();
	if (native.pid == 0)
		native_child(path, memory, to, from);
	close(memory);
	close(to[0]);
	close(from[1]);
	native.to = to[1];
	native.from = from[0];
	return native.pid > 0;
}

static bool native_begin(void)
{
	return write(native.to, "", 1) == 1;
}

static bool native_finish(void)
{
	char byte;

	return read(native.from, &byte, 1) == 1;
}

static void native_stop(void)
{
	close(native.to);
	waitpid(native.pid, NULL, 0);
}

/* --- Batches ------------------------------------------------------------------------ */

/* In the other ways only some are run, but when it is known to fail. */
static bool runs(enum way way, uint64_t number)
{
	return all_ways || way == WAY_TRANSLATE || number * 2654435761u % 100 < PERCENT_OTHER_WAYS;
}

static void run_batch(enum way way, uint64_t first)
{
	subject_constant(subjects[way], exchange->constant);
	for (unsigned i = 0; i < CASE_BATCH; i++)
		subject_load(subjects[way], i, &exchange->cases[i]);
	for (unsigned i = 0; i < CASE_BATCH; i++) {
		if (runs(way, first + i))
			subject_run(subjects[way], i, &exchange->cases[i], exchange->window,
				    &results[way][i]);
		else
			results[way][i] = results[WAY_TRANSLATE][i];
	}
}

static bool run_all(uint64_t first)
{
	if (!native_begin())
		return false;
	for (enum way way = 0; way < WAYS; way++)
		run_batch(way, first);
	return native_finish();
}

static bool case_agrees(unsigned i)
{
	for (enum way way = 0; way < WAYS; way++)
		if (!results_agree(&exchange->cases[i], i, &results[way][i], &exchange->results[i]))
			return false;
	return true;
}

/* --- Failures ----------------------------------------------------------------------- */

static uint64_t reduce(unsigned i)
{
	uint64_t without = 0;

	for (unsigned n = 0; n < programs[i].count; n++) {
		program_assemble(&programs[i], without | 1ull << n, i, &exchange->cases[i]);
		if (!run_all(0))
			break;
		if (!case_agrees(i))
			without |= 1ull << n;
	}
	program_assemble(&programs[i], without, i, &exchange->cases[i]);
	run_all(0);
	return without;
}

static void print_code(const struct random_case *c, unsigned slot)
{
	unsigned end = c->guest_at[c->ops];

	for (unsigned at = 0; at < end;) {
		char text[96], bytes[3 * 16 + 1] = "";
		unsigned count = x86_disassemble_as(true, case_slot(slot) + at, c->guest + at,
						    end - at, text, sizeof text);

		if (!count)
			break;
		for (unsigned n = 0; n < count && n < 16; n++)
			snprintf(bytes + 3 * n, 4, "%02x ", c->guest[at + n]);
		diag("  %08x  %-30s %s", case_slot(slot) + at, bytes, text);
		at += count;
	}
}

static void print_state(const struct random_case *c)
{
	for (unsigned i = 0; i < 8; i += 4)
		diag("  r%u %08x %08x %08x %08x", i, c->r[i], c->r[i + 1], c->r[i + 2],
		     c->r[i + 3]);
	diag("  eflags %08x control %04x status %04x valid %02x mxcsr %04x", c->eflags,
	     c->fpu.control, c->fpu.status, c->fpu.valid, c->fpu.mxcsr);
	for (unsigned i = 0; i < 8; i++)
		diag("  st%u %04x %016llx xmm%u %016llx %016llx", i, c->fpu.st[i].exponent,
		     (unsigned long long)c->fpu.st[i].significand, i,
		     (unsigned long long)c->fpu.xmm[i][1], (unsigned long long)c->fpu.xmm[i][0]);
}

static void print_results(unsigned i)
{
	for (enum way way = 0; way < WAYS; way++)
		print_differences(&exchange->cases[i], i, &results[way][i], way_names[way],
				  &exchange->results[i]);
}

static void report(unsigned i, enum flavour flavour, uint64_t number)
{
	diag("--seed %llu --only %s --first %llu differs", (unsigned long long)options.seed,
	     flavour_names[flavour], (unsigned long long)number);
	print_results(i);
	all_ways = true;
	reduce(i);
	diag(case_agrees(i) ? "it can't be reduced:" : "reduced:");
	print_code(&exchange->cases[i], i);
	print_state(&exchange->cases[i]);
	print_results(i);
	all_ways = false;
}

/* Reports the failures of a batch; the batch is spoiled then. */
static unsigned check_batch(enum flavour flavour, uint64_t first, unsigned allowed)
{
	bool wrong[CASE_BATCH];
	unsigned failed = 0;

	for (unsigned i = 0; i < CASE_BATCH; i++)
		wrong[i] = !case_agrees(i);
	for (unsigned i = 0; i < CASE_BATCH && failed < allowed; i++) {
		if (!wrong[i])
			continue;
		report(i, flavour, first + i);
		failed++;
	}
	return failed;
}

static void make_memory(uint64_t seed)
{
	struct dice d = { seed };
	uint64_t *window = (uint64_t *)exchange->window;
	uint64_t *constant = (uint64_t *)exchange->constant;

	for (unsigned i = 0; i < sizeof exchange->window / 8; i++)
		window[i] = dice_lane(&d);
	for (unsigned i = 0; i < sizeof exchange->constant / 8; i++)
		constant[i] = dice_lane(&d);
}

static void make_batch(enum flavour flavour, uint64_t first)
{
	make_memory(options.seed * 1000003 + first);
	for (unsigned i = 0; i < CASE_BATCH; i++) {
		struct dice d = { options.seed * 0x9e3779b97f4a7c15ull + (first + i) * FLAVOURS +
				  flavour };

		program_make(&programs[i], flavour, &d);
		program_assemble(&programs[i], 0, i, &exchange->cases[i]);
	}
}

static uint64_t executed(void)
{
	return subject_executed(subjects[WAY_TRANSLATE]);
}

static void test_flavour(enum flavour flavour, uint64_t count)
{
	uint64_t start = executed(), first = options.first / CASE_BATCH * CASE_BATCH;
	unsigned failed = 0;
	uint64_t faults = 0;

	while (executed() - start < count && failed < options.failures) {
		make_batch(flavour, first);
		if (!run_all(first)) {
			diag("the reference has died in the batch from case %llu",
			     (unsigned long long)first);
			failed = options.failures;
			break;
		}
		for (unsigned i = 0; i < CASE_BATCH; i++)
			faults += exchange->results[i].vector != CASE_END;
		failed += check_batch(flavour, first, options.failures - failed);
		first += CASE_BATCH;
	}
	ok(failed == 0, "%llu instructions, mostly %s, %llu faults, seed %llu: all agree",
	   (unsigned long long)(executed() - start), flavour_names[flavour],
	   (unsigned long long)faults, (unsigned long long)options.seed);
}

int main(int argc, char **argv)
{
	(void)argc;
	if (!random_options_parse(&options, flavour_names, FLAVOURS, argv + 1))
		return 2;
	if (!native_start(argv[0])) {
		bail_out("no reference");
		return 1;
	}
	for (enum way way = 0; way < WAYS; way++) {
		subjects[way] = subject_create(way);
		if (!subjects[way]) {
			bail_out("no machine");
			return 1;
		}
	}
	plan(options.only < 0 ? FLAVOURS : 1);
	for (unsigned f = 0; f < FLAVOURS; f++)
		if (options.only < 0 || options.only == (int)f)
			test_flavour(f, options.count);
	for (enum way way = 0; way < WAYS; way++)
		subject_destroy(subjects[way]);
	native_stop();
	return done();
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions on random states: the interpreter, the translator in several
 * configurations and qemu-arm must come to the same results.
 *
 *	random_arm [--count N] [--seed S] [--only arm|thumb|vfp|neon|system] [--first CASE]
 *		   [--failures N]
 *
 * N counts executed instructions.  A case is made from the seed and its number alone.
 * The reference (reference.c) is found beside the program's folder, as
 * ../arm/random-reference; without it or qemu-arm only our own ways are compared.
 * When a case fails it is reduced: instructions become NOPs as long as it still fails.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compare.h"
#include "generate.h"
#include "guest/arm/system.h"
#include "guest/random_options.h"
#include "subject.h"
#include "tap.h"

#if defined(__SANITIZE_ADDRESS__)
#define DEFAULT_COUNT 40000
#else
#define DEFAULT_COUNT 300000
#endif
#define DEFAULT_SEED 20260101
#define PERCENT_OTHER_WAYS 12 /* of cases run in the ways after the first two */

static const char *const flavour_names[FLAVOURS] = { "arm", "thumb", "vfp", "neon", "system" };
static const char *const way_names[WAYS] = { "interpreter", "translator", "single", "small" };

static struct random_options options = {
	.count = DEFAULT_COUNT, .seed = DEFAULT_SEED, .only = -1, .failures = 1
};

static bool reducing;
static struct subject *subjects[WAYS];
static struct random_case cases[CASE_BATCH];
static struct case_layout layouts[CASE_BATCH];
static struct random_result results[WAYS][CASE_BATCH], expected[CASE_BATCH];

static struct {
	pid_t pid;
	FILE *to, *from;
	bool there;
} reference;

static void reference_child(const char *path, const int to[2], const int from[2])
{
	dup2(to[0], 0);
	dup2(from[1], 1);
	for (int i = 3; i < 16; i++)
		close(i);
	execlp("qemu-arm", "qemu-arm", "-cpu", "cortex-a15", path, (char *)NULL);
	_exit(127);
}

/* The answer to a batch of nothing tells whether it works. */
static bool reference_start(const char *program)
{
	char path[512];
	const char *slash = strrchr(program, '/');
	int to[2], from[2];

	snprintf(path, sizeof path, "%.*s../arm/random-reference",
		 slash ? (int)(slash - program) + 1 : 0, program);
	if (access(path, X_OK) || pipe(to) || pipe(from))
		return false;
	signal(SIGPIPE, SIG_IGN);
	reference.pid = fork();
	if (reference.pid == 0)
		reference_child(path, to, from);
	close(to[0]);
	close(from[1]);
	reference.to = fdopen(to[1], "w");
	reference.from = fdopen(from[0], "r");
	return reference.pid > 0 && reference.to && reference.from;
}

static bool reference_send(void)
{
	return fwrite(cases, sizeof cases, 1, reference.to) == 1 && !fflush(reference.to);
}

static bool reference_receive(void)
{
	return fread(expected, sizeof expected, 1, reference.from) == 1;
}

static void reference_stop(void)
{
	if (reference.pid <= 0)
		return;
	fclose(reference.to);
	fclose(reference.from);
	waitpid(reference.pid, NULL, 0);
}

/* Whether a case is run in a way: in the last two only some are, but when it is known to
 * fail. */
static bool runs(enum way way, uint64_t number)
{
	return reducing || way <= WAY_TRANSLATE || number * 2654435761u % 100 < PERCENT_OTHER_WAYS;
}

static void run_batch(enum way way, uint64_t first)
{
	for (unsigned i = 0; i < CASE_BATCH; i++)
		subject_load(subjects[way], i, &cases[i]);
	for (unsigned i = 0; i < CASE_BATCH; i++) {
		if (runs(way, first + i))
			subject_run(subjects[way], &cases[i], &results[way][i]);
		else
			results[way][i] = results[WAY_INTERPRET][i];
	}
}

static bool compare_with_reference(void)
{
	return reference.there && !cases[0].system;
}

/* Runs all; false if the reference has died. */
static bool run_all(uint64_t first)
{
	if (compare_with_reference() && !reference_send())
		return false;
	for (enum way way = 0; way < WAYS; way++)
		run_batch(way, first);
	return !compare_with_reference() || reference_receive();
}

static bool case_agrees(unsigned i)
{
	const struct random_result *first = &results[WAY_INTERPRET][i];

	for (enum way way = 1; way < WAYS; way++)
		if (!results_agree(&cases[i], first, &results[way][i], false))
			return false;
	return !compare_with_reference() || results_agree(&cases[i], first, &expected[i], true);
}

static void make_nop(struct random_case *c, const struct case_insn *insn)
{
	static const uint8_t nop_arm[4] = { 0x00, 0x00, 0xa0, 0xe1 }, nop_t16[2] = { 0x00, 0xbf },
			     nop_t32[4] = { 0xaf, 0xf3, 0x00, 0x80 };

	memcpy(c->code + insn->at,
	       !insn->thumb     ? nop_arm :
	       insn->bytes == 2 ? nop_t16 :
				  nop_t32,
	       insn->bytes);
}

static void reduce(unsigned i)
{
	struct random_case keep;

	reducing = true;
	for (unsigned n = 0; n + 1 < layouts[i].count; n++) {
		keep = cases[i];
		make_nop(&cases[i], &layouts[i].insn[n]);
		if (!run_all(0))
			break;
		if (case_agrees(i))
			cases[i] = keep;
	}
	run_all(0);
	reducing = false;
}

static void print_code(unsigned i)
{
	const struct random_case *c = &cases[i];
	char text[96];

	for (unsigned n = 0; n < layouts[i].count; n++) {
		const struct case_insn *insn = &layouts[i].insn[n];
		uint32_t pc = (c->pc & ~1u) + insn->at, raw = 0;

		memcpy(&raw, c->code + insn->at, insn->bytes);
		if (raw == 0xe1a00000 || raw == 0x8000f3af || (insn->bytes == 2 && raw == 0xbf00))
			continue;
		if (insn->thumb && insn->bytes == 4)
			raw = raw << 16 | raw >> 16;
		if (!arm_disassemble(pc | insn->thumb, c->code + insn->at, insn->bytes, text,
				     sizeof text))
			snprintf(text, sizeof text, "?");
		diag("  %08x  %0*x  %s", pc, insn->bytes * 2, raw, text);
	}
}

static void print_state(const struct random_case *c)
{
	for (unsigned i = 0; i < 15; i += 5)
		diag("  r%-2u %08x %08x %08x %08x %08x", i, c->r[i], c->r[i + 1], c->r[i + 2],
		     c->r[i + 3], c->r[i + 4]);
	diag("  pc %08x cpsr %08x fpscr %08x", c->pc, c->cpsr, c->fpscr);
	for (unsigned i = 0; i < 32; i += 4)
		diag("  d%-2u %016llx %016llx %016llx %016llx", i, (unsigned long long)c->d[i],
		     (unsigned long long)c->d[i + 1], (unsigned long long)c->d[i + 2],
		     (unsigned long long)c->d[i + 3]);
}

static void print_results(unsigned i)
{
	const struct random_result *first = &results[WAY_INTERPRET][i];

	for (enum way way = 1; way < WAYS; way++)
		print_differences(first, way_names[WAY_INTERPRET], &results[way][i],
				  way_names[way]);
	if (compare_with_reference() && !results_agree(&cases[i], first, &expected[i], true))
		print_differences(first, way_names[WAY_INTERPRET], &expected[i], "qemu");
}

/* A failure may need what ran before it and then vanish when it is run again. */
static void report(unsigned i, enum flavour flavour, uint64_t number)
{
	diag("--seed %llu --only %s --first %llu differs", (unsigned long long)options.seed,
	     flavour_names[flavour], (unsigned long long)number);
	print_results(i);
	reduce(i);
	diag(case_agrees(i) ? "it can't be reduced:" : "reduced:");
	print_code(i);
	print_state(&cases[i]);
	print_results(i);
}

/* Reports the failures of a batch; the batch is spoiled then. */
static unsigned check_batch(enum flavour flavour, uint64_t first, unsigned allowed)
{
	static struct random_case all[CASE_BATCH];
	bool wrong[CASE_BATCH];
	unsigned failed = 0;

	for (unsigned i = 0; i < CASE_BATCH; i++)
		wrong[i] = !case_agrees(i);
	memcpy(all, cases, sizeof all);
	for (unsigned i = 0; i < CASE_BATCH && failed < allowed; i++) {
		if (!wrong[i])
			continue;
		memcpy(cases, all, sizeof cases);
		report(i, flavour, first + i);
		failed++;
	}
	return failed;
}

static uint64_t executed(void)
{
	return subject_executed(subjects[WAY_INTERPRET]);
}

static void test_flavour(enum flavour flavour, uint64_t count)
{
	uint64_t start = executed(), first = options.first / CASE_BATCH * CASE_BATCH;
	unsigned failed = 0;

	while (executed() - start < count && failed < options.failures) {
		for (unsigned i = 0; i < CASE_BATCH; i++)
			generate_case(&cases[i], options.seed, (first + i) * FLAVOURS + flavour,
				      flavour, i, &layouts[i]);
		if (!run_all(first)) {
			diag("qemu-arm has died in the batch from case %llu",
			     (unsigned long long)first);
			failed = options.failures;
			break;
		}
		failed += check_batch(flavour, first, options.failures - failed);
		first += CASE_BATCH;
	}
	ok(failed == 0, "%llu instructions, mostly %s, seed %llu: all agree%s",
	   (unsigned long long)(executed() - start), flavour_names[flavour],
	   (unsigned long long)options.seed, compare_with_reference() ? "" : " (no qemu-arm)");
}

int main(int argc, char **argv)
{
	unsigned flavours;

	(void)argc;
	if (!random_options_parse(&options, flavour_names, FLAVOURS, argv + 1))
		return 2;
	reference.there = reference_start(argv[0]);
	for (enum way way = 0; way < WAYS; way++) {
		subjects[way] = subject_create(way);
		if (!subjects[way]) {
			bail_out("no machine");
			return 1;
		}
	}
	flavours = options.only < 0 ? FLAVOURS : 1;
	plan(flavours);
	for (unsigned f = 0; f < FLAVOURS; f++)
		if (options.only < 0 || options.only == (int)f)
			test_flavour(f, options.count / flavours);
	for (enum way way = 0; way < WAYS; way++)
		subject_destroy(subjects[way]);
	reference_stop();
	return done();
}

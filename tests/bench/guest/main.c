/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Runs the mix, or what the arguments name, and prints a line each:
 *
 *	mix NAME NANOSECONDS CHECKSUM
 */
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct {
	const char *name;
	bench_fn *run;
} mix[] = {
	{ "alu", bench_alu },
	{ "mul64", bench_mul64 },
	{ "sort", bench_sort },
	{ "fib", bench_fib },
	{ "calls", bench_calls },
	{ "switch", bench_switch },
	{ "double", bench_double },
	{ "list", bench_list },
	{ "strcpy", bench_strcpy },
	{ "matrix", bench_matrix },
	{ "crc", bench_crc },
	{ "hash", bench_hash },
	{ "syscall", bench_syscall },
	{ "context", bench_context },
	{ "fault", bench_fault },
#ifdef BENCH_X86
	{ "double_sse", bench_double_sse },
	{ "matrix_sse", bench_matrix_sse },
	{ "blend", bench_blend },
	{ "vector", bench_vector },
	{ "functions", bench_functions },
	{ "movs_small", bench_movs_small },
	{ "movs_4k", bench_movs_4k },
	{ "movs_1m", bench_movs_1m },
	{ "stos_small", bench_stos_small },
	{ "stos_4k", bench_stos_4k },
#endif
};

static int named(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return 1;
	return argc < 2;
}

static unsigned long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long long)t.tv_sec * 1000000000ull + (unsigned long long)t.tv_nsec;
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof mix / sizeof *mix; i++) {
		unsigned long long start;
		uint32_t sum;

		if (!named(mix[i].name, argc, argv))
			continue;
		start = now_ns();
		sum = mix[i].run();
		printf("mix %s %llu %08x\n", mix[i].name, now_ns() - start, (unsigned)sum);
		fflush(stdout);
	}
	puts("mix end");
	return 0;
}

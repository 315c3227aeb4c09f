/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fixed mix: programs that run inside a guest (and natively), one function each.
 * A function does a fixed amount of work and returns a checksum of its results, which
 * must be the same everywhere.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t bench_fn(void);

bench_fn bench_alu, bench_mul64, bench_sort, bench_fib, bench_calls, bench_switch;
bench_fn bench_double, bench_list, bench_strcpy, bench_matrix, bench_crc, bench_hash;
bench_fn bench_syscall, bench_context, bench_fault;
#ifdef BENCH_X86
bench_fn bench_double_sse, bench_matrix_sse, bench_blend, bench_vector, bench_functions;
bench_fn bench_movs_small, bench_movs_4k, bench_movs_1m, bench_stos_small, bench_stos_4k;
#endif

/* The same sequence on every machine. */
static inline uint32_t bench_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

#endif

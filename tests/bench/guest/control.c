/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Control flow and memory: sorting, recursion, function pointers, an interpreter's
 * switch, list walking, string copy.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

static int compare_words(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

uint32_t bench_sort(void)
{
	static uint32_t v[100000];
	uint32_t seed = 42, sum = 0;

	for (int round = 0; round < 4; round++) {
		for (size_t i = 0; i < 100000; i++)
			v[i] = bench_random(&seed);
		qsort(v, 100000, sizeof *v, compare_words);
		sum = sum * 3 + v[50000] + v[99];
	}
	return sum;
}

static __attribute__((noinline)) uint32_t fib(uint32_t n)
{
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

uint32_t bench_fib(void)
{
	return fib(35);
}

static uint32_t op_add(uint32_t x)
{
	return x + 7;
}
static uint32_t op_rotate(uint32_t x)
{
	return x << 3 | x >> 29;
}
static uint32_t op_not(uint32_t x)
{
	return ~x;
}
static uint32_t op_mix(uint32_t x)
{
	return x ^ x >> 5;
}

uint32_t bench_calls(void)
{
	static uint32_t (*const volatile ops[])(uint32_t) = { op_add, op_rotate, op_not, op_mix };
	uint32_t x = 1;

	for (uint32_t i = 0; i < 12000000; i++)
		x = ops[i & 3](x);
	return x;
}

enum { PUSH, ADD, SUB, MUL, DUP, SWAP, JUMP_NZ, DROP, STOP };

/* A stack machine that runs a small program. */
static uint32_t interpret(const uint8_t *code, uint32_t loops)
{
	uint32_t stack[16] = { 0 }, *sp = stack;
	const uint8_t *pc = code;

	*sp = loops;
	for (;;) {
		uint32_t t;

		switch (*pc++) {
		case PUSH:
			*++sp = *pc++;
			break;
		case ADD:
			sp--;
			*sp += sp[1];
			break;
		case SUB:
			sp--;
			*sp -= sp[1];
			break;
		case MUL:
			sp--;
			*sp *= sp[1];
			break;
		case DUP:
			sp++;
			*sp = sp[-1];
			break;
		case SWAP:
			t = *sp;
			*sp = sp[-1];
			sp[-1] = t;
			break;
		case JUMP_NZ:
			t = *pc++;
			if (*sp)
				pc -= t;
			break;
		case DROP:
			sp--;
			break;
		case STOP:
			return sp[-1];
		}
	}
}

uint32_t bench_switch(void)
{
	/* ( n -- ) acc = (acc + 3) * 5 ^ ... ; n times */
	static const uint8_t code[] = { PUSH, 1,    SWAP, SWAP, PUSH, 3,       ADD, PUSH, 5,
					MUL,  SWAP, PUSH, 1,    SUB,  JUMP_NZ, 13,  STOP };

	return interpret(code, 4000000);
}

struct node {
	struct node *next;
	uint32_t value;
};

uint32_t bench_list(void)
{
	enum { NODES = 1024 }; /* they fit a first-level cache: this is about the walk */
	static struct node nodes[NODES];
	struct node *p;
	uint32_t sum = 0, at = 0;

	for (uint32_t i = 0; i < NODES; i++) {
		uint32_t next = (at + 433) & (NODES - 1);

		nodes[at].next = &nodes[next];
		nodes[at].value = i * 3;
		at = next;
	}
	p = nodes;
	for (uint32_t i = 0; i < 40000000; i++) {
		sum += p->value;
		p = p->next;
	}
	return sum;
}

static __attribute__((noinline)) char *copy(char *to, const char *from)
{
	char *start = to;

	while ((*to++ = *from++))
		;
	return start;
}

uint32_t bench_strcpy(void)
{
	static char from[512], to[512];
	uint32_t sum = 0;

	for (size_t i = 0; i < sizeof from - 1; i++)
		from[i] = (char)('a' + i % 26);
	for (uint32_t i = 0; i < 240000; i++) {
		from[i % 500] ^= 1;
		copy(to, from);
		sum += (uint8_t)to[i % 511];
	}
	return sum;
}

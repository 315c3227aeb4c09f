/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's memory functions at every small length and alignment, compared
 * with the obvious loop, and printk's output, compared with the host's printf.
 */
#include <stdio.h>
#include <string.h>
#include <tap.h>

#define memcpy kernel_memcpy
#define memmove kernel_memmove
#define memset kernel_memset
#define memcmp kernel_memcmp
#define strlen kernel_strlen
#include "kernel/core/klib.c"
#include "kernel/core/printk.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen

#define SIZE 64

static char console[512];
static size_t console_used;

void plat_putc(char c)
{
	if (console_used < sizeof(console) - 1)
		console[console_used++] = c;
}

static void fill(uint8_t *p, unsigned seed)
{
	for (unsigned i = 0; i < SIZE; i++)
		p[i] = (uint8_t)(seed + 7 * i);
}

/* memmove within one area, which is memcpy's work too where nothing overlaps. */
static unsigned wrong_move(size_t to, size_t from, size_t n)
{
	uint8_t area[SIZE], expected[SIZE];

	fill(area, 1);
	fill(expected, 1);
	for (size_t i = 0; i < n; i++)
		expected[to + i] = (uint8_t)(1 + 7 * (from + i));
	bool result = kernel_memmove(area + to, area + from, n) == area + to;

	return !result || memcmp(area, expected, SIZE) != 0;
}

static unsigned wrong_copy(size_t to, size_t from, size_t n)
{
	uint8_t source[SIZE], area[SIZE], expected[SIZE];

	fill(source, 3);
	fill(area, 1);
	fill(expected, 1);
	for (size_t i = 0; i < n; i++)
		expected[to + i] = source[from + i];
	bool result = kernel_memcpy(area + to, source + from, n) == area + to;

	return !result || memcmp(area, expected, SIZE) != 0;
}

static unsigned wrong_set(size_t to, size_t n)
{
	uint8_t area[SIZE], expected[SIZE];

	fill(area, 1);
	fill(expected, 1);
	for (size_t i = 0; i < n; i++)
		expected[to + i] = 0xa5;
	bool result = kernel_memset(area + to, 0x1a5, n) == area + to;

	return !result || memcmp(area, expected, SIZE) != 0;
}

static void test_memory(void)
{
	unsigned move = 0, copy = 0, set = 0;

	for (size_t to = 0; to < 20; to++)
		for (size_t n = 0; n < 40; n++) {
			set += wrong_set(to, n);
			for (size_t from = 0; from < 20; from++) {
				move += wrong_move(to, from, n);
				copy += wrong_copy(to, from, n);
			}
		}
	is(copy, 0, "memcpy copies exactly its bytes");
	is(move, 0, "memmove, too, where source and target overlap");
	is(set, 0, "memset fills exactly its bytes with the low byte");
}

static void test_strings(void)
{
	char to[5] = "....";

	ok(kernel_memcmp("abc", "abd", 2) == 0, "memcmp: equal");
	ok(kernel_memcmp("abc", "abd", 3) < 0, "memcmp: less");
	ok(kernel_memcmp("ab\xff", "ab\x01", 3) > 0, "memcmp: bytes are unsigned");
	is(kernel_strlen(""), 0, "strlen of nothing");
	is(kernel_strlen("four"), 4, "strlen");
	strcopy(to, "abcdefgh", sizeof(to));
	is_string(to, "abcd", "strcopy cuts and terminates");
	strcopy(to, "x", sizeof(to));
	is_string(to, "x", "strcopy of something short");
	strcopy(to, "y", 0);
	is_string(to, "x", "strcopy to no space does nothing");
}

/* The same by printk and by the host. */
#define same(...)                                                                                  \
	do {                                                                                       \
		char expected[sizeof(console)];                                                    \
		snprintf(expected, sizeof(expected), __VA_ARGS__);                                 \
		console_used = 0;                                                                  \
		printk(__VA_ARGS__);                                                               \
		console[console_used] = 0;                                                         \
		is_string(console, expected, "printk(%s)", #__VA_ARGS__);                          \
	} while (0)

static void test_printk(void)
{
	same("plain");
	same("%s|%8s|%-8s|%2s", "abc", "abc", "abc", "abc");
	same("%c%c", 'x', 'y');
	same("%d %d %d", 0, 42, -42);
	same("%d %ld", INT32_MIN, INT64_MIN);
	same("%u %lu", UINT32_MAX, UINT64_MAX);
	same("%x %lx %llx", 0xdeadbeef, 0xfeedfacecafebeef, 0x123456789abcdefull);
	same("%5d|%-5d|%05d|%05d", 42, 42, 42, -42);
	same("%08x|%8x|%-8x|", 0xbeefu, 0xbeefu, 0xbeefu);
	same("%zu %zx", (size_t)1 << 40, (size_t)1 << 40);
	same("100%%");

	console_used = 0;
	printk("%p", (void *)0x1234);
	console[console_used] = 0;
	is_string(console, "0000000000001234", "printk(\"%%p\") has all digits");
}

int main(void)
{
	test_memory();
	test_strings();
	test_printk();
	return done();
}

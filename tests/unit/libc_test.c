/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lib/c against the C standard's words and, where both do the same thing, the
 * host's C library.  The sources are compiled into this file under other names,
 * so that the host's functions remain what they are.
 */
#include "tap.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>

#define memcpy l4_memcpy
#define memmove l4_memmove
#define memset l4_memset
#define memcmp l4_memcmp
#define memchr l4_memchr
#define strlen l4_strlen
#define strnlen l4_strnlen
#define strcmp l4_strcmp
#define strncmp l4_strncmp
#define strchr l4_strchr
#define strrchr l4_strrchr
#include "lib/c/string.c"
#undef strcmp

#define vsnprintf l4_vsnprintf
#define snprintf l4_snprintf
#define vprintf l4_vprintf
#define printf l4_printf
#define putchar l4_putchar
#define puts l4_puts
#include "lib/c/printf.c"

#define strtoul l4_strtoul
#define abort l4_abort
#define assert_failed l4_assert_failed
_Noreturn void assert_failed(const char *condition, const char *file, int line);
#include "lib/c/stdlib.c"
#undef vsnprintf
#undef snprintf
#undef strtoul

#define AREA 40

static void fill(unsigned char *p, unsigned seed)
{
	for (unsigned i = 0; i < AREA; i++)
		p[i] = (unsigned char)(seed + i * 7);
}

/* Copies of every length at every alignment touch exactly their bytes. */
static void test_copy(void)
{
	unsigned char from[AREA], to[AREA], expected[AREA];
	unsigned wrong = 0;

	for (unsigned n = 0; n <= 18; n++)
		for (unsigned f = 0; f < 9; f++)
			for (unsigned t = 0; t < 9; t++) {
				fill(from, 1);
				fill(to, 100);
				fill(expected, 100);
				for (unsigned i = 0; i < n; i++)
					expected[t + i] = from[f + i];
				wrong += l4_memcpy(to + t, from + f, n) != to + t;
				wrong += l4_memcmp(to, expected, AREA) != 0;
			}
	is(wrong, 0, "memcpy copies n bytes and no more");
}

static void test_move(void)
{
	unsigned char area[AREA], before[AREA];
	unsigned wrong = 0;

	for (unsigned n = 0; n <= 18; n++)
		for (unsigned f = 0; f < 20; f++)
			for (unsigned t = 0; t < 20; t++) {
				fill(area, 1);
				fill(before, 1);
				l4_memmove(area + t, area + f, n);
				for (unsigned i = 0; i < AREA; i++) {
					bool inside = i >= t && i < t + n;

					wrong += area[i] != before[inside ? i - t + f : i];
				}
			}
	is(wrong, 0, "memmove copies overlapping areas");
}

static void test_set(void)
{
	unsigned char area[AREA], before[AREA];
	unsigned wrong = 0;

	fill(before, 1);
	for (unsigned n = 0; n <= 18; n++)
		for (unsigned t = 0; t < 9; t++) {
			fill(area, 1);
			l4_memset(area + t, 0x1ee, n);
			for (unsigned i = 0; i < AREA; i++)
				wrong += area[i] != (i >= t && i < t + n ? 0xee : before[i]);
		}
	is(wrong, 0, "memset sets n bytes and no more");
}

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

static void test_compare(void)
{
	static const char *const word[] = { "", "a", "ab", "abc", "abd", "b", "\x80", "a\xff" };
	unsigned count = sizeof(word) / sizeof(word[0]), wrong = 0;

	for (unsigned i = 0; i < count; i++)
		for (unsigned j = 0; j < count; j++) {
			int expected = sign(strcmp(word[i], word[j]));

			wrong += sign(l4_strcmp(word[i], word[j])) != expected;
			wrong += sign(l4_strncmp(word[i], word[j], 9)) != expected;
		}
	is(wrong, 0, "strcmp and strncmp order like the host's");
	is(l4_strncmp("abc", "abd", 2), 0, "strncmp stops after n");
	ok(l4_memcmp("a\0b", "a\0c", 3) < 0, "memcmp looks behind a zero");
	ok(l4_memcmp("\x80", "\x01", 1) > 0, "memcmp compares unsigned bytes");
}

static void test_search(void)
{
	static const char text[] = "kernel/core/ipc.c";

	is(l4_strlen(text), 17, "strlen");
	is(l4_strnlen(text, 5), 5, "strnlen with a longer string");
	is(l4_strnlen(text, 50), 17, "strnlen with a shorter string");
	is(l4_strchr(text, '/'), text + 6, "strchr finds the first");
	is(l4_strrchr(text, '/'), text + 11, "strrchr finds the last");
	is(l4_strchr(text, 0), text + 17, "strchr finds the end");
	is(l4_strrchr(text, 0), text + 17, "strrchr finds the end");
	is(l4_strchr(text, 'x'), 0, "strchr finds nothing");
	is(l4_strrchr(text, 'x'), 0, "strrchr finds nothing");
	is(l4_memchr(text, 'c', sizeof(text)), text + 7, "memchr finds the first");
	is(l4_memchr(text, 'c', 7), 0, "memchr stops after n");
}

/* Prints by lib/c and by the host's library and compares text and length. */
#define same_as_host(...)                                                                          \
	do {                                                                                       \
		char a[200], b[200];                                                               \
		int m = l4_snprintf(a, sizeof(a), __VA_ARGS__);                                    \
		int n = snprintf(b, sizeof(b), __VA_ARGS__);                                       \
		is_string(a, b, "like the host: %s", #__VA_ARGS__);                                \
		is(m, n, "and its length");                                                        \
	} while (0)

#pragma GCC diagnostic ignored "-Wformat"

static void test_numbers(void)
{
	same_as_host("%d %i %u", -5, 7, 4000000000u);
	same_as_host("%d %d", INT_MIN, INT_MAX);
	same_as_host("%ld %lu %lld %llu", LONG_MIN, ULONG_MAX, LLONG_MIN, ULLONG_MAX);
	same_as_host("%hhd %hd %hhu %hu", 300, 70000, 300, 70000);
	same_as_host("%zu %zd %td %jd", (size_t)9, (size_t)8, (ptrdiff_t)-7, (intmax_t)-6);
	same_as_host("%x %X %o", 0xbeefu, 0xBEEFu, 0755u);
	same_as_host("%#x %#X %#o %#x %#o", 0xbeefu, 0xBEEFu, 0755u, 0u, 0u);
	same_as_host("[%8d] [%-8d] [%08d] [%+d] [% d]", -42, -42, -42, 42, 42);
	same_as_host("[%.5d] [%8.5d] [%-8.5d] [%08.5d] [%.0d]", 42, 42, -42, 42, 0);
	same_as_host("[%016lx] [%#10x] [%#010x] [%-#10x]", 0xfeedul, 1u, 1u, 1u);
	same_as_host("[%*d] [%-*d] [%*d] [%.*d] [%.*d]", 6, 1, 6, 2, -6, 3, 4, 5, -1, 6);
	same_as_host("%p %p", (void *)0x1000, (void *)~0ul);
}

static void test_text(void)
{
	same_as_host("%s|%10s|%-10s|%.2s|%10.2s", "abc", "abc", "abc", "abc", "abc");
	same_as_host("%c|%3c|%-3c", 'a', 'b', 'c');
	same_as_host("100%% %s", "done");
	same_as_host("%s", "");
	same_as_host("plain");
	same_as_host("%.3s", (const char[3]){ 'x', 'y', 'z' });
	same_as_host("%.*s", 2, "abc");
}

static void test_bounds(void)
{
	char buffer[8] = "1234567";

	is(l4_snprintf(buffer, 0, "%s", "abc"), 3, "size 0: the length");
	is_string(buffer, "1234567", "size 0: nothing written");
	is(l4_snprintf(NULL, 0, "%d", 12345), 5, "no buffer: the length");
	is(l4_snprintf(buffer, 1, "%s", "abc"), 3, "size 1: the length");
	is_string(buffer, "", "size 1: only the end");
	is(l4_snprintf(buffer, 4, "%d", 123456), 6, "cut: the length");
	is_string(buffer, "123", "cut: terminated");
	is_string(buffer + 4, "567", "cut: nothing behind the end");
	is(l4_snprintf(buffer, 4, "abc"), 3, "fits exactly");
	is_string(buffer, "abc", "and is complete");
	is(l4_snprintf(buffer, 8, "%", 0), 0, "a lone %% at the end prints nothing");
	is(l4_snprintf(buffer, 8, "%l", 0), 0, "nor does an unfinished conversion");
}

static char output[32];
static unsigned output_length;

static void output_put(char c)
{
	if (output_length < sizeof(output) - 1)
		output[output_length++] = c;
}

static void test_hook(void)
{
	is(l4_printf("lost\n"), 5, "without a hook printf only counts");
	stdio_set_putc(output_put);
	is(l4_printf("%d-%s ", 1, "two"), 6, "printf returns the length");
	is(l4_puts("three"), 6, "puts adds a line end");
	is(l4_putchar('!'), '!', "putchar returns the character");
	is_string(output, "1-two three\n!", "all of it reached the hook");
}

static void test_strtoul(void)
{
	static const struct {
		const char *text;
		int base;
	} c[] = {
		{ "0", 0 },
		{ "10", 0 },
		{ "010", 0 },
		{ "0x1F", 0 },
		{ "0x1f", 16 },
		{ "1f", 16 },
		{ " \t42x", 10 },
		{ "+7", 10 },
		{ "-7", 10 },
		{ "", 10 },
		{ "x", 10 },
		{ "0x", 16 },
		{ "0xg", 0 },
		{ "zz", 36 },
		{ "102", 2 },
		{ "08", 0 },
		{ "-", 10 },
		{ "18446744073709551615", 10 },
		{ "18446744073709551616", 10 },
		{ "99999999999999999999999", 10 },
		{ "0xffffffffffffffff", 0 },
	};

	for (unsigned i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		char *end, *host_end;
		unsigned long value = l4_strtoul(c[i].text, &end, c[i].base);

		is(value, strtoul(c[i].text, &host_end, c[i].base), "strtoul \"%s\" base %d",
		   c[i].text, c[i].base);
		is(end - c[i].text, host_end - c[i].text, "and where it stops");
	}
}

int main(void)
{
	test_copy();
	test_move();
	test_set();
	test_compare();
	test_search();
	test_numbers();
	test_text();
	test_bounds();
	test_hook();
	test_strtoul();
	return done();
}

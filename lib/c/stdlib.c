/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Number conversion and the ends of a program, see <stdlib.h> and <assert.h>.
 */
#include <stdlib.h>

#include <assert.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

/* The value of a digit, or something no base reaches. */
static unsigned strtoul_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A') + 10;
	return UINT_MAX;
}

static bool strtoul_has_hex_prefix(const char *s)
{
	return s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && strtoul_digit(s[2]) < 16;
}

unsigned long strtoul(const char *s, char **end, int base)
{
	const char *p = s;
	unsigned long value = 0;
	bool negative, overflow = false;
	const char *digits;

	while (*p == ' ' || (*p >= '\t' && *p <= '\r'))
		p++;
	negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	if ((base == 0 || base == 16) && strtoul_has_hex_prefix(p)) {
		base = 16;
		p += 2;
	} else if (base == 0) {
		base = *p == '0' ? 8 : 10;
	}
	for (digits = p; strtoul_digit(*p) < (unsigned)base; p++) {
		overflow |= __builtin_mul_overflow(value, (unsigned long)base, &value);
		overflow |= __builtin_add_overflow(value, strtoul_digit(*p), &value);
	}
	if (end)
		*end = (char *)(p == digits ? s : p);
	if (overflow)
		return ULONG_MAX;
	return negative ? -value : value;
}

_Noreturn void abort(void)
{
	__builtin_trap();
}

_Noreturn void assert_failed(const char *condition, const char *file, int line)
{
	printf("%s:%d: assertion failed: %s\n", file, line, condition);
	abort();
}

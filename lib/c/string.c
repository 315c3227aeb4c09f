/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory and string functions, see <string.h>.
 *
 * Copying and filling go word by word where that is possible without touching
 * a byte outside the area; the words may be unaligned, which costs little on
 * the machines this runs on.
 */
#include <string.h>

#include <stdint.h>

typedef uint64_t __attribute__((may_alias, aligned(1))) unaligned_word;

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	char *t = to;
	const char *f = from;

	for (; n >= sizeof(uint64_t); n -= sizeof(uint64_t)) {
		*(unaligned_word *)t = *(const unaligned_word *)f;
		t += sizeof(uint64_t);
		f += sizeof(uint64_t);
	}
	while (n-- > 0)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	char *t = (char *)to + n;
	const char *f = (const char *)from + n;

	/* Ascending is right unless the target begins inside the source. */
	if ((uintptr_t)to - (uintptr_t)from >= n) {
		t = to;
		f = from;
		while (n-- > 0)
			*t++ = *f++;
		return to;
	}
	while (n-- > 0)
		*--t = *--f;
	return to;
}

void *memset(void *to, int c, size_t n)
{
	uint64_t pattern = (uint8_t)c * 0x0101010101010101ull;
	char *t = to;

	for (; n >= sizeof(pattern); n -= sizeof(pattern)) {
		*(unaligned_word *)t = pattern;
		t += sizeof(pattern);
	}
	while (n-- > 0)
		*t++ = (char)c;
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	for (; n > 0; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	for (; n > 0; n--, p++)
		if (*p == (unsigned char)c)
			return (void *)(uintptr_t)p;
	return NULL;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	for (; *a && *a == *b; a++)
		b++;
	return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n > 0; n--, a++, b++)
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	return 0;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)(uintptr_t)s;
}

char *strrchr(const char *s, int c)
{
	const char *found = NULL;

	for (;; s++) {
		if (*s == (char)c)
			found = s;
		if (!*s)
			return (char *)(uintptr_t)found;
	}
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory and string functions.  Short and plain: nothing on the kernel's fast
 * paths calls them with more than a few hundred bytes.
 */
#include <core/klib.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	void *d = to;
	size_t words = n / 8;

	n %= 8;
	__asm__ volatile("rep movsq\n\tmov %3, %2\n\trep movsb"
			 : "+D"(d), "+S"(from), "+c"(words)
			 : "r"(n)
			 : "memory");
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	char *d = to;
	const char *s = from;

	if ((uintptr_t)d - (uintptr_t)s >= n)
		return memcpy(to, from, n);
	d += n - 1;
	s += n - 1;
	__asm__ volatile("std\n\trep movsb\n\tcld" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
	return to;
}

void *memset(void *to, int c, size_t n)
{
	void *d = to;
	size_t words = n / 8;
	uint64_t pattern = 0x0101010101010101u * (uint8_t)c;

	n %= 8;
	__asm__ volatile("rep stosq\n\tmov %2, %1\n\trep stosb"
			 : "+D"(d), "+c"(words)
			 : "r"(n), "a"(pattern)
			 : "memory");
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *p = a, *q = b;

	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

void strcopy(char *to, const char *from, size_t size)
{
	if (!size)
		return;
	while (--size && *from)
		*to++ = *from++;
	*to = 0;
}

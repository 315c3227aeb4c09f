/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's own little library: strings, printing, assertions.
 */
#ifndef CORE_KLIB_H
#define CORE_KLIB_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define ALIGN_UP(x, a) (((x) + (a)-1) & ~((a)-1))
#define ALIGN_DOWN(x, a) ((x) & ~((a)-1))
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* gcc and clang may emit calls to these four. */
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
/* Copies at most size-1 bytes and always terminates. */
void strcopy(char *to, const char *from, size_t size);

/*
 * Prints to the console: %s %c %d %u %x %p with l/ll and z, field width, '-' and
 * '0'.  Safe in every context; lines of several CPUs may interleave by character
 * only during a panic.
 */
void printk(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vprintk(const char *format, va_list args);

/*
 * Reports a broken kernel invariant (message, CPU, current thread, backtrace), stops
 * the other CPUs and halts.  Never reachable from user input.
 */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define assert(condition)                                                                          \
	do {                                                                                       \
		if (unlikely(!(condition)))                                                        \
			panic("%s:%d: assertion failed: %s", __FILE__, __LINE__, #condition);      \
	} while (0)

#endif

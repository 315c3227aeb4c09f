/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formatted output of C11, section 7.21.6.  Understands the flags - 0 + space
 * and #, width and precision (also *), the lengths hh h l ll z t j, and the
 * conversions d i u x X o c s p %.  No floating point, no %n.
 *
 * printf() and its relatives write to the function set by stdio_set_putc(),
 * byte by byte; before it is set the output is dropped.  One such function
 * serves the whole program.
 */
#ifndef STDIO_H
#define STDIO_H

#include <stdarg.h>
#include <stddef.h>

#define EOF (-1)

/* Not C11: where output goes.  `put` may be NULL. */
void stdio_set_putc(void (*put)(char c));

/* Both return the length the whole text has, and write at most size - 1 bytes of
 * it and a terminating 0 (nothing if size is 0). */
int vsnprintf(char *to, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
int snprintf(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

int vprintf(const char *format, va_list args) __attribute__((format(printf, 1, 0)));
int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int putchar(int c);
int puts(const char *s);

#endif

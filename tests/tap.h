/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TAP, the Test Anything Protocol (version 12), for tests in C: hosted, where
 * `prove` reads standard output, and on L4, where printf() goes to the serial
 * line.  All files of a program share one count; calls from several threads
 * must be serialized by the test.
 *
 *	plan(2);		or no plan: done() prints the number at the end
 *	ok(x > 0, "x is positive");
 *	is(f(2), 4, "f doubles %d", 2);
 *	return done();		1 if a check failed or the plan was not kept
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Weak, so that the header can define it for several files of one program. */
__attribute__((weak)) struct {
	unsigned planned, run, failed;
} tap_state;

/* Passes if the condition holds.  Returns it. */
#define ok(condition, ...) tap_ok((condition), __FILE__, __LINE__, __VA_ARGS__)

/* Passes if two integers (or pointers) are equal; prints both otherwise. */
#define is(got, expected, ...)                                                                     \
	tap_is((uint64_t)(got), (uint64_t)(expected), __FILE__, __LINE__, __VA_ARGS__)

/* The same for strings. */
#define is_string(got, expected, ...)                                                              \
	tap_is_string((got), (expected), __FILE__, __LINE__, __VA_ARGS__)

static inline void plan(unsigned checks)
{
	tap_state.planned = checks;
	printf("1..%u\n", checks);
}

/* A remark in the output. */
__attribute__((format(printf, 1, 2))) static inline void diag(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("# ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

static inline bool tap_report(bool passed, const char *file, int line, const char *format,
			      va_list args)
{
	printf("%sok %u - ", passed ? "" : "not ", ++tap_state.run);
	vprintf(format, args);
	printf("\n");
	if (!passed) {
		tap_state.failed++;
		diag("failed at %s:%d", file, line);
	}
	return passed;
}

__attribute__((format(printf, 4, 5))) static inline bool tap_ok(bool passed, const char *file,
								int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tap_report(passed, file, line, format, args);
	va_end(args);
	return passed;
}

__attribute__((format(printf, 5, 6))) static inline bool
tap_is(uint64_t got, uint64_t expected, const char *file, int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!tap_report(got == expected, file, line, format, args)) {
		diag("     got %lld (0x%llx)", (long long)got, (unsigned long long)got);
		diag("expected %lld (0x%llx)", (long long)expected, (unsigned long long)expected);
	}
	va_end(args);
	return got == expected;
}

__attribute__((format(printf, 5, 6))) static inline bool tap_is_string(const char *got,
								       const char *expected,
								       const char *file, int line,
								       const char *format, ...)
{
	bool same = strcmp(got, expected) == 0;
	va_list args;

	va_start(args, format);
	if (!tap_report(same, file, line, format, args)) {
		diag("     got \"%s\"", got);
		diag("expected \"%s\"", expected);
	}
	va_end(args);
	return same;
}

/* Counts checks that can't run here as passed. */
static inline void skip(unsigned checks, const char *why)
{
	while (checks-- > 0)
		printf("ok %u # SKIP %s\n", ++tap_state.run, why);
}

/* Says that going on makes no sense; the caller ends the program. */
static inline void bail_out(const char *why)
{
	printf("Bail out! %s\n", why);
}

/* Ends the test; the result is an exit status. */
static inline int done(void)
{
	if (!tap_state.planned)
		printf("1..%u\n", tap_state.run);
	else if (tap_state.planned != tap_state.run)
		diag("planned %u checks but ran %u", tap_state.planned, tap_state.run);
	if (tap_state.failed)
		diag("%u of %u checks failed", tap_state.failed, tap_state.run);
	return tap_state.failed > 0 || (tap_state.planned && tap_state.planned != tap_state.run);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * assert() of C11 section 7.2: prints what failed and where, then aborts.  It is
 * always compiled in.
 */
#ifndef ASSERT_H
#define ASSERT_H

_Noreturn void assert_failed(const char *condition, const char *file, int line);

#define assert(condition) ((condition) ? (void)0 : assert_failed(#condition, __FILE__, __LINE__))

#define static_assert _Static_assert

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions of all tests; tests.inc lists them.
 */
#ifndef KTEST_TESTS_H
#define KTEST_TESTS_H

#define TEST(name, seconds, cpus) void test_##name(void);
#include "tests.inc"
#undef TEST

#endif

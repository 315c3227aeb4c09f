/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random x86 instructions: whether two results are the same as far as the manual says what
 * they are.
 */
#ifndef TESTS_GUEST_X86_RANDOM_COMPARE_H
#define TESTS_GUEST_X86_RANDOM_COMPARE_H

#include <stdbool.h>

#include "case.h"

bool results_agree(const struct random_case *c, unsigned slot, const struct random_result *got,
		   const struct random_result *wanted);
/* In TAP remarks. */
void print_differences(const struct random_case *c, unsigned slot, const struct random_result *got,
		       const char *name, const struct random_result *wanted);

#endif

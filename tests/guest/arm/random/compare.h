/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions: whether two results agree.
 */
#ifndef TESTS_GUEST_ARM_RANDOM_COMPARE_H
#define TESTS_GUEST_ARM_RANDOM_COMPARE_H

#include <stdbool.h>

#include "case.h"

/* With `reference`, what is UNKNOWN on ARM or otherwise in QEMU isn't compared. */
bool results_agree(const struct random_case *c, const struct random_result *a,
		   const struct random_result *b, bool reference);

/* One remark for each field that isn't the same. */
void print_differences(const struct random_result *a, const char *a_name,
		       const struct random_result *b, const char *b_name);

#endif

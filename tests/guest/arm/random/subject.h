/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions, the subject: the emulator in one of its ways to run them.
 */
#ifndef TESTS_GUEST_ARM_RANDOM_SUBJECT_H
#define TESTS_GUEST_ARM_RANDOM_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "case.h"

enum way {
	WAY_INTERPRET,
	WAY_TRANSLATE,
	WAY_SINGLE, /* translated, one instruction a block */
	WAY_SMALL,  /* translated, in the smallest code cache */
	WAYS
};

struct subject;

/* NULL and a line on standard error if it can't be had. */
struct subject *subject_create(enum way way);
void subject_destroy(struct subject *s);

/* All code of a batch is put in place first, as the reference does. */
void subject_load(struct subject *s, unsigned slot, const struct random_case *c);
void subject_run(struct subject *s, const struct random_case *c, struct random_result *result);

/* Instructions executed so far, those that raised exceptions included. */
uint64_t subject_executed(const struct subject *s);

#endif

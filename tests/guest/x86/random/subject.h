/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random x86 instructions, the subject: the emulator in one of its ways to run them.
 */
#ifndef TESTS_GUEST_X86_RANDOM_SUBJECT_H
#define TESTS_GUEST_X86_RANDOM_SUBJECT_H

#include <stdbool.h>

#include "case.h"

enum way {
	WAY_TRANSLATE,
	WAY_INTERPRET,
	WAY_SINGLE, /* translated, one instruction a block */
	WAY_PAIRS,  /* translated, two instructions a block, in the smallest code cache */
	WAYS
};

struct subject;

/* NULL and a line on standard error if it can't be had. */
struct subject *subject_create(enum way way);
void subject_destroy(struct subject *s);

/* What the memory that cases only read has, and a case's code. */
void subject_constant(struct subject *s, const uint8_t page[4096]);
void subject_load(struct subject *s, unsigned slot, const struct random_case *c);
void subject_run(struct subject *s, unsigned slot, const struct random_case *c,
		 const uint8_t *window, struct random_result *result);

/* Instructions executed so far, those that raised exceptions included. */
uint64_t subject_executed(const struct subject *s);

#endif

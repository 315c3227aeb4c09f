/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pager that does as the test says: maps pool pages into a region, at once or
 * later, or never answers.  It counts what it is asked.
 */
#ifndef KTEST_PAGER_PLAN_H
#define KTEST_PAGER_PLAN_H

#include "ktest.h"

struct pager_plan {
	l4_word_t base; /* region that page first_page of the pool is mapped to */
	unsigned first_page;
	unsigned rights;
	uint64_t delay_us; /* before each answer */
	l4_word_t answers; /* so many, then none */
	/* what happened */
	volatile l4_word_t faults;
	struct fault last;
	struct thread *thread;
};

/* Starts the pager, in ktest's space; plan->thread->id is its id. */
void pager_plan_start(struct pager_plan *plan);

#endif

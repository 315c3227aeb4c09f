/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who has been given what: a sorted list of disjoint ranges of page frames (or of
 * I/O ports), each with its owner.  Neighbouring ranges of one owner are one
 * entry, so that the list stays short however much memory there is; a full list
 * refuses new ranges.  Nothing is ever given back.
 */
#ifndef SIGMA0_CLAIMS_H
#define SIGMA0_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

struct claim {
	uint64_t first, last; /* inclusive */
	uint64_t owner;
};

struct claims {
	struct claim *claim;
	unsigned count, capacity;
};

/* True if nobody else has any of first..last and there is room to note it. */
bool claims_may_add(const struct claims *claims, uint64_t first, uint64_t last, uint64_t owner);

/* Notes it; claims_may_add() must hold. */
void claims_add(struct claims *claims, uint64_t first, uint64_t last, uint64_t owner);

/* The lowest entry that meets first..last, NULL if it is all free. */
const struct claim *claims_find(const struct claims *claims, uint64_t first, uint64_t last);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ExchangeRegisters: reads and changes another thread of the caller's space.
 */
#ifndef CORE_EXREGS_H
#define CORE_EXREGS_H

#include <core/tcb.h>

struct exregs {
	l4_word_t control, sp, ip, flags, handle, pager;
};

/*
 * Does what r->control says, returns the old values in *r and dest's other id in
 * *result (0 on error).
 */
enum l4_error exregs(struct tcb *t, uint64_t dest, struct exregs *r, uint64_t *result);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FPU, SSE and AVX state (AMD64 manual volume 2, chapter 11; volume 5 XSAVE).
 *
 * A thread that has never used the FPU runs with CR0.TS set and the registers in
 * their initial state; its first use traps and gives it a save area.  From then on its
 * state is saved and loaded at every switch: no thread ever sees, not even
 * speculatively, what another left in the registers.
 */
#ifndef ARCH_FPU_H
#define ARCH_FPU_H

#include <stdbool.h>

struct tcb;

/* Enables the extended states; every CPU. */
void fpu_init_cpu(void);

void fpu_save(void *area);
void fpu_load(const void *area);
/* Loads the initial state; leaves CR0.TS clear. */
void fpu_clear(void);

/* First use by t, which is running: gives it an area; false: no memory. */
bool fpu_first_use(struct tcb *t);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The architected ("generic") timer of ARMv7 (ARM DDI 0406C, B8): a virtual and a
 * physical timer on one 62.5 MHz counter.  Without virtualization extensions the
 * virtual offset is 0.
 */
#ifndef EMU_GUEST_ARM_GTIMER_H
#define EMU_GUEST_ARM_GTIMER_H

#include "guest/arm/state.h"

#define ARM_TIMER_TICK_NS 16u
#define ARM_TIMER_HZ (1000000000u / ARM_TIMER_TICK_NS)

enum arm_timer_which { ARM_TIMER_VIRTUAL, ARM_TIMER_PHYSICAL, ARM_TIMERS };

/* For boards: where a timer's interrupt goes.  Once, before the first reset. */
void arm_timer_connect(struct arm *arm, enum arm_timer_which which, struct irq line);

void arm_timer_create(struct arm *arm);
void arm_timer_reset(struct arm *arm);
void arm_timer_state(struct arm *arm, struct archive *a);

/* CNTPCT and CNTVCT. */
uint64_t arm_timer_count(const struct arm *arm);

/* CNTx_TVAL, CNTx_CTL and CNTx_CVAL. */
uint32_t arm_timer_read_value(const struct arm *arm, enum arm_timer_which which);
void arm_timer_write_value(struct arm *arm, enum arm_timer_which which, uint32_t value);
uint32_t arm_timer_read_control(const struct arm *arm, enum arm_timer_which which);
void arm_timer_write_control(struct arm *arm, enum arm_timer_which which, uint32_t value);
void arm_timer_write_compare(struct arm *arm, enum arm_timer_which which, uint64_t value);

#endif

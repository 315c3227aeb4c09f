/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A root task for tests of the manager: what it answers, and what it was asked to do.
 */
#ifndef TESTS_UNIT_MANAGER_ROOT_H
#define TESTS_UNIT_MANAGER_ROOT_H

#include <proto/root.h>

#define FAKE_TASKS 64

extern struct root_system fake_system;
extern struct root_task fake_task[FAKE_TASKS]; /* fake_system.tasks of them */
extern enum root_result fake_result;
extern bool fake_refuses;

/* The last root_control, and how many there were. */
extern struct fake_control {
	unsigned count, index;
	enum root_action action;
	l4_word_t argument;
} fake_control;

/* Two machines among two servers; an uptime of 754 s. */
void fake_root_reset(void);

/* A task carries out the last order; root numbers orders. */
void fake_order_done(unsigned index, l4_word_t result);

#endif

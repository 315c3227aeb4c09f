/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a task has at an address or I/O port: finds out what belongs there when it is
 * touched first.  The areas are in <l4/task.h>.
 */
#ifndef ROOT_REGION_H
#define ROOT_REGION_H

#include "task.h"

#include <l4/message.h>

enum region_status {
	REGION_MAPPED,      /* *item is the answer to the fault */
	REGION_NOTHING,     /* the task has nothing there */
	REGION_NOT_ALLOWED, /* not for this kind of access */
	REGION_BOUND,       /* it would be more than the task's memory */
	REGION_NO_MEMORY,   /* of a large channel, and none is left */
};

enum region_status region_fault(struct task *task, l4_word_t address, unsigned access,
				struct l4_map_item *item);

/* `ports` is what was touched.  Root takes the ports from sigma0 at the first time. */
enum region_status region_port_fault(const struct task *task, struct l4_fpage ports,
				     struct l4_map_item *item);

/* Gives heap or RAM pages back; false if the range isn't of whole pages there. */
bool region_discard(struct task *task, l4_word_t address, l4_word_t bytes);

/* Makes the modules and devices that the manifest's tasks name root's own, and says which
 * can't be had. */
void region_claim_modules(void);
void region_claim_devices(const struct task *task);

#endif

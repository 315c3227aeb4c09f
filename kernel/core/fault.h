/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults, exceptions and preemptions as IPC (manual section 7).
 */
#ifndef CORE_FAULT_H
#define CORE_FAULT_H

#include <core/tcb.h>

/* A page fault of t at `address`, wanting `rights`; to its pager. */
void fault_page(struct tcb *t, uint64_t address, unsigned rights);

/* The same in the middle of a transfer; deadline_us 0: none. */
void fault_page_in_transfer(struct tcb *t, uint64_t address, unsigned rights, uint64_t deadline_us);

/* An I/O instruction without permission for `ports`; to the pager. */
void fault_io(struct tcb *t, struct l4_fpage ports);

/* An exception; to the exception handler. */
void fault_exception(struct tcb *t);

/* Tells `handler` that t was preempted; t goes on when that is delivered. */
void fault_preemption(struct tcb *t, uint64_t handler);

/* The message that s's operation sends: its words from MR 1 on, and the tag.
 * `buffer` is for messages of the kernel. */
const l4_word_t *fault_message(const struct tcb *s, l4_word_t *buffer, l4_word_t *tag);
#define FAULT_MESSAGE_WORDS 24

/* The fault of t is answered, or has failed. */
void fault_done(struct tcb *t);
void fault_failed(struct tcb *t);

#endif

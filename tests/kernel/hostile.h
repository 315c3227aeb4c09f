/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that does its worst: random system calls with random arguments, raw
 * SYSCALL instructions, privileged instructions and odd selectors.
 *
 * It lives in a space of its own with the image read-only, so its code uses
 * nothing writable but struct hostile and its stack, which share a page.
 */
#ifndef KTEST_HOSTILE_H
#define KTEST_HOSTILE_H

#include "ktest.h"

#define HOSTILE_IDS 32

/* Where things are in its space. */
#define HOSTILE_VA (TEST_VA + 0x10000000)
#define HOSTILE_STRIDE 0x10000 /* from one thread's page to the next's */
#define HOSTILE_CODE (HOSTILE_VA + 0x100000)
#define HOSTILE_LAST_PAGE 0x00007ffffffff000 /* the code page again, at the end */

struct hostile {
	uint64_t random;
	volatile uint64_t calls;
	l4_word_t entries[11]; /* of the kernel, in the order of its page */
	l4_word_t *utcb;
	struct l4_thread_id handler;
	l4_word_t ids[HOSTILE_IDS]; /* worth trying */
	struct registers regs;
};

/* Writes the code page. */
void hostile_write_code(uint8_t *page);
/* Its thread's code: the stack pointer points to a struct hostile pointer. */
void asm_hostile_entry(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Helpers around threads that are not system calls: the well-known threads,
 * the stack of a program's first thread, and its end.
 */
#ifndef L4_THREAD_H
#define L4_THREAD_H

#include <l4/syscall.h>

/* The first thread's stack, in lib/l4 unless the program defines both. */
extern char l4_stack[];
extern const size_t l4_stack_size;

static inline struct l4_thread_id l4_sigma0(void)
{
	return l4_global_id(l4_kip_user_base(l4_kip()), 1);
}

/* The first thread of the root task. */
static inline struct l4_thread_id l4_root(void)
{
	return l4_global_id(l4_kip_user_base(l4_kip()) + 2, 1);
}

static inline struct l4_thread_id l4_interrupt(unsigned irq)
{
	return l4_global_id(irq, 1);
}

static inline bool l4_is_interrupt(struct l4_thread_id id)
{
	return !l4_is_local_id(id) && !l4_is_nil(id) &&
	       l4_thread_no(id) < l4_kip_system_base(l4_kip());
}

/* The thread that answers the caller's page faults, and the one that is told of
 * its exceptions. */
static inline struct l4_thread_id l4_pager(void)
{
	return l4_thread_id(l4_tcr(L4_TCR_PAGER));
}

static inline void l4_set_exception_handler(struct l4_thread_id handler)
{
	l4_set_tcr(L4_TCR_EXCEPTION_HANDLER, handler.raw);
}

/* Stops the calling thread for good. */
_Noreturn void l4_halt(void);

/* Asks sigma0 for an fpage (a base of ~0 >> 10 << 10 means any page of that
 * size), to appear one to one.  Changes the acceptor.  Nil if refused. */
struct l4_fpage l4_sigma0_request(struct l4_fpage wanted, l4_word_t attribute);

#define L4_ANY_BASE (~0x3ffull)

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The register state of a thread on x86-64, and how the core reads and writes
 * it: entry point, message registers, the exception message.
 */
#ifndef ARCH_CONTEXT_H
#define ARCH_CONTEXT_H

#include <arch/layout.h>
#include <l4/types.h>

/*
 * User registers while the thread is not running in user mode.  After a system
 * call `vector` is VECTOR_SYSCALL and rcx, r11 are free; then the way back is
 * SYSRET, else IRET.
 */
struct frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};

#define VECTOR_SYSCALL 0x100

struct arch_thread {
	struct frame frame;
	uint64_t fs_base;
	void *fpu; /* XSAVE area; NULL while the thread has never used the FPU */
};

#define RFLAGS_FIXED 0x202   /* always on: IF and bit 1 */
#define RFLAGS_USER 0x250dd5 /* CF PF AF ZF SF TF DF OF RF AC ID */

/* A user-supplied address made canonical, so that IRET and SYSRET can't fault on it. */
static inline uint64_t arch_canonical(uint64_t address)
{
	return (uint64_t)((int64_t)(address << 16) >> 16);
}

static inline l4_word_t arch_ip(const struct arch_thread *a)
{
	return a->frame.rip;
}

static inline l4_word_t arch_sp(const struct arch_thread *a)
{
	return a->frame.rsp;
}

static inline l4_word_t arch_flags(const struct arch_thread *a)
{
	return a->frame.rflags;
}

static inline void arch_set_ip(struct arch_thread *a, l4_word_t ip)
{
	a->frame.rip = arch_canonical(ip);
}

static inline void arch_set_sp(struct arch_thread *a, l4_word_t sp)
{
	a->frame.rsp = sp;
}

static inline void arch_set_flags(struct arch_thread *a, l4_word_t flags)
{
	a->frame.rflags = (flags & RFLAGS_USER) | RFLAGS_FIXED;
}

/* Fresh registers: all zero, user segments, interrupts on. */
void arch_thread_init(struct arch_thread *a);

/* Message registers 0-7 of a system call: registers to UTCB. */
static inline void arch_store_message(const struct arch_thread *a, l4_word_t *utcb)
{
	const struct frame *f = &a->frame;

	utcb[0] = f->r9;
	utcb[1] = f->rax;
	utcb[2] = f->rbx;
	utcb[3] = f->r10;
	utcb[4] = f->r12;
	utcb[5] = f->r13;
	utcb[6] = f->r14;
	utcb[7] = f->r15;
}

/* The result of an IPC: UTCB to registers, with the sender and the UTCB address. */
static inline void arch_load_message(struct arch_thread *a, const l4_word_t *utcb, l4_word_t from,
				     l4_word_t local_id)
{
	struct frame *f = &a->frame;

	f->r9 = utcb[0];
	f->rax = utcb[1];
	f->rbx = utcb[2];
	f->r10 = utcb[3];
	f->r12 = utcb[4];
	f->r13 = utcb[5];
	f->r14 = utcb[6];
	f->r15 = utcb[7];
	f->rsi = from;
	f->rdi = local_id;
}

/* The register that ipc_name() went to: Unmap leaves it alone. */
static inline l4_word_t arch_keep_from(const struct arch_thread *a)
{
	return a->frame.rsi;
}

/* Builds the exception message in mr[1..]; returns the number of untyped words. */
unsigned arch_exception_message(const struct arch_thread *a, l4_word_t *mr);

/* Takes the registers from the reply to an exception message of `words` words. */
void arch_exception_reply(struct arch_thread *a, const l4_word_t *mr, unsigned words);

#endif

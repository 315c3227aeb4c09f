/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between entry.S and C.
 */
#ifndef ARCH_ENTRY_H
#define ARCH_ENTRY_H

#include <stdint.h>

struct tcb;

/* 256 stubs of 8 bytes; what users call, a few dozen bytes; MAX_CPUS entries of 12. */
extern const char vector_stubs[], nmi_stub[], double_fault_stub[], machine_check_stub[];
extern const char user_stubs[], user_stubs_end[];
extern const char syscall_entries[], syscall_entries_msr[];

/* Releases the lock and goes to user mode. */
_Noreturn void return_to_user(struct tcb *t);

/* What the hardware and the stub pushed for an exception in the kernel. */
struct kernel_frame {
	uint64_t rbp, vector, error, rip, cs, rflags, rsp, ss;
};

/* Called from entry.S; the first two with t's registers in its frame. */
_Noreturn void kernel_syscall(struct tcb *t);
_Noreturn void kernel_trap(struct tcb *t);
void kernel_interrupt(unsigned vector);
_Noreturn void kernel_exception(const struct kernel_frame *f);

#endif

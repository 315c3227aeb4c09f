/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Offsets and constants of C structures for assembly: compiled to assembly, whose
 * #define lines become <offsets.h> (mk/kernel.mk).
 */
#include <arch/cpu.h>
#include <core/cpu.h>
#include <core/tcb.h>

#define OFFSET(name, value) __asm__ volatile("\n#define " #name " %c0" ::"i"(value))
#define FRAME(name, field) OFFSET(name, offsetof(struct tcb, arch.frame.field))

void offsets(void);

void offsets(void)
{
	OFFSET(CPU_CURRENT, offsetof(struct cpu, current));
	OFFSET(CPU_SEND_KEY, offsetof(struct cpu, send_key));
	OFFSET(CPU_ARCH, offsetof(struct cpu, arch));
	OFFSET(CPU_STACK_TOP, CPU_AREA_SIZE);
	OFFSET(CPU_LIMIT, MAX_CPUS);
	OFFSET(TCB_GLOBAL_ID, offsetof(struct tcb, global_id));
	OFFSET(TCB_FAST_FROM, offsetof(struct tcb, fast_from));
	OFFSET(TCB_SEND_QUEUE, offsetof(struct tcb, send_queue));
	OFFSET(TCB_PAGE_TABLE, offsetof(struct tcb, page_table));
	OFFSET(TCB_UTCB, offsetof(struct tcb, utcb));
	OFFSET(TCB_LOCAL_ID, offsetof(struct tcb, local_id));
	OFFSET(TCB_RECEIVE_KEY, offsetof(struct tcb, receive_key));
	OFFSET(TCB_STATE, offsetof(struct tcb, state));
	OFFSET(TCB_CPU_TICKS, offsetof(struct tcb, cpu_ticks));
	OFFSET(TCB_PEER, offsetof(struct tcb, peer));
	OFFSET(TCB_CPU, offsetof(struct tcb, cpu));
	OFFSET(TCB_FS_BASE, offsetof(struct tcb, arch.fs_base));
	OFFSET(TCB_INDEX_SHIFT, 32 - TCB_BITS);
	OFFSET(TCB_INDEX_MASK, (MAX_THREADS - 1) << TCB_BITS);
	OFFSET(STATE_READY, THREAD_READY);
	OFFSET(STATE_WAITING, THREAD_WAITING);
	OFFSET(FRAME_SYSCALL, VECTOR_SYSCALL);
	FRAME(F_R15, r15);
	FRAME(F_R14, r14);
	FRAME(F_R13, r13);
	FRAME(F_R12, r12);
	FRAME(F_R11, r11);
	FRAME(F_R10, r10);
	FRAME(F_R9, r9);
	FRAME(F_R8, r8);
	FRAME(F_RBP, rbp);
	FRAME(F_RDI, rdi);
	FRAME(F_RSI, rsi);
	FRAME(F_RDX, rdx);
	FRAME(F_RCX, rcx);
	FRAME(F_RBX, rbx);
	FRAME(F_RAX, rax);
	FRAME(F_VECTOR, vector);
	FRAME(F_ERROR, error);
	FRAME(F_RIP, rip);
	FRAME(F_CS, cs);
	FRAME(F_RFLAGS, rflags);
	FRAME(F_RSP, rsp);
	FRAME(F_SS, ss);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ways into the kernel and out: SYSCALL with the IPC fast path, exceptions and
 * interrupts.  The C code that follows sees the user's registers in the thread's
 * frame, runs on the CPU's stack and never returns here, but ends in
 * return_to_user.
 *
 * Users reach SYSCALL through the stubs at USER_STUBS, 16 bytes each; the return
 * address in RCX tells which call it is.  RBP is free, as callers save it.
 */
#include <arch/layout.h>
#include <offsets.h>

#define IPC_RETURN (USER_STUBS + 2)
#define TAG_TYPED_OR_FLAGS 0xffc0
#define UNTYPED_BEYOND_REGISTERS 0x38
#define UNTYPED_MASK 0x3f
#define REGISTER_WORDS 7
#define TSS_IO_BASE 102			/* struct arch_cpu starts with the TSS */
#define UTCB_SELF -512			/* L4_TCR_SELF in bytes */
#define MSR_GS_BASE_NUMBER 0xc0000101

/* ---- what users call: copied to the page at USER_STUBS --------------------- */

	.section .rodata.user_stubs, "a"
	.balign 16
	.globl user_stubs, user_stubs_end
user_stubs:
	.rept 10			/* all but MemoryControl, see enum syscall */
	.balign 16
	syscall
	ret
	.endr
	.balign 16
	push	%r11			/* attributes 3 and 0, which SYSCALL destroys: */
	push	%rcx			/* the kernel reads them from the stack */
	syscall
	pop	%rcx
	pop	%r11
	ret
user_stubs_end:

/* ---- SYSCALL ------------------------------------------------------------------ */

	.text

/* One entry per CPU (LSTAR), as that is how the kernel learns which CPU it is. */
	.balign 16
	.globl syscall_entries
syscall_entries:
	.set	n, 0
	.rept	CPU_LIMIT
	.balign 4
	movq	cpus + 8 * n(%rip), %rbp
	jmp	syscall_fsgsbase
	.set	n, n + 1
	.endr
	.globl syscall_entries_msr
syscall_entries_msr:
	.set	n, 0
	.rept	CPU_LIMIT
	.balign 4
	movq	cpus + 8 * n(%rip), %rbp
	jmp	syscall_msr
	.set	n, n + 1
	.endr

/*
 * The segment bases of the thread at %rsp instead of those of the one at %rcx; RDI
 * has the new local id.  R8 and R11 are free.
 */
.macro switch_bases_fsgsbase
	rdfsbase %r8
	mov	%r8, TCB_FS_BASE(%rcx)
	mov	TCB_FS_BASE(%rsp), %r8
	wrfsbase %r8
	lea	UTCB_SELF(%rdi), %r8
	wrgsbase %r8
.endm

.macro switch_bases_msr
	mov	%rax, %r8
	lea	UTCB_SELF(%rdi), %rdx
	mov	%edx, %eax
	shr	$32, %rdx
	mov	$MSR_GS_BASE_NUMBER, %ecx
	wrmsr
	mov	%r8, %rax
.endm

/*
 * The IPC fast path: a send of untyped words and a wait without timeout, where the
 * receiver waits for us on this CPU and nothing special is the matter with either
 * (the keys, see core/cpu.h).  RBP = cpu, RCX = sender, RSP = receiver.
 */
.macro syscall_entry name, switch_bases
	.balign 64
\name:
	cmp	$IPC_RETURN, %rcx
	jne	syscall_other
	mov	CPU_CURRENT(%rbp), %rcx
	mov	%rsp, F_RSP(%rcx)
	mov	%r11, F_RFLAGS(%rcx)
	test	$TAG_TYPED_OR_FLAGS, %r9d
	jnz	ipc_slow
	test	%r8w, %r8w		/* receive timeout */
	jnz	ipc_slow
	mov	%rsi, %rsp
	shr	$TCB_INDEX_SHIFT, %rsp
	and	$TCB_INDEX_MASK, %esp
	lock btsl $0, kernel_lock_word
	jc	ipc_slow
	cmp	%rsi, TCB_AREA + TCB_GLOBAL_ID(%rsp)
	jne	9f
10:	mov	TCB_AREA + TCB_RECEIVE_KEY(%rsp), %r11d
	sub	CPU_SEND_KEY(%rbp), %r11d
	cmp	$255, %r11d
	ja	ipc_slow_unlock
	mov	TCB_GLOBAL_ID(%rcx), %r11
	cmp	%r11, TCB_AREA + TCB_FAST_FROM(%rsp)
	jne	3f
1:	cmp	%rdx, %rsi
	jne	4f
2:	or	$TCB_AREA, %rsp
	test	$UNTYPED_BEYOND_REGISTERS, %r9b
	jnz	5f

	/* Nothing can fail any more. */
6:	mov	%rdx, TCB_FAST_FROM(%rcx)
	movb	$STATE_WAITING, TCB_STATE(%rcx)
	movq	$FRAME_SYSCALL, F_VECTOR(%rcx)
	movq	$IPC_RETURN, F_RIP(%rcx)
	movb	$STATE_READY, TCB_STATE(%rsp)
	movq	$0, TCB_FAST_FROM(%rsp)
	mov	%rsp, CPU_CURRENT(%rbp)
	mov	TCB_PAGE_TABLE(%rsp), %rdi
	cmp	TCB_PAGE_TABLE(%rcx), %rdi
	je	8f
	mov	%rdi, %cr3
	mov	%r11, %rsi		/* from: global id */
7:	mov	%rax, %r8		/* CPU time: see core/cpu.h */
	rdtsc
	shl	$32, %rdx
	or	%rdx, %rax
	add	%rax, TCB_CPU_TICKS(%rcx)
	sub	%rax, TCB_CPU_TICKS(%rsp)
	mov	%r8, %rax
	mov	CPU_ARCH(%rbp), %r8
	movw	$-1, TSS_IO_BASE(%r8)	/* no ports, until it asks for one */
	mov	TCB_LOCAL_ID(%rsp), %rdi
	\switch_bases
	mov	F_RIP(%rsp), %rcx
	mov	F_RFLAGS(%rsp), %r11
	mov	F_RSP(%rsp), %rsp
	movl	$0, kernel_lock_word
	sysretq

3:	cmpq	$-1, TCB_AREA + TCB_FAST_FROM(%rsp)	/* the receiver takes anybody */
	je	1b
	jmp	ipc_slow_unlock
4:	cmp	$-1, %rdx		/* so do we: unless somebody waits already */
	jne	ipc_slow_unlock
	cmpq	$0, TCB_SEND_QUEUE(%rcx)
	je	2b
	jmp	ipc_slow_unlock
5:	mov	%rcx, %r8		/* words 8.. lie in the UTCBs */
	mov	TCB_UTCB(%rcx), %rsi
	mov	TCB_UTCB(%rsp), %rdi
	mov	%r9d, %ecx
	and	$UNTYPED_MASK, %ecx
	sub	$REGISTER_WORDS, %ecx
	add	$8 * (REGISTER_WORDS + 1), %rsi
	add	$8 * (REGISTER_WORDS + 1), %rdi
	rep movsq
	mov	%r8, %rcx
	jmp	6b
8:	mov	TCB_LOCAL_ID(%rcx), %rsi	/* from: local id */
	mov	%rcx, TCB_PEER(%rsp)
	jmp	7b
9:	mov	TCB_PEER(%rcx), %rsp	/* the local id of who last sent to us? */
	cmp	%rsi, TCB_LOCAL_ID(%rsp)
	jne	ipc_slow_unlock
	mov	TCB_PAGE_TABLE(%rsp), %r11
	cmp	TCB_PAGE_TABLE(%rcx), %r11
	jne	ipc_slow_unlock
	cmp	%rdx, %rsi
	mov	TCB_GLOBAL_ID(%rsp), %rsi
	cmove	%rsi, %rdx
	sub	$TCB_AREA, %rsp
	jmp	10b
.endm

	syscall_entry syscall_fsgsbase, switch_bases_fsgsbase
	syscall_entry syscall_msr, switch_bases_msr

/* Everything else.  RBP = cpu; RCX = thread, RSP and RFLAGS are saved. */
ipc_slow_unlock:
	movl	$0, kernel_lock_word
ipc_slow:
	movq	$IPC_RETURN, F_RIP(%rcx)
	jmp	1f
syscall_other:
	mov	CPU_CURRENT(%rbp), %rbp
	mov	%rsp, F_RSP(%rbp)
	mov	%r11, F_RFLAGS(%rbp)
	mov	%rcx, F_RIP(%rbp)
	mov	%rbp, %rcx
	mov	TCB_CPU(%rcx), %rbp
1:	movq	$FRAME_SYSCALL, F_VECTOR(%rcx)
	mov	%rax, F_RAX(%rcx)
	mov	%rbx, F_RBX(%rcx)
	mov	%rdx, F_RDX(%rcx)
	mov	%rsi, F_RSI(%rcx)
	mov	%rdi, F_RDI(%rcx)
	mov	%r8, F_R8(%rcx)
	mov	%r9, F_R9(%rcx)
	mov	%r10, F_R10(%rcx)
	mov	%r12, F_R12(%rcx)
	mov	%r13, F_R13(%rcx)
	mov	%r14, F_R14(%rcx)
	mov	%r15, F_R15(%rcx)
	lea	CPU_STACK_TOP(%rbp), %rsp
	mov	%rcx, %rdi
	xor	%ebp, %ebp
	call	kernel_syscall

/* ---- exceptions and interrupts ----------------------------------------------- */

/* Each vector's stub pushes its number, less 128 to be short; 8 bytes apart. */
	.balign 8
	.globl vector_stubs
vector_stubs:
	.set	n, 0
	.rept	256
	.balign 8
	push	$n - 128
	.if	n == 8 || (n >= 10 && n <= 14) || n == 17 || n == 21 || n == 29 || n == 30
	jmp	vector_with_error
	.else
	jmp	vector_without_error
	.endif
	.set	n, n + 1
	.endr

#define STACK_VECTOR 0
#define STACK_ERROR 8
#define STACK_CS 24

vector_without_error:
	push	(%rsp)
	movq	$0, STACK_ERROR(%rsp)
vector_with_error:
	addq	$128, (%rsp)
	testb	$3, STACK_CS(%rsp)
	jz	from_kernel
	push	%rbp
	mov	$-CPU_STACK_TOP, %rbp
	and	%rsp, %rbp
	mov	CPU_CURRENT(%rbp), %rbp
	mov	%rax, F_RAX(%rbp)
	mov	%rbx, F_RBX(%rbp)
	mov	%rcx, F_RCX(%rbp)
	mov	%rdx, F_RDX(%rbp)
	mov	%rsi, F_RSI(%rbp)
	mov	%rdi, F_RDI(%rbp)
	mov	%r8, F_R8(%rbp)
	mov	%r9, F_R9(%rbp)
	mov	%r10, F_R10(%rbp)
	mov	%r11, F_R11(%rbp)
	mov	%r12, F_R12(%rbp)
	mov	%r13, F_R13(%rbp)
	mov	%r14, F_R14(%rbp)
	mov	%r15, F_R15(%rbp)
	pop	F_RBP(%rbp)
	pop	F_VECTOR(%rbp)
	pop	F_ERROR(%rbp)
	pop	F_RIP(%rbp)
	pop	F_CS(%rbp)
	pop	F_RFLAGS(%rbp)
	pop	F_RSP(%rbp)
	pop	F_SS(%rbp)
	cld
	mov	%rbp, %rdi
	xor	%ebp, %ebp
	call	kernel_trap

/* Interrupts that come while idling or in a window; anything else is a bug. */
from_kernel:
	cmpq	$32, STACK_VECTOR(%rsp)
	jb	1f
	push	%rax
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	mov	72(%rsp), %rdi
	cld
	call	kernel_interrupt
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%rcx
	pop	%rax
	add	$16, %rsp
	iretq
1:	push	%rbp
	mov	%rsp, %rdi
	cld
	and	$-16, %rsp
	call	kernel_exception

	.globl nmi_stub
nmi_stub:
	iretq

/* Double fault and machine check come on a stack of their own and end in a panic. */
	.globl double_fault_stub, machine_check_stub
machine_check_stub:
	push	$0
	push	$18
	jmp	1b
double_fault_stub:
	push	$8
	jmp	1b

/* ---- back to the user ---------------------------------------------------------- */

/* return_to_user(struct tcb *t): releases the lock. */
	.globl return_to_user
return_to_user:
	mov	%rdi, %rbp
	mov	F_RAX(%rbp), %rax
	mov	F_RBX(%rbp), %rbx
	mov	F_RDX(%rbp), %rdx
	mov	F_RSI(%rbp), %rsi
	mov	F_RDI(%rbp), %rdi
	mov	F_R8(%rbp), %r8
	mov	F_R9(%rbp), %r9
	mov	F_R10(%rbp), %r10
	mov	F_R12(%rbp), %r12
	mov	F_R13(%rbp), %r13
	mov	F_R14(%rbp), %r14
	mov	F_R15(%rbp), %r15
	cmpq	$FRAME_SYSCALL, F_VECTOR(%rbp)
	jne	1f
	mov	F_RIP(%rbp), %rcx
	mov	F_RFLAGS(%rbp), %r11
	mov	F_RSP(%rbp), %rsp
	movl	$0, kernel_lock_word
	sysretq
1:	mov	F_RCX(%rbp), %rcx
	mov	F_R11(%rbp), %r11
	push	F_SS(%rbp)
	push	F_RSP(%rbp)
	push	F_RFLAGS(%rbp)
	push	F_CS(%rbp)
	push	F_RIP(%rbp)
	mov	F_RBP(%rbp), %rbp
	movl	$0, kernel_lock_word
	iretq

	.section .note.GNU-stack, "", @progbits

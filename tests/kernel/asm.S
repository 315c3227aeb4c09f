/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can't be said in C: the first code of a thread, and a call with every
 * general register loaded from, and stored to, a struct registers (ktest.h).
 */
#include "registers.inc"

	.text

/* The harness pushed the struct thread. */
	.globl asm_thread_entry
asm_thread_entry:
	pop	%rdi
	xor	%ebp, %ebp
	call	thread_main
	ud2

/* void asm_call(struct registers *r, l4_word_t address) */
	.globl asm_call
asm_call:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	push	%rsi
	push	%rdi
	LOAD_REGISTERS %rdi
	/* 0(%rsp): r, 8(%rsp): address */
	call	*8(%rsp)
	push	%rax
	mov	8(%rsp), %rax
	popq	REG_RAX(%rax)
	STORE_REGISTERS %rax
	pushfq
	popq	REG_RFLAGS(%rax)
	mov	%rsp, REG_RSP(%rax)
	cld
	pop	%rdi
	pop	%rsi
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

/* Not to be called from C: see test_kip_trap(). */
	.globl asm_kernel_interface
asm_kernel_interface:
	.byte	0xf0, 0x90
	ret

/* A thread that says by a page fault where its kernel interface page is. */
	.globl asm_kernel_interface_report
asm_kernel_interface_report:
	.byte	0xf0, 0x90
	mov	0x100000(%rax), %rax
	ud2

/* First code of a hostile thread: its struct is on the stack, at page start. */
	.globl asm_hostile_entry
asm_hostile_entry:
	pop	%rdi
	xor	%ebp, %ebp
	cld
	call	hostile_main
	ud2

/* Endless counting that touches neither stack nor carry. */
	.globl asm_count_a, asm_count_a_end, asm_count_b, asm_count_b_end
asm_count_a:
	mov	asm_counters, %rax
	lea	1(%rax), %rax
	mov	%rax, asm_counters
	jmp	asm_count_a
asm_count_a_end:

asm_count_b:
	mov	asm_counters + 8, %rax
	lea	1(%rax), %rax
	mov	%rax, asm_counters + 8
	jmp	asm_count_b
asm_count_b_end:

	.bss
	.balign 8
	.globl asm_counters
asm_counters:
	.skip	16

	.section .note.GNU-stack, "", @progbits

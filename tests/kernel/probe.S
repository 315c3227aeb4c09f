/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probes of probe.h.  The stack pointer is kept in memory, so that the
 * answer to the exception may change every register.
 */
#include "registers.inc"

	.bss
	.balign 16
	.globl probe_in, probe_out, probe_done
probe_in:	.skip 136
probe_out:	.skip 136
probe_done:	.skip 8
probe_sp:	.skip 8
probe_table:	.skip 16

.macro PROBE name, instruction:vararg
	.section .text.probe_\name, "ax"
	.globl probe_\name, probe_\name\()_at, probe_\name\()_after
probe_\name:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, probe_sp
	mov	$probe_in, %rdi
	LOAD_REGISTERS %rdi
probe_\name\()_at:
	\instruction
probe_\name\()_after:
	mov	%rax, probe_out + REG_RAX
	mov	%rsp, probe_out + REG_RSP
	jmp	probe_end
.endm

	.section .text.probe_end, "ax"
probe_end:
	mov	probe_sp, %rsp
	pushfq
	popq	probe_out + REG_RFLAGS
	/* Restores what a probe or an answer may have set. */
	pushq	$0x202
	popfq
	mov	$probe_out, %rax
	STORE_REGISTERS %rax
	movq	$1, probe_done
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

PROBE divide, div %ecx
PROBE breakpoint, int3
PROBE undefined, ud2
PROBE cli, cli
PROBE sti, sti
PROBE hlt, hlt
PROBE int_vector, int $0x82
PROBE int_page_fault, int $14
PROBE lidt, lidt probe_table
PROBE lgdt, lgdt probe_table
PROBE ltr, ltr %ax
PROBE wrmsr, wrmsr
PROBE rdmsr, rdmsr
PROBE read_cr0, mov %cr0, %rax
PROBE write_cr3, mov %rax, %cr3
PROBE write_dr7, mov %rax, %dr7
PROBE clts, clts
PROBE invlpg, invlpg probe_table
PROBE wbinvd, wbinvd
PROBE swapgs, swapgs
PROBE sysret, sysretq
PROBE noncanonical, mov (%rdx), %rax
PROBE bad_selector, mov %r8d, %ds
PROBE kernel_selector, mov %r9d, %ss
PROBE far_kernel, ljmp *probe_far
PROBE read_word, mov (%rsi), %rax

/* Loads RFLAGS from RAX; with TF set there is a trap after each instruction. */
	.section .text.probe_load_flags, "ax"
	.globl probe_load_flags, probe_load_flags_at
probe_load_flags:
	mov	probe_in + REG_RAX, %rax
	push	%rax
	popfq
	nop
probe_load_flags_at:
	nop
	pushfq
	popq	probe_out + REG_RFLAGS
	pushq	$0x202
	popfq
	movq	$1, probe_done
	ret

	.section .rodata
probe_far:
	.long	0x100000
	.word	0x08

	.section .note.GNU-stack, "", @progbits

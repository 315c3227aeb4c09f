/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry of the raw ABI test, and the three things C can't say: the lock; nop
 * trap, a call through a KIP address with every register under control, and an
 * invalid instruction executed with known values in every register.
 */
	.text

	.globl _start
_start:
	lea stack_top(%rip), %rsp
	xor %ebp, %ebp
	call rawabi_main
1:	pause
	jmp 1b

/* void abi_find_kernel(struct kernel_interface *out, uint64_t rbx, uint64_t rdi) */
	.globl abi_find_kernel
abi_find_kernel:
	push %rbx
	push %rdi
	mov %rsi, %rbx
	mov %rdx, %rdi
	.byte 0xf0, 0x90 /* lock; nop */
	pop %r8
	mov %rax, 0(%r8)
	mov %rcx, 8(%r8)
	mov %rdx, 16(%r8)
	mov %rsi, 24(%r8)
	mov %rbx, 32(%r8)
	mov %rdi, 40(%r8)
	pop %rbx
	ret

/*
 * void abi_call(struct regs *regs, uint64_t entry)
 * Loads all registers but RSP, calls entry, and stores them all again.  The
 * caller's registers are on the stack, as the binding promises nothing else.
 */
	.globl abi_call
abi_call:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	push %rdi
	push %rsi
	mov 0(%rdi), %rax
	mov 8(%rdi), %rbx
	mov 16(%rdi), %rcx
	mov 24(%rdi), %rdx
	mov 32(%rdi), %rsi
	mov 48(%rdi), %rbp
	mov 56(%rdi), %r8
	mov 64(%rdi), %r9
	mov 72(%rdi), %r10
	mov 80(%rdi), %r11
	mov 88(%rdi), %r12
	mov 96(%rdi), %r13
	mov 104(%rdi), %r14
	mov 112(%rdi), %r15
	mov 40(%rdi), %rdi
	call *(%rsp)
	mov %rdi, (%rsp)
	mov 8(%rsp), %rdi
	mov %rax, 0(%rdi)
	mov %rbx, 8(%rdi)
	mov %rcx, 16(%rdi)
	mov %rdx, 24(%rdi)
	mov %rsi, 32(%rdi)
	mov %rbp, 48(%rdi)
	mov %r8, 56(%rdi)
	mov %r9, 64(%rdi)
	mov %r10, 72(%rdi)
	mov %r11, 80(%rdi)
	mov %r12, 88(%rdi)
	mov %r13, 96(%rdi)
	mov %r14, 104(%rdi)
	mov %r15, 112(%rdi)
	pop %rax
	mov %rax, 40(%rdi)
	pop %rdi
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret

/*
 * uint64_t abi_trap_with_registers(uint64_t base)
 * RAX = base + 1, RBX + 2, RCX + 3, RDX + 4, RSI + 5, RDI + 6, RBP + 7,
 * R8 + 8 ... R15 + 15, then UD2.  The handler steps over the instruction; the
 * result is RAX + RBX as the handler left them.
 */
	.globl abi_trap_with_registers, abi_trap_ip
abi_trap_with_registers:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	lea 1(%rdi), %rax
	lea 2(%rdi), %rbx
	lea 3(%rdi), %rcx
	lea 4(%rdi), %rdx
	lea 5(%rdi), %rsi
	lea 7(%rdi), %rbp
	lea 8(%rdi), %r8
	lea 9(%rdi), %r9
	lea 10(%rdi), %r10
	lea 11(%rdi), %r11
	lea 12(%rdi), %r12
	lea 13(%rdi), %r13
	lea 14(%rdi), %r14
	lea 15(%rdi), %r15
	lea 6(%rdi), %rdi
abi_trap_ip:
	ud2
	add %rbx, %rax
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret

/* The compiler may call these two. */
	.globl memset, memcpy
memset:
	mov %rdi, %r8
	mov %esi, %eax
	mov %rdx, %rcx
	rep stosb
	mov %r8, %rax
	ret

memcpy:
	mov %rdi, %rax
	mov %rdx, %rcx
	rep movsb
	ret

	.bss
	.balign 16
	.skip 16384
stack_top:

	.section .note.GNU-stack, "", @progbits

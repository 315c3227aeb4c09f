/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start-up of an L4 program.  The first thread comes here with an unknown or
 * no stack; it gets l4_stack (see stack.c), finds the kernel and calls
 * int main(void).  A program whose main() returns stops for good.
 */
	.section .text.start, "ax"
	.globl _start
	.type _start, @function
_start:
	xor %ebp, %ebp
	lea l4_stack(%rip), %rsp
	add l4_stack_size(%rip), %rsp
	cld
	call l4_init
	call main
	call l4_halt
	ud2
	.size _start, . - _start

	.section .note.GNU-stack, "", @progbits

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reset, traps and the way into code under test (bare.h).
 */
	.section .vector, "ax"
	.code16
	jmp	reset

	.section .reset, "ax"
	.code16
	.globl	reset
reset:
	cli
	movw	%cs, %ax
	movw	%ax, %ds
	lgdtl	boot_gdtr - reset + 0xf000	/* the copy below 1 MiB */
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$8, $1f
	.code32
1:	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movb	$2, %al
	outb	%al, $0x92
	movl	$0xfffe0000, %esi
	movl	$program_start, %edi
	movl	$program_end, %ecx
	subl	%edi, %ecx
	cld
	rep movsb
	movl	$bss_start, %edi
	movl	$bss_end, %ecx
	subl	%edi, %ecx
	xorl	%eax, %eax
	rep stosb
	movl	$main_stack + 0x4000, %esp
	movl	$start_program, %eax
	call	*%eax
	/* A triple fault is the end. */
	lidtl	no_idtr
	int3
	.balign	8
boot_gdt:
	.quad	0, 0x00cf9b000000ffff, 0x00cf93000000ffff
boot_gdtr:
	.word	23
	.long	boot_gdt
no_idtr:
	.word	0
	.long	0

	.text
	/* Stubs of 16 bytes: an error code if the CPU pushes none, the vector. */
	.balign	16
	.globl	stubs
stubs:
	.set	vector, 0
	.rept	256
	.balign	16
	.if	(vector == 8) || ((vector >= 10) && (vector <= 14)) || (vector == 17)
	.else
	pushl	$0
	.endif
	pushl	$vector
	jmp	trap_common
	.set	vector, vector + 1
	.endr

trap_common:
	pushal
	pushl	%ds
	pushl	%es
	pushl	%fs
	pushl	%gs
	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	cld
	movl	%esp, %eax
	pushl	%eax
	call	trap_note
	/* Back from enter(). */
	movl	$16, %eax
	movl	%eax, %ss
	movl	main_esp, %esp
	popal
	ret

	/* void enter(const struct regs *) */
	.globl	enter
enter:
	movl	4(%esp), %edx
	pushal
	movl	%esp, main_esp
	movl	68(%edx), %eax	/* ESP */
	movl	60(%edx), %ecx	/* CS */
	testl	$0x20000, 64(%edx)
	jnz	2f
	testl	$3, %ecx
	jnz	3f
	/* The same level: its stack. */
	movw	72(%edx), %ss
	movl	%eax, %esp
	jmp	4f
2:	pushl	88(%edx)
	pushl	84(%edx)
	pushl	80(%edx)
	pushl	76(%edx)
3:	pushl	72(%edx)
	pushl	68(%edx)
4:	pushl	64(%edx)
	pushl	60(%edx)
	pushl	56(%edx)
	movw	0(%edx), %gs
	movw	4(%edx), %fs
	movw	8(%edx), %es
	movl	16(%edx), %edi
	movl	20(%edx), %esi
	movl	24(%edx), %ebp
	movl	32(%edx), %ebx
	movl	40(%edx), %ecx
	movl	44(%edx), %eax
	pushl	12(%edx)
	movl	36(%edx), %edx
	popl	%ds
	iretl

	.bss
	.balign	16
	.globl	main_stack
main_stack:
	.space	0x4000
main_esp:
	.space	4
	.section .note.GNU-stack, ""

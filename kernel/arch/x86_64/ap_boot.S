/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the other CPUs come up.  plat_cpu_start() copies ap_trampoline to a page
 * below 1 MiB and starts a CPU there in real mode; the rest runs in place, on
 * the boot page tables.  The CPU takes the ticket; if the starter has lost
 * patience and taken it back, the CPU halts for good.  Else it calls
 * ap_enter(cpu) on the stack prepared for it.  The variables are in smp.c.
 */
#include <arch/layout.h>

#define PHYS(symbol) ((symbol) - KERNEL_BASE)
#define SEL_BOOT_CODE32 0x18
#define CR0_PE 1

	.section .text.ap_boot, "ax"
	.code16
	.globl ap_trampoline, ap_trampoline_end
ap_trampoline:
	cli
	movw	%cs, %ax
	movw	%ax, %ds
	lgdtl	(ap_gdt_pointer - ap_trampoline)
	movl	$CR0_PE, %eax
	movl	%eax, %cr0
	ljmpl	$SEL_BOOT_CODE32, $PHYS(ap_protected)
ap_gdt_pointer:
	.word 4 * 8 - 1
	.long PHYS(boot_gdt)
ap_trampoline_end:

	.code32
ap_protected:
	movl	$PHYS(ap_high), %ebx
	jmp	boot_enter_long

	.code64
ap_high:
	lgdt	boot_gdt_pointer_high
	xorl	%eax, %eax
	xchgl	%eax, ap_ticket
	testl	%eax, %eax
	jz	1f
	movl	ap_cpu, %edi
	movq	ap_stack, %rsp
	xorl	%ebp, %ebp		/* ends backtraces */
	call	ap_enter
1:	hlt
	jmp	1b

	.section .note.GNU-stack, "", @progbits

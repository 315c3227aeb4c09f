/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the boot loader to C: a multiboot 1 or 2 loader (Multiboot Specification
 * 0.6.96 and 2.0) enters boot_entry in 32-bit protected mode without paging,
 * magic in EAX, information in EBX.  Builds page tables as arch/layout.h
 * promises, goes to long mode (Intel SDM volume 3, section 9.8.5) and calls
 * kernel_main(magic, info) in the high half.  boot_enter_long is shared with the
 * other CPUs, see ap_boot.S.
 */
#include <arch/layout.h>

#define PHYS(symbol) ((symbol) - KERNEL_BASE)

#define MB1_MAGIC 0x1badb002
#define MB1_FLAGS 3 /* modules on page boundaries, memory information wanted */
#define MB2_MAGIC 0xe85250d6
#define MB2_TAG_END 0
#define MB2_TAG_FRAMEBUFFER 5
#define MB2_TAG_MODULE_ALIGN 6
#define MB2_OPTIONAL 1

#define CPUID_NX_LM (1 << 20 | 1 << 29)
#define EFLAGS_ID (1 << 21)
#define EFER 0xc0000080
#define EFER_SCE_LME_NXE (1 << 0 | 1 << 8 | 1 << 11)
#define CR0_PG_WP_NE_MP_PE 0x80010033
#define CR4_PAE (1 << 5)
#define PTE_P_W 3
#define PTE_P_W_LARGE 0x83
#define PTE_NX_HIGH 0x80000000
#define LARGE_PAGE 0x200000
#define BOOT_PDS ((BOOT_MAP_SIZE >> 30) + 1)

#define COM1 0x3f8

	.section .multiboot, "a"
	.balign 8
	.long MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)
	.balign 8
mb2_header:
	.long MB2_MAGIC, 0, mb2_header_end - mb2_header
	.long 0x100000000 - (MB2_MAGIC + (mb2_header_end - mb2_header))
	.word MB2_TAG_MODULE_ALIGN, 0
	.long 8
	.word MB2_TAG_FRAMEBUFFER, MB2_OPTIONAL
	.long 20, 1024, 768, 32
	.balign 8
	.word MB2_TAG_END, 0
	.long 8
mb2_header_end:

	.section .text.boot, "ax"
	.code32
	.globl boot_entry
boot_entry:
	cli
	cld
	movl	$PHYS(boot_stack_top), %esp
	movl	%eax, %edi		/* kernel_main's arguments, untouched below */
	movl	%ebx, %esi

	pushfl
	popl	%ecx
	movl	%ecx, %eax
	xorl	$EFLAGS_ID, %eax
	pushl	%eax
	popfl
	pushfl
	popl	%eax
	xorl	%ecx, %eax
	testl	$EFLAGS_ID, %eax
	jz	boot_refuse		/* not even CPUID */
	movl	$0x80000000, %eax
	cpuid
	cmpl	$0x80000001, %eax
	jb	boot_refuse
	movl	$0x80000001, %eax
	cpuid
	andl	$CPUID_NX_LM, %edx
	cmpl	$CPUID_NX_LM, %edx
	jne	boot_refuse

	/* 4 GiB in large pages, and as EAX wraps, the first one again: the kernel
	 * splits and protects the direct map's, while the other CPUs still start on
	 * these tables */
	movl	$PHYS(boot_pd), %edx
	movl	$PTE_P_W_LARGE, %eax
	xorl	%ecx, %ecx
1:	movl	%eax, (%edx, %ecx, 8)
	addl	$LARGE_PAGE, %eax
	incl	%ecx
	cmpl	$(BOOT_PDS * 512), %ecx
	jne	1b
	addl	$PTE_P_W, %edx
	xorl	%ecx, %ecx
2:	movl	%edx, PHYS(boot_pdpt_low)(, %ecx, 8)
	movl	%edx, PHYS(boot_pdpt_direct)(, %ecx, 8)
	addl	$0x1000, %edx
	incl	%ecx
	cmpl	$(BOOT_PDS - 1), %ecx
	jne	2b
	movl	%edx, PHYS(boot_pdpt_low)
	movl	%edx, PHYS(boot_pdpt_kernel) + (KERNEL_BASE >> 30 & 511) * 8
	movl	$PHYS(boot_pml4), %edx
	movl	$(PHYS(boot_pdpt_low) + PTE_P_W), (%edx)
	movl	$(PHYS(boot_pdpt_direct) + PTE_P_W), (DIRECT_MAP >> 39 & 511) * 8(%edx)
	movl	$PTE_NX_HIGH, (DIRECT_MAP >> 39 & 511) * 8 + 4(%edx)
	movl	$(PHYS(boot_pdpt_kernel) + PTE_P_W), (KERNEL_BASE >> 39 & 511) * 8(%edx)

	lgdt	PHYS(boot_gdt_pointer)
	movl	$PHYS(boot_high), %ebx

/* To long mode, then to the kernel at physical address EBX; needs the boot GDT
 * loaded, keeps EBX, ESI, EDI. */
	.globl boot_enter_long
boot_enter_long:
	movl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$PHYS(boot_pml4), %eax
	movl	%eax, %cr3
	movl	$EFER, %ecx
	xorl	%edx, %edx
	movl	$EFER_SCE_LME_NXE, %eax
	wrmsr
	movl	$CR0_PG_WP_NE_MP_PE, %eax
	movl	%eax, %cr0
	ljmpl	$SEL_KERNEL_CODE, $PHYS(1f)
	.code64
1:	movl	$SEL_KERNEL_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%ebx, %ebx
	orq	$KERNEL_BASE, %rbx
	jmp	*%rbx

boot_high:
	lgdt	boot_gdt_pointer_high
	movq	$boot_stack_top, %rsp
	xorl	%ebp, %ebp		/* ends backtraces */
	movl	%edi, %edi
	movl	%esi, %esi
	call	kernel_main

	.code32
boot_refuse:
	movl	$PHYS(boot_com1_setup), %esi
	xorl	%eax, %eax
	xorl	%edx, %edx
1:	lodsb
	testb	%al, %al
	js	2f
	leal	COM1(%eax), %edx
	lodsb
	outb	%al, %dx
	jmp	1b
2:	movw	$(COM1 + 5), %dx
	inb	%dx, %al
	testb	$0x20, %al
	jz	2b
	lodsb
	testb	%al, %al
	jz	3f
	movw	$COM1, %dx
	outb	%al, %dx
	jmp	2b
3:	hlt
	jmp	3b

	.section .rodata.boot, "a"
	.balign 8
	.globl boot_gdt
boot_gdt:	/* accessed bits are set: the CPU never writes to it */
	.quad 0
	.quad 0x00af9b000000ffff	/* SEL_KERNEL_CODE */
	.quad 0x00cf93000000ffff	/* SEL_KERNEL_DATA */
	.quad 0x00cf9b000000ffff	/* 32-bit code, on the other CPUs' way up */
boot_gdt_end:
	.globl boot_gdt_pointer_high
boot_gdt_pointer:
	.word boot_gdt_end - boot_gdt - 1
	.long PHYS(boot_gdt)
boot_gdt_pointer_high:
	.word boot_gdt_end - boot_gdt - 1
	.quad boot_gdt
boot_com1_setup:	/* register, value: 115200 baud, 8n1, FIFO, RTS and DTR */
	.byte 3, 0x80, 0, 1, 1, 0, 3, 3, 2, 1, 4, 3, 0xff
	.asciz "L4VM: this CPU can't run it (needs 64-bit mode and no-execute pages)\r\n"

	.section .bss.boot, "aw", @nobits
	.balign 8192			/* like every kernel stack, see arch/cpu.h */
	.skip 8192
boot_stack_top:
	.globl boot_pml4, boot_pdpt_direct
boot_pml4:
	.skip 4096
boot_pdpt_low:
	.skip 4096
boot_pdpt_direct:
	.skip 4096
boot_pdpt_kernel:
	.skip 4096
boot_pd:
	.skip BOOT_PDS * 4096

	.section .note.GNU-stack, "", @progbits

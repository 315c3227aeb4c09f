/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The first sector of mandelbrot.img: loads the other ones behind itself, and calls
 * mandelbrot_main with a flat segment of 64 KiB (code, data and stack) in real mode.
 */
	.code16
	.section .boot, "ax"
	.globl boot_start
boot_start:
	ljmp	$0, $1f
1:	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	/* Not in the page of the code, which would be written to all the time. */
	movl	$0x7000, %esp
	cld
	/* Sectors 2 and on of the first track; DL is the drive. */
	movw	$0x0200 + boot_sectors, %ax
	movw	$0x0002, %cx
	movb	$0, %dh
	movw	$0x7e00, %bx
	int	$0x13
	jc	2f
	calll	mandelbrot_main
2:	movw	$boot_error, %si
3:	lodsb
	orb	%al, %al
	jz	4f
	movb	$0x0e, %ah
	movw	$0x0007, %bx
	int	$0x10
	jmp	3b
4:	hlt
	jmp	4b
boot_error:
	.asciz	"The floppy can't be read.\r\n"
	.org	510
	.word	0xaa55
	.section .note.GNU-stack, "", @progbits

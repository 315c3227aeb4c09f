/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A boot sector that greets on the first serial line: so far the firmware has come.
 */
	.code16
	.globl _start
_start:	ljmp $0, $1f
1:	xorw %ax, %ax
	movw %ax, %ds
	cld
	movw $greeting, %si
2:	movw $0x3fd, %dx	/* until the line takes a byte */
3:	inb %dx, %al
	testb $0x20, %al
	jz 3b
	lodsb
	testb %al, %al
	jz 4f
	movw $0x3f8, %dx
	outb %al, %dx
	jmp 2b
4:	hlt
	jmp 4b
greeting:
	.asciz "Welcome\r\n"
	.org 510
	.word 0xaa55

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A boot sector, and what it loads behind itself, that shows pictures on a VGA.  After each
 * it writes @ to the first serial line and waits for a byte from there.  Their order is that
 * of the list in test_pc_pictures.py.
 */
	.code16
	.globl _start
_start:	ljmp $0, $1f
1:	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movw $0x7c00, %sp
	cld
	movw $0x0210, %ax	/* sixteen sectors after this one, of drive dl */
	movw $0x7e00, %bx
	movw $2, %cx
	movb $0, %dh
	int $0x13
	jc .
	movw $0x3fb, %dx	/* 8 bits; 115,200 baud */
	movb $0x83, %al
	outb %al, %dx
	movw $0x3f8, %dx
	movw $1, %ax
	outw %ax, %dx
	movw $0x3fb, %dx
	movb $3, %al
	outb %al, %dx
	jmp pictures
	.org 510
	.word 0xaa55

/* The picture is ready. */
shown:	pushaw
	movw $0x3fd, %dx
1:	inb %dx, %al
	testb $0x20, %al
	jz 1b
	movw $0x3f8, %dx
	movb $'@', %al
	outb %al, %dx
	movw $0x3fd, %dx
1:	inb %dx, %al
	testb $1, %al
	jz 1b
	movw $0x3f8, %dx
	inb %dx, %al
	popaw
	ret

/* ah: value, al: index. */
	.macro sequencer value
	movw $\value, %ax
	movw $0x3c4, %dx
	outw %ax, %dx
	.endm
	.macro graphics value
	movw $\value, %ax
	movw $0x3ce, %dx
	outw %ax, %dx
	.endm
	.macro crtc value
	movw $\value, %ax
	movw $0x3d4, %dx
	outw %ax, %dx
	.endm
	.macro mode number
	movw $\number, %ax
	int $0x10
	.endm

blinking_off:
	movw $0x1003, %ax
	movb $0, %bl
	int $0x10
	ret

/* cx cells of text: all characters but B0 to BF, all attributes. */
fill_text:
	movw $0xb800, %ax
	movw %ax, %es
	xorw %di, %di
1:	movw %di, %ax
	shrw $1, %ax
	movw %ax, %bx
	imulw $7, %bx
	addb %bh, %bl
	movb %bl, %ah
	cmpb $0xb0, %al
	jb 2f
	cmpb $0xbf, %al
	ja 2f
	xorb $0x40, %al
2:	stosw
	loop 1b
	ret

/* cx cells of 16 characters from ah on with attribute al. */
fill_row:
	movw $0xb800, %bx
	movw %bx, %es
	xorw %di, %di
	xchgb %al, %ah
1:	stosw
	incb %al
	testb $15, %al
	jnz 2f
	subb $16, %al
2:	loop 1b
	ret

/* 64 KiB from segment ax on, in each plane of bl: what differs from byte to byte. */
fill_planes:
	movw %ax, %es
	movb $1, %bh
1:	testb %bh, %bl
	jz 3f
	movw $0x3c4, %dx
	movb %bh, %ah
	movb $2, %al
	outw %ax, %dx
	xorw %di, %di
2:	movw %di, %ax
	movw %di, %cx
	shrw $5, %cx
	imulw $0x95, %ax
	addw %cx, %ax
	xorb %ah, %al
	addb %bh, %al
	stosb
	testw %di, %di
	jnz 2b
3:	shlb $1, %bh
	cmpb $16, %bh
	jne 1b
	ret

pictures:
	/* Text. */
	mode 3
	call blinking_off
	movw $2000, %cx
	call fill_text
	movw $0x0200, %ax
	movb $0, %bh
	movw $0x0c28, %dx
	int $0x10		/* the cursor to 40, 12 */
	call shown

	mode 3
	movw $0x1112, %ax
	movb $0, %bl
	int $0x10
	call blinking_off
	movw $4000, %cx
	call fill_text
	movb $1, %ah
	movw $0x0107, %cx
	int $0x10		/* a tall cursor */
	movb $2, %ah
	movb $0, %bh
	movw $0x2d4d, %dx
	int $0x10
	call shown

	mode 3
	call blinking_off
	movw $0x3c4, %dx
	movb $1, %al
	outb %al, %dx
	incw %dx
	inb %dx, %al
	orb $1, %al
	outb %al, %dx		/* eight dots */
	movw $0x3cc, %dx
	inb %dx, %al
	andb $0xf3, %al
	movw $0x3c2, %dx
	outb %al, %dx
	movw $2000, %cx
	call fill_text
	movb $1, %ah
	movw $0x2000, %cx
	int $0x10		/* no cursor */
	call shown

	mode 3
	movb $1, %ah
	movw $0x2000, %cx
	int $0x10
	movw $2000, %cx
	movw $0xb01e, %ax
	call fill_row
	call shown

	mode 3			/* blinking */
	movb $1, %ah
	movw $0x2000, %cx
	int $0x10
	movw $2000, %cx
	movw $0x419e, %ax
	call fill_row
	call shown

	mode 1			/* 40 columns */
	call blinking_off
	movb $1, %ah
	movw $0x2000, %cx
	int $0x10
	movw $1000, %cx
	call fill_text
	call shown

	/* 640 x 480 by write mode 2: bars of 40. */
	mode 0x12
	movw $0xa000, %ax
	movw %ax, %es
	graphics 0x0205
	xorw %di, %di
1:	movw %di, %ax
	xorw %dx, %dx
	movw $80, %bx
	divw %bx
	movw %dx, %ax
	movb $5, %bl
	divb %bl
	movb %es:(%di), %ah
	movb %al, %es:(%di)
	incw %di
	cmpw $480*80, %di
	jne 1b
	/* Lines of the complement, by set/reset, XOR and a bit mask. */
	graphics 0x0005
	graphics 0x0f00
	graphics 0x0f01
	graphics 0x1803
	graphics 0x3c08
	movw $30*80, %di
	movw $20*80, %cx
1:	movb %es:(%di), %al
	movb $0, %es:(%di)
	incw %di
	loop 1b
	/* The latches: fifty lines copied down. */
	graphics 0x0001
	graphics 0x0003
	graphics 0xff08
	graphics 0x0105
	movw $20*80, %si
	movw $300*80, %di
	movw $50*80, %cx
1:	movb %es:(%si), %al
	movb %al, %es:(%di)
	incw %si
	incw %di
	loop 1b
	/* Write mode 3 with rotation: dotted, in colour 14. */
	graphics 0x0305
	graphics 0x0e00
	graphics 0x0303
	graphics 0x7f08
	movw $380*80, %di
	movw $40*80, %cx
1:	movb %es:(%di), %al
	movb $0x9c, %es:(%di)
	incw %di
	loop 1b
	/* Another palette entry, another colour of the DAC, both seen. */
	graphics 0x0003
	movw $0x1000, %ax
	movw $0x1405, %bx
	int $0x10
	movw $0x1010, %ax
	movw $2, %bx
	movw $0x3f0a, %cx
	movb $0x15, %dh
	int $0x10
	call shown

	/* Modes with planes, then of the CGA, then with bytes. */
	.irp number, 0x0d, 0x0e, 0x10, 0x11
	mode \number
	movw $0xa000, %ax
	movb $15, %bl
	call fill_planes
	call shown
	.endr
	.irp number, 4, 6
	mode \number
	movw $0xb800, %ax
	movb $3, %bl
	call fill_cga
	call shown
	.endr
	mode 0x13
	movw $0xa000, %ax
	call fill_cga
	call shown

	/* 320 x 240 without chain 4 (mode X): the second page above, the start below. */
	mode 0x13
	sequencer 0x0604
	sequencer 0x0100
	movw $0x3c2, %dx
	movb $0xe3, %al
	outb %al, %dx
	sequencer 0x0300
	crtc 0x2c11
	crtc 0x0d06
	crtc 0x2e07		/* line compare's bit 8: 0 */
	crtc 0x0109		/* bit 9, too */
	crtc 0xea10
	crtc 0xac11
	crtc 0xdf12
	crtc 0x0014
	crtc 0xe715
	crtc 0x0616
	crtc 0xe317
	crtc 0xc718		/* 199 */
	movw $0xa000, %ax
	movb $15, %bl
	call fill_planes
	crtc 0x4b0c
	crtc 0x000d
	call shown

	movw $vbe_modes, %bp
1:	call vbe_picture
	addw $6, %bp
	cmpw $vbe_end, %bp
	jne 1b
	mode 3
2:	call shown
	jmp 2b

/* 64 KiB of segment ax. */
fill_cga:
	movw %ax, %es
	xorw %di, %di
1:	movw %di, %ax
	imulw $0x4b, %ax
	xorb %ah, %al
	stosb
	testw %di, %di
	jnz 1b
	ret

vbe_modes:
	.word 640, 480, 8
	.word 640, 480, 15
	.word 800, 600, 16
	.word 640, 480, 24
	.word 1024, 768, 32
vbe_end:
	.set information, 0x6000

/* The mode of size and depth at bp. */
vbe_picture:
	xorw %ax, %ax
	movw %ax, %es
	movw $0x100, %cx
1:	movw $0x4f01, %ax
	movw $information, %di
	int $0x10
	cmpw $0x004f, %ax
	jne 2f
	movw information + 18, %ax
	cmpw %ds:(%bp), %ax
	jne 2f
	movw information + 20, %ax
	cmpw %ds:2(%bp), %ax
	jne 2f
	movb information + 25, %al
	cmpb %ds:4(%bp), %al
	je 3f
2:	incw %cx
	cmpw $0x200, %cx
	jne 1b
	jmp .
3:	movw $0x4f02, %ax
	movw %cx, %bx
	int $0x10
	movw $0xa000, %ax
	movw %ax, %es
	movw information + 16, %ax
	mulw information + 20	/* bytes of it, to dx:ax */
	movw %dx, %si		/* the last bank */
	xorw %cx, %cx
4:	movw $0x4f05, %ax
	xorw %bx, %bx
	movw %cx, %dx
	pushw %cx
	int $0x10
	popw %cx
	xorw %di, %di
5:	movw %di, %ax
	imulw $0x1235, %ax
	movw %cx, %bx
	shlw $9, %bx
	xorw %bx, %ax
	addw %di, %ax
	stosw
	testw %di, %di
	jnz 5b
	incw %cx
	cmpw %si, %cx
	jbe 4b
	jmp shown
	.balign 512

# SPDX-License-Identifier: BSD-2-Clause
"""Boot floppies and CDs with programs of the tests for the PC, assembled by binutils."""
import subprocess

# Segments at 0, and a stack below.
BEGIN = r"""
	.code16
	ljmp	$0, $0x7c00 + begin
begin:	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$0x7000, %sp
	cld
"""

# Sends AL to port DX as two digits.
BYTE = r"""
byte:	pushw	%ax
	shrb	$4, %al
	call	digit
	popw	%ax
	andb	$15, %al
digit:	addb	$'0', %al
	cmpb	$'9', %al
	jbe	9f
	addb	$'a' - '0' - 10, %al
9:	outb	%al, %dx
	ret
"""

# Shows all characters and most attributes, one of them redefined; takes keys from the BIOS,
# shows and sends them; `g` draws in mode 12h, `o` switches off, `z` resets.
SCREENS = BEGIN + r"""
	movw	$0x0003, %ax
	int	$0x10
	movb	$0x01, %ah		/* no cursor */
	movw	$0x2000, %cx
	int	$0x10
	movw	$0x1100, %ax		/* a glyph of its own for A */
	movw	$0x1000, %bx
	movw	$1, %cx
	movw	$'A', %dx
	movw	$0x7c00 + glyph, %bp
	int	$0x10
	movw	$0xb800, %ax
	movw	%ax, %es
	xorw	%di, %di
1:	movw	%di, %ax
	shrw	$1, %ax
	movb	%al, %dl
	shrw	$3, %ax
	andb	$0x7f, %al
	movb	%al, %ah
	movb	%dl, %al
	stosw
	cmpw	$4000, %di
	jb	1b
	movw	$3840, %di		/* the last row */
	movb	$'R', %al
	call	send
next:	xorw	%ax, %ax
	int	$0x16
	movb	$0x4f, %ah
	movw	%ax, %es:(%di)
	addw	$2, %di
	call	send
	cmpb	$'g', %al
	je	draw
	cmpb	$'o', %al
	je	off
	cmpb	$'z', %al
	jne	next
	movw	$0xcf9, %dx
	movb	$6, %al
	outb	%al, %dx
	hlt
off:	movw	$0xb004, %dx		/* ACPI's control register, where SeaBIOS puts it: S5 */
	movw	$0x2000, %ax
	outw	%ax, %dx
	hlt
send:	pushw	%ax
	movw	$0x3f8, %dx
	outb	%al, %dx
	movb	$10, %al
	outb	%al, %dx
	popw	%ax
	ret
draw:	movw	$0x0012, %ax
	int	$0x10
	movw	$0x1010, %ax		/* another green */
	movw	$2, %bx
	movw	$0x2533, %cx
	movb	$0x07, %dh
	int	$0x10
	movw	$0xa000, %ax
	movw	%ax, %es
	movw	$3, %cx
2:	movb	$2, %al			/* plane CL */
	movb	$1, %ah
	shlb	%cl, %ah
	movw	$0x3c4, %dx
	outw	%ax, %dx
	xorw	%di, %di
3:	movw	%di, %ax
	shrw	$2, %ax
	shrw	%cl, %ax
	xorw	%di, %ax
	stosb
	cmpw	$38400, %di
	jb	3b
	decw	%cx
	jns	2b
	movw	$0xb800, %ax		/* keys are shown nowhere */
	movw	%ax, %es
	xorw	%di, %di
	movb	$'G', %al
	call	send
	jmp	next
glyph:	.byte	0xff, 0x81, 0x81, 0x99, 0xa5, 0xa5, 0x81, 0x81, 0xa5, 0x99, 0x81, 0x81, 0xff, 0, 0xaa, 0
"""

# For a CD: a picture in 640 x 480 of 32 bits a pixel, in the linear frame buffer; then reports
# what the mouse does: state, x, y.
POINTER = BEGIN + r"""
	movw	$0x4f01, %ax		/* what the mode is, where its memory */
	movw	$0x142, %cx
	movw	$0x8000, %di
	int	$0x10
	movw	$0x4f02, %ax
	movw	$0x4142, %bx
	int	$0x10
	cli
	lgdt	0x7c00 + table		/* a data segment without end */
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	movw	$8, %bx
	movw	%bx, %fs
	andb	$0xfe, %al
	movl	%eax, %cr0
	sti
	movl	0x8028, %edi
	xorl	%ebx, %ebx
1:	xorl	%ecx, %ecx
2:	movl	%ecx, %eax		/* blue x, green y, red their product */
	imull	%ebx, %eax
	shll	$8, %eax
	andl	$0xff0000, %eax
	movb	%cl, %al
	movb	%bl, %ah
	movl	%eax, %fs:(%edi)
	addl	$4, %edi
	incl	%ecx
	cmpl	$640, %ecx
	jb	2b
	incl	%ebx
	cmpl	$480, %ebx
	jb	1b
	movw	$0xc205, %ax		/* a mouse of three bytes, its handler, on */
	movb	$3, %bh
	int	$0x15
	movw	$0xc207, %ax
	movw	$0x7c00 + moved, %bx
	int	$0x15
	movw	$0xc200, %ax
	movb	$1, %bh
	int	$0x15
	movw	$0x3f8, %dx
	movb	$'R', %al
	outb	%al, %dx
	movb	$10, %al
	outb	%al, %dx
3:	hlt
	jmp	3b
moved:	pushaw
	movw	%sp, %bp
	movw	$0x3f8, %dx
	movb	26(%bp), %al
	call	byte
	movb	24(%bp), %al
	call	byte
	movb	22(%bp), %al
	call	byte
	movb	$10, %al
	outb	%al, %dx
	popaw
	lret
""" + BYTE + r"""
	.balign	8
gdt:	.quad	0, 0x00cf92000000ffff
table:	.word	15
	.long	0x7c00 + gdt
"""

# A Multiboot kernel: sends its command line, its module, and R.
MULTIBOOT = r"""
	.long	0x1badb002, 0, -0x1badb002
	.globl	start
start:	cmpl	$0x2badb002, %eax
	jne	1f
	movl	16(%ebx), %esi
	call	say
	movl	24(%ebx), %esi
	movl	(%esi), %esi
	call	say
	movl	$ready, %esi
	call	say
1:	hlt
	jmp	1b
say:	movw	$0x3f8, %dx
2:	lodsb
	testb	%al, %al
	jz	3f
	outb	%al, %dx
	jmp	2b
3:	movb	$10, %al
	outb	%al, %dx
	ret
ready:	.asciz	"R"
"""

# Waits for a byte on the serial line; then writes numbers from a seed to the first disk and
# reads them back: rounds of 64 sectors, each of which it reports, and at last a sum of all
# that it finds there.
DISK = BEGIN + r"""
	movw	$0x3fd, %dx
0:	inb	%dx, %al
	testb	$1, %al
	jz	0b
	movl	$SEED, %ebx
	movb	$'0', count
1:	movw	$64, %cx
2:	pushw	%cx
	movw	$BUFFER, %di
	movw	$128, %cx
3:	imull	$1664525, %ebx, %ebx
	addl	$1013904223, %ebx
	movl	%ebx, %eax
	stosl
	loop	3b
	movb	$0x43, %ah
	call	disk
	popw	%cx
	loop	2b
	incb	count
	movw	$0x7c00 + round, %si
	call	say
	cmpb	$'0' + ROUNDS, count
	jb	1b
	movl	$0, lba
	xorl	%ebx, %ebx
	movw	$ROUNDS * 64, %cx
4:	pushw	%cx
	movb	$0x42, %ah
	call	disk
	movw	$BUFFER, %si
	movw	$128, %cx
5:	lodsl
	roll	$5, %ebx
	addl	%eax, %ebx
	loop	5b
	popw	%cx
	loop	4b
	movw	$8, %cx
	movw	$0x7c00 + digits, %di
6:	roll	$4, %ebx
	movb	%bl, %al
	andb	$15, %al
	addb	$'0', %al
	cmpb	$'9', %al
	jbe	7f
	addb	$'a' - '0' - 10, %al
7:	stosb
	loop	6b
	movw	$0x7c00 + sum, %si
	call	say
	hlt
	jmp	.-1
/* AH: read or write the next sector. */
disk:	pushl	%ebx
	movw	$0x7c00 + packet, %si
	xorb	%al, %al
	movb	$0x80, %dl
	int	$0x13
	jc	8f
	incl	lba
	popl	%ebx
	ret
8:	movw	$0x7c00 + error, %si
	call	say
	hlt
	jmp	.-1
say:	lodsb
	orb	%al, %al
	jz	9f
	movw	$0x3f8, %dx
	outb	%al, %dx
	jmp	say
9:	ret
round:	.ascii	"file"
	.set	count, 0x7c00 + . - begin + 5
	.asciz	"0.\n"
sum:	.ascii	"sum:"
digits:	.asciz	"........:\r\n"
error:	.asciz	"disk error\n"
	.balign	4
packet:	.word	16, 1, BUFFER, 0
	.set	lba, 0x7c00 + . - begin + 5
	.long	0, 0
	.set	BUFFER, 0x8000
"""

# Two numbers of the x87 that stay in its registers for ROUNDS rounds, in which memory is read;
# then reports their 20 bytes.
FLOATS = BEGIN + r"""
	fninit
	fldz
	fildl	0x7c00 + seed
	movl	$ROUNDS, %ecx
1:	fmull	0x7c00 + factor
	fadds	0x7c00 + one
	fsqrt
	fld	%st(0)
	fdivs	0x7c00 + three
	faddp	%st, %st(2)
	decl	%ecx
	jnz	1b
	movw	$0x8000, %di
	fstpt	(%di)
	fstpt	10(%di)
	movw	%di, %si
	movw	$20, %cx
	movw	$0x3f8, %dx
2:	lodsb
	call	byte
	loop	2b
	movb	$10, %al
	outb	%al, %dx
3:	hlt
	jmp	3b
""" + BYTE + r"""
	.balign	8
factor:	.double	1.000001
one:	.single	1
three:	.single	3
seed:	.long	SEED
"""


def disk_sum(seed, rounds):
    """The sum that DISK reports."""
    total = 0
    for _ in range(rounds * 64 * 128):
        seed = (seed * 1664525 + 1013904223) & 0xffffffff
        total = ((total << 5 | total >> 27) + seed) & 0xffffffff
    return f"{total:08x}"


def assembled(path, source):
    """The code, of which path.o and path.bin are left."""
    parts = [f"{path}.o", f"{path}.bin"]
    subprocess.run(["as", "--32", "-o", parts[0], "-"], input=source, text=True, check=True)
    subprocess.run(["objcopy", "-O", "binary", "-j", ".text", *parts], check=True)
    with open(parts[1], "rb") as file:
        return file.read()


def floppy(path, source):
    """An image whose first sector is the assembled source."""
    code = assembled(path, source)
    assert len(code) <= 510
    path.write_bytes((code.ljust(510, b"\0") + b"\x55\xaa").ljust(1440 << 10, b"\0"))
    return path


def cd(path, source):
    """An image of a CD that is booted without emulation; it holds nothing else."""
    folder = path.with_suffix(".files")
    folder.mkdir()
    (folder / "boot").write_bytes(assembled(path, source).ljust(2048, b"\0"))
    subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", "-b", "boot", "-no-emul-boot",
                    "-boot-load-size", "4", "-o", path, folder], check=True)
    return path


def multiboot_kernel(path, source):
    """The same as ELF, at 1 MiB."""
    assembled(path, source)
    subprocess.run(["ld", "-m", "elf_i386", "-N", "--no-warn-rwx-segments", "-Ttext=0x100000",
                    "-e", "start", "-o", path, f"{path}.o"], check=True)
    return path

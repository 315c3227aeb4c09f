# SPDX-License-Identifier: BSD-2-Clause
"""Media that people have, unmodified, in the PC: what is on the screen, typed on the keyboard."""
import re

import pexpect

from guest import boot_sector


def figures_of(start, disk):
    """What --stats says when a boot sector has run to its end, which it reports."""
    guest = start("pc", "--disk", disk, "--log", "guest", "--stats")
    guest.expect_exact("Booting from 0000:7c00")
    guest.expect(r"debug port: !\r")
    guest.send("\x01x")
    guest.expect(pexpect.EOF)
    return {name: int(value) for name, value in re.findall(r"([a-z -]+[a-z]) +(\d+)", guest.before)}


SWITCHES = r"""
	.code16
	cli
	lgdtl %cs:0x7c00 + table
	movl $20000, %ecx
again:	movl %cr0, %eax
	orb $1, %al
	movl %eax, %cr0
	jmp 1f
1:	andb $0xfe, %al
	movl %eax, %cr0
	jmp 2f
2:	decl %ecx
	jnz again
	movb $'!', %al
	outb %al, $0xe9
	movb $10, %al
	outb %al, $0xe9
	hlt
	.balign 4
table:	.word 0
	.long 0
"""


def test_protected_mode_and_back_drops_no_mappings(start, tmp_path):
    """Loaders do it for each call of the BIOS."""
    figures = figures_of(start, boot_sector(tmp_path / "boot.img", SWITCHES))
    assert figures["table flushes"] < 1000


LOOKS_FOR_KEYS = r"""
	.code16
	cli
	movw $3000, %bx
again:	movl $50000, %ecx
1:	decl %ecx
	jnz 1b
	inb $0x64, %al
	decw %bx
	jnz again
	movb $'!', %al
	outb %al, $0xe9
	movb $10, %al
	outb %al, $0xe9
	hlt
"""


def test_work_with_looks_for_keys_is_not_rest(start, tmp_path):
    figures = figures_of(start, boot_sector(tmp_path / "boot.img", LOOKS_FOR_KEYS))
    assert figures["guest instructions"] > 300e6
    assert figures["time idle"] < 300

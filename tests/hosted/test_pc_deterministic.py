# SPDX-License-Identifier: BSD-2-Clause
"""A PC with --deterministic: interrupts in short windows, a floppy, saving on the way."""
import re

import pytest

from guest import boot_sector

WAYS = [["--max-block", "1"], ["--max-block", "7"], ["--code-cache", "512K"], ["--interpret"]]


@pytest.fixture
def execute(emu):
    """execute(N, option...) runs N instructions: (serial output, hash)."""

    def execute(instructions, *options):
        result = emu("pc", "--deterministic", "--stop-after", instructions, "--hash", *options)
        assert result.returncode == 0, result.stderr
        return result.stdout, re.search(r"^hash ([0-9a-f]{16})$", result.stderr, re.M)[1]

    return execute


# The timer at about 1 kHz, and a dot when it has come, by BIOS's count.  What is asked for in
# one window and comes 64 instructions later never meets another.
WINDOWS = r"""
	.code16
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %ss
	movw $0x7c00, %sp
	cli
	movb $0x34, %al
	outb %al, $0x43
	movb $0xa9, %al
	outb %al, $0x40
	movb $4, %al
	outb %al, $0x40
	movw $0x3f8, %dx
	movw 0x46c, %bx
	movl $600000, %ecx
again:	WINDOW
	nop
	cmpw %bx, 0x46c
	je 1f
	movw 0x46c, %bx
	movb $'.', %al
	outb %al, %dx
1:	decl %ecx
	jnz again
	movb $'!', %al
	outb %al, %dx
2:	jmp 2b
"""
WINDOW = {
    "sti": "sti; nop; rep; nop; cli; cld",  # as SeaBIOS waits
    "popf": "pushw $0x202; popfw; cli",
    "iret": "pushw $0x202; pushw %cs; pushw $0x7c00 + 3f; iret; 3: cli",
}
DONE = 20_000_000


@pytest.fixture(params=WINDOW)
def windows(request, tmp_path):
    source = WINDOWS.replace("WINDOW", WINDOW[request.param])
    return ["--disk", boot_sector(tmp_path / "boot.img", source), "--read-only"]


def test_interrupts_come_in_short_windows(execute, windows):
    whole = execute(DONE, *windows)
    assert re.fullmatch(r"\.{4,6}!", whole[0])
    assert [way for way in WAYS if execute(DONE, *windows, *way) != whole] == []


def halves(execute, middle, state, *options):
    """What `execute` has of a run that was saved and restored in the middle."""
    first = execute(middle, *options, "--save", state)
    second = execute(DONE - middle, *options, "--restore", state)
    return first[0] + second[0], second[1]


def test_saving_and_restoring_makes_no_difference(execute, windows, tmp_path):
    """In the firmware, and between windows."""
    whole = execute(DONE, *windows)
    for middle in 5_000_003, 12_123_457, 12_123_462:
        assert halves(execute, middle, tmp_path / "state", *windows) == whole


# Its first sector to its second one, then sectors 3 and 4 to memory.
FLOPPY = r"""
	.code16
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw $0x7c00, %sp
	movw $0x0301, %ax
	movw $0x7c00, %bx
	movw $2, %cx
	xorw %dx, %dx
	int $0x13
	movb %ah, %al
	addb $'0', %al
	movw $0x3f8, %dx
	outb %al, %dx
1:	jmp 1b
"""


@pytest.mark.parametrize("way", WAYS[1:], ids=lambda way: way[0][2:])
def test_floppy_boots_and_is_written(execute, tmp_path, way):
    """Its controller's interrupts come while the firmware waits in such windows."""
    floppy = boot_sector(tmp_path / "floppy.img", FLOPPY)
    floppy.write_bytes(floppy.read_bytes().ljust(1_474_560, b"\0"))
    options = ["--floppy", floppy, "--boot", "a"]
    whole = execute(DONE, *options)
    assert whole[0] == "0"
    sectors = floppy.read_bytes()
    assert sectors[512:1024] == sectors[:512]
    assert execute(DONE, *options, *way) == whole

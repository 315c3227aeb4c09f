# SPDX-License-Identifier: BSD-2-Clause
"""Multiboot kernels on the PC: what one finds when it starts, and which are refused."""
import re
import struct
import subprocess

import pytest

MAGIC = 0x1badb002
ALIGNED, MEMORY, VIDEO, ADDRESSES = 1, 2, 4, 1 << 16
MODULE = b"what the module holds"

# Prints "name=value" lines: numbers in hexadecimal, strings as they are.
PROGRAM = r"""
	.text
header:	.long 0x1badb002, FLAGS, -(0x1badb002 + FLAGS)
	.if FLAGS & 0x10000
	.long header, header, loaded, cleared, start
	.endif
	.globl start
start:	movl $stack, %esp
	pushfl
	popl %esi
	movl %ebx, %ebp
	.macro number name, value
	movl \value, %eax
	movb $\name, %bl
	call print_number
	.endm
	.macro text name, value
	movl \value, %ecx
	movb $\name, %bl
	call print_text
	.endm
	movl %eax, magic
	number 'e', %esi
	movl %cr0, %edx
	number 'p', %edx
	number 'M', magic
	number 'f', (%ebp)
	number 'l', 4(%ebp)
	number 'u', 8(%ebp)
	text 'c', 16(%ebp)
	text 'n', 64(%ebp)
	number 'm', 20(%ebp)
	cmpl $0, 20(%ebp)
	je 1f
	movl 24(%ebp), %edi
	number 'a', (%edi)
	movl 4(%edi), %edx
	subl (%edi), %edx
	number 's', %edx
	text 't', 8(%edi)
	text 'd', (%edi)
1:	movl 44(%ebp), %edi             /* the map, and how many entries it has */
	movl 48(%ebp), %esi
	addl %esi, %edi
	xorl %edx, %edx
2:	cmpl %edi, %esi
	jae 3f
	incl %edx
	pushl %edx
	number 'b', 4(%esi)
	number 'L', 12(%esi)
	number 'T', 20(%esi)
	popl %edx
	addl (%esi), %esi
	addl $4, %esi
	jmp 2b
3:	number 'N', %edx
	movl $bss, %edi                 /* what isn't in the file is zero */
	movl $(bss_end - bss), %ecx
	xorl %eax, %eax
	cld
	repe scasb
	sete %al
	movzbl %al, %edx
	number 'z', %edx
	number 'D', data
	movw $0x402, %dx
	movb $'.', %al
	outb %al, %dx
	movb $10, %al
	outb %al, %dx
	hlt

print_name:
	movw $0x402, %dx
	movb %bl, %al
	outb %al, %dx
	movb $'=', %al
	outb %al, %dx
	ret
print_number:
	pushal
	movl %eax, %edi
	call print_name
	movl $8, %ecx
1:	roll $4, %edi
	movl %edi, %eax
	andl $15, %eax
	movb digits(%eax), %al
	outb %al, %dx
	loop 1b
	movb $10, %al
	outb %al, %dx
	popal
	ret
print_text:
	pushal
	call print_name
1:	movb (%ecx), %al
	incl %ecx
	testb %al, %al
	jz 2f
	outb %al, %dx
	jmp 1b
2:	movb $10, %al
	outb %al, %dx
	popal
	ret
digits:	.ascii "0123456789abcdef"
	.data
data:	.long 0x12345678
loaded:
	.bss
bss:	.skip 3 << 20
bss_end:
magic:	.skip 4
	.skip 4096
stack:
cleared:
"""


def build(path, flags=ALIGNED | MEMORY, at=0x200000, program=PROGRAM):
    """The program as ELF, or flat if it has address fields."""
    parts = [str(path) + suffix for suffix in (".o", ".elf")]
    subprocess.run(["as", "--32", "--defsym", f"FLAGS={flags}", "-o", parts[0], "-"],
                   input=program, text=True, check=True)
    subprocess.run(["ld", "-m", "elf_i386", "-N", "--no-warn-rwx-segments", "-Ttext", hex(at),
                    "-e", "start", "-o", parts[1], parts[0]], check=True)
    form = "binary" if flags & ADDRESSES else "elf32-i386"
    subprocess.run(["objcopy", "-O", form, parts[1], str(path)], check=True)
    return path


def found(guest):
    """What the program prints, by name."""
    values = {}
    while True:
        guest.expect(r"debug port: (?:(\w)=([^\r\n]*)|\.)\r")
        name, value = guest.match[1], guest.match[2]
        if name is None:
            return values
        values.setdefault(name, []).append(value)


@pytest.mark.parametrize("flags", [ALIGNED | MEMORY, ADDRESSES], ids=["elf", "addresses"])
@pytest.mark.parametrize("options", [[], ["--interpret"]], ids=["translated", "interpreted"])
def test_kernel_finds_boot_information(start, tmp_path, flags, options):
    (tmp_path / "module").write_bytes(MODULE + b"\0")
    guest = start("pc", "--memory", "64M", "--kernel", build(tmp_path / "kernel", flags),
                  "--initrd", tmp_path / "module", "--append", "one two=3", "--log", "guest",
                  *options)
    values = found(guest)
    assert values["M"] == ["2badb002"]
    assert int(values["e"][0], 16) & 1 << 9 == 0       # interrupts off
    assert int(values["p"][0], 16) & 0x80000001 == 1   # protected mode, no paging
    assert int(values["f"][0], 16) == 1 | 1 << 2 | 1 << 3 | 1 << 6 | 1 << 9
    assert int(values["l"][0], 16) == 639
    assert values["c"] == ["one two=3"] and values["n"] == ["L4VM"]
    assert values["m"] == ["00000001"] and int(values["s"][0], 16) == len(MODULE) + 1
    assert int(values["a"][0], 16) & 0xfff == 0 and int(values["a"][0], 16) > 0x500000
    assert values["t"] == ["initrd"] and values["d"] == [MODULE.decode()]
    assert values["z"] == ["00000001"] and values["D"] == ["12345678"]
    areas = [tuple(int(v, 16) for v in area)
             for area in zip(values["b"], values["L"], values["T"])]
    assert int(values["N"][0], 16) == len(areas)
    upper = int(values["u"][0], 16)
    assert (63 << 10) - 128 <= upper < 63 << 10
    assert (0, 0x9fc00, 1) in areas and (1 << 20, upper << 10, 1) in areas
    assert guest.leave() == 0


def test_kernel_starts_again_after_a_reset(start, tmp_path):
    program = PROGRAM.replace("\thlt\n", "\tmovl $0, data\n\tmovb $1, bss\n"
                              "\tmovb $0xfe, %al\n\toutb %al, $0x64\n\thlt\n", 1)
    guest = start("pc", "--kernel", build(tmp_path / "kernel", program=program), "--log", "guest")
    first, second = found(guest), found(guest)
    assert first == second and second["D"] == ["12345678"] and second["z"] == ["00000001"]
    assert int(first["f"][0], 16) == 1 | 1 << 2 | 1 << 6 | 1 << 9 and first["c"] == [""]
    assert guest.leave() == 0


def test_other_firmware_starts_the_configurations_kernel(start, tmp_path):
    build(tmp_path / "kernel")
    (tmp_path / "a.conf").write_text("[vm a]\nmachine = pc\nkernel = kernel\ncmdline = words\n")
    guest = start(tmp_path / "a.conf", "a", "--firmware", "/usr/share/seabios/bios-256k.bin",
                  "--log", "guest")
    assert found(guest)["c"] == ["words"]
    assert guest.leave() == 0


def header(flags, *addresses, magic=MAGIC, checksum=0):
    checksum = (checksum - MAGIC - flags) & 0xffffffff
    return struct.pack(f"<3I{len(addresses)}I", magic, flags, checksum, *addresses)


def flat(flags=ADDRESSES, at=0x100000, end=0, bss=0, entry=None, here=None, size=4096, before=0):
    """A file with address fields and nothing behind them."""
    words = header(flags, at + before if here is None else here, at, end, bss,
                   at if entry is None else entry)
    return bytes(before) + words + bytes(size)


def elf(at=0x100000, entry=None, bits=32, file_bytes=64, memory_bytes=64, machine=3, size=64,
        flags=MEMORY):
    """A file with an ELF header of one segment."""
    identity = b"\x7fELF" + bytes([bits // 32, 1, 1]) + bytes(9)
    words = struct.pack("<HHIIIIIHHHHHH", 2, machine, 1, at if entry is None else entry, 52, 0, 0,
                        52, 32, 1, 0, 0, 0)
    segment = struct.pack("<8I", 1, 84, at, at, file_bytes, memory_bytes, 7, 4)
    return identity + words + segment + header(flags).ljust(size, b"\0")


NEITHER = "isn't a Linux kernel for the PC (bzImage), nor one for multiboot"
FEATURES, OUTSIDE = "requires multiboot features", "has a load address outside RAM"
NO_SENSE, SHORT = "addresses that make no sense", "the kernel is cut short"
INFORMATION = "where the boot information is"
NO_FIT = "the kernel doesn't fit; give more memory"
ACCEPTED = {
    "elf": elf(),
    "flat": flat(),
    "in low memory": flat(at=0x1000),
    "up to the boot information": flat(at=0xf000 - 32),
    "behind the boot information": flat(at=0x30000),
    "header at the end of what is searched": flat(before=8192 - 32),
    "optional flags": flat(flags=ADDRESSES | 1 << 17 | 1 << 31),
    "64-bit ELF with addresses": elf(bits=64)[:84] + flat(at=0x100000, before=84)[84:],
    "to the end of memory": flat(bss=(8 << 20) - (128 << 10)),
}
REFUSED = {
    "no header": (bytes(8192) + header(MEMORY), NEITHER),
    "not at a multiple of 4": (bytes(2) + flat(), NEITHER),
    "header beyond 8192": (flat(before=8192), NEITHER),
    "checksum": (header(MEMORY, checksum=1) + bytes(64), NEITHER),
    "header cut off": (header(MEMORY)[:11], NEITHER),
    "video mode": (flat(flags=ADDRESSES | VIDEO), "asks for a video mode (multiboot flag 2)"),
    "required flag 3": (flat(flags=ADDRESSES | 8), FEATURES),
    "required flag 15": (elf(flags=1 << 15), FEATURES),
    "neither ELF nor addresses": (header(MEMORY) + bytes(64), "is no ELF file and has no load"),
    "addresses cut off": (header(ADDRESSES, 0x100000), SHORT),
    "flat cut off": (flat(end=0x101021), SHORT),
    "ELF header cut off": (elf()[:51] + header(MEMORY), "the kernel"),
    "ELF segment cut off": (elf(file_bytes=65, memory_bytes=65), SHORT),
    "64 bits": (elf(bits=64), "the kernel is a 64-bit program"),
    "for ARM": (elf(machine=40), "is for another kind of CPU"),
    "ELF outside RAM": (elf(at=0xfffffff0), OUTSIDE),
    "ELF in the video memory": (elf(at=0xa0000), OUTSIDE),
    "ELF in the boot information": (elf(at=0x10000), INFORMATION),
    "around the boot information": (flat(at=0x1000, bss=0x40000), INFORMATION),
    "into the firmware's area": (flat(at=0x9f000), OUTSIDE),
    "from low memory to high": (flat(at=0x90000, bss=0x200000), OUTSIDE),
    "too large": (flat(bss=(8 << 20) - (128 << 10) + 1), NO_FIT),
    "above the memory": (flat(at=16 << 20), NO_FIT),
    "entry elsewhere": (flat(entry=0x200000), "entry isn't in what is loaded"),
    "ELF entry elsewhere": (elf(entry=0x200000), "entry isn't in what is loaded"),
    "loaded from before the file": (flat(here=0x100004), NO_SENSE),
    "header before what is loaded": (flat(here=0xffff0), NO_SENSE),
    "end before the start": (flat(end=0xfffff), NO_SENSE),
    "BSS before the end": (flat(end=0x100100, bss=0x1000ff), NO_SENSE),
}


def tried(emu, l4vm, tmp_path, kernel, initrd=b""):
    """How `emu` and `check` judge a kernel: their status and messages."""
    (tmp_path / "kernel").write_bytes(kernel)
    (tmp_path / "initrd").write_bytes(initrd)
    configuration = "[vm old]\nmachine = pc\nmemory = 8M\nkernel = kernel\n"
    options = ["--initrd", tmp_path / "initrd"] if initrd else []
    (tmp_path / "pc.conf").write_text(configuration + ("initrd = initrd\n" if initrd else ""))
    run = emu("pc", "--memory", "8M", "--kernel", tmp_path / "kernel", *options, "--deterministic",
              "--stop-after", "1")
    check = subprocess.run([l4vm, "check", tmp_path / "pc.conf"], capture_output=True, text=True)
    return run, check


@pytest.mark.parametrize("kernel", ACCEPTED.values(), ids=ACCEPTED)
def test_what_can_be_started_is_accepted(emu, l4vm, tmp_path, kernel):
    run, check = tried(emu, l4vm, tmp_path, kernel)
    assert (run.returncode, check.returncode) == (0, 0), run.stderr + check.stderr


@pytest.mark.parametrize("kernel, words", REFUSED.values(), ids=REFUSED)
def test_what_cant_be_started_is_refused(emu, l4vm, tmp_path, kernel, words):
    run, check = tried(emu, l4vm, tmp_path, kernel)
    assert run.returncode == 1 and words in run.stderr
    sentence = re.search("the (multiboot )?kernel.*", run.stderr)[0]
    assert check.returncode == 1
    assert f"pc.conf:4: [vm old] can't be made: {sentence}" in check.stderr


@pytest.mark.parametrize("pages, fits", [(32, True), (33, False)])
def test_a_module_that_doesnt_fit_is_refused(emu, l4vm, tmp_path, pages, fits):
    end = (8 << 20) - (128 << 10) - 32 * 4096
    run, check = tried(emu, l4vm, tmp_path, flat(bss=end - 5), bytes(pages * 4096))
    words = "the initial RAM disk doesn't fit; give more memory"
    for result in run, check:
        assert (result.returncode, words in result.stderr) == ((0, False) if fits else (1, True))

# SPDX-License-Identifier: BSD-2-Clause
"""Programs without an operating system: ELF and raw images, in ARM and Thumb code."""
import subprocess

import pytest

# Where RAM and the first UART are, and how the machine is switched off.
MACHINES = {
    "virt": (0x40000000, 0x09000000, """
        ldr r0, =0x84000008             @ PSCI's SYSTEM_OFF
        .arch_extension virt
        hvc #0"""),
    "vexpress-a9": (0x60000000, 0x10009000, """
        ldr r0, =0x10000000             @ the board's configuration interface
        mov r1, #0
        str r1, [r0, #0xa0]
        ldr r1, =0xc0800000             @ start, write, function 8: power off
        str r1, [r0, #0xa4]"""),
}

PROGRAM = """
        .syntax unified
        .arch armv7-a
        .{mode}
        .global _start
        .type _start, %function
_start:
        ldr r4, ={uart:#x}
        adr r5, text
1:      ldrb r6, [r5], #1
        cmp r6, #0
        beq 3f
2:      ldr r7, [r4, #0x18]
        tst r7, #0x20                   @ the transmit queue is full
        bne 2b
        str r6, [r4]
        b 1b
3:      {off}
        b .
        .align 2
text:   .asciz "hello from {name}\\n"
        .align 2
        .ltorg
"""


@pytest.fixture
def build_program(tmp_path):
    """build_program(machine, mode, address) returns an ELF file's path."""

    def build_program(machine, mode, address):
        _, uart, off = MACHINES[machine]
        source, program = tmp_path / "program.s", tmp_path / "program.elf"
        source.write_text(PROGRAM.format(mode=mode, uart=uart, off=off, name=machine))
        subprocess.run(["arm-linux-gnueabihf-gcc", "-nostdlib", "-static", "-Wl,--build-id=none",
                        f"-Wl,-Ttext={address:#x}", "-o", program, source], check=True)
        return program

    return build_program


@pytest.mark.parametrize("mode", ["arm", "thumb"])
@pytest.mark.parametrize("machine", MACHINES)
def test_elf_prints_and_switches_off(emu, build_program, machine, mode):
    program = build_program(machine, mode, MACHINES[machine][0] + 0x8000)
    result = emu(machine, "--kernel", program, timeout=20)
    assert (result.returncode, result.stdout) == (0, f"hello from {machine}\n")
    assert result.stderr == ""


@pytest.mark.parametrize("options", [["--interpret"], ["--max-block", "1"],
                                     ["--code-cache", "64K"], ["--deterministic"]])
def test_elf_by_any_way_of_execution(emu, build_program, options):
    program = build_program("virt", "thumb", 0x40008000)
    result = emu("virt", "--kernel", program, *options, timeout=20)
    assert (result.returncode, result.stdout) == (0, "hello from virt\n")


@pytest.mark.parametrize("machine", MACHINES)
def test_raw_image_prints_and_switches_off(emu, build_program, tmp_path, machine):
    program = build_program(machine, "arm", MACHINES[machine][0] + 0x10000)
    raw = tmp_path / "program.bin"
    subprocess.run(["arm-linux-gnueabihf-objcopy", "-O", "binary", "-j", ".text", program, raw],
                   check=True)
    result = emu(machine, "--kernel", raw, timeout=20)
    assert (result.returncode, result.stdout) == (0, f"hello from {machine}\n")


@pytest.mark.parametrize("machine, flash", [("virt", 0), ("vexpress-a9", 0x40000000)])
def test_firmware_prints_and_switches_off(emu, build_program, tmp_path, machine, flash):
    program = build_program(machine, "arm", flash + 0x10000)
    raw = tmp_path / "program.bin"
    subprocess.run(["arm-linux-gnueabihf-objcopy", "-O", "binary", "-j", ".text", program, raw],
                   check=True)
    result = emu(machine, "--firmware", raw, timeout=20)
    assert (result.returncode, result.stdout) == (0, f"hello from {machine}\n")


def test_elf_outside_of_memory_is_refused(emu, build_program):
    result = emu("virt", "--kernel", build_program("virt", "arm", 0x30000000), timeout=20)
    assert result.returncode == 1
    assert result.stderr == "l4vm: the kernel has a segment where there is no memory\n"


@pytest.mark.parametrize("place, value", [(4, 2), (5, 2), (18, 62), (16, 1), (42, 0xff), (28, 0xff),
                                          (46, 0xff)])
def test_damaged_elf_is_refused(emu, build_program, tmp_path, place, value):
    content = bytearray(build_program("virt", "arm", 0x40008000).read_bytes())
    content[place:place + 1] = bytes([value])
    damaged = tmp_path / "damaged"
    damaged.write_bytes(content)
    result = emu("virt", "--kernel", damaged, "--stop-after", 1000, timeout=20)
    assert result.returncode in (0, 1)
    if result.returncode:
        assert result.stderr.startswith("l4vm: ") and result.stderr.count("\n") == 1

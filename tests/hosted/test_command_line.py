# SPDX-License-Identifier: BSD-2-Clause
"""What is wrong with a command is said in one sentence; help is there."""
import os
import subprocess

import pytest

from guest import image

SIZE = "is not a size"

# Arguments, exit status, what the sentence contains.  KERNEL and the like are replaced.
WRONG = [
    (["emu"], 2, "which machine?"),
    (["emu", "virt", "vexpress-a9"], 2, "one machine"),
    (["emu", "toaster", "--kernel", "KERNEL"], 1, "there is no machine 'toaster'"),
    (["emu", "virt"], 1, "needs a kernel or firmware"),
    (["emu", "vexpress-a9"], 1, "needs a kernel or firmware"),
    (["emu", "vexpress-a9", "--kernel", "KERNEL", "--firmware", "KERNEL"], 1,
     "can't be handed a kernel"),
    (["emu", "virt", "--kernel", "/nowhere"], 1, "can't read '/nowhere': No such file"),
    (["emu", "virt", "--kernel", "/tmp"], 1, "can't read '/tmp'"),
    (["emu", "virt", "--kernel", "/dev/zero"], 1, "can't read '/dev/zero'"),
    (["emu", "virt", "--kernel", "EMPTY"], 1, "empty' is empty"),
    (["emu", "pc", "--kernel", "EMPTY"], 1, "empty' is empty"),
    (["emu", "virt", "--kernel", "KERNEL", "--initrd", "EMPTY"], 1, "empty' is empty"),
    (["emu", "virt", "--kernel", "FIFO"], 1, "fifo': it is not a regular file"),
    (["emu", "pc", "--kernel", "BZIMAGE"], 1, "the kernel is damaged: it ends early"),
    (["emu", "pc", "--cdrom", "DISK", "--cdrom", "DISK"], 2, "--cdrom: at most one CD"),
    (["emu", "pc", "--boot", ""], 2, "made of the letters a, c, d and m"),
    (["emu", "virt", "--kernel", "KERNEL", "--initrd", "/nowhere"], 1, "'/nowhere'"),
    (["emu", "virt", "--kernel", "KERNEL", "--dtb", "/nowhere"], 1, "'/nowhere'"),
    (["emu", "virt", "--kernel", "KERNEL", "--dtb", "KERNEL"], 1, "the device tree is damaged"),
    (["emu", "virt", "--firmware", "/nowhere"], 1, "'/nowhere'"),
    (["emu", "virt", "--firmware", "HUGE"], 1, "larger than the flash"),
    (["emu", "vexpress-a9", "--firmware", "HUGE"], 1, "larger than the flash"),
    (["emu", "virt", "--kernel", "HUGE", "--memory", "64M"], 1, "doesn't fit"),
    (["emu", "virt", "--kernel", "KERNEL", "--initrd", "HUGE", "--memory", "64M"], 1,
     "initrd doesn't fit"),
    (["emu", "virt", "--kernel", "AARCH64"], 1, "is for AArch64"),
    (["emu", "virt", "--kernel", "GZIP"], 1, "compressed by gzip"),
    (["emu", "virt", "--kernel", "CUT"], 1, "cut short"),
    (["emu", "virt", "--kernel", "/bin/sh"], 1, "64-bit"),
    (["emu", "virt", "--kernel", "KERNEL", "--memory", "8M"], 1, "16 to 3072 MiB"),
    (["emu", "virt", "--kernel", "KERNEL", "--memory", "4G"], 1, "16 to 3072 MiB"),
    (["emu", "vexpress-a9", "--kernel", "KERNEL", "--memory", "2G"], 1, "16 to 1024 MiB"),
    (["emu", "virt", "--kernel", "KERNEL", "--memory", "16385K"], 1, "4 KiB"),
    (["emu", "virt", "--kernel", "KERNEL", "--memory", "lots"], 2, SIZE),
    (["emu", "virt", "--kernel", "KERNEL", "--memory", "64X"], 2, SIZE),
    (["emu", "virt", "--kernel", "KERNEL", "--memory", "-64M"], 2, SIZE),
    (["emu", "virt", "--kernel", "KERNEL", "--memory", ""], 2, SIZE),
    (["emu", "virt", "--kernel", "KERNEL", "--memory", "99999999999999999999"], 2, SIZE),
    (["emu", "virt", "--kernel", "KERNEL", "--memory", "17179869185G"], 2, SIZE),
    (["emu", "virt", "--kernel", "KERNEL", "--cpu", "m68000"], 1, "no CPU 'm68000'"),
    (["emu", "virt", "--kernel", "KERNEL", "--disk", "/nowhere"], 1, "disk '/nowhere': No such"),
    (["emu", "virt", "--kernel", "KERNEL", "--disk", "/tmp"], 1, "disk '/tmp'"),
    (["emu", "virt", "--kernel", "KERNEL", "--disk", "/dev/zero"], 1, "not a file or block"),
    (["emu", "virt", "--kernel", "KERNEL", "--disk", "ODD"], 1, "multiple of 512"),
    (["emu", "virt", "--kernel", "KERNEL", "--disk", "EMPTY"], 1, "multiple of 512"),
    (["emu", "virt", "--kernel", "KERNEL", *["--disk", "DISK"] * 5], 2, "at most 4 disks"),
    (["emu", "virt", "--kernel", "KERNEL", *["--disk", "DISK"] * 2], 1, "in use"),
    (["emu", "vexpress-a9", "--kernel", "KERNEL", "--read-only", *["--disk", "DISK"] * 3], 1,
     "two disks"),
    (["emu", "virt", "--kernel", "KERNEL", "--serial", "0:x"], 2, "a line 1..3"),
    (["emu", "virt", "--kernel", "KERNEL", "--serial", "4:x"], 2, "a line 1..3"),
    (["emu", "virt", "--kernel", "KERNEL", "--serial", "x"], 2, "a line 1..3"),
    (["emu", "virt", "--kernel", "KERNEL", "--serial", "1:/nowhere/x"], 1, "'/nowhere/x'"),
    (["emu", "virt", "--kernel", "KERNEL", "--serial", "2:x"], 1, "virt has only 2 serial lines"),
    (["emu", "pc", "--serial", "1:/nowhere/x"], 1, "'/nowhere/x'"),
    (["emu", "pc", "--serial", "2:x"], 1, "pc has only 2 serial lines, 0 to 1"),
    (["emu", "vexpress-a9", "--kernel", "KERNEL", "--serial", "3:/nowhere/x"], 1, "'/nowhere/x'"),
    (["emu", "pc", "--append", "quiet"], 1, "--append goes with a kernel, but there is none"),
    (["emu", "pc", "--initrd", "KERNEL"], 1, "--initrd goes with a kernel, but there is none"),
    (["emu", "virt", "--firmware", "KERNEL", "--append", "x"], 1, "--append goes with a kernel"),
    (["emu", "pc", "--floppy", "HUGE", "--snapshot"], 1,
     f"huge' has {(64 << 20) + 4096} bytes, but floppies at most 2949120; use"),
    (["emu", "virt", "--kernel", "KERNEL", "--log-file", "/nowhere/x"], 1, "'/nowhere/x'"),
    (["emu", "virt", "--kernel", "KERNEL", "--log", "int,nonsense,io"], 2, "category 'nonsense';"),
    (["emu", "virt", "--kernel", "KERNEL", "--gdb", "99999"], 1, "can't listen on '99999'"),
    (["emu", "virt", "--kernel", "KERNEL", "--gdb", "localhost:http"], 1, "can't listen"),
    (["emu", "virt", "--kernel", "KERNEL", "--gdb", "nowhere.invalid:1234"], 1, "can't listen"),
    (["emu", "virt", "--kernel", "KERNEL", "--restore", "/nowhere"], 1, "'/nowhere': No such"),
    (["emu", "virt", "--kernel", "KERNEL", "--stop-after", "0"], 2, "a number above 0"),
    (["emu", "virt", "--kernel", "KERNEL", "--stop-after", "soon"], 2, "a number above 0"),
    (["emu", "virt", "--kernel", "KERNEL", "--max-block", "65"], 2, "within 1..64"),
    (["emu", "virt", "--kernel", "KERNEL", "--max-block", "0"], 2, "within 1..64"),
    (["emu", "virt", "--kernel", "KERNEL", "--code-cache", "2G"], 2, "a size up to 1G"),
    (["emu", "virt", "--kernel", "KERNEL", "--code-cache", "0"], 2, "a size up to 1G"),
    (["emu", "virt", "--kernel", "KERNEL", "--tables", "x"], 2, "a size up to 1G"),
    (["emu", "virt", "--kernel", "KERNEL", "--stop-after", "99", "--screenshot", "x.png"], 1,
     "no picture"),
    (["emulate"], 2, "there is no command 'emulate'"),
    (["help", "emulate"], 2, "there is no command 'emulate'"),
]


COMMANDS = ["check", "image", "run", "emu", "machines", "show", "help"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Files by the names used above."""
    folder = tmp_path_factory.mktemp("files")

    def file(name, content):
        (folder / name).write_bytes(content)
        return str(folder / name)

    # One sector of real mode, then 16 bytes less than the header says.
    bzimage = bytearray(512 + 512 + 0x1000 * 16 - 16)
    bzimage[0x1f1], bzimage[0x1fe:0x200], bzimage[0x211] = 1, b"\x55\xaa", 1
    bzimage[0x1f4:0x1f8], bzimage[0x202:0x208] = b"\0\x10\0\0", b"HdrS\6\2"
    os.mkfifo(folder / "fifo")
    with open(image("zImage"), "rb") as zimage:
        kernel = zimage.read()
    with open(folder / "huge", "wb") as huge:
        huge.truncate((64 << 20) + 4096)
    return {
        "KERNEL": image("zImage"), "HUGE": str(folder / "huge"), "EMPTY": file("empty", b""),
        "AARCH64": file("aarch64", bytes(0x38) + b"ARM\x64" + bytes(4096)),
        "GZIP": file("gzip", b"\x1f\x8b\x08" + bytes(100)), "CUT": file("cut", kernel[:100000]),
        "BZIMAGE": file("bzimage", bzimage), "FIFO": str(folder / "fifo"), "ODD": file("odd", bytes(1000)), "DISK": file("disk", bytes(4096)),
    }


def run(l4vm, *arguments):
    return subprocess.run([l4vm, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=20)


@pytest.mark.parametrize("arguments, status, words", WRONG, ids=lambda value: (
    " ".join(value) if isinstance(value, list) else ""))
def test_mistake_is_named(l4vm, files, arguments, status, words):
    result = run(l4vm, *(files.get(word, word) for word in arguments))
    assert (result.returncode, result.stdout) == (status, "")
    lines = result.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("l4vm: ")
    assert words in lines[0]


@pytest.mark.parametrize("option", ["--nonsense", "--kernel", "--h", "-x"])
def test_wrong_option_points_to_the_help(l4vm, option):
    result = run(l4vm, "emu", "virt", option)
    assert (result.returncode, result.stdout) == (2, "")
    lines = result.stderr.splitlines()
    assert len(lines) == 2 and option.lstrip("-") in lines[0]
    assert lines[1] == "l4vm help emu lists the options."


def test_no_command_shows_the_commands(l4vm):
    result = run(l4vm)
    assert result.returncode == 2
    assert "usage: l4vm COMMAND" in result.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"]])
def test_help(l4vm, arguments):
    result = run(l4vm, *arguments)
    assert (result.returncode, result.stderr) == (0, "")
    for command in COMMANDS:
        assert f"\n  {command} " in result.stdout


def test_help_of_emu(l4vm):
    result = run(l4vm, "help", "emu")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == run(l4vm, "emu", "--help").stdout
    for word in "--kernel FILE", "--deterministic", "--gdb", "unimp,guest":
        assert word in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(l4vm, command):
    result = run(l4vm, "help", command)
    assert (result.returncode, result.stderr) == (0, "")
    assert f"usage: l4vm {'' if command == 'help' else command}" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 88
    assert run(l4vm, command, "--help").stdout == result.stdout


def test_version(l4vm):
    result = run(l4vm, "--version")
    assert result.returncode == 0
    assert result.stdout.startswith("l4vm ")


def test_machines(l4vm):
    result = run(l4vm, "machines")
    assert result.returncode == 0
    rows = {line.split()[0]: line for line in result.stdout.splitlines()[1:]}
    assert set(rows) == {"virt", "vexpress-a9", "pc"}
    assert "cortex-a9" in rows["vexpress-a9"] and "16-1024 MiB" in rows["vexpress-a9"]


def test_log_goes_to_a_file(l4vm, tmp_path):
    log = tmp_path / "log"
    result = run(l4vm, "emu", "virt", "--kernel", image("zImage"), "--stop-after", "1000",
                 "--log", "in,reset", "--log-file", str(log))
    assert (result.returncode, result.stderr) == (0, "")
    lines = log.read_text().splitlines()
    assert lines[0].startswith("r0  00000000 r1  ffffffff")
    assert "pc  40010000" in "\n".join(lines[:6])
    assert any(line.startswith("block 0x40010000") for line in lines)


def test_statistics(l4vm):
    result = run(l4vm, "emu", "virt", "--kernel", image("zImage"), "--stop-after", "1M",
                 "--stats")
    assert result.returncode == 0
    figures = {line[:26].strip(): int(line[26:].split()[0])
               for line in result.stderr.splitlines() if line}
    assert figures["guest instructions"] == 1 << 20
    assert figures["blocks translated"] > 10

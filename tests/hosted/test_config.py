# SPDX-License-Identifier: BSD-2-Clause
"""Configurations: what is wrong with one is said, all of it; what is right is shown."""
import os
import re
import subprocess

import pytest

from guest import image

VM = "[vm a]\nmachine = virt\nkernel = KERNEL\n"
MANY = "".join(f"[vm m{n}]\nmachine = virt\nkernel = KERNEL\nmemory = 16M\n" for n in range(21))
TASKS = "".join(f"[task t{n}]\nprogram = KERNEL\n" for n in range(29))
TWO = VM + "disk = disk\n{}[vm b]\nmachine = virt\nkernel = KERNEL\ndisk = disk\n{}"
SHARED = "disk-mode = shared\n"
PC = "[vm old]\nmachine = pc\n"

# configuration, [line and words of each message expected]
WRONG = [
    # Lines.
    ("memory = 64M\n" + VM, ["1: 'memory' comes before the first heading; write"]),
    (VM + "memory 64M\n", ["4: neither a [section] nor KEY = VALUE; comments"]),
    (VM + "= 64M\n", ["4: [vm] has no key ''; see"]),
    (VM + "memory = 64\x01M\n", ["4: unprintable character; remove"]),
    ("nonsense\n" + VM + "x = 64\0M\n" * 9, ["5: this isn't a text file: it has a zero byte; name another"]),
    (VM + "cmdline = " + "x" * 9000 + "\n", ["4: the line is longer than 8192 characters; shorten"]),
    # Headings.
    (VM + "[vm b\nmemory = 1\n", ["4: heading without ']'; add one"]),
    (VM + "[vm b] memory = 1\n", ["4: ' memory = 1' behind the heading; put it"]),
    (VM + f"[vm {'b' * 100}]\n", ["4: the heading is too long; shorten"]),
    (VM + "[vmm b]\nx = 1\n", ["4: unknown section [vmm]; did you mean [vm NAME]?"]),
    (VM + "[sistem]\n", ["4: unknown section [sistem]; did you mean [system]?"]),
    (VM + "[network x]\n", ["4: unknown section [network]; there are [system], [vm NAME]"]),
    (VM + "[]\n", ["4: unknown section []; there are"]),
    (VM + "[vm]\n", ["4: [vm] needs a name; write [vm NAME]"]),
    (VM + "[system x]\n", ["4: [system] takes no name; write [system]"]),
    (VM + "[system]\n[system]\n", ["5: [system] was in line 4 already; join"]),
    (VM + VM, ["4: the name 'a' is used in line 1 already; give this vm another"]),
    (VM + "[task a]\nprogram = KERNEL\n", ["4: the name 'a' is used in line 1 already; give this t"]),
    (VM + "[vm b c]\n", ["4: 'b c' can't be a name; use 1 to 31 letters"]),
    (VM + "[vm -b]\n", ["4: '-b' can't be a name; use"]),
    (VM + "[vm " + "b" * 32 + "]\n", ["can't be a name; use"]),
    (VM + "[vm manager]\n", ["4: the name 'manager' is taken by L4VM itself; use another"]),
    # Keys and values.
    (VM + "memroy = 64M\n", ["4: unknown key 'memroy'; did you mean 'memory'?"]),
    (VM + "bandwidth = 64M\n", ["4: [vm] has no key 'bandwidth'; see l4vm.conf(5)"]),
    (VM + "program = x\n", ["4: [vm] has no key 'program'; see"]),
    (VM + "memory = 64M\nmemory = 32M\n", ["5: 'memory' was set in line 4 already; remove one"]),
    (VM + "memory =\n", ["4: 'memory' is empty; give it a value or remove the line"]),
    (VM + "memory = lots\n", ["4: memory: 'lots' doesn't fit; write a size, for instance 64M"]),
    (VM + "memory = -64M\n", ["4: memory: '-64M' doesn't fit; write a size"]),
    (VM + "memory = 99999999999G\n", ["4: memory: '99999999999G' doesn't fit; write"]),
    (VM + "memory = 8M\n", ["4: memory: virt can't have 8M; write a size from 16M to 3G"]),
    (VM + "memory = 4G\n", ["4: memory: virt can't have 4G; write a size from 16M to 3G"]),
    (VM + "memory = 16385K\n", ["4: memory: 16385K is not whole pages; use a multiple of 4K"]),
    (VM + "cpu = m68000\n", ["4: virt has no CPU 'm68000'; it can have: cortex-a7"]),
    (VM + "cpu = cortex\n", ["4: virt has no CPU 'cortex'; it can have"]),
    (VM + "console = maybe\n", ["4: console: 'maybe' doesn't fit; write yes or no"]),
    (VM + "autostart = 1\n", ["4: autostart: '1' doesn't fit; write yes or no"]),
    (VM + "priority = 0\n", ["4: priority: '0' doesn't fit; write a number from 1 to 119"]),
    (VM + "priority = high\n", ["4: priority: 'high' doesn't fit; write a number"]),
    (VM + "processor = 256\n", ["4: processor: '256' doesn't fit; write a number from 0"]),
    (VM + "restart = always\n", ["4: restart: 'always' doesn't fit; write never or on-crash:N"]),
    (VM + "restart = on-crash:0\n", ["4: restart: 'on-crash:0' doesn't fit; write never or"]),
    (VM + "restart = on-crash:\n", ["4: restart: 'on-crash:' doesn't fit; write never or"]),
    (VM + "code-cache = 1K\n", ["4: code-cache: '1K' doesn't fit; write a size from 1M to 1G"]),
    (VM + "state = 8G\n", ["4: state: '8G' doesn't fit; write a size from 0 to 4G"]),
    (VM + "disk-mode = rw\n", ["4: disk-mode: 'rw' doesn't fit; write copy-on-write or read-only"]),
    ("[system]\nserial = loud\n" + VM, ["2: serial: 'loud' doesn't fit; write tagged or machine"]),
    ("[system]\nresolution = big\n" + VM, ["2: resolution: 'big' doesn't fit; write text, or"]),
    ("[system]\nresolution = 9x9\n" + VM, ["2: resolution: '9x9' doesn't fit; write text, or"]),
    ("[system]\nfocus = smal\n" + VM.replace("vm a", "vm small"),
     ["2: focus: there is no 'smal'; did you mean 'small'?"]),
    ("[system]\nfocus = sparcstation\n" + VM, ["2: focus: there is no 'sparcstation'; write the n"]),
    ("[system]\nfocus = a\n" + VM + "console = no\n", ["2: focus: 'a' has no console; add"]),
    # Machines and what they start.
    ("[vm a]\nkernel = KERNEL\n", ["1: [vm a] has no machine; add one that l4vm machines lists"]),
    ("[vm a]\nmachine = virtt\nkernel = KERNEL\n",
     ["2: there is no machine 'virtt'; did you mean 'virt'?"]),
    ("[vm a]\nmachine = enterprise\nkernel = KERNEL\n",
     ["2: there is no machine 'enterprise'; l4vm machines lists them"]),
    ("[vm a]\nmachine = virt\n", ["1: [vm a] has nothing to start; add kernel = FILE or firmware"]),
    ("[vm a]\nmachine = vexpress-a9\nkernel = KERNEL\nfirmware = KERNEL\n",
     ["4: vexpress-a9 takes either a kernel or firmware; remove one"]),
    ("[vm a]\nmachine = virt\nfirmware = KERNEL\ninitrd = KERNEL\ndtb = KERNEL\ncmdline = x\n",
     ["4: initrd goes with a kernel, but there is none; add", "5: dtb goes with a kernel",
      "6: cmdline goes with a kernel"]),
    # Files.
    ("[vm a]\nmachine = virt\nkernel = nowhere\n", ["3: kernel 'DIR/nowhere' not found; paths are"]),
    ("[vm a]\nmachine = virt\nkernel = /tmp\n", ["3: kernel '/tmp' is not a file; name one"]),
    ("[vm a]\nmachine = virt\nkernel = /dev/zero\n", ["3: kernel '/dev/zero' is not a file; name"]),
    ("[vm a]\nmachine = virt\nkernel = empty\n", ["3: kernel 'DIR/empty' is empty; name another"]),
    ("[vm a]\nmachine = virt\nkernel = loop\n", ["3: kernel 'DIR/loop' can't be read: Too many"]),
    (VM + "initrd = nowhere\n", ["4: initrd 'DIR/nowhere' not found; paths"]),
    (VM + "dtb = nowhere\n", ["4: dtb 'DIR/nowhere' not found; paths"]),
    (VM + "firmware = nowhere\n", ["4: firmware 'DIR/nowhere' not found; paths"]),
    (VM + "disk = nowhere\n",
     ["4: disk 'DIR/nowhere' not found; create one with: truncate -s 1G DIR/nowhere"]),
    (VM + "disk4 = nowhere\n", ["4: disk4 'DIR/nowhere' not found; create"]),
    (VM + "disk = odd\n",
     ["4: disk 'DIR/odd' has 1000 bytes, which is not a multiple of 512; extend it with: truncate"]),
    (VM + "disk = empty\n",
     ["4: disk 'DIR/empty' is empty; extend it with: truncate -s 1G DIR/empty\n"]),
    (VM + "disk = odd.qcow2\n", ["4: disk 'DIR/odd.qcow2' is qcow2 of 1000 bytes, which is not "
                                 "a multiple of 512; make it anew or name another\n"]),
    (VM + "disk = none.qcow2\n", ["4: disk 'DIR/none.qcow2' is qcow2 of 0 bytes, which is not"]),
    (VM + "disk = short.qcow2\n", ["4: disk 'DIR/short.qcow2' is cut off: it ends within its qco"]),
    (VM + "disk = short3.qcow2\n", ["4: disk 'DIR/short3.qcow2' is cut off: it ends within its"]),
    (VM + "disk = old.qcow2\n", ["4: disk 'DIR/old.qcow2' is qcow2, but neither of version 2 nor"]),
    (VM + "disk = vast.qcow2\ndisk2 = more.qcow2\n",
     ["4: disk 'DIR/vast.qcow2' has 8796093022208 MiB; a file for a PC with L4VM must have less "
      "than 4096 MiB, so name another\n", "5: disk2 'DIR/more.qcow2' has 8796093022208 MiB; a "]),
    (VM + "disk = large.qcow2\n[vm b]\nmachine = virt\nkernel = KERNEL\ndisk = large2.qcow2\n",
     [": all files have 61", " MiB together; on a PC with L4VM that must be less than 4096 MiB"]),
    (VM + "disk = it's $HOME.img\n",
     ["4: disk 'DIR/it's $HOME.img' not found; create one", " -s 1G 'DIR/it'\\''s $HOME.img'\n"]),
    (VM + "disk = disk\ndisk2 = ./disk\n", ["5: disk2 is the same file as disk; copy it or"]),
    ("[vm a]\nmachine = vexpress-a9\nkernel = KERNEL\ndisk = disk\ndisk2 = disk2\ndisk3 = disk3\n",
     ["6: vexpress-a9 has only 2 disks; remove this one"]),
    (TWO.format(SHARED, SHARED), ["9: disk is 'DIR/disk', which [vm a] has too, and one writes"]),
    (TWO.format("", SHARED), ["8: disk is 'DIR/disk', which [vm a] has too, and one writes it f"]),
    # The PC's own keys.
    (PC + "kernel = KERNEL\ndtb = disk\n", ["4: pc takes no dtb; remove it"]),
    (PC + "cmdline = x\ninitrd = disk\n", ["3: cmdline goes with a kernel", "4: initrd goes with"]),
    (PC + "firmware = nowhere\n", ["3: firmware 'DIR/nowhere' not found; paths"]),
    (PC + "video-bios = empty\n", ["3: video-bios 'DIR/empty' is empty; name another"]),
    (PC + "disk4 = disk\n", ["3: pc has only 3 disks; remove this one"]),
    (PC + "cdrom = odd\n",
     ["3: cdrom 'DIR/odd' has 1000 bytes, which is not a multiple of 2048; extend it with: trun"]),
    (PC + "cdrom = nowhere\n", ["3: cdrom 'DIR/nowhere' not found; paths are relative to"]),
    (PC + "cdrom = empty\n", ["3: cdrom 'DIR/empty' is empty; name another"]),
    (PC + "floppy = nowhere\n",
     ["3: floppy 'DIR/nowhere' not found; create one with: truncate -s 1440K DIR/nowhere\n"]),
    (PC + "floppy2 = empty\n",
     ["3: floppy2 'DIR/empty' is empty; extend it with: truncate -s 1440K DIR/empty\n"]),
    (PC + "cdrom = many/1\n", ["3: cdrom 'DIR/many/1' has 512 bytes, which is not a mul"]),
    (PC + "floppy = huge\n", ["3: floppy 'DIR/huge' has 67112960 bytes, but floppies at"]),
    (PC + "floppy = disk\nfloppy2 = disk\n", ["4: floppy2 is the same file as floppy; copy it"]),
    (PC + "boot = cx\n", ["3: boot: 'cx' doesn't fit; write letters: a floppy, c disk, d CD, and"]),
    (PC + "cpu = cortex-a7\n", ["3: pc has no CPU 'cortex-a7'; it can have: pentium3"]),
    (PC + "memory = 4M\n", ["3: memory: pc can't have 4M; write a size from 8M to 3G"]),
    (VM + "cdrom = disk\n", ["4: virt has no CD drive; remove this line"]),
    (VM + "floppy2 = disk\n", ["4: virt has no drive for floppy2; remove this line"]),
    (VM + "boot = c\n", ["4: virt takes no boot; remove it"]),
    (VM + "video-bios = disk\nboot-rom = disk2\n", ["4: virt takes no video-bios; remove it",
                                                   "5: virt takes no boot-rom; remove it"]),
    (PC + "floppy = disk\n" + SHARED + VM + "disk = disk\n" + SHARED,
     ["8: disk is 'DIR/disk', which [vm old] has too, and one writes it for both; use"]),
    # What the emulator itself says of files.
    (PC + "kernel = KERNEL\n", ["3: [vm old] can't be made: the kernel isn't a Linux kernel for"]),
    (PC + "firmware = disk\n", ["3: [vm old] can't be made: the firmware must be 128 to 256 KiB"]),
    (PC + "boot-rom = huge\n", ["3: [vm old] can't be made: the boot ROM has more than 128 KiB"]),
    (PC + "boot-rom = disk\n", ["3: [vm old] can't be made: the boot ROM isn't an option ROM"]),
    (PC + "boot-rom = cut.rom\n", ["3: [vm old] can't be made: the boot ROM isn't an option"]),
    (PC + "video-bios = huge\n", ["3: [vm old] can't be made: the video BIOS has more than 64 K"]),
    ("[vm a]\nmachine = virt\nkernel = odd\ninitrd = huge\nmemory = 64M\n",
     ["4: [vm a] can't be made: ", "initrd doesn't fit"]),
    (VM + "dtb = odd\n", ["4: [vm a] can't be made: the device tree is damaged"]),
    ("[vm a]\nmachine = virt\nfirmware = huge\n", ["3: [vm a] can't be made: ", "flash"]),
    ("[vm a]\nmachine = virt\nkernel = gzip\n", ["3: [vm a] can't be made: ", "by gzip"]),
    # Tasks and the whole.
    ("[task t]\nmemory = 4M\n", ["1: [task t] has no program; add program = FILE"]),
    ("[task t]\nprogram = KERNEL\nmemory = 65537\n", ["3: memory: 65537 is not whole pages; use"]),
    ("[task t]\nprogram = KERNEL\nmemory = 1K\n", ["3: memory: '1K' doesn't fit; write a size from"]),
    ("[task t]\nprogram = KERNEL\npriority = 251\n", ["3: priority: '251' doesn't fit; write a"]),
    ("[task t]\nprogram = KERNEL\nserial = loud\n", ["3: serial: 'loud' doesn't fit; write yes or"]),
    ("[task t]\nprogram = KERNEL\nconfig = a=1 B=2\n", ["3: config: 'a=1 B=2' doesn't fit; write"]),
    ("; nothing\n", [": there is nothing to run; add a section [vm NAME]"]),
    ("", [": there is nothing to run; add a section [vm NAME]"]),
    (MANY, ["45: warning: 'm11' and what follows have no key; Ctrl+Alt+F2 to F12 are used up",
            "81: 'm20' is too much: at most 60 connections of consoles, serial lines and"]),
    (TASKS, ["57: 't28' is too much: at most 28 machines and tasks; remove some"]),
    ("".join(f"[task t{n}]\nprogram = many/{n}\n[vm m{n}]\nmachine = virt\nkernel = KERNEL\n"
             f"disk = many/{n + 20}\ndisk2 = many/{n + 40}\ndisk3 = many/{n + 60}\n"
             for n in range(13)), ["91: 'm11' is too much: at most 48 different files; remove"]),
]


def qcow2(size, version=3):
    """The header of an image."""
    return (b"QFI\xfb" + version.to_bytes(4, "big") + bytes(16) + size.to_bytes(8, "big") +
            bytes(72))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("config")
    for name, content in {"odd": bytes(1000), "empty": b"", "gzip": b"\x1f\x8b\x08" + bytes(100),
                          "disk": bytes(4096), "disk2": bytes(4096), "disk3": bytes(4096),
                          "cut.rom": b"\x55\xaa\3" + bytes(1024), "rom": b"\x55\xaa\2" + bytes(1021),
                          "odd.qcow2": qcow2(1000), "none.qcow2": qcow2(0),
                          "short.qcow2": qcow2(4096, 2)[:71], "short3.qcow2": qcow2(4096)[:100],
                          "old.qcow2": qcow2(4096, 1), "vast.qcow2": qcow2(1 << 63),
                          "more.qcow2": qcow2(1 << 63), "large.qcow2": qcow2(3 << 30),
                          "large2.qcow2": qcow2(3 << 30), "small.qcow2": qcow2(4096, 2)[:72],
                          }.items():
        (folder / name).write_bytes(content)
    (folder / "many").mkdir()
    for n in range(80):
        (folder / f"many/{n}").write_bytes(bytes(512))
    with open(folder / "huge", "wb") as huge:
        huge.truncate((64 << 20) + 4096)
    os.symlink("loop", folder / "loop")
    return folder


@pytest.fixture
def check(l4vm, folder):
    """check(TEXT, argument...) writes a configuration and judges it."""

    def check(text, *arguments, command="check"):
        path = folder / "test.conf"
        path.write_bytes(text.replace("KERNEL", image("zImage")).encode())
        return subprocess.run([l4vm, command, str(path), *arguments], capture_output=True,
                              text=True, timeout=20)

    return check


@pytest.mark.parametrize("text, expected", WRONG, ids=lambda value: (
    value[0][:50] if isinstance(value, list) else ""))
def test_mistake_is_named(check, folder, text, expected):
    result = check(text)
    assert (result.returncode, result.stdout) == (1, "")
    for words in expected:
        assert words.replace("DIR", str(folder)) in result.stderr
    for line in result.stderr.splitlines():
        assert line.startswith(f"{folder}/test.conf:")
    messages = [words for words in expected if words.lstrip("0123456789").startswith(":")]
    lines = result.stderr.splitlines()
    if not any("warning: " in words for words in expected):
        lines = [line for line in lines if ": warning: " not in line]
    assert len(lines) == max(1, len(messages))


def test_all_mistakes_are_reported_by_line(check):
    result = check("[system]\nfocsu = a\n[vm a]\nmachine = virt\nmemory = 1\nkernel = nowhere\n"
                   "disk = nowhere\ncpu = z80\n")
    lines = [int(line.split(":")[1]) for line in result.stderr.splitlines()]
    assert lines == [2, 5, 6, 7, 8]
    assert result.returncode == 1


GZIP = "machine = virt\nkernel = gzip\n"
NAMES = {"kernel": "[vm a] can't be made: ", "disk": "disk '", "focus": "focus: ",
         "key": "unknown key", "heading": "unknown section", "line": "neither a [section]",
         "many": "'t28' is too much"}


@pytest.mark.parametrize("text, expected", [
    ("[vm a]\n" + GZIP + "[vm b]\nmachine = virt\nkernel = KERNEL\ndisk = nowhere\n",
     ["kernel", "disk"]),
    ("[vm a]\n" + GZIP + "disk = odd\n", ["kernel", "disk"]),
    ("[system]\nfocus = zzzzz\n[vm a]\n" + GZIP, ["focus", "kernel"]),
    ("[system]\nfocsu = a\n[vm a]\n" + GZIP, ["key", "kernel"]),
    ("[vm a]\n" + GZIP + "[vmm b]\n", ["kernel", "heading"]),
    (TASKS.replace("[task t0]\n", "[vm a]\n" + GZIP + "[task t0]\n")
     .replace("[task t27]\nprogram = KERNEL\n", ""), ["kernel", "many"]),
    # What is wrong may be why it can't be made.
    ("[vm a]\n" + GZIP + "memroy = 1G\n", ["key"]),
    ("[vm a]\n" + GZIP + "nonsense\n[vm b]\nmachine = virt\nkernel = KERNEL\n", ["line"]),
    ("[vm a]\n" + GZIP + "nonsense\n", ["line"]),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_machines_are_tried_though_others_are_wrong(check, text, expected):
    lines = check(text).stderr.splitlines()
    assert [line.split(": ", 1)[1].startswith(NAMES[name])
            for line, name in zip(lines, expected)] == [True] * len(expected)
    assert len(lines) == len(expected)


def test_reports_end(check, folder):
    lines = check("[vm a]\n" + "nonsense\n" * 21).stderr.splitlines()
    assert len(lines) == 21
    assert lines[0].startswith(f"{folder}/test.conf:1: [vm a] has no machine; ")
    assert lines[19].startswith(f"{folder}/test.conf:19: neither")
    assert lines[20] == f"{folder}/test.conf: and 3 more; mend these first"


def test_program_is_no_configuration(l4vm):
    result = subprocess.run([l4vm, "check", l4vm], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"{l4vm}:1: this isn't a text file: it has a zero byte; name another\n"


def test_unreadable_configuration(l4vm, folder):
    for path, reason in ((f"{folder}/nowhere", "No such file"), (folder, "Is a directory"),
                         ("/dev/zero", "it is a device")):
        result = subprocess.run([l4vm, "check", path], capture_output=True, text=True)
        assert result.returncode == 1
        assert result.stderr.startswith(f"{path}: can't be read: {reason}")


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_unreadable_file(check, folder):
    (folder / "secret").write_bytes(b"x" * 512)
    (folder / "secret").chmod(0)
    assert "4: disk" in check(VM + "disk = secret\n").stderr


@pytest.mark.parametrize("text", [
    VM, "\ufeff" + VM, VM.replace("\n", "\r\n"), "  " + VM.replace("\n", "\n\t "),
    "# one\n; two\n" + VM + "memory = 64M ; three\n", VM.replace(" = ", ":"),
    TWO.format("", ""), TWO.format(SHARED, "disk-mode = read-only\n"),
    "".join(f"[vm m{n}]\nmachine = virt\nkernel = KERNEL\ninitrd = odd\ndisk = disk\n"
            "disk2 = disk2\ndisk3 = disk3\nmemory = 16M\n" for n in range(11)),
    VM + "firmware = odd\n", "[task t]\nprogram = KERNEL\n", PC,
    PC + "cpu = i386\n", PC + "cdrom = disk\nfloppy = disk2\nfloppy2 = disk3\ndisk3 = many/1\nboot = dacm\n",
    PC + "boot-rom = rom\n", VM + "disk = small.qcow2\n", VM + "disk = large.qcow2\n",
    PC + SHARED + "cdrom = disk\nfloppy = disk2\n" + VM + "disk = disk\ndisk-mode = read-only\n",
], ids=["plain", "bom", "crlf", "indented", "comments", "colons", "one-image", "one-writer",
        "same-files", "firmware-and-kernel", "task", "pc", "i386", "pc-media", "boot-rom", "qcow2", "large", "cd-is-read-only"])
def test_good_configuration(check, text):
    result = check(text)
    assert (result.returncode, result.stderr) == (0, "")
    assert "needs a PC with at least" in result.stdout


def needed(result):
    return int(result.stdout.split("at least ")[1].split()[0])


def test_memory_of_the_pc(check):
    small, large = check(VM + "memory = 64M\n"), check(VM + "memory = 1G\n")
    assert 960 <= needed(large) - needed(small) <= 1040
    assert needed(small) > 64
    too_little = check(VM + "memory = 1G\n", "--memory", "1G")
    assert too_little.returncode == 1
    assert f"needs a PC with at least {needed(large)} MiB, not 1024 MiB" in too_little.stderr
    assert check(VM + "memory = 1G\n", "--memory", f"{needed(large)}M").returncode == 0
    # In whole numbers, however large.
    much = check("".join(f"[task t{n}]\nprogram = KERNEL\nmemory = 64G\n" for n in range(28)))
    assert 28 << 16 < needed(much) < 30 << 16
    assert check(VM, "--memory", "16777215T").returncode == 0


def test_long_lines_stay_whole(check):
    line = " ".join(f"option{n}=[{'v' * (n % 37)}],#{n};" for n in range(200))
    shown = check(VM + f"cmdline = {line}\n", "a", command="show").stdout
    assert f"cmdline       = {line} ; " in shown


def test_show_tells_origins(check, folder):
    result = check("[system]\nstate = 64M\n" + VM + "memory = 64M\n", command="show")
    assert (result.returncode, result.stderr) == (0, "")
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["memory", "=", "64M", ";", f"{folder}/test.conf:6"] in rows
    assert ["cpu", "=", "cortex-a7", ";", "default", "of", "virt"] in rows
    assert ["state", "=", "64M", ";", "default", "of", "[system]"] in rows
    assert ["restart", "=", "never", ";", "default"] in rows
    assert any(row[:1] == [";disk2"] for row in rows)
    assert any(row[:1] == [";boot"] for row in rows)
    rows = [line.split() for line in check(PC, command="show").stdout.splitlines()]
    assert ["boot", "=", "cda", ";", "default", "of", "pc"] in rows


def test_firmware_is_found_and_shown(check, folder, monkeypatch):
    shown = check(PC, command="show").stdout.splitlines()
    rows = [line.split() for line in shown]
    assert any(row[:2] == ["firmware", "="] and row[2].endswith("/bios-256k.bin") and
               row[3:] == [";", "default", "of", "pc"] for row in rows)
    assert any(row[:1] == [";boot-rom"] for row in rows)
    shown = check(PC + "kernel = KERNEL\n", command="show").stdout
    assert re.search(r"(?m)^boot-rom +=.*/linuxboot_dma.bin +; default of pc$", shown)
    monkeypatch.setenv("L4VM_FIRMWARE", str(folder))
    result = check(PC)
    assert result.returncode == 1
    assert [line.split(" is in none of ")[0] for line in result.stderr.splitlines()] == [
        f"{folder}/test.conf:2: firmware 'bios-256k.bin'",
        f"{folder}/test.conf:2: firmware 'vgabios-stdvga.bin'"]
    assert check(PC + "firmware = disk\nvideo-bios = disk2\n", command="show").returncode == 0


def test_what_show_prints_means_the_same(check):
    first = check("[system]\nstate = 64M\n" + VM + "[task t]\nprogram = KERNEL\n", command="show")
    again = check(first.stdout, command="show")
    assert again.returncode == 0

    def without_origins(text):
        return [line.rsplit(" ; ", 1)[0] for line in text.splitlines()]

    assert without_origins(again.stdout) == without_origins(first.stdout)


def test_show_of_one(check):
    both = VM + "[task t]\nprogram = KERNEL\n"
    assert check(both, "t", command="show").stdout.startswith("[task t]")
    assert "[vm a]" not in check(both, "t", command="show").stdout
    assert check(both, "system", command="show").stdout.startswith("[system]")
    nobody = check(both, "z", command="show")
    assert nobody.returncode == 1 and "has no [vm z] or [task z]" in nobody.stderr

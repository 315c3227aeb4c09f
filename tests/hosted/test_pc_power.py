# SPDX-License-Identifier: BSD-2-Clause
"""A PC that loses its power while its file system is under stress.

Debian's kernel, ext4 on the IDE disk with DMA.  The machine is killed at random points; what
the guest had been told to be on the disk must be there, and the file system consistent.

POWER_CUTS says how often, POWER_SEED which points: make power-cuts COUNT=100 SEED=1.
"""
import os
import random
import shutil
import signal
import subprocess
import time

import pexpect
import pytest

import stress
from guest import image

CUTS = int(os.environ.get("POWER_CUTS", "3"))
SEED = int(os.environ.get("POWER_SEED", "1"))
LONGEST = 2.5  # seconds until a cut

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An empty disk, and an initial RAM disk with the program."""
    folder = tmp_path_factory.mktemp("power")
    stress.build(folder / "stress")
    subprocess.run(["guests/initramfs", folder / "more.gz", f"stress={folder}/stress"], check=True)
    with open(folder / "initrd.gz", "wb") as initrd:
        for part in image("debian-initrd.gz", "x86"), folder / "more.gz":
            with open(part, "rb") as file:
                shutil.copyfileobj(file, initrd)
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext4", "-J", "size=4", folder / "disk.img",
                    "48M"], check=True)
    return folder


def arguments(folder, *more):
    return ["pc", "--memory", "64M", "--kernel", image("debian-vmlinuz", "x86"), "--initrd",
            folder / "initrd.gz", "--append", "console=ttyS0", "--disk", folder / "disk.img",
            *more]


@pytest.fixture
def saved(start, folder):
    """The machine at its prompt with the disk mounted, and the disk of that moment."""
    if not (folder / "state").exists():
        guest = start(*arguments(folder, "--save", folder / "state"))
        guest.shell()
        guest.run("until [ -e /dev/sda ]; do usleep 10000; done; mount -t ext4 /dev/sda /mnt")
        assert "DMA" in guest.run("cat /sys/class/ata_device/dev1.0/xfer_mode")
        guest.run("stty -echo; sync")
        assert guest.leave() == 0
        shutil.copy(folder / "disk.img", folder / "disk.saved")
    return folder


def listen(guest, reports, seconds):
    """Takes reports, and gives answers, for so long or until the guest is gone."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            guest.expect(r"([^\r\n]+)\r+\n", timeout=left)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        if reports.take(guest.match[1]):
            guest.send("\n")


def cut(start, folder, seed):
    """One cut.  Returns how much had been reported by then."""
    chance, reports = random.Random(seed), stress.Reports()
    shutil.copy(folder / "disk.saved", folder / "disk.img")
    guest = start(*arguments(folder, "--restore", folder / "state"))
    guest.sendline(f"/stress /mnt {seed}")
    while not reports.started:
        listen(guest, reports, 0.02)
    listen(guest, reports, chance.uniform(0, LONGEST))
    os.kill(guest.pid, signal.SIGKILL)
    listen(guest, reports, 5)  # what it has said by then
    guest.stop()
    stress.repair(folder / "disk.img")
    files = stress.extract(folder / "disk.img", folder / f"files-{seed}")
    stress.check_files(files, reports)
    shutil.rmtree(folder / f"files-{seed}")
    return reports.count


def test_what_was_reported_survives(start, saved):
    counts = [cut(start, saved, SEED + n) for n in range(CUTS)]
    print(f"{CUTS} cuts after {min(counts)} to {max(counts)} reports, {sum(counts)} in all")
    assert max(counts) > 5

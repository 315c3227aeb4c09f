# SPDX-License-Identifier: BSD-2-Clause
"""A PC that loses its power while its file system is under stress.

Debian's kernel, ext4 on the IDE disk with DMA.  The machine is killed at random points; what
the guest had been told to be on the disk must be there, and the file system consistent.  That
loses nothing the emulator has given to this system; so in a second test the disk's writes are
recorded, and of those after the last flush a random part is lost, sector by sector.

POWER_CUTS says how often, POWER_SEED which points: make power-cuts COUNT=100 SEED=1.
"""
import os
import random
import shutil
import signal
import struct
import subprocess
import time

import pexpect
import pytest

import stress
from guest import image

CUTS = int(os.environ.get("POWER_CUTS", "3"))
SEED = int(os.environ.get("POWER_SEED", "1"))
LONGEST = 2.5  # seconds until a cut
SECTOR = 512

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


def run_and_kill(start, folder, seed, seconds, environment={}):
    """Returns what had been reported by the end."""
    reports = stress.Reports()
    shutil.copy(folder / "disk.saved", folder / "disk.img")
    guest = start(*arguments(folder, "--restore", folder / "state"), environment=environment)
    guest.sendline(f"/stress /mnt {seed}")
    while not reports.started:
        listen(guest, reports, 0.02)
    listen(guest, reports, seconds)
    os.kill(guest.pid, signal.SIGKILL)
    listen(guest, reports, 5)  # what it has said by then
    guest.stop()
    return reports


def check(folder, reports):
    stress.repair(folder / "disk.img")
    files = stress.extract(folder / "disk.img", folder / "files")
    shutil.rmtree(folder / "files")
    stress.check_files(files, reports)
    return reports.count


def cut(start, folder, seed):
    """One cut.  Returns how much had been reported by then."""
    seconds = random.Random(seed).uniform(0, LONGEST)
    reports = run_and_kill(start, folder, seed, seconds)
    return check(folder, reports)


def test_what_was_reported_survives(start, saved):
    counts = [cut(start, saved, SEED + n) for n in range(CUTS)]
    print(f"{CUTS} cuts after {min(counts)} to {max(counts)} reports, {sum(counts)} in all")
    assert max(counts) > 5


def read_log(path):
    """The records of disk_log.c: (kind, offset, bytes)."""
    log = []
    with open(path, "rb") as file:
        while len(head := file.read(16)) == 16:
            kind, count, offset = struct.unpack("<IIQ", head)
            content = file.read(count)
            if len(content) == count:
                log.append((chr(kind), offset, content))
    return log


def lose_power(folder, log, end, chance):
    """Makes the disk as it may be after so much of the log; returns what was reported then."""
    flushed = max((n for n in range(end) if log[n][0] == "F"), default=0)
    output = b"".join(content for kind, _, content in log[:end] if kind == "O")
    kept = chance.random()
    shutil.copy(folder / "disk.saved", folder / "disk.img")
    with open(folder / "disk.img", "r+b") as disk:
        for n, (kind, offset, content) in enumerate(log[:end]):
            for at in range(0, len(content) if kind == "W" else 0, SECTOR):
                if n < flushed or chance.random() < kept:
                    disk.seek(offset + at)
                    disk.write(content[at:at + SECTOR])
    reports = stress.Reports()
    for line in output.decode(errors="replace").split("\n")[:-1]:
        reports.take(line.rstrip("\r"))
    return reports


def test_what_was_flushed_survives_the_loss_of_the_rest(start, saved):
    library, log = saved / "disk_log.so", saved / "log"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library,
                    "tests/hosted/disk_log.c"], check=True)
    run_and_kill(start, saved, SEED, 2 + CUTS / 20, environment={
        "LD_PRELOAD": str(library), "DISK_LOG": str(log),
        "DISK_LOG_OF": str(saved / "disk.img")})
    records, chance = read_log(log), random.Random(SEED)
    assert sum(kind == "F" for kind, _, _ in records) > 20
    counts = [check(saved, lose_power(saved, records, chance.randrange(len(records)), chance))
              for _ in range(3 * CUTS)]
    print(f"{3 * CUTS} losses after {min(counts)} to {max(counts)} reports")
    assert max(counts) > 5

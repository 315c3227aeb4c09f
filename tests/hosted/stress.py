# SPDX-License-Identifier: BSD-2-Clause
"""What guest_i386/stress.c reports, and whether a disk keeps it."""
import os
import re
import struct
import subprocess

SECTOR = 512
SLOT_DB, SLOT_LOG = 1000, 2000
PAGE_SECTORS = 8
DB_PAGES = 64


def build(path):
    subprocess.run(["gcc", "-m32", "-O1", "-nostdlib", "-static", "-ffreestanding",
                    "-fno-stack-protector", "-fno-pie", "-no-pie", "-Wall", "-Werror", "-o", path,
                    "tests/hosted/guest_i386/stress.c"], check=True)


def sector_of(slot, version, number, size):
    return struct.pack("<4I", slot, version, number, size) * (SECTOR // 16)


def content_of(slot, version, size):
    return b"".join(sector_of(slot, version, number, size)
                    for number in range((size + SECTOR - 1) // SECTOR))[:size]


class Reports:
    """What has been said so far.  A slot's value is (version, whether it must be there);
    None is a file of which nothing is known, as it may be half made or half gone."""

    def __init__(self):
        self.slots, self.pages, self.records, self.count = {}, {}, 0, 0
        self.started = False

    def take(self, line):
        """Takes a line; returns whether the guest waits for an answer."""
        match = re.fullmatch(r"([wWdDLpP!]) (\d+) (\d+)", line)
        if not match:
            return False
        kind, number, version = match[1], int(match[2]), int(match[3])
        assert kind != "!", f"the guest had an error: {line}"
        self.count += kind.isupper()
        if kind == "W":
            self.slots[number] = version
        elif kind == "D":
            self.slots[number] = 0
        elif kind == "d":
            self.slots[number] = None
        elif kind == "L":
            self.records = number
        elif kind == "P":
            self.pages[number] = version
            self.started = True
        elif kind == "w" and not self.slots.get(number, 0):
            # It isn't there, and is not made before it is answered.
            self.slots[number] = None
            return True
        return kind == "d"


def repair(image):
    """What a system does when it starts after a power cut; nothing is left to repair then."""
    first = subprocess.run(["/sbin/e2fsck", "-p", str(image)], capture_output=True, text=True)
    assert first.returncode in (0, 1), first.stdout + first.stderr
    second = subprocess.run(["/sbin/e2fsck", "-f", "-n", str(image)], capture_output=True,
                            text=True)
    assert second.returncode == 0, second.stdout + second.stderr


def extract(image, folder):
    os.makedirs(folder)
    subprocess.run(["/sbin/debugfs", "-R", f"rdump / {folder}", str(image)], check=True,
                   capture_output=True)
    files = {}
    for name in os.listdir(folder):
        if os.path.isfile(f"{folder}/{name}"):
            with open(f"{folder}/{name}", "rb") as file:
                files[name] = file.read()
    return files


def check_slot(files, slot, version):
    content = files.get(f"f{slot}")
    if version == 0:
        assert content is None, f"f{slot} is back"
        return
    assert content is not None, f"f{slot} is lost"
    found = struct.unpack_from("<4I", content.ljust(16, b"\0"))
    assert found[0] == slot and found[1] >= version, f"f{slot}: {found} instead of {version}"
    assert content == content_of(slot, found[1], found[3]), f"f{slot} is damaged"


def check_page(content, page, version):
    for number in range(PAGE_SECTORS):
        at = (page * PAGE_SECTORS + number) * SECTOR
        found = struct.unpack_from("<4I", content, at)
        assert found[1] >= version, f"page {page}: {found} instead of {version}"
        assert content[at:at + SECTOR] == sector_of(SLOT_DB + page, found[1], number, 4096)


def check_files(files, reports):
    """That everything reported is there, or something later that is whole."""
    if not reports.started:
        return
    for slot, version in reports.slots.items():
        if version is not None:
            check_slot(files, slot, version)
    log = files["log"]
    assert len(log) >= reports.records * SECTOR, "records are lost"
    for n in range(reports.records):
        assert log[n * SECTOR:(n + 1) * SECTOR] == sector_of(SLOT_LOG, n, 0, SECTOR)
    assert len(files["db"]) == DB_PAGES * PAGE_SECTORS * SECTOR
    for page in range(DB_PAGES):
        check_page(files["db"], page, reports.pages.get(page, 0))

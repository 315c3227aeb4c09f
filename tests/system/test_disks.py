# SPDX-License-Identifier: BSD-2-Clause
"""Two ARM machines and two PCs write their disks at once, changes of their own to the same
images, and each finds there what it has written and nothing of another's."""
import hashlib
import re
import subprocess

import pytest

from machines import MIB, System, cells, image, machine
from pc_guest import DISK, disk_sum, floppy
from servers import serial_server, task, write_manifest

DEVICES = {"pc1": "/dev/vda", "pc2": "/dev/sda"}  # virtio, compact flash
SEEDS = {"pc3": 3, "pc4": 0x40000004}  # of the PCs' programs
ROMS = ("/usr/share/seabios/bios-256k.bin", "/usr/share/seabios/vgabios-stdvga.bin")
FILES = 4
NUMBERS = 6000  # in a file
LINUX = 'kernel = "zImage"; initrd = "initrd.gz";'


def content(name, file):
    """What the guest's seq writes: each place differs, and no two files have a block in common."""
    return (f",{name}-{file}-".join(map(str, range(1, NUMBERS + 1))) + "\n").encode()


def pc(name):
    return machine(name, "pc", 'firmware = "bios-256k.bin"; video-bios = "vgabios-stdvga.bin"; '
                   'boot = "a";', ["bios-256k.bin", "vgabios-stdvga.bin"], ram=8 * MIB,
                   extra=24 * MIB, cache=4 * MIB)


@pytest.fixture
def four(boot, tmp_path):
    """pc1 is a `virt`, pc2 a `vexpress-a9`, which have the same image; so have the `pc`s."""
    zimage, initrd, dtb = map(image, ("zImage", "initrd.gz", "vexpress-v2p-ca9.dtb"))
    disk, path = tmp_path / "disk.img", tmp_path / "manifest"
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext2", disk, "1M"], check=True)
    (tmp_path / "blank.img").write_bytes(bytes(MIB))
    floppies = [floppy(tmp_path / name, f"SEED={seed}\nROUNDS={FILES}\n" + DISK)
                for name, seed in SEEDS.items()]
    drives = [f'{name} {{ disk@0 {{ unit = <0>; image = "blank.img"; copy-on-write; }}; '
              f'floppy@5 {{ unit = <5>; image = "{name}"; read-only; }}; }};' for name in SEEDS]
    unit = '{ disk@0 { unit = <0>; image = "disk.img"; copy-on-write; }; };'
    write_manifest(path, [
        serial_server("machine-readable;"),
        task("block", "block", 'modules = "disk.img", "blank.img", "pc3", "pc4"; config { '
             f"clients {{ pc1 {unit} pc2 {unit} {' '.join(drives)} }}; }};", memory=16 * MIB,
             priority=150),
        machine("pc1", "virt", LINUX, ["zImage", "initrd.gz"]),
        machine("pc2", "vexpress-a9", LINUX + ' dtb = "vexpress-v2p-ca9.dtb";',
                ["zImage", "initrd.gz", "vexpress-v2p-ca9.dtb"], extra=16 * MIB),
        pc("pc3"), pc("pc4"),
    ], [("root", "serial"), *[(f"pc{n}", server) for server in ("serial", "block")
                              for n in range(1, 5)]])
    booted = boot("serial", "block", "vmm", zimage, initrd, dtb, str(disk), str(path), *ROMS,
                  str(tmp_path / "blank.img"), *map(str, floppies), memory="384M", cpus=2)
    system = System(booted, ["serial", "block", "pc1", "pc2", "pc3", "pc4"])
    system.await_shells(["pc1", "pc2"])
    return system


def said(system, name):
    """All that a machine has printed, whose lines may come in parts."""
    with open(system.pc.log.name, encoding="utf-8", newline="") as file:
        parts = re.findall(rf"(?m)^{name}: (.*?)(\\?)\r?$", file.read())
    return "".join(part if goes_on else part + "\n" for part, goes_on in parts)


def write_at_once(system):
    """Returns the order in which the machines were done with their files, and the PCs' sums."""
    for name in SEEDS:
        system.type(name, "start")
    for name in reversed(DEVICES):  # the slower one first
        system.type(name, f"for f in $(seq {FILES}); do seq -s ,{name}-$f- {NUMBERS} >/mnt/$f; "
                          'sync; echo "file"$f.; done')
    order, sums = [], {}
    while len(order) < 4 * FILES or len(sums) < len(SEEDS):
        system.pc.expect("\n", timeout=120)
        for name in (*DEVICES, *SEEDS):
            text = said(system, name)
            done = [(name, int(file)) for file in re.findall(r"\bfile(\d+)\.", text)]
            order += [file for file in done if file not in order]
            sums.update((name, total) for total in re.findall(r"\bsum:(\w{8}):", text))
    return order, sums


def test_four_machines_write_disks(four):
    for name, device in DEVICES.items():
        assert four.run(name, f"mount {device} /mnt && echo mounted") == "mounted"
    order, sums = write_at_once(four)
    assert sorted(order) == sorted((name, f + 1) for name in (*DEVICES, *SEEDS)
                                   for f in range(FILES))
    assert sums == {name: disk_sum(seed, FILES) for name, seed in SEEDS.items()}
    # At the same time: each had begun before the other was done.
    assert max(order.index((name, 1)) for name in DEVICES) < \
        min(order.index((name, FILES)) for name in DEVICES)
    for name, device in DEVICES.items():
        other = next(n for n in DEVICES if n != name)
        assert four.run(name, f"umount /mnt; echo 3 >/proc/sys/vm/drop_caches; "
                             f"mount -r {device} /mnt && echo again") == "again"
        for file in range(1, FILES + 1):
            expected = hashlib.md5(content(name, file)).hexdigest()
            assert four.run(name, f"md5sum /mnt/{file}").split() == [expected, f"/mnt/{file}"]
        assert four.run(name, f"grep -c {name}- {device}") != "0"
        assert four.run(name, f"grep -c {other}- {device}") == "0"
    with open(four.pc.log.name, encoding="utf-8") as file:
        assert not re.search("I/O error|EXT2-fs error", file.read())

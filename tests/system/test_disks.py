# SPDX-License-Identifier: BSD-2-Clause
"""Two machines write their disks at once, changes of their own to the same image, and each
finds there what it has written and nothing of the other's."""
import hashlib
import re
import subprocess

import pytest

from machines import MIB, System, cells, image, machine
from servers import serial_server, task, write_manifest

DEVICES = {"pc1": "/dev/vda", "pc2": "/dev/sda"}  # virtio, compact flash
FILES = 4
NUMBERS = 6000  # in a file
LINUX = 'kernel = "zImage"; initrd = "initrd.gz";'


def content(name, file):
    """What the guest's seq writes: each place differs, and no two files have a block in common."""
    return (f",{name}-{file}-".join(map(str, range(1, NUMBERS + 1))) + "\n").encode()


@pytest.fixture
def two(boot, tmp_path):
    """pc1 is a `virt`, pc2 a `vexpress-a9`; both have the same image."""
    zimage, initrd, dtb = map(image, ("zImage", "initrd.gz", "vexpress-v2p-ca9.dtb"))
    disk, path = tmp_path / "disk.img", tmp_path / "manifest"
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext2", disk, "1M"], check=True)
    unit = '{ disk@0 { unit = <0>; image = "disk.img"; copy-on-write; }; };'
    write_manifest(path, [
        serial_server("machine-readable;"),
        task("block", "block", 'modules = "disk.img"; config { clients { '
             f"pc1 {unit} pc2 {unit} }}; }};", memory=16 * MIB, priority=150),
        machine("pc1", "virt", LINUX, ["zImage", "initrd.gz"]),
        machine("pc2", "vexpress-a9", LINUX + ' dtb = "vexpress-v2p-ca9.dtb";',
                ["zImage", "initrd.gz", "vexpress-v2p-ca9.dtb"], extra=16 * MIB),
    ], [("root", "serial"), ("pc1", "serial"), ("pc2", "serial"), ("pc1", "block"),
        ("pc2", "block")])
    pc = boot("serial", "block", "vmm", zimage, initrd, dtb, str(disk), str(path),
              memory="256M", cpus=2)
    system = System(pc, ["serial", "block", "pc1", "pc2"])
    system.await_shells(["pc1", "pc2"])
    return system


def write_at_once(system):
    """Returns the order in which the machines were done with their files."""
    for name in DEVICES:
        system.type(name, f"for f in $(seq {FILES}); do seq -s ,{name}-$f- {NUMBERS} >/mnt/$f; "
                          'sync; echo "file"$f.; done')
    order = []
    while len(order) < 2 * FILES:
        system.pc.expect(r"(?m)^(pc\d): [^\n]*\bfile(\d+)\.", timeout=120)
        order.append((system.pc.match[1], int(system.pc.match[2])))
    return order


def test_two_machines_write_disks(two):
    for name, device in DEVICES.items():
        assert two.run(name, f"mount {device} /mnt && echo mounted") == "mounted"
    order = write_at_once(two)
    assert sorted(order) == sorted((name, f + 1) for name in DEVICES for f in range(FILES))
    # At the same time: each had begun before the other was done.
    assert max(order.index((name, 1)) for name in DEVICES) < \
        min(order.index((name, FILES)) for name in DEVICES)
    for name, device in DEVICES.items():
        other = next(n for n in DEVICES if n != name)
        assert two.run(name, f"umount /mnt; echo 3 >/proc/sys/vm/drop_caches; "
                             f"mount -r {device} /mnt && echo again") == "again"
        for file in range(1, FILES + 1):
            expected = hashlib.md5(content(name, file)).hexdigest()
            assert two.run(name, f"md5sum /mnt/{file}").split() == [expected, f"/mnt/{file}"]
        assert two.run(name, f"grep -c {name}- {device}") != "0"
        assert two.run(name, f"grep -c {other}- {device}") == "0"
    with open(two.pc.log.name, encoding="utf-8") as file:
        assert not re.search("I/O error|EXT2-fs error", file.read())

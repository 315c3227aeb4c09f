# SPDX-License-Identifier: BSD-2-Clause
"""Virtual machines as tasks on the microkernel: two at once, their shells, disks, orders."""
import subprocess

import pytest

from machines import MIB, System, cells, image, machine
from servers import serial_server, task, write_manifest

PAUSE, RESUME, RESET, SAVE, RESTORE, KEYS = range(1, 7)


@pytest.fixture
def disk(tmp_path):
    folder, path = tmp_path / "files", tmp_path / "disk.img"
    folder.mkdir()
    (folder / "greeting").write_text("from the disk\n")
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext2", "-d", folder, path, "2M"], check=True)
    return path


@pytest.fixture
def two(boot, tmp_path, disk):
    """pc1 is a `virt` with a disk and a state unit, pc2 a `vexpress-a9`."""
    zimage, initrd, dtb = map(image, ("zImage", "initrd.gz", "vexpress-v2p-ca9.dtb"))
    path = tmp_path / "manifest"
    linux = 'kernel = "zImage"; initrd = "initrd.gz";'
    block = task("block", "block", 'modules = "disk.img"; config { clients { pc1 { '
                 'disk@0 { unit = <0>; image = "disk.img"; copy-on-write; }; '
                 f"state@7 {{ unit = <7>; bytes = {cells(64 * MIB)}; }}; }}; }}; }};",
                 memory=48 * MIB, priority=150)
    write_manifest(path, [
        serial_server("machine-readable;"), block,
        machine("pc1", "virt", linux, ["zImage", "initrd.gz"]),
        machine("pc2", "vexpress-a9", linux + ' dtb = "vexpress-v2p-ca9.dtb";',
                ["zImage", "initrd.gz", "vexpress-v2p-ca9.dtb"], extra=16 * MIB),
        task("operator", "operator", "supervisor;", priority=120),
    ], [("root", "serial"), ("pc1", "serial"), ("pc2", "serial"), ("operator", "serial"),
        ("pc1", "block")])
    text = path.read_bytes()
    assert text
    pc = boot("serial", "block", "vmm", "operator", zimage, initrd, dtb, str(disk), str(path),
              memory="384M")
    system = System(pc, ["serial", "block", "pc1", "pc2", "operator"])
    system.await_shells(["pc1", "pc2"])
    return system


def test_two_machines(two):
    assert two.run("pc1", "uname -m; expr 6 \\\\* 7") == "armv7l 42"
    assert two.run("pc2", "uname -m") == "armv7l"
    assert two.run("pc1", "mount /dev/vda /mnt; cat /mnt/greeting") == "from the disk"
    assert two.run("pc1", "echo changed >/mnt/new; sync; cat /mnt/new") == "changed"

    # The clock of a paused machine stands still.
    assert two.order("pc1", PAUSE) == 0
    before = two.show("pc1")
    assert before["activity"] == 1
    after = two.show("pc1")
    assert after["instructions"] == before["instructions"]
    assert two.order("pc1", RESUME) == 0
    assert two.run("pc1", "echo on") == "on"

    # Saved, changed, restored.
    two.type("pc1", "kept=before")
    assert two.run("pc1", "echo $kept") == "before"
    assert two.order("pc1", SAVE) == 0
    two.type("pc1", "kept=after")
    assert two.run("pc1", "echo $kept") == "after"
    assert two.order("pc1", RESTORE) == 0
    assert two.run("pc1", "echo $kept") == "before"
    assert two.order("pc2", RESTORE) == 1  # it has no state unit

    for name in "pc1", "pc2":
        figures = two.show(name)
        assert 0 < figures["memory"] <= figures["bound"]
    two.type("pc2", "poweroff -f")
    two.expect("root", "pc2 has ended, status 0")
    assert two.run("pc1", "echo still here") == "still here"

# SPDX-License-Identifier: BSD-2-Clause
"""Virtual machines as tasks on the microkernel: two at once, their shells, disks, orders."""
import os
import re
import subprocess

import pytest

from servers import serial_server, task, write_manifest

PROMPT = r"guest# "
BOOT = 240  # seconds for translating within a translator, on a busy host
PATIENCE = 60
MIB = 1 << 20
PAUSE, RESUME, RESET, SAVE, RESTORE, KEYS = range(1, 7)
FAULT, CORRUPT, LOOP = range(16, 19)
CRASHED = 2


def image(name):
    folder = os.environ.get("GUESTS", os.path.expanduser("~/.cache/l4vm/guests"))
    path = f"{folder}/arm/{name}"
    if not os.path.exists(path):
        pytest.skip(f"there is no {path}; run: make guests")
    return path


def cells(value):
    return f"<{value >> 32:#x} {value & 0xffffffff:#x}>"


def machine(name, board, more, files, ram=32 * MIB, extra=8 * MIB, cache=16 * MIB):
    """A machine's task; `extra` bytes beside RAM, and a larger code cache for QEMU's sake."""
    config = (f'machine = "{board}"; memory = {cells(ram)}; code-cache = {cells(cache)}; '
              f'append = "console=ttyAMA0"; {more}')
    modules = ", ".join(f'"{file}"' for file in files)
    return task(name, "vmm", f'kind = "{board}"; machine; modules = {modules}; '
                f"ram = {cells(ram)}; config {{ {config} }};", memory=ram + extra + cache)


class System:
    """Several machines behind the serial server in its machine-readable mode."""

    def __init__(self, pc, names):
        self.pc = pc
        self.index = {name: number for number, name in enumerate(names)}

    def expect(self, client, pattern, timeout=PATIENCE):
        self.pc.expect(rf"(?m)^{client}: (?:[^\n]*?)({pattern})", timeout=timeout)
        return self.pc.match

    def type(self, client, text):
        self.pc.send(f">{client} {text}\n")
        self.pc.expect_exact("=ok", timeout=PATIENCE)

    def run(self, client, command):
        """Runs a command in a guest's shell; returns the line it prints after "out:"."""
        self.type(client, f"echo ou''t:$({command}):")
        return self.expect(client, r"out:([^\n]*):").group(2)

    def ask(self, command, answer):
        self.type("operator", command)
        return self.expect("operator", answer)

    def order(self, name, order):
        return int(self.ask(f"order {self.index[name]} {order}", r"done (\d+)").group(2))

    def show(self, name):
        text = self.ask(f"show {self.index[name]}", r"state [^\n]* reason [^\r\n]*").group(1)
        return {key: int(value) for key, value in re.findall(r"(\w+) (\d+)", text)}


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
    prompts = set()
    while prompts != {"pc1", "pc2"}:
        pc.expect(rf"(?m)^(pc\d): [^\n]*{PROMPT}", timeout=BOOT)
        prompts.add(pc.match.group(1))
    for name in prompts:
        system.type(name, "dmesg -n 1")
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

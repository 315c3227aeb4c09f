# SPDX-License-Identifier: BSD-2-Clause
"""A machine that breaks again and again, in all ways, changes nothing for the others."""
import re
import struct

import pytest

from servers import console_server, manager, serial_server, task, write_manifest
from test_manager import Commands

PROGRAMS = ("serial", "console", "block", "manager", "vmm", "worker")
DISK_BYTES = 1 << 20
RAM = 16 << 20
# nop; b .-4: a guest that runs for ever.
FIRMWARE = struct.pack("<2I", 0xE320F000, 0xEAFFFFFD)


@pytest.fixture
def system(build, start, tmp_path):
    """Boots a machine that may crash and two workers; returns the PC and the manager's
    commands."""
    (tmp_path / "disk.img").write_bytes(bytes(DISK_BYTES))
    (tmp_path / "firmware").write_bytes(FIRMWARE)
    unit = '{ disk@0 { unit = <0>; image = "disk.img"; copy-on-write; }; };'
    write_manifest(
        tmp_path / "manifest",
        [serial_server("machine-readable;"), console_server("manager"),
         task("block", "block", 'modules = "disk.img"; config { clients { '
              f"first {unit} second {unit} }}; }};", memory=0x1000000, priority=150),
         manager(),
         task("first", "worker", "confined;", memory=0x400000),
         task("second", "worker", "confined;", memory=0x400000),
         task("victim", "vmm", 'kind = "virt"; machine; confined; restart = <2000>; '
              f'modules = "firmware"; ram = <0 {RAM:#x}>; config {{ machine = "virt"; '
              f'memory = <0 {RAM:#x}>; firmware = "firmware"; }};', memory=RAM + 0x800000,
              priority=50)],
        [("root", "serial"), ("manager", "console"), ("manager", "serial"),
         ("victim", "console"), ("victim", "serial"), ("first", "serial"), ("first", "block"),
         ("second", "serial"), ("second", "block"), ("root", "console")], properties="tests;")
    modules = [f"{build}/bin/{name}" for name in ("sigma0", "root", *PROGRAMS)]
    modules += [str(tmp_path / name) for name in ("disk.img", "firmware", "manifest")]
    machine = start("-kernel", f"{build}/l4vm", "-initrd", ",".join(modules), memory="128M",
                    cpus=2)
    return machine, Commands(machine)


def crash(machine, command, order, number):
    """Breaks the machine and waits until it has been started again and runs."""
    command.machine.send(f">manager order victim {order}\r")
    # A damaged code cache may also make it loop, which root sees by its heartbeat.
    machine.expect(rf"victim is started again, {number} of 2000", timeout=120)


def memory(command):
    """KiB of the kernel and of the servers, without what the workers write to their disks."""
    figures = {name: int(value) for name, value in re.findall(
        r"(\w+) (\d+) KiB", " ".join(command("memory")))}
    disks = int(command.list()["block"]["memory"].partition("/")[0])
    return figures["kernel"], figures["servers"] - disks


def check(system, orders):
    machine, command = system
    machine.expect(r"second: worker: round \d+ right")
    crash(machine, command, "fault", 1)
    machine.expect(r"first: worker: round \d+ right")
    before = memory(command)
    for number, order in enumerate(orders):
        crash(machine, command, order, number + 2)
    for worker in "first", "second", "first", "second":
        machine.expect(rf"{worker}: worker: round \d+ right")
    tasks = command.list()
    assert all(fields["state"] == "running" for fields in tasks.values())
    assert {name: fields["restarts"] for name, fields in tasks.items()
            if fields["restarts"] != "0"} == {"victim": str(len(orders) + 1)}
    # A few pages are kept for what may come again.
    for old, new in zip(before, memory(command)):
        assert new <= old + 64
    with open(machine.log.name, encoding="utf-8") as file:
        text = file.read()
    assert "WRONG" not in text
    assert "PANIC" not in text


def test_crashes(system):
    check(system, ["fault", "corrupt", "fault", "fault", "corrupt"] * 4)


def test_loop(system):
    machine, command = system
    machine.expect(r"second: worker: round \d+ right")
    crash(machine, command, "loop", 1)
    machine.expect(r"first: worker: round \d+ right")


@pytest.mark.slow
def test_a_thousand_crashes(system):
    check(system, (["fault"] * 8 + ["corrupt"] * 2) * 100)

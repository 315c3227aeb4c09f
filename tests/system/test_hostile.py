# SPDX-License-Identifier: BSD-2-Clause
"""A task that attacks all it can reach has no effect on others: their results stay right,
the servers go on, nothing it asks for is granted."""
import re

import pytest

from servers import console_server, manager, serial_server, task, write_manifest
from test_manager import Commands

PROGRAMS = ("serial", "console", "block", "manager", "hostile", "worker", "spinner")
DISK_BYTES = 1 << 20
UNITS = ('{ disk@0 { unit = <0>; image = "disk.img"; copy-on-write; }; '
         "state@7 { unit = <7>; bytes = <0 0x100000>; }; };")


@pytest.fixture
def system(build, start, tmp_path):
    """system(seed, messages) boots with a hostile task; returns the PC and the manager's
    commands."""

    def system(seed, messages, cpus=1):
        (tmp_path / "disk.img").write_bytes(bytes(DISK_BYTES))
        config = f"clients {{ worker {UNITS} hostile {UNITS} }};"
        write_manifest(
            tmp_path / "manifest",
            [serial_server("machine-readable;"), console_server("manager"),
             task("block", "block", f'modules = "disk.img"; config {{ {config} }};',
                  memory=0x1000000, priority=150),
             manager(),
             task("worker", "worker", "confined;", memory=0x400000),
             task("hostile", "hostile", f"confined; config {{ seed = <{seed}>; "
                  f"messages = <{messages}>; }};", memory=0x400000),
             task("spinner", "spinner", "confined;", memory=0x100000, priority=50)],
            [("root", "serial"), ("manager", "console"), ("manager", "serial"),
             ("worker", "serial"), ("worker", "block"), ("hostile", "serial"),
             ("hostile", "block"), ("hostile", "console"), ("root", "console")])
        modules = [f"{build}/bin/{name}" for name in ("sigma0", "root", *PROGRAMS)]
        modules += [str(tmp_path / "disk.img"), str(tmp_path / "manifest")]
        machine = start("-kernel", f"{build}/l4vm", "-initrd", ",".join(modules), memory="128M",
                        cpus=cpus)
        return machine, Commands(machine)

    return system


def check(system, seed, messages, seconds, cpus=1):
    machine, command = system(seed, messages, cpus)
    machine.expect(rf"hostile: done {messages} messages, (\d+) refused, (\d+) obeyed",
                   timeout=seconds)
    refused, obeyed = map(int, machine.match.groups())
    assert refused > messages // 4 and obeyed == 0
    with open(machine.log.name, encoding="utf-8") as file:
        before = len(re.findall(r"^worker: worker: round \d+ right", file.read(), re.MULTILINE))
    assert before > 5
    # Everybody is alive afterwards.
    machine.expect(r"worker: round \d+ right")
    machine.expect(r"worker: round \d+ right")
    tasks = command.list()
    assert {name: fields["state"] for name, fields in tasks.items()} == {
        name: "running" for name in ("serial", "console", "block", "manager", "worker",
                                     "hostile", "spinner")}
    assert all(fields["restarts"] == "0" for fields in tasks.values())
    with open(machine.log.name, encoding="utf-8") as file:
        text = file.read()
    assert "WRONG" not in text
    assert "PANIC" not in text


@pytest.mark.parametrize("seed", [1, 2])
def test_hostile(system, seed):
    check(system, seed, 20000, 120)


def test_hostile_on_another_cpu(system):
    check(system, 3, 5000, 240, cpus=2)


@pytest.mark.slow
def test_a_million_messages(system):
    check(system, 4, 1000000, 2400)

# SPDX-License-Identifier: BSD-2-Clause
"""A task that attacks all it can reach has no effect on others: their results stay right,
the servers go on, nothing it asks for is granted."""
import re
import time

import pytest

from servers import console_server, manager, serial_server, task, write_manifest
from test_manager import Commands

PROGRAMS = ("serial", "console", "block", "manager", "hostile", "worker", "spinner")
DISK_BYTES = 1 << 20
REPORT = 1000  # messages
ROUNDS = 8
UNITS = ('{ disk@0 { unit = <0>; image = "disk.img"; copy-on-write; }; '
         "state@7 { unit = <7>; bytes = <0 0x100000>; }; };")


@pytest.fixture
def system(build, start, tmp_path):
    """system(seed) boots with a hostile task; returns the PC and the manager's commands."""

    def system(seed, cpus=1):
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
                  f"report = <{REPORT}>; }};", memory=0x400000),
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


def attack(machine, messages, seconds):
    """Waits until so many messages were sent and the worker has made ROUNDS meanwhile, all
    of which are right; the host's speed doesn't matter.  Returns the last report."""
    end = time.monotonic() + seconds
    sent = refused = obeyed = rounds = 0
    machine.expect("hostile: begins", timeout=60)
    while sent < messages or rounds < ROUNDS:
        machine.expect(r"worker: round \d+ (right|\w+ WRONG)"
                       r"|hostile: (\d+) messages, (\d+) refused, (\d+) obeyed",
                       timeout=end - time.monotonic())
        if machine.match[1]:
            assert machine.match[1] == "right"
            rounds += 1
        else:
            sent, refused, obeyed = map(int, machine.match.groups()[1:])
    return sent, refused, obeyed


def check(system, seed, messages, seconds, cpus=1):
    machine, command = system(seed, cpus)
    sent, refused, obeyed = attack(machine, messages, seconds)
    assert refused > sent // 4 and obeyed == 0
    # Everybody is alive, under attack and afterwards.
    tasks = command.list()
    assert {name: fields["state"] for name, fields in tasks.items()} == {
        name: "running" for name in ("serial", "console", "block", "manager", "worker",
                                     "hostile", "spinner")}
    assert all(fields["restarts"] == "0" for fields in tasks.values())
    assert command("stop hostile") == ["ok"]
    for _ in range(2):
        machine.expect(r"worker: round \d+ right")
    with open(machine.log.name, encoding="utf-8") as file:
        text = file.read()
    assert "WRONG" not in text
    assert "PANIC" not in text
    assert not re.search(r"hostile: .* [1-9]\d* obeyed", text)


@pytest.mark.parametrize("seed", [1, 2])
def test_hostile(system, seed):
    check(system, seed, 20000, 120)


def test_hostile_on_another_cpu(system):
    check(system, 3, 5000, 240, cpus=2)


@pytest.mark.slow
def test_a_million_messages(system):
    check(system, 4, 1000000, 2400)

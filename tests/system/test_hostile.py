# SPDX-License-Identifier: BSD-2-Clause
"""A task that attacks all it can reach has no effect on others: their results stay right,
the servers go on, nothing it asks for is granted."""
import re
import time

import pytest

from machines import MIB, cells, check_sums, compute_program
from servers import console_server, manager, serial_server, task, write_manifest
from test_manager import Commands

PROGRAMS = ("serial", "console", "block", "manager", "hostile", "worker", "spinner")
DISK_BYTES = MIB
RAM = 16 * MIB  # of a machine
REPORT = 1000  # messages
ROUNDS = 8
UNITS = ('{ disk@0 { unit = <0>; image = "disk.img"; copy-on-write; }; '
         "state@7 { unit = <7>; bytes = <0 0x100000>; }; };")


def compute_machine(name):
    return task(name, "vmm", 'kind = "virt"; machine; confined; modules = "compute"; '
                f'ram = {cells(RAM)}; config {{ machine = "virt"; memory = {cells(RAM)}; '
                'firmware = "compute"; };', memory=RAM + 8 * MIB, priority=90)


@pytest.fixture
def system(build, start, tmp_path):
    """system(seed) boots with a hostile task, beside machines if they are asked for; returns
    the PC and the manager's commands."""

    def system(seed, cpus=1, machines=()):
        (tmp_path / "disk.img").write_bytes(bytes(DISK_BYTES))
        disks = " ".join(f"{name} {UNITS}" for name in machines)
        config = f"clients {{ worker {UNITS} hostile {UNITS} {disks} }};"
        write_manifest(
            tmp_path / "manifest",
            [serial_server("machine-readable;"), console_server("manager"),
             task("block", "block", f'modules = "disk.img"; config {{ {config} }};',
                  memory=0x1000000, priority=150),
             manager(),
             task("worker", "worker", "confined;", memory=0x400000),
             task("hostile", "hostile", f"confined; config {{ seed = <{seed}>; "
                  f"report = <{REPORT}>; }};", memory=0x400000),
             task("spinner", "spinner", "confined;", memory=0x100000, priority=50),
             *(compute_machine(name) for name in machines)],
            [("root", "serial"), ("manager", "console"), ("manager", "serial"),
             ("worker", "serial"), ("worker", "block"), ("hostile", "serial"),
             ("hostile", "block"), ("hostile", "console"), ("root", "console"),
             *((name, server) for name in machines for server in ("serial", "block", "console"))])
        modules = [f"{build}/bin/{name}" for name in ("sigma0", "root", *PROGRAMS)]
        if machines:
            modules += [f"{build}/bin/vmm", str(compute_program(tmp_path))]
        modules += [str(tmp_path / "disk.img"), str(tmp_path / "manifest")]
        machine = start("-kernel", f"{build}/l4vm", "-initrd", ",".join(modules), memory="128M",
                        cpus=cpus)
        return machine, Commands(machine)

    return system


def attack(machine, messages, seconds, victims):
    """Waits until so many messages were sent and each victim has made ROUNDS meanwhile; the
    host's speed doesn't matter.  Returns the last report."""
    end = time.monotonic() + seconds
    sent = refused = obeyed = 0
    rounds = dict.fromkeys(victims, 0)
    machine.expect("hostile: begins", timeout=60)
    while sent < messages or min(rounds.values()) < ROUNDS:
        machine.expect(r"(?m)^(\w+): (?:worker|compute): round "
                       r"|hostile: (\d+) messages, (\d+) refused, (\d+) obeyed",
                       timeout=end - time.monotonic())
        if machine.match[1]:
            rounds[machine.match[1]] += 1
        else:
            sent, refused, obeyed = map(int, machine.match.groups()[1:])
    return sent, refused, obeyed


def check(system, seed, messages, seconds, cpus=1, machines=()):
    machine, command = system(seed, cpus, machines)
    sent, refused, obeyed = attack(machine, messages, seconds, ["worker", *machines])
    assert refused > sent // 4 and obeyed == 0
    # Everybody is alive, under attack and afterwards.
    tasks = command.list()
    assert {name: fields["state"] for name, fields in tasks.items()} == {
        name: "running" for name in ("serial", "console", "block", "manager", "worker",
                                     "hostile", "spinner", *machines)}
    assert all(fields["restarts"] == "0" for fields in tasks.values())
    assert command("stop hostile") == ["ok"]
    for name in ("worker", *machines) * 2:
        machine.expect(rf"{name}: (worker|compute): round [^\r\n]*[\r\n]")
    with open(machine.log.name, encoding="utf-8") as file:
        text = file.read()
    assert "WRONG" not in text
    for name in machines:
        assert check_sums(text, name) > ROUNDS
    assert "PANIC" not in text
    assert not re.search(r"hostile: .* [1-9]\d* obeyed", text)


@pytest.mark.parametrize("seed", [1, 2])
def test_hostile(system, seed):
    check(system, seed, 20000, 120)


def test_hostile_on_another_cpu(system):
    check(system, 3, 5000, 240, cpus=2)


@pytest.mark.parametrize("cpus", [1, 2])
def test_hostile_beside_machines(system, cpus):
    check(system, 5, 20000, 240, cpus=cpus, machines=["pc1", "pc2"])


@pytest.mark.slow
def test_a_million_messages(system):
    check(system, 4, 1000000, 2400, cpus=2, machines=["pc1"])

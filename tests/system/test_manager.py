# SPDX-License-Identifier: BSD-2-Clause
"""The manager: what it shows is what runs, and what it is told is done."""
import re

import pexpect
import pytest

from monitor import Monitor
from servers import console_server, manager, serial_server, task, write_manifest

PROGRAMS = ("serial", "console", "manager", "worker", "spinner")
TASKS = {
    "worker": task("worker", "worker", "machine; confined; restart = <1>; ram = <0 0x100000>;",
                   memory=0x400000),
    "spinner": task("spinner", "spinner", "off;", memory=0x100000, priority=50),
}


class Commands:
    """The manager's serial line, in the serial server's machine-readable mode."""

    def __init__(self, machine):
        self.machine = machine

    def __call__(self, line, timeout=60):
        """Types a command; returns the lines of the answer, the last of which is ok or an
        error, without the echo."""
        self.machine.send(f">manager {line}\r")
        lines, text = [], ""
        while True:
            self.machine.expect(r"(?m)^manager: ([^\r\n]*)\r?\n", timeout=timeout)
            part = self.machine.match[1]
            text += part[:-1] if part.endswith("\\") else part
            if part.endswith("\\"):
                continue
            lines.append(text)
            text = ""
            if re.match(r"ok$|error: ", lines[-1]):
                return lines[1:] if lines[0].strip() == line else lines

    def list(self):
        """The tasks by name, each a dict of its fields."""
        lines = self("list")
        assert lines[-1] == "ok"
        tasks = [dict(re.findall(r'(\w+)=("[^"]*"|\S+)', line)) for line in lines[:-1]]
        return {fields["task"]: fields for fields in tasks}


@pytest.fixture
def system(build, start, tmp_path):
    """system(option...) boots with a manager; returns the PC, its commands, its monitor."""

    def system(tests=False, cpus=1):
        manifest = tmp_path / "manifest"
        write_manifest(manifest,
                       [serial_server("machine-readable;"), console_server("manager"), manager(),
                        *TASKS.values()],
                       [("root", "serial"), ("manager", "console"), ("manager", "serial"),
                        ("worker", "serial"), ("root", "console")],
                       **({"properties": "tests;"} if tests else {}))
        monitor = Monitor(tmp_path / "monitor", build)
        modules = [f"{build}/bin/{name}" for name in ("sigma0", "root", *PROGRAMS)]
        machine = start("-kernel", f"{build}/l4vm", "-initrd", ",".join([*modules, str(manifest)]),
                        *monitor.options, memory="128M", cpus=cpus)
        machine.expect("worker: round 1 right")
        return machine, Commands(machine), monitor

    return system


@pytest.mark.parametrize("cpus", [1, 2])
def test_list(system, cpus):
    machine, command, _ = system(cpus=cpus)
    tasks = command.list()
    assert list(tasks) == ["serial", "console", "manager", "worker", "spinner"]
    assert tasks["worker"]["role"] == "machine" and tasks["serial"]["role"] == "task"
    assert tasks["worker"]["state"] == "running" and tasks["spinner"]["state"] == "off"
    held, bound = map(int, tasks["worker"]["memory"].split("/"))
    assert 1024 <= held <= bound == 4096
    assert tasks["worker"]["ram"] == "1024"
    assert tasks["spinner"]["priority"] == "50"
    memory = command("memory")
    assert re.match(r"kernel \d+ KiB, servers \d+ KiB, channels \d+ KiB, modules \d+ KiB, "
                    r"total \d+ KiB, free \d+ KiB$", memory[0]) and memory[1] == "ok"


def test_start_stop_restart(system):
    machine, command, _ = system()
    assert command("stop spinner") == ["error: it isn't running"]
    assert command("start spinner") == ["ok"]
    assert command("start spinner") == ["error: it is running already"]
    command.list()
    machine.expect("worker: round [0-9]+ right")
    machine.expect("worker: round [0-9]+ right")
    assert float(command.list()["spinner"]["cpu"]) > 50
    assert command("stop spinner") == ["ok"]
    assert command.list()["spinner"]["state"] == "off"
    assert command("restart worker") == ["ok"]
    machine.expect("worker: round 1 right")
    assert float(command.list()["worker"]["uptime"]) < 20
    assert command("start nobody") == ["error: no task is called nobody"]
    assert command("start")[0].startswith("error: see help")


def test_orders_of_tests_need_permission(system):
    machine, command, _ = system()
    assert command("order worker fault") == ["error: not permitted"]
    machine.expect("worker: round [0-9]+ right")


def test_what_takes_no_orders_is_given_up(system):
    _, command, _ = system()
    assert command("pause worker") == ["error: the machine doesn't answer"]
    assert command("list")[-1] == "ok"


def test_screen(system):
    machine, command, monitor = system()
    monitor.wait_for(r"^ test +up 0:00:\d\d   CPU +\d+\.\d %   memory \d+M, \d+M free")
    monitor.wait_for(r"^ worker +worker +running +\d+\.\d +\d+K/4096K +0:00:\d\d +0$")
    monitor.wait_for(r"^ spinner +spinner +off")
    monitor.wait_for(r"^ Kernel \d+K, servers and tasks \d+K")
    # The order of the list: machines first.
    screen = monitor.screen()
    assert screen.index(" worker ") < screen.index(" serial ") < screen.index(" spinner ")
    monitor.keys("h")
    monitor.wait_for("Any key leads back")
    monitor.keys("q")
    monitor.wait_for("^ worker ")
    machine.expect("worker: round [0-9]+ right")


def test_keys(system):
    machine, command, monitor = system()
    monitor.wait_for("^ spinner +spinner +off")
    monitor.keys("down", "down", "down", "down", "s")
    monitor.wait_for("^ spinner: started")
    assert command.list()["spinner"]["state"] == "running"
    monitor.keys("t")
    monitor.wait_for(r"Stop spinner, as if its plug were pulled\? \(y/n\)")
    monitor.keys("n")
    monitor.wait_for("Nothing was done")
    assert command.list()["spinner"]["state"] == "running"
    monitor.keys("t", "y")
    monitor.wait_for("^ spinner: stopped")
    assert command.list()["spinner"]["state"] == "off"
    monitor.keys("ret")
    monitor.wait_for("spinner has no console")
    monitor.keys("up", "ret")
    monitor.wait_for(r"Ctrl\+Alt\+F1 shows manager")


def test_sleeps_when_not_visible(system):
    machine, command, monitor = system()
    monitor.wait_for("^ worker ")
    monitor.keys("ctrl-alt-f2")
    command.list()
    for _ in range(10):
        machine.expect("worker: round [0-9]+ right")
    hidden = float(command.list()["manager"]["cpu"])
    monitor.keys("ctrl-alt-f1")
    monitor.wait_for("^ worker ")
    assert hidden < 1


@pytest.mark.parametrize("how", ["command", "keys"])
def test_off(system, how):
    machine, command, monitor = system()
    if how == "command":
        machine.send(">manager off\r")
    else:
        monitor.wait_for("^ worker ")
        monitor.keys("q", "y")
    machine.expect(pexpect.EOF, timeout=30)
    machine.close()
    assert machine.exitstatus == 0

# SPDX-License-Identifier: BSD-2-Clause
"""The demo boots on many kinds of PC, does what it says, and can be left."""
import re

import pytest

from conftest import DEMO

NO_APIC = "qemu64,-apic"


def expect_demo(machine):
    """Both programs say hello, and the count of round trips grows."""
    machine.expect(r"\d+ CPUs?, \d+ MiB of RAM")
    machine.expect(r"press q to")
    counts = []
    for _ in range(3):
        machine.expect(r"\[ping\] +\d+ s: +([\d,]+) round trips")
        counts.append(int(machine.match[1].replace(",", "")))
    assert counts[0] < counts[1] < counts[2]


def leave_demo(machine):
    assert machine.leave("q") == 0


@pytest.mark.parametrize("settings", [
    {"cpus": 1},
    {"cpus": 2},
    {"cpus": 8},
    {"cpus": 2, "memory": "16G"},
    {"cpus": 2, "machine": "q35"},
    {"cpus": 1, "cpu": NO_APIC},
    {"cpus": 1, "cpu": NO_APIC, "memory": "16G"},
    {"cpus": 2, "cpu": "qemu64"},
    {"cpus": 2, "cpu": "EPYC", "memory": "2G"},
], ids=lambda settings: "-".join(str(value) for value in settings.values()))
def test_demo_boots_without_grub(boot, settings):
    machine = boot(*DEMO, **settings)
    expect_demo(machine)
    leave_demo(machine)


@pytest.mark.parametrize("memory", ["64M", "16G"])
@pytest.mark.parametrize("entry", [1, 2], ids=["multiboot1", "multiboot2"])
def test_demo_boots_from_the_image(boot_iso, entry, memory):
    machine = boot_iso(entry, cpus=2, memory=memory)
    expect_demo(machine)
    leave_demo(machine)


def test_demo_boots_from_the_image_without_apic(boot_iso):
    machine = boot_iso(2, cpu=NO_APIC)
    expect_demo(machine)
    leave_demo(machine)


def test_image_starts_the_demo_by_itself(start, build):
    machine = start("-cdrom", f"{build}/l4vm.iso", cpus=2)
    expect_demo(machine)
    leave_demo(machine)


@pytest.mark.parametrize("memory", ["64M", "16G"])
def test_image_has_the_binary_interface_tests(boot_iso, memory):
    machine = boot_iso(4, memory=memory)
    machine.expect(r"\n1\.\.\d+\r")
    log = open(machine.log.name).read()
    assert re.findall(r"^not ok.*", log, re.MULTILINE) == []
    assert len(re.findall(r"^ok ", log, re.MULTILINE)) > 100


def test_image_has_the_kernel_tests(boot_iso):
    machine = boot_iso(3)
    machine.expect(r"\nok 10 ")


@pytest.mark.parametrize("cpus", [1, 2])
def test_programs_say_where_they_run(boot, cpus):
    machine = boot(*DEMO, cpus=cpus)
    machine.expect("round trips")
    placed = dict(re.findall(r"\[(ping|pong)\] I am \1, on CPU (\d)", machine.before))
    assert placed.keys() == {"ping", "pong"}
    assert (placed["ping"] == placed["pong"]) == (cpus == 1)


def test_control_a_x_ends_the_demo(boot):
    machine = boot(*DEMO)
    expect_demo(machine)
    assert machine.leave("\x01x") == 0


def test_no_modules_is_an_end_with_words(build, start):
    machine = start("-kernel", f"{build}/l4vm")
    machine.expect("(?i)module")


def test_old_cpu_is_refused_with_words(build, start):
    machine = start("-kernel", f"{build}/l4vm", cpu="pentium3")
    machine.expect("(?i)64-bit|long mode|x86-64")

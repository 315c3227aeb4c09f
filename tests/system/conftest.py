# SPDX-License-Identifier: BSD-2-Clause
"""A PC in QEMU for system tests, on whose serial console tests read and type."""
import os

import pexpect
import pytest

QEMU = "qemu-system-x86_64"
DEMO = ("ping", "pong")


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than a few minutes")


class Machine(pexpect.spawn):
    """A booted PC; everything it prints is also kept in a log."""

    def __init__(self, log, *options, cpus=1, cpu="max", memory="64M", machine="pc"):
        self.log = open(log, "w", encoding="utf-8")
        super().__init__(QEMU, ["-accel", "tcg", "-machine", machine, "-cpu", cpu,
                                "-smp", str(cpus), "-m", memory, "-nographic", "-no-reboot",
                                "-nic", "none", *options],
                         timeout=60, encoding="utf-8", codec_errors="replace", logfile=None)
        self.logfile_read = self.log

    def leave(self, keys):
        """Types keys that end QEMU, and returns its exit status."""
        self.send(keys)
        self.expect(pexpect.EOF, timeout=20)
        self.close()
        return self.exitstatus

    def stop(self):
        self.close(force=True)
        self.log.close()


@pytest.fixture
def start(build, request):
    """start(option..., cpus=...) starts a PC; it ends with the test."""
    machines = []

    def start(*options, **settings):
        os.makedirs(f"{build}/log", exist_ok=True)
        name = request.node.name.replace("/", "_")
        machines.append(Machine(f"{build}/log/{name}", *options, **settings))
        return machines[-1]

    yield start
    for machine in machines:
        machine.stop()


@pytest.fixture
def boot(build, start):
    """boot(program...) boots with sigma0, root and these programs, without GRUB."""

    def boot(*programs, **settings):
        modules = [f"{build}/bin/{name}" for name in ("sigma0", "root")]
        modules += [name if "/" in name else f"{build}/bin/{name}" for name in programs]
        return start("-kernel", f"{build}/l4vm", "-initrd", ",".join(modules), **settings)

    return boot


@pytest.fixture
def boot_iso(build, start):
    """boot_iso(ENTRY) boots the CD image and picks an entry of GRUB's menu."""

    def boot_iso(entry, **settings):
        machine = start("-cdrom", f"{build}/l4vm.iso", **settings)
        machine.expect("multiboot 2")
        machine.send(str(entry))
        return machine

    return boot_iso

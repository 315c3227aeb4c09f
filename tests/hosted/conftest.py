# SPDX-License-Identifier: BSD-2-Clause
"""Machines emulated on this system by `l4vm emu`, for tests that use them as people do.

Guest images come from the folder in the environment variable GUESTS, which make sets.
A missing image is an error, not a skipped test: `make guests` makes them.
"""
import os
import re
import resource
import subprocess

import pexpect
import pytest

PROMPT = "guest# "
PATIENCE = 60  # seconds for what takes a few, on a busy host


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than a few seconds; make check-hosted")


class Guest(pexpect.spawn):
    """A running machine, on whose first serial line tests read and type.

    Everything it prints is also kept in a log.
    """

    def __init__(self, command, log, limits):
        def limit():
            for name, value in limits.items():
                resource.setrlimit(getattr(resource, name), (value, value))

        self.log = open(log, "w", encoding="utf-8")
        super().__init__(command[0], command[1:], timeout=PATIENCE, encoding="utf-8",
                         codec_errors="replace", echo=False, preexec_fn=limit)
        self.logfile_read = self.log
        self.delaybeforesend = None

    def prompt(self):
        """Waits until the shell takes a command."""
        self.expect_exact(PROMPT)

    def shell(self):
        """Waits for the shell after a start and makes what it prints predictable."""
        self.prompt()
        # No messages in between, no line breaks in what is typed.
        self.sendline("dmesg -n 1; stty cols 1000; echo rea''dy")
        self.expect("ready\r")
        self.prompt()

    def run(self, command, status=0):
        """Runs a command in the guest's shell and returns what it prints."""
        # In the echo of the command there is no number between the signs.
        self.sendline(f"{command}; echo \"<$?>\"")
        self.expect_exact('; echo "<$?>"')
        self.expect(r"<(\d+)>\r")
        text = self.before.replace("\r", "").strip()
        assert int(self.match[1]) == status, f"{command}: {text}"
        self.prompt()
        return text

    def leave(self):
        """Ends the emulator by its keys and returns its exit status."""
        self.send("\x01x")
        return self.end()

    def end(self):
        """Waits for the emulator's end and returns its exit status."""
        self.expect(pexpect.EOF)
        self.close()
        return self.exitstatus

    def stop(self):
        self.close(force=True)
        self.log.close()


@pytest.fixture(scope="session")
def l4vm(build):
    return f"{build}/bin/l4vm"


@pytest.fixture
def emu(l4vm):
    """emu(argument...) runs `l4vm emu` to its end, without a terminal."""

    def emu(*arguments, timeout=PATIENCE, **settings):
        return subprocess.run([l4vm, "emu", *map(str, arguments)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              errors="replace", timeout=timeout, **settings)

    return emu


def image(name):
    """The path of a guest image."""
    folder = os.environ.get("GUESTS")
    assert folder, "GUESTS isn't set; run the tests by make, or set it to CACHE/guests"
    path = f"{folder}/arm/{name}"
    assert os.path.exists(path), f"there is no {path}; run: make guests"
    return path


def linux(machine, *arguments, append=""):
    """The arguments that boot Linux on a machine to its shell."""
    if machine == "vexpress-a9":
        files = ["--kernel", image("zImage"), "--dtb", image("vexpress-v2p-ca9.dtb"),
                 "--initrd", image("initrd.gz")]
    elif machine == "virt-small":
        machine = "virt"
        files = ["--kernel", image("zImage"), "--initrd", image("initrd.gz")]
    else:
        files = ["--kernel", image("debian-vmlinuz"), "--initrd", image("debian-initrd.gz")]
    return [machine, *files, "--append", f"console=ttyAMA0 {append}".strip(),
            *map(str, arguments)]


@pytest.fixture
def start(build, l4vm, request):
    """start(argument...) starts `l4vm emu` on a terminal; it ends with the test."""
    guests = []

    def start(*arguments, limits={}):
        os.makedirs(f"{build}/log", exist_ok=True)
        name = re.sub(r"[^\w.-]", "_", request.node.name)
        log = f"{build}/log/hosted-{name}-{len(guests)}"
        guests.append(Guest([l4vm, "emu", *map(str, arguments)], log, limits))
        return guests[-1]

    yield start
    for guest in guests:
        guest.stop()


@pytest.fixture
def boot(start):
    """boot(machine, argument...) starts Linux and returns it at its shell's prompt."""

    def boot(machine, *arguments, append=""):
        guest = start(*linux(machine, *arguments, append=append))
        guest.shell()
        return guest

    return boot


@pytest.fixture
def disk(tmp_path):
    """The path of a disk with an empty file system."""
    path = tmp_path / "disk.img"
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext2", str(path), "8M"], check=True)
    return path


def read_from_disk(path, name):
    """What a file holds, read without mounting; the file system must be consistent."""
    checked = subprocess.run(["/sbin/e2fsck", "-f", "-n", str(path)], capture_output=True,
                             text=True)
    assert checked.returncode == 0, checked.stdout
    return subprocess.run(["/sbin/debugfs", "-R", f"cat {name}", str(path)], check=True,
                          capture_output=True, text=True).stdout

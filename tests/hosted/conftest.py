# SPDX-License-Identifier: BSD-2-Clause
"""Machines emulated on this system by `l4vm emu`, for tests that use them as people do.

Guest images come from the folder in the environment variable GUESTS, which make sets.
A missing image is an error, not a skipped test: `make guests` makes them.
"""
import os
import re
import subprocess

import pytest

from guest import PATIENCE, Guest, linux


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="those that take minutes, too")


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than a few seconds; make check-hosted")
    config.addinivalue_line("markers", "long: takes minutes; only with --long")


def pytest_collection_modifyitems(config, items):
    left_out = [item for item in items
                if item.get_closest_marker("long") and not config.getoption("--long")]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


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


@pytest.fixture
def start(build, l4vm, request):
    """start(argument...) starts `l4vm emu` on a terminal; it ends with the test."""
    guests = []

    def start(*arguments, limits={}, environment={}):
        os.makedirs(f"{build}/log", exist_ok=True)
        name = re.sub(r"[^\w.-]", "_", request.node.name)
        log = f"{build}/log/hosted-{name}-{len(guests)}"
        guests.append(Guest([l4vm, "emu", *map(str, arguments)], log, limits,
                            environment))
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

# SPDX-License-Identifier: BSD-2-Clause
"""Kernel, sigma0 and root need little memory at boot, and the kernel says how much; what
the servers and a machine need beside its RAM, with Linux running in it."""
import os
import re
import subprocess

import pexpect
import pytest

GUESTS = os.environ.get("GUESTS", os.path.expanduser("~/.cache/l4vm/guests"))

BAR_KIB = 1024
SYSTEM_BAR_KIB = 4096
MACHINE_BAR_KIB = 8192
LINE = (r"memory in use: (\d+) KiB \(kernel image (\d+) and pool (\d+), "
        r"sigma0 (\d+), root (\d+)\)")


def image_kib(path):
    """Memory of a program's segments, in whole pages."""
    listing = subprocess.run(["readelf", "-lW", path], check=True, capture_output=True,
                             text=True).stdout
    sizes = re.findall(r"^  LOAD +\S+ \S+ \S+ \S+ (0x[0-9a-f]+)", listing, re.MULTILINE)
    assert sizes
    return sum(-(-int(size, 16) // 4096) * 4 for size in sizes)


def test_memory_used_at_boot(boot, build):
    machine = boot()
    machine.expect(LINE)
    total, kernel, pool, sigma0, root = map(int, machine.match.groups())
    assert total <= BAR_KIB
    assert total == kernel + pool + sigma0 + root
    assert kernel >= image_kib(f"{build}/kernel.elf")
    assert sigma0 >= image_kib(f"{build}/bin/sigma0")
    assert root >= image_kib(f"{build}/bin/root")
    assert pool > 0


CONFIG = f"""
[system]
serial = machine
[vm linux]
machine = virt
memory = 64M
kernel = {GUESTS}/arm/zImage
initrd = {GUESTS}/arm/initrd.gz
cmdline = console=ttyAMA0 quiet
"""


@pytest.fixture
def linux(build, tmp_path, request):
    """What `l4vm run` makes of one machine with the default code cache, at its prompt."""
    path = tmp_path / "linux.conf"
    path.write_text(CONFIG)
    os.makedirs(f"{build}/log", exist_ok=True)
    with open(f"{build}/log/{request.node.name}", "w", encoding="utf-8") as log:
        machine = pexpect.spawn(f"{build}/bin/l4vm", ["run", str(path), "--cpus", "1"],
                                timeout=240, encoding="utf-8", codec_errors="replace")
        machine.logfile_read = log
        try:
            machine.expect("(?m)^linux: guest# ")
            yield machine
        finally:
            machine.close(force=True)


def ask(machine, command):
    machine.send(f">manager {command}\r")
    machine.expect(rf"(?m)^manager: {command}\r?$")
    machine.expect("(?m)^manager: ok")
    return re.sub(r"\\\r?\n(=[^\n]*\n)*manager: ", "", machine.before)


def test_memory_used_with_linux(linux):
    needs = re.search(r"kernel (\d+) KiB, servers (\d+) KiB, channels (\d+) KiB",
                      ask(linux, "memory"))
    assert 1024 < sum(map(int, needs.groups())) <= SYSTEM_BAR_KIB
    held, bound, ram, ram_held = map(int, re.search(
        r"task=linux .* memory=(\d+)/(\d+) ram=(\d+) .* ram-held=(\d+)",
        ask(linux, "list")).groups())
    assert ram == 64 * 1024
    assert 8 * 1024 <= ram_held <= ram  # the kernel and its RAM disk alone are so much
    # The code cache has been used up once, so this doesn't grow any more.
    assert 3584 <= held - ram_held <= MACHINE_BAR_KIB
    # It can't be more in any case.
    assert bound - ram <= MACHINE_BAR_KIB

# SPDX-License-Identifier: BSD-2-Clause
"""Kernel, sigma0 and root need little memory at boot, and the kernel says how much."""
import re
import subprocess

BAR_KIB = 1024
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

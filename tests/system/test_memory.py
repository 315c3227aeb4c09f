# SPDX-License-Identifier: BSD-2-Clause
"""Kernel, sigma0 and root need little memory at boot."""
import re
import subprocess

BAR_KIB = 1024


def image_bytes(path):
    """Memory of a program's segments, in whole pages."""
    listing = subprocess.run(["readelf", "-lW", path], check=True, capture_output=True,
                             text=True).stdout
    sizes = re.findall(r"^  LOAD +\S+ \S+ \S+ \S+ (0x[0-9a-f]+)", listing, re.MULTILINE)
    assert sizes
    return sum(-(-int(size, 16) // 4096) * 4096 for size in sizes)


def test_memory_used_at_boot(boot, build):
    machine = boot()
    machine.expect(r"memory in use: (\d+) KiB \(kernel image \d+ and pool (\d+)")
    said, used = int(machine.match[1]) * 1024, int(machine.match[2]) * 1024
    used += sum(image_bytes(f"{build}/{name}") for name in ("kernel.elf", "bin/sigma0", "bin/root"))
    assert abs(said - used) <= 16 * 1024
    assert used <= BAR_KIB * 1024

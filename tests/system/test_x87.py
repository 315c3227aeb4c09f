# SPDX-License-Identifier: BSD-2-Clause
"""Machines on L4 that keep numbers in the x87's registers at the same time: each comes to what
it comes to alone, on Linux."""
import os
import re
import subprocess

import pexpect

from pc_guest import FLOATS, floppy

BOOT = 180  # seconds, on a busy host
SEEDS = {"first": 1000, "second": 77777}
MACHINE = """
[vm {0}]
machine = pc
memory = 8M
floppy = {0}.img
boot = a
"""


def alone(build, image):
    """What the guest reports on Linux."""
    with subprocess.Popen([f"{build}/bin/l4vm", "emu", "pc", "--floppy", image, "--boot", "a"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as machine:
        for line in machine.stdout:
            if re.fullmatch("[0-9a-f]{40}", line.strip()):
                machine.terminate()
                return line.strip()
    return None


def test_machines_keep_their_floats(build, tmp_path, request):
    build = os.path.abspath(build)
    config = "[system]\nserial = machine\n"
    for name, seed in SEEDS.items():
        floppy(tmp_path / f"{name}.img", f".set SEED, {seed}\n.set ROUNDS, 300000\n" + FLOATS)
        config += MACHINE.format(name)
    (tmp_path / "floats.conf").write_text(config)
    wanted = {name: alone(build, tmp_path / f"{name}.img") for name in SEEDS}
    assert None not in wanted.values() and wanted["first"] != wanted["second"]
    os.makedirs(f"{build}/log", exist_ok=True)
    with open(f"{build}/log/{request.node.name}", "w", encoding="utf-8") as log:
        system = pexpect.spawn(f"{build}/bin/l4vm", ["run", str(tmp_path / "floats.conf")],
                               timeout=BOOT, encoding="utf-8", codec_errors="replace")
        system.logfile_read = log
        for _ in SEEDS:
            system.expect(r"(?m)^(first|second): ([0-9a-f]{40})\r?$")
            assert system.match[2] == wanted.pop(system.match[1])
        system.close(force=True)

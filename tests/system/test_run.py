# SPDX-License-Identifier: BSD-2-Clause
"""`l4vm run` as people use it: machines of a configuration on L4VM, in QEMU."""
import os
import re
import subprocess

import pexpect
import pytest

GUESTS = os.environ.get("GUESTS", os.path.expanduser("~/.cache/l4vm/guests"))
CONFIG = f"""
[system]
title = two
[vm one]
machine = virt
memory = 64M
kernel = {GUESTS}/arm/zImage
initrd = {GUESTS}/arm/initrd.gz
cmdline = console=ttyAMA0
disk = disk.img
[vm two]
machine = virt
memory = 64M
firmware = {GUESTS}/arm/u-boot.bin
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "two.conf").write_text(CONFIG)
    (tmp_path / "disk.img").write_bytes(bytes(1 << 20))
    return tmp_path


@pytest.fixture
def run(build, folder, request):
    """run(option...) runs the configuration on a terminal."""
    machines = []

    def run(*options):
        log = open(f"{build}/log/{request.node.name}", "w", encoding="utf-8")
        machine = pexpect.spawn(os.path.abspath(f"{build}/bin/l4vm"), ["run", "two.conf", *options],
                                cwd=str(folder), timeout=240, encoding="utf-8",
                                codec_errors="replace", env=dict(os.environ, TMPDIR=str(folder)))
        machine.logfile_read = log
        machines.append((machine, log))
        return machine

    os.makedirs(f"{build}/log", exist_ok=True)
    yield run
    for machine, log in machines:
        machine.close(force=True)
        log.close()


def needed(build, folder):
    text = subprocess.run([f"{build}/bin/l4vm", "check", folder / "two.conf"], text=True,
                          capture_output=True, check=True).stdout
    return int(re.search(r"at least (\d+) MiB", text)[1])


@pytest.mark.parametrize("options", [[], ["--cdrom"]], ids=["qemu-loader", "grub"])
def test_machines_start_with_the_memory_check_asks_for(run, build, folder, options):
    machine = run("--memory", f"{needed(build, folder)}M", *options)
    for name in "console", "serial", "block", "manager", "one", "two":
        assert machine.expect([rf"root: started {name} ", "no memory|not enough|refused"]) == 0
    awaited = ["Linux version 6", "Hit any key"]  # in whichever order
    while awaited:
        del awaited[machine.expect(awaited)]
    machine.send("\x1dtwo\r")
    machine.expect("=> ")  # keys before that only stop its countdown
    machine.send("version\r")
    machine.expect("U-Boot 20")
    machine.send("\x01x")
    machine.expect(pexpect.EOF)
    machine.close()
    assert machine.exitstatus == 0
    assert sorted(os.listdir(folder)) == ["disk.img", "two.conf"]

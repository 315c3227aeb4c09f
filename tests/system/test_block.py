# SPDX-License-Identifier: BSD-2-Clause
"""Two clients of the block server change the same image at once, each for itself."""
import re
import struct

import pytest

from servers import serial_server, task, write_manifest

SECTORS = 4096


def disk(path, tail=b""):
    with open(path, "wb") as file:
        for sector in range(SECTORS):
            file.write(struct.pack("<Q", sector) * 64)
        file.write(tail)


def units(name, state=0):
    text = ('disk@0 { unit = <0>; image = "disk.img"; copy-on-write; };'
            'disk@1 { unit = <1>; image = "disk.img"; read-only; };')
    if state:
        text += f"state@7 {{ unit = <7>; bytes = <0 {state:#x}>; }};"
    return f"{name} {{ {text} }};"


@pytest.mark.parametrize("cpus", [1, 2])
def test_two_clients(boot, tmp_path, cpus):
    disk(tmp_path / "disk.img", tail=b"odd")
    config = f'clients {{ {units("alpha", 0x2000000)} {units("beta")} }};'
    write_manifest(
        tmp_path / "manifest",
        [serial_server("machine-readable;"),
         task("block", "block", f'modules = "disk.img"; config {{ {config} }};',
              memory=0x1000000, priority=150),
         task("alpha", "block_client"), task("beta", "block_client")],
        [("root", "serial"), ("alpha", "block"), ("beta", "block")])
    machine = boot("serial", "block", "block_client", str(tmp_path / "disk.img"),
                   str(tmp_path / "manifest"), memory="128M", cpus=cpus)
    done = {}
    while len(done) < 2:
        machine.expect(r"\[(alpha|beta)\] done, (\d+) failed", timeout=120)
        done[machine.match[1]] = int(machine.match[2])
    log = open(machine.log.name).read()
    assert "FAILED" not in log
    assert done == {"alpha": 0, "beta": 0}
    assert len(re.findall("ok: the whole disk is mine alone", log)) == 2
    assert len(re.findall("ok: memory has an end", log)) == 1
    assert "the last 3 bytes are no whole sector" in log
    assert "alpha: no memory is left for what is written" in log

# SPDX-License-Identifier: BSD-2-Clause
"""The benchmark's arithmetic, and that it fails when a figure is missing or a checksum
differs, with scripts in the place of the emulators."""
import os
import subprocess

import pytest

L4VM = "case $* in *mix.gz*) printf 'x\\033[2Jmix alu 1000 0000aaaa\\r\\nmix sort 9000 0000bbbb\\r\\n" \
    "mix end\\r\\n';; esac; echo Welcome"
QEMU = L4VM.replace("1000", "4000")
NATIVE = "echo mix alu 500 0000aaaa; echo mix sort 1000 0000bbbb; echo mix end"


@pytest.fixture
def bench(tmp_path):
    def run(l4vm=L4VM, qemu=QEMU, native=NATIVE):
        for name, text in (("l4vm", l4vm), ("qemu-system-i386", qemu), ("native", native)):
            path = tmp_path / name
            path.write_text(f"#!/bin/sh\n{text}\n")
            path.chmod(0o755)
        (tmp_path / "foreign").write_bytes(b"\x7fELF for no CPU at all")
        (tmp_path / "foreign").chmod(0o755)
        return subprocess.run(
            ["tests/bench/emu", "x86", "--l4vm", tmp_path / "l4vm", "--guests", tmp_path,
             "--native", tmp_path / "foreign", "--native", tmp_path / "native", "--rounds", "2"],
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
            capture_output=True, text=True)
    return run


def test_ratios_and_means(bench):
    lines = bench().stdout.splitlines()
    for line in ("x86.alu 4.00 x-qemu", "x86.sort 1.00 x-qemu", "x86.geomean 2.00 x-qemu",
                 "x86.alu 2.00 x-native", "x86.sort 9.00 x-native", "x86.geomean 4.24 x-native"):
        assert "bench " + line in lines
    assert any(line.startswith("bench x86.boot ") and line.endswith("x-qemu") for line in lines)


def test_a_program_the_host_cannot_run_is_passed_over(bench):
    assert "foreign: Exec format error" in bench().stderr


@pytest.mark.parametrize("who", ["l4vm", "qemu", "native"])
def test_another_checksum_is_an_error(bench, who):
    result = bench(**{who: (NATIVE if who == "native" else L4VM).replace("bbbb", "cccc")})
    assert result.returncode == 1 and "results differ: sort" in result.stderr


@pytest.mark.parametrize("who", ["l4vm", "qemu"])
def test_a_missing_result_is_an_error(bench, who):
    result = bench(**{who: L4VM.replace("mix sort", "mi")})
    assert result.returncode == 1 and "no result from both: sort" in result.stderr


def test_an_emulator_that_ends_early_is_an_error(bench):
    result = bench(l4vm="echo nothing")
    assert result.returncode == 1 and "nothing" in result.stderr

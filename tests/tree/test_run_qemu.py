# SPDX-License-Identifier: BSD-2-Clause
"""tests/run-qemu tells a complete run from every other end.

A script stands in for QEMU, so that each end can be produced at will.
"""
import os
import subprocess

import pytest


@pytest.fixture
def boot(tmp_path):
    """boot(SCRIPT, option...) runs run-qemu with SCRIPT as its QEMU."""
    build = tmp_path / "build"
    (build / "bin").mkdir(parents=True)
    for name in ("l4vm", "bin/sigma0", "bin/ktest"):
        (build / name).write_text("")

    def run(script, *options):
        qemu = tmp_path / "qemu-system-x86_64"
        qemu.write_text(f"#!/bin/sh\necho \"$@\" >{tmp_path}/arguments\n{script}\n")
        qemu.chmod(0o755)
        environment = dict(os.environ, PATH=f"{tmp_path}:{os.environ['PATH']}")
        return subprocess.run(["tests/run-qemu", "--build", build, *options, "ktest"],
                              env=environment, capture_output=True, text=True, timeout=30)

    run.arguments = lambda: (tmp_path / "arguments").read_text()
    run.log = build / "log" / "ktest"
    return run


def test_complete_run_passes(boot):
    result = boot(r"printf '1..1\r\nok 1\r\n'; exit 33")
    assert result.stdout == "1..1\nok 1\n"
    assert result.returncode == 0
    assert boot.log.read_text() == result.stdout


def test_line_without_end_is_kept(boot):
    assert boot("printf 'ok 1'; exit 33").stdout == "ok 1\n"


@pytest.mark.parametrize("status", [0, 1, 3, 35])
def test_other_status_bails_out(boot, status):
    result = boot(f"echo 1..1; echo ok 1; exit {status}")
    assert f"Bail out! QEMU ended with status {status}" in result.stdout
    assert result.returncode == 1


def test_hang_bails_out(boot):
    result = boot("echo 1..1; exec sleep 60", "--time-limit", "1")
    assert result.stdout.startswith("1..1\nBail out! no end within 1 s")
    assert result.returncode == 1


def test_endless_output_bails_out(boot):
    result = boot("while echo y; do sleep 0.01; done", "--time-limit", "1")
    assert "\nBail out! no end within 1 s" in result.stdout


def test_panic_bails_out_after_its_report(boot):
    result = boot("echo 'KERNEL PANIC: mapping without parent'; echo 'rip 42'; exec sleep 60")
    assert "rip 42\nBail out! the kernel panicked" in result.stdout
    assert result.returncode == 1


def test_panic_counts_even_if_the_exit_is_right(boot):
    result = boot("echo 'KERNEL PANIC: too late'; exit 33")
    assert "Bail out! the kernel panicked" in result.stdout


def test_missing_module_bails_out(boot):
    result = boot("exit 33", "absent")
    assert "Bail out! " in result.stdout and "absent does not exist" in result.stdout


def test_options_reach_qemu(boot):
    boot("exit 33", "--cpus", "4", "--memory", "16G", "--icount")
    assert "-smp 4 -m 16G" in boot.arguments()
    assert "-icount shift=0" in boot.arguments()

# SPDX-License-Identifier: BSD-2-Clause
"""The build: quick when there is nothing to do, and exact about what has changed.

Expects the build folder to be up to date, as `make check` leaves it.
"""
import glob
import json
import os
import re
import subprocess
import time

import pytest

BUILT = ["all", "unit", "emu", "emu-freestanding"]
OBJECT = re.compile(r"-o (\S+\.o) ")


def make(*arguments):
    result = subprocess.run(["make", *arguments], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture
def settings(build):
    """The variables that stand for the build folder under test."""
    compiler = "clang" if "clang" in os.path.basename(build) else "gcc"
    return [f"BUILD={build}", f"COMPILER={compiler}", f"KDB={int(build.endswith('-kdb'))}"]


def users_of(build, header):
    """Objects whose dependency file names the header."""
    users = set()
    for path in glob.glob(f"{build}/**/*.d", recursive=True):
        with open(path) as file:
            text = file.read()
        if re.search(rf"(^|[\s/]){re.escape(header)}(\s|:|$)", text):
            users.add(text.split(":")[0])
    if f"{build}/gen/offsets.s" in users:  # made from it, for assembly
        users |= users_of(build, "gen/offsets.h")
    return {user for user in users if user.endswith(".o") and "/headers/" not in user}


def test_null_build_takes_less_than_a_second(settings):
    times = []
    for _ in range(3):
        start = time.monotonic()
        output = make(*settings, *BUILT)
        times.append(time.monotonic() - start)
        assert "Nothing to be done" in output
    assert min(times) < 1


@pytest.mark.parametrize("header", ["include/l4/utcb.h", "include/l4/types.h",
                                    "kernel/core/klib.h", "lib/c/include/string.h",
                                    "include/emu/chip.h", "emu/ir/ir.h"])
def test_touching_a_header_rebuilds_what_uses_it(settings, build, header):
    output = make(*settings, "-n", "V=1", "-W", header, *BUILT)
    rebuilt = {name for name in OBJECT.findall(output) if name.endswith(".o")}
    assert rebuilt == users_of(build, header)
    assert rebuilt


def test_touching_a_kernel_header_rebuilds_no_program(settings, build):
    output = make(*settings, "-n", "V=1", "-W", "kernel/core/plat.h", "all")
    assert f"{build}/kernel.elf" in output
    assert f"{build}/elf/" not in output


def test_change_of_flags_rebuilds(tmp_path):
    kernel_object = f"{tmp_path}/kernel/kernel/core/klib.c.o"
    program_object = f"{tmp_path}/lib/lib/c/string.c.o"
    arguments = [f"BUILD={tmp_path}", kernel_object, program_object]
    assert re.search("CC .*klib.c.o", make(*arguments))
    assert "CC" not in make(*arguments)
    with_console = make(*arguments, "KDB=1")
    assert re.search("CC .*klib.c.o", with_console)
    assert not re.search("CC .*string.c.o", with_console)


def test_dry_run_with_other_flags_changes_nothing(tmp_path):
    kernel_object = f"{tmp_path}/kernel/kernel/core/klib.c.o"
    make(f"BUILD={tmp_path}", kernel_object)
    make("-n", f"BUILD={tmp_path}", "KDB=1", kernel_object)
    assert "CC" not in make(f"BUILD={tmp_path}", kernel_object)


def test_help_lists_the_goals():
    listed = {line.split()[0] for line in make("help").splitlines() if line.startswith("  ")}
    for goal in ("all", "check", "check-system", "check-all", "demo", "demo-ipc", "install",
                 "uninstall", "bench", "bench-ipc", "iso",
                 "image", "style", "format", "compile_commands.json", "help", "clean", "setup",
                 "size", "emu", "emu-freestanding", "unit", "headers", "fuzz-check", "fuzz-hour"):
        assert goal in listed


def test_unknown_compiler_is_refused():
    result = subprocess.run(["make", "COMPILER=tcc", "all"], capture_output=True, text=True)
    assert result.returncode == 2
    assert "COMPILER is gcc or clang" in result.stderr


def test_compile_commands_name_every_kernel_source(settings):
    make(*settings, "compile_commands.json", "-B")
    with open("compile_commands.json") as file:
        commands = json.load(file)
    files = {entry["file"] for entry in commands}
    assert all(os.path.exists(file) for file in files)
    assert {"kernel/core/klib.c", "lib/c/string.c"} <= files
    assert all("-I" in entry["command"] for entry in commands if "/kernel/" in entry["output"])

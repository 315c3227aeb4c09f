# SPDX-License-Identifier: BSD-2-Clause
"""With --deterministic every run is the same, however the code is executed."""
import re

import pytest

from guest import linux

MACHINES = ["vexpress-a9", "virt-small"]


@pytest.fixture
def execute(emu):
    """execute(machine, N, option...) runs N instructions: (console output, hash)."""

    def execute(machine, instructions, *options):
        result = emu(*linux(machine), "--deterministic", "--stop-after", instructions, "--hash",
                     *options)
        assert result.returncode == 0, result.stderr
        return result.stdout, re.search(r"^hash ([0-9a-f]{16})$", result.stderr, re.M)[1]

    return execute


@pytest.mark.parametrize("machine", MACHINES)
def test_two_runs_are_the_same(execute, machine):
    output, value = execute(machine, 400_000_000)
    assert "Linux version" in output
    assert execute(machine, 400_000_000) == (output, value)
    assert execute(machine, 400_000_001)[1] != value


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("options", [
    ["--max-block", 1], ["--max-block", 3], ["--code-cache", "256K"], ["--interpret"],
    ["--tables", "64K"]],
    ids=lambda options: "-".join(map(str, options)).strip("-"))
def test_way_of_execution_makes_no_difference(execute, machine, options):
    assert execute(machine, 60_000_000, *options) == execute(machine, 60_000_000)


@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("options", [
    ["--max-block", 1], ["--code-cache", "2M"], ["--interpret"]],
    ids=lambda options: options[0][2:])
def test_whole_boot_by_any_way_of_execution(execute, machine, options):
    output, value = execute(machine, 500_000_000)
    assert "Welcome" in output
    assert execute(machine, 500_000_000, *options) == (output, value)


@pytest.mark.slow
def test_whole_boot_of_debian(execute):
    first = execute("virt", 3_000_000_000)
    assert execute("virt", 3_000_000_000) == first
    assert execute("virt", 3_000_000_000, "--code-cache", "4M", "--tables", "256K") == first


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("middle", [20_000_003, 123_456_789])
def test_saving_and_restoring_makes_no_difference(execute, machine, middle, tmp_path):
    whole = execute(machine, 300_000_000)
    state = tmp_path / "state"
    first = execute(machine, middle, "--save", state)
    second = execute(machine, 300_000_000 - middle, "--restore", state)
    assert (first[0] + second[0], second[1]) == whole


def test_restored_machine_is_the_saved_one(execute, tmp_path):
    """Saved, restored and saved at once, the file is the same to the byte."""
    one, two = tmp_path / "one", tmp_path / "two"
    execute("vexpress-a9", 100_000_000, "--save", one)
    execute("vexpress-a9", 1, "--restore", one, "--save", two)
    execute("vexpress-a9", 100_000_001, "--save", one)
    assert one.read_bytes() == two.read_bytes()

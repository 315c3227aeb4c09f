# SPDX-License-Identifier: BSD-2-Clause
"""A program that crashes is reported by name, cause, address and registers; what does
not depend on it goes on."""
import pytest

from conftest import DEMO

PATTERN = "1badcafe1badcafe"

# kind: what the report says beside the program's name
CAUSES = {
    "write": r"write[^\n]*(0x)?0*dead000\b",
    "read": r"read[^\n]*(0x)?0*7fffffffe123\b",
    "jump": r"execut[^\n]*(0x)?0*dead000\b",
    "opcode": r"(?i)invalid opcode",
    "divide": r"(?i)divide",
    "privileged": r"(?i)general protection",
    "stack": r"write[^\n]*(0x)?[0-9a-f]+",
}


@pytest.mark.parametrize("kind", CAUSES)
def test_crash_is_reported(boot, kind):
    machine = boot(f"crash-{kind}")
    machine.expect(rf"crash-{kind}")
    machine.expect(CAUSES[kind])
    if kind != "stack":
        machine.expect(PATTERN)
    machine.expect(r"held")


def test_others_go_on(boot):
    machine = boot("crash-write", *DEMO, "crash-opcode", cpus=2)
    for _ in range(2):
        machine.expect(r"held")
    for _ in range(3):
        machine.expect(r"\[ping\][^\n]*round trips")
    assert machine.leave("q") == 0


def test_what_is_not_a_program_is_skipped_by_name(boot, tmp_path):
    text = tmp_path / "letter.txt"
    text.write_text("not a program\n" * 100)
    machine = boot(str(text), *DEMO, cpus=2)
    machine.expect(r"letter\.txt")
    machine.expect(r"\[ping\][^\n]*round trips")


def test_truncated_program_is_skipped_by_name(boot, build, tmp_path):
    cut = tmp_path / "cut"
    with open(f"{build}/bin/ping", "rb") as file:
        cut.write_bytes(file.read()[:5000])
    machine = boot(str(cut), *DEMO, cpus=2)
    machine.expect(r"\bcut\b")
    machine.expect(r"\[ping\][^\n]*round trips")

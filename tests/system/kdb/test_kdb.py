# SPDX-License-Identifier: BSD-2-Clause
"""The kernel's debug console on the serial line, in a build with KDB=1.

`make check-all` runs this with such a build; the other system tests leave it out.
"""
import re

import pytest

PROMPT = "kdb> "


@pytest.fixture
def console(boot):
    """A machine with the demo and a crashed program, stopped in the console."""
    machine = boot("ping", "pong", "crash-opcode", cpus=2)
    machine.expect("is held")
    machine.expect("round trips")
    machine.send("\x0b")
    machine.expect(PROMPT)
    return machine


def command(console, line):
    """Types a command and returns what it prints."""
    console.send(line + "\r")
    console.expect(PROMPT)
    return console.before


def test_help_lists_commands(console):
    text = command(console, "?")
    for words in ("threads", "spaces", "ready queues", "backtrace", "go on"):
        assert words in text


def test_backtrace_has_symbols(console):
    assert "kernel_interrupt+0x" in command(console, "b")


# What each list must have; the crashed program is the third of root's, thread 32.
LISTS = {
    "t": r"0000003200000001 .* exception 6 from 2200000001",
    "s": r"ports 3f8-3ff",
    "r": r"CPU 1: ",
    "k": r"pool \d+ KiB, used \d+, free \d+",
    "e": r"thread 0000003200000001 .* exception 6 ",
    "i": r"interrupt +4 to 0000002200000001",
}


@pytest.mark.parametrize("letter", LISTS)
def test_lists_have_contents(console, letter):
    assert re.search(LISTS[letter], command(console, letter))


def test_unknown_command_is_answered(console):
    assert "no such command" in command(console, "q")


def test_machine_goes_on(console):
    console.send("g\r")
    for _ in range(2):
        console.expect(r"\[ping\][^\n]*round trips")
    assert console.leave("q") == 0


def test_panic_opens_the_console(start, build):
    machine = start("-kernel", f"{build}/l4vm")
    machine.expect("KERNEL PANIC: [^\n]*modules")
    machine.expect(PROMPT)
    machine.send("b\r")
    machine.expect(r"kernel_main\+0x")

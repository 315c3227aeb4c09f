# SPDX-License-Identifier: BSD-2-Clause
"""The serial server with clients that have a prompt, on a terminal."""
import re

import pexpect
import pytest

from servers import serial_server, task, write_manifest

ESCAPE = "\x1d"
TAG = r"\x1b\[\d+m\[{}\]\x1b\[0m "


@pytest.fixture
def lines(boot, tmp_path):
    """lines(config) boots three clients, one, two and sun, behind the serial server."""

    def lines(config='focus = "one";'):
        path = tmp_path / "manifest"
        clients = ["one", "two", "sun"]
        write_manifest(path, [serial_server(config)] +
                       [task(name, "serial_client", "supervisor;") for name in clients],
                       [(name, "serial") for name in ["root"] + clients])
        return boot("serial", "serial_client", str(path), memory="128M")

    return lines


def test_focus_and_tags(lines):
    machine = lines()
    machine.expect("one> ")
    machine.send("hello\r")
    machine.expect(r"hello\r+\none doesn't know 'hello'\r+\none> ")
    machine.send(ESCAPE + "2")
    machine.expect("-- two has the keyboard --")
    machine.expect("two> ")
    machine.send("there\r")
    machine.expect(r"two doesn't know 'there'\r+\ntwo> ")
    machine.send(ESCAPE + "su\r")
    machine.expect("-- sun has the keyboard --")
    machine.expect("sun> ")
    machine.send("x\r")
    machine.expect(r"sun doesn't know 'x'\r+\nsun> ")


def test_lines_of_others_dont_destroy_the_prompt(lines):
    machine = lines()
    machine.expect("one> ")
    machine.send("flood 3\r")
    machine.send(ESCAPE + "2")
    machine.expect("two has the keyboard")
    machine.expect("two> ")
    machine.send("abc" + ESCAPE + "1")
    machine.expect("one has the keyboard")
    machine.send("hostile\r" + ESCAPE + "2")
    machine.expect(r"two has the keyboard --\x1b\[0m\r+\ntwo> abc")
    machine.send("\r")
    machine.expect("two doesn't know 'abc'")


def test_hostile_lines_are_text(lines):
    machine = lines('focus = "two";')
    machine.expect("two> ")
    machine.send(ESCAPE + "1")
    machine.expect("one has the keyboard")
    # Unfocused when it prints: the command's end comes after the switch back.
    machine.send("flood 200\r" + "hostile\r" + ESCAPE + "2")
    machine.expect("two has the keyboard")
    machine.expect(TAG.format("one") + r"hostile\r+\n")
    assert "\x1b[2J" not in open(machine.log.name, newline="").read().split("two has the")[1]


def test_reports(lines):
    machine = lines()
    machine.expect("one> ")
    machine.send("flood 500\r")
    machine.expect("line 500 of 500\r+\n")
    machine.send(ESCAPE + "?")
    machine.expect("sends a break")
    machine.send(ESCAPE + "l")
    machine.expect(r"  0 root +open\r+\n\* 1 one +open\r+\n  2 two +open\r+\n")
    machine.send(ESCAPE + "b")
    machine.expect("one got a break\r+\n")
    machine.send(ESCAPE + "s\r")
    machine.expect(r"the last of one")
    machine.expect(r"line 400 of 500\r+\n")
    machine.expect(r"line 500 of 500\r+\n")
    machine.expect("one goes on")


def test_a_deaf_client_rings_the_bell(lines):
    machine = lines()
    machine.expect("one> ")
    machine.send("deaf\r")
    machine.expect("one> ")
    for _ in range(11):
        machine.send("y" * 200)
    machine.expect("\a")
    machine.send(ESCAPE + "2")
    machine.expect("two> ")


def test_floods_starve_nobody(lines):
    machine = lines("machine-readable;")
    ready = {"one", "two", "sun"}
    while ready:
        machine.expect(r"(\w+): \w+ is ready\r*\n")
        ready.discard(machine.match[1])
    machine.send(">one flood 100000\n>two flood 100000\n")
    machine.expect("one: flood of one, line 100 ")
    machine.expect("two: flood of two, line [1-9]")
    machine.send(">sun hello\n")
    machine.expect("sun: sun doesn't know 'hello'\r*\n", timeout=30)
    # Both go on.  How much each prints is the scheduler's business here, as QEMU's line is
    # faster than they are; the unit test has a slow line.
    machine.expect(r"one: flood of one, line (\d+) ")
    machine.expect(f"one: flood of one, line {int(machine.match[1]) + 4000} ", timeout=40)
    counts = [len(re.findall(f"{name}: flood", machine.before)) for name in ("one", "two")]
    assert min(counts) * 4 > max(counts), counts


def test_machine_readable(lines):
    machine = lines("machine-readable;")
    machine.expect(r"sun: sun> \\\r*\n")
    machine.send(">one \\x41\\\\\n")
    machine.expect("=ok\r*\n")
    machine.expect(r"one: one doesn't know 'A\\\\'\r*\n")
    machine.send(">nobody x\n!what\n!break two\n!list\n")
    machine.expect("=error no such client\r*\n=error unknown\r*\n=ok\r*\n=client root ")
    machine.expect("two got a break\r*\n")
    machine.send(">one hostile\n")
    machine.expect(r"one: h\\x1b\[2J\\x1b\]0;title\\x07o\\x1b\[31ms\\x9bt\\x1b\[\?1049hile\r*\n")


def test_a_crash_is_no_end(lines):
    machine = lines()
    machine.expect("one> ")
    machine.send("crash\r")
    machine.expect(TAG.format("root") + "root: .*one")
    machine.send(ESCAPE + "2")
    machine.expect("two> ")


def test_restart_of_the_server(lines):
    machine = lines()
    machine.expect("one> ")
    machine.expect("sun is ready")
    machine.send("restart serial\r")
    # Keys that come too early are lost.
    for _ in range(10):
        machine.send("again\r")
        if machine.expect(["doesn't know '(again)+'\r+\n", pexpect.TIMEOUT], timeout=1) == 0:
            break
    machine.send(ESCAPE + "3")
    machine.expect("sun has the keyboard")
    machine.send("there\r")
    machine.expect("sun doesn't know 'there'")

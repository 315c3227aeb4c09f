# SPDX-License-Identifier: BSD-2-Clause
"""A PC on L4: its text and its pixels are those that the same guest shows in QEMU itself;
keys, orders of the manager, reset and power off by the guest."""
import os

import pexpect
import pytest

from pc_guest import SCREENS, floppy
from screen import Monitor

BOOT = 120  # seconds, on a busy host
CONFIG = """
[system]
serial = machine
focus = pc
[vm pc]
machine = pc
memory = 8M
floppy = floppy.img
boot = a
state = 32M
"""


class Reference:
    """The guest in QEMU."""

    def __init__(self, start, folder):
        socket = folder / "reference"
        self.pc = start("-drive", f"file={folder}/floppy.img,format=raw,if=floppy,readonly=on",
                        "-boot", "a", "-monitor", f"unix:{socket},server,nowait", "-serial",
                        "stdio")
        self.pc.expect("R\r?\n")
        self.monitor = Monitor(socket)

    def press(self, key, answer):
        """The picture after this key."""
        self.monitor.command(f"sendkey {key}")
        self.pc.expect(f"{answer}\r?\n")
        return self.monitor.picture()


class Emulated:
    """The guest in a PC on L4."""

    def __init__(self, build, folder, log):
        socket = folder / "monitor"
        arguments = ["run", str(folder / "pc.conf")]
        for word in "-monitor", f"unix:{socket},server,nowait":
            arguments += ["--qemu-option", word]
        self.process = pexpect.spawn(f"{build}/bin/l4vm", arguments, timeout=BOOT,
                                     encoding="utf-8", codec_errors="replace")
        self.process.logfile_read = log
        self.await_sent("R")
        self.monitor = Monitor(socket)

    def await_sent(self, character):
        self.process.expect(rf"(?m)^pc: {character}\r?$")

    def key(self, key):
        self.monitor.command(f"sendkey {key}")
        self.await_sent(key)

    def order(self, line):
        self.process.send(f">manager {line}\r")
        return self.process.expect(["(?m)^manager: ok", "(?m)^manager: error"]) == 0

    def shows(self, picture):
        self.monitor.until(lambda seen: seen.data == picture.data and seen.width == picture.width,
                           limit=BOOT)


@pytest.fixture
def folder(tmp_path):
    floppy(tmp_path / "floppy.img", SCREENS)
    (tmp_path / "pc.conf").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def reference(start, folder):
    return Reference(start, folder)


@pytest.fixture
def pc(build, folder, request):
    os.makedirs(f"{build}/log", exist_ok=True)
    with open(f"{build}/log/{request.node.name}", "w", encoding="utf-8") as log:
        emulated = Emulated(os.path.abspath(build), folder, log)
        yield emulated
        emulated.process.close(force=True)


def test_screen_keys_and_orders(reference, pc):
    text = reference.monitor.picture()
    assert (text.width, text.height) == (720, 400)
    pc.shows(text)
    pc.key("x")
    typed = reference.press("x", "x")
    pc.shows(typed)

    # Saved in text, restored in pixels.
    assert pc.order("save pc")
    pc.key("g")
    pc.await_sent("G")
    pixels = reference.press("g", "G")
    assert (pixels.width, pixels.height) == (640, 480)
    pc.shows(pixels)
    assert len({pixels.pixel(x, y) for x in range(0, 640, 3) for y in range(0, 480, 7)}) == 16
    assert pc.order("restore pc")
    pc.shows(typed)
    pc.key("a")

    # The button, the guest's reset, its power off.
    assert pc.order("reset pc")
    pc.await_sent("R")
    pc.shows(text)
    pc.key("z")
    pc.await_sent("R")
    pc.monitor.command("sendkey o")
    pc.process.expect("root: pc has ended, status 0")
    assert pc.order("start pc")
    pc.await_sent("R")

# SPDX-License-Identifier: BSD-2-Clause
"""A PC on L4: its text and its pixels are those that the same guest shows in QEMU itself;
keys, the mouse, orders of the manager, reset and power off by the guest."""
import os

import pexpect
import pytest

from pc_guest import MULTIBOOT, POINTER, SCREENS, cd, floppy, multiboot_kernel
from screen import Monitor

BOOT = 120  # seconds, on a busy host
CONFIG = """
[system]
serial = machine
focus = pc
[vm pc]
machine = pc
memory = 8M
state = 32M
"""
FLOPPY = "boot = a\nfloppy = floppy.img\n"
CD = "boot = d\ncdrom = cd.iso\n"
KERNEL = "kernel = kernel\ninitrd = module\ncmdline = one two\n"


class Reference:
    """The guest in QEMU."""

    def __init__(self, start, folder, *options):
        socket = folder / "reference"
        self.pc = start(*options, "-monitor", f"unix:{socket},server,nowait", "-serial", "stdio")
        self.pc.expect("R\r?\n")
        self.monitor = Monitor(socket)

    def press(self, key, answer):
        """The picture after this key."""
        self.monitor.command(f"sendkey {key}")
        self.pc.expect(f"{answer}\r?\n")
        return self.monitor.picture()


class Emulated:
    """The guest in a PC on L4."""

    def __init__(self, build, folder, log, *options):
        self.socket = folder / "monitor"
        arguments = ["run", *options, str(folder / "pc.conf")]
        for word in "-monitor", f"unix:{self.socket},server,nowait":
            arguments += ["--qemu-option", word]
        self.process = pexpect.spawn(f"{build}/bin/l4vm", arguments, timeout=BOOT,
                                     encoding="utf-8", codec_errors="replace")
        self.process.logfile_read = log
        self.monitor = None

    def connect(self):
        self.monitor = Monitor(self.socket, BOOT)
        return self

    def await_sent(self, line):
        self.process.expect(rf"(?m)^pc: {line}\r?$")

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
def emulated(build, request):
    """emulated(folder, option...) runs folder/pc.conf on L4; it ends with the test."""
    running = []

    def emulated(folder, *options):
        os.makedirs(f"{build}/log", exist_ok=True)
        log = open(f"{build}/log/{request.node.name}", "w", encoding="utf-8")
        running.append((Emulated(os.path.abspath(build), folder, log, *options), log))
        return running[-1][0].connect()

    yield emulated
    for pc, log in running:
        pc.process.close(force=True)
        log.close()


def test_screen_keys_and_orders(start, emulated, tmp_path):
    floppy(tmp_path / "floppy.img", SCREENS)
    (tmp_path / "pc.conf").write_text(CONFIG + FLOPPY)
    reference = Reference(start, tmp_path, "-boot", "a", "-drive",
                          f"file={tmp_path}/floppy.img,format=raw,if=floppy,readonly=on")
    pc = emulated(tmp_path)
    pc.await_sent("R")
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


def test_cd_frame_buffer_mouse_and_pause(start, emulated, tmp_path):
    cd(tmp_path / "cd.iso", POINTER)
    (tmp_path / "pc.conf").write_text(CONFIG + CD)
    reference = Reference(start, tmp_path, "-boot", "d", "-cdrom", f"{tmp_path}/cd.iso")
    picture = reference.monitor.picture()
    assert (picture.width, picture.height) == (640, 480)
    assert picture.pixel(100, 3) == (300 >> 8 & 255, 3, 100)

    # A frame buffer shows every pixel; behind a picture that is smaller it is black.
    pc = emulated(tmp_path, "--cdrom")
    pc.await_sent("R")
    pc.monitor.until(lambda seen: seen.width == 1024 and centre(seen, 640, 480) == picture.data,
                     limit=BOOT)

    pc.monitor.command("mouse_move 20 -10")
    pc.await_sent("08140a")
    pc.monitor.command("mouse_move -3 0")
    pc.await_sent("18fd00")
    pc.monitor.command("mouse_button 1")
    pc.await_sent("090000")
    pc.monitor.command("mouse_button 0")
    pc.await_sent("080000")

    # What the mouse does meanwhile waits.
    assert pc.order("pause pc")
    pc.monitor.command("mouse_move 5 0")
    assert pc.process.expect(["080500", pexpect.TIMEOUT], timeout=3) == 1
    assert centre(pc.monitor.picture(), 640, 480) == picture.data
    pc.process.send(">manager resume pc\r")
    pc.await_sent("080500")


def test_multiboot_kernel(emulated, tmp_path):
    multiboot_kernel(tmp_path / "kernel", MULTIBOOT)
    (tmp_path / "module").write_bytes(b"the module\0")
    (tmp_path / "pc.conf").write_text(CONFIG + KERNEL)
    pc = emulated(tmp_path)
    for line in "one two", "the module", "R":
        pc.await_sent(line)
    assert pc.order("reset pc")
    pc.await_sent("one two")
    pc.await_sent("R")


def centre(picture, width, height):
    """The pixels in the middle."""
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return b"".join(picture.data[3 * (y * picture.width + left):][:3 * width]
                    for y in range(top, top + height))

# SPDX-License-Identifier: BSD-2-Clause
"""The window, on an X server without a screen: picture, keys, mouse, what it costs."""
import os
import time

import pexpect
import pytest

from desktop import Desktop, eventually
from test_pc import boot_sector
from test_screen import Picture
from test_time import processor_seconds

TEXT = (720, 400)

# Text in all colours without a cursor.  Then whatever keyboard (K) and mouse (M) send is
# printed on the firmware's debug port, of the mouse from the moment it is on.
PROGRAM = r"""
	.code16
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %ss
	movw $0x7c00, %sp
	movw $3, %ax
	int $0x10
	movb $1, %ah
	movw $0x2000, %cx
	int $0x10
	movw $0xb800, %ax
	movw %ax, %es
	xorw %di, %di
	movw $0x0021, %ax
	movw $2000, %cx
1:	stosw
	addw $0x0101, %ax
	andb $0x7f, %ah		/* no blinking */
	loop 1b
	cli
	/* On a busy host the firmware may have given up on the keyboard. */
	movb $0x60, %al
	outb %al, $0x64
	movb $0x40, %al		/* scan codes of set 1, no interrupts */
	outb %al, $0x60
	movb $0xf4, %al
	outb %al, $0x60
	movb $0xa8, %al
	outb %al, $0x64
	movb $0xd4, %al
	outb %al, $0x64
	movb $0xf4, %al
	outb %al, $0x60
2:	inb $0x64, %al
	testb $1, %al
	jz 2b
	testb $0x20, %al
	movb $'K', %bl
	jz 3f
	movb $'M', %bl
3:	inb $0x60, %al
	movb %al, %bh
	movw $0x402, %dx
	movb %bl, %al
	outb %al, %dx
	movb %bh, %al
	shrb $4, %al
	call digit
	movb %bh, %al
	andb $15, %al
	call digit
	movb $10, %al
	outb %al, %dx
	jmp 2b
digit:	cmpb $10, %al
	jb 4f
	addb $7, %al
4:	addb $'0', %al
	outb %al, %dx
	ret
"""
IDLE = r"""
	.code16
1:	cli
	hlt
	jmp 1b
"""

# The mode 2000 x 1000 with 32 bits, by DISPI's registers.
LARGE = r"""
	.code16
	xorw %ax, %ax
	movw %ax, %ds
	movw $0x7c00 + table, %si
	movw $10, %cx
	cld
	movw $0x1ce, %dx
1:	lodsw
	outw %ax, %dx
	xorw $1, %dx
	loop 1b
2:	cli
	hlt
	jmp 2b
table:	.word 4, 0, 1, 2000, 2, 1000, 3, 32, 4, 0x41
"""


@pytest.fixture(scope="module")
def desktop():
    desktop = Desktop()
    yield desktop
    desktop.close()


@pytest.fixture
def show(start, desktop, tmp_path):
    """show(source, option...) starts a PC from a disk with that program, on the desktop."""

    def show(source, *options):
        eventually(lambda: not desktop.windows())  # the last test's
        disk = boot_sector(tmp_path / "boot.img", source)
        return start("pc", "--disk", disk, "--log", "guest", *options,
                     environment={"DISPLAY": desktop.name})

    return show


@pytest.fixture
def shown(show, desktop):
    """A PC that reports what it gets, and its window with the focus."""
    guest = show(PROGRAM)
    ready(guest)
    window = desktop.window()
    window.focus()
    desktop.move(*window.middle(), relative=False)
    return guest, window


def ready(guest):
    """Waits for the program to have everything switched on, and answered."""
    guest.expect(r"debug port: MFA\r")
    while guest.expect([r"debug port: \w+\r", pexpect.TIMEOUT], timeout=0.2) == 0:
        pass


def sent(guest, *codes):
    """Waits for these bytes, one after the other and nothing in between."""
    for code in codes:
        guest.expect(r"debug port: ([KM]\w\w)\r")
        assert guest.match[1] == code


def enlarged(picture, factor):
    for row in picture.rows:
        pixels = [row[i:i + 3] for i in range(0, len(row), 3)]
        yield from [b"".join(pixel * factor for pixel in pixels)] * factor


def framed(rows, size):
    """In the middle of a black window."""
    width, height = len(rows[0]) // 3, len(rows)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    right, bottom = size[0] - width - left, size[1] - height - top
    black = [bytes(3 * size[0])]
    return (black * top + [bytes(3 * left) + row + bytes(3 * right) for row in rows]
            + black * bottom)


@pytest.mark.parametrize("size, factor", [
    pytest.param(TEXT, 1, id="own"),
    pytest.param((1000, 700), 1, id="larger", marks=pytest.mark.slow),
    pytest.param((1450, 820), 2, id="twice", marks=pytest.mark.slow),
])
def test_picture_is_the_screens(show, desktop, tmp_path, size, factor):
    guest = show(PROGRAM, "--screenshot", tmp_path / "screen.png")
    ready(guest)
    window = desktop.window()
    eventually(lambda: window.size() == TEXT)
    window.resize(*size)
    eventually(lambda: window.size() == size)
    eventually(lambda: any(map(any, window.rows())))
    time.sleep(0.3)
    rows = window.rows()
    assert guest.leave() == 0
    picture = Picture(tmp_path / "screen.png")
    assert len({row[i:i + 3] for row in picture.rows for i in range(0, len(row), 3)}) == 16
    assert rows == framed(list(enlarged(picture, factor)), size)


@pytest.mark.slow
def test_window_is_no_larger_than_the_desktop(show, desktop):
    guest = show(LARGE)
    window = desktop.window()
    eventually(lambda: window.size() == (1600, 800))  # of 1600 x 1000
    assert guest.leave() == 0


def test_keys_are_the_guests(shown, desktop):
    guest, _ = shown
    desktop.press("a")
    sent(guest, "K1E", "K9E")
    desktop.press("Shift_R", "F12")
    sent(guest, "K36", "K58", "KD8", "KB6")
    desktop.press("Up")
    sent(guest, "KE0", "K48", "KE0", "KC8")


@pytest.mark.slow
def test_own_keys_are_not_the_guests(shown, desktop):
    guest, window = shown
    desktop.press("Control_L", "Alt_L", "g")
    sent(guest, "K1D", "K38", "KB8", "K9D")
    eventually(lambda: "Ctrl+Alt+G releases" in window.title())
    desktop.press("Control_L", "Alt_L", "g")
    sent(guest, "K1D", "K38", "KB8", "K9D")
    eventually(lambda: "click to use" in window.title())
    desktop.press("Control_L", "Alt_L", "End")
    sent(guest, "K1D", "K38", "KE0", "K53", "KE0", "KD3", "KB8", "K9D")
    desktop.press("g")
    sent(guest, "K22", "KA2")


@pytest.mark.slow
def test_no_key_stays_down_when_the_focus_goes(shown, desktop):
    guest, window = shown
    desktop.press("b", up=False)
    sent(guest, "K30")
    desktop.root.set_input_focus(0, 0)
    desktop.display.sync()
    guest.expect(r"debug port: KB0\r")  # perhaps after repetitions
    desktop.press("b", down=False)
    window.focus()
    desktop.press("c")
    sent(guest, "K2E", "KAE")


def test_a_click_gives_the_mouse_and_keys_take_it_back(shown, desktop):
    guest, window = shown
    desktop.move(7, 0)
    desktop.click(1)
    eventually(lambda: "releases the mouse" in window.title())
    desktop.move(5, 3)  # neither the click nor what was before arrives
    sent(guest, "M28", "M05", "MFD")
    desktop.click(3)
    sent(guest, "M0A", "M00", "M00", "M08", "M00", "M00")
    desktop.press("Control_L", "Alt_L", "g")
    sent(guest, "K1D", "K38", "KB8", "K9D")
    eventually(lambda: "click to use" in window.title())
    desktop.move(5, 3)
    desktop.press("d")
    sent(guest, "K20", "KA0")


def test_closing_the_window_ends_the_machine(shown):
    guest, window = shown
    window.ask_to_close()
    assert guest.end() == 0


@pytest.mark.slow
def test_idle_guest_with_a_window_uses_little(show, desktop):
    guest = show(IDLE)
    window = desktop.window()
    eventually(lambda: window.size() == TEXT)
    time.sleep(0.5)
    used, since = processor_seconds(guest.pid), time.monotonic()
    time.sleep(3)
    used, since = processor_seconds(guest.pid) - used, time.monotonic() - since
    assert used / since <= 0.03, f"{used / since:.1%} of a CPU"
    assert guest.leave() == 0


@pytest.mark.slow
def test_there_is_no_window_unless_it_makes_sense(show, desktop, emu, tmp_path):
    guest = show(PROGRAM, "--display=none")
    ready(guest)
    assert not desktop.windows()
    assert guest.leave() == 0
    there = dict(os.environ, DISPLAY=desktop.name)
    result = emu("virt", "--firmware", tmp_path / "boot.img", "--display", env=there)
    assert result.returncode == 1 and "virt has no screen" in result.stderr
    result = emu("pc", "--stop-after", "1", env=there)  # standard input isn't a terminal
    assert result.returncode == 0 and not desktop.windows()


@pytest.mark.slow
def test_a_window_that_cannot_be_had_is_an_error_if_it_was_asked_for(start, emu):
    nowhere = {"DISPLAY": ":987", "WAYLAND_DISPLAY": ""}
    result = emu("pc", "--display", env=dict(os.environ, **nowhere))
    assert result.returncode == 1 and "can't open a window" in result.stderr
    result = emu("pc", "--display=teapot")
    assert result.returncode == 2 and "window, full-screen or none" in result.stderr
    guest = start("pc", "--log", "guest", environment=nowhere)
    guest.expect("can't open a window")
    guest.expect("No bootable device")
    assert guest.leave() == 0

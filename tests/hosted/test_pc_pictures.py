# SPDX-License-Identifier: BSD-2-Clause
"""What the PC's screen shows, pixel by pixel as QEMU shows it for the same guest.

Both run pictures.S, which waits on the serial line after each picture.  Where QEMU shows
something else than a VGA does, the picture is compared with what IBM's reference says.
"""
import pathlib
import random
import subprocess
import time

import pexpect
import pytest

from guest import PATIENCE, Guest
from picture import Picture, qemu_picture, video_font_bytes
from screen import Monitor

pytestmark = pytest.mark.slow

# As pictures.S shows them.
NAMES = """text text-50-lines text-8-dots text-shades text-blinking text-40-columns
    12 0d 0e 10 11 04 06 13 x vbe-640x480x8 vbe-640x480x15 vbe-800x600x16 vbe-640x480x24
    vbe-1024x768x32""".split()
SIZES = {"text": (720, 400), "text-50-lines": (720, 400), "text-8-dots": (640, 400),
         "12": (640, 480), "13": (640, 400), "x": (640, 480), "vbe-800x600x16": (800, 600),
         "vbe-1024x768x32": (1024, 768)}
DIFFERENT = "text-shades", "text-blinking", "text-40-columns"
BLINKING = "text", "text-50-lines", "text-blinking"
# The video BIOS's colours, as six bits of the DAC are shown.
PALETTE = [tuple(bytes.fromhex(c)) for c in """000000 0000a8 00a800 00a8a8 a80000 a800a8 a85700
    a8a8a8 575757 5757ff 57ff57 57ffff ff5757 ff57ff ffff57 ffffff""".split()]


def phases(take, name, limit=10):
    """The pictures of one name, at different times if something blinks."""
    pictures = {take()}
    deadline = time.monotonic() + limit
    while name in BLINKING and len(pictures) < 2 and time.monotonic() < deadline:
        # Not in step with what blinks.
        time.sleep(random.uniform(0.01, 0.2))
        pictures.add(take())
    return pictures


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    source = pathlib.Path(__file__).parent / "pictures.S"
    subprocess.run(["as", "--32", "-o", folder / "o", source], check=True)
    subprocess.run(["ld", "-m", "elf_i386", "-Ttext=0x7c00", "--oformat=binary", "-o",
                    folder / "disk", folder / "o"], check=True)
    with open(folder / "disk", "ab") as file:
        file.truncate(1 << 20)
    return folder / "disk"


@pytest.fixture(scope="module")
def qemus(program, tmp_path_factory):
    """QEMU's pictures by name."""
    monitor = tmp_path_factory.mktemp("qemu") / "monitor"
    qemu = pexpect.spawn("qemu-system-i386", [
        "-M", "pc", "-net", "none", "-display", "none", "-serial", "stdio",
        "-drive", f"file={program},format=raw,snapshot=on",
        "-monitor", f"unix:{monitor},server,nowait"], timeout=PATIENCE, echo=False)
    pictures = {}
    try:
        control = Monitor(monitor)
        for name in NAMES:
            qemu.expect_exact("@")
            pictures[name] = phases(lambda: qemu_picture(control.picture()), name,
                                    0 if name in DIFFERENT else 10)
            qemu.send(" ")
    finally:
        qemu.close(force=True)
    return pictures


@pytest.fixture(scope="module")
def ours(l4vm, program, tmp_path_factory):
    """The emulator's pictures by name."""
    folder = tmp_path_factory.mktemp("ours")
    guest = Guest([l4vm, "emu", "pc", "--disk", str(program), "--snapshot", "--screenshot",
                   str(folder / "screen.png")], folder / "log", {})
    pictures = {}
    try:
        for name in NAMES:
            guest.expect_exact("@")
            pictures[name] = phases(guest.picture, name)
            guest.send(" ")
    finally:
        guest.stop()
    return pictures


def difference(mine, theirs):
    """Where sets of pictures differ first."""
    if len(mine) != len(theirs):
        return f"{len(mine)} pictures, not {len(theirs)}: one blinks"
    a, b = (mine - theirs).pop(), (theirs - mine).pop()
    if (a.width, a.height) != (b.width, b.height):
        return f"{a.width} x {a.height}, not {b.width} x {b.height}"
    places = [(x, y) for y in range(a.height) for x in range(a.width)
              if a.rows[y] != b.rows[y] and a.pixel(x, y) != b.pixel(x, y)]
    x, y = places[0]
    return f"{len(places)} pixels, first {x}, {y}: {a.pixel(x, y)}, not {b.pixel(x, y)}"


def same(mine, theirs):
    assert mine == theirs, difference(mine, theirs)


QEMUS = [name for name in NAMES if name not in (*DIFFERENT, "vbe-640x480x15")]


@pytest.mark.parametrize("name", QEMUS)
def test_picture_is_qemus(ours, qemus, name):
    same(ours[name], qemus[name])
    assert len(ours[name]) == (2 if name in BLINKING else 1)
    picture = next(iter(ours[name]))
    if name in SIZES:
        assert (picture.width, picture.height) == SIZES[name]
    assert len({p for row in picture.rows for p in zip(row[::3], row[1::3], row[2::3])}) > 1


def test_five_bits_a_colour_reach_white(ours, qemus):
    """QEMU leaves the lower three bits of eight 0 with 15 bits a pixel, not with 16."""
    mine, theirs = (next(iter(p["vbe-640x480x15"])) for p in (ours, qemus))
    full = bytes(v & 0xf8 | v >> 5 for v in range(256))
    assert mine.rows == [row.translate(full) for row in theirs.rows]


def text_picture(cells, columns, doubled=1, shown=True):
    """A screen of (code, foreground, background) as IBM's reference says: eight dots of the
    glyph and a ninth of the background, or in C0 to DF a copy of the eighth."""
    font, rows = video_font_bytes(16), []
    for y in range(400):
        row = b""
        for code, fore, back in cells[y // 16 * columns:][:columns]:
            bits = font[16 * code + y % 16] << 1 if shown else 0
            bits |= bits >> 1 & 1 if 0xc0 <= code <= 0xdf else 0
            row += b"".join(bytes(PALETTE[fore if bits >> (8 - x) & 1 else back]) * doubled
                            for x in range(9))
        rows.append(row)
    picture = Picture()
    picture.width, picture.height, picture.rows = columns * 9 * doubled, 400, rows
    return picture


def pattern(count):
    """What fill_text of pictures.S writes."""
    for i in range(count):
        product = i * 7
        attribute = (product + (product >> 8)) & 255
        code = i & 255
        yield code ^ 0x40 if 0xb0 <= code <= 0xbf else code, attribute & 15, attribute >> 4


def test_shades_have_gaps(ours, qemus):
    """The ninth dot of B0 to BF is background; QEMU repeats the eighth."""
    same(ours["text-shades"], {text_picture([(0xb0 + i % 16, 14, 1) for i in range(2000)], 80)})
    assert ours["text-shades"] != qemus["text-shades"]


def test_attributes_blink(ours, qemus):
    """QEMU shows the background brighter instead, whatever blinking says."""
    cells = [(0x40 + (1 + i) % 16, 14, 1) for i in range(2000)]
    same(ours["text-blinking"], {text_picture(cells, 80), text_picture(cells, 80, shown=False)})
    bright = text_picture([(code, 14, 9) for code, *_ in cells], 80)
    same(qemus["text-blinking"], {bright})


def test_forty_columns_are_as_wide_as_eighty(ours, qemus):
    """QEMU has no characters of 18 dots and shows 16."""
    same(ours["text-40-columns"], {text_picture(list(pattern(1000)), 40, doubled=2)})
    assert next(iter(qemus["text-40-columns"])).width == 640

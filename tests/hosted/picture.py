# SPDX-License-Identifier: BSD-2-Clause
"""Pictures as `--screenshot` saves them, and the text on a PC's screen.

    picture = Picture(path)
    picture.rows[4][3 * 7:3 * 8]       the pixel at 7, 4: red, green, blue
    picture.text()[0]                  the top row of VGA text
    picture == qemu_picture(monitor.picture())
"""
import functools
import struct
import zlib
from itertools import accumulate

VIDEO_BIOS = "/usr/share/seabios/vgabios-stdvga.bin"


class Picture:
    """A PNG file with 8 bits a colour, no palette and no transparency."""

    def __init__(self, path=None):
        if path:
            self.read(path)

    def __eq__(self, other):
        return (self.width, self.rows) == (other.width, other.rows)

    def __hash__(self):
        return hash(tuple(self.rows))

    def read(self, path):
        content = path.read_bytes()
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        data, at = b"", 8
        while at < len(content):
            length, kind = struct.unpack_from(">I4s", content, at)
            body = content[at + 8:at + 8 + length]
            checksum, = struct.unpack_from(">I", content, at + 8 + length)
            assert zlib.crc32(kind + body) == checksum
            if kind == b"IHDR":
                self.width, self.height, *form = struct.unpack(">IIBBBBB", body)
                assert form == [8, 2, 0, 0, 0]
            elif kind == b"IDAT":
                data += body
            at += 12 + length
        self.rows = self.unfilter(zlib.decompress(data))

    def unfilter(self, data):
        rows, size = [], 3 * self.width
        above = bytes(size)
        for y in range(self.height):
            start = y * (size + 1)
            kind, row = data[start], data[start + 1:start + 1 + size]
            if kind == 2 and not any(row):
                row = above
            elif kind:
                row = unfilter_row(kind, bytearray(row), above)
            above = row
            rows.append(bytes(row))
        return rows

    def pixel(self, x, y):
        return tuple(self.rows[y][3 * x:3 * x + 3])

    def cell(self, column, line, width=8, height=16):
        """The pixels of a letter's place."""
        return tuple(self.rows[y][3 * column * width:3 * (column + 1) * width]
                     for y in range(line * height, (line + 1) * height))

    def text(self, font=None, columns=80):
        """Rows of text, \\N{REPLACEMENT CHARACTER} for what isn't in the font; without
        spaces at the end."""
        font = font or video_font(16)
        width = self.width // columns
        return ["".join(font.get(glyph_of(self.cell(c, r, width)), "\ufffd")
                        for c in range(columns)).rstrip() for r in range(self.height // 16)]


def qemu_picture(other):
    """The same for one of screen.py's pictures."""
    picture = Picture()
    picture.width, picture.height = other.width, other.height
    size = 3 * other.width
    picture.rows = [other.data[y * size:(y + 1) * size] for y in range(other.height)]
    return picture


def unfilter_row(kind, row, above):
    if kind == 2:
        return bytes([(a + b) & 255 for a, b in zip(row, above)])
    if kind == 1:
        for colour in range(3):
            row[colour::3] = bytes(accumulate(row[colour::3], lambda a, b: (a + b) & 255))
        return row
    for x, value in enumerate(row):
        a, b = row[x - 3] if x >= 3 else 0, above[x]
        if kind == 4:
            c = above[x - 3] if x >= 3 else 0
            p = a + b - c
            near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
        else:
            near = (a + b) // 2
        row[x] = (value + near) & 255
    return row



@functools.lru_cache(maxsize=4096)
def glyph_of(cell):
    """The bits of a cell, in the polarity in which its last line, where hardly a letter has
    anything, begins with background.  A cursor is part of the cell."""
    background = cell[-1][:3]
    return tuple(sum(0x80 >> x for x in range(8) if row[3 * x:3 * x + 3] != background)
                 for row in cell)


def video_font_bytes(height):
    """The video BIOS's font, `height` bytes for each of 256 characters."""
    with open(VIDEO_BIOS, "rb") as file:
        rom = file.read()
    # Characters 0 and 1, a blank and a face.
    face = bytes.fromhex("00007e81a58181bd9981817e00000000") if height == 16 else \
        bytes.fromhex("7e81a581bd99817e")
    at = rom.index(bytes(height) + face)
    return rom[at:at + 256 * height]


@functools.lru_cache
def video_font(height):
    """Characters by their bits.  Of the same it is the first, letters before others."""
    glyphs, font = video_font_bytes(height), {}
    for code in list(range(32, 127)) + list(range(256)):
        bits = tuple(glyphs[code * height:(code + 1) * height])
        if bits[-1] & 0x80:
            bits = tuple(b ^ 0xff for b in bits)
        font.setdefault(bits, bytes([code]).decode("cp437"))
    return font


def letters_of_psf(content):
    """ASCII by its bits, in a console font of 16 lines (PSF, version 1)."""
    assert content[:2] == b"\x36\x04" and content[3] == 16
    return {tuple(content[4 + 16 * code:20 + 16 * code]): chr(code) for code in range(32, 127)}

# SPDX-License-Identifier: BSD-2-Clause
"""What QEMU shows on its display, for tests: pictures, and the text in them.

    monitor = Monitor(path)                 of qemu -monitor unix:PATH,server,nowait
    monitor.command("sendkey ctrl-alt-f2")
    picture = monitor.picture()
    picture.text(Font(build))[0]            the top row of a text screen
    picture.pixel(3, 4)                     (red, green, blue)
"""
import os
import re
import socket
import tempfile
import time


class Font:
    """The console's font of 8 x 16: 16 lines for each glyph."""

    def __init__(self, build):
        with open(f"{build}/gen/console_font.c", encoding="ascii") as file:
            rows = re.findall(r"^\t\{ (.*) \},", file.read(), re.MULTILINE)
        self.glyph = [tuple(int(line, 16) for line in row.split(", ")) for row in rows]
        self.code = {}
        for code in list(range(32, 127)) + list(range(256)):
            self.code.setdefault(self.normal(self.glyph[code]), code)

    @staticmethod
    def normal(lines):
        """The polarity in which the upper left corner is background."""
        return tuple(line ^ 0xff for line in lines) if lines[0] & 0x80 else lines

    def recognise(self, lines):
        """The code of a glyph in either polarity, None if it is none.  Of glyphs that look
        the same it is the first, letters before others."""
        return self.code.get(self.normal(lines))


class Picture:
    """A PPM file (P6) of 8 bits a component."""

    def __init__(self, data):
        header = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", data)
        self.width, self.height = int(header[1]), int(header[2])
        self.data = data[header.end():]

    def pixel(self, x, y):
        at = (y * self.width + x) * 3
        return tuple(self.data[at:at + 3])

    def cell(self, left, top, background=None):
        """The background of an 8 x 16 cell, its corner unless told, and the bits that differ."""
        start = [((top + y) * self.width + left) * 3 for y in range(16)]
        rows = [self.data[at:at + 24] for at in start]
        background = background or rows[0][:3]
        return background, tuple(sum(0x80 >> x for x in range(8)
                                     if row[3 * x:3 * x + 3] != background) for row in rows)

    def codes(self, font, columns=80, rows=25, left=None, top=None, cell_width=None):
        """Rows of characters' codes in text that is centred unless told otherwise; what
        isn't in the font is None."""
        if cell_width is None:
            cell_width = 9 if (self.width, self.height) == (720, 400) else 8
        left = (self.width - columns * cell_width) // 2 if left is None else left
        top = (self.height - rows * 16) // 2 if top is None else top
        return [[font.recognise(self.cell(left + c * cell_width, top + r * 16)[1])
                 for c in range(columns)] for r in range(rows)]

    def text(self, font, **where):
        """The same as strings, \\N{REPLACEMENT CHARACTER} for None; without spaces at the end."""
        return ["".join("\ufffd" if c is None else bytes([c]).decode("cp437") for c in row).rstrip()
                for row in self.codes(font, **where)]


class Monitor:
    """QEMU's monitor on a socket."""

    def __init__(self, path, limit=20):
        self.socket = socket.socket(socket.AF_UNIX)
        deadline = time.monotonic() + limit
        while True:
            try:
                self.socket.connect(str(path))
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        self.socket.settimeout(limit)
        self.wait()

    def wait(self):
        answer = b""
        while not answer.endswith(b"(qemu) "):
            data = self.socket.recv(65536)
            if not data:
                raise EOFError("QEMU has ended")
            answer += data
        return answer.decode(errors="replace")

    def command(self, line):
        self.socket.sendall(line.encode() + b"\n")
        return self.wait()

    def picture(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "picture.ppm")
            self.command(f"screendump {path}")
            with open(path, "rb") as file:
                return Picture(file.read())

    def until(self, condition, limit=20):
        """The first picture for which condition(picture) holds; fails after `limit` s."""
        deadline = time.monotonic() + limit
        while True:
            picture = self.picture()
            if condition(picture):
                return picture
            assert time.monotonic() < deadline, "the display doesn't show what was expected"
            time.sleep(0.1)

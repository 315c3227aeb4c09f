# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's monitor on a socket: text on the screen, read by the console's font, and keys."""
import os
import re
import socket
import time

PROMPT = b"(qemu) "
WIDTH, HEIGHT = 8, 16
VGA_TEXT_WIDTH = 720  # a VGA in text mode adds an empty column to each glyph
GLYPH = re.compile(r"\{((?:\s*0x[0-9a-f]{2},?){16})\s*\}")


class Monitor:
    """`options` go to QEMU's command line; the socket is there once it runs."""

    def __init__(self, path, build):
        self.path = str(path)
        self.options = ("-monitor", f"unix:{self.path},server,nowait", "-serial", "stdio")
        self.socket = None
        with open(f"{build}/gen/console_font.c", encoding="ascii") as file:
            glyphs = [bytes(int(byte, 16) for byte in re.findall("0x[0-9a-f]{2}", glyph))
                      for glyph in GLYPH.findall(file.read())]
        assert len(glyphs) == 256
        self.font = {glyph: chr(code) for code, glyph in enumerate(glyphs) if 32 <= code < 127}

    def command(self, text):
        if not self.socket:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(30)
            self.socket.connect(self.path)
            self.answer()
        self.socket.sendall(text.encode() + b"\n")
        return self.answer()

    def answer(self):
        data = b""
        while not data.endswith(PROMPT):
            part = self.socket.recv(65536)
            if not part:
                break
            data += part
        return data.decode(errors="replace")

    def keys(self, *keys):
        """Each is one of QEMU's names, with modifiers as in ctrl-alt-f1."""
        for key in keys:
            self.command(f"sendkey {key} 30")
            time.sleep(0.1)

    def pixels(self):
        """Width and height of the picture, and its rows, each a list of colours."""
        dump = self.path + ".ppm"
        self.command(f"screendump {dump}")
        with open(dump, "rb") as file:
            _, size, _, data = file.read().split(b"\n", 3)
        os.remove(dump)
        width, height = map(int, size.split())
        colours = [data[i:i + 3] for i in range(0, width * height * 3, 3)]
        return width, height, [colours[y * width:(y + 1) * width] for y in range(height)]

    def character(self, cell):
        """cell: 16 rows of 8 colours.  Which of two is the background isn't known."""
        first = cell[0][0]
        if all(colour == first for row in cell for colour in row):
            return " "
        glyph = bytes(sum((colour != first) << (7 - i) for i, colour in enumerate(row))
                      for row in cell)
        return self.font.get(glyph) or self.font.get(bytes(0xff ^ row for row in glyph), "?")

    def screen(self):
        """The text on the screen, a line for each row."""
        width, height, rows = self.pixels()
        step = WIDTH + (width == VGA_TEXT_WIDTH)
        lines = []
        for y in range(0, height - HEIGHT + 1, HEIGHT):
            band = rows[y:y + HEIGHT]
            lines.append("".join(self.character([row[x:x + WIDTH] for row in band])
                                 for x in range(0, width - WIDTH + 1, step)).rstrip())
        return "\n".join(lines)

    def wait_for(self, pattern, seconds=30):
        """Looks until the screen matches; returns the match."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            screen = self.screen()
            match = re.search(pattern, screen, re.MULTILINE)
            if match:
                return match
            time.sleep(0.3)
        raise AssertionError(f"no /{pattern}/ on the screen:\n{screen}")

# SPDX-License-Identifier: BSD-2-Clause
"""An X server without a screen: its windows' pixels, and a keyboard and mouse for them."""
import os
import subprocess
import time

from Xlib import XK, X, display
from Xlib.ext import xtest
from Xlib.protocol import event

SIZE = (1600, 1000)
PATIENCE = 30


def eventually(what, seconds=PATIENCE):
    """Waits until what() is true and returns it."""
    end = time.monotonic() + seconds
    while not (result := what()):
        assert time.monotonic() < end, "it hasn't come true"
        time.sleep(0.02)
    return result


class Desktop:
    def __init__(self):
        read, write = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24",
             "-nolisten", "tcp"], pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as file:
            self.name = f":{file.readline().strip()}"
        self.display = display.Display(self.name)
        self.root = self.display.screen().root

    def close(self):
        self.display.close()
        self.server.terminate()
        self.server.wait()

    def windows(self):
        """Those that are shown and have a title."""
        return [Window(self, w) for w in self.root.query_tree().children
                if w.get_wm_name() and w.get_attributes().map_state == X.IsViewable]

    def window(self):
        return eventually(self.windows)[0]

    def press(self, *keys, down=True, up=True):
        """Presses keys one after the other and releases them the other way round."""
        codes = [self.display.keysym_to_keycode(XK.string_to_keysym(key)) for key in keys]
        for code in codes if down else []:
            xtest.fake_input(self.display, X.KeyPress, code)
        for code in reversed(codes) if up else []:
            xtest.fake_input(self.display, X.KeyRelease, code)
        self.display.sync()

    def move(self, x, y, relative=True):
        xtest.fake_input(self.display, X.MotionNotify, int(relative), x=x, y=y)
        self.display.sync()

    def click(self, button):
        xtest.fake_input(self.display, X.ButtonPress, button)
        xtest.fake_input(self.display, X.ButtonRelease, button)
        self.display.sync()


class Window:
    def __init__(self, desktop, window):
        self.desktop, self.window = desktop, window

    def title(self):
        return self.window.get_wm_name()

    def size(self):
        about = self.window.get_geometry()
        return about.width, about.height

    def focus(self):
        self.window.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
        self.desktop.display.sync()

    def resize(self, width, height):
        self.window.configure(x=0, y=0, width=width, height=height)
        self.desktop.display.sync()

    def middle(self):
        place = self.window.translate_coords(self.desktop.root, 0, 0)
        width, height = self.size()
        return -place.x + width // 2, -place.y + height // 2

    def ask_to_close(self):
        """What a window manager does when its button is clicked."""
        atom = self.desktop.display.intern_atom
        self.window.send_event(event.ClientMessage(
            window=self.window, client_type=atom("WM_PROTOCOLS"),
            data=(32, [atom("WM_DELETE_WINDOW"), X.CurrentTime, 0, 0, 0])))
        self.desktop.display.sync()

    def rows(self):
        """What is seen, as red, green, blue for each pixel."""
        width, height = self.size()
        data = self.window.get_image(0, 0, width, height, X.ZPixmap, 0xffffffff).data
        rows = []
        for y in range(height):
            line = data[4 * width * y:4 * width * (y + 1)]
            rgb = bytearray(3 * width)
            rgb[0::3], rgb[1::3], rgb[2::3] = line[2::4], line[1::4], line[0::4]
            rows.append(bytes(rgb))
        return rows

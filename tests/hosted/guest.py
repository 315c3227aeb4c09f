# SPDX-License-Identifier: BSD-2-Clause
"""A machine that is emulated on this system, the images it runs, and its disks."""
import os
import pathlib
import resource
import subprocess
import time

import pexpect

from picture import Picture

PROMPT = "guest# "
PATIENCE = 60  # seconds for what takes a few, on a busy host


class Guest(pexpect.spawn):
    """A running machine, on whose first serial line tests read and type.

    Everything it prints is also kept in a log.
    """

    def __init__(self, command, log, limits={}, environment={}):
        def limit():
            for name, value in limits.items():
                resource.setrlimit(getattr(resource, name), (value, value))

        self.log = open(log, "w", encoding="utf-8")
        # No window on the desktop of who runs the tests.
        own = {name: value for name, value in os.environ.items()
               if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        super().__init__(command[0], command[1:], timeout=PATIENCE, encoding="utf-8",
                         codec_errors="replace", echo=False, preexec_fn=limit,
                         env={**own, **environment})
        self.logfile_read = self.log
        self.delaybeforesend = None

    def prompt(self):
        """Waits until the shell takes a command."""
        self.expect_exact(PROMPT)

    def shell(self):
        """Waits for the shell after a start and makes what it prints predictable."""
        self.prompt()
        # No messages in between, no line breaks in what is typed.
        self.sendline("dmesg -n 1; stty cols 1000; echo rea''dy")
        self.expect("ready\r")
        self.prompt()

    def run(self, command, status=0):
        """Runs a command in the guest's shell and returns what it prints."""
        # In the echo of the command there is no number between the signs.
        self.sendline(f"{command}; echo \"<$?>\"")
        self.expect_exact('; echo "<$?>"')
        self.expect(r"<(\d+)>\r")
        text = self.before.replace("\r", "").strip()
        assert int(self.match[1]) == status, f"{command}: {text}"
        self.prompt()
        return text

    def type(self, text):
        """Types on the machine's keyboard, and then on the serial line again."""
        self.send("\x01k")
        self.expect("typing goes to the keyboard\r")
        for key in [text] if text.isprintable() else text:
            self.send(key)
        self.send("\x01k")
        self.expect("typing goes to the serial line\r")

    def picture(self):
        """The screen; the machine must have been started with --screenshot."""
        self.send("\x01p")
        self.expect(r"screen saved to ([^\r]+)\r|shows no picture\r")
        return self.match[1] and Picture(pathlib.Path(self.match[1]))

    def screen(self, text, limit=PATIENCE):
        """Waits for text on the VGA's text screen and returns the screen's rows."""
        deadline = time.monotonic() + limit
        while True:
            picture = self.picture()
            rows = picture.text() if picture and picture.width in (640, 720) else []
            if text in "\n".join(rows):
                return rows
            assert time.monotonic() < deadline, "\n".join([f"no {text!r} on the screen:", *rows])
            time.sleep(0.3)

    def leave(self):
        """Ends the emulator by its keys and returns its exit status."""
        self.send("\x01x")
        return self.end()

    def end(self):
        """Waits for the emulator's end and returns its exit status."""
        self.expect(pexpect.EOF)
        self.close()
        return self.exitstatus

    def stop(self):
        self.close(force=True)
        self.log.close()


def image(name, family="arm"):
    """The path of a guest image."""
    folder = os.environ.get("GUESTS")
    assert folder, "GUESTS isn't set; run the tests by make, or set it to CACHE/guests"
    path = f"{folder}/{family}/{name}"
    assert os.path.exists(path), f"there is no {path}; run: make guests"
    return path


def linux(machine, *arguments, append=""):
    """The arguments that boot Linux on a machine to its shell."""
    console = "ttyS0" if machine == "pc" else "ttyAMA0"
    if machine == "pc":
        files = ["--kernel", image("debian-vmlinuz", "x86"),
                 "--initrd", image("debian-initrd.gz", "x86")]
    elif machine == "vexpress-a9":
        files = ["--kernel", image("zImage"), "--dtb", image("vexpress-v2p-ca9.dtb"),
                 "--initrd", image("initrd.gz")]
    elif machine == "virt-small":
        machine = "virt"
        files = ["--kernel", image("zImage"), "--initrd", image("initrd.gz")]
    else:
        files = ["--kernel", image("debian-vmlinuz"), "--initrd", image("debian-initrd.gz")]
    return [machine, *files, "--append", f"console={console} {append}".strip(),
            *map(str, arguments)]


def read_from_disk(path, name):
    """What a file holds, read without mounting; the file system must be consistent."""
    checked = subprocess.run(["/sbin/e2fsck", "-f", "-n", str(path)], capture_output=True,
                             text=True)
    assert checked.returncode == 0, checked.stdout
    return subprocess.run(["/sbin/debugfs", "-R", f"cat {name}", str(path)], check=True,
                          capture_output=True, text=True).stdout


def boot_sector(path, source):
    """An image whose first sector has the assembled source."""
    parts = [str(path) + suffix for suffix in (".o", ".bin")]
    subprocess.run(["as", "--32", "-o", parts[0], "-"], input=source, text=True, check=True)
    subprocess.run(["objcopy", "-O", "binary", "-j", ".text", *parts], check=True)
    with open(parts[1], "rb") as file:
        code = file.read()
    path.write_bytes(code.ljust(510, b"\0") + b"\x55\xaa" + bytes(1 << 20))
    return path

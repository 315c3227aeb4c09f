# SPDX-License-Identifier: BSD-2-Clause
"""Media that people have, unmodified, in the PC: what is on the screen, typed on the keyboard.

Tests marked `long` take minutes; `make check-media` runs them.
"""
import gzip
import re
import time

import pexpect
import pytest

from guest import Guest, boot_sector, image
from picture import letters_of_psf
from test_time import processor_seconds, rate_error, take_samples


@pytest.fixture
def show(start, tmp_path):
    """show(argument...) starts a PC that can be asked for its screen, with no disk changed."""

    def show(*arguments):
        return start("pc", "--snapshot", "--screenshot", tmp_path / "screen.png", *arguments)

    return show


@pytest.fixture(scope="module")
def linux_from_grub(build, l4vm, tmp_path_factory):
    """Debian's kernel, started by way of the firmware's menu and of GRUB's."""
    folder = tmp_path_factory.mktemp("grub")
    guest = Guest([l4vm, "emu", "pc", "--snapshot", "--screenshot", str(folder / "screen.png"),
                   "--boot", "m", "--memory", "256M",
                   "--disk", image("grub-disk.img", "x86"),
                   "--cdrom", image("memtest.iso", "x86"),
                   "--floppy", image("syslinux-floppy.img", "x86")],
                  f"{build}/log/hosted-linux_from_grub", {})
    guest.screen("Press ESC for boot menu.")
    guest.type("\x1b")
    menu = guest.screen("Select boot device:")
    entries = [re.match(r"(\d)\. .*(Hard-Disk|DVD/CD|Floppy)", row) for row in menu]
    entries = {entry[2]: entry[1] for entry in entries if entry}
    assert len(entries) == 3, menu
    guest.type(entries["Hard-Disk"])
    guest.screen("*Debian's kernel")
    guest.sendline()
    guest.shell()
    yield guest
    guest.stop()


@pytest.mark.slow
def test_grub_starts_shells_on_screen_and_serial_line(linux_from_grub):
    guest = linux_from_grub
    assert "686" in guest.run("uname -r")
    guest.screen("guest#")
    guest.type("echo $((6*7)) >/tmp/from-screen; echo typed: $((7*8))\r")
    guest.screen("typed: 56")
    assert guest.run("cat /tmp/from-screen") == "42"


def cost(guest, seconds):
    """The part of a CPU that it uses."""
    used, since = processor_seconds(guest.pid), time.monotonic()
    guest.run(f"sleep {seconds}")
    return (processor_seconds(guest.pid) - used) / (time.monotonic() - since)


@pytest.mark.slow
def test_idle_guest_uses_little(linux_from_grub):
    """This kernel has 250 ticks a second, always.  Whoever else is busy on the host makes each
    of them dearer, never cheaper."""
    linux_from_grub.run("sleep 2")  # what starts late
    costs = [cost(linux_from_grub, 5) for _ in range(3)]
    assert min(costs) <= 0.03, costs


@pytest.mark.long
def test_clock_goes_as_the_hosts(linux_from_grub):
    """Not on a host that is very busy: see CAVEATS.md."""
    first = take_samples(linux_from_grub)
    linux_from_grub.run("sleep 58")
    assert abs(rate_error(first, take_samples(linux_from_grub))) <= 100e-6


def memtest_goes_on(guest, condition, limit):
    """Waits until its screen is as told; there must never be an error on it."""
    deadline = time.monotonic() + limit
    while True:
        text = "\n".join(guest.picture().text())
        assert not re.search(r"Errors: *[1-9]", text), text
        if re.search(condition, text):
            return text
        assert time.monotonic() < deadline, text
        time.sleep(0.5)


@pytest.mark.slow
def test_syslinux_starts_memtest_from_a_floppy(show):
    guest = show("--boot", "a", "--memory", "16M",
                 "--floppy", image("syslinux-floppy.img", "x86"))
    guest.screen("boot:")
    guest.type("cpu 1\r")
    guest.screen("eax :       1667 0x00000683")
    guest.type("memtest\r")
    guest.screen("<Enter> to start testing")
    guest.type("\r")
    memtest_goes_on(guest, r"Test #([3-9]|10) .*(\n.*)*Memory *: *16MB", 60)


@pytest.mark.slow
def test_grubs_rescue_cd(show):
    guest = show("--cdrom", image("grub-cdrom.iso", "x86"))
    guest.screen("will be executed automatically")
    guest.type("c")
    guest.screen("grub>")
    guest.type("ls\r")
    guest.screen("(cd)")
    guest.type("halt\r")
    assert guest.end() == 0


@pytest.mark.long
def test_grubs_rescue_floppy(show):
    guest = show("--boot", "a", "--floppy", image("grub-floppy.img", "x86"))
    guest.screen("will be executed automatically")
    guest.type("c")
    guest.screen("grub>")
    guest.type("ls\r")
    guest.screen("(fd0)")
    guest.type("reboot\r")
    guest.screen("SeaBIOS")
    guest.screen("GNU GRUB")


@pytest.mark.long
def test_ipxe_comes_to_its_command_line(show):
    guest = show("--cdrom", image("ipxe.iso", "x86"))
    guest.screen("Press Ctrl-B")
    guest.type("\x02")
    guest.screen("iPXE>")
    guest.type("show version\r")
    guest.screen("builtin/version:string")


@pytest.mark.long
def test_memtest_passes(show):
    """Its CD, 16 MiB, all ten tests; one of them waits 160 s."""
    guest = show("--boot", "d", "--memory", "16M", "--cdrom", image("memtest.iso", "x86"))
    guest.screen("<Enter> to start testing")
    guest.type("\r")
    text = memtest_goes_on(guest, r"Pass: +1 ", 900)
    assert re.search(r"Status: Pass", text), text


INSTALLER_FONT = "/usr/share/consolefonts/Uni2-Fixed16.psf.gz"


@pytest.mark.long
def test_installer_comes_to_its_first_dialog(show):
    """Debian's for i386 from a CD.  It shows 1024 x 768 pixels, in a font of its own that
    has the same letters as one of console-setup."""
    guest = show("--boot", "d", "--memory", "512M", "--cdrom", image("installer.iso", "x86"))
    guest.screen("boot:")
    with gzip.open(INSTALLER_FONT) as file:
        letters = letters_of_psf(file.read())

    def dialog():
        picture = guest.picture()
        if not picture or picture.width != 1024:
            return None, ""
        return picture, "\n".join(picture.text(letters, columns=128))

    deadline = time.monotonic() + 300
    while "Choose the language" not in dialog()[1]:
        assert time.monotonic() < deadline, dialog()[1]
        time.sleep(2)
    picture, text = dialog()
    row = next(i for i, line in enumerate(text.split("\n"))
               if re.search(r"English +- +English", line))
    chosen = picture.pixel(8 * 40, 16 * row + 1)
    guest.type("\x1b[B")
    time.sleep(2)
    assert dialog()[0].pixel(8 * 40, 16 * row + 1) != chosen, "the bar doesn't move"
    assert dialog()[0].pixel(8 * 40, 16 * (row + 1) + 1) == chosen


def figures_of(start, disk):
    """What --stats says when a boot sector has run to its end, which it reports."""
    guest = start("pc", "--disk", disk, "--log", "guest", "--stats")
    guest.expect_exact("Booting from 0000:7c00")
    guest.expect(r"debug port: !\r")
    guest.send("\x01x")
    guest.expect(pexpect.EOF)
    return {name: int(value) for name, value in re.findall(r"([a-z -]+[a-z]) +(\d+)", guest.before)}


# To the debug port: that it is done.
REPORT = r"""
	movb $'!', %al
	outb %al, $0xe9
	movb $10, %al
	outb %al, $0xe9
	hlt
"""

SWITCHES = r"""
	.code16
	cli
	lgdtl %cs:0x7c00 + table
	movl $20000, %ecx
again:	movl %cr0, %eax
	orb $1, %al
	movl %eax, %cr0
	jmp 1f
1:	andb $0xfe, %al
	movl %eax, %cr0
	jmp 2f
2:	decl %ecx
	jnz again
""" + REPORT + r"""
	.balign 4
table:	.word 0
	.long 0
"""


def test_protected_mode_and_back_drops_no_mappings(start, tmp_path):
    """Loaders do it for each call of the BIOS."""
    figures = figures_of(start, boot_sector(tmp_path / "boot.img", SWITCHES))
    assert figures["table flushes"] < 1000


LOOKS_FOR_KEYS = r"""
	.code16
	cli
	movw $3000, %bx
again:	movl $50000, %ecx
1:	decl %ecx
	jnz 1b
	inb $0x64, %al
	decw %bx
	jnz again
""" + REPORT


def test_work_with_looks_for_keys_is_not_rest(start, tmp_path):
    figures = figures_of(start, boot_sector(tmp_path / "boot.img", LOOKS_FOR_KEYS))
    assert figures["guest instructions"] > 300e6
    assert figures["time idle"] < 300

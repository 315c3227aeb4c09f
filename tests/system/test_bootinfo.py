# SPDX-License-Identifier: BSD-2-Clause
"""What the boot loader hands over reaches the root task: a frame buffer, many modules."""
import re
import struct
import subprocess
import time

import pytest

GRUB_MENU = """
serial --unit=0 --speed=115200
terminal_input console serial
terminal_output console serial
set timeout=0
menuentry "bootinfo" {{
	{multiboot} /boot/l4vm
{setup}
	{module} /boot/sigma0 sigma0
	{module} /boot/bootinfo bootinfo
}}
"""
GRAPHICS = "insmod all_video\nset gfxpayload=800x600x32"


@pytest.fixture
def boot_grub(build, start, tmp_path):
    """boot_grub(PROTOCOL, SETUP) boots bootinfo from a CD image with these lines in its entry."""

    def boot_grub(protocol, setup):
        suffix = "2" if protocol == 2 else ""
        folder = tmp_path / "image/boot"
        (folder / "grub").mkdir(parents=True)
        (folder / "grub/grub.cfg").write_text(GRUB_MENU.format(
            setup=setup, multiboot="multiboot" + suffix, module="module" + suffix))
        for source, name in (("l4vm", "l4vm"), ("bin/sigma0", "sigma0"),
                             ("bin/bootinfo", "bootinfo")):
            (folder / name).write_bytes(open(f"{build}/{source}", "rb").read())
        iso = tmp_path / "image.iso"
        subprocess.run(["grub-mkrescue", "-o", iso, tmp_path / "image"], check=True,
                       capture_output=True)
        return start("-cdrom", str(iso), "-vga", "std")

    return boot_grub


def pixels(machine, path):
    """A picture of the display as width, height and bytes of red, green and blue."""
    machine.send("\x01c")
    machine.expect(r"\(qemu\)")
    machine.sendline(f"screendump {path}")
    machine.expect(r"\(qemu\)")
    for _ in range(50):
        if path.exists() and re.match(rb"P6\s(\d+) (\d+)\s255\s", path.read_bytes()):
            break
        time.sleep(0.1)
    header = re.match(rb"P6\s(\d+) (\d+)\s255\s", path.read_bytes())
    return int(header[1]), int(header[2]), path.read_bytes()[header.end():]


def test_frame_buffer_as_the_kernel_prefers(boot_grub, tmp_path):
    machine = boot_grub(2, "")
    machine.expect(r"framebuffer [0-9a-f]+ pitch 4096, 1024x768x32 type 1, "
                   r"red 16:8 green 8:8 blue 0:8\r")
    machine.expect("painted")
    width, height, picture = pixels(machine, tmp_path / "display.ppm")
    assert (width, height) == (1024, 768)
    line = [picture[3 * x:3 * x + 3] for x in (0, 15, 16, 31, 32, 47, 48)]
    assert line == [b"\xff\0\0"] * 2 + [b"\0\xff\0"] * 2 + [b"\0\0\xff"] * 2 + [b"\0\0\0"]


def test_frame_buffer_as_the_menu_says(boot_grub):
    machine = boot_grub(2, GRAPHICS)
    machine.expect(r"framebuffer [0-9a-f]+ pitch 3200, 800x600x32 type 1,")
    machine.expect("painted")


@pytest.mark.parametrize("protocol, setup", [(2, "set gfxpayload=text"), (1, "")],
                         ids=["multiboot2", "multiboot1"])
def test_boots_without_frame_buffer(boot_grub, protocol, setup):
    machine = boot_grub(protocol, setup)
    machine.expect(r"\n\d+ records\r")
    assert "painted" not in machine.before


def test_many_large_modules(build, start, tmp_path):
    count, size = 62, 3 << 20
    names = []
    for i in range(count):
        path = tmp_path / f"module-{i}-{'with-a-long-name' * 6}"
        with open(path, "wb") as file:
            file.write(struct.pack("<I", i))
            file.truncate(size + 4 * i)
            file.seek(-4, 2)
            file.write(struct.pack("<I", 1000 + i))
        names.append(str(path))
    modules = [f"{build}/bin/sigma0", f"{build}/bin/bootinfo", *names]
    machine = start("-kernel", f"{build}/l4vm", "-initrd", ",".join(modules), memory="512M")
    machine.expect(rf"\n{count + 2} records\r")
    found = re.findall(r"module (\w+) (\d+) (\S+) ?: (\w+) (\w+)\r", machine.before)
    assert [name for _, _, name, _, _ in found] == names
    for i, (place, length, _, first, last) in enumerate(found):
        assert int(place, 16) % 4096 == 0
        assert (int(length), int(first, 16), int(last, 16)) == (size + 4 * i, i, 1000 + i)

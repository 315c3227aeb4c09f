# SPDX-License-Identifier: BSD-2-Clause
"""The console server on a PC: what clients draw is on the display, and who gets the keys.

Each test runs with a plain VGA and with a frame buffer from GRUB.
"""
import os
import shutil
import subprocess
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from screen import Font, Monitor  # noqa: E402

CONSOLE = """program = "console"; priority = <200>; memory = /bits/ 64 <0x100000>;
    ports = <0x3b0 0x30 0x60 1 0x64 1>; interrupts = <1 12>;
    devices = /bits/ 64 <0xa0000 0x20000>; framebuffer;"""
CLIENT = 'program = "console-client"; memory = /bits/ 64 <0x100000>; config { show = "%s"; };'
CHANNEL = 'client = "%s"; server = "console"; kind = "console"; bytes = /bits/ 64 <0x900000>;'
PROGRAMS = ("console", "console-client")
WIDTH, HEIGHT = 320, 200  # of the client's pixels


def compile_manifest(path, clients, config):
    tasks = f"console {{ {CONSOLE} {config} }};\n"
    tasks += "".join(f"{name} {{ {CLIENT % show} }};\n" for name, show in clients.items())
    channels = "".join(f"c-{name} {{ {CHANNEL % name} }};\n" for name in ("root", *clients))
    source = ('/dts-v1/; / { compatible = "l4vm,manifest-1"; title = "trial";\n'
              f"tasks {{ {tasks} }}; channels {{ {channels} }}; }};")
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", path], check=True, input=source,
                   text=True)


def make_iso(folder, build, manifest):
    boot = folder / "image" / "boot"
    (boot / "grub").mkdir(parents=True)
    for name in ("bin/sigma0", "bin/root", "l4vm", *(f"bin/{name}" for name in PROGRAMS)):
        shutil.copy(f"{build}/{name}", boot)
    shutil.copy(manifest, boot)
    modules = ("sigma0", "root", "manifest", *PROGRAMS)
    menu = ["insmod all_video", "multiboot2 /boot/l4vm",
            *(f"module2 /boot/{name} {name}" for name in modules), "boot"]
    (boot / "grub" / "grub.cfg").write_text("\n".join(menu) + "\n")
    subprocess.run(["grub-mkrescue", "-o", folder / "iso", folder / "image"], check=True,
                   capture_output=True)
    return folder / "iso"


@pytest.fixture
def font(build):
    return Font(build)


@pytest.fixture(params=["vga", "framebuffer"])
def run(request, build, boot, start, tmp_path):
    """run({name: what it shows}, config="") boots; returns the machine and its monitor."""

    def run(clients, config=""):
        manifest = tmp_path / "manifest"
        compile_manifest(manifest, clients, config)
        monitor = ("-monitor", f"unix:{tmp_path}/monitor,server,nowait", "-serial", "stdio")
        if request.param == "vga":
            modules = [f"{build}/bin/{name}" for name in ("sigma0", "root", *PROGRAMS)]
            machine = start("-kernel", f"{build}/l4vm", "-initrd",
                            ",".join([*modules, str(manifest)]), *monitor)
        else:
            machine = start("-cdrom", str(make_iso(tmp_path, build, manifest)), *monitor)
        machine.is_vga = request.param == "vga"
        machine.expect(r"\[console\] " + ("VGA" if machine.is_vga else "frame buffer of 1024 x 768"))
        return machine, Monitor(tmp_path / "monitor")

    return run


def wait_for_clients(machine, count):
    for _ in range(count):
        machine.expect(r"\] open, (640 x 480|1024 x 768)")


def near(a, b):
    """Colours that are the same with 6 bits a component."""
    return all(abs(x - y) < 4 for x, y in zip(a, b))


def few(x, y):
    index = (x // 3 + y) % 16
    return index * 16, index * 12, index * 4


def many(x, y):
    return x * 4 // 5, y, 64


def origin(machine):
    """Where the client's pixels begin, and their size on the display."""
    zoom = 2 if machine.is_vga else 3
    width, height = (640, 480) if machine.is_vga else (1024, 768)
    return (width - WIDTH * zoom) // 2, (height - HEIGHT * zoom) // 2, zoom


def shows(machine, picture, colour, tolerance=4):
    left, top, zoom = origin(machine)
    if (picture.width, picture.height) not in ((640, 480), (1024, 768)):
        return False
    for y in range(HEIGHT):
        for x in range(WIDTH):
            got = picture.pixel(left + x * zoom + (x + y) % zoom, top + y * zoom + x % zoom)
            if any(abs(g - w) >= tolerance for g, w in zip(got, colour(x, y))):
                return False
    return True


def test_start_screen(run, font):
    machine, monitor = run({"sun": "nothing"})
    wait_for_clients(machine, 1)
    picture = monitor.until(lambda p: "L4VM" in p.text(font)[8])
    text = picture.text(font)
    assert "console of sun" in text[11] and "Ctrl+Alt+F1, F2" in text[14]


def test_text_is_exact(run, font):
    machine, monitor = run({"sun": "text"})
    wait_for_clients(machine, 1)
    # The top row is drawn first: a picture with the last one is complete.
    picture = monitor.until(lambda p: p.text(font)[24] == " " * 74 + "bottom")
    assert picture.text(font)[0] == "This is the top row of sun"
    assert picture.text(font)[10].startswith("A" * 16)
    width = 9 if machine.is_vga else 8
    left, top = (picture.width - 80 * width) // 2, (picture.height - 400) // 2
    glyphs = [picture.cell(left + i % 64 * width, top + (4 + i // 64) * 16, b"\0\0\0")[1]
              for i in range(256)]
    assert glyphs == font.glyph
    backgrounds = [picture.cell(left + i * width, top + 160)[0] for i in range(16)]
    assert near(backgrounds[0], (255, 255, 255)) and near(backgrounds[15], (0, 0, 0))
    assert near(backgrounds[9], (170, 85, 0)) and near(backgrounds[3], (255, 85, 85))
    assert len(set(map(bytes, backgrounds))) == 16


def test_pixels_of_few_colours_are_exact(run):
    machine, monitor = run({"sun": "few"})
    wait_for_clients(machine, 1)
    picture = monitor.until(lambda p: shows(machine, p, few))
    left, top, zoom = origin(machine)
    assert picture.pixel(left + 5, top - 1) == (0, 0, 0), "the border is dark"
    assert picture.pixel(left + 5, top + HEIGHT * zoom) == (0, 0, 0)


def test_pixels_of_many_colours_are_near(run):
    machine, monitor = run({"sun": "many"})
    wait_for_clients(machine, 1)
    monitor.until(lambda p: shows(machine, p, many, 50 if machine.is_vga else 1))


def test_switching_and_banner(run, font):
    machine, monitor = run({"sun": "text", "mac": "few", "pc": "text"}, 'config { first = "pc"; };')
    wait_for_clients(machine, 3)
    monitor.until(lambda p: p.text(font)[0] == "This is the top row of pc")
    monitor.command("sendkey ctrl-alt-f1")
    machine.expect(r"\[sun\] visible")
    picture = monitor.until(lambda p: p.text(font)[24].endswith("bottom"))
    assert picture.text(font)[0] == " F1  sun"
    monitor.until(lambda p: p.text(font)[0] == "This is the top row of sun", 5)
    monitor.command("sendkey ctrl-alt-f2")
    machine.expect(r"\[mac\] visible")
    picture = monitor.until(lambda p: p.text(font, rows=1, left=0, top=0)[0].startswith(" F2  mac"))
    assert shows(machine, picture, few), "below the banner"
    monitor.until(lambda p: p.text(font, rows=1, left=0, top=0)[0] == "", 5)
    monitor.command("sendkey ctrl-alt-right")
    machine.expect(r"\[pc\] visible")
    monitor.command("sendkey ctrl-alt-left")
    machine.expect(r"\[mac\] visible")
    monitor.command("sendkey ctrl-alt-f12")
    monitor.until(lambda p: p.text(font)[0] == " F12  root")
    monitor.until(lambda p: any("[mac] hidden" in line for line in p.text(font)))


def test_report(run):
    machine, monitor = run({"sun": "text", "moon": "many"}, "config { report; };")
    machine.expect(r"\] sun: frame 1 is shown \d+ ticks after reset")
    monitor.command("sendkey ctrl-alt-f2")
    machine.expect(r"\] moon: frame 1 is shown \d+ ticks after the key")
    monitor.command("sendkey ctrl-alt-f1")
    machine.expect(r"\] sun: frame 1 is shown \d+ ticks after the key")


def test_keys_reach_only_the_focused(run):
    machine, monitor = run({"sun": "text", "mac": "text"})
    wait_for_clients(machine, 2)
    monitor.command("sendkey a")
    machine.expect(r"\[sun\] down 4\r")
    machine.expect(r"\[sun\] up 4\r")
    monitor.command("sendkey ctrl-alt-f2")
    machine.expect(r"\[sun\] all up")
    monitor.command("sendkey shift-b")
    machine.expect(r"\[mac\] down e1\r")
    machine.expect(r"\[mac\] down 5\r")
    machine.expect(r"\[mac\] up 5\r")
    machine.expect(r"\[mac\] up e1\r")
    for key, usage in (("pgup", "4b"), ("f12", "45"), ("kp_enter", "58"), ("delete", "4c"),
                       ("alt_r", "e6"), ("pause", "48"), ("print", "46"), ("esc", "29")):
        monitor.command(f"sendkey {key}")
        machine.expect(rf"\[mac\] down {usage}\r")
        machine.expect(rf"\[mac\] up {usage}\r")
    log = open(machine.log.name, encoding="utf-8").read()
    assert log.count("[sun] down") == 3, "a, Ctrl and Alt"
    assert "3b" not in log.replace("[sun]", "").split("all up")[0]
    assert "down 3b" not in log, "F2 is nobody's"


def test_mouse(run):
    machine, monitor = run({"sun": "text"})
    wait_for_clients(machine, 1)
    time.sleep(0.5)
    monitor.command("mouse_move 10 -4")
    machine.expect(r"\[sun\] mouse 10 -4 0 0\r")
    monitor.command("mouse_button 1")
    machine.expect(r"\[sun\] mouse 0 0 0 1\r")
    monitor.command("mouse_button 0")
    machine.expect(r"\[sun\] mouse 0 0 0 0\r")
    monitor.command("mouse_move 0 0 1")
    machine.expect(r"\[sun\] mouse 0 0 -?1 0\r")


def test_hostile_client_keeps_nobody_from_switching(run, font):
    machine, monitor = run({"sun": "text", "mac": "text"})
    wait_for_clients(machine, 2)
    monitor.until(lambda p: p.text(font)[0] == "This is the top row of sun")
    monitor.command("sendkey x")
    machine.expect(r"hostile now")
    time.sleep(2)
    monitor.command("sendkey ctrl-alt-f2")
    machine.expect(r"\[mac\] visible")
    monitor.until(lambda p: p.text(font)[0] == "This is the top row of mac")
    monitor.command("sendkey a")
    machine.expect(r"\[mac\] down 4\r")
    assert "crashed" not in open(machine.log.name, encoding="utf-8").read()

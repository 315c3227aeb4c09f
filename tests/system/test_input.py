# SPDX-License-Identifier: BSD-2-Clause
"""The PC's mouse and the manager's keys reach a guest's Linux."""
import re
import struct

import pytest

from machines import MIB, System, image, machine
from monitor import Monitor
from servers import console_server, manager, serial_server, write_manifest
from test_manager import Commands

EVENT = "<HHi"  # Linux's struct input_event behind its two words of time
EV_SYN, EV_KEY, EV_REL = range(3)
REL_X, REL_Y = range(2)
KEY_LEFTCTRL, KEY_LEFTALT, KEY_DELETE = 29, 56, 111


@pytest.fixture
def system(build, start, tmp_path):
    """Boots a `vexpress-a9` whose console is shown; returns its shell, the manager's
    commands, QEMU's monitor."""
    files = ["zImage", "initrd.gz", "vexpress-v2p-ca9.dtb"]
    paths = [image(name) for name in files]
    write_manifest(
        tmp_path / "manifest",
        [serial_server("machine-readable;"), console_server("arm"), manager(),
         machine("arm", "vexpress-a9", 'kernel = "zImage"; initrd = "initrd.gz"; '
                 'dtb = "vexpress-v2p-ca9.dtb";', files, extra=16 * MIB)],
        [("root", "serial"), ("arm", "console"), ("manager", "console"), ("arm", "serial"),
         ("manager", "serial")])
    monitor = Monitor(tmp_path / "monitor", build)
    modules = [f"{build}/bin/{name}"
               for name in ("sigma0", "root", "serial", "console", "manager", "vmm")]
    modules += [*paths, str(tmp_path / "manifest")]
    pc = start("-kernel", f"{build}/l4vm", "-initrd", ",".join(modules), *monitor.options,
               memory="192M", cpus=2)
    shell = System(pc, [])
    shell.await_shells(["arm"])
    return shell, Commands(pc), monitor


def record(shell, device, file, count):
    """Has so many of a device's events written to a file."""
    path = shell.run("arm", f"grep -l {device} /sys/class/input/event*/device/name")
    event = re.search(r"event\d+", path)[0]
    shell.type("arm", f"dd if=/dev/input/{event} of={file} bs=16 count={count} 2>/dev/null &")
    assert shell.run("arm", "sleep 1; echo up") == "up"


def recorded(shell, file, count):
    """Type, code and value of each event, once all have come."""
    shell.type("arm", "wait")
    events = []
    for at in range(8, 16 * count, 16):
        text = shell.run("arm", f"hexdump -v -s {at} -n 8 -e '/1 \"%02x\"' {file}")
        events.append(struct.unpack(EVENT, bytes.fromhex(text)))
    return events


def test_mouse_and_keys(system):
    shell, command, monitor = system
    record(shell, "Mouse", "/motion", 3)
    monitor.command("mouse_move 20 -10")
    assert recorded(shell, "/motion", 3) == [
        (EV_REL, REL_X, 20), (EV_REL, REL_Y, -10), (EV_SYN, 0, 0)]

    # A break is one for the driver of the serial line.
    breaks = "sed -n s/.*brk:/brk:/p /proc/tty/driver/ttyAMA"
    assert "brk:" not in shell.run("arm", breaks)
    assert command("keys arm break") == ["ok"]
    assert shell.run("arm", breaks).startswith("brk:1")

    # A PS/2 keyboard has no Stop; nothing is typed then.
    assert command("keys arm stop-a") == ["error: the machine couldn't; its log says why"]
    # Ctrl-Alt-Del is a signal to the first process then, which has the shell started anew.
    shell.type("arm", "echo 0 >/proc/sys/kernel/ctrl-alt-del")
    record(shell, "keyboard", "/keys", 18)  # of each the code, the key, an end
    assert command("keys arm cad") == ["ok"]
    keys = [event for event in recorded(shell, "/keys", 18) if event[0] == EV_KEY]
    assert [(code, value) for _, code, value in keys] == [
        (code, value) for value in (1, 0) for code in (KEY_LEFTCTRL, KEY_LEFTALT, KEY_DELETE)]

# SPDX-License-Identifier: BSD-2-Clause
"""The manager's orders to machines on L4, by command and by key: save and restore, also
what is damaged, and keys for machines without a keyboard."""
import re
import subprocess

import pytest

from machines import MIB, PATIENCE, cells, check_sums, compute_program
from monitor import Monitor
from servers import console_server, manager, serial_server, task, write_manifest
from test_manager import Commands

RAM = 16 * MIB
SECTOR = 512
COMMAND_PATIENCE = 150
MAGIC = b"L4VM machine 1\0\0"
COULD_NOT = "error: the machine couldn't; its log says why"
DAMAGES = ("good", "flipped", "short", "long", "empty")


def unit(body):
    return f"{{ state@7 {{ unit = <7>; {body} }}; }};"


def saved_machine(build, folder, program):
    """What a machine like those below saves, made by the emulator on Linux, and the last round
    that it printed."""
    path = folder / "saved"
    output = subprocess.run([f"{build}/bin/l4vm", "emu", "virt", "--memory", "16M", "--firmware",
                             program, "--stop-after", "40000000", "--save", path],
                            check=True, timeout=PATIENCE, stdout=subprocess.PIPE,
                            text=True).stdout
    return path.read_bytes(), int(re.findall("round ([0-9a-f]{8}) sum", output)[-1], 16)


def state_image(stream, damage):
    """Sectors of a state unit: a header with the stream's size, and the stream."""
    size = len(stream)
    if damage == "flipped":
        stream = bytearray(stream)
        stream[size // 2] ^= 4
    elif damage == "short":
        size -= 100
    elif damage == "long":
        size = 1 << 40
    header = (MAGIC if damage != "empty" else bytes(16)) + size.to_bytes(8, "little")
    data = header.ljust(SECTOR, b"\0") + bytes(stream)
    return data.ljust(-(-len(data) // SECTOR) * SECTOR + SECTOR, b"\0")


@pytest.fixture
def system(build, start, tmp_path):
    """Boots a machine `pc` that can save itself, with one for each kind of damage that is
    off; returns the PC, the manager's commands, QEMU's monitor, and the round in the states."""
    program = compute_program(tmp_path)
    stream, at = saved_machine(build, tmp_path, program)
    names = ["pc", *DAMAGES]
    places = {"pc": "processor = <0>;", **dict.fromkeys(DAMAGES, "off; processor = <1>;")}
    clients = ["pc " + unit(f"bytes = {cells(8 * MIB)};")]
    for damage in DAMAGES:
        (tmp_path / f"{damage}.img").write_bytes(state_image(stream, damage))
        body = f'image = "{damage}.img"; copy-on-write;'
        clients.append(f"{damage} {unit(body)}")
    images = [f"{damage}.img" for damage in DAMAGES]
    modules = ", ".join(f'"{name}"' for name in images)
    write_manifest(
        tmp_path / "manifest",
        [serial_server("machine-readable;"), console_server("manager"),
         task("block", "block", f"modules = {modules}; config {{ clients {{ "
              f'{" ".join(clients)} }}; }};', memory=16 * MIB, priority=150), manager(),
         *(task(name, "vmm", 'kind = "virt"; machine; confined; modules = "compute"; '
                f'{places[name]} ram = {cells(RAM)}; config {{ machine = "virt"; memory = {cells(RAM)}; '
                'firmware = "compute"; };', memory=RAM + 8 * MIB, priority=90)
           for name in names)],
        [("root", "serial"), ("manager", "console"), ("manager", "serial"),
         *((name, server) for name in names for server in ("serial", "block"))])
    monitor = Monitor(tmp_path / "monitor", build)
    files = [f"{build}/bin/{name}"
             for name in ("sigma0", "root", "serial", "console", "block", "manager", "vmm")]
    files += [str(tmp_path / name) for name in ["compute", *images, "manifest"]]
    pc = start("-kernel", f"{build}/l4vm", "-initrd", ",".join(files), *monitor.options,
               memory="256M", cpus=2)
    next_round(pc, "pc")
    return pc, Commands(pc), monitor, at


def next_round(pc, name):
    pc.expect(rf"(?m)^{name}: compute: round ([0-9a-f]{{8}}) sum", timeout=PATIENCE)
    return int(pc.match[1], 16)


def jumps(pc, name):
    """Where a machine's rounds don't follow each other: the round before, the one after."""
    rounds = [int(number, 16) for number in re.findall(
        rf"(?m)^{name}: compute: round ([0-9a-f]{{8}}) sum [0-9a-f]{{8}}\r?$", log_of(pc))]
    return [(old, new) for old, new in zip(rounds, rounds[1:]) if new != old + 1]


def next_jump(pc, name, number):
    """The one with this number, 0 for the first; lines from before may still come."""
    for _ in range(1000):
        if len(jumps(pc, name)) > number:
            break
        next_round(pc, name)
    assert len(jumps(pc, name)) == number + 1
    return jumps(pc, name)[number]


def log_of(pc):
    with open(pc.log.name, encoding="utf-8") as file:
        return file.read()


def test_save_and_restore(system):
    pc, command, monitor, _ = system
    assert command("restore pc", COMMAND_PATIENCE) == [COULD_NOT]
    assert re.search(r"\[pc\] there is no saved machine", log_of(pc))
    saved_at = next_round(pc, "pc")
    assert command("save pc", COMMAND_PATIENCE) == ["ok"]
    after = next_round(pc, "pc")
    while next_round(pc, "pc") < after + 40:
        pass
    assert command("restore pc", COMMAND_PATIENCE) == ["ok"]
    old, new = next_jump(pc, "pc", 0)
    assert saved_at < new <= after < old

    # The same by keys.
    monitor.wait_for(r"^ pc +virt +running")
    monitor.keys("v")
    monitor.wait_for(r"^ pc: state saved", 60)
    assert command("memory")[-1] == "ok"  # what came before has been read then
    after = next_round(pc, "pc")
    while next_round(pc, "pc") < after + 40:
        pass
    monitor.keys("shift-v")
    monitor.wait_for(r"\(y/n\)")
    monitor.keys("y")
    monitor.wait_for(r"^ pc: state restored", 60)
    old, new = next_jump(pc, "pc", 1)
    assert new <= after < old
    assert check_sums(log_of(pc), "pc") > 80


def test_damaged_states(system):
    pc, command, _, at = system
    reasons = {"flipped": "damaged: wrong checksum", "short": "damaged: wrong checksum",
               "long": "there is no saved machine", "empty": "there is no saved machine"}
    for name, reason in reasons.items():
        assert command(f"start {name}") == ["ok"]
        before = next_round(pc, name)
        assert command(f"restore {name}", COMMAND_PATIENCE) == [COULD_NOT]
        assert re.search(rf"\[{name}\] .*{reason}", log_of(pc))
        # It goes on where it was, and so does the other.
        assert next_round(pc, name) > before
        next_round(pc, "pc")
        fields = command.list()[name]
        assert (fields["state"], fields["restarts"]) == ("running", "0")
        assert command(f"stop {name}") == ["ok"]
    # What the same emulator saved on Linux can be restored.
    assert command("start good") == ["ok"]
    next_round(pc, "good")
    assert command("restore good", COMMAND_PATIENCE) == ["ok"]
    _, new = next_jump(pc, "good", 0)
    assert new in (at, at + 1, at + 2)  # it may have been in the midst of a line
    next_round(pc, "pc")
    assert re.search(r"\[pc\]", log_of(pc)) is None
    for name in ("pc", *DAMAGES):
        assert check_sums(log_of(pc), name) > 0


def test_keys_of_a_machine_without_keyboard(system):
    pc, command, _, _ = system
    for keys in "cad", "stop-a":
        assert command(f"keys pc {keys}") == [COULD_NOT]
        assert re.search(r"\[pc\] the machine has no keyboard with these keys", log_of(pc))
    assert command("keys pc break") == ["ok"]
    next_round(pc, "pc")

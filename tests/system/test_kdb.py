# SPDX-License-Identifier: BSD-2-Clause
"""The kernel debugger, in a kernel built with KDB=1 in a folder of its own."""
import os
import re
import subprocess

import pytest

from conftest import DEMO

CONTROL_K = "\x0b"
PROMPT = r"\nkdb> "
USER_BASE = 0x20  # with the 24 interrupts of QEMU's PC
SIGMA0, ROOT = f"{USER_BASE:08x}00000001", f"{USER_BASE + 2:08x}00000001"


@pytest.fixture(scope="session")
def kdb_build(build):
    """The build folder with the debugger; the programs are the same with and without."""
    if build.endswith("-kdb"):
        return build
    compiler = "clang" if "clang" in os.path.basename(build) else "gcc"
    result = subprocess.run(["make", f"BUILD={build}-kdb", f"COMPILER={compiler}", "KDB=1",
                             "kernel"], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return f"{build}-kdb"


@pytest.fixture
def boot_kdb(build, kdb_build, start):
    def boot_kdb(*programs, root="root", **settings):
        modules = [f"{build}/bin/{name}" for name in ("sigma0", root, *programs)]
        return start("-kernel", f"{kdb_build}/l4vm", "-initrd", ",".join(modules), **settings)

    return boot_kdb


@pytest.fixture
def demo(boot_kdb):
    """The demo runs, one program has crashed in each of two ways; the console is open."""
    machine = boot_kdb(*DEMO, "crash-opcode", "crash-write", cpus=2)
    for _ in range(2):
        machine.expect("is held")
    machine.expect(r"\[ping\].*round trips")
    enter(machine)
    return machine


def enter(machine):
    machine.send(CONTROL_K)
    machine.expect("kernel debugger on CPU")
    machine.expect(PROMPT)


def ask(machine, command):
    """What a command prints, without the echo."""
    machine.send(command + "\r")
    machine.expect(PROMPT)
    echo, _, answer = machine.before.replace("\r", "").partition("\n")
    assert echo == command
    return answer


def thread_line(machine, thread):
    lines = re.findall(rf"^{thread} .*", ask(machine, "t"), re.MULTILINE)
    assert len(lines) == 1
    return lines[0].split(maxsplit=7)


def crashed(machine):
    """The ids of crash-opcode and crash-write, by where they are in the demo."""
    spaces = dict(re.findall(r"^(\w{16}) +(\d) ", ask(machine, "t"), re.MULTILINE))
    by_space = {space: thread for thread, space in spaces.items()}
    return by_space["4"], by_space["5"]


def test_threads(demo):
    _, space, cpu, priority, state, _, _, waits = thread_line(demo, ROOT)
    assert (space, priority, state, waits) == ("1", "255", "receive", "from any")
    opcode, write = crashed(demo)
    _, _, _, _, state, ip, _, waits = thread_line(demo, opcode)
    assert state == "receive"
    assert waits == f"exception 6 from {ROOT.lstrip('0')}"
    assert ip.startswith("0000000001000")
    cpus = {line.split()[2] for line in ask(demo, "t").splitlines()[1:] if line}
    assert cpus == {"0", "1"}


def test_thread_with_registers(demo):
    opcode, _ = crashed(demo)
    number = opcode[:8].lstrip("0")
    for name in (number, opcode):
        answer = ask(demo, f"T {name}")
        assert "rbx 1badcafe1badcafe" in answer
        assert f"pager {ROOT.lstrip('0')}" in answer
    assert "no thread 77" in ask(demo, "T 77")


def test_spaces(demo):
    lines = ask(demo, "s").splitlines()
    spaces = {line.split()[0]: line for line in lines if "table" in line}
    assert sorted(spaces) == ["0", "1", "2", "3", "4", "5"]
    assert "privileged" in spaces["1"] and "privileged" not in spaces["2"]
    assert "of any KiB" in spaces["0"] and re.search(r"memory \d+ of \d+ KiB", spaces["5"])
    assert "kip 7ffffff00000+1000 utcbs 7fffffe00000+" in spaces["2"]
    ports = [line.strip() for line in lines if line.strip().startswith("ports")]
    assert ports == ["ports 3f8-3ff", "ports 0-ffff"]


def test_mappings_and_their_tree(demo):
    answer = ask(demo, "m 2")
    runs = re.findall(r"^(\w{12})-(\w{12}) to (\w{12}) ([rwx-]{3}) (\w+) (\w.*)$", answer,
                      re.MULTILINE)
    by_start = {int(run[0], 16): run for run in runs}
    text = by_start[0x1000000]
    assert text[3:] == ("r-x", "4K", "default")
    assert any(run[3] == "rw-" for run in runs)
    assert any(run[5] == "default kernel" and run[3] == "r--" for run in runs)
    tree = ask(demo, "d 1000000 2").splitlines()
    frame = int(text[2], 16)
    # root has all RAM in superpages.
    superpage = frame & -(2 << 20)
    assert [line.split() for line in tree if line] == [
        ["0", "space", "0", f"{superpage:x}", "2M", "rwx"],
        ["1", "space", "1", f"{superpage:x}", "2M", "rwx"],
        ["2", "space", "2", "1000000", "4K", "r-x"]]


def test_what_is_not_there(demo):
    assert "no space 99" in ask(demo, "m 99")
    assert "no space" in ask(demo, "d 0 ffffffffffffffff")
    assert "nothing is mapped there" in ask(demo, "d dead000 2")
    assert "nothing is mapped there" in ask(demo, "d ffff800000000000 2")
    assert "nothing is mapped there" in ask(demo, "d 123456789abcdef0 2")
    assert "kernel's" in ask(demo, "d 7ffffff00000 2")
    assert "no thread" in ask(demo, "T ffffffffffffffff")
    assert "no such command" in ask(demo, "x")
    assert "NUMBER" in ask(demo, "T")
    assert "SPACE" in ask(demo, "m zz")


def test_queues_and_timeouts(boot_kdb):
    machine = boot_kdb(root="ktest", cpus=2)
    machine.expect(r"\nok 10 ")
    enter(machine)
    # ktest's watchdog, of priority 255, sleeps for 50 ms at a time, in a receive from itself.
    watchdog = re.search(r"^0*(\w+) +1 +0 +255 .* from \1, timeout (due|in (\d+) us)$",
                         ask(machine, "t"), re.MULTILINE)
    assert watchdog and int(watchdog[3] or 0) <= 50000
    answer = ask(machine, "r")
    assert re.findall(r"^CPU (\d):", answer, re.MULTILINE) == ["0", "1"]
    assert f"  timeout of {watchdog[1]} {watchdog[2]}\n" in answer
    machine.send("g\r")
    machine.expect(r"\nok \d+ ")


def test_ready_queue(boot_kdb):
    machine = boot_kdb(*DEMO)  # on one CPU one of the two is always ready
    machine.expect(r"\[ping\].*round trips")
    enter(machine)
    ready = re.findall(r"^0*(\w+) +[23] +0 +100 (ready|running) ", ask(machine, "t"), re.MULTILINE)
    assert len(ready) == 1
    thread, state = ready[0]
    answer = ask(machine, "r")
    assert (f"CPU 0: thread {thread}," if state == "running" else
            f"  priority 100: {thread}\n") in answer


def test_exceptions(demo):
    answer = ask(demo, "e")
    exceptions, _, faults = answer.partition("page and I/O faults")
    opcode, write = crashed(demo)
    assert re.search(rf"thread {opcode} at \w+ exception 6 error 0", exceptions)
    assert re.search(rf"thread {write} at \w+ write dead000", faults)
    assert not re.search(rf"thread {opcode} .*dead000", faults)


def test_interrupts_and_memory(demo):
    assert re.search(rf"^interrupt +4 to {ROOT}", ask(demo, "i"), re.MULTILINE)
    total, used, free = map(int, re.search(r"pool (\d+) KiB, used (\d+), free (\d+)",
                                           ask(demo, "k")).groups())
    assert used + free == total and used > 0


def test_backtrace(demo):
    names = re.findall(r"^ ffffffff\w{8} (\w+)\+0x", ask(demo, "b"), re.MULTILINE)
    assert "interrupt" in names or "kernel_interrupt" in names or "kernel_trap" in names
    assert "kdb_poll" not in names


def test_help_and_editing(demo):
    helped = ask(demo, "?")
    assert all(re.search(rf"^{letter} \w", helped, re.MULTILINE) for letter in "tTsmdrkebigR")
    demo.send("xx\x7f\x08i\r")
    demo.expect("interrupt +4")
    demo.expect(PROMPT)


def test_everything_goes_on(demo):
    demo.send("g\r")
    for _ in range(2):
        demo.expect(r"\[ping\].*round trips")
    enter(demo)
    demo.send("g\r")
    demo.expect(r"\[ping\].*round trips")


def test_other_keys_are_left_to_user_level(demo):
    demo.send("g\r")
    demo.expect(r"\[ping\].*round trips")
    # The last of several that come at once; root takes them all by one interrupt.
    assert demo.leave("abcdefghijkq") == 0


def test_reset(demo):
    assert demo.leave("R\r") == 0


def test_panic_has_names_and_a_console(start, kdb_build):
    machine = start("-kernel", f"{kdb_build}/l4vm")
    machine.expect("KERNEL PANIC: 0 boot modules")
    machine.expect(PROMPT)
    names = re.findall(r" ffffffff\w{8} (\w+)\+0x", machine.before)
    assert names[:2] == ["panic", "kernel_main"]
    assert "kernel_main" in ask(machine, "b")
    for command in ("t", "T 20", "s", "m 0", "d 0 0", "r", "k", "e", "i"):
        ask(machine, command)
    assert "no way on" in ask(machine, "g")
    assert machine.leave("R\r") == 0

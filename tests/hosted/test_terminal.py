# SPDX-License-Identifier: BSD-2-Clause
"""The terminal as the machine's serial line: keys, signals, what is left behind."""
import fcntl
import os
import shlex
import signal
import subprocess
import termios
import time

import pexpect
import pytest

from guest import PATIENCE, PROMPT, linux


def test_control_a_keys(boot):
    guest = boot("virt-small")
    guest.send("\x01h")
    guest.expect("Ctrl-A then")
    guest.expect("leave")
    # Ctrl-A a is Ctrl-A for the guest.  `read` with no line editing takes it as it is.
    guest.sendline("stty raw -echo; echo start''ed; head -c 1 | od -An -tx1; stty sane")
    guest.expect("started")
    guest.send("\x01a")
    guest.expect(" 01")
    guest.prompt()
    assert guest.leave() == 0


def test_control_c_and_d_are_the_guests(boot):
    guest = boot("virt-small")
    guest.sendline("echo start''ed; cat >/dev/null")
    guest.expect("started")
    guest.send("\x03")
    guest.prompt()
    guest.sendline("echo start''ed; cat; echo fini''shed")
    guest.expect("started")
    guest.send("\x04")
    guest.expect("finished")
    guest.prompt()


def test_long_input_arrives_whole(boot):
    """More than any queue between the terminal and the guest holds."""
    guest = boot("virt-small")
    guest.sendline("stty -echo; echo start''ed; cat >/tmp/text; stty echo")
    guest.expect("started")
    for line in range(400):
        guest.sendline(f"line {line} of the text that is pasted into the terminal")
    guest.send("\x04")
    guest.prompt()
    assert guest.run("wc -l </tmp/text") == "400"
    assert guest.run("grep -c '^line [0-9]* of the text that is pasted into the terminal$' "
                     "/tmp/text") == "400"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals_end_it_in_order(boot, number, tmp_path):
    guest = boot("virt-small", "--save", tmp_path / "state")
    before = termios.tcgetattr(guest.child_fd)
    os.kill(guest.pid, number)
    assert guest.end() == 0
    assert (tmp_path / "state").stat().st_size > 1 << 20
    assert not before[3] & termios.ICANON  # it was raw


def test_terminal_is_as_before(l4vm):
    command = shlex.join([l4vm, "emu", *linux("virt-small")])
    shell = pexpect.spawn("/bin/sh", ["-c", f"stty -g; {command}; stty -g"], timeout=PATIENCE,
                          encoding="utf-8", codec_errors="replace")
    shell.expect(r"([0-9a-f:]+)\r\n")
    before = shell.match[1]
    shell.expect_exact(PROMPT)
    shell.send("\x01x")
    shell.expect_exact(before)
    shell.expect(pexpect.EOF)
    shell.close()


def test_input_and_output_by_pipes(l4vm):
    """Without a terminal; input ends, and the machine goes on until it switches off."""
    process = subprocess.Popen([l4vm, "emu", *linux("virt-small")], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True, errors="replace")
    line = ""
    while not line.startswith("Enter 'help'"):
        line = process.stdout.readline()
        assert line
    output, _ = process.communicate("sleep 1; echo $((40 + 2)); poweroff -f\n",
                                    timeout=PATIENCE)
    assert process.returncode == 0
    assert "\n42\n" in output.replace("\r", "")


@pytest.fixture
def chatter(tmp_path):
    """A disk whose boot sector sends ! for ever."""
    # mov dx, 3f8h; mov al, '!'; out dx, al; jmp back to it
    code = b"\xba\xf8\x03\xb0!\xee\xeb\xfd"
    (tmp_path / "disk").write_bytes((code.ljust(510, b"\0") + b"\x55\xaa").ljust(1 << 20, b"\0"))
    return tmp_path / "disk"


def is_full(fd):
    """Whether what waits there to be read no longer grows."""
    before = None
    while True:
        waiting = fcntl.ioctl(fd, termios.FIONREAD, b"    ")
        if waiting == before:
            return waiting != bytes(4)
        before = waiting
        time.sleep(0.5)


@pytest.mark.parametrize("kind", ["pipe", "terminal"])
def test_signal_ends_it_though_nobody_reads(l4vm, chatter, kind):
    reader, writer = os.pipe() if kind == "pipe" else os.openpty()
    emulator = subprocess.Popen([l4vm, "emu", "pc", "--disk", chatter], stdout=writer,
                                stdin=subprocess.DEVNULL)
    os.close(writer)
    try:
        text = b""
        while b"!!!" not in text:
            text = os.read(reader, 4096)
            assert text
        assert is_full(reader)
        emulator.terminate()
        assert emulator.wait(timeout=PATIENCE) == 0
    finally:
        emulator.kill()
        emulator.wait()
        os.close(reader)


FOR_A_WHILE = "--deterministic", "--stop-after", "10500000"


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_closed_stream_is_no_other_file(l4vm, chatter, closed):
    before = chatter.read_bytes()
    command = shlex.join([l4vm, "emu", "pc", "--disk", str(chatter), "--log", "io", *FOR_A_WHILE])
    result = subprocess.run(["/bin/sh", "-c", f"exec {command} {closed}>&-"], check=False,
                            timeout=PATIENCE, stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert result.returncode == 0
    assert chatter.read_bytes() == before


@pytest.mark.parametrize("option, words", [
    ([], "output is lost: No space left on device"),
    (["--log", "io", "--log-file", "/dev/full"], "can't write all to '/dev/full'")])
def test_output_that_is_lost_is_an_error(l4vm, chatter, option, words):
    with open("/dev/null" if option else "/dev/full", "wb") as output:
        result = subprocess.run([l4vm, "emu", "pc", "--disk", chatter, *FOR_A_WHILE, *option],
                                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE,
                                text=True, check=False, timeout=PATIENCE)
    assert result.returncode == 1
    assert words in result.stderr


def test_order_to_leave_beside_another_one(boot, tmp_path):
    guest = boot("virt-small", "--save", tmp_path / "state")
    guest.send("\x01s\x01x")
    assert guest.end() == 0
    assert (tmp_path / "state").stat().st_size > 1 << 20

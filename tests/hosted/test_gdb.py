# SPDX-License-Identifier: BSD-2-Clause
"""gdb controls a machine through --gdb."""
import re
import socket
import subprocess

import pytest

from guest import linux

# Counts in `counter`, once for each pass of `loop`; `inner` is a function.
PROGRAM = """
        .syntax unified
        .arch armv7-a
        .arm
        .global _start, loop, inner, counter, finish
_start: ldr r4, =counter
        mov r5, #0
loop:   bl inner
        cmp r5, #100
        bne loop
finish: ldr r0, =0x84000008
        .arch_extension virt
        hvc #0
        b .
inner:  add r5, r5, #1
        str r5, [r4]
        bx lr
        .ltorg
        .data
counter: .word 0x12345678
"""


@pytest.fixture
def port():
    """A TCP port that is free."""
    with socket.create_server(("localhost", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def gdb(port):
    """gdb(command...) runs gdb with these and returns what it prints."""

    def gdb(*commands, program=None, timeout=60):
        arguments = ["gdb-multiarch", "-nx", "-batch", "-ex", "set architecture armv7",
                     "-ex", "set tcp connect-timeout 20", "-ex", f"target remote localhost:{port}"]
        for command in commands:
            arguments += ["-ex", command]
        result = subprocess.run([*arguments, *([program] if program else [])],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, timeout=timeout)
        return result.stdout

    return gdb


@pytest.fixture
def program(tmp_path):
    source, path = tmp_path / "program.s", tmp_path / "program.elf"
    source.write_text(PROGRAM)
    subprocess.run(["arm-linux-gnueabihf-gcc", "-nostdlib", "-static", "-Wl,--build-id=none",
                    "-Wl,-Ttext=0x40008000", "-Wl,-Tdata=0x40100000", "-o", path, source],
                   check=True)
    return path


@pytest.fixture
def debugged(start, program, port):
    """A machine with the program above that waits for gdb."""
    guest = start("virt", "--kernel", program, "--gdb", port)
    guest.expect("waiting for gdb")
    return guest


def test_registers_and_memory(debugged, gdb, program):
    output = gdb("info registers", "print/x $sp", "print/x counter_value = *(int *)&counter",
                 "set $r7 = 0xabcd1234", "print/x $r7", "print/x *(int *)&counter",
                 "set *(int *)&counter = 77", "print *(int *)&counter", "x/2i $pc",
                 "print *(int *)0x20000000", program=program)
    assert re.search(r"^pc +0x40008000 ", output, re.M)
    assert re.search(r"^cpsr +0x[0-9a-f]*d3 ", output, re.M)  # supervisor, interrupts off
    assert "= 0xabcd1234" in output and "= 0x12345678" in output and "= 77" in output
    assert "ldr\tr4, " in output and "mov\tr5, #0" in output
    assert "Cannot access memory at address 0x20000000" in output
    assert debugged.end() == 0


def test_breakpoints_and_steps(debugged, gdb, program):
    output = gdb("break inner", "continue", "print $r5", "continue", "print $r5 + 1000",
                 "stepi", "x/i $pc", "stepi", "print *(int *)&counter", "stepi", "x/i $pc",
                 "delete", "break finish", "continue", "print $r5 + 2000", program=program)
    assert "$1 = 0\n" in output and "$2 = 1001\n" in output
    assert re.search(r"=> 0x[0-9a-f]+ <inner\+4>:\tstr", output)
    assert "$3 = 2\n" in output
    assert re.search(r"=> 0x[0-9a-f]+ <loop\+4>:\tcmp", output)
    assert "$4 = 2100\n" in output
    assert debugged.end() == 0


def test_hardware_breakpoint(debugged, gdb, program):
    output = gdb("hbreak finish", "continue", "print $r5", program=program)
    assert "finish" in output and "= 100\n" in output


def test_watchpoints(debugged, gdb, program):
    # The machine stops at the end of the block and gdb steps once more, so that the
    # counter is what tells where it stopped.
    output = gdb("watch *(int *)&counter", "continue", "continue", "print *(int *)&counter",
                 program=program)
    assert "Old value = 305419896\nNew value = 1\n" in output
    assert "Old value = 1\nNew value = 2\n" in output
    assert "= 2\n" in output


def test_read_watchpoint_sees_no_writes(debugged, gdb, program):
    output = gdb("rwatch *(int *)&counter", "break finish", "continue", "print $r5",
                 program=program)
    assert "finish" in output and "= 100\n" in output


def test_access_watchpoint(debugged, gdb, program):
    output = gdb("awatch *(int *)&counter", "continue", "print $r5", program=program)
    assert "access (read/write) watchpoint" in output and "= 1\n" in output


def test_detached_machine_goes_on_to_its_end(debugged, gdb, program):
    output = gdb("break inner", "continue", "detach", program=program)
    assert "[Inferior 1 (Remote target) detached]" in output
    assert debugged.end() == 0


def test_machine_that_switches_off_is_an_exited_one(debugged, gdb, program):
    output = gdb("continue", program=program)
    assert "[Inferior 1 (Remote target) exited normally]" in output
    assert debugged.end() == 0


def test_reset_starts_again(debugged, gdb, program):
    output = gdb("break finish", "continue", "monitor reset", "maintenance flush register-cache",
                 "print/x $pc", "continue", "print $r5", program=program)
    assert "machine reset" in output
    assert "= 0x40008000" in output and "= 100\n" in output


@pytest.fixture
def symbols(boot):
    """Addresses of the small kernel's symbols, from itself."""
    guest = boot("vexpress-a9")
    names = "run_init_process|vfs_read"
    lines = guest.run(f"grep -E ' ({names})$' /proc/kallsyms").splitlines()
    guest.leave()
    return {line.split()[2]: "0x" + line.split()[0] for line in lines}


@pytest.mark.parametrize("options", [[], ["--deterministic"]], ids=["real", "deterministic"])
def test_linux_is_stopped_where_it_is_told(start, gdb, port, symbols, options):
    """Breakpoints and memory by the kernel's virtual addresses."""
    guest = start(*linux("vexpress-a9", "--gdb", port, *options))
    guest.expect("waiting for gdb")
    output = gdb(f"break *{symbols['run_init_process']}", "continue", "print/x $pc",
                 "x/s $r0", "x/i $pc", "delete", "watch *(int *)($sp - 4)", "continue", "delete",
                 f"break *{symbols['vfs_read']}", "continue", "stepi", "stepi", "backtrace 1",
                 "delete", "detach")
    assert f"= {symbols['run_init_process']}" in output
    assert '"/init"' in output and "push\t{" in output
    assert re.search(r"Old value = (-?\d+)\nNew value = (?!\1\n)", output)
    assert f"{symbols['vfs_read']} in" in output
    if not options:
        guest.shell()
        assert guest.run("echo fine") == "fine"
        assert guest.leave() == 0


def test_running_linux_is_interrupted(start, gdb, port):
    guest = start(*linux("virt-small", "--gdb", port))
    guest.expect("waiting for gdb")
    # gdb's own clock sends the interrupt while the machine runs, here idle.
    output = gdb("python import threading, os, signal; threading.Timer("
                 "4, lambda: os.kill(os.getpid(), signal.SIGINT)).start()",
                 "continue", "print/x $cpsr & 0x1f", "detach", timeout=60)
    assert "SIGINT" in output
    assert re.search(r"= 0x1[0-9a-f]\n", output)
    guest.sendline("")
    guest.expect_exact("guest# ")
    assert guest.leave() == 0


def test_rubbish_instead_of_gdb_does_no_harm(debugged, port):
    with socket.create_connection(("localhost", port)) as peer:
        peer.sendall(b"$" + b"x" * 70000 + b"#00" + bytes(range(256)) * 50 + b"$m0,ffffffffffff#00"
                     b"$Z0,#00$qXfer:features:read:target.xml:ffffffffffffffff,ffff#00"
                     b"$P9999=#00$G#00$vCont#00$m,#00$#00$M40000000,ffffffff:00#00")
        peer.shutdown(socket.SHUT_WR)
        while peer.recv(65536):
            pass
    assert debugged.end() == 0


def packet(text):
    return f"${text}#{sum(text.encode()) & 255:02x}".encode()


def test_lost_connection(start, port, program):
    """The machine goes on when gdb has gone, and doesn't stop where gdb wanted it to."""
    guest = start("virt", "--kernel", program, "--gdb", port)
    guest.expect_exact("waiting for gdb")
    symbols = subprocess.run(["arm-linux-gnueabihf-nm", program], check=True,
                             stdout=subprocess.PIPE, text=True).stdout
    finish = re.search(r"(\w+) . finish", symbols)[1].lstrip("0")
    with socket.create_connection(("localhost", port)) as gdb:
        gdb.sendall(packet("QStartNoAckMode"))
        assert gdb.recv(1) == b"+"
        gdb.sendall(packet(f"Z0,{finish},4"))
        received = b""
        while received.count(b"OK#9a") < 2:
            received += gdb.recv(100)
    assert guest.end() == 0


@pytest.mark.parametrize("connected", [False, True])
def test_leave(start, port, program, connected):
    """Ctrl-A x works while the machine waits for gdb."""
    guest = start("virt", "--kernel", program, "--gdb", port)
    guest.expect_exact("waiting for gdb")
    gdb = socket.create_connection(("localhost", port)) if connected else None
    assert guest.leave() == 0
    if gdb:
        gdb.close()

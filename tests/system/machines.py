# SPDX-License-Identifier: BSD-2-Clause
"""Virtual machines in manifests for system tests, and their Linux's shells."""
import functools
import os
import pathlib
import re
import subprocess

import pytest

from servers import task

PROMPT = r"guest# "
BOOT = 240  # seconds for translating within a translator, on a busy host
PATIENCE = 60
MIB = 1 << 20
SEEDS = 64  # of guest/compute.c
GUEST_SOURCES = pathlib.Path(__file__).parent / "guest"


def image(name):
    folder = os.environ.get("GUESTS", os.path.expanduser("~/.cache/l4vm/guests"))
    path = f"{folder}/arm/{name}"
    if not os.path.exists(path):
        pytest.skip(f"there is no {path}; run: make guests")
    return path


def cells(value):
    return f"<{value >> 32:#x} {value & 0xffffffff:#x}>"


def machine(name, board, more, files, ram=32 * MIB, extra=8 * MIB, cache=16 * MIB):
    """A machine's task; `extra` bytes beside RAM, and a larger code cache for QEMU's sake."""
    config = (f'machine = "{board}"; memory = {cells(ram)}; code-cache = {cells(cache)}; '
              f'append = "console=ttyAMA0"; {more}')
    modules = ", ".join(f'"{file}"' for file in files)
    return task(name, "vmm", f'kind = "{board}"; machine; modules = {modules}; '
                f"ram = {cells(ram)}; config {{ {config} }};", memory=ram + extra + cache)


def compute_program(folder):
    """Makes folder/compute, firmware of `virt` that prints sums for ever."""
    program = folder / "compute.elf"
    subprocess.run(["arm-linux-gnueabihf-gcc", "-O1", "-ffreestanding", "-nostdlib", "-static",
                    "-marm", "-mcpu=cortex-a7", "-mgeneral-regs-only", "-Wl,--build-id=none",
                    "-Wl,-Ttext=0", "-Wl,-e,0", "-o", program, GUEST_SOURCES / "compute.c"],
                   check=True)
    subprocess.run(["arm-linux-gnueabihf-objcopy", "-O", "binary", program, folder / "compute"],
                   check=True)
    return folder / "compute"


@functools.cache
def compute_sum(seed):
    """The sum that the program has from a seed."""
    words, total = [], 0
    for i in range(0x10000):
        seed = (seed * 1664525 + 1013904223) & 0xffffffff
        words.append(seed ^ i)
    for word in words:
        total = ((total << 5 | total >> 27) + word) & 0xffffffff
    return total


def check_sums(text, name):
    """All that this machine printed was right; returns how many sums that were."""
    rounds = re.findall(rf"(?m)^{name}: compute: round ([0-9a-f]{{8}}) sum ([0-9a-f]{{8}})\r?$",
                        text)
    for number, total in rounds:
        assert int(total, 16) == compute_sum(int(number, 16) % SEEDS), f"{name}: round {number}"
    return len(rounds)


class System:
    """Several machines behind the serial server in its machine-readable mode."""

    def __init__(self, pc, names):
        self.pc = pc
        self.index = {name: number for number, name in enumerate(names)}

    def await_shells(self, names):
        """Waits for the shells of Linux in these machines."""
        awaited = set(names)
        while awaited:
            self.pc.expect(rf"(?m)^({'|'.join(names)}): [^\n]*{PROMPT}", timeout=BOOT)
            awaited.discard(self.pc.match.group(1))
        for name in names:
            self.type(name, "dmesg -n 1")

    def expect(self, client, pattern, timeout=PATIENCE):
        self.pc.expect(rf"(?m)^{client}: (?:[^\n]*?)({pattern})", timeout=timeout)
        return self.pc.match

    def type(self, client, text):
        self.pc.send(f">{client} {text}\n")
        self.pc.expect_exact("=ok", timeout=PATIENCE)

    def run(self, client, command):
        """Runs a command in a guest's shell; returns the line it prints after "out:"."""
        self.type(client, f"echo ou''t:$({command}):")
        return self.expect(client, r"out:([^\n]*):\r").group(2)

    def ask(self, command, answer):
        self.type("operator", command)
        return self.expect("operator", answer)

    def order(self, name, order):
        return int(self.ask(f"order {self.index[name]} {order}", r"done (\d+)").group(2))

    def show(self, name):
        text = self.ask(f"show {self.index[name]}", r"state [^\n]* reason [^\r\n]*").group(1)
        return {key: int(value) for key, value in re.findall(r"(\w+) (\d+)", text)}

# SPDX-License-Identifier: BSD-2-Clause
"""The include laws hold in the tree, and the checker catches what breaks them."""
import subprocess

import pytest

CHECKER = "tools/check-includes"


def check(root):
    return subprocess.run([CHECKER, "--root", root], capture_output=True, text=True)


def check_file(root, path, text):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    return check(root)


def test_tree_keeps_the_laws():
    result = check(".")
    assert result.stdout == ""
    assert result.returncode == 0


VIOLATIONS = {
    "kernel/core/a.c": "#include <proto/root.h>",
    "kernel/core/b.c": "#include <stdio.h>",
    "kernel/core/c.c": '#include "../plat/pc/lapic.h"',
    "kernel/core/d.c": "#include <plat/pc/lapic.h>",
    "kernel/plat/pc/e.S": "# include <emu/chip.h>",
    "include/l4/f.h": "#include <core/klib.h>",
    "servers/root/g.c": "#include <core/thread.h>",
    "servers/root/h.c": '#include "../sigma0/ranges.h"',
    "servers/root/i.c": "#include <unistd.h>",
    "lib/c/j.c": "#include <proto/root.h>",
    "tests/rawabi/k.c": "#include <l4/types.h>",
    "tests/rawabi/l.c": '#include "../tap.h"',
    "emu/dev/char/m.c": "#include <core/run.h>",
    "emu/dev/char/n.c": "#include <board/sun4m.h>",
    "emu/guest/arm/o.c": "#include <host/x86_64/emit.h>",
    "emu/guest/arm/p.c": '#include "../x86/state.h"',
    "emu/core/q.c": "#include <sys/mman.h>",
    "emu/dev/char/t.c": "#include <libfdt.h>",
    "emu/core/u.c": '#include "core/absent.h"',
    "emu/core/v.c": "#include <core/cpu.h>",
    "somewhere/r.c": "#include <stdint.h>",
    "kernel/core/s.c": '#include "absent.h"',
}


@pytest.mark.parametrize("path", VIOLATIONS)
def test_violation_is_reported(tmp_path, path):
    result = check_file(tmp_path, path, f"int x;\n{VIOLATIONS[path]}\n")
    assert result.returncode == 1
    assert result.stdout.startswith(path)
    assert len(result.stdout.splitlines()) == 1


# What the emulator's parts may not include although it is there, named from emu/.
EMU_VIOLATIONS = {
    "emu/core/a.c": "guest/arm/state.h",
    "emu/core/b.c": "host/x86_64/emit.h",
    "emu/core/c.c": "board/elf.h",
    "emu/ir/d.c": "core/memory.h",
    "emu/ir/e.c": "guest/guest.h",
    "emu/guest/arm/f.c": "core/code.h",
    "emu/guest/arm/g.c": "host/host.h",
    "emu/guest/x86/h.c": "guest/arm/state.h",
    "emu/host/x86_64/i.c": "guest/arm/state.h",
    "emu/host/interp/j.c": "host/x86_64/emit.h",
    "emu/dev/char/k.c": "core/bus_core.h",
    "emu/dev/char/l.c": "board/elf.h",
    "emu/board/m.c": "core/machine_core.h",
    "emu/softfp/n.c": "core/cpu.h",
    "emu/core/o.c": "port/linux/port_linux.h",
    "emu/core/p.c": "ir/../host/x86_64/emit.h",
    "servers/root/q.c": "core/cpu.h",
}

EMU_PERMITTED = {
    "emu/core/a.c": "host/host.h",
    "emu/ir/b.c": "core/cpu.h",
    "emu/guest/arm/c.c": "guest/arm/state.h",
    "emu/guest/arm/d.c": "guest/guest.h",
    "emu/host/x86_64/e.c": "core/code.h",
    "emu/host/interp/f.c": "ir/ir.h",
    "emu/dev/char/g.c": "dev/intc/gic.h",
    "emu/board/h.c": "dev/intc/gic.h",
    "emu/board/i.c": "guest/arm/state.h",
    "emu/softfp/j.c": "ir/fp.h",
    "emu/port/linux/k.c": "core/gdb.h",
    "tests/emu/l.c": "core/machine_core.h",
}


def check_quoted(root, path, header):
    check_file(root, f"emu/{header}", "")
    return check_file(root, path, f'#include "{header}"\n')


@pytest.mark.parametrize("path", EMU_VIOLATIONS)
def test_part_of_the_emulator_is_reported(tmp_path, path):
    (tmp_path / "emu/ir").mkdir(parents=True)
    result = check_quoted(tmp_path, path, EMU_VIOLATIONS[path])
    assert result.returncode == 1
    assert result.stdout.startswith(path)
    assert len(result.stdout.splitlines()) == 1


def test_no_way_round_by_dots(tmp_path):
    check_file(tmp_path, "emu/host/x86_64/emit.h", "")
    result = check_file(tmp_path, "emu/core/a.c", '#include "../host/x86_64/emit.h"\n')
    assert result.stdout.startswith("emu/core/a.c:1:")


@pytest.mark.parametrize("path", EMU_PERMITTED)
def test_part_of_the_emulator_is_permitted(tmp_path, path):
    result = check_quoted(tmp_path, path, EMU_PERMITTED[path])
    assert result.stdout == ""
    assert result.returncode == 0


PERMITTED = {
    "kernel/core/a.c": "#include <core/klib.h>\n#include <l4/types.h>\n#include <arch/io.h>",
    "kernel/arch/x86_64/b.S": "#include <offsets.h>\n#include <arch/layout.h>",
    "servers/root/c.c": "#include <proto/root.h>\n#include <string.h>",
    "emu/dev/char/d.c": "#include <emu/chip.h>",
    "emu/port/linux/e.c": "#include <sys/mman.h>",
    "emu/board/g.c": "#include <libfdt.h>\n#include <string.h>",
    "tests/unit/f.c": "#include <stdio.h>",
}


@pytest.mark.parametrize("path", PERMITTED)
def test_permitted_include_is_not_reported(tmp_path, path):
    result = check_file(tmp_path, path, PERMITTED[path] + "\n")
    assert result.stdout == ""
    assert result.returncode == 0


def test_file_beside_is_permitted(tmp_path):
    check_file(tmp_path, "servers/root/task.h", "")
    result = check_file(tmp_path, "servers/root/task.c", '#include "task.h"\n')
    assert result.stdout == ""

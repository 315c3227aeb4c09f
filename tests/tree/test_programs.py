# SPDX-License-Identifier: BSD-2-Clause
"""Every L4 program that is built is laid out as mk/user.ld promises, and the kernel is
a file that multiboot loaders take."""
import glob
import os
import struct

import pytest

PT_LOAD, X, W, R = 1, 1, 2, 4
PAGE = 4096


def segments(path):
    """(rights, file offset, address, file size, memory size) of what is loaded."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:6] == b"\x7fELF\x02\x01"
    offset, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    headers = [struct.unpack_from("<IIQQQQQQ", data, offset + i * size) for i in range(count)]
    return [(flags, at, address, in_file, in_memory)
            for kind, flags, at, address, _, in_file, in_memory, _ in headers
            if kind == PT_LOAD and in_memory]


def programs(build):
    # l4vm is a command for Linux.
    paths = sorted(set(glob.glob(f"{build}/bin/*")) - {f"{build}/bin/l4vm"})
    assert len(paths) > 5
    return paths


def test_segments_have_the_rights_of_their_kind(build):
    for path in programs(build):
        rights = [segment[0] for segment in segments(path)]
        assert rights[0] == R | X, path
        assert all(right in (R, R | W) for right in rights[1:]), path
        assert len(rights) <= 3, path


def test_segments_share_no_page(build):
    for path in programs(build):
        end = 0
        for _, offset, address, in_file, in_memory in segments(path):
            assert address % PAGE == 0 and offset % PAGE == 0, path
            assert address >= end and in_file <= in_memory, path
            end = -(-(address + in_memory) // PAGE) * PAGE


def test_sigma0_and_root_share_no_memory(build):
    ends = [max(s[2] + s[4] for s in segments(f"{build}/bin/{name}"))
            for name in ("sigma0", "root")]
    starts = [min(s[2] for s in segments(f"{build}/bin/{name}")) for name in ("sigma0", "root")]
    assert ends[0] <= starts[1] or ends[1] <= starts[0]


def test_programs_have_symbols_for_a_debugger_only(build):
    for path in programs(build):
        with_symbols = path.replace("/bin/", "/elf/")
        assert os.path.getsize(path) < os.path.getsize(with_symbols)


@pytest.mark.parametrize("magic, alignment, limit", [(0x1badb002, 4, 8192),
                                                     (0xe85250d6, 8, 32768)])
def test_kernel_has_a_multiboot_header(build, magic, alignment, limit):
    with open(f"{build}/l4vm", "rb") as file:
        data = file.read()
    assert data[:5] == b"\x7fELF\x01"
    headers = []
    for at in range(0, min(len(data), limit) - 12, alignment):
        words = struct.unpack_from("<4I", data, at)
        checked = words[:3] if magic == 0x1badb002 else words
        if words[0] == magic and sum(checked) & 0xffffffff == 0:
            headers.append(at)
    assert len(headers) == 1

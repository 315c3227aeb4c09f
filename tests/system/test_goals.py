# SPDX-License-Identifier: BSD-2-Clause
"""The goals a newcomer types."""
import os

import pexpect
import pytest


@pytest.fixture
def demo(build):
    """`make demo-ipc` on a terminal."""
    compiler = "clang" if "clang" in os.path.basename(build) else "gcc"
    demo = pexpect.spawn("make", [f"BUILD={build}", f"COMPILER={compiler}", "demo-ipc"], timeout=60,
                         encoding="utf-8", codec_errors="replace")
    yield demo
    demo.close(force=True)


def test_demo_says_first_what_it_does_and_how_to_leave(demo):
    demo.expect("L4VM demo")
    demo.expect("press q")
    demo.expect("Ctrl-A x")
    demo.expect(r"MiB of RAM")


@pytest.mark.parametrize("keys", ["q", "\x01x"], ids=["q", "control-a-x"])
def test_demo_is_left_by_keys(demo, keys):
    demo.expect(r"\[ping\][^\n]*round trips")
    demo.send(keys)
    demo.expect(pexpect.EOF, timeout=20)
    demo.close()
    assert demo.exitstatus == 0

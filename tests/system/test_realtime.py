# SPDX-License-Identifier: BSD-2-Clause
"""The real-time example wakes in time however busy others are.  Time is counted in
instructions (-icount), so that a busy PC under the test changes nothing."""
import re

import pytest

from monitor import Monitor
from servers import console_server, serial_server, task, write_manifest

LINE = (r"realtime: period (\d+) us, (\d+) wake-ups, latency min/mean/max (\d+)/(\d+)/(\d+) us, "
        r"mean/max (\d+)/(\d+) ticks, missed (\d+)")


@pytest.fixture
def boot_clock(build, start, tmp_path):
    """boot_clock(period) boots it beside two tasks that use all time; returns the PC and its
    monitor."""

    def boot_clock(period, first="console", serial=True):
        write_manifest(
            tmp_path / "manifest",
            [serial_server("machine-readable;"), console_server("clock"),
             task("spinner", "spinner", memory=0x100000),
             task("worker", "worker", "confined;", memory=0x400000),
             task("clock", "realtime", f"config {{ period-us = <{period}>; report-s = <1>; }};",
                  memory=0x400000, priority=250)],
            [("root", "serial"), ("clock", "console"), ("worker", "serial")] +
            ([("clock", "serial")] if serial else []))
        monitor = Monitor(tmp_path / "monitor", build)
        modules = [f"{build}/bin/{name}" for name in ("sigma0", "root", "serial", "console",
                                                      "spinner", "worker", "realtime")]
        machine = start("-icount", "shift=0,sleep=off", "-kernel", f"{build}/l4vm", "-initrd",
                        ",".join([*modules, str(tmp_path / "manifest")]), *monitor.options,
                        memory="128M")
        return machine, monitor

    return boot_clock


@pytest.mark.parametrize("period", [1000, 10000])
def test_latency(boot_clock, period):
    machine, _ = boot_clock(period)
    for _ in range(3):
        machine.expect(LINE)
    got_period, count, least, mean, most, mean_ticks, ticks, missed = map(
        int, machine.match.groups())
    assert got_period == period
    # Deadlines during a report are left out.
    assert 0.8 * 3 * 1000000 / period - 10 <= count <= 3.5 * 1000000 / period
    assert least <= mean <= most < 1000
    assert missed == 0
    # Both clocks agree: a tick is a nanosecond.
    assert abs(ticks / 1000 - most) <= 2
    assert abs(mean_ticks / 1000 - mean) <= 2


def test_log_and_histogram(boot_clock):
    machine, monitor = boot_clock(10000, serial=False)
    machine.expect(r"\[clock\] " + LINE)
    monitor.wait_for(r"^ clock: every 10000 us, latency of \d+ wake-ups")
    monitor.wait_for(r"^ +\d+ us +[1-9]\d*  =+$")
    monitor.wait_for(r"^ min \d+ us, mean \d+ us, max \d+ us, missed 0$")

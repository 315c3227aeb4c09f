# SPDX-License-Identifier: BSD-2-Clause
"""An idle guest costs nearly nothing, and its clock goes as the host's."""
import os
import time

import pytest

pytestmark = pytest.mark.slow


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("machine", ["vexpress-a9", "virt-small", "virt"])
def test_idle_guest_uses_little(boot, machine):
    guest = boot(machine)
    guest.run("sleep 3")  # what starts late
    used, since = processor_seconds(guest.pid), time.monotonic()
    guest.run("sleep 20")
    used, since = processor_seconds(guest.pid) - used, time.monotonic() - since
    assert since >= 19.9
    assert used / since <= 0.03, f"{used / since:.1%} of a CPU"


def offset(samples):
    """Host time minus guest time, from samples (guest, host).

    A sample is late by however long it took to come, and the guest's time is cut to
    hundredths.  Both only ever add, and among hundreds of samples one has next to none
    of either.
    """
    return min(host - guest for guest, host in samples)


def rate_error(first, last):
    """How much the guest's clock is slow, as a fraction."""
    elapsed = last[0][0] - first[0][0]
    return (offset(last) - offset(first)) / elapsed


def take_samples(guest, count=400):
    guest.sendline(f"i=0; while [ $i -lt {count} ]; do read a b </proc/uptime; echo \"@$a\"; "
                   "usleep 7100; i=$((i+1)); done; echo")
    samples = []
    for _ in range(count):
        guest.expect(r"@(\d+\.\d\d)\r")
        samples.append((float(guest.match[1]), time.monotonic()))
    guest.prompt()
    return samples


def test_the_measurement_would_notice():
    def fabricate(start, rate):
        late = [0.0003 + 0.011 * (i * 7 % 31) / 31 for i in range(400)]
        times = [start + i * 0.0073 for i in range(400)]
        return [(int(t * 100) / 100, 5000 + t * rate + d) for t, d in zip(times, late)]

    for rate, low, high in (1, -2e-5, 2e-5), (1.0002, 1.7e-4, 2.3e-4), (0.9998, -2.3e-4, -1.7e-4):
        assert low < rate_error(fabricate(3, rate), fabricate(63, rate)) < high


@pytest.mark.parametrize("machine", ["vexpress-a9", "virt-small"])
def test_clock_goes_as_the_hosts(boot, machine):
    guest = boot(machine)
    first = take_samples(guest)
    guest.run("sleep 58")
    last = take_samples(guest)
    assert last[0][0] - first[0][0] > 58
    assert abs(rate_error(first, last)) <= 100e-6


def test_clock_goes_as_the_hosts_under_load(boot):
    guest = boot("virt-small")
    guest.run("(while :; do :; done) & true")
    first = take_samples(guest)
    guest.run("sleep 40")
    last = take_samples(guest)
    assert abs(rate_error(first, last)) <= 100e-6


def test_date_is_the_hosts(boot):
    for machine in "vexpress-a9", "virt-small":
        guest = boot(machine)
        assert abs(int(guest.run("date +%s")) - time.time()) <= 3
        guest.leave()

# SPDX-License-Identifier: BSD-2-Clause
"""Saved machines: going on where they were, and refusing what isn't one."""
import resource
import shutil
import signal

import pytest

from guest import linux

AT = 50_000_000


@pytest.fixture(scope="module")
def saved(l4vm, tmp_path_factory):
    """A state of the machine `virt`, to be left unchanged."""
    import subprocess
    path = tmp_path_factory.mktemp("saved") / "state"
    subprocess.run([l4vm, "emu", *linux("virt-small"), "--stop-after", str(AT), "--save", path],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, timeout=60)
    return path


def refused(result, path, *words):
    """One line that names the file and says what is wrong; status 1."""
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("l4vm: ") and str(path) in lines[0]
    for word in words:
        assert word in lines[0]


@pytest.mark.parametrize("machine", ["vexpress-a9", "virt-small"])
def test_shell_goes_on_in_another_process(start, boot, tmp_path, machine, disk):
    state = tmp_path / "state"
    guest = boot(machine, "--save", state, "--disk", disk)
    guest.run("secret=$((41 + 1)); echo data >/tmp/file")
    guest.send("\x01s")
    guest.expect_exact(f"saved to {state}")
    guest.run("secret=other")  # it goes on, and isn't saved again:
    shutil.copy(state, tmp_path / "copy")
    assert guest.leave() == 0
    guest = start(*linux(machine, "--restore", tmp_path / "copy", "--disk", disk))
    guest.sendline("")
    guest.prompt()
    assert guest.run("echo $secret; cat /tmp/file") == "42\ndata"
    guest.run("sleep 1")
    guest.sendline("reboot -f")
    guest.expect("Linux version")
    guest.shell()
    assert guest.leave() == 0


@pytest.mark.parametrize("place", [0, 12, 0.01, 0.3, 0.6, 0.99, -1])
def test_damaged_file_is_refused(emu, saved, tmp_path, place):
    content = bytearray(saved.read_bytes())
    at = int(len(content) * place) if isinstance(place, float) else place
    content[at] ^= 0x10
    path = tmp_path / "damaged"
    path.write_bytes(content)
    refused(emu(*linux("virt-small"), "--restore", path, "--stop-after", 1000), path)


@pytest.mark.parametrize("length", [0, 5, 20, 5000, 0.5, -1])
def test_cut_file_is_refused(emu, saved, tmp_path, length):
    content = saved.read_bytes()
    path = tmp_path / "cut"
    path.write_bytes(content[:int(len(content) * length) if length == 0.5 else length])
    refused(emu(*linux("virt-small"), "--restore", path, "--stop-after", 1000), path, "ends early")


def test_other_file_is_refused(emu, tmp_path):
    path = tmp_path / "text"
    path.write_text("this is something else\n" * 100)
    refused(emu(*linux("virt-small"), "--restore", path), path, "not a saved state")


def test_other_machine_is_refused(emu, saved):
    refused(emu(*linux("vexpress-a9"), "--restore", saved), saved, "another configuration")


def test_other_memory_size_is_refused(emu, saved):
    refused(emu(*linux("virt-small"), "--memory", "128M", "--restore", saved), saved,
            "another configuration")


def test_other_disks_are_refused(emu, saved, disk):
    refused(emu(*linux("virt-small"), "--restore", saved, "--disk", disk), saved, "other disks")


def test_other_kind_of_time_is_refused(emu, saved):
    refused(emu(*linux("virt-small"), "--deterministic", "--restore", saved), saved,
            "--deterministic")


def test_full_disk_leaves_the_old_file(emu, tmp_path):
    path = tmp_path / "state"
    path.write_text("the old one")

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)

    result = emu(*linux("virt-small"), "--stop-after", AT, "--save", path, preexec_fn=limit)
    refused(result, path)
    assert path.read_text() == "the old one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["state"]


def test_folder_that_is_not_there_is_refused(emu):
    refused(emu(*linux("virt-small"), "--stop-after", 1000, "--save", "/nowhere/state"),
            "/nowhere/state", "No such file")


def test_folder_in_the_place_of_the_file_is_refused(emu, tmp_path):
    (tmp_path / "state").mkdir()
    refused(emu(*linux("virt-small"), "--stop-after", 1000, "--save", tmp_path / "state"),
            tmp_path / "state")
    assert [entry.name for entry in tmp_path.iterdir()] == ["state"]

# SPDX-License-Identifier: BSD-2-Clause
"""What `l4vm image` and `run` make of a configuration: manifest, modules, menu, QEMU's
command line.  Kernel and programs for L4 are empty files here, QEMU is a script."""
import os
import re
import select
import shutil
import signal
import subprocess
import time

import pytest

from guest import image

PROGRAMS = ("sigma0", "root", "console", "serial", "block", "manager", "vmm")
CONFIG = """
[system]
title = bench 1
focus = debian
serial = machine
resolution = 800x600
tests = yes

[vm debian]
machine = virt
cpu = cortex-a15
memory = 64M
kernel = KERNEL
initrd = sub/data
cmdline = console=ttyAMA0 quiet
disk = disk.img
disk2 = disk.qcow2
restart = on-crash:3
code-cache = 8M
state = 1M
processor = 1

[vm second]
machine = vexpress-a9
memory = 32M
kernel = KERNEL
dtb = tree.dtb
initrd = data
disk = disk.img
disk-mode = read-only
autostart = no
console = no
priority = 50

[task rt]
program = rt
priority = 200
console = yes
serial = yes
memory = 1M
config = period-us=1000 name=x=y  verbose
"""
MIB = 1 << 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("image")
    (folder / "system/bin").mkdir(parents=True)
    (folder / "sub").mkdir()
    for name in (*(f"system/bin/{program}" for program in PROGRAMS), "system/l4vm"):
        (folder / name).write_text(f"This is {name}.\n")
    for name in "data", "sub/data", "rt":
        (folder / name).write_text(name)
    (folder / "disk.img").write_bytes(b"d" * MIB)
    subprocess.run(["qemu-img", "convert", "-O", "qcow2", "disk.img", "disk.qcow2"], cwd=folder,
                   check=True)
    subprocess.run(["dtc", "-O", "dtb", "-o", "tree.dtb"], cwd=folder, check=True,
                   input=b"/dts-v1/; / { memory { device_type = \"memory\"; reg = <0 0>; }; };")
    (folder / "good.conf").write_text(CONFIG.replace("KERNEL", image("zImage")))
    (folder / "text.conf").write_text("[system]\nresolution = text\n[task rt]\nprogram = rt\n")
    (folder / "tmp").mkdir()
    return folder


@pytest.fixture(scope="module")
def run(folder, build):
    """run(argument...) runs l4vm with a temporary folder of its own."""
    program = os.path.abspath(f"{build}/bin/l4vm")

    def run(*arguments, **variables):
        result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                                cwd=folder, timeout=60,
                                env=dict(os.environ, TMPDIR=f"{folder}/tmp",
                                         L4VM_SYSTEM=f"{folder}/system") | variables)
        assert os.listdir(folder / "tmp") == []
        return result

    return run


@pytest.fixture(scope="module")
def tree(run, folder):
    """The folder made of the good configuration."""
    result = run("image", "good.conf", "--directory", "tree")
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    return folder / "tree"


class Manifest:
    def __init__(self, path):
        self.path = str(path)

    def get(self, node, name, kind="s"):
        result = subprocess.run(["fdtget", "-t", kind, self.path, node, name],
                                capture_output=True, text=True)
        return result.stdout.strip("\n") if result.returncode == 0 else None

    def number(self, node, name):
        """One of 32 or 64 bits."""
        value = 0
        for cell in self.get(node, name, "x").split():
            value = value << 32 | int(cell, 16)
        return value

    def flag(self, node, name):
        return self.get(node, name) is not None

    def nodes(self, node):
        return subprocess.run(["fdtget", "-l", self.path, node], capture_output=True, text=True,
                              check=True).stdout.split()


@pytest.fixture(scope="module")
def manifest(tree):
    return Manifest(tree / "l4vm/manifest")


def test_manifest_as_a_whole(manifest):
    assert manifest.get("/", "compatible") == "l4vm,manifest-1"
    assert manifest.get("/", "title") == "bench 1"
    assert manifest.flag("/", "tests")
    assert manifest.nodes("/tasks") == ["console", "serial", "block", "manager", "debian",
                                        "second", "rt"]


def test_servers(manifest):
    console, serial = "/tasks/console", "/tasks/serial"
    assert manifest.get(console, "ports", "x") == "60 1 64 1 3b0 30 1ce 2"
    assert manifest.get(console, "interrupts", "u") == "1 12"
    assert manifest.get(console, "devices", "x") == "0 a0000 0 20000"
    assert manifest.flag(console, "framebuffer")
    assert manifest.get(f"{console}/config", "first") == "debian"
    assert manifest.get(serial, "ports", "x") == "3f8 8"
    assert manifest.get(serial, "interrupts", "u") == "4"
    assert manifest.get(f"{serial}/config", "focus") == "debian"
    assert manifest.flag(f"{serial}/config", "machine-readable")
    assert [name for name in manifest.nodes("/tasks")
            if manifest.flag(f"/tasks/{name}", "supervisor")] == ["manager"]
    assert [manifest.get(f"/tasks/{name}", "priority", "u")
            for name in ("console", "serial", "block", "manager")] == ["180", "180", "150", "120"]


def test_machine(manifest):
    task, config = "/tasks/debian", "/tasks/debian/config"
    assert manifest.get(task, "program") == "vmm"
    assert manifest.get(task, "kind") == "virt"
    assert manifest.flag(task, "machine") and manifest.flag(task, "confined")
    assert not manifest.flag(task, "off")
    assert manifest.number(task, "memory") == (64 + 8 + 4.5) * MIB
    assert manifest.number(task, "ram") == 64 * MIB
    assert manifest.number(task, "restart") == 3
    assert manifest.number(task, "processor") == 1
    assert manifest.get(task, "modules") == "zImage data"
    assert manifest.get(config, "machine") == "virt"
    assert manifest.get(config, "cpu") == "cortex-a15"
    assert manifest.number(config, "memory") == 64 * MIB
    assert manifest.get(config, "kernel") == "zImage"
    assert manifest.get(config, "initrd") == "data"
    assert manifest.get(config, "append") == "console=ttyAMA0 quiet"
    assert manifest.number(config, "code-cache") == 8 * MIB
    assert manifest.get(config, "dtb") is None


def test_second_machine(manifest):
    task = "/tasks/second"
    assert manifest.flag(task, "off")
    assert manifest.number(task, "priority") == 50
    assert manifest.number(task, "memory") == (32 + 8 + 8) * MIB
    assert manifest.number(task, "restart") == 0
    assert manifest.get(task, "modules") == "zImage data-2 tree.dtb"
    assert manifest.get(f"{task}/config", "cpu") == "cortex-a9"
    assert manifest.get(f"{task}/config", "dtb") == "tree.dtb"


def test_native_task(manifest):
    assert manifest.get("/tasks/rt", "program") == "rt"
    assert manifest.number("/tasks/rt", "priority") == 200
    assert manifest.number("/tasks/rt", "memory") == MIB
    assert not manifest.flag("/tasks/rt", "machine")
    assert manifest.get("/tasks/rt/config", "period-us", "u") == "1000"
    assert manifest.get("/tasks/rt/config", "name") == "x=y"
    assert manifest.flag("/tasks/rt/config", "verbose")


def test_disks(manifest):
    clients = "/tasks/block/config/clients"
    assert manifest.get("/tasks/block", "modules") == "disk.img disk.qcow2"
    assert manifest.nodes(f"{clients}/debian") == ["disk@0", "disk@1", "state@7"]
    assert manifest.get(f"{clients}/debian/disk@1", "image") == "disk.qcow2"
    assert manifest.number(f"{clients}/debian/disk@1", "unit") == 1
    assert manifest.flag(f"{clients}/debian/disk@0", "copy-on-write")
    assert not manifest.flag(f"{clients}/debian/disk@0", "read-only")
    assert manifest.number(f"{clients}/debian/state@7", "unit") == 7
    assert manifest.number(f"{clients}/debian/state@7", "bytes") == MIB
    assert manifest.get(f"{clients}/second/disk@0", "image") == "disk.img"
    assert manifest.flag(f"{clients}/second/disk@0", "read-only")
    assert not manifest.flag(f"{clients}/second/disk@0", "copy-on-write")
    # Room for changes of two disks and for the state.
    assert 3 * MIB < manifest.number("/tasks/block", "memory") - 1 * MIB < 3.1 * MIB


def test_channels_have_the_order_of_consoles_and_lines(manifest):
    channels = {"console": [], "serial": [], "block": []}
    for node in manifest.nodes("/channels"):
        path = f"/channels/{node}"
        assert manifest.get(path, "kind") == manifest.get(path, "server")
        assert manifest.number(path, "bytes") % 4096 == 0
        channels[manifest.get(path, "kind")].append(manifest.get(path, "client"))
    assert channels == {"console": ["manager", "debian", "rt", "root"],
                        "serial": ["root", "debian", "second", "rt", "manager"],
                        "block": ["debian", "second"]}


def test_modules_are_there_once(tree, folder):
    names = set(os.listdir(tree / "l4vm"))
    assert names == {*PROGRAMS, "manifest", "zImage", "data", "data-2", "tree.dtb", "disk.img",
                     "disk.qcow2", "rt"}
    assert (tree / "l4vm/data").read_text() == "sub/data"
    assert (tree / "l4vm/data-2").read_text() == "data"
    assert (tree / "l4vm/disk.qcow2").read_bytes() == b"d" * MIB  # raw now
    assert (tree / "boot/l4vm").read_text() == (folder / "system/l4vm").read_text()


def test_menu(tree):
    menu = (tree / "boot/grub/grub.cfg").read_text()
    first, second = menu.split("menuentry")[1:]
    assert "set gfxpayload=800x600x32," in first
    assert "set gfxpayload=text" in second
    assert "set timeout=1\n" in menu and "terminal_input console serial" in menu
    for entry in first, second:
        modules = re.findall(r"module2 /l4vm/(\S+) (\S+)\n", entry)
        assert all(path == name for path, name in modules)
        assert [name for name, _ in modules][:3] == ["sigma0", "root", "manifest"]
        assert {name for name, _ in modules} == set(os.listdir(tree / "l4vm"))


def test_text_resolution_makes_one_entry(run, folder):
    assert run("image", "text.conf", "--directory", "text").returncode == 0
    menu = (folder / "text/boot/grub/grub.cfg").read_text()
    assert menu.count("menuentry") == 1 and "gfxpayload=text" in menu
    assert "vmm" not in os.listdir(folder / "text/l4vm")


def test_iso(run, folder, tree):
    (folder / "out.iso").write_text("old")
    result = run("image", "good.conf", "-o", "out.iso")
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    assert "writing out.iso: done" in result.stderr
    subprocess.run(["xorriso", "-osirrox", "on", "-indev", "out.iso", "-extract", "/", "iso"],
                   cwd=folder, check=True, capture_output=True)
    for name in os.listdir(tree / "l4vm"):
        assert (folder / "iso/l4vm" / name).read_bytes() == (tree / "l4vm" / name).read_bytes()
    assert (folder / "iso/boot/grub/grub.cfg").read_text() == (
        tree / "boot/grub/grub.cfg").read_text()
    assert not [name for name in os.listdir(folder) if ".part-" in name]


@pytest.mark.parametrize("output", ["good.conf", "disk.img", "disk.qcow2", "rt", "system/l4vm",
                                    "system/bin/vmm", "./sub/../data", "symlink", "hardlink"])
def test_output_is_none_of_the_inputs(run, folder, output):
    for link, make in ("symlink", os.symlink), ("hardlink", os.link):
        (folder / link).unlink(missing_ok=True)
        make(folder / "good.conf", folder / link)
    content = (folder / output).read_bytes()
    names = sorted(os.listdir(folder))
    result = run("image", "good.conf", "-o", output)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"l4vm: '{output}' is a file that the image is made from; name another with -o\n")
    assert (folder / output).read_bytes() == content
    assert sorted(os.listdir(folder)) == names


def test_paths_with_odd_characters(run, folder):
    odd = folder / "a=b, c\\d"
    odd.mkdir()
    (odd / "it's, odd = x.img").write_bytes(bytes(512))
    (odd / "x.conf").write_text(f"[vm a]\nmachine = virt\nkernel = {image('zImage')}\n"
                                "disk = it's, odd = x.img\n")
    assert run("image", odd / "x.conf", "-o", odd / "x.iso").returncode == 0
    listing = subprocess.run(["xorriso", "-indev", odd / "x.iso", "-find", "/l4vm"],
                             capture_output=True, text=True).stdout
    assert "/l4vm/it_s__odd___x.img" in listing


# What goes wrong: arguments, variables, status, words.
FAILURES = [
    (["image", "good.conf"], {}, 2, "say where to: -o FILE or --directory DIR"),
    (["image", "good.conf", "-o", "x", "--directory", "y"], {}, 2, "say where to"),
    (["image", "-o", "x"], {}, 2, "name one configuration file"),
    (["image", "good.conf", "-o", "x", "--nonsense"], {}, 2, "l4vm help image"),
    (["check"], {}, 2, "name one configuration file"),
    (["check", "good.conf", "-o", "x"], {}, 2, "l4vm help check"),
    (["check", "good.conf", "--memory", "much"], {}, 2, "'much' is not a size such as 512M"),
    (["show"], {}, 2, "name a configuration file"),
    (["run"], {}, 2, "name one configuration file"),
    (["run", "good.conf", "--cpus", "0"], {}, 2, "'0' is not a number from 1 to 16"),
    (["run", "good.conf", "--memory", "64M"], {}, 1, "needs a PC with at least"),
    (["run", "good.conf", "--display"], {"DISPLAY": "", "WAYLAND_DISPLAY": ""}, 1, "no display"),
    (["run", "good.conf"], {"PATH": "/nowhere"}, 1, "apt-get install qemu-system-x86"),
    (["image", "good.conf", "-o", "x"], {"PATH": "/nowhere"}, 1, "apt-get install qemu-utils"),
    (["image", "text.conf", "-o", "x"], {"PATH": "/nowhere"}, 1, "apt-get install grub-common"),
    (["image", "good.conf", "-o", "/nowhere/x"], {}, 1, "can't write '/nowhere/x"),
    (["image", "good.conf", "--directory", "tree"], {}, 1, "'tree' exists already; remove it"),
    (["image", "good.conf", "--directory", "/nowhere/x"], {}, 1, "can't make the folder '/nowhere"),
    (["image", "good.conf", "-o", "x"], {"TMPDIR": "/nowhere"}, 1, "can't make the folder"),
    (["image", "good.conf", "-o", "x", "--system", "/tmp"], {}, 1, "no kernel '/tmp/l4vm'"),
    (["image", "good.conf", "-o", "x"], {"L4VM_SYSTEM": "/tmp"}, 1, "L4VM_SYSTEM: there is no"),
    (["image", "good.conf", "-o", "x", "--system", "half"], {}, 1, "'half/bin/console' is missing"),
    (["machines", "virtt"], {}, 1, "there is no machine 'virtt'; did you mean 'virt'?"),
    (["emu", "good.conf", "third"], {}, 1, "good.conf has no [vm third]"),
    (["emu", "good.conf", "rt"], {}, 1, "good.conf has no [vm rt]"),
    (["emu", "--config", "good.conf"], {}, 2, "which machine?"),
    (["chek", "good.conf"], {}, 2, "no command 'chek'; did you mean 'check'?"),
]


@pytest.mark.parametrize("arguments, variables, status, words", FAILURES, ids=lambda value: (
    " ".join(value) if isinstance(value, list) else ""))
def test_failure_is_named(run, folder, tree, arguments, variables, status, words):
    (folder / "half/bin").mkdir(parents=True, exist_ok=True)
    for name in "l4vm", "bin/sigma0", "bin/root":
        (folder / "half" / name).write_text("x")
    result = run(*arguments, **variables)
    assert (result.returncode, result.stdout) == (status, "")
    assert words in result.stderr
    assert not [name for name in os.listdir(folder) if ".part-" in name or name == "x"]


def test_damaged_qcow2_is_reported(run, folder):
    header = b"QFI\xfb\0\0\0\3" + bytes(16) + MIB.to_bytes(8, "big")
    (folder / "bad.qcow2").write_bytes(header + bytes(512))
    (folder / "bad.conf").write_text(f"[vm a]\nmachine = virt\nkernel = {image('zImage')}\n"
                                     "disk = bad.qcow2\n")
    result = run("image", "bad.conf", "-o", "bad.iso")
    assert result.returncode == 1
    assert "qemu-img ended with status 1: qemu-img: Could not open" in result.stderr
    assert not (folder / "bad.iso").exists()


@pytest.fixture
def qemu(folder):
    """A folder with a QEMU that tells how it was called, and ends with status 7."""
    (folder / "bin").mkdir(exist_ok=True)
    script = folder / "bin/qemu-system-x86_64"
    script.write_text("#!/bin/sh\nls; for word; do echo \"<$word>\"; done\ncat manifest >../../seen\n"
                      "$QEMU_DOES\nexit 7\n")
    script.chmod(0o755)
    return {"PATH": f"{folder}/bin:{os.environ['PATH']}"}


def test_run(run, folder, qemu, tree):
    result = run("run", "good.conf", "--cpus", "4", "--memory", "1G", "--qemu-option", "-no-reboot",
                 "--qemu-option", "-S", **qemu)
    assert result.returncode == 7
    words = re.findall("<(.*)>", result.stdout)
    pairs = dict(zip(words, words[1:]))
    assert pairs["-smp"] == "4" and pairs["-m"] == "1024M" and pairs["-accel"] == "tcg"
    assert pairs["-serial"] == "mon:stdio" and pairs["-display"] == "none"
    assert words[-2:] == ["-no-reboot", "-S"]
    modules = pairs["-initrd"].split(",")
    assert modules[:3] == ["sigma0", "root", "manifest"]
    assert set(modules) == set(os.listdir(tree / "l4vm"))
    assert set(modules) | {pairs["-kernel"]} <= set(result.stdout.split("<")[0].split())
    assert (folder / "seen").read_bytes() == (tree / "l4vm/manifest").read_bytes()
    assert "Ctrl-A x" in result.stderr and "Ctrl-]" in result.stderr


@pytest.mark.parametrize("option", ["--cdrom", "--display=vnc=:9"])
def test_run_by_grub(run, qemu, option):
    result = run("run", "good.conf", option, **qemu)
    assert result.returncode == 7
    words = re.findall("<(.*)>", result.stdout)
    assert "-kernel" not in words and words[words.index("-cdrom") + 1] == "l4vm.iso"
    assert ("vnc=:9" in words) == ("vnc" in option)


def test_run_gives_the_pc_what_is_needed(run, qemu):
    needed = int(run("check", "good.conf").stdout.split("at least ")[1].split()[0])
    words = re.findall("<(.*)>", run("run", "good.conf", **qemu).stdout)
    assert int(words[words.index("-m") + 1].rstrip("M")) == needed + 64
    words = re.findall("<(.*)>", run("run", "good.conf", "--memory", "16777215T", **qemu).stdout)
    assert words[words.index("-m") + 1] == f"{16777215 << 20}M"


def test_signal_ends_qemu_and_leaves_nothing(folder, build, qemu):
    environment = dict(os.environ, TMPDIR=f"{folder}/tmp", L4VM_SYSTEM=f"{folder}/system",
                       QEMU_DOES="exec sleep 60") | qemu
    process = subprocess.Popen([os.path.abspath(f"{build}/bin/l4vm"), "run", "good.conf"],
                               cwd=folder, env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    (folder / "seen").unlink(missing_ok=True)
    deadline = time.monotonic() + 20
    while not (folder / "seen").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 128 + signal.SIGTERM
    assert os.listdir(folder / "tmp") == []


@pytest.fixture
def sleeping(folder, build, qemu, tmp_path):
    """Runs of a configuration whose QEMU never ends, with `tmp_path` for temporary things."""
    processes = []

    def sleeping():
        environment = dict(os.environ, TMPDIR=str(tmp_path), L4VM_SYSTEM=f"{folder}/system",
                           QEMU_DOES="exec sleep 60") | qemu
        process = subprocess.Popen([os.path.abspath(f"{build}/bin/l4vm"), "run", "good.conf"],
                                   cwd=folder, env=environment, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        assert process.stdout.readline() != b""
        processes.append(process)
        return process

    yield sleeping
    for process in processes:
        process.terminate()
        process.wait(timeout=20)


def test_the_next_removes_what_a_killed_one_has_left(run, sleeping, tmp_path):
    for name in "l4vm-master", "l4vm-scratch-other", "l4vm-scratch-long123":
        (tmp_path / name).mkdir()
    (tmp_path / "l4vm-scratch-abcdef").symlink_to(tmp_path / "l4vm-master")
    (tmp_path / "l4vm-scratch-ghijkl").write_text("")
    mine = set(os.listdir(tmp_path))
    killed, living = sleeping(), sleeping()
    folders = set(os.listdir(tmp_path)) - mine
    assert len(folders) == 2
    killed.kill()
    killed.wait(timeout=20)
    assert set(os.listdir(tmp_path)) - mine == folders
    assert run("image", "text.conf", "--directory", "next", TMPDIR=str(tmp_path)).returncode == 0
    left = set(os.listdir(tmp_path)) - mine
    assert len(left) == 1 and mine <= set(os.listdir(tmp_path))
    assert (tmp_path / left.pop() / "manifest.dtb").exists()
    living.terminate()
    living.wait(timeout=20)
    assert set(os.listdir(tmp_path)) == mine


def test_qemu_ends_with_a_killed_l4vm(sleeping):
    process = sleeping()
    process.kill()
    assert process.wait(timeout=20) == -signal.SIGKILL
    # Its output ends when the last one that could write does.
    end = time.monotonic() + 20
    while time.monotonic() < end:
        assert select.select([process.stdout], [], [], 20)[0], "QEMU goes on"
        if not os.read(process.stdout.fileno(), 65536):
            return
    raise AssertionError("QEMU goes on")


def test_programs_are_found_beside_the_command(folder, build):
    for place in "place", "prefix/lib/l4vm":
        shutil.copytree(folder / "system", folder / place)
    for place in "place", "prefix":
        (folder / place / "bin").mkdir(exist_ok=True)
        shutil.copy(f"{build}/bin/l4vm", folder / place / "bin/l4vm")
        environment = {name: value for name, value in os.environ.items() if name != "L4VM_SYSTEM"}
        subprocess.run([folder / place / "bin/l4vm", "image", "text.conf", "--directory",
                        f"from-{place}"], cwd=folder, env=environment, check=True)
    (folder / "alone/bin").mkdir(parents=True)
    shutil.copy(f"{build}/bin/l4vm", folder / "alone/bin/l4vm")
    result = subprocess.run([folder / "alone/bin/l4vm", "image", "text.conf", "-o", "x.iso"],
                            cwd=folder, env=environment, capture_output=True, text=True)
    assert result.returncode == 1 and "run make, or use --system DIR" in result.stderr


@pytest.mark.parametrize("arguments", [["good.conf", "debian"], ["--config", "good.conf", "debian"]])
def test_machine_of_a_configuration_hosted(run, arguments):
    # An initrd that isn't one, but the kernel starts.
    result = run("emu", *arguments, "--stop-after", "1000", "--log", "in", "--disk", "disk.img")
    assert result.returncode == 0
    assert "block 0x40010000" in result.stderr


def test_machines_in_detail(run):
    result = run("machines", "virt")
    assert result.returncode == 0
    for words in "cortex-a15", "16 to 3072 MiB", "up to 4", "GICv2":
        assert words in result.stdout
    everything = run("machines", "--verbose").stdout
    listed = [line.split()[0] for line in run("machines").stdout.splitlines()[1:]]
    for name in listed:
        part = everything.split(f"{name}: ")[1]
        for word in "CPU", "memory", "disks", "starts", "chips":
            assert re.search(rf"^  {word} +\S", part, re.MULTILINE)

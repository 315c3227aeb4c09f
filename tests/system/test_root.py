# SPDX-License-Identifier: BSD-2-Clause
"""Root runs a system from a manifest: tasks, what they share, and nothing more.

The tasks are in tests/system/tasks; each says what it has found, which is compared here.
"""
import re
import shutil
import subprocess

import pytest

MEMORY = {"small": 0x40000, "large": 0xa00000}


def task(program, memory="small", extra=""):
    size = MEMORY.get(memory, memory)
    return f'program = "task-{program}"; memory = /bits/ 64 <{size}>; {extra}'


def channel(client, server, kind="block", size=0x4000):
    return f'client = "{client}"; server = "{server}"; kind = "{kind}"; bytes = /bits/ 64 <{size}>;'


def nodes(name, bodies):
    inside = "".join(f"{key} {{ {body} }};\n" for key, body in bodies.items())
    return f"{name} {{ {inside} }};\n"


def compile_manifest(manifest, tasks, channels={}, extra=""):
    """Writes the manifest and returns the names of the programs in it."""
    source = ('/dts-v1/; / { compatible = "l4vm,manifest-1"; title = "trial"; ' + extra +
              nodes("tasks", tasks) + nodes("channels", channels) + "};")
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", manifest], check=True,
                   input=source, text=True)
    return sorted(set(re.findall(r'program = "(task-[^"]*)"', source)))


@pytest.fixture
def run(boot, tmp_path):
    """run(tasks, channels={}, modules=(), extra="") boots with such a manifest."""

    def run(tasks, channels={}, modules=(), extra="tests;", **settings):
        manifest = tmp_path / "manifest"
        programs = compile_manifest(manifest, tasks, channels, extra)
        return boot(str(manifest), *map(str, modules), *programs, **settings)

    return run


def log_of(machine):
    return open(machine.log.name, encoding="utf-8").read()


@pytest.mark.parametrize("cpus", [1, 2])
def test_two_tasks_talk_by_signals(run, tmp_path, cpus):
    hello = tmp_path / "hello"
    hello.write_text("hello, world\n")
    machine = run({"echo": task("echo"), "chatter": task("chatter", extra='modules = "hello";')},
                  {"talk": channel("chatter", "echo")}, [hello], cpus=cpus)
    machine.expect(r"I am chatter, number 1, with 1 channel to echo of 16384 bytes, 1 module")
    machine.expect(r"module hello begins with hello")
    machine.expect(r"booted in 20\d\d\b")
    # With a processor for each the answer may be there before anybody waits for it.
    machine.expect(r"1000 round trips, by " + ("waiting" if cpus == 1 else "(waiting|luck)"))
    machine.expect(r"a wait without signals ends with 0, in time")
    machine.expect(r"chatter has ended, status 0")


def test_what_a_system_needs_is_reported(run):
    machine = run({"echo": task("echo"), "chatter": task("chatter")},
                  {"talk": channel("chatter", "echo"), "log": channel("root", "echo")},
                  memory="512M")
    machine.expect(r"root: memory: kernel (\d+) KiB, sigma0 (\d+) KiB, root (\d+) KiB, "
                   r"echo (\d+) KiB, chatter (\d+) KiB, channels (\d+) KiB")
    assert sum(map(int, machine.match.groups())) < 2048


@pytest.mark.parametrize("priority", [1, 250])
def test_memory_by_demand_within_its_bound(run, priority):
    machine = run({"greedy": task("greedy", 0x500000, f"priority = <{priority}>;")})
    machine.expect(r"memory comes and goes")
    machine.expect(r"greedy crashed: needs more memory than its 5120 KiB")
    machine.expect(r"greedy is held")


def test_confined_task_reaches_nobody(run):
    machine = run({"loner": task("loner", extra="confined;"), "ear": task("victim")})
    machine.expect(r"\[loner\] 0 answers from others")
    machine.expect(r"\[loner\] root answers what it does not know with ffff")
    machine.expect(r"\[loner\] a supervisor's question is refused")
    machine.expect(r"loner has ended")
    log = log_of(machine)
    assert "somebody has reached me" not in log
    # 100 tries of 20 ms: one line a second, not one for each.
    assert 1 <= len(re.findall(r"loner has sent a message to a thread", log)) <= 50


def test_unconfined_task_does_reach_others(run):
    machine = run({"loner": task("loner"), "ear": task("victim")})
    machine.expect(r"somebody has reached me")


def test_restart_as_often_as_the_manifest_says(run):
    machine = run({"crash": task("victim", extra="restart = <2>; config { };")})
    for number in (1, 2, 3):
        machine.expect(rf"\[crash\] number {number} is up")
        machine.expect(r"crash crashed: page fault, write to address 0xdead000")
    machine.expect(r"crash is held")
    assert "2 of 2" in log_of(machine)


def test_supervisor_starts_and_stops_without_a_leak(run):
    machine = run({"victim": task("victim", "large", "off; machine;"),
                   "boss": task("boss", extra="supervisor;")}, cpus=2)
    machine.expect(r"trial: 2 tasks on 2 processors", timeout=120)
    machine.expect(r"memory free (\d+) and (\d+), kernel (\d+) and (\d+): no leak")
    assert machine.match[1] == machine.match[2] and machine.match[3] == machine.match[4]
    machine.expect(r"the order was 206\r")
    machine.expect(r"state 2: page fault, write to address 0xdead000")
    machine.expect(r"\[victim\] number 1012 is up")
    machine.expect(r"that's all")
    for line in ("instead of", "no heartbeat"):
        assert line not in log_of(machine)


def test_orders_for_tests_need_permission(run):
    machine = run({"victim": task("victim", "large", "off; machine;"),
                   "boss": task("boss", extra="supervisor;")}, extra="", cpus=2)
    machine.expect(r"a test order: 4 instead of 0", timeout=120)


def test_machine_without_a_heartbeat_is_hung(run):
    machine = run({"loop": task("victim", "large", "machine; config { loop; };"),
                   "echo": task("echo")}, cpus=2)
    machine.expect(r"loop crashed: doesn't respond", timeout=120)
    machine.expect(r"loop is held")


def test_too_much_memory_is_refused_by_name(run):
    machine = run({"big": task("echo", 0x10000000), "small": task("victim")})
    machine.expect(r"root: big wants 256 MiB of memory, \d+ MiB are left: not started")
    machine.expect(r"\[small\] number 1 is up")


def test_what_is_missing_is_named(run):
    machine = run({"a": task("echo").replace("task-echo", "nowhere"),
                   "b": task("victim", extra='modules = "gone";'),
                   "c": task("victim", extra="priority = <300>;"),
                   "d": task("victim")},
                  {"x": channel("d", "nobody"), "y": channel("d", "d")})
    machine.expect(r"a: there is no module `nowhere` for its program")
    machine.expect(r"b: there is no module `gone`")
    machine.expect(r"c: `priority` is out of range")
    machine.expect(r"channel x: there is no task `nobody`")
    machine.expect(r"channel y connects a task with itself")
    machine.expect(r"\[d\] number 1 is up")


def test_devices_are_not_memory(run):
    machine = run({"a": task("victim", extra="devices = /bits/ 64 <0x1000000 0x1000>;")})
    machine.expect(r"a: there is no device at 0x1000000 to 0x1000fff")
    machine.expect(r"\[a\] number 1 is up")


def test_no_tree_is_reported(boot, tmp_path):
    manifest = tmp_path / "manifest"
    manifest.write_bytes(b"not a tree at all" * 100)
    machine = boot(str(manifest), "task-echo")
    machine.expect(r"root: manifest: not a sound device tree")
    machine.expect(r"press q")
    assert machine.leave("q") == 0


def test_frame_buffer_of_the_boot_loader(start, build, tmp_path):
    boot = tmp_path / "image" / "boot"
    (boot / "grub").mkdir(parents=True)
    compile_manifest(boot / "manifest", {"painter": task("picture", extra="framebuffer;"),
                                         "other": task("picture")})
    modules = ["sigma0", "root", "task-picture"]
    for name in modules:
        shutil.copy(f"{build}/bin/{name}", boot)
    shutil.copy(f"{build}/l4vm", boot)
    menu = ["insmod all_video", "multiboot2 /boot/l4vm"]
    menu += [f"module2 /boot/{name} {name}" for name in modules + ["manifest"]] + ["boot"]
    (boot / "grub" / "grub.cfg").write_text("\n".join(menu) + "\n")
    subprocess.run(["grub-mkrescue", "-o", tmp_path / "iso", tmp_path / "image"], check=True,
                   capture_output=True)
    machine = start("-cdrom", str(tmp_path / "iso"))
    machine.expect(r"\[painter\] 1024 x 768, 32 bits, red at 16")
    machine.expect(r"painter has ended, status 0")
    if "[other]" not in log_of(machine):
        machine.expect(r"\[other\]")
    assert "[other] 1024" not in log_of(machine)

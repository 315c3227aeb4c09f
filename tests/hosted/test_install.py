# SPDX-License-Identifier: BSD-2-Clause
"""What is around the command: manuals that are complete, completion, installation."""
import os
import re
import subprocess

import pytest

from guest import image

COMMANDS = ("check", "image", "run", "emu", "machines", "show")
MANUALS = ("tools/l4vm/l4vm.1", "tools/l4vm/l4vm.conf.5")


def options_of(l4vm, command):
    text = subprocess.run([l4vm, "help", command], capture_output=True, text=True).stdout
    return set(re.findall(r"^  (--[a-z-]+)", text, re.MULTILINE))


@pytest.fixture(scope="module")
def keys(l4vm, tmp_path_factory):
    """Every key of a configuration, by kind of section."""
    path = tmp_path_factory.mktemp("keys") / "all.conf"
    path.write_text(f"[vm a]\nmachine = virt\nkernel = {image('zImage')}\n"
                    f"[task b]\nprogram = {image('zImage')}\n")
    text = subprocess.run([l4vm, "show", path], capture_output=True, text=True, check=True).stdout
    return {part.split()[0]: re.findall(r"^;?([a-z0-9-]+) +=", part, re.MULTILINE)
            for part in re.split(r"^\[", text, flags=re.MULTILINE)[1:]}


def test_keys_are_found(keys):
    assert {kind.rstrip("]") for kind in keys} == {"system", "vm", "task"}
    assert sum(map(len, keys.values())) > 30


def section_of(text, kind, heading, end):
    return text.split(heading.format(kind))[1].split(end)[0]


def test_every_key_is_documented(keys):
    with open("docs/configuration.md") as file:
        page = file.read()
    with open("tools/l4vm/l4vm.conf.5") as file:
        manual = file.read()
    for kind, names in keys.items():
        kind = kind.rstrip("]")
        for name in names:
            assert f"`{name}`" in section_of(page, kind, "\n## [{}", "\n## ")
            items = re.findall(r"^\.It Cm (.*)", section_of(manual, kind, "\n.Ss [{}", "\n.S"),
                               re.MULTILINE)
            assert name in " ".join(items).replace(",", " ").split()


def test_no_other_key_is_documented(keys):
    with open("docs/configuration.md") as file:
        documented = re.findall(r"^\| (`.*?`) \|", file.read(), re.MULTILINE)
    known = {name for names in keys.values() for name in names}
    assert {name for row in documented for name in re.findall("`(.*?)`", row)} == known


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_in_the_manual(l4vm, command):
    with open("tools/l4vm/l4vm.1") as file:
        manual = set(re.findall(r"Fl -([a-z-]+)", file.read()))
    assert {option[2:] for option in options_of(l4vm, command)} <= manual


@pytest.mark.parametrize("manual", MANUALS)
def test_manual_is_well_formed(manual):
    for command in (["groff", "-mdoc", "-Tutf8", "-ww", "-z"], ["man", "--warnings", "-l"]):
        try:
            result = subprocess.run([*command, manual], capture_output=True, text=True)
        except FileNotFoundError:
            continue
        assert (result.returncode, result.stderr) == (0, "")


@pytest.fixture
def complete(l4vm, tmp_path):
    """complete(WORD...) returns what bash offers for the last word."""
    folder = os.path.dirname(os.path.abspath(l4vm))
    script = os.path.abspath("tools/l4vm/l4vm.bash")
    (tmp_path / "my bench.conf").write_text("[system]\n[vm sun]\n  [ vm moon ] ; x\n[task rt]\n")
    (tmp_path / "bench.conf").write_text("[vm sun]\n[vm moon]\n[task rt]\n;[vm none]\n")

    def complete(*words):
        text = (f'source {script}; COMP_WORDS=(l4vm "$@"); COMP_CWORD=$#; _l4vm; '
                'printf "%s\\n" "${COMPREPLY[@]}"')
        result = subprocess.run(["bash", "-c", text, "bash", *words], capture_output=True,
                                text=True, cwd=tmp_path, timeout=20,
                                env=dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}"))
        assert (result.returncode, result.stderr) == (0, "")
        return set(result.stdout.split("\n")) - {""}

    return complete


def test_completion_of_commands(complete):
    assert complete("") == {*COMMANDS, "help", "--help", "--version"}
    assert complete("ma") == {"machines"}
    assert complete("help", "sh") == {"show"}


@pytest.mark.parametrize("command", COMMANDS)
def test_completion_of_options(l4vm, complete, command):
    assert options_of(l4vm, command) == complete(command, "--")
    assert "--help" in complete(command, "--he")


def test_completion_of_names(complete):
    assert complete("show", "bench.conf", "") == {"sun", "moon", "rt", "system"}
    assert complete("show", "my bench.conf", "") == {"sun", "moon", "rt", "system"}
    assert complete("emu", "bench.conf", "") == {"sun", "moon"}
    assert complete("emu", "bench.conf", "s") == {"sun"}
    assert complete("emu", "v") == {"virt", "vexpress-a9"}
    assert complete("machines", "vi") == {"virt"}


def test_completion_of_kinds_of_display(complete):
    assert complete("emu", "pc", "--display", "=") == {"window", "full-screen", "none"}
    assert complete("emu", "pc", "--display", "=", "f") == {"full-screen"}
    assert complete("emu", "--display", "=", "window", "virt") == {"virt"}


def test_completion_of_files(complete):
    assert complete("check", "b") == {"bench.conf"}
    assert complete("check", "my") == {"my bench.conf"}
    assert complete("image", "bench.conf", "-o", "b") == {"bench.conf"}
    assert "bench.conf" in complete("emu", "b")


@pytest.fixture(scope="module")
def installed(build, tmp_path_factory):
    """The installed tree, made without building anything new."""
    root = tmp_path_factory.mktemp("root")
    compiler = "clang" if "clang" in os.path.basename(build) else "gcc"
    arguments = [f"DESTDIR={root}", "PREFIX=/opt/l4vm", f"BUILD={build}", f"COMPILER={compiler}"]
    subprocess.run(["make", *arguments, "install"], check=True, capture_output=True)
    return root, arguments


def test_installed_tree_works_from_elsewhere(installed, tmp_path):
    prefix = installed[0] / "opt/l4vm"
    for name in ("share/man/man1/l4vm.1", "share/man/man5/l4vm.conf.5", "share/doc/l4vm/LICENSE",
                 "share/bash-completion/completions/l4vm", "share/doc/l4vm/examples/demo.conf"):
        assert (prefix / name).stat().st_size > 0
    (tmp_path / "a.conf").write_text(f"[vm a]\nmachine = virt\nkernel = {image('zImage')}\n")
    result = subprocess.run([prefix / "bin/l4vm", "image", "a.conf", "-o", "a.iso"], cwd=tmp_path,
                            capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    listing = subprocess.run(["xorriso", "-indev", tmp_path / "a.iso", "-find", "/l4vm"],
                             capture_output=True, text=True).stdout
    assert "/l4vm/vmm'" in listing and "/l4vm/zImage'" in listing


def test_uninstall_leaves_no_file(installed):
    root, arguments = installed
    subprocess.run(["make", *arguments, "uninstall"], check=True, capture_output=True)
    assert [name for _, _, files in os.walk(root) for name in files] == []

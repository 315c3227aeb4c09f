# SPDX-License-Identifier: BSD-2-Clause
"""tools/setup installs what is missing, and only that, or says what to run.

Scripts stand in for dpkg-query, apt-get, sudo and id.
"""
import subprocess

import pytest


@pytest.fixture
def setup(tmp_path):
    """setup(installed, root=..., sudo=...) runs tools/setup on such a machine."""
    log = tmp_path / "apt.log"
    folder = tmp_path / "bin"
    folder.mkdir()

    def script(name, text):
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)

    def run(*groups, installed=(), root=False, sudo=False, debian=True):
        for tool in ("sh", "sed", "tr", "grep", "env", "cat", "true"):
            (folder / tool).symlink_to(f"/usr/bin/{tool}")
        if debian:
            lines = "".join(f"installed {package}\n" for package in installed)
            script("dpkg-query", f"cat <<'END'\n{lines}config-files mtools\nEND\nexit 1")
        script("apt-get", f'echo "$@" >>{log}')
        script("id", f"echo {0 if root else 1000}")
        if sudo:
            script("sudo", f'echo sudo >>{log}\nwhile :; do case $1 in -*) shift;; *) break;; '
                           'esac; done\nexec "$@"')
        result = subprocess.run(["/bin/sh", "tools/setup", *groups], text=True,
                                capture_output=True, env={"PATH": str(folder)})
        result.apt = log.read_text().splitlines() if log.exists() else []
        return result

    return run


def test_nothing_missing_is_silent(setup):
    result = setup("run", installed=["qemu-system-x86"], root=True)
    assert (result.returncode, result.stdout, result.stderr, result.apt) == (0, "", "", [])


def test_root_installs_what_is_missing(setup):
    result = setup("test", installed=["perl", "python3", "device-tree-compiler"], root=True)
    assert result.returncode == 0
    assert result.apt == ["update", "install -y --no-install-recommends "
                          "python3-pytest python3-pytest-xdist python3-pexpect"]


def test_removed_package_counts_as_missing(setup):
    result = setup("iso", installed=["grub-common", "grub-pc-bin", "xorriso"], root=True)
    assert result.apt[-1].endswith("--no-install-recommends mtools")


def test_sudo_without_password_installs(setup):
    result = setup("run", sudo=True)
    assert result.returncode == 0
    assert "install -y --no-install-recommends qemu-system-x86" in result.apt
    assert "sudo" in result.apt


def test_others_get_the_line_to_run(setup):
    result = setup("clang", "style")
    assert result.returncode == 1
    assert "apt-get update && apt-get install clang libclang-rt-14-dev clang-format" in result.stderr
    assert result.apt == []


def test_other_systems_go_on_with_a_warning(setup):
    result = setup("run", debian=False)
    assert result.returncode == 0
    assert "not Debian" in result.stderr


def test_unknown_group_is_an_error(setup):
    result = setup("kitchen")
    assert result.returncode == 2
    assert "no group 'kitchen'" in result.stderr


def test_without_groups_everything_is_asked_for(setup):
    needed = setup().stderr
    for package in ("gcc", "clang", "qemu-system-x86", "grub-pc-bin", "python3-pexpect",
                    "clang-format"):
        assert f" {package}" in needed

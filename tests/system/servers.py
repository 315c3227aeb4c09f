# SPDX-License-Identifier: BSD-2-Clause
"""Manifests for system tests: tasks and channels to a flat device tree."""
import subprocess

MANIFEST = """/dts-v1/;
/ {{
    compatible = "l4vm,manifest-1";
    title = "test"; {properties}
    tasks {{
{tasks}
    }};
    channels {{
{channels}
    }};
}};
"""
CHANNEL_BYTES = {"serial": 0x4000, "block": 0x44000, "console": 0x900000}


def task(name, program, body="", memory=0x200000, priority=100):
    return (f'{name} {{ program = "{program}"; priority = <{priority}>; '
            f'memory = <0 {memory:#x}>; {body} }};')


def serial_server(config=""):
    return task("serial", "serial", "ports = <0x3f8 8>; interrupts = <4>; "
                f"config {{ {config} }};", memory=0x100000, priority=200)


def write_manifest(path, tasks, channels, properties=""):
    """tasks: texts of task(); channels: (client, server), the server being its kind;
    properties: of the whole, like "tests;"."""
    texts = [f'{number} {{ client = "{client}"; server = "{server}"; kind = "{server}"; '
             f"bytes = <0 {CHANNEL_BYTES[server]:#x}>; }};"
             for number, (client, server) in enumerate(channels)]
    source = MANIFEST.format(tasks="\n".join(tasks), channels="\n".join(texts),
                             properties=properties)
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", str(path)], input=source,
                   text=True, check=True)


def console_server(first):
    return task("console", "console", "ports = <0x60 1>, <0x64 1>, <0x3b0 0x30>, <0x1ce 2>; "
                "interrupts = <1 12>; devices = <0 0xa0000 0 0x20000>; framebuffer; "
                f'config {{ first = "{first}"; }};', memory=0x1800000, priority=180)


def manager():
    return task("manager", "manager", "supervisor;", memory=0x400000, priority=120)

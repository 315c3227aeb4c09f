# SPDX-License-Identifier: BSD-2-Clause
"""The screen of vexpress-a9, as PNG files."""
import shutil
import subprocess

import pytest

from guest import image, linux
from picture import Picture

LETTER = (8, 16)  # of the console's font


def tree_with_one_display(path):
    """The kernel's device tree, with the transmitter connected to one controller.

    In the original its two inputs come from two controllers.  The driver in Linux 6.1
    takes the second one for its output, and waits in vain for what is behind that.
    """
    shutil.copy(image("vexpress-v2p-ca9.dtb"), path)
    ports = ("/bus@40000000/motherboard-bus@40000000/iofpga@7,00000000/i2c@16000/"
             "dvi-transmitter@39/ports")
    controller = "/clcd@10020000/port/endpoint"

    def handle(node):
        return subprocess.check_output(["fdtget", path, node, "phandle"], text=True).strip()

    for arguments in (["-r", path, f"{ports}/port@1"],
                      [path, controller, "remote-endpoint", handle(f"{ports}/port@0/endpoint")],
                      [path, f"{ports}/port@0/endpoint", "remote-endpoint", handle(controller)]):
        subprocess.run(["fdtput", *arguments], check=True)


@pytest.fixture(scope="module")
def picture(l4vm, tmp_path_factory):
    """What is seen when Linux has come up with its console on the screen."""
    folder = tmp_path_factory.mktemp("screen")
    path, tree = folder / "screen.png", folder / "tree.dtb"
    tree_with_one_display(tree)
    # The last --dtb counts.
    arguments = linux("vexpress-a9", "--dtb", tree, append="console=tty0")
    subprocess.run([l4vm, "emu", *arguments, "--deterministic", "--stop-after", "900M",
                    "--screenshot", path], check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, timeout=60)
    return Picture(path)


def test_size_is_the_modes(picture):
    assert (picture.width, picture.height) == (1024, 768)


def test_text_is_on_it(picture):
    """Many different letters, in one colour on black, from the left of each line."""
    black = bytes(3 * LETTER[0])
    letters, left = set(), 0
    for line in range(picture.height // LETTER[1]):
        for column in range(picture.width // LETTER[0]):
            cell = picture.cell(column, line)
            colours = {row[i:i + 3] for row in cell for i in range(0, len(row), 3)}
            if any(row != black for row in cell) and len(colours) == 2:
                letters.add(cell)
                left += column == 0
    assert len(letters) > 30
    assert left > 10


def test_logo_is_on_it(picture):
    """Tux at the top: many colours within 80 pixels."""
    colours = {row[i:i + 3] for row in picture.rows[:80] for i in range(0, 3 * 80, 3)}
    assert len(colours) > 20
    assert len({row[i:i + 3] for row in picture.rows[100:] for i in range(0, len(row), 3)}) < 5

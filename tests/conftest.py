# SPDX-License-Identifier: BSD-2-Clause
"""Options of all pytest suites; they run from the top folder."""
import os

import pytest


def pytest_addoption(parser):
    parser.addoption("--build", default="build/gcc", help="the build folder under test")


def pytest_configure():
    # Tests name files from the top, as make does; make's own settings must not leak
    # into the makes that tests start.
    os.chdir(os.path.join(os.path.dirname(__file__), ".."))
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES"):
        os.environ.pop(name, None)


@pytest.fixture(scope="session")
def build(request):
    return request.config.getoption("--build")

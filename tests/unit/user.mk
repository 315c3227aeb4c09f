# SPDX-License-Identifier: BSD-2-Clause
#
# Unit tests of what L4 programs are made of: lib/ and servers/.
unit-tests += libc_test
libc_test-src := tests/unit/libc_test.c

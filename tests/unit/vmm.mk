# SPDX-License-Identifier: BSD-2-Clause
#
# Unit tests of the vmm server and of the emulator's port to L4.
unit-tests += ranges_test vmm_test
ranges_test-src := tests/unit/ranges_test.c emu/port/l4/ranges.c
ranges_test-cflags := -Iemu
vmm_test-src := tests/unit/vmm_test.c $(addprefix servers/vmm/,frame.c keys.c terminal.c)

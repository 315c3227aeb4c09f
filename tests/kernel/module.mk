# SPDX-License-Identifier: BSD-2-Clause
#
# ktest, the kernel's test program; it runs as the root task.

user-programs += ktest
ktest-src := $(wildcard tests/kernel/*.c tests/kernel/*.S)
ktest-base := 0x00400000

# SPDX-License-Identifier: BSD-2-Clause
#
# A root task that shows what the boot loader handed over.
user-programs += bootinfo
bootinfo-src := tests/system/bootinfo/bootinfo.c
bootinfo-base := 0x00400000

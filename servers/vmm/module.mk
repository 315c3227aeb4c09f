# SPDX-License-Identifier: BSD-2-Clause
user-programs += vmm
vmm-src := $(addprefix servers/vmm/,config.c disk.c frame.c keys.c line.c main.c saved.c screen.c \
	terminal.c)
vmm-base := 0x00400000
vmm-libs := emu-l4/libemu.a lib/libfdt.a

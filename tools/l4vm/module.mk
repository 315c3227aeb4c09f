# SPDX-License-Identifier: BSD-2-Clause
l4vm-src += $(addprefix tools/l4vm/,emu.c emu_options.c main.c stats.c)

# SPDX-License-Identifier: BSD-2-Clause
emu-l4-src += $(addprefix emu/port/l4/,port.c ranges.c)

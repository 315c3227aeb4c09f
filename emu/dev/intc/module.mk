# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/dev/intc/,gic.c i8259.c)

# SPDX-License-Identifier: BSD-2-Clause
emu-src += emu/dev/char/pl011.c
emu-src += $(addprefix emu/dev/char/,ns16550.c parallel.c)

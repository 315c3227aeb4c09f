# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/dev/char/,ns16550.c parallel.c pl011.c)

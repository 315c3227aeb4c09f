# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/dev/input/,pl050.c ps2.c ps2_keyboard.c ps2_mouse.c)

# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/dev/input/,i8042.c pl050.c ps2.c ps2_keyboard.c ps2_mouse.c)

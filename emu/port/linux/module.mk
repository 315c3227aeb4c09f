# SPDX-License-Identifier: BSD-2-Clause
emu-linux-src += $(addprefix emu/port/linux/,disk_file.c gdb_server.c png.c port.c state_file.c \
	terminal.c typing.c window.c window_keys.c window_scale.c \
	window_$(if $(wildcard /usr/include/SDL2/SDL.h),sdl,none).c)

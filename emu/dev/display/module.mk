# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/dev/display/,pl11x.c sii9022.c vga.c vga_dispi.c vga_draw.c \
	vga_memory.c vga_ports.c vga_time.c)

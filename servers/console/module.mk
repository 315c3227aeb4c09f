# SPDX-License-Identifier: BSD-2-Clause
user-programs += console
console-font := $(BUILD)/gen/console_font.c
# What needs no L4, and is tested on Linux.
console-core := $(addprefix servers/console/,client.c focus.c framebuffer.c picture.c pixels.c \
	ps2_bytes.c quantizer.c scancode.c screen.c server.c splash.c text.c) $(console-font)
console-src := $(console-core) $(addprefix servers/console/,main.c ps2.c report.c vga.c \
	vga_registers.c)
console-base := 0x00400000
console-libs := lib/libfdt.a

$(console-font): tools/gen-font
	$(call run,GEN,tools/gen-font $@)

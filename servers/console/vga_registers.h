/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VGA's registers ("IBM VGA XGA Technical Reference Manual", 1992, part VGA): the two
 * modes that the console uses, and access to single registers.
 */
#ifndef CONSOLE_VGA_REGISTERS_H
#define CONSOLE_VGA_REGISTERS_H

#include <l4/x86_64/port.h>
#include <stdint.h>

enum vga_port {
	VGA_ATTRIBUTE = 0x3c0,
	VGA_MISCELLANEOUS = 0x3c2,
	VGA_SEQUENCER = 0x3c4,
	VGA_DAC_MASK = 0x3c6,
	VGA_DAC_INDEX = 0x3c8,
	VGA_DAC_DATA = 0x3c9,
	VGA_GRAPHICS = 0x3ce,
	VGA_CRT = 0x3d4,
	VGA_STATUS = 0x3da,
};

enum vga_register {
	/* sequencer */
	VGA_RESET = 0,
	VGA_MAP_MASK = 2,
	VGA_MEMORY_MODE = 4,
	/* CRT controller */
	VGA_MAXIMUM_SCAN_LINE = 9,
	VGA_CURSOR_START = 0x0a,
	VGA_CURSOR_END = 0x0b,
	VGA_CURSOR_HIGH = 0x0e,
	VGA_CURSOR_LOW = 0x0f,
	VGA_VERTICAL_SYNC_END = 0x11,
	VGA_VERTICAL_DISPLAY_END = 0x12,
	/* graphics controller */
	VGA_SET_RESET = 0,
	VGA_ENABLE_SET_RESET = 1,
	VGA_READ_MAP = 4,
	VGA_GRAPHICS_MODE = 5,
	VGA_GRAPHICS_MISCELLANEOUS = 6,
	/* attribute controller */
	VGA_ATTRIBUTE_MODE = 0x10,
};

struct vga_mode {
	uint8_t miscellaneous;
	uint8_t sequencer[5];
	uint8_t crt[25];
	uint8_t graphics[9];
	uint8_t attribute[5]; /* from 0x10; the 16 palette registers are one to one */
};

extern const struct vga_mode vga_mode_text;   /* 80 x 25 in 720 x 400, colour */
extern const struct vga_mode vga_mode_pixels; /* 640 x 480, 16 colours */

/* The screen stays dark until vga_unblank. */
void vga_set_mode(const struct vga_mode *mode);
void vga_unblank(void);

void vga_set_attribute(uint8_t index, uint8_t value);
void vga_set_colours(const uint32_t *colours, unsigned count);

static inline void vga_set(enum vga_port port, uint8_t index, uint8_t value)
{
	port_out16((uint16_t)port, (uint16_t)(index | value << 8));
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A display that is a plain VGA, by its registers and the memory at 0xa0000: text of up to
 * 80 columns in its text mode, everything else as 640 x 480 pixels of 16 colours.
 */
#ifndef CONSOLE_VGA_H
#define CONSOLE_VGA_H

#include "display.h"
#include "quantizer.h"

#define VGA_MEMORY_ADDRESS 0xa0000u
#define VGA_MEMORY_BYTES 0x20000u

struct vga {
	struct display display;
	volatile uint8_t *memory;
	struct quantizer quantizer;
	uint32_t text_left, text_top; /* cells */
};

/* `memory` is where VGA_MEMORY_ADDRESS is mapped.  The ports 0x3b0-0x3df are the caller's. */
void vga_init(struct vga *v, void *memory);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the console server's tests stand on: displays in memory of exactly the size they
 * say, so that a sanitizer sees each byte outside, and channels as root would map them.
 */
#ifndef TESTS_UNIT_CONSOLE_STAND_H
#define TESTS_UNIT_CONSOLE_STAND_H

#include "servers/console/framebuffer.h"
#include "servers/console/quantizer.h"
#include "servers/console/server.h"

/* A frame buffer; other shifts than 16, 8, 0 by `info`. */
struct stand_framebuffer {
	struct framebuffer framebuffer;
	struct task_framebuffer info;
	uint8_t *memory;
};

bool stand_framebuffer(struct stand_framebuffer *f, uint32_t width, uint32_t height, uint32_t bits);
uint32_t stand_pixel(const struct stand_framebuffer *f, uint32_t x, uint32_t y);

/* A display with a text mode of 80 columns and 400 lines and 640 x 480 pixels of 16
 * colours.  It counts what it was told to do, and aborts if that leads outside. */
struct stand_vga {
	struct display display;
	struct quantizer quantizer;
	bool text_mode;
	uint32_t columns, rows;
	uint32_t cursor_column, cursor_row, cursor_first, cursor_last;
	unsigned begun, cells_put, lines_put;
	uint16_t cell[100][160];
	uint32_t pixel[480][640];
};

void stand_vga(struct stand_vga *v);

/* Zeroed memory of a channel's size; freed by free(). */
struct console_channel *stand_channel(void);

#endif

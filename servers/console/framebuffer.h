/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A display that is a linear frame buffer of 16, 24 or 32 bits a pixel.
 */
#ifndef CONSOLE_FRAMEBUFFER_H
#define CONSOLE_FRAMEBUFFER_H

#include "display.h"

#include <l4/task.h>

struct framebuffer {
	struct display display;
	uint8_t *memory;
	uint32_t pitch, bytes;          /* of a line, of a pixel */
	uint8_t shift[3], lost_bits[3]; /* red, green, blue: of 8 bits the lower are dropped */
	bool native;                    /* pixels are 0x00RRGGBB */
};

/* False if it isn't one that can be used; `memory` is where it is mapped. */
bool framebuffer_init(struct framebuffer *f, const struct task_framebuffer *info, void *memory);

#endif

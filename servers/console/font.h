/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console's own font, which tools/gen-font makes from a Debian package's: 8 x 16, in
 * the order of code page 437, bit 7 of each line's byte leftmost.
 */
#ifndef CONSOLE_FONT_H
#define CONSOLE_FONT_H

#include <stdint.h>

#define FONT_HEIGHT 16u

extern const uint8_t font_cp437[256][FONT_HEIGHT];

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is behind a machine's connectors: the port supplies these, chips use them.
 * All calls happen on the vCPU thread; a port that hears of input on another
 * thread queues it and calls machine_attention (see machine.h).
 */
#ifndef EMU_BACKEND_H
#define EMU_BACKEND_H

#include <emu/types.h>

/* A serial line.  The chip sets the receive half; the port the transmit half. */
struct serial_line {
	void *port;
	void (*transmit)(void *port, const uint8_t *bytes, size_t count);
	void *chip;
	/* How many bytes the chip takes now; and here they are, at most that many.
	 * After it had no room it calls `ready` when there is some again. */
	size_t (*room)(void *chip);
	void (*receive)(void *chip, const uint8_t *bytes, size_t count);
	void (*receive_break)(void *chip);
	void (*ready)(void *port);
};

/* A disk or another medium in sectors of 512 bytes.  Functions return false on an
 * error of the medium; out-of-range requests never get here (disk_read checks). */
#define SECTOR_BYTES 512

struct disk {
	void *port;
	bool (*read)(void *port, uint64_t sector, uint32_t count, void *bytes);
	bool (*write)(void *port, uint64_t sector, uint32_t count, const void *bytes);
	bool (*flush)(void *port);
	uint64_t sectors;
	bool read_only;
	char serial[21];
};

static inline bool disk_read(struct disk *d, uint64_t sector, uint32_t count, void *bytes)
{
	return sector <= d->sectors && count <= d->sectors - sector &&
	       d->read(d->port, sector, count, bytes);
}

static inline bool disk_write(struct disk *d, uint64_t sector, uint32_t count, const void *bytes)
{
	return !d->read_only && sector <= d->sectors && count <= d->sectors - sector &&
	       d->write(d->port, sector, count, bytes);
}

static inline bool disk_flush(struct disk *d)
{
	return d->read_only || !d->flush || d->flush(d->port);
}

/* A picture of characters.  The port gives room for cells; the chip fills in the rest.
 * Cells are as a VGA's: character | attribute << 8, the attribute's bits 0-3 the colour of
 * the character, 4-7 that of its background (4-6 if bit 7 blinks). */
#define SCREEN_FONT_BYTES 0x2000 /* 256 glyphs of 32 bytes each, bit 7 of them leftmost */

struct screen_text {
	uint16_t *cells; /* in */
	size_t room;     /* in: cells there is room for */
	unsigned columns, rows;
	unsigned font_height; /* lines, 1 to 32 */
	bool blinks;
	unsigned cursor_column, cursor_row; /* may be outside of the picture */
	unsigned cursor_first, cursor_last; /* lines; first > last: there is none */
	uint32_t palette[16];               /* 0x00RRGGBB */
	uint8_t font[SCREEN_FONT_BYTES];
};

/* A screen.  The port asks the chip to draw when it wants a picture: `draw` fills
 * 32-bit pixels 0x00RRGGBB, `stride` pixels a line, for the whole of the current
 * geometry.  It must not have side effects on the guest. */
struct screen {
	void *chip;
	/* Current size; 0 x 0 while the display is off. */
	void (*geometry)(void *chip, unsigned *width, unsigned *height);
	void (*draw)(void *chip, uint32_t *pixels, size_t stride);
	/* The same as text; false if the picture can't be told that way, or there is no room
	 * for the cells.  NULL for chips that know no text. */
	bool (*text)(void *chip, struct screen_text *t);
};

/* Keys are USB HID usage numbers of page 7 (4 = A, 40 = Enter, 224 = left Ctrl).
 * Chips set these; NULL while the machine has no such device. */
struct input {
	void *keyboard;
	void (*key)(void *keyboard, unsigned usage, bool down);
	/* Whether the keyboard has such a key; others are ignored. */
	bool (*has_key)(void *keyboard, unsigned usage);
	/* Whether the guest has taken most of what was pressed before; keys that it hasn't room
	 * for are lost.  Who can wait should. */
	bool (*takes_key)(void *keyboard);
	void *mouse;
	/* Relative motion, y downwards; buttons: bit 0 left, 1 right, 2 middle. */
	void (*move)(void *mouse, int dx, int dy, int wheel, unsigned buttons);
};

#endif

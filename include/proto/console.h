/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual console: what a client shows on the PC's display while its console has the
 * focus, and the keys and mouse movements it then gets.  Shared memory
 * (<proto/channel.h>) with a ring of events; the picture is text cells or pixels.
 *
 * The client draws at any time, then stamps: it adds 1 to `frame` and stores the new value
 * in row_frame[] of each row it has changed (a text row, or a line of pixels).  The server
 * shows rows whose stamp differs from the one it has shown, and everything when the mode,
 * the geometry, palette or fonts (`look` is incremented by 1) have changed.  It signals
 * nothing for that; the client signals after a frame if `visible`.
 *
 * The server never trusts what it reads here: unknown modes, geometry larger than the
 * areas below, and so on show an empty console.
 */
#ifndef PROTO_CONSOLE_H
#define PROTO_CONSOLE_H

#include <proto/channel.h>

#define CONSOLE_EVENTS 256u
#define CONSOLE_MAX_COLUMNS 160u
#define CONSOLE_MAX_ROWS 100u
#define CONSOLE_MAX_WIDTH 1600u
#define CONSOLE_MAX_HEIGHT 1200u
#define CONSOLE_FONT_BYTES 0x4000u /* 512 glyphs of 8 x up to 32, 32 bytes each */
#define CONSOLE_FONT_OFFSET 0x8000u
#define CONSOLE_CELLS_OFFSET 0xc000u
#define CONSOLE_PIXELS_OFFSET 0x100000u
#define CONSOLE_CHANNEL_BYTES 0x900000ull /* 9 MiB of addresses; memory as it is touched */

enum console_mode {
	CONSOLE_OFF = 0,      /* a dark screen */
	CONSOLE_TEXT = 1,     /* uint16_t cells: character | attribute << 8, as on a VGA */
	CONSOLE_PIXELS32 = 2, /* uint32_t 0x00RRGGBB */
	CONSOLE_PIXELS8 = 3,  /* uint8_t indices into `palette` */
};

/* Attributes of text: bits 0-3 foreground, 4-7 background: 16 colours of `palette`, or, if
 * CONSOLE_LOOK_PALETTE isn't set, the VGA's usual ones.  Characters are code page 437
 * unless the client has a font of its own. */
#define CONSOLE_LOOK_PALETTE 1u /* palette[] counts */
#define CONSOLE_LOOK_FONT 2u    /* the font area counts, 256 glyphs */
#define CONSOLE_LOOK_BLINK 4u   /* attribute bit 7 blinks */
#define CONSOLE_LOOK_CURSOR 8u  /* the cursor is shown */

enum console_event_type {
	CONSOLE_KEY_DOWN = 1, /* code: USB HID usage of page 7, as in <emu/backend.h> */
	CONSOLE_KEY_UP = 2,
	CONSOLE_MOUSE = 3,  /* dx, dy (downwards), wheel; code: buttons, bit 0 left, 1 right,
			    * 2 middle */
	CONSOLE_ALL_UP = 4, /* the focus has gone: no key is down any more */
};

struct console_event {
	uint16_t type, code;
	int16_t dx, dy, wheel;
	uint16_t unused[3];
};

struct console_channel {
	struct channel_head head;
	struct channel_counter events_written;        /* server */
	struct channel_counter events_read;           /* client */
	struct {                                      /* server */
		uint32_t visible;                     /* 1: on the display now */
		uint32_t screen_width, screen_height; /* pixels that can be shown */
		uint32_t unused[13];
	} server;
	struct { /* client */
		uint32_t mode;
		uint32_t width, height; /* columns and rows of text, or pixels */
		uint32_t stride;        /* cells or pixels from a row to the next */
		uint32_t look, look_flags;
		uint32_t font_height; /* 8..32 lines of a client's font */
		uint32_t cursor_column, cursor_row, cursor_first, cursor_last; /* lines */
		uint32_t frame;
		uint32_t unused[4];
		uint32_t palette[256]; /* 0x00RRGGBB */
	} client;
	struct console_event event[CONSOLE_EVENTS]; /* server */
	uint32_t row_frame[CONSOLE_MAX_HEIGHT];     /* client */
};

static inline uint8_t *console_font(struct console_channel *c)
{
	return (uint8_t *)c + CONSOLE_FONT_OFFSET;
}

static inline uint16_t *console_cells(struct console_channel *c)
{
	return (uint16_t *)((uint8_t *)c + CONSOLE_CELLS_OFFSET);
}

static inline void *console_pixels(struct console_channel *c)
{
	return (uint8_t *)c + CONSOLE_PIXELS_OFFSET;
}

#endif

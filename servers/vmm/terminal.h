/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A terminal of 80 x 25 characters, which shows what a machine without a display sends to
 * its serial line.  Understands the part of ECMA-48 that boot loaders, kernels and shells
 * use: CR, LF, BS, TAB, colours (SGR), cursor movement (CUU CUD CUF CUB CNL CPL CHA VPA
 * CUP HVP), erasing (ED EL ECH), lines and characters in and out (IL DL ICH DCH), scroll
 * region, saved cursor.  Other sequences are skipped; beyond ASCII shows as '?'.
 *
 * Cells are as a VGA's: character | attribute << 8 (<proto/console.h>).
 */
#ifndef VMM_TERMINAL_H
#define VMM_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TERMINAL_COLUMNS 80
#define TERMINAL_ROWS 25
#define TERMINAL_PARAMETERS 8

struct terminal {
	uint16_t cell[TERMINAL_ROWS][TERMINAL_COLUMNS];
	uint32_t changed; /* bit n: row n, since whoever shows it cleared this */
	unsigned row, column;
	unsigned saved_row, saved_column;
	unsigned top, bottom; /* rows that scroll: top..bottom */
	uint8_t foreground, background;
	bool bold, reverse, wrap; /* wrap: the next character begins a new line */
	/* A sequence on its way. */
	uint8_t state, private;
	unsigned parameters;
	unsigned parameter[TERMINAL_PARAMETERS];
};

void terminal_init(struct terminal *t);
void terminal_write(struct terminal *t, const uint8_t *bytes, size_t count);

#endif

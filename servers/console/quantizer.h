/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chooses 16 colours for a display that has no more.  As long as a picture has at most 16,
 * they are exactly these, in the order in which they appear.  When there are more, the
 * quantizer is `poor`: its owner then shows it the whole picture (begin, learn, finish),
 * which gives a palette by median cut, and draws everything anew.
 *
 *	index = quantizer_map(&q, 0x00RRGGBB);
 */
#ifndef CONSOLE_QUANTIZER_H
#define CONSOLE_QUANTIZER_H

#include <stdbool.h>
#include <stdint.h>

#define QUANTIZER_COLOURS 16u
#define QUANTIZER_CELLS 4096u /* colours by their upper 4 bits of red, green and blue */

struct quantizer {
	uint32_t colour[QUANTIZER_COLOURS];
	unsigned used;
	bool rich; /* the palette is a choice, not all there is */
	bool poor; /* it should be chosen again */
	bool palette_changed;
	unsigned misses;                /* badly matched cells since it was chosen */
	uint8_t index[QUANTIZER_CELLS]; /* of the colour, a guess unless rich; 0xff: not known */
	uint32_t count[QUANTIZER_CELLS];
};

/* A new picture; or one that has these colours and no others. */
void quantizer_reset(struct quantizer *q);
void quantizer_set(struct quantizer *q, const uint32_t *colours, unsigned count);

/* Choosing again. */
void quantizer_begin(struct quantizer *q);
void quantizer_learn(struct quantizer *q, const uint32_t *pixels, uint32_t count);
void quantizer_finish(struct quantizer *q);

uint8_t quantizer_find(struct quantizer *q, uint32_t colour);

/* For what isn't part of the picture: never makes the quantizer poor. */
uint8_t quantizer_match(struct quantizer *q, uint32_t colour);

static inline uint8_t quantizer_map(struct quantizer *q, uint32_t colour)
{
	uint32_t cell = (colour >> 12 & 0xf00) | (colour >> 8 & 0xf0) | (colour >> 4 & 0xf);

	uint8_t index = q->index[cell];

	if (index < q->used && (q->rich || q->colour[index] == (colour & 0xffffff)))
		return index;
	return quantizer_find(q, colour);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sixteen colours for a picture.  Median cut after P. Heckbert, "Color Image Quantization
 * for Frame Buffer Display" (1982), over cells of 4 bits a component.
 */
#include "quantizer.h"

#include <string.h>

/* A cell further than this from its colour, in squares of 8-bit steps, is a miss, and so
 * many of these make another choice worth its time. */
#define QUANTIZER_FAR (3 * 40 * 40)
#define QUANTIZER_MISSES 16

struct quantizer_box {
	uint8_t low[3], high[3]; /* red, green, blue; both inside */
	uint64_t pixels;
};

void quantizer_reset(struct quantizer *q)
{
	q->used = 0;
	q->rich = q->poor = false;
	q->palette_changed = true;
	memset(q->index, 0xff, sizeof(q->index));
}

void quantizer_set(struct quantizer *q, const uint32_t *colours, unsigned count)
{
	quantizer_reset(q);
	for (unsigned i = 0; i < count; i++)
		q->colour[i] = colours[i] & 0xffffff;
	q->used = count;
}

static uint32_t quantizer_distance(uint32_t a, uint32_t b)
{
	int red = (int)(a >> 16 & 0xff) - (int)(b >> 16 & 0xff);
	int green = (int)(a >> 8 & 0xff) - (int)(b >> 8 & 0xff);
	int blue = (int)(a & 0xff) - (int)(b & 0xff);

	return (uint32_t)(red * red + green * green + blue * blue);
}

static uint8_t quantizer_nearest(const struct quantizer *q, uint32_t colour)
{
	uint32_t best = ~0u;
	uint8_t index = 0;

	for (unsigned i = 0; i < q->used && best; i++) {
		uint32_t distance = quantizer_distance(q->colour[i], colour);

		if (distance < best) {
			best = distance;
			index = (uint8_t)i;
		}
	}
	return index;
}

uint8_t quantizer_find(struct quantizer *q, uint32_t colour)
{
	uint32_t cell = (colour >> 12 & 0xf00) | (colour >> 8 & 0xf0) | (colour >> 4 & 0xf);
	uint8_t index;

	colour &= 0xffffff;
	index = quantizer_nearest(q, colour);
	if (q->rich) {
		q->index[cell] = index;
		if (quantizer_distance(q->colour[index], colour) > QUANTIZER_FAR &&
		    ++q->misses >= QUANTIZER_MISSES)
			q->poor = true;
		return index;
	}
	if (q->used && q->colour[index] == colour) {
		q->index[cell] = index;
		return index;
	}
	if (q->used == QUANTIZER_COLOURS) {
		q->poor = true;
		return index;
	}
	index = (uint8_t)q->used++;
	q->index[cell] = index;
	q->colour[index] = colour;
	q->palette_changed = true;
	return index;
}

uint8_t quantizer_match(struct quantizer *q, uint32_t colour)
{
	if (!q->rich && q->used < QUANTIZER_COLOURS)
		return quantizer_find(q, colour);
	return quantizer_nearest(q, colour & 0xffffff);
}

void quantizer_begin(struct quantizer *q)
{
	memset(q->count, 0, sizeof(q->count));
}

void quantizer_learn(struct quantizer *q, const uint32_t *pixels, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t c = pixels[i];

		q->count[(c >> 12 & 0xf00) | (c >> 8 & 0xf0) | (c >> 4 & 0xf)]++;
	}
}

/* Every cell of the box. */
#define FOR_BOX(box, r, g, b)                                                                      \
	for (unsigned r = (box)->low[0]; r <= (box)->high[0]; r++)                                 \
		for (unsigned g = (box)->low[1]; g <= (box)->high[1]; g++)                         \
			for (unsigned b = (box)->low[2]; b <= (box)->high[2]; b++)

/* Pulls the sides in to what has pixels, and counts these. */
static void quantizer_shrink(const struct quantizer *q, struct quantizer_box *box)
{
	struct quantizer_box tight = { { 15, 15, 15 }, { 0, 0, 0 }, 0 };

	FOR_BOX(box, r, g, b)
	{
		const unsigned at[3] = { r, g, b };
		uint32_t count = q->count[r << 8 | g << 4 | b];

		tight.pixels += count;
		for (unsigned i = 0; count && i < 3; i++) {
			if (at[i] < tight.low[i])
				tight.low[i] = (uint8_t)at[i];
			if (at[i] > tight.high[i])
				tight.high[i] = (uint8_t)at[i];
		}
	}
	if (tight.pixels)
		*box = tight;
	else
		box->pixels = 0;
}

static unsigned quantizer_longest(const struct quantizer_box *box)
{
	unsigned axis = 0;

	for (unsigned i = 1; i < 3; i++)
		if (box->high[i] - box->low[i] > box->high[axis] - box->low[axis])
			axis = i;
	return axis;
}

/* Cuts the box where half of its pixels are on each side; the upper half is returned. */
static struct quantizer_box quantizer_cut(const struct quantizer *q, struct quantizer_box *box)
{
	unsigned axis = quantizer_longest(box), cut;
	struct quantizer_box upper = *box;
	uint64_t slice[16] = { 0 }, sum = 0;

	FOR_BOX(box, r, g, b)
	{
		const unsigned at[3] = { r, g, b };

		slice[at[axis]] += q->count[r << 8 | g << 4 | b];
	}
	for (cut = box->low[axis]; cut + 1u < box->high[axis]; cut++) {
		sum += slice[cut];
		if (sum * 2 >= box->pixels)
			break;
	}
	box->high[axis] = (uint8_t)cut;
	upper.low[axis] = (uint8_t)(cut + 1);
	quantizer_shrink(q, box);
	quantizer_shrink(q, &upper);
	return upper;
}

/* The mean of the box's colours. */
static uint32_t quantizer_mean(const struct quantizer *q, const struct quantizer_box *box)
{
	uint64_t sum[3] = { 0, 0, 0 }, n = box->pixels ? box->pixels : 1;

	FOR_BOX(box, r, g, b)
	{
		uint64_t count = q->count[r << 8 | g << 4 | b];

		sum[0] += count * r * 17;
		sum[1] += count * g * 17;
		sum[2] += count * b * 17;
	}
	return (uint32_t)(sum[0] / n << 16 | sum[1] / n << 8 | sum[2] / n);
}

/* The box that has most to gain: many pixels, far apart.  NULL if none can be cut. */
static struct quantizer_box *quantizer_worst(struct quantizer_box *boxes, unsigned count)
{
	struct quantizer_box *worst = NULL;
	uint64_t most = 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned axis = quantizer_longest(&boxes[i]);
		uint64_t gain = boxes[i].pixels * (boxes[i].high[axis] - boxes[i].low[axis]);

		if (gain > most) {
			most = gain;
			worst = &boxes[i];
		}
	}
	return worst;
}

void quantizer_finish(struct quantizer *q)
{
	struct quantizer_box box[QUANTIZER_COLOURS] = { { { 0, 0, 0 }, { 15, 15, 15 }, 0 } };
	struct quantizer_box *worst;
	unsigned count = 1;

	quantizer_shrink(q, &box[0]);
	while (count < QUANTIZER_COLOURS && (worst = quantizer_worst(box, count))) {
		box[count] = quantizer_cut(q, worst);
		count++;
	}
	for (unsigned i = 0; i < count; i++)
		q->colour[i] = quantizer_mean(q, &box[i]);
	q->used = count;
	q->rich = true;
	q->poor = false;
	q->misses = 0;
	q->palette_changed = true;
	memset(q->index, 0xff, sizeof(q->index));
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PL061 general purpose input/output: ARM DDI 0190, chapter 3.  Lines that nobody
 * drives read 0.  Hardware control (GPIOAFSEL) is only remembered; the test registers
 * aren't modelled.
 */
#include "pl061.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>
#include <emu/primecell.h>

enum {
	GPIO_DATA_END = 0x400, /* from 0: address bits 9..2 are a mask */
	GPIO_DIR = 0x400,
	GPIO_IS = 0x404,
	GPIO_IBE = 0x408,
	GPIO_IEV = 0x40c,
	GPIO_IE = 0x410,
	GPIO_RIS = 0x414,
	GPIO_MIS = 0x418,
	GPIO_IC = 0x41c,
	GPIO_AFSEL = 0x420,
};

#define PL061_ID 0x00041061

struct pl061 {
	struct irq irq, output[PL061_LINES];
	uint8_t input, latch; /* what is driven from outside, and by the guest */
	uint8_t seen;         /* the lines when edges were last looked for */
	uint8_t direction, sense, both, event, mask, alternate;
	uint8_t edges; /* latched edge interrupts */
};

static uint8_t pl061_lines(const struct pl061 *g)
{
	return (uint8_t)((g->input & ~g->direction) | (g->latch & g->direction));
}

static uint8_t pl061_raw(const struct pl061 *g)
{
	uint8_t active = (uint8_t) ~(pl061_lines(g) ^ g->event);

	return (uint8_t)((g->sense & active) | (~g->sense & g->edges));
}

static void pl061_update(struct pl061 *g)
{
	uint8_t lines = pl061_lines(g);
	uint8_t changed = lines ^ g->seen;

	g->edges |= changed & ~g->sense & (g->both | (uint8_t) ~(lines ^ g->event));
	g->seen = lines;
	for (unsigned i = 0; i < PL061_LINES; i++) {
		if (g->direction >> i & 1)
			irq_set(&g->output[i], g->latch >> i & 1);
	}
	irq_set(&g->irq, pl061_raw(g) & g->mask);
}

static void pl061_set_input(void *sink, unsigned line, bool level)
{
	struct pl061 *g = sink;

	g->input = (uint8_t)((g->input & ~(1u << line)) | (unsigned)level << line);
	pl061_update(g);
}

struct irq pl061_input(struct pl061 *g, unsigned line)
{
	return (struct irq){ .set = line < PL061_LINES ? pl061_set_input : NULL,
			     .sink = g,
			     .input = line };
}

static uint8_t *pl061_register(struct pl061 *g, gpa offset)
{
	switch (offset) {
	case GPIO_DIR:
		return &g->direction;
	case GPIO_IS:
		return &g->sense;
	case GPIO_IBE:
		return &g->both;
	case GPIO_IEV:
		return &g->event;
	case GPIO_IE:
		return &g->mask;
	case GPIO_AFSEL:
		return &g->alternate;
	}
	return NULL;
}

static uint64_t pl061_read(void *chip, gpa offset, unsigned size)
{
	struct pl061 *g = chip;
	uint8_t *r = pl061_register(g, offset);

	(void)size;
	if (offset < GPIO_DATA_END)
		return pl061_lines(g) & (offset >> 2 & 0xff);
	if (r)
		return *r;
	if (offset == GPIO_RIS)
		return pl061_raw(g);
	if (offset == GPIO_MIS)
		return pl061_raw(g) & g->mask;
	if (offset >= PRIMECELL_ID)
		return primecell_id(PL061_ID, offset);
	LOG(LOG_UNIMPLEMENTED, "pl061: read of %#x", (unsigned)offset);
	return 0;
}

static void pl061_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct pl061 *g = chip;
	uint8_t *r = pl061_register(g, offset);
	uint8_t mask = offset >> 2 & 0xff;

	(void)size;
	if (offset < GPIO_DATA_END)
		/* Bits of lines that are inputs have no effect, 3.3.1. */
		g->latch = (uint8_t)((g->latch & ~(mask & g->direction)) |
				     (value & mask & g->direction));
	else if (r)
		*r = (uint8_t)value;
	else if (offset == GPIO_IC)
		g->edges &= (uint8_t)~value;
	else
		LOG(LOG_UNIMPLEMENTED, "pl061: write of %#x", (unsigned)offset);
	pl061_update(g);
}

static void pl061_reset(void *chip)
{
	struct pl061 *g = chip;

	g->latch = g->direction = g->sense = g->both = g->event = g->mask = 0;
	g->alternate = 0;
	g->seen = pl061_lines(g);
	g->edges = 0;
	for (unsigned i = 0; i < PL061_LINES; i++)
		irq_set(&g->output[i], false);
	pl061_update(g);
}

static void pl061_state(void *chip, struct archive *a)
{
	struct pl061 *g = chip;
	uint8_t *const fields[] = { &g->input, &g->latch, &g->seen, &g->direction, &g->sense,
				    &g->both,  &g->event, &g->mask, &g->alternate, &g->edges };
	static const char *const names[] = { "input", "latch", "seen", "direction", "sense",
					     "both",  "event", "mask", "alternate", "edges" };

	for (unsigned i = 0; i < COUNT_OF(fields); i++)
		archive_u8(a, names[i], fields[i]);
	if (archive_loading(a))
		pl061_update(g);
}

static void pl061_destroy(void *chip)
{
	port_free(chip, sizeof(struct pl061));
}

struct pl061 *pl061_create(const struct pl061_config *config)
{
	struct pl061 *g = port_allocate(sizeof *g, PORT_PLAIN);

	if (!g)
		return NULL;
	g->irq = config->irq;
	for (unsigned i = 0; i < PL061_LINES; i++)
		g->output[i] = config->output[i];
	pl061_reset(g);
	return g;
}

const struct chip_ops pl061_ops = {
	.name = "pl061",
	.read = pl061_read,
	.write = pl061_write,
	.reset = pl061_reset,
	.state = pl061_state,
	.destroy = pl061_destroy,
	.min_bytes = 4,
};

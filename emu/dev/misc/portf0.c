/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Port F0h: PIIX3 (82371SB), register CERR.  Reads yield nothing, as on an empty bus.
 */
#include "dev/misc/portf0.h"

#include <emu/archive.h>
#include <emu/port.h>

struct portf0 {
	struct irq irq, ignne;
	bool ferr, ignored;
};

static void portf0_drive(struct portf0 *p)
{
	irq_set(&p->ignne, p->ferr && p->ignored);
	irq_set(&p->irq, p->ferr && !p->ignored);
}

static void portf0_set_ferr(void *sink, unsigned input, bool level)
{
	struct portf0 *p = sink;

	(void)input;
	p->ferr = level;
	if (!level)
		p->ignored = false;
	portf0_drive(p);
}

struct irq portf0_ferr_input(struct portf0 *p)
{
	return (struct irq){ .set = portf0_set_ferr, .sink = p };
}

static uint64_t portf0_read(void *chip, gpa offset, unsigned size)
{
	(void)chip, (void)offset, (void)size;
	return 0xff;
}

static void portf0_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct portf0 *p = chip;

	(void)offset, (void)size, (void)value;
	p->ignored = p->ferr;
	portf0_drive(p);
}

/* FERR# is the CPU's. */
static void portf0_reset(void *chip)
{
	struct portf0 *p = chip;

	p->ignored = false;
	portf0_drive(p);
}

static void portf0_state(void *chip, struct archive *a)
{
	struct portf0 *p = chip;

	archive_bool(a, "ferr", &p->ferr);
	archive_bool(a, "ignored", &p->ignored);
	archive_require(a, p->ferr || !p->ignored);
}

static void portf0_destroy(void *chip)
{
	port_free(chip, sizeof(struct portf0));
}

struct portf0 *portf0_create(const struct portf0_config *config)
{
	struct portf0 *p = port_allocate(sizeof *p, PORT_PLAIN);

	if (!p)
		return NULL;
	p->irq = config->irq;
	p->ignne = config->ignne;
	return p;
}

const struct chip_ops portf0_ops = {
	.name = "portf0",
	.read = portf0_read,
	.write = portf0_write,
	.reset = portf0_reset,
	.state = portf0_state,
	.destroy = portf0_destroy,
	.max_bytes = 1,
};

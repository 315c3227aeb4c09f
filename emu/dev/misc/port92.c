/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Port 92h: PIIX3 (82371SB), "Port 92 register".  Of IBM's PS/2 register the lock and the
 * lamps' bits aren't there.  INIT is a pulse when its bit goes from 0 to 1.
 */
#include "dev/misc/port92.h"

#include <emu/archive.h>
#include <emu/port.h>

#define PORT92_INIT 0x01
#define PORT92_A20 0x02
#define PORT92_WRITABLE 0x03

enum { INPUT_A20, INPUT_RESET };

struct port92 {
	struct irq a20, reset;
	uint8_t control;
	bool keyboard_a20, keyboard_reset; /* the keyboard controller's lines */
};

static void port92_drive(struct port92 *p)
{
	irq_set(&p->a20, p->keyboard_a20 || (p->control & PORT92_A20));
	irq_set(&p->reset, p->keyboard_reset);
}

static void port92_set_input(void *sink, unsigned input, bool level)
{
	struct port92 *p = sink;

	if (input == INPUT_A20)
		p->keyboard_a20 = level;
	else
		p->keyboard_reset = level;
	port92_drive(p);
}

struct irq port92_a20_input(struct port92 *p)
{
	return (struct irq){ .set = port92_set_input, .sink = p, .input = INPUT_A20 };
}

struct irq port92_reset_input(struct port92 *p)
{
	return (struct irq){ .set = port92_set_input, .sink = p, .input = INPUT_RESET };
}

static uint64_t port92_read(void *chip, gpa offset, unsigned size)
{
	(void)offset, (void)size;
	return ((struct port92 *)chip)->control;
}

static void port92_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct port92 *p = chip;
	bool init = (value & PORT92_INIT) && !(p->control & PORT92_INIT);

	(void)offset, (void)size;
	p->control = value & PORT92_WRITABLE;
	port92_drive(p);
	if (init)
		irq_pulse(&p->reset);
}

/* The other lines are their driver's. */
static void port92_reset(void *chip)
{
	struct port92 *p = chip;

	p->control = 0;
	port92_drive(p);
}

static void port92_state(void *chip, struct archive *a)
{
	struct port92 *p = chip;

	archive_u8(a, "control", &p->control);
	archive_bool(a, "keyboard_a20", &p->keyboard_a20);
	archive_bool(a, "keyboard_reset", &p->keyboard_reset);
	archive_require(a, p->control <= PORT92_WRITABLE);
	if (archive_loading(a) && !archive_failed(a))
		port92_drive(p);
}

static void port92_destroy(void *chip)
{
	port_free(chip, sizeof(struct port92));
}

struct port92 *port92_create(const struct port92_config *config)
{
	struct port92 *p = port_allocate(sizeof *p, PORT_PLAIN);

	if (!p)
		return NULL;
	p->a20 = config->a20;
	p->reset = config->reset;
	port92_reset(p);
	return p;
}

const struct chip_ops port92_ops = {
	.name = "port92",
	.read = port92_read,
	.write = port92_write,
	.reset = port92_reset,
	.state = port92_state,
	.destroy = port92_destroy,
	.max_bytes = 1,
};

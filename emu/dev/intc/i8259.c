/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two 8259A, master and slave: Intel 231468, "Programmable Interrupt Controller", and
 * PIIX3 (82371SB), section 2.5.8 and "Edge/Level Control Registers".
 *
 * As in the PIIX3 an input is edge- or level-triggered by its ELCR bit; LTIM of ICW1 does
 * nothing.  An edge is remembered while its input stays high: if it falls before the
 * acknowledge there is no request any more.  Not modelled: the MCS-80 mode's third
 * acknowledge cycle (the second is answered), the buffered mode's pin.
 */
#include "dev/intc/i8259.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

#define ICW1 0x10
#define ICW1_IC4 0x01
#define ICW1_SNGL 0x02
#define ICW1_ADI 0x04 /* MCS-80: vectors 4 bytes apart, not 8 */

#define ICW4_8086 0x01
#define ICW4_AEOI 0x02
#define ICW4_SFNM 0x10
#define ICW4_MASK 0x1f

#define OCW2_LEVEL 0x07
#define OCW2_EOI 0x20
#define OCW2_SL 0x40
#define OCW2_R 0x80

#define OCW3 0x08
#define OCW3_RIS 0x01
#define OCW3_RR 0x02
#define OCW3_POLL 0x04
#define OCW3_SMM 0x20
#define OCW3_ESMM 0x40

#define POLL_INTERRUPT 0x80

/* Inputs that are always edge-triggered: timer, keyboard, cascade; clock, FERR. */
static const uint8_t elcr_writable[2] = { 0xf8, 0xde };

/* Which word the next write to the odd port is. */
enum pic_next { NEXT_OCW1, NEXT_ICW2, NEXT_ICW3, NEXT_ICW4 };

struct pic {
	uint8_t lines;     /* levels of the inputs */
	uint8_t edges;     /* edge sense latches */
	uint8_t elcr;      /* inputs that are level-triggered */
	uint8_t isr, imr;  /* in service, masked */
	uint8_t icw1;      /* SNGL, ADI, IC4 and the MCS-80's vector bits */
	uint8_t base;      /* ICW2 */
	uint8_t cascade;   /* ICW3 */
	uint8_t icw4;      /* ICW4 */
	uint8_t next;      /* enum pic_next */
	uint8_t lowest;    /* level of the lowest priority */
	bool rotate_aeoi;  /* automatic EOIs rotate */
	bool special_mask; /* special mask mode */
	bool read_isr;     /* the even port shows ISR, not IRR */
	bool poll;         /* the next read is a poll */
};

struct i8259 {
	struct irq irq;
	struct pic pic[2]; /* master, slave */
};

/* Requests.  An edge counts while the input is high, so that `edges` is a subset. */
static uint8_t pic_irr(const struct pic *p)
{
	return (uint8_t)(p->edges | (p->elcr & p->lines));
}

/* The level of the highest priority in a set, which isn't empty. */
static unsigned pic_highest(const struct pic *p, uint8_t set)
{
	unsigned first = (p->lowest + 1u) & 7;
	unsigned rotated = (set >> first | set << (8 - first)) & 0xff;

	return ((unsigned)__builtin_ctz(rotated) + first) & 7;
}

/* How far a level is from the highest priority. */
static unsigned pic_rank(const struct pic *p, unsigned level)
{
	return (level - p->lowest - 1u) & 7;
}

/* The level to be acknowledged, or -1: unmasked, and not held back by one in service. */
static int pic_request(const struct pic *p)
{
	uint8_t requests = pic_irr(p) & (uint8_t)~p->imr, service = p->isr;
	unsigned level, highest;

	if (!requests || p->next != NEXT_OCW1)
		return -1;
	if (p->special_mask)
		service &= (uint8_t)~p->imr;
	level = pic_highest(p, requests);
	if (!service)
		return (int)level;
	highest = pic_highest(p, service);
	/* A slave may ask again from a higher one of its own levels. */
	if (highest == level && (p->icw4 & ICW4_SFNM) && (p->cascade >> level & 1))
		return (int)level;
	return pic_rank(p, level) < pic_rank(p, highest) ? (int)level : -1;
}

static void pic_set_line(struct pic *p, unsigned n, bool level)
{
	uint8_t bit = (uint8_t)(1u << n);

	if (!level) {
		p->lines &= (uint8_t)~bit;
		p->edges &= (uint8_t)~bit;
		return;
	}
	if (!(p->lines & bit) && !(p->elcr & bit))
		p->edges |= bit;
	p->lines |= bit;
}

/* Brings both INT outputs up to date. */
static void i8259_drive(struct i8259 *d)
{
	pic_set_line(&d->pic[0], I8259_CASCADE, pic_request(&d->pic[1]) >= 0);
	irq_set(&d->irq, pic_request(&d->pic[0]) >= 0);
}

static void i8259_set_input(void *sink, unsigned input, bool level)
{
	struct i8259 *d = sink;

	pic_set_line(&d->pic[input / 8], input % 8, level);
	i8259_drive(d);
}

struct irq i8259_input(struct i8259 *d, unsigned n)
{
	if (n >= I8259_INPUTS || n == I8259_CASCADE)
		return (struct irq){ .set = NULL };
	return (struct irq){ .set = i8259_set_input, .sink = d, .input = n };
}

/* What the acknowledge does to the level: out of IRR, into ISR, and out with AEOI. */
static void pic_serve(struct pic *p, unsigned level)
{
	uint8_t bit = (uint8_t)(1u << level);

	p->edges &= (uint8_t)~bit;
	if (!(p->icw4 & ICW4_AEOI))
		p->isr |= bit;
	else if (p->rotate_aeoi)
		p->lowest = (uint8_t)level;
}

/* INT falls with every acknowledge, so that a further request is an edge again. */
static unsigned i8259_serve(struct i8259 *d, unsigned which)
{
	struct pic *p = &d->pic[which];
	int level = pic_request(p);

	if (which)
		pic_set_line(&d->pic[0], I8259_CASCADE, false);
	else
		irq_set(&d->irq, false);
	if (level < 0)
		return 7;
	pic_serve(p, (unsigned)level);
	return (unsigned)level;
}

static int pic_vector(const struct pic *p, unsigned level)
{
	if (p->icw4 & ICW4_8086)
		return (int)((p->base & 0xf8) | level);
	LOG(LOG_GUEST, "i8259: acknowledged in MCS-80 mode");
	if (p->icw1 & ICW1_ADI)
		return (int)((p->icw1 & 0xe0) | level << 2);
	return (int)((p->icw1 & 0xc0) | level << 3);
}

int i8259_acknowledge(struct i8259 *d)
{
	struct pic *master = &d->pic[0], *slave = &d->pic[1];
	unsigned level = i8259_serve(d, 0);
	int vector = pic_vector(master, level);

	/* The levels of ICW3 are answered by who has that number: nobody, or the slave. */
	if (!(master->icw1 & ICW1_SNGL) && (master->cascade >> level & 1)) {
		vector = 0xff;
		if ((slave->cascade & 7) == level)
			vector = pic_vector(slave, i8259_serve(d, 1));
	}
	LOG(LOG_INT, "i8259: vector %#x", (unsigned)vector);
	i8259_drive(d);
	return vector;
}

/* Registers. */

static void pic_initialise(struct pic *p, uint8_t value)
{
	p->icw1 = value;
	p->next = NEXT_ICW2;
	p->edges = p->isr = p->imr = 0;
	p->lowest = 7;
	p->special_mask = p->read_isr = p->poll = p->rotate_aeoi = false;
	p->cascade = 7; /* the slave's number; a master says ICW3 before it counts */
	if (!(value & ICW1_IC4))
		p->icw4 = 0;
	if (value & ICW1_SNGL)
		p->cascade = 0;
}

static void pic_continue(struct pic *p, uint8_t value)
{
	switch (p->next) {
	case NEXT_ICW2:
		p->base = value;
		p->next = p->icw1 & ICW1_SNGL ? NEXT_ICW4 : NEXT_ICW3;
		break;
	case NEXT_ICW3:
		p->cascade = value;
		p->next = NEXT_ICW4;
		break;
	case NEXT_ICW4:
		p->icw4 = value & ICW4_MASK;
		p->next = NEXT_OCW1;
		return;
	default:
		p->imr = value;
	}
	if (p->next == NEXT_ICW4 && !(p->icw1 & ICW1_IC4))
		p->next = NEXT_OCW1;
}

/* A non-specific EOI ends the highest in service; one that is masked in special mask mode
 * doesn't count. */
static void pic_end(struct pic *p, bool rotate)
{
	uint8_t service = p->isr & (uint8_t) ~(p->special_mask ? p->imr : 0);
	unsigned level;

	if (!service)
		return;
	level = pic_highest(p, service);
	p->isr &= (uint8_t) ~(1u << level);
	if (rotate)
		p->lowest = (uint8_t)level;
}

static void pic_ocw2(struct pic *p, uint8_t value)
{
	unsigned level = value & OCW2_LEVEL;

	switch (value & (OCW2_R | OCW2_SL | OCW2_EOI)) {
	case 0:
	case OCW2_R:
		p->rotate_aeoi = value & OCW2_R;
		break;
	case OCW2_EOI:
	case OCW2_R | OCW2_EOI:
		pic_end(p, value & OCW2_R);
		break;
	case OCW2_SL | OCW2_EOI:
		p->isr &= (uint8_t) ~(1u << level);
		break;
	case OCW2_R | OCW2_SL | OCW2_EOI:
		p->isr &= (uint8_t) ~(1u << level);
		p->lowest = (uint8_t)level;
		break;
	case OCW2_R | OCW2_SL:
		p->lowest = (uint8_t)level;
		break;
	}
}

static void pic_ocw3(struct pic *p, uint8_t value)
{
	if (value & OCW3_ESMM)
		p->special_mask = value & OCW3_SMM;
	if (value & OCW3_RR)
		p->read_isr = value & OCW3_RIS;
	p->poll = value & OCW3_POLL;
}

static void pic_write(struct pic *p, bool odd, uint8_t value)
{
	if (odd)
		pic_continue(p, value);
	else if (value & ICW1)
		pic_initialise(p, value);
	else if (value & OCW3)
		pic_ocw3(p, value);
	else
		pic_ocw2(p, value);
}

/* A poll is an acknowledge by the program. */
static uint8_t i8259_poll(struct i8259 *d, unsigned which)
{
	struct pic *p = &d->pic[which];
	bool any = pic_request(p) >= 0;
	unsigned level = any ? i8259_serve(d, which) : 0;

	p->poll = false;
	i8259_drive(d);
	return (uint8_t)(any ? POLL_INTERRUPT | level : 0);
}

static uint64_t i8259_read(struct i8259 *d, unsigned which, bool odd)
{
	const struct pic *p = &d->pic[which];

	if (p->poll)
		return i8259_poll(d, which);
	if (odd)
		return p->imr;
	return p->read_isr ? p->isr : pic_irr(p);
}

static void i8259_write(struct i8259 *d, unsigned which, bool odd, uint8_t value)
{
	pic_write(&d->pic[which], odd, value);
	/* After an initialisation the slave's INT is low, and then an edge. */
	if (!odd && (value & ICW1))
		pic_set_line(&d->pic[0], I8259_CASCADE, false);
	i8259_drive(d);
}

static uint64_t i8259_master_read(void *chip, gpa offset, unsigned size)
{
	(void)size;
	return i8259_read(chip, 0, offset & 1);
}

static void i8259_master_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	(void)size;
	i8259_write(chip, 0, offset & 1, (uint8_t)value);
}

static uint64_t i8259_slave_read(void *chip, gpa offset, unsigned size)
{
	(void)size;
	return i8259_read(chip, 1, offset & 1);
}

static void i8259_slave_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	(void)size;
	i8259_write(chip, 1, offset & 1, (uint8_t)value);
}

static uint64_t i8259_elcr_read(void *chip, gpa offset, unsigned size)
{
	struct i8259 *d = chip;

	(void)size;
	return d->pic[offset & 1].elcr;
}

static void i8259_elcr_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct i8259 *d = chip;
	struct pic *p = &d->pic[offset & 1];

	(void)size;
	p->elcr = (uint8_t)value & elcr_writable[offset & 1];
	p->edges &= (uint8_t)~p->elcr;
	i8259_drive(d);
}

static void i8259_reset(void *chip)
{
	struct i8259 *d = chip;

	for (unsigned i = 0; i < 2; i++) {
		uint8_t lines = d->pic[i].lines; /* their drivers' */

		d->pic[i] = (struct pic){ .lines = lines, .lowest = 7 };
	}
	i8259_drive(d);
}

static void i8259_state(void *chip, struct archive *a)
{
	struct i8259 *d = chip;

	for (unsigned i = 0; i < 2; i++) {
		struct pic *p = &d->pic[i];

		archive_u8(a, "lines", &p->lines);
		archive_u8(a, "edges", &p->edges);
		archive_u8(a, "elcr", &p->elcr);
		archive_u8(a, "isr", &p->isr);
		archive_u8(a, "imr", &p->imr);
		archive_u8(a, "icw1", &p->icw1);
		archive_u8(a, "base", &p->base);
		archive_u8(a, "cascade", &p->cascade);
		archive_u8(a, "icw4", &p->icw4);
		archive_u8(a, "next", &p->next);
		archive_u8(a, "lowest", &p->lowest);
		archive_bool(a, "rotate_aeoi", &p->rotate_aeoi);
		archive_bool(a, "special_mask", &p->special_mask);
		archive_bool(a, "read_isr", &p->read_isr);
		archive_bool(a, "poll", &p->poll);
		archive_require(a, p->next <= NEXT_ICW4 && p->lowest <= 7);
		archive_require(a, !(p->edges & ~p->lines) && !(p->elcr & ~elcr_writable[i]));
	}
	if (archive_loading(a) && !archive_failed(a))
		i8259_drive(d);
}

static void i8259_destroy(void *chip)
{
	port_free(chip, sizeof(struct i8259));
}

struct i8259 *i8259_create(const struct i8259_config *config)
{
	struct i8259 *d = port_allocate(sizeof *d, PORT_PLAIN);

	if (!d)
		return NULL;
	d->irq = config->irq;
	i8259_reset(d);
	return d;
}

#define I8259_OPS(ops, what, block)                                                                \
	const struct chip_ops ops = {                                                              \
		.name = what,                                                                      \
		.read = i8259_##block##_read,                                                      \
		.write = i8259_##block##_write,                                                    \
		.reset = i8259_reset,                                                              \
		.state = i8259_state,                                                              \
		.destroy = i8259_destroy,                                                          \
		.max_bytes = 1,                                                                    \
	}

I8259_OPS(i8259_master_ops, "i8259", master);
I8259_OPS(i8259_slave_ops, "i8259_slave", slave);
I8259_OPS(i8259_elcr_ops, "i8259_elcr", elcr);

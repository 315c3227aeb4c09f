/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SP804 dual timer: ARM DDI 0271, chapter 3.  Both timers in all modes.  The clock is
 * fixed: what the system controller selects for TIMCLKEN is the board's choice.  The
 * integration test registers aren't modelled.
 */
#include "sp804.h"

#include <emu/log.h>
#include <emu/port.h>
#include <emu/primecell.h>

#include "downcount.h"

enum {
	SP804_LOAD = 0x00,
	SP804_VALUE = 0x04,
	SP804_CONTROL = 0x08,
	SP804_INTCLR = 0x0c,
	SP804_RIS = 0x10,
	SP804_MIS = 0x14,
	SP804_BGLOAD = 0x18,
	SP804_SECOND = 0x20,
};

#define CONTROL_ONCE (1u << 0)
#define CONTROL_32BIT (1u << 1)
#define CONTROL_PRESCALE(control) ((control) >> 2 & 3)
#define CONTROL_INTERRUPT (1u << 5)
#define CONTROL_PERIODIC (1u << 6)
#define CONTROL_ENABLE (1u << 7)
#define CONTROL_MASK 0xefu

#define SP804_ID 0x00141804

struct sp804_timer {
	struct sp804 *chip;
	struct downcount count;
	struct alarm alarm;
	struct irq irq;
	uint32_t hz, load, control;
	bool raised;
};

struct sp804 {
	struct clock *clock;
	struct irq combined;
	struct sp804_timer timer[2];
};

static void sp804_drive(struct sp804 *s)
{
	bool any = false;

	for (unsigned i = 0; i < 2; i++) {
		struct sp804_timer *t = &s->timer[i];
		bool level = t->raised && (t->control & CONTROL_INTERRUPT);

		irq_set(&t->irq, level);
		any |= level;
	}
	irq_set(&s->combined, any);
}

static void sp804_sync(struct sp804_timer *t)
{
	if (downcount_sync(&t->count, ticks_now(t->chip->clock, t->hz)))
		t->raised = true;
}

/* An alarm is needed only for an edge of the interrupt that is still to come. */
static void sp804_update(struct sp804_timer *t)
{
	downcount_alarm(&t->count, &t->alarm, t->hz,
			!t->raised && (t->control & CONTROL_INTERRUPT));
	sp804_drive(t->chip);
}

static void sp804_fire(void *context)
{
	struct sp804_timer *t = context;

	sp804_sync(t);
	sp804_update(t);
}

static uint32_t sp804_width(const struct sp804_timer *t)
{
	return t->control & CONTROL_32BIT ? ~0u : 0xffff;
}

/* What follows 0: in periodic mode the load value, otherwise the counter wraps. */
static void sp804_set_mode(struct sp804_timer *t)
{
	bool periodic = t->control & CONTROL_PERIODIC;

	t->count.reload = (periodic ? t->load : ~0u) & sp804_width(t);
	t->count.shared_zero = periodic;
	t->count.once = t->control & CONTROL_ONCE;
}

static uint32_t sp804_divisor(uint32_t control)
{
	static const uint16_t divisors[4] = { 1, 16, 256, 256 };

	return divisors[CONTROL_PRESCALE(control)];
}

static void sp804_set_control(struct sp804_timer *t, uint32_t value)
{
	t->control = value & CONTROL_MASK;
	sp804_set_mode(t);
	t->count.value &= sp804_width(t);
	downcount_start(&t->count, ticks_now(t->chip->clock, t->hz), value & CONTROL_ENABLE,
			sp804_divisor(t->control));
}

static void sp804_set_load(struct sp804_timer *t, uint32_t value, bool restart)
{
	t->load = value;
	sp804_set_mode(t);
	if (!restart)
		return;
	t->count.origin = ticks_now(t->chip->clock, t->hz);
	t->count.value = value & sp804_width(t);
	if (!t->count.value && t->count.running)
		t->raised = true; /* 3.2.1: at once */
}

static uint32_t sp804_read_timer(struct sp804_timer *t, unsigned offset)
{
	sp804_sync(t);
	switch (offset) {
	case SP804_LOAD:
	case SP804_BGLOAD:
		return t->load;
	case SP804_VALUE:
		return t->count.value;
	case SP804_CONTROL:
		return t->control;
	case SP804_RIS:
		return t->raised;
	case SP804_MIS:
		return t->raised && (t->control & CONTROL_INTERRUPT);
	}
	return 0;
}

static void sp804_write_timer(struct sp804_timer *t, unsigned offset, uint32_t value)
{
	sp804_sync(t);
	switch (offset) {
	case SP804_LOAD:
	case SP804_BGLOAD:
		sp804_set_load(t, value, offset == SP804_LOAD);
		break;
	case SP804_CONTROL:
		sp804_set_control(t, value);
		break;
	case SP804_INTCLR:
		t->raised = false;
		break;
	}
	sp804_update(t);
}

static uint64_t sp804_read(void *chip, gpa offset, unsigned size)
{
	struct sp804 *s = chip;

	(void)size;
	if (offset < 2 * SP804_SECOND)
		return sp804_read_timer(&s->timer[offset / SP804_SECOND], offset % SP804_SECOND);
	if (offset >= PRIMECELL_ID)
		return primecell_id(SP804_ID, offset);
	LOG(LOG_UNIMPLEMENTED, "sp804: read of %#x", (unsigned)offset);
	return 0;
}

static void sp804_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct sp804 *s = chip;

	(void)size;
	if (offset < 2 * SP804_SECOND)
		sp804_write_timer(&s->timer[offset / SP804_SECOND], offset % SP804_SECOND,
				  (uint32_t)value);
	else
		LOG(LOG_UNIMPLEMENTED, "sp804: write of %#x", (unsigned)offset);
}

static void sp804_reset(void *chip)
{
	struct sp804 *s = chip;

	for (unsigned i = 0; i < 2; i++) {
		struct sp804_timer *t = &s->timer[i];

		t->load = 0;
		t->raised = false;
		t->count = (struct downcount){ .value = ~0u, .divisor = 1 };
		sp804_set_control(t, CONTROL_INTERRUPT);
		t->count.value = ~0u;
		sp804_update(t);
	}
}

static void sp804_state(void *chip, struct archive *a)
{
	struct sp804 *s = chip;

	for (unsigned i = 0; i < 2; i++) {
		struct sp804_timer *t = &s->timer[i];

		archive_u32(a, "load", &t->load);
		archive_u32(a, "control", &t->control);
		archive_bool(a, "raised", &t->raised);
		downcount_state(&t->count, a);
		alarm_state(&t->alarm, a, "alarm");
		archive_require(a, (t->control & ~CONTROL_MASK) == 0);
	}
	if (archive_loading(a))
		sp804_drive(s);
}

static void sp804_destroy(void *chip)
{
	struct sp804 *s = chip;

	for (unsigned i = 0; i < 2; i++)
		alarm_cancel(&s->timer[i].alarm);
	port_free(s, sizeof *s);
}

struct sp804 *sp804_create(const struct sp804_config *config)
{
	struct sp804 *s = port_allocate(sizeof *s, PORT_PLAIN);

	if (!s)
		return NULL;
	s->clock = config->clock;
	s->combined = config->combined;
	for (unsigned i = 0; i < 2; i++) {
		struct sp804_timer *t = &s->timer[i];

		t->chip = s;
		t->hz = config->hz[i];
		t->irq = config->irq[i];
		alarm_init(&t->alarm, config->clock, sp804_fire, t);
	}
	sp804_reset(s);
	return s;
}

const struct chip_ops sp804_ops = {
	.name = "sp804",
	.read = sp804_read,
	.write = sp804_write,
	.reset = sp804_reset,
	.state = sp804_state,
	.destroy = sp804_destroy,
	.min_bytes = 4,
};

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Private timer and watchdog of the Cortex-A9 MPCore: ARM DDI 0407, 4.1 and 4.2.
 */
#include "mptimer.h"

#include <emu/log.h>
#include <emu/port.h>

#include "downcount.h"

enum {
	MPTIMER_LOAD = 0x00,
	MPTIMER_COUNTER = 0x04,
	MPTIMER_CONTROL = 0x08,
	MPTIMER_STATUS = 0x0c,
	MPTIMER_RESET_STATUS = 0x10, /* the watchdog's only */
	MPTIMER_DISABLE = 0x14,
	MPTIMER_BLOCK = 0x20,
};

#define CONTROL_ENABLE (1u << 0)
#define CONTROL_RELOAD (1u << 1)
#define CONTROL_INTERRUPT (1u << 2)
#define CONTROL_WATCHDOG (1u << 3)
#define CONTROL_DIVISOR(control) (((control) >> 8 & 0xff) + 1)

#define DISABLE_FIRST 0x12345678u
#define DISABLE_SECOND 0x87654321u

/* One of the two; they have nearly the same registers. */
struct mptimer_unit {
	struct mptimer *chip;
	struct downcount count;
	struct alarm alarm;
	struct irq irq;
	uint32_t load, control;
	bool raised;
};

struct mptimer {
	struct clock *clock;
	uint32_t hz;
	struct irq reset;
	struct mptimer_unit timer, watchdog;
	bool was_reset, disabling;
};

static bool mptimer_is_watchdog(const struct mptimer_unit *u)
{
	return u == &u->chip->watchdog && (u->control & CONTROL_WATCHDOG);
}

static void mptimer_sync(struct mptimer_unit *u)
{
	if (!downcount_sync(&u->count, ticks_now(u->chip->clock, u->chip->hz)))
		return;
	if (mptimer_is_watchdog(u))
		u->chip->was_reset = true;
	else
		u->raised = true;
}

static void mptimer_drive(struct mptimer_unit *u)
{
	struct mptimer *m = u->chip;

	irq_set(&u->irq, u->raised && (u->control & CONTROL_INTERRUPT));
	irq_set(&m->reset, m->was_reset && mptimer_is_watchdog(&m->watchdog));
}

static void mptimer_update(struct mptimer_unit *u)
{
	struct mptimer *m = u->chip;
	bool matters = mptimer_is_watchdog(u) ? !m->was_reset :
						!u->raised && (u->control & CONTROL_INTERRUPT);

	downcount_alarm(&u->count, &u->alarm, m->hz, matters);
	mptimer_drive(u);
}

static void mptimer_fire(void *context)
{
	struct mptimer_unit *u = context;

	mptimer_sync(u);
	mptimer_update(u);
}

static void mptimer_set_counter(struct mptimer_unit *u, uint32_t value)
{
	u->count.value = value;
	u->count.origin = ticks_now(u->chip->clock, u->chip->hz);
}

static void mptimer_set_control(struct mptimer_unit *u, uint32_t value)
{
	u->control = value;
	u->count.once = !(value & CONTROL_RELOAD);
	downcount_start(&u->count, ticks_now(u->chip->clock, u->chip->hz), value & CONTROL_ENABLE,
			CONTROL_DIVISOR(value));
}

static void mptimer_write_unit(struct mptimer_unit *u, unsigned offset, uint32_t value)
{
	switch (offset) {
	case MPTIMER_LOAD:
		u->load = u->count.reload = value;
		mptimer_set_counter(u, value);
		break;
	case MPTIMER_COUNTER:
		if (!mptimer_is_watchdog(u))
			mptimer_set_counter(u, value);
		break;
	case MPTIMER_CONTROL:
		if (u == &u->chip->timer)
			value &= 0xff07;
		else /* only the disable register ends watchdog mode */
			value = (value & 0xff0f) | (u->control & CONTROL_WATCHDOG);
		mptimer_set_control(u, value);
		break;
	case MPTIMER_STATUS:
		if (value & 1)
			u->raised = false;
		break;
	default:
		LOG(LOG_UNIMPLEMENTED, "mptimer: write of %#x", offset);
	}
}

static uint32_t mptimer_read_unit(struct mptimer_unit *u, unsigned offset)
{
	mptimer_sync(u);
	switch (offset) {
	case MPTIMER_LOAD:
		return u->load;
	case MPTIMER_COUNTER:
		return u->count.value;
	case MPTIMER_CONTROL:
		return u->control;
	case MPTIMER_STATUS:
		return u->raised;
	}
	return 0;
}

static uint64_t mptimer_read(void *chip, gpa offset, unsigned size)
{
	struct mptimer *m = chip;

	(void)size;
	if (offset < MPTIMER_BLOCK)
		return mptimer_read_unit(&m->timer, (unsigned)offset);
	if (offset == MPTIMER_BLOCK + MPTIMER_RESET_STATUS)
		return m->was_reset;
	if (offset < 2 * MPTIMER_BLOCK)
		return mptimer_read_unit(&m->watchdog, (unsigned)offset - MPTIMER_BLOCK);
	return 0;
}

/* Two values in a row take the watchdog back to timer mode. */
static void mptimer_write_disable(struct mptimer *m, uint32_t value)
{
	if (m->disabling && value == DISABLE_SECOND)
		m->watchdog.control &= ~CONTROL_WATCHDOG;
	m->disabling = value == DISABLE_FIRST;
}

static void mptimer_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct mptimer *m = chip;
	struct mptimer_unit *u = offset < MPTIMER_BLOCK ? &m->timer : &m->watchdog;

	(void)size;
	mptimer_sync(u);
	if (offset == MPTIMER_BLOCK + MPTIMER_DISABLE)
		mptimer_write_disable(m, (uint32_t)value);
	else if (offset == MPTIMER_BLOCK + MPTIMER_RESET_STATUS)
		m->was_reset &= !(value & 1);
	else if (offset < 2 * MPTIMER_BLOCK)
		mptimer_write_unit(u, offset % MPTIMER_BLOCK, (uint32_t)value);
	mptimer_update(u);
}

static void mptimer_reset_unit(struct mptimer_unit *u)
{
	u->load = 0;
	u->raised = false;
	u->count = (struct downcount){ .divisor = 1 };
	mptimer_set_control(u, 0);
	mptimer_update(u);
}

/* The watchdog's reset status flag outlives the reset it caused. */
static void mptimer_reset(void *chip)
{
	struct mptimer *m = chip;

	m->disabling = false;
	mptimer_reset_unit(&m->timer);
	mptimer_reset_unit(&m->watchdog);
}

static void mptimer_state_unit(struct mptimer_unit *u, struct archive *a)
{
	archive_u32(a, "load", &u->load);
	archive_u32(a, "control", &u->control);
	archive_bool(a, "raised", &u->raised);
	downcount_state(&u->count, a);
	alarm_state(&u->alarm, a, "alarm");
	archive_require(a, (u->control & ~0xff0fu) == 0);
}

static void mptimer_state(void *chip, struct archive *a)
{
	struct mptimer *m = chip;

	mptimer_state_unit(&m->timer, a);
	mptimer_state_unit(&m->watchdog, a);
	archive_bool(a, "was_reset", &m->was_reset);
	archive_bool(a, "disabling", &m->disabling);
	if (archive_loading(a)) {
		mptimer_drive(&m->timer);
		mptimer_drive(&m->watchdog);
	}
}

static void mptimer_destroy(void *chip)
{
	struct mptimer *m = chip;

	alarm_cancel(&m->timer.alarm);
	alarm_cancel(&m->watchdog.alarm);
	port_free(m, sizeof *m);
}

static void mptimer_init_unit(struct mptimer_unit *u, struct mptimer *m, struct irq irq)
{
	u->chip = m;
	u->irq = irq;
	alarm_init(&u->alarm, m->clock, mptimer_fire, u);
}

struct mptimer *mptimer_create(const struct mptimer_config *config)
{
	struct mptimer *m = port_allocate(sizeof *m, PORT_PLAIN);

	if (!m)
		return NULL;
	m->clock = config->clock;
	m->hz = config->hz;
	m->reset = config->reset;
	mptimer_init_unit(&m->timer, m, config->timer);
	mptimer_init_unit(&m->watchdog, m, config->watchdog);
	mptimer_reset(m);
	return m;
}

const struct chip_ops mptimer_ops = {
	.name = "mptimer",
	.read = mptimer_read,
	.write = mptimer_write,
	.reset = mptimer_reset,
	.state = mptimer_state,
	.destroy = mptimer_destroy,
	.min_bytes = 4,
};

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Global timer of the Cortex-A9 MPCore: ARM DDI 0407, 4.4, as of revision r2p0 (the
 * comparator fires when the counter is greater than or equal to it).
 */
#include "mptimer.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

#include "downcount.h"

enum {
	GLOBAL_COUNTER = 0x00,
	GLOBAL_CONTROL = 0x08,
	GLOBAL_STATUS = 0x0c,
	GLOBAL_COMPARE = 0x10,
	GLOBAL_INCREMENT = 0x18,
};

#define CONTROL_ENABLE (1u << 0)
#define CONTROL_COMPARE (1u << 1)
#define CONTROL_INTERRUPT (1u << 2)
#define CONTROL_INCREMENT (1u << 3)
#define CONTROL_DIVISOR(control) (((control) >> 8 & 0xff) + 1)
#define CONTROL_MASK 0xff0fu

struct mptimer_global {
	struct clock *clock;
	uint32_t hz;
	struct irq irq;
	struct alarm alarm;
	uint64_t origin, counter; /* the tick at which it had that value */
	uint64_t compare;
	uint32_t control, increment;
	bool raised;
};

static void global_count(struct mptimer_global *g)
{
	uint64_t now = ticks_now(g->clock, g->hz);
	uint64_t counts;

	if (now < g->origin)
		return;
	if (!(g->control & CONTROL_ENABLE)) {
		g->origin = now;
		return;
	}
	counts = (now - g->origin) / CONTROL_DIVISOR(g->control);
	g->counter += counts;
	g->origin += counts * CONTROL_DIVISOR(g->control);
}

static void global_sync(struct mptimer_global *g)
{
	uint64_t passed;

	global_count(g);
	if (!(g->control & CONTROL_COMPARE) || !(g->control & CONTROL_ENABLE) ||
	    g->counter < g->compare)
		return;
	g->raised = true;
	if ((g->control & CONTROL_INCREMENT) && g->increment) {
		passed = (g->counter - g->compare) / g->increment;
		g->compare += (passed + 1) * g->increment;
	}
}

static void global_drive(struct mptimer_global *g)
{
	irq_set(&g->irq, g->raised && (g->control & CONTROL_INTERRUPT));
}

static void global_update(struct mptimer_global *g)
{
	const uint32_t wanted = CONTROL_ENABLE | CONTROL_COMPARE | CONTROL_INTERRUPT;
	uint64_t ahead = g->compare - g->counter;

	if ((g->control & wanted) != wanted || g->raised || g->compare <= g->counter ||
	    ahead > 1ull << 48) /* more than a month at any rate */
		alarm_cancel(&g->alarm);
	else
		alarm_set(&g->alarm,
			  ticks_to_ns(g->origin + ahead * CONTROL_DIVISOR(g->control), g->hz));
	global_drive(g);
}

static void global_fire(void *context)
{
	struct mptimer_global *g = context;

	global_sync(g);
	global_update(g);
}

static uint64_t global_read(void *chip, gpa offset, unsigned size)
{
	struct mptimer_global *g = chip;
	unsigned shift = offset & 4 ? 32 : 0;

	(void)size;
	global_sync(g);
	switch (offset) {
	case GLOBAL_COUNTER:
	case GLOBAL_COUNTER + 4:
		return (uint32_t)(g->counter >> shift);
	case GLOBAL_CONTROL:
		return g->control;
	case GLOBAL_STATUS:
		return g->raised;
	case GLOBAL_COMPARE:
	case GLOBAL_COMPARE + 4:
		return (uint32_t)(g->compare >> shift);
	case GLOBAL_INCREMENT:
		return g->increment;
	}
	return 0;
}

static void global_write_half(uint64_t *whole, gpa offset, uint32_t value)
{
	unsigned shift = offset & 4 ? 32 : 0;

	*whole = (*whole & ~((uint64_t)~0u << shift)) | (uint64_t)value << shift;
}

static void global_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct mptimer_global *g = chip;

	(void)size;
	global_sync(g);
	switch (offset) {
	case GLOBAL_COUNTER:
	case GLOBAL_COUNTER + 4:
		if (!(g->control & CONTROL_ENABLE))
			global_write_half(&g->counter, offset, (uint32_t)value);
		break;
	case GLOBAL_CONTROL:
		g->control = value & CONTROL_MASK;
		break;
	case GLOBAL_STATUS:
		if (value & 1)
			g->raised = false;
		break;
	case GLOBAL_COMPARE:
	case GLOBAL_COMPARE + 4:
		global_write_half(&g->compare, offset, (uint32_t)value);
		break;
	case GLOBAL_INCREMENT:
		g->increment = (uint32_t)value;
		break;
	default:
		LOG(LOG_UNIMPLEMENTED, "mptimer_global: write of %#x", (unsigned)offset);
	}
	global_sync(g);
	global_update(g);
}

static void global_reset(void *chip)
{
	struct mptimer_global *g = chip;

	g->counter = g->compare = 0;
	g->origin = ticks_now(g->clock, g->hz);
	g->control = g->increment = 0;
	g->raised = false;
	global_update(g);
}

static void global_state(void *chip, struct archive *a)
{
	struct mptimer_global *g = chip;

	archive_u64(a, "origin", &g->origin);
	archive_u64(a, "counter", &g->counter);
	archive_u64(a, "compare", &g->compare);
	archive_u32(a, "control", &g->control);
	archive_u32(a, "increment", &g->increment);
	archive_bool(a, "raised", &g->raised);
	archive_require(a, (g->control & ~CONTROL_MASK) == 0);
	alarm_state(&g->alarm, a, "alarm");
	archive_require(a, g->origin < 1ull << 62);
	if (archive_loading(a))
		global_drive(g);
}

static void global_destroy(void *chip)
{
	struct mptimer_global *g = chip;

	alarm_cancel(&g->alarm);
	port_free(g, sizeof *g);
}

struct mptimer_global *mptimer_global_create(const struct mptimer_global_config *config)
{
	struct mptimer_global *g = port_allocate(sizeof *g, PORT_PLAIN);

	if (!g)
		return NULL;
	g->clock = config->clock;
	g->hz = config->hz;
	g->irq = config->irq;
	alarm_init(&g->alarm, config->clock, global_fire, g);
	global_reset(g);
	return g;
}

const struct chip_ops mptimer_global_ops = {
	.name = "mptimer_global",
	.read = global_read,
	.write = global_write,
	.reset = global_reset,
	.state = global_state,
	.destroy = global_destroy,
	.min_bytes = 4,
};

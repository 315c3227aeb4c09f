/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SP805 watchdog: ARM DDI 0270, chapter 3.  Expires first with an interrupt and, if
 * that isn't cleared until it expires again, with a reset.  The integration test
 * registers aren't modelled.
 */
#include "sp805.h"

#include <emu/log.h>
#include <emu/port.h>
#include <emu/primecell.h>

#include "downcount.h"

enum {
	WDOG_LOAD = 0x000,
	WDOG_VALUE = 0x004,
	WDOG_CONTROL = 0x008,
	WDOG_INTCLR = 0x00c,
	WDOG_RIS = 0x010,
	WDOG_MIS = 0x014,
	WDOG_LOCK = 0xc00,
};

#define WDOG_INTEN (1u << 0)
#define WDOG_RESEN (1u << 1)
#define WDOG_UNLOCK 0x1acce551u
#define SP805_ID 0x00141805

struct sp805 {
	struct clock *clock;
	uint32_t hz;
	struct irq irq, reset;
	struct alarm alarm;
	struct downcount count;
	uint32_t load, control;
	bool raised, expired, locked;
};

/* Each 0 that matters has an alarm, so at most one is seen here. */
static void sp805_sync(struct sp805 *w)
{
	if (!downcount_sync(&w->count, ticks_now(w->clock, w->hz)))
		return;
	if (w->raised && (w->control & WDOG_RESEN))
		w->expired = true;
	w->raised = true;
}

static void sp805_drive(struct sp805 *w)
{
	irq_set(&w->irq, w->raised && (w->control & WDOG_INTEN));
	irq_set(&w->reset, w->expired);
}

static void sp805_update(struct sp805 *w)
{
	bool matters = !w->raised || ((w->control & WDOG_RESEN) && !w->expired);

	downcount_alarm(&w->count, &w->alarm, w->hz, matters);
	sp805_drive(w);
}

static void sp805_fire(void *context)
{
	struct sp805 *w = context;

	sp805_sync(w);
	sp805_update(w);
}

static void sp805_reload(struct sp805 *w)
{
	w->count.origin = ticks_now(w->clock, w->hz);
	w->count.value = w->load;
}

static uint64_t sp805_read(void *chip, gpa offset, unsigned size)
{
	struct sp805 *w = chip;

	(void)size;
	sp805_sync(w);
	switch (offset) {
	case WDOG_LOAD:
		return w->load;
	case WDOG_VALUE:
		return w->count.value;
	case WDOG_CONTROL:
		return w->control;
	case WDOG_RIS:
		return w->raised;
	case WDOG_MIS:
		return w->raised && (w->control & WDOG_INTEN);
	case WDOG_LOCK:
		return w->locked;
	}
	if (offset >= PRIMECELL_ID)
		return primecell_id(SP805_ID, offset);
	LOG(LOG_UNIMPLEMENTED, "sp805: read of %#x", (unsigned)offset);
	return 0;
}

static void sp805_set_control(struct sp805 *w, uint32_t value)
{
	bool started = !(w->control & WDOG_INTEN) && (value & WDOG_INTEN);

	w->control = value & (WDOG_INTEN | WDOG_RESEN);
	downcount_start(&w->count, ticks_now(w->clock, w->hz), value & WDOG_INTEN, 1);
	if (started)
		sp805_reload(w); /* 3.3.3: counting begins anew */
}

static void sp805_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct sp805 *w = chip;

	(void)size;
	sp805_sync(w);
	if (offset == WDOG_LOCK) {
		w->locked = value != WDOG_UNLOCK;
	} else if (w->locked) {
		LOG(LOG_GUEST, "sp805: write of %#x while locked", (unsigned)offset);
	} else if (offset == WDOG_LOAD) {
		w->load = w->count.reload = (uint32_t)value;
		sp805_reload(w);
	} else if (offset == WDOG_CONTROL) {
		sp805_set_control(w, (uint32_t)value);
	} else if (offset == WDOG_INTCLR) {
		w->raised = false;
		sp805_reload(w);
	} else {
		LOG(LOG_UNIMPLEMENTED, "sp805: write of %#x", (unsigned)offset);
	}
	sp805_update(w);
}

static void sp805_reset(void *chip)
{
	struct sp805 *w = chip;

	w->load = ~0u;
	w->control = 0;
	w->raised = w->expired = w->locked = false;
	w->count = (struct downcount){ .value = ~0u, .reload = ~0u, .divisor = 1 };
	sp805_update(w);
}

static void sp805_state(void *chip, struct archive *a)
{
	struct sp805 *w = chip;

	archive_u32(a, "load", &w->load);
	archive_u32(a, "control", &w->control);
	archive_bool(a, "raised", &w->raised);
	archive_bool(a, "expired", &w->expired);
	archive_bool(a, "locked", &w->locked);
	downcount_state(&w->count, a);
	alarm_state(&w->alarm, a, "alarm");
	archive_require(a, w->control <= (WDOG_INTEN | WDOG_RESEN));
	if (archive_loading(a))
		sp805_drive(w);
}

static void sp805_destroy(void *chip)
{
	struct sp805 *w = chip;

	alarm_cancel(&w->alarm);
	port_free(w, sizeof *w);
}

struct sp805 *sp805_create(const struct sp805_config *config)
{
	struct sp805 *w = port_allocate(sizeof *w, PORT_PLAIN);

	if (!w)
		return NULL;
	w->clock = config->clock;
	w->hz = config->hz;
	w->irq = config->irq;
	w->reset = config->reset;
	alarm_init(&w->alarm, config->clock, sp805_fire, w);
	sp805_reset(w);
	return w;
}

const struct chip_ops sp805_ops = {
	.name = "sp805",
	.read = sp805_read,
	.write = sp805_write,
	.reset = sp805_reset,
	.state = sp805_state,
	.destroy = sp805_destroy,
	.min_bytes = 4,
};

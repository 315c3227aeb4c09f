/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PL031 real-time clock: ARM DDI 0224, chapter 3.  Counts the seconds of the machine's
 * calendar plus an offset that the guest sets by writing RTCLR.  It survives a reset,
 * as the battery-backed part does.  The integration test registers aren't modelled.
 */
#include "pl031.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>
#include <emu/primecell.h>

enum {
	RTC_DR = 0x00,
	RTC_MR = 0x04,
	RTC_LR = 0x08,
	RTC_CR = 0x0c,
	RTC_IMSC = 0x10,
	RTC_RIS = 0x14,
	RTC_MIS = 0x18,
	RTC_ICR = 0x1c,
};

#define PL031_ID 0x00041031

struct pl031 {
	struct clock *clock;
	struct irq irq;
	struct alarm alarm;
	uint32_t offset; /* from the calendar */
	uint32_t match, load, mask;
	bool raised;
};

static uint32_t pl031_now(const struct pl031 *r)
{
	return (uint32_t)clock_calendar(r->clock) + r->offset;
}

static void pl031_drive(struct pl031 *r)
{
	irq_set(&r->irq, r->raised && r->mask);
}

/* The next time the counter shows the match value: now, or up to 2^32 seconds ahead.
 * Only an interrupt that is still to come needs an alarm. */
static void pl031_update(struct pl031 *r)
{
	uint32_t ahead = r->match - pl031_now(r);

	if (r->raised || !ahead)
		alarm_cancel(&r->alarm);
	else
		alarm_set(&r->alarm, (clock_now(r->clock) / NS_PER_SECOND + ahead) * NS_PER_SECOND);
	pl031_drive(r);
}

static void pl031_match(struct pl031 *r)
{
	if (pl031_now(r) == r->match)
		r->raised = true;
	pl031_update(r);
}

/* A late alarm (the machine was stopped) must not be lost: it counts as a match if it
 * is less than half the counter's range behind. */
static void pl031_fire(void *context)
{
	struct pl031 *r = context;

	if (pl031_now(r) - r->match < 1u << 31)
		r->raised = true;
	pl031_update(r);
}

static uint64_t pl031_read(void *chip, gpa offset, unsigned size)
{
	struct pl031 *r = chip;

	(void)size;
	switch (offset) {
	case RTC_DR:
		return pl031_now(r);
	case RTC_MR:
		return r->match;
	case RTC_LR:
		return r->load;
	case RTC_CR:
		return 1; /* enabled, always */
	case RTC_IMSC:
		return r->mask;
	case RTC_RIS:
		return r->raised;
	case RTC_MIS:
		return r->raised && r->mask;
	}
	if (offset >= PRIMECELL_ID)
		return primecell_id(PL031_ID, offset);
	LOG(LOG_UNIMPLEMENTED, "pl031: read of %#x", (unsigned)offset);
	return 0;
}

static void pl031_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct pl031 *r = chip;

	(void)size;
	switch (offset) {
	case RTC_MR:
		r->match = (uint32_t)value;
		pl031_match(r);
		break;
	case RTC_LR:
		r->load = (uint32_t)value;
		r->offset += r->load - pl031_now(r);
		pl031_match(r);
		break;
	case RTC_CR:
		break; /* writing 1 while enabled changes nothing but restarts the second */
	case RTC_IMSC:
		r->mask = value & 1;
		pl031_drive(r);
		break;
	case RTC_ICR:
		if (value & 1)
			r->raised = false;
		pl031_update(r);
		break;
	default:
		LOG(LOG_UNIMPLEMENTED, "pl031: write of %#x", (unsigned)offset);
	}
}

static void pl031_reset(void *chip)
{
	struct pl031 *r = chip;

	r->match = r->load = r->mask = 0;
	r->raised = false;
	pl031_update(r);
}

static void pl031_state(void *chip, struct archive *a)
{
	struct pl031 *r = chip;

	archive_u32(a, "offset", &r->offset);
	archive_u32(a, "match", &r->match);
	archive_u32(a, "load", &r->load);
	archive_u32(a, "mask", &r->mask);
	archive_bool(a, "raised", &r->raised);
	alarm_state(&r->alarm, a, "alarm");
	archive_require(a, r->mask <= 1);
	if (archive_loading(a))
		pl031_drive(r);
}

static void pl031_destroy(void *chip)
{
	struct pl031 *r = chip;

	alarm_cancel(&r->alarm);
	port_free(r, sizeof *r);
}

struct pl031 *pl031_create(const struct pl031_config *config)
{
	struct pl031 *r = port_allocate(sizeof *r, PORT_PLAIN);

	if (!r)
		return NULL;
	r->clock = config->clock;
	r->irq = config->irq;
	alarm_init(&r->alarm, config->clock, pl031_fire, r);
	pl031_reset(r);
	return r;
}

const struct chip_ops pl031_ops = {
	.name = "pl031",
	.read = pl031_read,
	.write = pl031_write,
	.reset = pl031_reset,
	.state = pl031_state,
	.destroy = pl031_destroy,
	.min_bytes = 4,
};

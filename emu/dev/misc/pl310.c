/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PL310 level 2 cache controller: ARM DDI 0246, chapter 3.  There is no cache: every
 * maintenance operation is complete at once, event counters stay 0, settings are
 * remembered.  Its interrupt never comes.
 */
#include "pl310.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

enum {
	L2_CACHE_ID = 0x000,
	L2_CACHE_TYPE = 0x004,
	L2_CONTROL = 0x100,
	L2_AUX_CONTROL = 0x104,
	L2_TAG_LATENCY = 0x108,
	L2_DATA_LATENCY = 0x10c,
	L2_EVENT_CONTROL = 0x200,
	L2_EVENT_CONFIG1 = 0x204,
	L2_EVENT_CONFIG0 = 0x208,
	L2_INTERRUPT_MASK = 0x214,
	L2_OPERATIONS = 0x700, /* sync, invalidate, clean: up to 0x7ff */
	L2_LOCKDOWN = 0x900,   /* 8 masters, data and instruction */
	L2_LOCKDOWN_END = 0x940,
	L2_FILTER_START = 0xc00,
	L2_FILTER_END = 0xc04,
	L2_DEBUG = 0xf40,
	L2_PREFETCH = 0xf60,
	L2_POWER = 0xf80,
};

#define LOCKDOWN_REGISTERS ((L2_LOCKDOWN_END - L2_LOCKDOWN) / 4)

struct pl310 {
	uint32_t control, aux_control, tag_latency, data_latency;
	uint32_t event_control, event_config[2], interrupt_mask;
	uint32_t filter_start, filter_end, debug, prefetch, power;
	uint32_t lockdown[LOCKDOWN_REGISTERS];
};

static uint32_t *pl310_register(struct pl310 *l, gpa offset)
{
	switch (offset) {
	case L2_CONTROL:
		return &l->control;
	case L2_AUX_CONTROL:
		return &l->aux_control;
	case L2_TAG_LATENCY:
		return &l->tag_latency;
	case L2_DATA_LATENCY:
		return &l->data_latency;
	case L2_EVENT_CONTROL:
		return &l->event_control;
	case L2_EVENT_CONFIG1:
		return &l->event_config[1];
	case L2_EVENT_CONFIG0:
		return &l->event_config[0];
	case L2_INTERRUPT_MASK:
		return &l->interrupt_mask;
	case L2_FILTER_START:
		return &l->filter_start;
	case L2_FILTER_END:
		return &l->filter_end;
	case L2_DEBUG:
		return &l->debug;
	case L2_PREFETCH:
		return &l->prefetch;
	case L2_POWER:
		return &l->power;
	}
	if (offset >= L2_LOCKDOWN && offset < L2_LOCKDOWN_END)
		return &l->lockdown[(offset - L2_LOCKDOWN) / 4];
	return NULL;
}

static uint64_t pl310_read(void *chip, gpa offset, unsigned size)
{
	uint32_t *r = pl310_register(chip, offset);

	(void)size;
	if (offset == L2_CACHE_ID)
		return 0x410000c8;
	if (offset == L2_CACHE_TYPE)
		return 0x1c100100;
	return r ? *r : 0;
}

static void pl310_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	uint32_t *r = pl310_register(chip, offset);

	(void)size;
	if (offset == L2_CONTROL)
		value &= 1;
	if (r)
		*r = (uint32_t)value;
	else if (offset < 0x200 || offset >= 0x800)
		LOG(LOG_UNIMPLEMENTED, "pl310: write of %#x", (unsigned)offset);
}

static void pl310_reset(void *chip)
{
	struct pl310 *l = chip;

	*l = (struct pl310){ .aux_control = 0x02020000,
			     .tag_latency = 0x777,
			     .data_latency = 0x777 };
}

static void pl310_state(void *chip, struct archive *a)
{
	struct pl310 *l = chip;

	for (gpa offset = 0; offset < 0x1000; offset += 4) {
		uint32_t *r = pl310_register(l, offset);

		if (r)
			archive_u32(a, "reg", r);
	}
}

static void pl310_destroy(void *chip)
{
	port_free(chip, sizeof(struct pl310));
}

struct pl310 *pl310_create(void)
{
	struct pl310 *l = port_allocate(sizeof *l, PORT_PLAIN);

	if (l)
		pl310_reset(l);
	return l;
}

const struct chip_ops pl310_ops = {
	.name = "pl310",
	.read = pl310_read,
	.write = pl310_write,
	.reset = pl310_reset,
	.state = pl310_state,
	.destroy = pl310_destroy,
	.min_bytes = 4,
};

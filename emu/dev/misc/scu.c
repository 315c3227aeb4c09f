/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Snoop control unit of a Cortex-A9 MPCore with one CPU: ARM DDI 0407, 2.2.  There are
 * no caches to keep coherent; what is written is remembered.
 */
#include "scu.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

enum {
	SCU_CONTROL = 0x00,
	SCU_CONFIGURATION = 0x04,
	SCU_POWER_STATUS = 0x08,
	SCU_INVALIDATE = 0x0c,
	SCU_FILTER_START = 0x40,
	SCU_FILTER_END = 0x44,
	SCU_ACCESS_CONTROL = 0x50,
	SCU_NONSECURE_ACCESS = 0x54,
};

/* 16 KiB data cache, CPU 0 takes part in coherency, no other CPU. */
#define CONFIGURATION_VALUE 0x0110u

struct scu {
	uint32_t control, power_status, filter_start, filter_end, access_control;
};

/* The writable register at an offset and the bits that can be written, or NULL. */
static uint32_t *scu_register(struct scu *s, gpa offset, uint32_t *mask)
{
	switch (offset) {
	case SCU_CONTROL:
		*mask = 0x7f;
		return &s->control;
	case SCU_POWER_STATUS:
		*mask = 0x03; /* CPU 0; the others are off */
		return &s->power_status;
	case SCU_FILTER_START:
		*mask = 0xfff00000;
		return &s->filter_start;
	case SCU_FILTER_END:
		*mask = 0xfff00000;
		return &s->filter_end;
	case SCU_ACCESS_CONTROL:
		*mask = 0x0f;
		return &s->access_control;
	}
	return NULL;
}

static uint64_t scu_read(void *chip, gpa offset, unsigned size)
{
	struct scu *s = chip;
	uint32_t mask, *r = scu_register(s, offset, &mask);

	(void)size;
	if (offset == SCU_CONFIGURATION)
		return CONFIGURATION_VALUE;
	if (offset == SCU_POWER_STATUS)
		return s->power_status | 0x03030300; /* powered off or not there */
	return r ? *r : 0;
}

static void scu_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	uint32_t mask, *r = scu_register(chip, offset, &mask);

	(void)size;
	if (r)
		*r = (uint32_t)value & mask;
	else if (offset != SCU_INVALIDATE && offset != SCU_NONSECURE_ACCESS)
		LOG(LOG_UNIMPLEMENTED, "scu: write of %#x", (unsigned)offset);
}

static void scu_reset(void *chip)
{
	struct scu *s = chip;

	*s = (struct scu){ .access_control = 0x0f };
}

static void scu_state(void *chip, struct archive *a)
{
	struct scu *s = chip;

	archive_u32(a, "control", &s->control);
	archive_u32(a, "power_status", &s->power_status);
	archive_u32(a, "filter_start", &s->filter_start);
	archive_u32(a, "filter_end", &s->filter_end);
	archive_u32(a, "access_control", &s->access_control);
}

static void scu_destroy(void *chip)
{
	port_free(chip, sizeof(struct scu));
}

struct scu *scu_create(void)
{
	struct scu *s = port_allocate(sizeof *s, PORT_PLAIN);

	if (s)
		scu_reset(s);
	return s;
}

const struct chip_ops scu_ops = {
	.name = "scu",
	.read = scu_read,
	.write = scu_write,
	.reset = scu_reset,
	.state = scu_state,
	.destroy = scu_destroy,
	.min_bytes = 4,
};

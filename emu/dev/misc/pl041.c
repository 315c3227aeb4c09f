/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PL041 audio codec interface: ARM DDI 0173, chapter 3.  No codec answers: frames for
 * it are sent and forgotten, none comes back, so that drivers find no mixer and give
 * up.  The FIFOs of the four channels swallow what is written and are empty again at
 * once; no interrupt comes.
 */
#include "pl041.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>
#include <emu/primecell.h>

enum {
	AACI_CHANNEL = 0x14, /* registers of a channel; four of them from 0 */
	AACI_RXCR = 0x00,    /* within a channel */
	AACI_TXCR = 0x04,
	AACI_SR = 0x08,
	AACI_IE = 0x10,
	AACI_CHANNELS_END = 0x50,
	AACI_SL1RX = 0x50,
	AACI_SL12TX = 0x64,
	AACI_SLFR = 0x68,
	AACI_SLISTAT = 0x6c,
	AACI_SLIEN = 0x70,
	AACI_INTCLR = 0x74,
	AACI_MAINCR = 0x78,
	AACI_RESET = 0x7c,
	AACI_SYNC = 0x80,
	AACI_FIFOS = 0x90, /* up to 0x10f */
	AACI_FIFOS_END = 0x110,
};

#define PL041_ID 0x00041041
#define CHANNELS 4

#define SR_EMPTY 0x3u    /* both FIFOs empty */
#define SR_HALF 0x8u     /* transmit FIFO at least half empty */
#define SLFR_IDLE 0xa80u /* slots 1, 2 and 12 can be written */

struct pl041 {
	uint32_t rxcr[CHANNELS], txcr[CHANNELS], ie[CHANNELS];
	uint32_t slien, maincr, reset, sync;
};

/* The registers that just hold what is written. */
static uint32_t *pl041_register(struct pl041 *p, gpa offset)
{
	unsigned channel = (unsigned)offset / AACI_CHANNEL;

	if (offset < AACI_CHANNELS_END) {
		switch (offset % AACI_CHANNEL) {
		case AACI_RXCR:
			return &p->rxcr[channel];
		case AACI_TXCR:
			return &p->txcr[channel];
		case AACI_IE:
			return &p->ie[channel];
		}
		return NULL;
	}
	switch (offset) {
	case AACI_SLIEN:
		return &p->slien;
	case AACI_MAINCR:
		return &p->maincr;
	case AACI_RESET:
		return &p->reset;
	case AACI_SYNC:
		return &p->sync;
	}
	return NULL;
}

static uint64_t pl041_read(void *chip, gpa offset, unsigned size)
{
	uint32_t *r = pl041_register(chip, offset);

	(void)size;
	if (r)
		return *r;
	if (offset < AACI_CHANNELS_END && offset % AACI_CHANNEL == AACI_SR)
		return SR_EMPTY | SR_HALF;
	if (offset == AACI_SLFR)
		return SLFR_IDLE;
	if (offset >= PRIMECELL_ID)
		return primecell_id(PL041_ID, offset);
	return 0;
}

static void pl041_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	uint32_t *r = pl041_register(chip, offset);
	bool swallowed = (offset >= AACI_FIFOS && offset < AACI_FIFOS_END) ||
			 (offset >= AACI_SL1RX && offset <= AACI_SL12TX) || offset == AACI_INTCLR;

	(void)size;
	if (r)
		*r = (uint32_t)value;
	else if (!swallowed)
		LOG(LOG_UNIMPLEMENTED, "pl041: write of %#x", (unsigned)offset);
}

static void pl041_reset(void *chip)
{
	struct pl041 *p = chip;

	*p = (struct pl041){ .maincr = 0 };
}

static void pl041_state(void *chip, struct archive *a)
{
	for (gpa offset = 0; offset <= AACI_SYNC; offset += 4) {
		uint32_t *r = pl041_register(chip, offset);

		if (r)
			archive_u32(a, "reg", r);
	}
}

static void pl041_destroy(void *chip)
{
	port_free(chip, sizeof(struct pl041));
}

struct pl041 *pl041_create(void)
{
	return port_allocate(sizeof(struct pl041), PORT_PLAIN);
}

const struct chip_ops pl041_ops = {
	.name = "pl041",
	.read = pl041_read,
	.write = pl041_write,
	.reset = pl041_reset,
	.state = pl041_state,
	.destroy = pl041_destroy,
	.min_bytes = 4,
};

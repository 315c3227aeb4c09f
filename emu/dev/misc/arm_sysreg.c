/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Versatile Express system registers: ARM DUI 0447, 4.3 and 4.4.  The configuration
 * interface finishes at once.  Modelled functions: oscillators (what is set is
 * remembered but no clock changes), voltages, currents, power, temperature, reset,
 * shutdown, reboot, multiplexer and DVI mode.  Not modelled: switches and user PBs other
 * than all off, DMA peripheral select beyond memory, SCC registers.
 */
#include "arm_sysreg.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

enum {
	SYS_ID = 0x000,
	SYS_SW = 0x004,
	SYS_LED = 0x008,
	SYS_100HZ = 0x024,
	SYS_FLAGS = 0x030,
	SYS_FLAGSCLR = 0x034,
	SYS_NVFLAGS = 0x038,
	SYS_NVFLAGSCLR = 0x03c,
	SYS_MCI = 0x048,
	SYS_FLASH = 0x04c,
	SYS_CFGSW = 0x058,
	SYS_24MHZ = 0x05c,
	SYS_MISC = 0x060,
	SYS_DMA = 0x064,
	SYS_PROCID0 = 0x084,
	SYS_PROCID1 = 0x088,
	SYS_CFGDATA = 0x0a0,
	SYS_CFGCTRL = 0x0a4,
	SYS_CFGSTAT = 0x0a8,
};

#define MCI_CARD (1u << 0)
#define MCI_READ_ONLY (1u << 1)

#define CFGCTRL_START (1u << 31)
#define CFGCTRL_WRITE (1u << 30)
#define CFGCTRL_DCC(v) ((v) >> 26 & 0xf)
#define CFGCTRL_FUNCTION(v) ((v) >> 20 & 0x3f)
#define CFGCTRL_SITE(v) ((v) >> 16 & 3)
#define CFGCTRL_POSITION(v) ((v) >> 12 & 0xf)
#define CFGCTRL_DEVICE(v) ((v)&0xfff)
#define CFGSTAT_COMPLETE 1u
#define CFGSTAT_ERROR 2u

enum sysreg_function {
	CFG_OSCILLATOR = 1,
	CFG_VOLTAGE = 2,
	CFG_CURRENT = 3,
	CFG_TEMPERATURE = 4,
	CFG_RESET = 5,
	CFG_MUXFPGA = 7,
	CFG_SHUTDOWN = 8,
	CFG_REBOOT = 9,
	CFG_DVIMODE = 11,
	CFG_POWER = 12,
};

#define SITES 2
#define TEMPERATURE 30000000u /* microdegrees Celsius */
#define NOBODY_SELECTED 0xffu /* PROCID of an empty site */

struct arm_sysreg {
	struct arm_sysreg_config config;
	uint64_t start_ns; /* of the counters */
	uint32_t led, flags, nvflags, flash, cfgsw, misc, dma[3];
	uint32_t cfgdata, cfgctrl, cfgstat;
	uint32_t oscillator[SITES][ARM_SYSREG_OSCILLATORS];
	uint32_t muxfpga, dvimode;
};

static uint32_t sysreg_counter(const struct arm_sysreg *s, uint32_t hz)
{
	return (uint32_t)clock_scale(clock_now(s->config.clock) - s->start_ns, hz,
				     (uint32_t)NS_PER_SECOND);
}

/* The configuration interface. */

/* Returns the value that a function's device has for reading and can be written in
 * *writable, or NULL where writing is refused; false: no such device. */
static bool sysreg_lookup(struct arm_sysreg *s, uint32_t control, uint32_t *value,
			  uint32_t **writable)
{
	unsigned site = CFGCTRL_SITE(control), device = CFGCTRL_DEVICE(control);
	const struct arm_sysreg_site *c = &s->config.site[site % SITES];

	*writable = NULL;
	if (site >= SITES || CFGCTRL_DCC(control) || CFGCTRL_POSITION(control))
		return false;
	switch (CFGCTRL_FUNCTION(control)) {
	case CFG_OSCILLATOR:
		if (device >= ARM_SYSREG_OSCILLATORS || !c->oscillator[device])
			return false;
		*writable = &s->oscillator[site][device];
		*value = **writable;
		return true;
	case CFG_VOLTAGE:
		*value = device < ARM_SYSREG_VOLTAGES ? c->voltage[device] : 0;
		return *value != 0;
	case CFG_CURRENT:
		*value = device < ARM_SYSREG_CURRENTS ? c->current[device] : 0;
		return *value != 0;
	case CFG_POWER: /* microwatts, at about a volt */
		*value = device < ARM_SYSREG_CURRENTS ? c->current[device] : 0;
		return *value != 0;
	case CFG_TEMPERATURE:
		*value = TEMPERATURE;
		return device == 0;
	case CFG_MUXFPGA:
		*writable = &s->muxfpga;
		*value = s->muxfpga;
		return device == 0 && site == 0;
	case CFG_DVIMODE:
		*writable = &s->dvimode;
		*value = s->dvimode;
		return device == 0 && site == 0;
	}
	return false;
}

/* Functions that are commands.  Returns whether it was one. */
static bool sysreg_command(struct arm_sysreg *s, uint32_t control)
{
	if (!(control & CFGCTRL_WRITE) || CFGCTRL_DEVICE(control))
		return false;
	switch (CFGCTRL_FUNCTION(control)) {
	case CFG_SHUTDOWN:
		irq_pulse(&s->config.off);
		return true;
	case CFG_RESET:
	case CFG_REBOOT:
		irq_pulse(&s->config.reset);
		return true;
	}
	return false;
}

static void sysreg_configure(struct arm_sysreg *s)
{
	uint32_t value, *writable;
	bool good = true;

	if (sysreg_command(s, s->cfgctrl)) {
		s->cfgstat = CFGSTAT_COMPLETE;
		return;
	}
	if (!sysreg_lookup(s, s->cfgctrl, &value, &writable))
		good = false;
	else if (!(s->cfgctrl & CFGCTRL_WRITE))
		s->cfgdata = value;
	else if (writable)
		*writable = s->cfgdata;
	else
		good = false;
	if (!good)
		LOG(LOG_UNIMPLEMENTED, "arm_sysreg: configuration request %#x", s->cfgctrl);
	s->cfgstat = CFGSTAT_COMPLETE | (good ? 0 : CFGSTAT_ERROR);
}

/* Registers. */

/* Those that just hold what is written. */
static uint32_t *sysreg_plain(struct arm_sysreg *s, gpa offset)
{
	switch (offset) {
	case SYS_LED:
		return &s->led;
	case SYS_FLASH:
		return &s->flash;
	case SYS_CFGSW:
		return &s->cfgsw;
	case SYS_MISC:
		return &s->misc;
	case SYS_DMA:
	case SYS_DMA + 4:
	case SYS_DMA + 8:
		return &s->dma[(offset - SYS_DMA) / 4];
	case SYS_CFGDATA:
		return &s->cfgdata;
	}
	return NULL;
}

static uint64_t sysreg_read(void *chip, gpa offset, unsigned size)
{
	struct arm_sysreg *s = chip;
	uint32_t *plain = sysreg_plain(s, offset);

	(void)size;
	if (plain)
		return *plain;
	switch (offset) {
	case SYS_ID:
		return s->config.id;
	case SYS_SW:
		return 0;
	case SYS_100HZ:
		return sysreg_counter(s, 100);
	case SYS_FLAGS:
		return s->flags;
	case SYS_NVFLAGS:
		return s->nvflags;
	case SYS_MCI:
		return (s->config.card ? MCI_CARD : 0) |
		       (s->config.card_read_only ? MCI_READ_ONLY : 0);
	case SYS_24MHZ:
		return sysreg_counter(s, 24000000);
	case SYS_PROCID0:
		return s->config.processor_id;
	case SYS_PROCID1:
		return NOBODY_SELECTED << 24;
	case SYS_CFGCTRL:
		return s->cfgctrl & ~CFGCTRL_START;
	case SYS_CFGSTAT:
		return s->cfgstat;
	}
	LOG(LOG_UNIMPLEMENTED, "arm_sysreg: read of %#x", (unsigned)offset);
	return 0;
}

static void sysreg_write(void *chip, gpa offset, unsigned size, uint64_t wide)
{
	struct arm_sysreg *s = chip;
	uint32_t value = (uint32_t)wide, *plain = sysreg_plain(s, offset);

	(void)size;
	if (plain) {
		*plain = offset == SYS_LED ? value & 0xff : value;
		return;
	}
	switch (offset) {
	case SYS_FLAGS:
		s->flags |= value;
		break;
	case SYS_FLAGSCLR:
		s->flags &= ~value;
		break;
	case SYS_NVFLAGS:
		s->nvflags |= value;
		break;
	case SYS_NVFLAGSCLR:
		s->nvflags &= ~value;
		break;
	case SYS_CFGCTRL:
		s->cfgctrl = value;
		if (value & CFGCTRL_START)
			sysreg_configure(s);
		break;
	case SYS_CFGSTAT:
		s->cfgstat = value & (CFGSTAT_COMPLETE | CFGSTAT_ERROR);
		break;
	default:
		LOG(LOG_UNIMPLEMENTED, "arm_sysreg: write of %#x to %#x", value, (unsigned)offset);
	}
}

/* SYS_NVFLAGS keeps its value. */
static void sysreg_reset(void *chip)
{
	struct arm_sysreg *s = chip;

	s->start_ns = clock_now(s->config.clock);
	s->led = s->flags = s->flash = s->cfgsw = s->misc = 0;
	s->dma[0] = s->dma[1] = s->dma[2] = 0;
	s->cfgdata = s->cfgctrl = s->cfgstat = 0;
	s->muxfpga = s->dvimode = 0;
	for (unsigned site = 0; site < SITES; site++)
		for (unsigned i = 0; i < ARM_SYSREG_OSCILLATORS; i++)
			s->oscillator[site][i] = s->config.site[site].oscillator[i];
}

static void sysreg_state(void *chip, struct archive *a)
{
	struct arm_sysreg *s = chip;
	uint32_t *const fields[] = { &s->led,     &s->flags,   &s->nvflags, &s->flash,  &s->cfgsw,
				     &s->misc,    &s->dma[0],  &s->dma[1],  &s->dma[2], &s->cfgdata,
				     &s->cfgctrl, &s->cfgstat, &s->muxfpga, &s->dvimode };
	static const char *const names[] = { "led",     "flags",   "nvflags", "flash",  "cfgsw",
					     "misc",    "dma0",    "dma1",    "dma2",   "cfgdata",
					     "cfgctrl", "cfgstat", "muxfpga", "dvimode" };

	archive_u64(a, "start_ns", &s->start_ns);
	for (unsigned i = 0; i < COUNT_OF(fields); i++)
		archive_u32(a, names[i], fields[i]);
	for (unsigned site = 0; site < SITES; site++)
		for (unsigned i = 0; i < ARM_SYSREG_OSCILLATORS; i++)
			archive_u32(a, "oscillator", &s->oscillator[site][i]);
}

static void sysreg_destroy(void *chip)
{
	port_free(chip, sizeof(struct arm_sysreg));
}

struct arm_sysreg *arm_sysreg_create(const struct arm_sysreg_config *config)
{
	struct arm_sysreg *s = port_allocate(sizeof *s, PORT_PLAIN);

	if (!s)
		return NULL;
	s->config = *config;
	sysreg_reset(s);
	return s;
}

const struct chip_ops arm_sysreg_ops = {
	.name = "arm_sysreg",
	.read = sysreg_read,
	.write = sysreg_write,
	.reset = sysreg_reset,
	.state = sysreg_state,
	.destroy = sysreg_destroy,
	.min_bytes = 4,
};

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Intel 82371AB (data sheet 290562, chapter 7) and ACPI 1.0b, 4.7.  Sleep type 0 is soft off,
 * others do nothing.  As there is no system management mode, the APM command F1 sets
 * SCI_EN and F0 clears it, at once; after a reset the bit that enables commands (DEVACTB,
 * APMC_EN) is set, by which firmware sees that it needn't install a handler.
 *
 * Not modelled: SMBus transfers, device monitors, general purpose inputs and outputs, clock
 * control.
 */
#include "piix4_pm.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

#define PMBASE 0x40
#define DEVACTB 0x58
#define DEVACTB_APMC 0x02 /* of its last byte */
#define PMREGMISC 0x80
#define SMBBASE 0x90

#define TIMER_HZ 3579545ull
#define NS 1000000000ull
#define TIMER_HALF (1u << 23) /* the status bit is set whenever this one changes */

enum {
	PM1_STATUS = 0,
	PM1_ENABLE = 2,
	PM1_CONTROL = 4,
	TIMER = 8,
	GPE_STATUS = 12,
	GPE_ENABLE = 14
};

#define TIMER_STATUS 0x0001u
#define GLOBAL_STATUS 0x0020u
#define POWER_BUTTON 0x0100u
#define RTC_STATUS 0x0400u
#define WAKE_STATUS 0x8000u
#define PM1_EVENTS (TIMER_STATUS | GLOBAL_STATUS | POWER_BUTTON | RTC_STATUS)
#define SCI_ENABLE 0x0001u
#define SLEEP_TYPE 0x1c00u
#define SLEEP 0x2000u

#define APM_ENABLE_ACPI 0xf1
#define APM_DISABLE_ACPI 0xf0

struct piix4_pm {
	struct piix4_pm_config config;
	struct pci_function pci;
	struct alarm overflow;
	uint16_t status, enable, control, gpe_status, gpe_enable;
	uint8_t apm_control, apm_status;
};

static uint64_t ticks(const struct piix4_pm *p)
{
	uint64_t now = clock_now(p->config.clock);

	return now / NS * TIMER_HZ + now % NS * TIMER_HZ / NS;
}

static void drive(struct piix4_pm *p)
{
	irq_set(&p->config.sci, p->control & SCI_ENABLE && p->status & p->enable & PM1_EVENTS);
}

/* The next time that bit 23 of the timer changes. */
static void set_alarm(struct piix4_pm *p)
{
	uint64_t next = (ticks(p) / TIMER_HALF + 1) * TIMER_HALF;

	if (p->enable & TIMER_STATUS)
		alarm_set(&p->overflow, next / TIMER_HZ * NS + next % TIMER_HZ * NS / TIMER_HZ + 1);
	else
		alarm_cancel(&p->overflow);
}

static void overflowed(void *context)
{
	struct piix4_pm *p = context;

	p->status |= TIMER_STATUS;
	drive(p);
	set_alarm(p);
}

static void write_control(struct piix4_pm *p, uint16_t value)
{
	p->control = value & (SCI_ENABLE | SLEEP_TYPE | 2);
	drive(p);
	if (!(value & SLEEP))
		return;
	if ((value & SLEEP_TYPE) == 0)
		p->config.off(p->config.context);
	else
		LOG(LOG_UNIMPLEMENTED, "piix4_pm: sleep type %u", (value & SLEEP_TYPE) >> 10);
}

/* Registers are 16 bits wide, but for the timer. */
static unsigned read_word(const struct piix4_pm *p, unsigned offset)
{
	switch (offset) {
	case PM1_STATUS:
		return p->status;
	case PM1_ENABLE:
		return p->enable;
	case PM1_CONTROL:
		return p->control;
	case TIMER:
		return ticks(p) & 0xffff;
	case TIMER + 2:
		return ticks(p) >> 16 & 0xff;
	case GPE_STATUS:
		return p->gpe_status;
	case GPE_ENABLE:
		return p->gpe_enable;
	default:
		return 0;
	}
}

static uint64_t pm_read(void *chip, gpa offset, unsigned size)
{
	const struct piix4_pm *p = chip;

	if (size == 4 && offset == TIMER)
		return ticks(p) & 0xffffff;
	if (size == 4)
		return read_word(p, (unsigned)offset) | (uint64_t)read_word(p, (unsigned)offset + 2)
								<< 16;
	if (size == 2)
		return read_word(p, (unsigned)offset);
	return read_word(p, (unsigned)offset & ~1u) >> (offset & 1 ? 8 : 0) & 0xff;
}

static void write_word(struct piix4_pm *p, unsigned offset, uint16_t value)
{
	switch (offset) {
	case PM1_STATUS:
		p->status &= ~value;
		break;
	case PM1_ENABLE:
		p->enable = value & PM1_EVENTS;
		set_alarm(p);
		break;
	case PM1_CONTROL:
		write_control(p, value);
		return;
	case GPE_STATUS:
		p->gpe_status &= ~value;
		break;
	case GPE_ENABLE:
		p->gpe_enable = value;
		break;
	default:
		LOG(LOG_UNIMPLEMENTED, "piix4_pm: write of %#x at %u", value, offset);
	}
	drive(p);
}

/* A byte: the other half is as it is, but for bits that are cleared by 1. */
static void write_byte(struct piix4_pm *p, unsigned offset, uint8_t value)
{
	unsigned word = offset & ~1u, shift = offset & 1 ? 8 : 0;
	bool clears = word == PM1_STATUS || word == GPE_STATUS;
	unsigned rest = clears ? 0 : read_word(p, word) & ~(0xffu << shift);

	write_word(p, word, (uint16_t)(rest | (unsigned)value << shift));
}

static void pm_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct piix4_pm *p = chip;

	if (size == 1) {
		write_byte(p, (unsigned)offset, (uint8_t)value);
		return;
	}
	write_word(p, (unsigned)offset, (uint16_t)value);
	if (size == 4)
		write_word(p, (unsigned)offset + 2, (uint16_t)(value >> 16));
}

static uint64_t gpe_read(void *chip, gpa offset, unsigned size)
{
	return pm_read(chip, GPE_STATUS + offset, size);
}

static void gpe_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	pm_write(chip, GPE_STATUS + offset, size, value);
}

static uint64_t apm_read(void *chip, gpa offset, unsigned size)
{
	const struct piix4_pm *p = chip;

	(void)size;
	return offset ? p->apm_status : p->apm_control;
}

static void apm_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct piix4_pm *p = chip;

	(void)size;
	if (offset) {
		p->apm_status = (uint8_t)value;
		return;
	}
	p->apm_control = (uint8_t)value;
	if (value == APM_ENABLE_ACPI)
		p->control |= SCI_ENABLE;
	else if (value == APM_DISABLE_ACPI)
		p->control &= ~SCI_ENABLE;
	drive(p);
}

/* Where the guest wants the ports. */
static void place(struct piix4_pm *p)
{
	uint32_t base = pci_function_read(&p->pci, PMBASE, 4) & 0xffc0;
	bool on = p->pci.config[PMREGMISC] & 1 && base;

	bus_move_chip(p->config.ports, p, on ? base : 0, on ? PIIX4_PM_PORTS : 0);
}

static void written(void *owner, unsigned offset, unsigned size)
{
	(void)offset;
	(void)size;
	place(owner);
}

static const struct pci_about about = {
	.vendor = 0x8086,
	.device = 0x7113,
	.revision = 3,
	.class_code = 0x068000,
	.command = PCI_COMMAND_PORTS,
	.status = 0x0280,
	.pin = 1,
	.written = written,
};

static void pm_reset(void *chip)
{
	struct piix4_pm *p = chip;

	pci_function_reset(&p->pci);
	p->pci.config[DEVACTB + 3] = DEVACTB_APMC;
	place(p);
	p->status = p->enable = p->control = p->gpe_status = p->gpe_enable = 0;
	p->apm_control = p->apm_status = 0;
	alarm_cancel(&p->overflow);
	drive(p);
}

static void pm_state(void *chip, struct archive *a)
{
	struct piix4_pm *p = chip;

	pci_function_state(&p->pci, a);
	archive_u16(a, "status", &p->status);
	archive_u16(a, "enable", &p->enable);
	archive_u16(a, "control", &p->control);
	archive_u16(a, "gpe_status", &p->gpe_status);
	archive_u16(a, "gpe_enable", &p->gpe_enable);
	archive_u8(a, "apm_control", &p->apm_control);
	archive_u8(a, "apm_status", &p->apm_status);
	alarm_state(&p->overflow, a, "overflow");
	if (!archive_loading(a))
		return;
	place(p);
	drive(p);
}

static void pm_destroy(void *chip)
{
	struct piix4_pm *p = chip;

	alarm_cancel(&p->overflow);
	port_free(p, sizeof *p);
}

void piix4_pm_press(struct piix4_pm *p)
{
	p->status |= POWER_BUTTON;
	drive(p);
}

struct piix4_pm *piix4_pm_create(const struct piix4_pm_config *config)
{
	struct piix4_pm *p = port_allocate(sizeof *p, PORT_PLAIN);

	if (!p)
		return NULL;
	p->config = *config;
	pci_function_init(&p->pci, &about, p);
	for (unsigned i = PMBASE; i < 0xd4; i++)
		p->pci.writable[i] = 0xff;
	p->pci.config[PMBASE] = p->pci.config[SMBBASE] = 1;
	p->pci.writable[PMBASE] = p->pci.writable[SMBBASE] = 0xc0;
	pci_add(config->pci, config->device, config->function, &p->pci);
	alarm_init(&p->overflow, config->clock, overflowed, p);
	return p;
}

const struct chip_ops piix4_pm_ops = {
	.name = "piix4_pm",
	.read = pm_read,
	.write = pm_write,
	.reset = pm_reset,
	.state = pm_state,
	.destroy = pm_destroy,
	.max_bytes = 4,
};

const struct chip_ops piix4_apm_ops = {
	.name = "piix4_apm",
	.read = apm_read,
	.write = apm_write,
	.max_bytes = 1,
};

const struct chip_ops piix4_gpe_ops = {
	.name = "piix4_gpe",
	.read = gpe_read,
	.write = gpe_write,
	.max_bytes = 4,
};

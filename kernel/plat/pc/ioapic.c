/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * I/O APICs (Intel 82093AA data sheet).  All interrupts go to the boot CPU.
 *
 * A level triggered interrupt is masked at the pin until it is unmasked by the
 * core.  An edge triggered one is not: the chip ignores edges on a masked pin, so
 * that a device which interrupts again before its driver has unmasked would be
 * stuck.  Its next edge is noted instead, masks the pin and is delivered by a
 * message of the CPU to itself when the core unmasks.
 */
#include "pc.h"
#include <arch/kernel_map.h>
#include <core/boot_memory.h>
#include <core/klib.h>

#define IOAPIC_SELECT 0 /* word index of the two registers */
#define IOAPIC_WINDOW 4
#define IOAPIC_SIZE 0x20
#define IOAPIC_VERSION 1
#define IOAPIC_ROUTE(pin) (0x10u + 2u * (pin))

#define ROUTE_LOW (1u << 13)
#define ROUTE_LEVEL (1u << 15)
#define ROUTE_MASKED (1u << 16)

struct ioapic {
	volatile uint32_t *registers;
	unsigned first_gsi, pins;
};

struct ioapic_irq {
	struct ioapic *chip; /* NULL: no such interrupt */
	uint8_t pin;
	bool held;      /* until the core unmasks it */
	bool pending;   /* edge triggered: came while held */
	uint32_t route; /* low half without the mask */
};

static struct ioapic ioapics[PC_MAX_IOAPICS];
static struct ioapic_irq ioapic_irqs[MAX_IRQS];
static unsigned ioapic_irqs_end;

static uint32_t ioapic_read(const struct ioapic *chip, unsigned r)
{
	chip->registers[IOAPIC_SELECT] = r;
	return chip->registers[IOAPIC_WINDOW];
}

static void ioapic_write(const struct ioapic *chip, unsigned r, uint32_t value)
{
	chip->registers[IOAPIC_SELECT] = r;
	chip->registers[IOAPIC_WINDOW] = value;
}

static void ioapic_set_masked(const struct ioapic_irq *i, bool masked)
{
	ioapic_write(i->chip, IOAPIC_ROUTE(i->pin), i->route | (masked ? ROUTE_MASKED : 0));
}

static bool gsi_is_isa(unsigned gsi)
{
	for (unsigned i = 0; i < ISA_IRQS; i++)
		if (pc.isa[i].gsi == gsi)
			return true;
	return false;
}

/* Below 16 the ISA interrupt of that number; above, a PCI interrupt, unless it is
 * the pin of an ISA interrupt. */
static void ioapic_connect(struct ioapic *chip, unsigned pin)
{
	unsigned gsi = chip->first_gsi + pin, irq = gsi;
	bool low = true, level = true;
	struct ioapic_irq *i;

	if (gsi < ISA_IRQS || gsi_is_isa(gsi)) {
		for (irq = 0; irq < ISA_IRQS && pc.isa[irq].gsi != gsi; irq++)
			;
		if (irq == ISA_IRQS)
			return;
		low = pc.isa[irq].low;
		level = pc.isa[irq].level;
	}
	if (irq >= MAX_IRQS)
		return;
	i = &ioapic_irqs[irq];
	i->chip = chip;
	i->pin = (uint8_t)pin;
	i->held = true;
	i->route = (VECTOR_IRQ + irq) | (low ? ROUTE_LOW : 0) | (level ? ROUTE_LEVEL : 0);
	if (irq >= ioapic_irqs_end)
		ioapic_irqs_end = irq + 1;
}

static bool ioapic_add(struct ioapic *chip, uint32_t address, unsigned first_gsi)
{
	chip->registers = arch_map_device(address, IOAPIC_SIZE);
	if (!chip->registers)
		return false;
	boot_memory_reserve(ALIGN_DOWN(address, 4096u), ALIGN_DOWN(address, 4096u) + 4096ull);
	chip->first_gsi = first_gsi;
	chip->pins = (ioapic_read(chip, IOAPIC_VERSION) >> 16 & 0xff) + 1;
	for (unsigned pin = 0; pin < chip->pins; pin++) {
		ioapic_write(chip, IOAPIC_ROUTE(pin), ROUTE_MASKED);
		ioapic_write(chip, IOAPIC_ROUTE(pin) + 1, pc.apic_id[0] << 24);
		ioapic_connect(chip, pin);
	}
	return true;
}

bool ioapic_init(void)
{
	unsigned found = 0;

	for (unsigned i = 0; i < pc.ioapic_count; i++)
		found += ioapic_add(&ioapics[i], pc.ioapic[i].address, pc.ioapic[i].first_gsi);
	return found;
}

unsigned ioapic_irq_count(void)
{
	return ioapic_irqs_end;
}

bool ioapic_irq_available(unsigned irq)
{
	return ioapic_irqs[irq].chip && irq != IRQ_CASCADE;
}

void ioapic_mask(unsigned irq)
{
	struct ioapic_irq *i = &ioapic_irqs[irq];

	i->held = true;
	i->pending = false;
	ioapic_set_masked(i, true);
}

void ioapic_unmask(unsigned irq)
{
	struct ioapic_irq *i = &ioapic_irqs[irq];

	i->held = false;
	ioapic_set_masked(i, false);
	if (i->pending)
		lapic_send(pc.apic_id[0], LAPIC_SEND_FIXED | (VECTOR_IRQ + irq));
	i->pending = false;
}

bool ioapic_accept(unsigned irq)
{
	struct ioapic_irq *i = &ioapic_irqs[irq];

	if (!i->chip)
		return false;
	if (i->held && !(i->route & ROUTE_LEVEL))
		i->pending = true;
	if (i->held || i->route & ROUTE_LEVEL)
		ioapic_set_masked(i, true);
	if (i->held)
		return false;
	i->held = true;
	return true;
}

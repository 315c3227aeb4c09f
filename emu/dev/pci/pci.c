/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PCI configuration: PCI Local Bus Specification 2.1, 3.7.4.1 (mechanism #1) and chapter 6.
 * Not modelled: other buses, special cycles, parity and system errors, latency timers,
 * built-in self tests.
 */
#include "pci.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

#define FUNCTIONS 8

#define CONFIG_STATUS 0x06
#define CONFIG_HEADER 0x0e
#define CONFIG_BAR 0x10
#define CONFIG_ROM 0x30
#define CONFIG_LINE 0x3c
#define CONFIG_PIN 0x3d
#define CONFIG_OWN 0x40 /* from here on the function's own */

#define ADDRESS_ENABLE (1u << 31)
#define RESET_CPU 4u /* of CF9 */

struct pci {
	struct pci_function *function[PCI_DEVICES][FUNCTIONS];
	uint32_t address;
	uint8_t reset_control;
	void (*reset)(void *context);
	void *context;
};

static unsigned bar_offset(unsigned bar)
{
	return bar == PCI_ROM ? CONFIG_ROM : CONFIG_BAR + 4 * bar;
}

static void put(uint8_t *at, uint32_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get(const uint8_t *at, unsigned size)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value |= (uint32_t)at[i] << 8 * i;
	return value;
}

static void init_bar(struct pci_function *f, unsigned bar)
{
	const struct pci_bar *b = &f->about->bar[bar];
	unsigned offset = bar_offset(bar);

	if (b->kind == PCI_BAR_NONE)
		return;
	put(f->writable + offset, ~(b->bytes - 1) | (bar == PCI_ROM), 4);
	if (bar != PCI_ROM)
		f->config[offset] = b->kind == PCI_BAR_PORTS        ? 1 :
				    b->kind == PCI_BAR_PREFETCHABLE ? 8 :
								      0;
}

void pci_function_init(struct pci_function *f, const struct pci_about *about, void *owner)
{
	*f = (struct pci_function){ .about = about, .owner = owner };
	put(f->config, about->vendor, 2);
	put(f->config + 2, about->device, 2);
	put(f->config + CONFIG_STATUS, about->status, 2);
	f->config[8] = about->revision;
	put(f->config + 9, about->class_code, 3);
	f->config[CONFIG_HEADER] = about->several ? 0x80 : 0;
	f->config[CONFIG_PIN] = about->pin;
	put(f->writable + PCI_COMMAND, about->command, 2);
	f->writable[CONFIG_LINE] = 0xff;
	for (unsigned i = 0; i < PCI_BARS; i++)
		init_bar(f, i);
}

/* Where a base address register says its range is; false: nowhere. */
static bool bar_decodes(const struct pci_function *f, unsigned bar, gpa *base)
{
	const struct pci_bar *b = &f->about->bar[bar];
	uint32_t value = get(f->config + bar_offset(bar), 4);
	unsigned command = pci_word(f, PCI_COMMAND);
	unsigned wanted = b->kind == PCI_BAR_PORTS ? PCI_COMMAND_PORTS : PCI_COMMAND_MEMORY;

	*base = value & ~(b->bytes - 1);
	if (bar == PCI_ROM && !(value & 1))
		return false;
	if (b->kind == PCI_BAR_PORTS && *base > 0xffff)
		return false;
	return command & wanted && *base != 0;
}

static void place_bars(struct pci_function *f)
{
	for (unsigned i = 0; i < PCI_BARS; i++) {
		gpa base;
		bool mapped;

		if (f->about->bar[i].kind == PCI_BAR_NONE)
			continue;
		mapped = bar_decodes(f, i, &base);
		if (mapped == f->mapped[i] && (!mapped || base == f->base[i]))
			continue;
		f->mapped[i] = mapped;
		f->base[i] = base;
		f->about->map(f->owner, i, mapped ? base : 0, mapped ? f->about->bar[i].bytes : 0);
	}
}

void pci_function_reset(struct pci_function *f)
{
	for (unsigned i = 0; i < PCI_CONFIG_BYTES; i++)
		f->config[i] &= (uint8_t)~f->writable[i];
	place_bars(f);
}

void pci_function_state(struct pci_function *f, struct archive *a)
{
	uint8_t config[PCI_CONFIG_BYTES];

	for (unsigned i = 0; i < PCI_CONFIG_BYTES; i++)
		config[i] = f->config[i] & f->writable[i];
	archive_bytes(a, "config", config, sizeof config);
	if (!archive_loading(a))
		return;
	for (unsigned i = 0; i < PCI_CONFIG_BYTES; i++)
		f->config[i] =
			(f->config[i] & (uint8_t)~f->writable[i]) | (config[i] & f->writable[i]);
	place_bars(f);
}

uint32_t pci_function_read(const struct pci_function *f, unsigned offset, unsigned size)
{
	return get(f->config + offset, size);
}

void pci_function_write(struct pci_function *f, unsigned offset, unsigned size, uint32_t value)
{
	for (unsigned i = 0; i < size; i++) {
		uint8_t may = f->writable[offset + i], *at = &f->config[offset + i];

		*at = (*at & (uint8_t)~may) | ((uint8_t)(value >> 8 * i) & may);
	}
	place_bars(f);
	if (f->about->written && (offset >= CONFIG_OWN || offset == PCI_COMMAND))
		f->about->written(f->owner, offset, size);
}

/* The function that the address register names, NULL: none is there. */
static struct pci_function *pci_selected(const struct pci *pci)
{
	if (!(pci->address & ADDRESS_ENABLE) || pci->address >> 16 & 0xff)
		return NULL;
	return pci->function[pci->address >> 11 & 31][pci->address >> 8 & 7];
}

static unsigned pci_offset(const struct pci *pci, gpa offset)
{
	return (pci->address & 0xfc) + (unsigned)(offset & 3);
}

static uint64_t pci_read(void *chip, gpa offset, unsigned size)
{
	struct pci *pci = chip;
	struct pci_function *f = pci_selected(pci);

	if (offset >= 4)
		return f ? pci_function_read(f, pci_offset(pci, offset), size) : ~0u;
	if (offset == 0 && size == 4)
		return pci->address;
	return offset == 1 && size == 1 ? pci->reset_control : ~0u;
}

static void pci_write_reset(struct pci *pci, uint8_t value)
{
	bool rises = value & RESET_CPU & ~pci->reset_control;

	pci->reset_control = value & 0x0e;
	if (rises)
		pci->reset(pci->context);
}

static void pci_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct pci *pci = chip;
	struct pci_function *f = pci_selected(pci);

	if (offset >= 4) {
		if (f)
			pci_function_write(f, pci_offset(pci, offset), size, (uint32_t)value);
	} else if (offset == 0 && size == 4) {
		pci->address = (uint32_t)value & 0x80fffffc;
	} else if (offset == 1 && size == 1) {
		pci_write_reset(pci, (uint8_t)value);
	} else {
		LOG(LOG_GUEST, "pci: write of %u bytes at CF%u", size, 8 + (unsigned)offset);
	}
}

static void pci_reset(void *chip)
{
	struct pci *pci = chip;

	pci->address = 0;
	pci->reset_control = 0;
}

static void pci_state(void *chip, struct archive *a)
{
	struct pci *pci = chip;

	archive_u32(a, "address", &pci->address);
	archive_u8(a, "reset_control", &pci->reset_control);
	archive_require(a, !(pci->address & ~0x80fffffcu));
}

static void pci_destroy(void *chip)
{
	port_free(chip, sizeof(struct pci));
}

struct pci *pci_create(void (*reset)(void *context), void *context)
{
	struct pci *pci = port_allocate(sizeof *pci, PORT_PLAIN);

	if (!pci)
		return NULL;
	pci->reset = reset;
	pci->context = context;
	return pci;
}

void pci_add(struct pci *pci, unsigned device, unsigned function, struct pci_function *f)
{
	pci->function[device][function] = f;
}

const struct chip_ops pci_ops = {
	.name = "pci",
	.read = pci_read,
	.write = pci_write,
	.reset = pci_reset,
	.state = pci_state,
	.destroy = pci_destroy,
	.max_bytes = 4,
};

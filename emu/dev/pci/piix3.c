/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Intel 82371SB (data sheet 290550): functions 0 and 1.  Not modelled: PIRQ routing (no
 * function has a pin), ISA timing, distributed DMA, SMI, USB (function 2).
 */
#include "piix3.h"

#include <emu/archive.h>
#include <emu/port.h>

#define IDETIM 0x40
#define IDETIM_DECODE 0x80 /* of its upper byte */
#define MASTER_PORTS 16

struct piix3 {
	struct piix3_config config;
	struct pci_function isa, ide;
};

static void ide_map(void *owner, unsigned bar, gpa base, uint32_t bytes)
{
	struct piix3 *p = owner;

	(void)bar;
	if (p->config.master)
		bus_move_chip(p->config.ports, p->config.master, base, bytes);
}

static void ide_tell(struct piix3 *p)
{
	bool ports = pci_word(&p->ide, PCI_COMMAND) & PCI_COMMAND_PORTS;

	if (p->config.configured)
		p->config.configured(p->config.context,
				     pci_word(&p->ide, PCI_COMMAND) & PCI_COMMAND_MASTER,
				     ports && p->ide.config[IDETIM + 1] & IDETIM_DECODE,
				     ports && p->ide.config[IDETIM + 3] & IDETIM_DECODE);
}

static void ide_written(void *owner, unsigned offset, unsigned size)
{
	(void)offset;
	(void)size;
	ide_tell(owner);
}

static const struct pci_about isa_about = {
	.vendor = 0x8086,
	.device = 0x7000,
	.class_code = 0x060100,
	.command = 0x0008,
	.status = 0x0280,
	.several = true,
};

static const struct pci_about ide_about = {
	.vendor = 0x8086,
	.device = 0x7010,
	.class_code = 0x010180,
	.command = PCI_COMMAND_PORTS | PCI_COMMAND_MASTER,
	.status = 0x0280,
	.bar[4] = { PCI_BAR_PORTS, MASTER_PORTS },
	.map = ide_map,
	.written = ide_written,
};

/* Interrupts of PCI aren't routed, the ISA bridge decodes the firmware. */
static void isa_reset(struct piix3 *p)
{
	pci_function_reset(&p->isa);
	p->isa.config[PCI_COMMAND] = 7;
	for (unsigned i = 0x60; i < 0x64; i++)
		p->isa.config[i] = 0x80;
	p->isa.config[0x4e] = 0x03;
	p->isa.config[0x69] = 0x02;
}

static void piix3_reset(void *chip)
{
	struct piix3 *p = chip;

	isa_reset(p);
	pci_function_reset(&p->ide);
	ide_tell(p);
}

static void piix3_state(void *chip, struct archive *a)
{
	struct piix3 *p = chip;

	pci_function_state(&p->isa, a);
	pci_function_state(&p->ide, a);
	if (archive_loading(a))
		ide_tell(p);
}

static void piix3_destroy(void *chip)
{
	port_free(chip, sizeof(struct piix3));
}

struct piix3 *piix3_create(const struct piix3_config *config)
{
	struct piix3 *p = port_allocate(sizeof *p, PORT_PLAIN);

	if (!p)
		return NULL;
	p->config = *config;
	pci_function_init(&p->isa, &isa_about, p);
	pci_function_init(&p->ide, &ide_about, p);
	for (unsigned i = 0x4c; i < 0xb0; i++)
		p->isa.writable[i] = 0xff;
	for (unsigned i = IDETIM; i < IDETIM + 5; i++)
		p->ide.writable[i] = 0xff;
	pci_add(config->pci, config->device, 0, &p->isa);
	pci_add(config->pci, config->device, 1, &p->ide);
	return p;
}

const struct chip_ops piix3_ops = {
	.name = "piix3",
	.reset = piix3_reset,
	.state = piix3_state,
	.destroy = piix3_destroy,
};

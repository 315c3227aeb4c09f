/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Not modelled: the command register's effect on the VGA's legacy ports and window, which
 * are always decoded.
 */
#include "vga_pci.h"

#include <emu/archive.h>
#include <emu/port.h>

#define REGISTER_BYTES 0x1000u

struct vga_pci {
	struct vga_pci_config config;
	struct pci_about about;
	struct pci_function pci;
};

static void map(void *owner, unsigned bar, gpa base, uint32_t bytes)
{
	struct vga_pci *v = owner;
	struct bus *bus = v->config.bus;

	switch (bar) {
	case 0:
		bus_move_memory(bus, v->config.memory, base, bytes);
		break;
	case PCI_ROM:
		bus_move_memory(bus, v->config.rom, base, bytes);
		break;
	default:
		bus_move_chip(bus, v->config.registers, base, bytes);
	}
}

static void vga_pci_reset(void *chip)
{
	struct vga_pci *v = chip;

	pci_function_reset(&v->pci);
}

static void vga_pci_state(void *chip, struct archive *a)
{
	struct vga_pci *v = chip;

	pci_function_state(&v->pci, a);
}

static void vga_pci_destroy(void *chip)
{
	port_free(chip, sizeof(struct vga_pci));
}

/* Nothing is decoded before the guest has placed it. */
static void hide(const struct vga_pci *v)
{
	bus_move_memory(v->config.bus, v->config.memory, 0, 0);
	bus_move_chip(v->config.bus, v->config.registers, 0, 0);
	if (v->config.rom)
		bus_move_memory(v->config.bus, v->config.rom, 0, 0);
}

struct vga_pci *vga_pci_create(const struct vga_pci_config *config)
{
	struct vga_pci *v = port_allocate(sizeof *v, PORT_PLAIN);

	if (!v)
		return NULL;
	v->config = *config;
	v->about = (struct pci_about){
		.vendor = 0x1234,
		.device = 0x1111,
		.revision = 2,
		.class_code = 0x030000,
		.command = PCI_COMMAND_PORTS | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
		.bar = { [0] = { PCI_BAR_PREFETCHABLE, config->memory_bytes },
			 [2] = { PCI_BAR_MEMORY, REGISTER_BYTES } },
		.map = map,
	};
	if (config->rom)
		v->about.bar[PCI_ROM] = (struct pci_bar){ PCI_BAR_MEMORY, VGA_PCI_ROM_BYTES };
	pci_function_init(&v->pci, &v->about, v);
	pci_add(config->pci, config->device, 0, &v->pci);
	hide(v);
	return v;
}

const struct chip_ops vga_pci_ops = {
	.name = "vga_pci",
	.reset = vga_pci_reset,
	.state = vga_pci_state,
	.destroy = vga_pci_destroy,
};

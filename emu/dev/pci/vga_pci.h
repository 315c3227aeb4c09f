/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The PCI function of a VGA with the linear frame buffer of Bochs, 1234:1111: BAR 0 the
 * frame buffer, BAR 2 registers, and the expansion ROM.
 */
#ifndef EMU_DEV_PCI_VGA_PCI_H
#define EMU_DEV_PCI_VGA_PCI_H

#include <emu/bus.h>

#include "dev/pci/pci.h"

#define VGA_PCI_ROM_BYTES 0x10000u

struct vga_pci_config {
	struct pci *pci;
	unsigned device;
	struct bus *bus;
	hva memory;            /* on the bus already, as the ROM is */
	uint32_t memory_bytes; /* a power of 2 */
	void *registers;       /* the chip on the bus that BAR 2 moves, 4 KiB */
	hva rom;               /* VGA_PCI_ROM_BYTES, or NULL */
};

struct vga_pci;
extern const struct chip_ops vga_pci_ops; /* without registers: bus_attach */
struct vga_pci *vga_pci_create(const struct vga_pci_config *config);

#endif

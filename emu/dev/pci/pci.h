/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A conventional PCI bus behind configuration mechanism #1 (PCI Local Bus 2.1, 3.7.4.1 and
 * chapter 6), and what its functions have in common: configuration space with writable
 * bits, base address registers.
 *
 * A function is a member of its chip, which describes it once, adds it, and calls
 * pci_function_reset and pci_function_state from its own reset and state.
 */
#ifndef EMU_DEV_PCI_PCI_H
#define EMU_DEV_PCI_PCI_H

#include <emu/chip.h>
#include <emu/types.h>

#define PCI_CONFIG_BYTES 256
#define PCI_BARS 7 /* the last one is the expansion ROM's */
#define PCI_ROM 6
#define PCI_DEVICES 32

#define PCI_COMMAND 0x04
#define PCI_COMMAND_PORTS 1u
#define PCI_COMMAND_MEMORY 2u
#define PCI_COMMAND_MASTER 4u

enum pci_bar_kind { PCI_BAR_NONE, PCI_BAR_MEMORY, PCI_BAR_PREFETCHABLE, PCI_BAR_PORTS };

struct pci_bar {
	uint8_t kind;   /* enum pci_bar_kind */
	uint32_t bytes; /* a power of 2: memory at least 16, ports at least 4, ROM 2 KiB */
};

struct pci_about {
	uint16_t vendor, device;
	uint8_t revision;
	uint32_t class_code; /* base class << 16 | subclass << 8 | interface */
	uint16_t command;    /* writable bits of the command register */
	uint16_t status;     /* constant bits of the status register */
	uint8_t pin;         /* interrupt pin, 0: none */
	bool several;        /* the device has more functions */
	struct pci_bar bar[PCI_BARS];
	/* A base address register's range is now at `base`, or nowhere: bytes 0. */
	void (*map)(void *owner, unsigned bar, gpa base, uint32_t bytes);
	/* Registers from `offset` on have been written, those that are the function's own or
	 * the command register; map has been called already. */
	void (*written)(void *owner, unsigned offset, unsigned size);
	void *owner;
};

struct pci_function {
	const struct pci_about *about;
	void *owner;
	uint8_t config[PCI_CONFIG_BYTES];
	uint8_t writable[PCI_CONFIG_BYTES]; /* bits */
	gpa base[PCI_BARS];                 /* as last told to map */
	bool mapped[PCI_BARS];
};

/* `about` must last; `owner` is given to its functions.  Afterwards the chip may make more
 * bits writable. */
void pci_function_init(struct pci_function *f, const struct pci_about *about, void *owner);
/* All writable bits 0, nothing mapped. */
void pci_function_reset(struct pci_function *f);
void pci_function_state(struct pci_function *f, struct archive *a);
uint32_t pci_function_read(const struct pci_function *f, unsigned offset, unsigned size);
void pci_function_write(struct pci_function *f, unsigned offset, unsigned size, uint32_t value);

static inline unsigned pci_word(const struct pci_function *f, unsigned offset)
{
	return f->config[offset] | (unsigned)f->config[offset + 1] << 8;
}

struct pci;

/* Ports CF8 to CFF.  `reset` is called when the reset control register CF9 asks for one. */
#define PCI_PORTS 8
extern const struct chip_ops pci_ops;
struct pci *pci_create(void (*reset)(void *context), void *context);
void pci_add(struct pci *pci, unsigned device, unsigned function, struct pci_function *f);

#endif

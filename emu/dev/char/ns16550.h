/* SPDX-License-Identifier: BSD-2-Clause
 *
 * National Semiconductor PC16550D, a UART with FIFOs of 16 (data sheet of June 1995), as
 * the serial ports of PCs have it.  Eight byte registers:
 *
 *	0  RBR read, THR written; DLL while LCR has DLAB
 *	1  IER; DLM while LCR has DLAB
 *	2  IIR read, FCR written
 *	3  LCR		5  LSR		7  SCR
 *	4  MCR		6  MSR
 */
#ifndef EMU_DEV_CHAR_NS16550_H
#define EMU_DEV_CHAR_NS16550_H

#include <emu/backend.h>
#include <emu/chip.h>
#include <emu/clock.h>
#include <emu/irq.h>

#define NS16550_BYTES 8

struct ns16550_config {
	struct clock *clock;
	uint32_t hz;              /* XIN; 1843200 on a PC */
	bool out2_gates;          /* OUT2 connects INTR to `irq`, as on PCs */
	struct irq irq;           /* INTR */
	struct serial_line *line; /* may be NULL; the chip fills in its half */
};

struct ns16550;

extern const struct chip_ops ns16550_ops;

struct ns16550 *ns16550_create(const struct ns16550_config *config);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM PL061 general purpose input/output (ARM DDI 0190): eight lines.
 */
#ifndef EMU_DEV_MISC_PL061_H
#define EMU_DEV_MISC_PL061_H

#include <emu/chip.h>
#include <emu/irq.h>

#define PL061_LINES 8

struct pl061_config {
	struct irq irq;
	struct irq output[PL061_LINES]; /* driven while the line is an output */
};

struct pl061;

extern const struct chip_ops pl061_ops;

struct pl061 *pl061_create(const struct pl061_config *config);

/* The line's input from outside; 0 while nobody drives it. */
struct irq pl061_input(struct pl061 *gpio, unsigned line);

#endif

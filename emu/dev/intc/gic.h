/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARM Generic Interrupt Controller for one CPU, architecture version 1 (ARM IHI 0048A,
 * as inside the Cortex-A9 MPCore) or 2 (ARM IHI 0048B, as GIC-400).  Two register
 * blocks, mapped separately: the distributor is the chip itself, the CPU interface
 * what gic_cpu_interface returns.
 */
#ifndef EMU_DEV_INTC_GIC_H
#define EMU_DEV_INTC_GIC_H

#include <emu/chip.h>
#include <emu/irq.h>

#define GIC_DISTRIBUTOR_BYTES 0x1000
#define GIC_CPU_V1_BYTES 0x100
#define GIC_CPU_V2_BYTES 0x2000

/* First interrupt ID of private and shared peripheral interrupts. */
#define GIC_PPI 16
#define GIC_SPI 32

struct gic_config {
	unsigned version; /* 1 or 2 */
	unsigned lines;   /* interrupt IDs, 32 private ones included: 64, 96 .. 1020 */
	bool targets;     /* the target registers exist, as in a part for several CPUs */
	struct irq irq, fiq;
};

struct gic;
struct gic_cpu;

extern const struct chip_ops gic_ops, gic_cpu_ops;

struct gic *gic_create(const struct gic_config *config);

/* Belongs to the gic and is mapped with gic_cpu_ops. */
struct gic_cpu *gic_cpu_interface(struct gic *gic);

/* The input of interrupt ID `id`: GIC_PPI + n or GIC_SPI + n. */
struct irq gic_input(struct gic *gic, unsigned id);

#endif

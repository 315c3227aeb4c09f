/* SPDX-License-Identifier: BSD-2-Clause
 *
 * System registers of the Versatile Express motherboard V2M-P1 (ARM DUI 0447, 4.3)
 * and the configuration interface behind them, with the daughterboard's part.
 */
#ifndef EMU_DEV_MISC_ARM_SYSREG_H
#define EMU_DEV_MISC_ARM_SYSREG_H

#include <emu/chip.h>
#include <emu/clock.h>
#include <emu/irq.h>

#define ARM_SYSREG_BYTES 0x1000

/* What the configuration interface reaches at one site: oscillators in Hz, voltages in
 * microvolts, current in microamperes. */
#define ARM_SYSREG_OSCILLATORS 3
#define ARM_SYSREG_VOLTAGES 6
#define ARM_SYSREG_CURRENTS 2

struct arm_sysreg_site {
	uint32_t oscillator[ARM_SYSREG_OSCILLATORS]; /* at power-on */
	uint32_t voltage[ARM_SYSREG_VOLTAGES];
	uint32_t current[ARM_SYSREG_CURRENTS];
};

struct arm_sysreg_config {
	struct clock *clock;
	uint32_t id;                    /* SYS_ID */
	uint32_t processor_id;          /* SYS_PROCID0: of daughterboard 1 */
	bool card, card_read_only;      /* in the multimedia card slot */
	struct arm_sysreg_site site[2]; /* motherboard, daughterboard 1 */
	struct irq reset, off;          /* pulsed when the guest asks for it */
};

struct arm_sysreg;

extern const struct chip_ops arm_sysreg_ops;

struct arm_sysreg *arm_sysreg_create(const struct arm_sysreg_config *config);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Power State Coordination Interface 1.0 (ARM DEN 0022D) for one CPU, behind HVC and
 * SMC, as a firmware would offer it.
 */
#ifndef EMU_GUEST_ARM_PSCI_H
#define EMU_GUEST_ARM_PSCI_H

#include "guest/arm/state.h"

/* Function numbers of the 32-bit calling convention. */
enum psci_function {
	PSCI_VERSION = 0x84000000,
	PSCI_CPU_SUSPEND,
	PSCI_CPU_OFF,
	PSCI_CPU_ON,
	PSCI_AFFINITY_INFO,
	PSCI_MIGRATE,
	PSCI_MIGRATE_INFO_TYPE,
	PSCI_MIGRATE_INFO_UP_CPU,
	PSCI_SYSTEM_OFF,
	PSCI_SYSTEM_RESET,
	PSCI_FEATURES,
};

/* From now on HVC and SMC reach PSCI. */
void arm_psci_connect(struct arm *arm);

#endif

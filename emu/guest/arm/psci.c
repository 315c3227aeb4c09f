/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PSCI for one CPU: ARM DEN 0022D, chapter 5; calling convention ARM DEN 0028.  The
 * only suspend state is standby, which is WFI.  The last CPU can't be turned off by
 * CPU_OFF; nothing migrates.
 */
#include "guest/arm/psci.h"

#include <emu/log.h>

#define PSCI_VERSION_1_0 0x10000u
#define PSCI_NO_MIGRATION 2u /* no trusted OS that would have to migrate */

#define PSCI_SUCCESS 0
#define PSCI_NOT_SUPPORTED -1
#define PSCI_INVALID_PARAMETERS -2
#define PSCI_DENIED -3
#define PSCI_ALREADY_ON -4

/* MPIDR affinity fields of the only CPU are 0. */
#define PSCI_AFFINITY 0xffffffu

static int32_t psci_features(uint32_t function)
{
	switch (function) {
	case PSCI_VERSION:
	case PSCI_CPU_SUSPEND:
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON:
	case PSCI_AFFINITY_INFO:
	case PSCI_MIGRATE_INFO_TYPE:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_FEATURES:
		return PSCI_SUCCESS;
	}
	return PSCI_NOT_SUPPORTED;
}

/* The guest doesn't run on while the request waits to be noticed. */
static void psci_end(struct arm *arm, bool reset)
{
	if (reset)
		cpu_request_reset(&arm->cpu);
	else
		cpu_request_off(&arm->cpu);
	cpu_halt(&arm->cpu);
}

static void psci_call(struct arm *arm, void *context)
{
	uint32_t function = arm->r[0], argument = arm->r[1];
	int32_t result = PSCI_NOT_SUPPORTED;

	(void)context;
	switch (function) {
	case PSCI_VERSION:
		result = PSCI_VERSION_1_0;
		break;
	case PSCI_CPU_SUSPEND:
		result = PSCI_SUCCESS;
		arm_help_wfi(arm, 0, 0, 0, 0);
		break;
	case PSCI_CPU_OFF:
		result = PSCI_DENIED;
		break;
	case PSCI_CPU_ON:
		result = argument & PSCI_AFFINITY ? PSCI_INVALID_PARAMETERS : PSCI_ALREADY_ON;
		break;
	case PSCI_AFFINITY_INFO: /* 0: on */
		result = argument & PSCI_AFFINITY ? PSCI_INVALID_PARAMETERS : 0;
		break;
	case PSCI_MIGRATE_INFO_TYPE:
		result = PSCI_NO_MIGRATION;
		break;
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
		psci_end(arm, function == PSCI_SYSTEM_RESET);
		break;
	case PSCI_FEATURES:
		result = psci_features(argument);
		break;
	default:
		LOG(LOG_UNIMPLEMENTED, "psci: function %#x", function);
	}
	arm->r[0] = (uint32_t)result;
}

void arm_psci_connect(struct arm *arm)
{
	arm->service = psci_call;
	arm->service_context = NULL;
}

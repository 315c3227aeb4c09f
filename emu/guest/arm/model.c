/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The CPU models and their identification registers: Cortex-A9 (ARM DDI 0388),
 * Cortex-A7 (DDI 0464) and Cortex-A15 (DDI 0438).
 *
 * The values are the manuals' but for what isn't modelled: no security and no
 * virtualization extensions (ID_PFR1), no ThumbEE (ID_PFR0), no memory-mapped or extended
 * CP14 debug (ID_DFR0).  Caches are described small, as nothing depends on them but how
 * long a guest takes to clean them.
 */
#include "guest/arm/system.h"

#include <string.h>

static const struct arm_model arm_models[] = {
	{
		.name = "cortex-a9",
		.midr = 0x410fc090,
		.event_counters = 6,
		.sctlr = 0x00c50078,
		.cache_type = 0x83338003,
		.clidr = 0x09200003,
		.ccsidr_l1d = 0x700fe019, /* 16 KiB, 4 ways of 32-byte lines */
		.ccsidr_l1i = 0x200fe019,
		.id_pfr = { 0x00000131, 0x00000001 },
		.id_dfr0 = 0x01000000,
		.id_mmfr = { 0x00100103, 0x20000000, 0x01230000, 0x00002111 },
		.id_isar = { 0x00101111, 0x13112111, 0x21232041, 0x11112131, 0x00111142, 0 },
		.mvfr = { 0x10110222, 0x01111111 },
		.fpsid = 0x41033090,
	},
	{
		.name = "cortex-a7",
		.midr = 0x410fc075,
		.divide = true,
		.fma = true,
		.generic_timer = true,
		.pxn = true,
		.lpae = true,
		.event_counters = 4,
		.sctlr = 0x00c50878,
		.cache_type = 0x84448003,
		.clidr = 0x0a200023,
		.ccsidr_l1d = 0x700fe01a, /* 32 KiB, 4 ways of 64-byte lines */
		.ccsidr_l1i = 0x203fe009, /* 32 KiB, 2 ways of 32-byte lines */
		.ccsidr_l2 = 0x701fe03a,  /* 128 KiB, 8 ways of 64-byte lines */
		.id_pfr = { 0x00000131, 0x00010001 },
		.id_dfr0 = 0x02000000,
		.id_mmfr = { 0x10101105, 0x40000000, 0x01240000, 0x02102211 },
		.id_isar = { 0x02101110, 0x13112111, 0x21232041, 0x11112131, 0x10011142, 0 },
		.mvfr = { 0x10110222, 0x11111111 },
		.fpsid = 0x41023075,
	},
	{
		.name = "cortex-a15",
		.midr = 0x412fc0f1,
		.divide = true,
		.fma = true,
		.generic_timer = true,
		.pxn = true,
		.lpae = true,
		.event_counters = 6,
		.sctlr = 0x00c50878,
		.cache_type = 0x8444c004,
		.clidr = 0x0a200023,
		.ccsidr_l1d = 0x701fe00a, /* 32 KiB, 2 ways of 64-byte lines */
		.ccsidr_l1i = 0x201fe00a,
		.ccsidr_l2 = 0x703fe07a, /* 512 KiB, 16 ways of 64-byte lines */
		.id_pfr = { 0x00000131, 0x00010001 },
		.id_dfr0 = 0x02000000,
		.id_mmfr = { 0x10201105, 0x20000000, 0x01240000, 0x02102211 },
		.id_isar = { 0x02101110, 0x13112111, 0x21232041, 0x11112131, 0x10011142, 0 },
		.mvfr = { 0x10110222, 0x11111111 },
		.fpsid = 0x410430f0,
	},
};

const struct arm_model *arm_model_find(const char *name)
{
	if (!name)
		return &arm_models[0];
	for (size_t i = 0; i < COUNT_OF(arm_models); i++) {
		if (!strcmp(arm_models[i].name, name))
			return &arm_models[i];
	}
	return NULL;
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One VFP or NEON instruction with the state before it or after it: what the test and
 * the program that runs such cases on an ARM processor (vfp_neon_runner.c) exchange.
 */
#ifndef VFP_NEON_CASE_H
#define VFP_NEON_CASE_H

#include <stdint.h>

#define CASE_MEMORY 0x00700000u /* guest address */
#define CASE_MEMORY_BYTES 512u

struct vfp_neon_case {
	uint32_t insn;
	uint32_t undefined; /* after: it trapped */
	uint32_t fpscr;
	uint32_t cpsr; /* N Z C V */
	uint32_t r[13];
	uint32_t spare;
	uint64_t d[32];
	uint8_t memory[CASE_MEMORY_BYTES];
};

#endif

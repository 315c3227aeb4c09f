/* SPDX-License-Identifier: BSD-2-Clause
 *
 * In place of emu/core, for tests of the ARM guest's system part alone: a CPU without
 * memory system and run loop that notes what is asked of it.
 */
#ifndef TESTS_GUEST_ARM_FAKE_CORE_H
#define TESTS_GUEST_ARM_FAKE_CORE_H

#include "guest/arm/system.h"

#define FAKE_RAM_BYTES (1u << 20) /* at 0 */

struct fake_core {
	uint8_t ram[FAKE_RAM_BYTES];
	uint64_t executed, now_ns;
	unsigned drops, flushes, address_flushes, space_drops[MEM_SPACES], notices, slice_ends;
	gva flushed_address;
};

extern struct fake_core fake;

/* A new CPU after reset, and everything noted forgotten. */
struct arm *fake_arm(const char *model);

/* Calls a helper; whether it raised. */
bool fake_raises(struct arm *arm, ir_fn *helper, uint64_t a, uint64_t b, uint64_t *result);
bool fake_abort_raises(struct arm *arm, gva address, enum mem_access access,
		       const struct mem_walk *walk);

void fake_poke(uint32_t address, uint32_t value);

/* Saves the guest's state, or loads what was saved; false if a field didn't match or an
 * invariant is broken.  fake_saved_byte is in the middle of what was saved. */
bool fake_save(struct arm *arm);
bool fake_load(struct arm *arm);
uint8_t *fake_saved(size_t *count);

void test_modes(void);
void test_exceptions(void);
void test_cp15(void);
void test_mmu(void);
void test_lpae(void);
void test_timer(void);
void test_random(uint64_t seed);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A program that makes the emulator use as much memory as it can: all addresses in
 * privileged and user mode under two sets of domains, more code than any cache holds, a
 * word in every page of a flash bank.  All of it must go on working; how much the emulator
 * holds is for others to look at.
 */
#include "bare.h"

#define WINDOW_MIB 64u   /* of RAM, which appears everywhere */
#define FIRST_MIB 0x100u /* below are chips */
#define FLASH 0x04000000u
#define FLASH_BYTES 0x04000000u
#define FLASH_READY 0x00800080u

static uint32_t window(uint32_t mib)
{
	return RAM_SPARE + mib % WINDOW_MIB * MIB;
}

static bool is_own(uint32_t mib)
{
	return mib >= RAM / MIB && mib < RAM_SPARE / MIB;
}

static void map_everything(void)
{
	mmu_start();
	for (uint32_t mib = FIRST_MIB; mib < 4096; mib++)
		if (!is_own(mib))
			level1[mib] = window(mib) | SECTION | AP_SECTION(AP_ALL) | DOMAIN(mib & 1);
	CP_WRITE(c3, 0, c0, 0, 5);
	tlb_flush();
}

static uint32_t load_user(uint32_t address)
{
	uint32_t value;

	__asm__ volatile("ldrt %0, [%1]" : "=&r"(value) : "r"(address) : "memory");
	return value;
}

static void store_user(uint32_t address, uint32_t value)
{
	__asm__ volatile("strt %1, [%0]" : : "r"(address), "r"(value) : "memory");
}

/* Whether what is written at each MiB is read again at the place that it stands for. */
static uint32_t sweep(uint32_t salt)
{
	uint32_t wrong = 0;

	for (uint32_t mib = FIRST_MIB; mib < 4096; mib++) {
		uint32_t at = mib * MIB + (mib * 0x3d04 & 0xffffc), there = window(mib) + at % MIB;

		if (is_own(mib))
			continue;
		store32(at, at ^ salt);
		wrong += load32(there) != (at ^ salt);
		store_user(at, at + salt);
		wrong += load_user(at) != at + salt;
		wrong += load32(there) != at + salt;
	}
	return wrong;
}

static void test_addresses(void)
{
	uint32_t wrong = sweep(1);

	CP_WRITE(c3, 0, c0, 0, 0xf); /* another pair of domains' rights */
	wrong += sweep(2);
	CP_WRITE(c3, 0, c0, 0, 5);
	is(wrong + sweep(3), 0, "all addresses, in both modes, under two sets of domains");
}

/* mov r0, #n; add r0, r0, r0; bx lr */
static void test_code(void)
{
	uint32_t wrong = 0;

	for (uint32_t at = RAM_SPARE; at < RAM_SPARE + 8 * MIB; at += 128) {
		store32(at, 0xe3a00000 | (at >> 7 & 0xff));
		store32(at + 4, 0xe0800000);
		store32(at + 8, 0xe12fff1e);
	}
	sync_code((void *)RAM_SPARE, 8 * MIB);
	for (unsigned round = 0; round < 2; round++)
		for (uint32_t at = RAM_SPARE; at < RAM_SPARE + 8 * MIB; at += 128)
			wrong += ((uint32_t(*)(void))at)() != 2 * (at >> 7 & 0xff);
	is(wrong, 0, "65,536 functions, twice");
}

/* A device may be worn out: then it says so, and is ready all the same. */
static void test_flash(void)
{
	uint32_t wrong = 0;

	for (uint32_t at = FLASH; at < FLASH + FLASH_BYTES; at += PAGE) {
		store32(at, 0x00400040);
		store32(at, at);
		wrong += (load32(at) & FLASH_READY) != FLASH_READY;
	}
	store32(FLASH, 0x00ff00ff);
	is(wrong, 0, "a word in each page of a flash bank");
	is(load32(FLASH), FLASH, "the first is there");
}

/* All of RAM that every machine has. */
static void test_ram(void)
{
	uint32_t wrong = 0;

	for (uint32_t at = RAM + 8 * MIB; at < RAM_SPARE + WINDOW_MIB * MIB; at += PAGE)
		store32(at, ~at);
	for (uint32_t at = RAM + 8 * MIB; at < RAM_SPARE + WINDOW_MIB * MIB; at += PAGE)
		wrong += load32(at) != ~at;
	is(wrong, 0, "all of RAM");
}

int main(void)
{
	test_ram();
	test_flash();
	map_everything();
	test_code();
	test_addresses();
	test_code();
	mmu_stop();
	return 0;
}

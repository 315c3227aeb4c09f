/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Linux's boot protocol, version 2.02 and later, for kernels that are loaded at 1 MiB
 * (Documentation/x86/boot, "The Real-Mode Kernel Header").
 */
#include "pc_boot.h"

#include <stdio.h>
#include <string.h>

#define REAL_MODE_AT 0x10000u
#define COMMAND_LINE_AT 0x20000u
#define KERNEL_AT 0x100000u
#define SECTOR 512u

/* Header fields. */
#define SETUP_SECTORS 0x1f1
#define KERNEL_UNITS 0x1f4 /* of 16 bytes, behind the real-mode part */
#define BOOT_FLAG 0x1fe
#define MAGIC 0x202
#define VERSION 0x206
#define LOADER 0x210
#define LOAD_FLAGS 0x211
#define INITRD_AT 0x218
#define INITRD_BYTES 0x21c
#define HEAP_END 0x224
#define COMMAND_LINE 0x228
#define INITRD_MAX 0x22c
#define COMMAND_LINE_MAX 0x238
#define PREFERRED_AT 0x258 /* 64 bits */
#define INIT_BYTES 0x260
#define HEADER_BYTES 0x264

#define LOADED_HIGH 1u
#define CAN_USE_HEAP 0x80u
#define LOADER_UNKNOWN 0xff

static uint32_t get32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static unsigned version_of(const uint8_t *setup)
{
	return setup[VERSION] | (unsigned)setup[VERSION + 1] << 8;
}

bool pc_boot_is(const struct blob *kernel)
{
	const uint8_t *k = kernel->bytes;

	return kernel->count > HEADER_BYTES && k[BOOT_FLAG] == 0x55 && k[BOOT_FLAG + 1] == 0xaa &&
	       memcmp(k + MAGIC, "HdrS", 4) == 0;
}

static bool fail(char *error, size_t room, const char *why)
{
	snprintf(error, room, "%s", why);
	return false;
}

uint64_t pc_boot_usable(uint64_t memory)
{
	return memory - 0x20000;
}

/* Up to where the kernel uses memory before it looks how much there is. */
static uint64_t kernel_end(const struct pc_boot *b, uint64_t kernel_bytes)
{
	const uint8_t *s = b->setup;
	uint64_t loaded = KERNEL_AT + kernel_bytes, unpacked = 0;

	if (version_of(s) >= 0x20a &&
	    __builtin_add_overflow(get32(s + PREFERRED_AT) | (uint64_t)get32(s + PREFERRED_AT + 4)
								     << 32,
				   get32(s + INIT_BYTES), &unpacked))
		unpacked = UINT64_MAX;
	return loaded > unpacked ? loaded : unpacked;
}

/* The highest address the initial RAM disk may use, plus 1. */
static uint64_t initrd_limit(const struct pc_boot *b, uint64_t memory)
{
	uint64_t limit = version_of(b->setup) >= 0x203 ?
				 (uint64_t)get32(b->setup + INITRD_MAX) + 1 :
				 0x38000000;

	memory = pc_boot_usable(memory);
	if (memory > 0xe0000000)
		memory = 0xe0000000;
	return limit < memory ? limit : memory;
}

static bool place_initrd(struct pc_boot *b, const struct machine_config *config,
			 struct fw_cfg *fw_cfg, uint64_t kernel_bytes, char *error, size_t room)
{
	const struct blob *initrd = &config->initrd;
	uint64_t limit = initrd_limit(b, config->memory_bytes), at;
	uint64_t lowest = KERNEL_AT + 4 * kernel_bytes, end = kernel_end(b, kernel_bytes);

	if (initrd->count == 0)
		return true;
	if (initrd->count > limit ||
	    (at = (limit - initrd->count) & ~(uint64_t)PAGE_MASK) < (lowest > end ? lowest : end))
		return fail(error, room, "the initial RAM disk doesn't fit; give more memory");
	put32(b->setup + INITRD_AT, (uint32_t)at);
	put32(b->setup + INITRD_BYTES, (uint32_t)initrd->count);
	return fw_cfg_add_number(fw_cfg, FW_CFG_INITRD_ADDRESS, at, 4) &&
	       fw_cfg_add_number(fw_cfg, FW_CFG_INITRD_SIZE, initrd->count, 4) &&
	       fw_cfg_add(fw_cfg, FW_CFG_INITRD_DATA, initrd->bytes, (uint32_t)initrd->count);
}

static void write_header(struct pc_boot *b)
{
	uint8_t *s = b->setup;

	s[LOADER] = LOADER_UNKNOWN;
	s[LOAD_FLAGS] |= CAN_USE_HEAP;
	put32(s + COMMAND_LINE, COMMAND_LINE_AT);
	s[HEAP_END] = (COMMAND_LINE_AT - REAL_MODE_AT - 0x200) & 0xff;
	s[HEAP_END + 1] = (COMMAND_LINE_AT - REAL_MODE_AT - 0x200) >> 8;
}

static bool check_kernel(struct pc_boot *b, const struct machine_config *config, char *error,
			 size_t room)
{
	const struct blob *kernel = &config->kernel;
	unsigned sectors, most;

	if (!pc_boot_is(kernel))
		return fail(error, room,
			    "the kernel isn't a Linux kernel for the PC (bzImage), nor one for "
			    "multiboot");
	sectors = kernel->bytes[SETUP_SECTORS] ? kernel->bytes[SETUP_SECTORS] : 4;
	b->setup_bytes = (sectors + 1) * SECTOR;
	if (b->setup_bytes > sizeof b->setup || b->setup_bytes >= kernel->count)
		return fail(error, room, "the kernel is damaged: its real-mode part is too long");
	memcpy(b->setup, kernel->bytes, b->setup_bytes);
	if (version_of(b->setup) < 0x202 || !(b->setup[LOAD_FLAGS] & LOADED_HIGH))
		return fail(error, room,
			    "the kernel is too old: boot protocol before 2.02, or a zImage");
	if (version_of(b->setup) >= 0x204 &&
	    kernel->count - b->setup_bytes + 15 < 16ull * get32(b->setup + KERNEL_UNITS))
		return fail(error, room, "the kernel is damaged: it ends early");
	b->command_line = config->append ? config->append : "";
	most = version_of(b->setup) >= 0x206 ? get32(b->setup + COMMAND_LINE_MAX) : 255;
	if (strlen(b->command_line) > most)
		return fail(error, room, "the command line is longer than the kernel permits");
	return true;
}

bool pc_boot_offer(const struct pc_boot *b, struct fw_cfg *fw_cfg, uint32_t setup_at,
		   uint32_t command_line_at)
{
	uint32_t line = (uint32_t)strlen(b->command_line) + 1;

	return fw_cfg_add_number(fw_cfg, FW_CFG_SETUP_ADDRESS, setup_at, 4) &&
	       fw_cfg_add_number(fw_cfg, FW_CFG_SETUP_SIZE, b->setup_bytes, 4) &&
	       fw_cfg_add(fw_cfg, FW_CFG_SETUP_DATA, b->setup, b->setup_bytes) &&
	       fw_cfg_add_number(fw_cfg, FW_CFG_COMMAND_LINE_ADDRESS, command_line_at, 4) &&
	       fw_cfg_add_number(fw_cfg, FW_CFG_COMMAND_LINE_SIZE, line, 4) &&
	       fw_cfg_add(fw_cfg, FW_CFG_COMMAND_LINE_DATA, b->command_line, line);
}

bool pc_boot_prepare(struct pc_boot *b, const struct machine_config *config, struct fw_cfg *fw_cfg,
		     char *error, size_t room)
{
	uint32_t rest;

	if (!check_kernel(b, config, error, room))
		return false;
	rest = (uint32_t)config->kernel.count - b->setup_bytes;
	if (kernel_end(b, rest) > pc_boot_usable(config->memory_bytes))
		return fail(error, room, "the kernel doesn't fit; give more memory");
	write_header(b);
	return place_initrd(b, config, fw_cfg, rest, error, room) &&
	       fw_cfg_add_number(fw_cfg, FW_CFG_KERNEL_ADDRESS, KERNEL_AT, 4) &&
	       fw_cfg_add_number(fw_cfg, FW_CFG_KERNEL_SIZE, rest, 4) &&
	       fw_cfg_add(fw_cfg, FW_CFG_KERNEL_DATA, config->kernel.bytes + b->setup_bytes,
			  rest) &&
	       pc_boot_offer(b, fw_cfg, REAL_MODE_AT, COMMAND_LINE_AT);
}

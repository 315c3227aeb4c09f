/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: the files a machine is started with.  The string begins with a byte of
 * options {0-1: board, 2-4: what the rest is, 5-7: how long the command line}: a kernel, a
 * device tree or a PC's video BIOS, firmware, an initrd; or patches {u16 offset, u8} of a
 * good ELF file, device tree, or a PC's bzImage, multiboot kernel (flat or ELF) or firmware.
 * What is accepted must start.
 */
#include <assert.h>
#include <emu/board.h>
#include <emu/machine.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_machine.h"
#include "guest/arm/state.h"

#define ELF_FILE_BYTES 512
#define TREE_FILE_BYTES 0x10000
#define BZIMAGE_BYTES 4096

enum boot_file {
	BOOT_KERNEL,
	BOOT_TREE,
	BOOT_FIRMWARE,
	BOOT_INITRD,
	BOOT_DAMAGED_ELF,
	BOOT_DAMAGED_TREE,
	BOOT_ZIMAGE,
	BOOT_UIMAGE,
};

static void put_word(uint8_t *to, uint32_t value)
{
	memcpy(to, &value, sizeof value);
}

/* Two segments of an executable linked at 0xc0000000. */
static void elf_make(uint8_t *file, uint32_t ram)
{
	memset(file, 0, ELF_FILE_BYTES);
	memcpy(file, "\177ELF\1\1\1", 7);
	file[16] = 2;
	file[18] = 40;
	put_word(file + 24, 0xc0000010);
	put_word(file + 28, 52);
	file[42] = 32;
	file[44] = 2;
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *segment = file + 52 + i * 32;

		put_word(segment, 1);
		put_word(segment + 4, 128 + i * 128);
		put_word(segment + 8, 0xc0000000 + i * 0x10000);
		put_word(segment + 12, ram + 0x8000 + i * 0x10000);
		put_word(segment + 16, 128);
		put_word(segment + 20, 8192);
	}
}

/* One sector of real-mode code, boot protocol 2.06. */
static void bzimage_make(uint8_t *file)
{
	memset(file, 0, BZIMAGE_BYTES);
	file[0x1f1] = 1;
	put_word(file + 0x1fe, 0xaa55);
	memcpy(file + 0x202, "HdrS\6\2", 6);
	file[0x211] = 1;
	put_word(file + 0x22c, 0x37ffffff);
	put_word(file + 0x238, 2047);
}

/* The same ELF file as a multiboot kernel; with address fields, which lead to what is behind
 * the header, if told. */
static void multiboot_make(uint8_t *file, bool addresses)
{
	uint32_t flags = addresses ? 0x10003 : 3, at = 0x108000 + 384;

	elf_make(file, 0x100000);
	file[18] = 3;
	put_word(file + 384, 0x1badb002);
	put_word(file + 388, flags);
	put_word(file + 392, -(0x1badb002 + flags));
	put_word(file + 396, at);
	put_word(file + 400, at);
	put_word(file + 404, at + 64);
	put_word(file + 408, at + 4096);
	put_word(file + 412, at + 32);
}

/* The tree that virt makes for itself. */
static size_t tree_make(uint8_t *file)
{
	struct machine_config config = fuzz_machine_config("virt", true);
	struct machine *m = machine_create(&config, NULL, 0);
	uint32_t at, count;

	assert(m);
	at = arm_of(machine_cpu(m))->r[2];
	bus_read(machine_bus(m), at + 4, &count, 4);
	count = __builtin_bswap32(count);
	assert(count <= TREE_FILE_BYTES);
	bus_read(machine_bus(m), at, file, count);
	machine_destroy(m);
	return count;
}

static void boot_damage(uint8_t *file, size_t count, struct fuzz_source *in)
{
	while (in->left > 2) {
		size_t at = fuzz_source_take(in, 2) % count;

		file[at] = (uint8_t)fuzz_source_take(in, 1);
	}
}

/* The string with a boot loader's header before it or in it. */
static struct blob boot_image(enum boot_file what, struct fuzz_source *in)
{
	static uint8_t file[4096];
	size_t count = in->left < sizeof file - 64 ? in->left : sizeof file - 64;

	memset(file, 0, sizeof file);
	memcpy(file + (what == BOOT_UIMAGE ? 12 : 0), in->bytes, count);
	put_word(file + (what == BOOT_UIMAGE ? 0 : 0x24),
		 what == BOOT_UIMAGE ? __builtin_bswap32(0x27051956) : 0x016f2818);
	return (struct blob){ file, count + 12 };
}

static void boot_configure(struct machine_config *config, enum boot_file what, bool virt,
			   struct fuzz_source *in)
{
	static uint8_t elf[ELF_FILE_BYTES], good_tree[TREE_FILE_BYTES], tree[TREE_FILE_BYTES];
	static size_t tree_bytes;
	struct blob rest = { in->bytes, in->left };

	if (!tree_bytes)
		tree_bytes = tree_make(good_tree);
	switch (what) {
	case BOOT_KERNEL:
		config->kernel = rest;
		break;
	case BOOT_TREE:
		config->dtb = rest;
		break;
	case BOOT_FIRMWARE:
		config->firmware = rest;
		break;
	case BOOT_INITRD:
		config->initrd = rest;
		break;
	case BOOT_DAMAGED_ELF:
		elf_make(elf, virt ? 0x40000000 : 0x60000000);
		boot_damage(elf, sizeof elf, in);
		config->kernel = (struct blob){ elf, sizeof elf };
		break;
	case BOOT_DAMAGED_TREE:
		memcpy(tree, good_tree, tree_bytes);
		boot_damage(tree, tree_bytes, in);
		config->dtb = (struct blob){ tree, tree_bytes };
		break;
	default:
		config->kernel = boot_image(what, in);
	}
}

/* The good firmware, damaged where its program is. */
static struct blob damaged_firmware(const struct blob *good, struct fuzz_source *in)
{
	static uint8_t firmware[128u << 10];

	assert(good->count == sizeof firmware);
	memcpy(firmware, good->bytes, sizeof firmware);
	boot_damage(firmware + sizeof firmware - 0x10000, 0x10000, in);
	return (struct blob){ firmware, sizeof firmware };
}

static void boot_configure_pc(struct machine_config *config, enum boot_file what,
			      struct fuzz_source *in)
{
	static const uint8_t option_rom[512] = { 0x55, 0xaa, 1, 0xcb };
	static uint8_t kernel[BZIMAGE_BYTES];
	struct blob rest = { in->bytes, in->left };

	bzimage_make(kernel);
	config->boot_rom = (struct blob){ option_rom, sizeof option_rom };
	config->kernel = (struct blob){ kernel, sizeof kernel };
	switch (what) {
	case BOOT_KERNEL:
		config->kernel = rest;
		break;
	case BOOT_TREE:
		config->video_bios = rest;
		break;
	case BOOT_FIRMWARE:
		config->firmware = damaged_firmware(&config->firmware, in);
		break;
	case BOOT_INITRD:
		config->initrd = rest;
		break;
	case BOOT_DAMAGED_ELF:
	case BOOT_DAMAGED_TREE:
		multiboot_make(kernel, what == BOOT_DAMAGED_TREE);
		boot_damage(kernel, ELF_FILE_BYTES, in);
		config->kernel.count = ELF_FILE_BYTES;
		config->initrd = (struct blob){ option_rom, sizeof option_rom };
		break;
	default:
		boot_damage(kernel, sizeof kernel, in);
	}
}

/* What is refused is refused with a sentence. */
static void boot_try(const struct machine_config *config)
{
	char error[200] = "";
	struct machine *m = machine_create(config, error, sizeof error);

	if (!m) {
		assert(error[0]);
		return;
	}
	fuzz_machine_run(m, 200);
	machine_reset(m);
	fuzz_machine_run(m, 50);
	machine_destroy(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	static char append[8 * 1200 + 1];
	struct fuzz_source in = { bytes, count };
	unsigned options = (unsigned)fuzz_source_take(&in, 1);
	const char *board = fuzz_machine_board(options);
	struct machine_config config;
	uint8_t *copy;

	/* A copy of its own, so that the sanitizer sees reads beyond the end. */
	copy = malloc(in.left + 1);
	memcpy(copy, in.bytes, in.left);
	in.bytes = copy;
	config = fuzz_machine_config(board, true);
	memset(append, 'a', sizeof append - 1);
	append[(options >> 5) * 1200] = 0;
	config.append = append;
	if (!strcmp(board, "pc"))
		boot_configure_pc(&config, options >> 2 & 7, &in);
	else
		boot_configure(&config, options >> 2 & 7, !strcmp(board, "virt"), &in);
	/* boot_configure may have made a machine for its tree. */
	boot_try(&config);
	free(copy);
	return 0;
}

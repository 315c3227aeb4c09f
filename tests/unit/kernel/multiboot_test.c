/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a boot loader leaves, read by kernel/plat/pc/multiboot.c: both protocols
 * with the same memory and modules give the same boot data, and memory that the
 * loader uses is never reported as free only.
 *
 * Physical memory is an array, which DIRECT_MAP is made to point to.
 */
#include <arch/layout.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <tap.h>

static _Alignas(4096) char memory[0x8000];
#undef DIRECT_MAP
#define DIRECT_MAP ((uintptr_t)memory)

#define memcpy kernel_memcpy
#define memmove kernel_memmove
#define memset kernel_memset
#define memcmp kernel_memcmp
#define strlen kernel_strlen
#include "kernel/core/klib.c"
#include "kernel/plat/pc/multiboot.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen

static jmp_buf panicked;
static unsigned printed;

void panic(const char *format, ...)
{
	(void)format;
	longjmp(panicked, 1);
}

void printk(const char *format, ...)
{
	(void)format;
	printed++;
}

#define INFO 0x1000
#define TEXT 0x2000
#define MODULES 0x3000
#define MAP 0x4000

static const struct {
	uint64_t base, length;
	uint32_t type;
} machine_map[] = {
	{ 0, 0x9fc00, E820_RAM },
	{ 0x9fc00, 0x400, E820_RESERVED },
	{ 0x100000, 0x3f00000, E820_RAM },
	{ 0x4000000, 0x10000, E820_ACPI },
	{ 0x100000000, 0x300000000, E820_RAM },
	{ 0xfd00000000, 0x300000000, E820_RESERVED },
};

static const struct {
	uint32_t start, end;
	const char *cmdline;
} machine_modules[] = {
	{ 0x200000, 0x203123, "sigma0" },
	{ 0x204000, 0x209000, "boot/root with arguments" },
	{ 0x20a000, 0x20a001, "" },
};

static struct boot_data boot;

static bool read_boot(uint32_t magic)
{
	printed = 0;
	if (setjmp(panicked))
		return false;
	plat_read_boot(magic, INFO, &boot);
	return true;
}

static uint32_t put_text(uint32_t *at, const char *text)
{
	uint32_t place = *at;

	strcpy(memory + place, text);
	*at += (uint32_t)strlen(text) + 1;
	return place;
}

static struct mb1_info *mb1_build(void)
{
	struct mb1_info *info = (struct mb1_info *)(memory + INFO);
	struct mb1_module *module = (struct mb1_module *)(memory + MODULES);
	uint32_t text = TEXT, map = MAP;

	memset(memory, 0, sizeof(memory));
	info->flags = MB1_MEMORY | MB1_CMDLINE | MB1_MODULES | MB1_MMAP;
	info->mem_lower = 639;
	info->mem_upper = 0xfc00;
	info->cmdline = put_text(&text, "l4vm debug");
	info->mods_addr = MODULES;
	for (unsigned i = 0; i < ARRAY_SIZE(machine_modules); i++, module++) {
		module->start = machine_modules[i].start;
		module->end = machine_modules[i].end;
		module->cmdline = *machine_modules[i].cmdline ?
					  put_text(&text, machine_modules[i].cmdline) :
					  0;
		info->mods_count++;
	}
	info->mmap_addr = MAP;
	for (unsigned i = 0; i < ARRAY_SIZE(machine_map); i++) {
		struct mb1_mmap m = { 20, machine_map[i].base, machine_map[i].length,
				      machine_map[i].type };

		memcpy(memory + map, &m, sizeof(m));
		map += sizeof(m);
	}
	info->mmap_length = map - MAP;
	return info;
}

static uint32_t mb2_used;

/* Appends a tag with the bytes given and returns where they are. */
static void *mb2_put(uint32_t type, const void *bytes, uint32_t size)
{
	struct mb2_tag *tag = (struct mb2_tag *)(memory + INFO + mb2_used);

	tag->type = type;
	tag->size = size + 8;
	if (bytes)
		memcpy(tag->word, bytes, size);
	mb2_used += ALIGN_UP(tag->size, 8u);
	return tag->word;
}

static void mb2_build(bool with_map)
{
	static const char rsdp[20] = "RSD PTR ";
	static const uint32_t sizes[2] = { 639, 0xfc00 };
	uint32_t entries = with_map ? ARRAY_SIZE(machine_map) : 0;

	memset(memory, 0, sizeof(memory));
	mb2_used = 8;
	mb2_put(MB2_CMDLINE, "l4vm debug", 11);
	for (unsigned i = 0; i < ARRAY_SIZE(machine_modules); i++) {
		const char *cmdline = machine_modules[i].cmdline;
		uint32_t *word = mb2_put(MB2_MODULE, NULL, 8 + (uint32_t)strlen(cmdline) + 1);

		word[0] = machine_modules[i].start;
		word[1] = machine_modules[i].end;
		strcpy((char *)&word[2], cmdline);
	}
	mb2_put(MB2_MEMORY, sizes, sizeof(sizes));
	if (with_map) {
		uint32_t *word = mb2_put(MB2_MMAP, NULL, 8 + entries * 24);

		word[0] = 24;
		for (unsigned i = 0; i < entries; i++) {
			struct mb2_mmap m = { machine_map[i].base, machine_map[i].length,
					      machine_map[i].type };

			memcpy(&word[2 + 6 * i], &m, sizeof(m));
		}
	}
	mb2_put(MB2_RSDP_OLD, rsdp, sizeof(rsdp));
	mb2_put(MB2_END, NULL, 0);
	*(uint32_t *)(memory + INFO) = mb2_used;
}

/* The type of memory at an address; later kinds of use count more. */
static enum l4_memory_type type_at(uint64_t address)
{
	enum l4_memory_type type = L4_MEMORY_UNDEFINED;

	for (unsigned i = 0; i < boot.range_count; i++)
		if (address >= boot.range[i].start && address < boot.range[i].end &&
		    boot.range[i].type > type)
			type = boot.range[i].type;
	return type;
}

/* Whatever the protocol, this is the same machine. */
static void check_machine(const char *protocol)
{
	is(boot.module_count, 3, "%s: three modules", protocol);
	for (unsigned i = 0; i < ARRAY_SIZE(machine_modules); i++) {
		is(boot.module[i].start, machine_modules[i].start, "%s: module %u starts", protocol,
		   i);
		is(boot.module[i].end, machine_modules[i].end, "%s: module %u ends", protocol, i);
		is_string(boot.module[i].cmdline, machine_modules[i].cmdline,
			  "%s: module %u command line", protocol, i);
		is(type_at(machine_modules[i].end - 1), L4_MEMORY_BOOT,
		   "%s: module %u lies in boot loader memory", protocol, i);
	}
	is_string(boot.cmdline, "l4vm debug", "%s: the kernel's command line", protocol);
	is(type_at(0x5000000 - 1), L4_MEMORY_UNDEFINED, "%s: nothing behind the RAM", protocol);
	is(type_at(0x8000), L4_MEMORY_CONVENTIONAL, "%s: low RAM", protocol);
	is(type_at(0x3ffffff), L4_MEMORY_CONVENTIONAL, "%s: RAM", protocol);
	is(type_at(0xa0000), L4_MEMORY_DEDICATED, "%s: the frame buffer is device memory",
	   protocol);
	is(type_at(INFO), L4_MEMORY_BOOT, "%s: the information is boot loader memory", protocol);
}

static void check_map(const char *protocol)
{
	is(type_at(0x3ffffffff), L4_MEMORY_CONVENTIONAL, "%s: RAM above 4 GiB", protocol);
	is(type_at(0x400ffff), L4_MEMORY_ARCH, "%s: ACPI tables", protocol);
	is(type_at(0xfd00000000), L4_MEMORY_DEDICATED, "%s: the hole at 1 TiB", protocol);
	is(type_at(0xffff000000), L4_MEMORY_DEDICATED, "%s: all of it", protocol);
}

static void test_mb1(void)
{
	mb1_build();
	ok(read_boot(MB1_LOADER_MAGIC), "multiboot 1 is understood");
	check_machine("multiboot 1");
	check_map("multiboot 1");
	is(type_at(TEXT), L4_MEMORY_BOOT, "multiboot 1: command lines are kept");
	is(type_at(MODULES), L4_MEMORY_BOOT, "multiboot 1: the module list is kept");
	is(type_at(MAP), L4_MEMORY_BOOT, "multiboot 1: the memory map is kept");

	mb1_build()->flags &= ~(uint32_t)MB1_MMAP;
	ok(read_boot(MB1_LOADER_MAGIC), "multiboot 1 without a map is understood");
	check_machine("multiboot 1 without a map");
}

static void test_mb2(void)
{
	mb2_build(true);
	ok(read_boot(MB2_LOADER_MAGIC), "multiboot 2 is understood");
	check_machine("multiboot 2");
	check_map("multiboot 2");
	ok(boot.rsdp && memcmp(memory + boot.rsdp, "RSD PTR ", 8) == 0, "multiboot 2: the RSDP");

	mb2_build(false);
	ok(read_boot(MB2_LOADER_MAGIC), "multiboot 2 without a map is understood");
	check_machine("multiboot 2 without a map");
}

/* The last 28 bytes of multiboot 1 information and a tag of multiboot 2: but for a
 * gap before the colors they are the same. */
static void put_framebuffer(char *to, char *colors)
{
	static const uint32_t words[] = { 0xfd000000, 1, 4096, 1024, 768 };
	static const uint8_t depth[] = { 32, L4_FRAMEBUFFER_RGB };
	static const uint8_t masks[] = { 16, 8, 8, 7, 1, 6 };

	memcpy(to, words, sizeof(words));
	memcpy(to + sizeof(words), depth, sizeof(depth));
	memcpy(colors, masks, sizeof(masks));
}

static void check_framebuffer(const char *protocol)
{
	const struct l4_boot_framebuffer *f = &boot.framebuffer;

	is(f->head.type, L4_BOOT_FRAMEBUFFER, "%s: there is a frame buffer", protocol);
	is(f->head.next, sizeof(*f), "%s: the record's size", protocol);
	is(f->address, 0x1fd000000, "%s: its address", protocol);
	is(f->pitch, 4096, "%s: its pitch", protocol);
	is(f->width, 1024, "%s: its width", protocol);
	is(f->height, 768, "%s: its height", protocol);
	is(f->bits, 32, "%s: bits per pixel", protocol);
	is(f->type, L4_FRAMEBUFFER_RGB, "%s: its type", protocol);
	ok(f->red.position == 16 && f->red.size == 8, "%s: red", protocol);
	ok(f->green.position == 8 && f->green.size == 7, "%s: green", protocol);
	ok(f->blue.position == 1 && f->blue.size == 6, "%s: blue", protocol);
}

static void test_framebuffer(void)
{
	struct mb1_info *info = mb1_build();
	char *tag;

	read_boot(MB1_LOADER_MAGIC);
	is(boot.framebuffer.head.type, 0, "multiboot 1 without a frame buffer");
	info = mb1_build();
	info->flags |= MB1_FRAMEBUFFER;
	put_framebuffer((char *)info + 88, (char *)info + 110);
	read_boot(MB1_LOADER_MAGIC);
	check_framebuffer("multiboot 1");
	check_machine("multiboot 1 with a frame buffer");

	mb2_build(true);
	read_boot(MB2_LOADER_MAGIC);
	is(boot.framebuffer.head.type, 0, "multiboot 2 without a frame buffer");
	mb2_used -= 8; /* instead of the end */
	tag = mb2_put(MB2_FRAMEBUFFER, NULL, 31);
	put_framebuffer(tag, tag + 24);
	mb2_put(MB2_END, NULL, 0);
	*(uint32_t *)(memory + INFO) = mb2_used;
	read_boot(MB2_LOADER_MAGIC);
	check_framebuffer("multiboot 2");
	check_machine("multiboot 2 with a frame buffer");
}

/* What doesn't fit: long texts are kept, too many modules are an end with words. */
static void test_limits(void)
{
	struct mb1_info *info = mb1_build();
	char *text = memory + info->cmdline;

	memset(text, 'x', 300);
	text[300] = 0;
	ok(read_boot(MB1_LOADER_MAGIC), "a long command line is understood");
	is(strlen(boot.cmdline), 300, "all of it");

	info = mb1_build();
	info->mods_count = BOOT_MAX_MODULES + 1;
	ok(!read_boot(MB1_LOADER_MAGIC), "too many modules are a panic");

	info = mb1_build();
	info->mmap_length = 0;
	for (unsigned i = 0; i < 2 * BOOT_MAX_RANGES; i++) {
		struct mb1_mmap m = { 20, 0x10000000ull + 0x2000ull * i, 0x1000, E820_RAM };

		memcpy(memory + MAP + info->mmap_length, &m, sizeof(m));
		info->mmap_length += sizeof(m);
	}
	ok(read_boot(MB1_LOADER_MAGIC), "a long memory map is understood");
	ok(printed > 0, "what is left out is reported");
	is(type_at(machine_modules[0].start), L4_MEMORY_BOOT, "but no module is left out");
	ok(!read_boot(0x12345678), "another loader is a panic");
}

int main(void)
{
	test_mb1();
	test_mb2();
	test_framebuffer();
	test_limits();
	return done();
}

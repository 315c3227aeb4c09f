/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads what a multiboot 1 or 2 loader left (Multiboot Specification 0.6.96,
 * section 3.3; 2.0, section 3.6).  All of it lies below 4 GiB, where the boot
 * page tables map everything.  Not used: boot device, ELF symbols.
 */
#include <arch/layout.h>
#include <core/klib.h>
#include <core/plat.h>

#define MB1_LOADER_MAGIC 0x2badb002
#define MB2_LOADER_MAGIC 0x36d76289

enum mb1_flag {
	MB1_MEMORY = 1 << 0,
	MB1_CMDLINE = 1 << 2,
	MB1_MODULES = 1 << 3,
	MB1_MMAP = 1 << 6,
	MB1_FRAMEBUFFER = 1 << 12,
};

struct mb1_info {
	uint32_t flags;
	uint32_t mem_lower, mem_upper; /* KiB */
	uint32_t boot_device;
	uint32_t cmdline;
	uint32_t mods_count, mods_addr;
	uint32_t syms[4];
	uint32_t mmap_length, mmap_addr;
	uint32_t unused[9];
	uint32_t framebuffer[6]; /* the last ends early: */
};

#define MB1_COLORS 110 /* where the colors are */

struct mb1_module {
	uint32_t start, end;
	uint32_t cmdline;
	uint32_t reserved;
};

struct mb1_mmap {
	uint32_t size; /* of the rest */
	uint64_t base, length;
	uint32_t type;
} __attribute__((packed));

enum mb2_tag_type {
	MB2_END = 0,
	MB2_CMDLINE = 1,
	MB2_MODULE = 3,
	MB2_MEMORY = 4,
	MB2_MMAP = 6,
	MB2_FRAMEBUFFER = 8,
	MB2_RSDP_OLD = 14,
	MB2_RSDP_NEW = 15,
};

struct mb2_tag {
	uint32_t type, size; /* of everything up to here plus the words */
	uint32_t word[];
};

struct mb2_mmap {
	uint64_t base, length;
	uint32_t type;
};

enum e820_type {
	E820_RAM = 1,
	E820_RESERVED = 2,
	E820_ACPI = 3,
	E820_NVS = 4,
};

#define PC_HOLE_START 0xa0000
#define PC_HOLE_END 0x100000

/* Kept free of firmware ranges, for what must not get lost. */
#define BOOT_RANGES_LEFT 16

static const void *boot_pointer(uint64_t pa)
{
	return (const void *)(uintptr_t)(DIRECT_MAP + pa);
}

static void boot_add_range(struct boot_data *boot, uint64_t start, uint64_t end,
			   enum l4_memory_type type)
{
	for (unsigned i = 0; i < boot->range_count; i++) {
		struct boot_range *r = &boot->range[i];

		if (r->type == type && start <= r->end && end >= r->start) {
			r->start = start < r->start ? start : r->start;
			r->end = end > r->end ? end : r->end;
			return;
		}
	}
	if (boot->range_count == BOOT_MAX_RANGES)
		panic("boot loader memory in too many places");
	boot->range[boot->range_count++] = (struct boot_range){ start, end, type };
}

/* Unknown types (bad RAM among them) are nobody's. */
static void boot_add_firmware(struct boot_data *boot, uint64_t base, uint64_t length, uint32_t type)
{
	static const uint8_t types[] = {
		[E820_RAM] = L4_MEMORY_CONVENTIONAL,
		[E820_RESERVED] = L4_MEMORY_DEDICATED,
		[E820_ACPI] = L4_MEMORY_ARCH,
		[E820_NVS] = L4_MEMORY_ARCH,
	};

	if (!length || base + length < base)
		return;
	if (boot->range_count >= BOOT_MAX_RANGES - BOOT_RANGES_LEFT)
		printk("memory map too long: %lx-%lx left out\n", base, base + length);
	else
		boot_add_range(boot, base, base + length,
			       type < ARRAY_SIZE(types) ? types[type] : L4_MEMORY_UNDEFINED);
}

/* Loaders without a map: the size of memory below and above 1 MiB. */
static void boot_add_sizes(struct boot_data *boot, uint32_t lower_kib, uint32_t upper_kib)
{
	if (boot->range_count)
		return;
	boot_add_firmware(boot, 0, (uint64_t)lower_kib << 10, E820_RAM);
	boot_add_firmware(boot, 0x100000, (uint64_t)upper_kib << 10, E820_RAM);
}

static void boot_add_loader(struct boot_data *boot, uint64_t start, uint64_t size)
{
	boot_add_range(boot, ALIGN_DOWN(start, 4096ull), ALIGN_UP(start + size, 4096ull),
		       L4_MEMORY_BOOT);
}

static void boot_add_module(struct boot_data *boot, uint32_t start, uint32_t end,
			    const char *cmdline)
{
	struct boot_module *m = &boot->module[boot->module_count];

	if (boot->module_count == BOOT_MAX_MODULES)
		panic("more than %d boot modules", BOOT_MAX_MODULES);
	boot->module_count++;
	m->start = start;
	m->end = end;
	m->cmdline = cmdline;
	boot_add_loader(boot, start, end - start);
}

/* Both protocols: address, pitch, width, height, bits per pixel and type, and behind
 * them, or a little further, positions and sizes of the colors. */
static void boot_add_framebuffer(struct boot_data *boot, const uint32_t *word, const uint8_t *color)
{
	boot->framebuffer = (struct l4_boot_framebuffer){
		.head = { L4_BOOT_FRAMEBUFFER, 1, sizeof(boot->framebuffer) },
		.address = (uint64_t)word[1] << 32 | word[0],
		.pitch = word[2],
		.width = word[3],
		.height = word[4],
		.bits = word[5] & 0xff,
		.type = word[5] >> 8 & 0xff,
		.red = { color[0], color[1] },
		.green = { color[2], color[3] },
		.blue = { color[4], color[5] },
	};
}

static void mb1_read_map(const struct mb1_info *info, struct boot_data *boot)
{
	uint32_t offset = 0;

	while (offset < info->mmap_length) {
		const struct mb1_mmap *m = boot_pointer(info->mmap_addr + offset);

		boot_add_firmware(boot, m->base, m->length, m->type);
		offset += m->size + (uint32_t)sizeof(m->size);
	}
}

/* The command lines are read later, and the rest may be of use to users. */
static void mb1_read(uint64_t pa, struct boot_data *boot)
{
	const struct mb1_info *info = boot_pointer(pa);

	if (info->flags & MB1_MMAP)
		mb1_read_map(info, boot);
	if (info->flags & MB1_MEMORY)
		boot_add_sizes(boot, info->mem_lower, info->mem_upper);
	boot_add_loader(boot, pa, 128);
	if (info->flags & MB1_FRAMEBUFFER)
		boot_add_framebuffer(boot, info->framebuffer, (const uint8_t *)info + MB1_COLORS);
	if (info->flags & MB1_MMAP)
		boot_add_loader(boot, info->mmap_addr, info->mmap_length);
	if (info->flags & MB1_CMDLINE) {
		const char *cmdline = boot_pointer(info->cmdline);

		boot->cmdline = cmdline;
		boot_add_loader(boot, info->cmdline, strlen(cmdline) + 1);
	}
	if (!(info->flags & MB1_MODULES))
		return;
	const struct mb1_module *m = boot_pointer(info->mods_addr);

	boot_add_loader(boot, info->mods_addr, info->mods_count * sizeof(*m));
	for (uint32_t i = 0; i < info->mods_count; i++, m++) {
		const char *cmdline = m->cmdline ? boot_pointer(m->cmdline) : "";

		boot_add_module(boot, m->start, m->end, cmdline);
		if (m->cmdline)
			boot_add_loader(boot, m->cmdline, strlen(cmdline) + 1);
	}
}

static const struct mb2_tag *mb2_next(const struct mb2_tag *tag)
{
	return (const struct mb2_tag *)((const char *)tag + ALIGN_UP(tag->size, 8u));
}

static const struct mb2_tag *mb2_find(const struct mb2_tag *tag, uint32_t type)
{
	for (; tag->type != MB2_END; tag = mb2_next(tag))
		if (tag->type == type)
			return tag;
	return NULL;
}

/* Words: size of an entry, version, entries. */
static void mb2_read_map(const struct mb2_tag *tag, struct boot_data *boot)
{
	const char *end = (const char *)tag + tag->size;

	for (const char *p = (const char *)&tag->word[2]; p < end; p += tag->word[0]) {
		const struct mb2_mmap *m = (const struct mb2_mmap *)p;

		boot_add_firmware(boot, m->base, m->length, m->type);
	}
}

static void mb2_read(uint64_t pa, struct boot_data *boot)
{
	const uint32_t *total_size = boot_pointer(pa);
	const struct mb2_tag *first = boot_pointer(pa + 8), *tag;

	tag = mb2_find(first, MB2_MMAP);
	if (tag)
		mb2_read_map(tag, boot);
	tag = mb2_find(first, MB2_MEMORY);
	if (tag)
		boot_add_sizes(boot, tag->word[0], tag->word[1]);
	boot_add_loader(boot, pa, *total_size);
	tag = mb2_find(first, MB2_CMDLINE);
	if (tag)
		boot->cmdline = (const char *)tag->word;
	tag = mb2_find(first, MB2_FRAMEBUFFER);
	if (tag)
		boot_add_framebuffer(boot, tag->word, (const uint8_t *)&tag->word[6]);
	tag = mb2_find(first, MB2_RSDP_NEW);
	if (!tag)
		tag = mb2_find(first, MB2_RSDP_OLD);
	if (tag)
		boot->rsdp = (uintptr_t)tag->word - DIRECT_MAP;
	for (tag = first; (tag = mb2_find(tag, MB2_MODULE)); tag = mb2_next(tag))
		boot_add_module(boot, tag->word[0], tag->word[1], (const char *)&tag->word[2]);
}

void plat_read_boot(uint32_t magic, uint64_t info, struct boot_data *boot)
{
	memset(boot, 0, sizeof(*boot));
	if (magic == MB1_LOADER_MAGIC)
		mb1_read(info, boot);
	else if (magic == MB2_LOADER_MAGIC)
		mb2_read(info, boot);
	else
		panic("not started by a multiboot loader (magic %x)", magic);
	/* Frame buffer and ROMs, which firmware doesn't list. */
	boot_add_firmware(boot, PC_HOLE_START, PC_HOLE_END - PC_HOLE_START, E820_RESERVED);
}

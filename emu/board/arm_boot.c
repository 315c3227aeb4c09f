/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Starting ARM kernels: Linux, Documentation/arm/booting.rst (zImage, raw binaries,
 * device tree or tag list), U-Boot's legacy image format without compression, and ELF.
 * Files come from outside and are checked before use; big-endian and 64-bit kernels are
 * refused.
 */
#include "arm_boot.h"

#include <emu/port.h>

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "board/tree_check.h"

#define TAGS_AT 0x100
#define TAGS_WORDS 512
#define FLAT_AT 0x10000
#define ABOVE_KERNEL_MAX (128u << 20)

/* zImage header. */
#define ZIMAGE_MAGIC_AT 0x24
#define ZIMAGE_END_AT 0x2c
#define ZIMAGE_ORDER_AT 0x30
#define ZIMAGE_HEADER 0x34
#define ZIMAGE_MAGIC 0x016f2818u
#define ZIMAGE_BIG 0x01020304u

/* U-Boot's header. */
#define UIMAGE_MAGIC 0x27051956u
#define UIMAGE_HEADER 64
#define UIMAGE_ARM 2
#define UIMAGE_KERNEL 2

/* arm64's Image, "ARM\x64" at 0x38. */
#define IMAGE64_MAGIC_AT 0x38
#define IMAGE64_MAGIC 0x644d5241u

/* Room for what is added to a device tree, the command line not counted. */
#define TREE_SPARE 4096
#define TREE_MAX (2u << 20) /* Linux's own limit */

enum arm_tag {
	TAG_NONE = 0,
	TAG_CORE = 0x54410001,
	TAG_MEMORY = 0x54410002,
	TAG_INITRD2 = 0x54420005,
	TAG_COMMAND_LINE = 0x54410009,
};

/* The kernel. */

static uint32_t boot_little(struct blob b, size_t at)
{
	const uint8_t *p = b.bytes + at;

	if (b.count < 4 || at > b.count - 4)
		return 0;
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t boot_big(struct blob b, size_t at)
{
	return __builtin_bswap32(boot_little(b, at));
}

static bool boot_in_ram(const struct arm_boot *b, gpa at, uint64_t count)
{
	return at >= b->ram && at - b->ram <= b->ram_bytes && count <= b->ram_bytes - (at - b->ram);
}

/* These return what is wrong with the kernel, or NULL. */

static const char *boot_check_zimage(struct blob kernel)
{
	if (boot_little(kernel, ZIMAGE_ORDER_AT) == ZIMAGE_BIG)
		return "is big-endian";
	if (boot_little(kernel, ZIMAGE_END_AT) - boot_little(kernel, ZIMAGE_END_AT - 4) >
	    kernel.count)
		return "is cut short";
	return NULL;
}

static const char *boot_open_uimage(struct arm_boot *b, struct blob kernel)
{
	uint32_t count = boot_big(kernel, 12);

	if (kernel.count < UIMAGE_HEADER || count > kernel.count - UIMAGE_HEADER)
		return "is cut short";
	if (kernel.bytes[29] != UIMAGE_ARM)
		return "is a U-Boot image for another kind of CPU";
	if (kernel.bytes[30] != UIMAGE_KERNEL)
		return "is a U-Boot image but not of a kernel";
	if (kernel.bytes[31] != 0)
		return "is a compressed U-Boot image, which isn't supported";
	b->kind = ARM_KERNEL_FLAT;
	b->flat = (struct blob){ kernel.bytes + UIMAGE_HEADER, count };
	b->flat_at = boot_big(kernel, 16);
	b->entry = boot_big(kernel, 20);
	return NULL;
}

static const char *boot_open_flat(struct arm_boot *b, struct blob kernel)
{
	const char *wrong = NULL;

	if (boot_little(kernel, ZIMAGE_MAGIC_AT) == ZIMAGE_MAGIC)
		wrong = boot_check_zimage(kernel);
	else if (boot_big(kernel, ZIMAGE_MAGIC_AT) == ZIMAGE_MAGIC)
		wrong = "is big-endian";
	else if (boot_little(kernel, IMAGE64_MAGIC_AT) == IMAGE64_MAGIC)
		wrong = "is for AArch64";
	else if (kernel.count >= 2 && kernel.bytes[0] == 0x1f && kernel.bytes[1] == 0x8b)
		wrong = "is compressed by gzip; unpack it first";
	b->kind = ARM_KERNEL_FLAT;
	b->flat = kernel;
	b->flat_at = b->entry = b->ram + FLAT_AT;
	return wrong;
}

/* Sets kind, flat or elf, entry, and *end: the first byte behind it in RAM. */
static bool boot_open_kernel(struct arm_boot *b, struct bus *bus, gpa *end, char *error,
			     size_t room)
{
	struct blob kernel = b->config->kernel;
	const char *wrong;

	*end = b->ram;
	if (elf_is(kernel)) {
		if (!elf_open(&b->elf, kernel, ELF_ARM, false, error, room))
			return false;
		b->kind = ARM_KERNEL_ELF;
		b->entry = b->elf.entry;
		if (boot_in_ram(b, b->elf.low, b->elf.high - b->elf.low))
			*end = b->elf.high;
		wrong = elf_load(&b->elf, bus) ? NULL : "has a segment where there is no memory";
	} else {
		if (boot_big(kernel, 0) == UIMAGE_MAGIC)
			wrong = boot_open_uimage(b, kernel);
		else
			wrong = boot_open_flat(b, kernel);
		if (!wrong && !boot_in_ram(b, b->flat_at, b->flat.count))
			wrong = "doesn't fit into the memory";
		*end = b->flat_at + b->flat.count;
	}
	if (wrong)
		snprintf(error, room, "the kernel %s", wrong);
	return !wrong;
}

/* The device tree. */

static int tree_set_range(void *tree, int node, const char *name, uint64_t start, uint64_t size)
{
	/* Counts of cells were checked when the tree was opened. */
	int address_cells = fdt_address_cells(tree, 0), size_cells = fdt_size_cells(tree, 0);
	fdt32_t cells[4];
	unsigned n = 0;

	if (address_cells == 2)
		cells[n++] = cpu_to_fdt32((uint32_t)(start >> 32));
	cells[n++] = cpu_to_fdt32((uint32_t)start);
	if (size_cells == 2)
		cells[n++] = cpu_to_fdt32((uint32_t)(size >> 32));
	cells[n++] = cpu_to_fdt32((uint32_t)size);
	return fdt_setprop(tree, node, name, cells, (int)(n * sizeof cells[0]));
}

static int tree_next_memory(const void *tree, int after)
{
	return fdt_node_offset_by_prop_value(tree, after, "device_type", "memory", sizeof "memory");
}

/* One memory node with what this machine has. */
static int tree_set_memory(void *tree, gpa ram, uint64_t bytes)
{
	char name[32];
	int node;

	while ((node = tree_next_memory(tree, -1)) >= 0) {
		int status = fdt_del_node(tree, node);

		if (status)
			return status;
	}
	snprintf(name, sizeof name, "memory@%llx", (unsigned long long)ram);
	node = fdt_add_subnode(tree, 0, name);
	if (node < 0)
		return node;
	if (fdt_setprop_string(tree, node, "device_type", "memory"))
		return -FDT_ERR_NOSPACE;
	return tree_set_range(tree, node, "reg", ram, bytes);
}

static int tree_set_chosen(void *tree, const struct arm_boot *b)
{
	const struct machine_config *c = b->config;
	uint64_t initrd_end = b->initrd_at + c->initrd.count;
	int node = fdt_path_offset(tree, "/chosen");
	int status = 0;

	if (node < 0)
		node = fdt_add_subnode(tree, 0, "chosen");
	if (node < 0)
		return node;
	if (c->append)
		status = fdt_setprop_string(tree, node, "bootargs", c->append);
	if (c->firmware.count || !c->initrd.count)
		return status; /* firmware places the initrd itself */
	if (!status)
		status = fdt_setprop_u32(tree, node, "linux,initrd-start", (uint32_t)b->initrd_at);
	if (!status)
		status = fdt_setprop_u32(tree, node, "linux,initrd-end", (uint32_t)initrd_end);
	return status;
}

static size_t tree_spare(const struct machine_config *config)
{
	return TREE_SPARE + (config->append ? strlen(config->append) : 0);
}

static bool boot_make_tree(struct arm_boot *b, const void *tree, size_t count, char *error,
			   size_t room)
{
	int status = count <= TREE_MAX ? tree_check(tree, count) : -FDT_ERR_NOSPACE;

	if (status) {
		snprintf(error, room, "the device tree is damaged: %s", fdt_strerror(status));
		return false;
	}
	if (fdt_address_cells(tree, 0) < 1 || fdt_address_cells(tree, 0) > 2 ||
	    fdt_size_cells(tree, 0) < 1 || fdt_size_cells(tree, 0) > 2) {
		snprintf(error, room, "the device tree has addresses of more than 64 bits");
		return false;
	}
	b->patched_bytes = count + tree_spare(b->config);
	b->patched = port_allocate(b->patched_bytes, PORT_PLAIN);
	if (!b->patched) {
		snprintf(error, room, "not enough memory");
		return false;
	}
	status = fdt_open_into(tree, b->patched, (int)b->patched_bytes);
	if (!status)
		status = tree_set_memory(b->patched, b->ram, b->ram_bytes);
	if (!status)
		status = tree_set_chosen(b->patched, b);
	if (status)
		snprintf(error, room, "the device tree can't be completed: %s",
			 fdt_strerror(status));
	return !status;
}

/* Preparing. */

static gpa boot_align(gpa address)
{
	return (address + PAGE_MASK) & ~(gpa)PAGE_MASK;
}

/* A kernel that unpacks itself first moves out of the way of what comes out, and both
 * together are about five times as large as the file. */
static uint64_t boot_unpacking_bytes(const struct arm_boot *b)
{
	bool packed =
		b->kind == ARM_KERNEL_FLAT && boot_little(b->flat, ZIMAGE_MAGIC_AT) == ZIMAGE_MAGIC;

	return packed ? 4 * (uint64_t)b->flat.count : 0;
}

/* Where initrd and tree go, `bytes` in all: as high as there is memory, for kernels grow
 * upwards, but not so high that they can't reach it early. */
static gpa boot_above_kernel(const struct arm_boot *b, gpa kernel_end, uint64_t bytes)
{
	uint64_t highest = bytes < b->ram_bytes ? b->ram_bytes - bytes : 0;
	gpa at = b->ram +
		 (highest < ABOVE_KERNEL_MAX ? highest & ~(gpa)PAGE_MASK : ABOVE_KERNEL_MAX);

	if (b->config->initrd.count)
		kernel_end += boot_unpacking_bytes(b);
	return boot_align(at > kernel_end ? at : kernel_end);
}

bool arm_boot_prepare(struct arm_boot *b, struct bus *bus, const struct machine_config *config,
		      char *error, size_t room)
{
	const void *tree = config->dtb.count ? config->dtb.bytes : b->tree;
	size_t tree_bytes = config->dtb.count ? config->dtb.count : b->tree_bytes;
	gpa end = b->ram;

	b->config = config;
	if (config->kernel.count && !config->firmware.count &&
	    !boot_open_kernel(b, bus, &end, error, room))
		return false;
	b->initrd_at = boot_above_kernel(b, end,
					 boot_align(config->initrd.count) +
						 (tree ? tree_bytes + tree_spare(config) : 0));
	if (!config->firmware.count && !boot_in_ram(b, b->initrd_at, config->initrd.count)) {
		snprintf(error, room, "the initrd doesn't fit into the memory");
		return false;
	}
	b->tree_at = boot_align(b->initrd_at + config->initrd.count);
	if (tree && !boot_make_tree(b, tree, tree_bytes, error, room))
		return false;
	if (config->firmware.count)
		b->tree_at = b->ram;
	if (tree && !boot_in_ram(b, b->tree_at, b->patched_bytes)) {
		snprintf(error, room, "the device tree doesn't fit into the memory");
		return false;
	}
	return true;
}

void arm_boot_finish(struct arm_boot *b)
{
	if (b->patched)
		port_free(b->patched, b->patched_bytes);
	b->patched = NULL;
}

/* Starting. */

struct tag_list {
	uint32_t word[TAGS_WORDS];
	unsigned used;
};

static void tags_add(struct tag_list *t, enum arm_tag tag, const void *bytes, size_t count)
{
	size_t words = (count + 3) / 4;

	if (words + 4 > TAGS_WORDS - t->used)
		return; /* an overlong command line is left out */
	t->word[t->used] = (uint32_t)words + 2;
	t->word[t->used + 1] = tag;
	memcpy(t->word + t->used + 2, bytes, count);
	t->used += (unsigned)words + 2;
}

/* The list ends with a tag of length 0, which is what the rest of the array is. */
static void boot_write_tags(const struct arm_boot *b, struct bus *bus)
{
	const struct machine_config *c = b->config;
	const uint32_t core[3] = { 1, PAGE_BYTES, 0 };
	const uint32_t memory[2] = { (uint32_t)b->ram_bytes, (uint32_t)b->ram };
	const uint32_t initrd[2] = { (uint32_t)b->initrd_at, (uint32_t)c->initrd.count };
	struct tag_list tags = { .used = 0 };

	/* Sizes in tags have 32 bits, which is enough for RAM below 4 GiB. */
	tags_add(&tags, TAG_CORE, core, sizeof core);
	tags_add(&tags, TAG_MEMORY, memory, sizeof memory);
	if (c->initrd.count)
		tags_add(&tags, TAG_INITRD2, initrd, sizeof initrd);
	if (c->append)
		tags_add(&tags, TAG_COMMAND_LINE, c->append, strlen(c->append) + 1);
	bus_load(bus, b->ram + TAGS_AT, tags.word, sizeof tags.word);
}

void arm_boot_start(const struct arm_boot *b, struct machine *m)
{
	struct bus *bus = machine_bus(m);
	gpa information = 0;

	if (b->kind == ARM_KERNEL_ELF)
		elf_load(&b->elf, bus);
	else
		bus_load(bus, b->flat_at, b->flat.bytes, b->flat.count);
	if (b->config->initrd.count)
		bus_load(bus, b->initrd_at, b->config->initrd.bytes, b->config->initrd.count);
	if (b->patched) {
		information = b->tree_at;
		bus_load(bus, b->tree_at, b->patched, b->patched_bytes);
	} else if (b->kind == ARM_KERNEL_FLAT) {
		information = b->ram + TAGS_AT;
		boot_write_tags(b, bus);
	}
	machine_set_register(m, 0, 0);
	machine_set_register(m, 1, b->machine_type);
	machine_set_register(m, 2, information);
	machine_set_pc(m, (gva)b->entry);
}

void arm_boot_firmware(const struct arm_boot *b, struct machine *m)
{
	if (b->patched)
		bus_load(machine_bus(m), b->tree_at, b->patched, b->patched_bytes);
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ARM boards as wholes: kernels of all kinds are placed or refused, device trees
 * completed, and a few hand-assembled instructions reach the chips they should.
 */
#include <emu/board.h>
#include <emu/machine.h>

#include <libfdt.h>
#include <stdlib.h>
#include <time.h>

#include "guest/arm/state.h"
#include "tap.h"

#define MIB (1u << 20)

static char error[200];

/* Assembly by hand: see the comments. */
static const uint32_t virt_hello[] = {
	0xe3a01409, /* mov r1, #0x09000000 */
	0xe3a0004f, /* mov r0, #'O' */
	0xe5810000, /* str r0, [r1] */
	0xe3a0004b, /* mov r0, #'K' */
	0xe5810000, /* str r0, [r1] */
	0xe3a00321, /* mov r0, #0x84000000 */
	0xe3800008, /* orr r0, r0, #8: SYSTEM_OFF */
	0xe1400070, /* hvc #0 */
	0xeafffffe, /* b . */
};

static const uint32_t vexpress_hello[] = {
	0xe3a01201, /* mov r1, #0x10000000 */
	0xe2812a09, /* add r2, r1, #0x9000 */
	0xe3a0004f, /* mov r0, #'O' */
	0xe5820000, /* str r0, [r2] */
	0xe3a0004b, /* mov r0, #'K' */
	0xe5820000, /* str r0, [r2] */
	0xe3a00103, /* mov r0, #0xc0000000 */
	0xe3800502, /* orr r0, r0, #0x00800000 */
	0xe58100a4, /* str r0, [r1, #0xa4]: SHUTDOWN */
	0xeafffffe, /* b . */
};

static char text[16];
static size_t text_count;

static void collect(void *port, const uint8_t *bytes, size_t count)
{
	(void)port;
	for (size_t i = 0; i < count && text_count < sizeof text - 1; i++)
		text[text_count++] = (char)bytes[i];
}

static struct machine *start(struct machine_config *config, const char *board, const void *kernel,
			     size_t count)
{
	config->board = board;
	config->kernel = (struct blob){ kernel, count };
	config->deterministic = true;
	config->interpret = true; /* the boards are tested, not the translator */
	error[0] = 0;
	return machine_create(config, error, sizeof error);
}

static void test_hello(const char *board, const void *kernel, size_t count)
{
	struct serial_line line = { .transmit = collect };
	struct machine_config config = { .serial = { &line } };
	struct machine *m = start(&config, board, kernel, count);

	ok(m, "%s: built", board);
	memset(text, 0, sizeof text);
	text_count = 0;
	is(machine_run_for(m, 100000), MACHINE_OFF, "%s: turns itself off", board);
	is_string(text, "OK", "%s: after it said so", board);
	machine_destroy(m);
}

static void refused(const char *board, struct machine_config *config, const void *kernel,
		    size_t count, const char *why)
{
	struct machine *m = start(config, board, kernel, count);

	ok(!m, "refused: %s", why);
	is_string(error, why, "with the reason");
	if (m)
		machine_destroy(m);
}

static void put32(uint8_t *bytes, size_t at, uint32_t value, bool big)
{
	for (unsigned i = 0; i < 4; i++)
		bytes[at + i] = (uint8_t)(value >> 8 * (big ? 3 - i : i));
}

static void test_refusals(void)
{
	static uint8_t image[4096];
	struct machine_config config = { .memory_bytes = 16 * MIB };

	refused("virt", &config, NULL, 0, "virt needs a kernel or firmware to start");
	memset(image, 0, sizeof image);
	put32(image, 0x38, 0x644d5241, false);
	refused("virt", &config, image, sizeof image, "the kernel is for AArch64");
	put32(image, 0x38, 0, false);
	put32(image, 0x24, 0x016f2818, true);
	refused("virt", &config, image, sizeof image, "the kernel is big-endian");
	put32(image, 0x24, 0x016f2818, false);
	put32(image, 0x2c, 5000, false);
	refused("virt", &config, image, sizeof image, "the kernel is cut short");
	put32(image, 0, 0x27051956, true);
	put32(image, 12, 4096, true);
	refused("virt", &config, image, sizeof image, "the kernel is cut short");
	memset(image, 0, sizeof image);
	memcpy(image, "\177ELF\2\1\1", 7);
	image[18] = 183;
	refused("virt", &config, image, sizeof image, "the kernel is for AArch64");
	image[18] = 40;
	refused("virt", &config, image, sizeof image, "the kernel is a 64-bit program");
	image[4] = 1;
	image[18] = 3;
	refused("virt", &config, image, sizeof image, "the kernel is for another kind of CPU");
	config.dtb = (struct blob){ image, sizeof image };
	refused("virt", &config, virt_hello, sizeof virt_hello,
		"the device tree is damaged: FDT_ERR_BADMAGIC");
	config.dtb.count = 0;
	config.initrd = (struct blob){ image, 16 * MIB };
	refused("virt", &config, virt_hello, sizeof virt_hello,
		"the initrd doesn't fit into the memory");
	config.initrd.count = 0;
	config.memory_bytes = 2048ull * MIB;
	refused("vexpress-a9", &config, vexpress_hello, sizeof vexpress_hello,
		"vexpress-a9 takes 16 to 1024 MiB of memory in pages of 4 KiB");
}

/* An executable with one segment at `physical`, linked at 0xc0000000. */
static size_t make_elf(uint8_t *file, uint32_t physical)
{
	memset(file, 0, 256);
	memcpy(file, "\177ELF\1\1\1", 7);
	file[16] = 2;
	file[18] = 40;
	put32(file, 24, 0xc0000004, false); /* entry */
	put32(file, 28, 52, false);         /* program headers */
	file[42] = 32;
	file[44] = 1;
	put32(file, 52, 1, false);
	put32(file, 52 + 4, 128, false);
	put32(file, 52 + 8, 0xc0000000, false);
	put32(file, 52 + 12, physical, false);
	put32(file, 52 + 16, 64, false);
	put32(file, 52 + 20, 8192, false);
	for (unsigned i = 0; i < 64; i++)
		file[128 + i] = (uint8_t)i;
	return 256;
}

static void test_elf(void)
{
	static uint8_t file[256];
	struct machine_config config = { .memory_bytes = 32 * MIB };
	struct machine *m = start(&config, "virt", file, make_elf(file, 0x40001000));
	uint32_t word = 0;

	ok(m, "elf: accepted");
	is(machine_cpu(m)->pc, 0x40001004, "elf: starts at the physical entry");
	bus_read(machine_bus(m), 0x40001004, &word, 4);
	is(word, 0x07060504, "elf: loaded");
	machine_destroy(m);
	refused("virt", &config, file, make_elf(file, 0x20000000),
		"the kernel has a segment where there is no memory");
	make_elf(file, 0x40001000);
	put32(file, 52 + 16, 129, false);
	refused("virt", &config, file, 256, "the kernel is cut short");
	put32(file, 52 + 16, 9000, false);
	refused("virt", &config, file, 256,
		"the kernel has a segment that is larger in the file than in memory");
}

/* Random damage to an ELF file, a device tree and a zImage is refused or survived. */
static void test_damage(unsigned seed)
{
	static uint8_t file[256], good[256];
	struct machine_config config = { .memory_bytes = 32 * MIB };
	unsigned accepted = 0;

	diag("seed %u", seed);
	srand(seed);
	make_elf(good, 0x40001000);
	for (unsigned i = 0; i < 300; i++) {
		struct machine *m;

		memcpy(file, good, sizeof file);
		for (unsigned n = (unsigned)rand() % 4; n-- > 0;)
			file[4 + rand() % 80] = (uint8_t)rand();
		m = start(&config, "virt", file, (size_t)(rand() % 257));
		if (!m)
			continue;
		accepted++;
		machine_destroy(m);
	}
	ok(accepted < 300, "%u of 300 damaged files accepted", accepted);
}

static uint64_t number(const void *tree, int node, const char *name, unsigned first, unsigned cells)
{
	int length = 0;
	const fdt32_t *value = fdt_getprop(tree, node, name, &length);
	uint64_t result = 0;

	if (!value || (unsigned)length < (first + cells) * 4)
		return ~0ull;
	while (cells--)
		result = result << 32 | fdt32_to_cpu(value[first++]);
	return result;
}

static void test_tree_of_virt(void)
{
	static uint8_t tree[65536], initrd[1000] = { 1, 2, 3 }, back[1000];
	struct machine_config config = { .memory_bytes = 512 * MIB,
					 .append = "console=ttyAMA0",
					 .initrd = { initrd, sizeof initrd } };
	struct machine *m = start(&config, "virt", virt_hello, sizeof virt_hello);
	struct arm *arm = arm_of(machine_cpu(m));
	int node;

	is(arm->cpu.pc, 0x40010000, "virt: raw kernel");
	is(arm->r[0], 0, "virt: r0");
	is(arm->r[1], ~0u, "virt: r1");
	ok(bus_read(machine_bus(m), arm->r[2], tree, sizeof tree), "virt: r2 is in memory");
	is(fdt_check_full(tree, sizeof tree), 0, "virt: and a device tree there");
	node = fdt_path_offset(tree, "/memory@40000000");
	is(number(tree, node, "reg", 0, 2), 0x40000000, "virt: where memory is");
	is(number(tree, node, "reg", 2, 2), 512 * MIB, "virt: and how much");
	node = fdt_path_offset(tree, "/chosen");
	is_string(fdt_getprop(tree, node, "bootargs", NULL), "console=ttyAMA0",
		  "virt: command line");
	is(number(tree, node, "linux,initrd-end", 0, 1) -
		   number(tree, node, "linux,initrd-start", 0, 1),
	   sizeof initrd, "virt: size of the initrd");
	bus_read(machine_bus(m), number(tree, node, "linux,initrd-start", 0, 1), back, sizeof back);
	ok(!memcmp(initrd, back, sizeof back), "virt: the initrd is there");
	node = fdt_path_offset(tree, "/virtio_mmio@a000000");
	is(number(tree, node, "interrupts", 1, 1), 16, "virt: transport 0's interrupt");
	machine_destroy(m);
}

/* A packed kernel doesn't reach the initrd while it unpacks itself, nor does that reach
 * the tree; in little memory, too. */
static void test_placement(unsigned mib, size_t kernel_bytes, size_t initrd_bytes, bool fits)
{
	uint8_t *kernel = calloc(1, kernel_bytes), *initrd = calloc(1, initrd_bytes);
	struct machine_config config = { .memory_bytes = (uint64_t)mib * MIB,
					 .initrd = { initrd, initrd_bytes } };
	struct machine *m;
	struct arm *arm;
	static uint8_t tree[65536];
	uint64_t start_at, end;
	int node;

	put32(kernel, 0x24, 0x016f2818, false);
	put32(kernel, 0x2c, (uint32_t)kernel_bytes, false);
	m = start(&config, "virt", kernel, kernel_bytes);
	ok(!m == !fits, "%u MiB: %s", mib, fits ? "enough" : "not enough");
	if (m) {
		arm = arm_of(machine_cpu(m));
		bus_read(machine_bus(m), arm->r[2], tree, sizeof tree);
		node = fdt_path_offset(tree, "/chosen");
		start_at = number(tree, node, "linux,initrd-start", 0, 1);
		end = number(tree, node, "linux,initrd-end", 0, 1);
		is(end - start_at, initrd_bytes, "%u MiB: all of the initrd", mib);
		ok(start_at >= 0x40000000 + 5 * kernel_bytes, "%u MiB: above the kernel", mib);
		ok(arm->r[2] >= end &&
			   arm->r[2] + fdt_totalsize(tree) <= 0x40000000 + (uint64_t)mib * MIB,
		   "%u MiB: the tree above that", mib);
		machine_destroy(m);
	}
	free(kernel);
	free(initrd);
}

/* CBAR says where the CPU's own peripherals are. */
static void test_peripheral_base(void)
{
	struct machine_config config = { .memory_bytes = 32 * MIB };
	struct machine *m = start(&config, "vexpress-a9", vexpress_hello, sizeof vexpress_hello);

	is(arm_of(machine_cpu(m))->peripheral_base, 0x1e000000, "vexpress-a9: CBAR");
	machine_destroy(m);
	m = start(&config, "virt", virt_hello, sizeof virt_hello);
	is(arm_of(machine_cpu(m))->peripheral_base, 0x08000000, "virt: CBAR");
	machine_destroy(m);
}

static void test_tags(void)
{
	struct machine_config config = { .memory_bytes = 64 * MIB, .append = "quiet" };
	struct machine *m = start(&config, "vexpress-a9", vexpress_hello, sizeof vexpress_hello);
	struct arm *arm = arm_of(machine_cpu(m));
	uint32_t tags[16];

	is(arm->r[1], 2272, "vexpress-a9: machine type");
	is(arm->r[2], 0x60000100, "vexpress-a9: tag list");
	bus_read(machine_bus(m), 0x60000100, tags, sizeof tags);
	is(tags[1], 0x54410001, "tags: core first");
	is(tags[6], 0x54410002, "tags: memory");
	is(tags[7], 64 * MIB, "tags: its size");
	is(tags[10], 0x54410009, "tags: command line");
	ok(!memcmp(tags + 11, "quiet", 6), "tags: as given");
	bus_read(machine_bus(m), 0x100, tags, sizeof tags);
	is(tags[1], 0x54410001, "vexpress-a9: RAM again at 0");
	machine_destroy(m);
}

int main(void)
{
	test_hello("virt", virt_hello, sizeof virt_hello);
	test_hello("vexpress-a9", vexpress_hello, sizeof vexpress_hello);
	test_refusals();
	test_elf();
	test_tree_of_virt();
	test_placement(48, 5 * MIB, 2 * MIB, true);
	test_placement(256, 5 * MIB, 1000, true);
	test_placement(256, 5 * MIB, 150 * MIB, true);
	test_placement(32, 5 * MIB, 10 * MIB, false);
	test_peripheral_base();
	test_tags();
	test_damage(getenv("SEED") ? (unsigned)atoi(getenv("SEED")) : (unsigned)time(NULL));
	return done();
}

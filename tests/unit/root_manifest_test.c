/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The manifest's reader: a tree with everything in it, trees with something wrong, and
 * thousands that are damaged at random, in memory of exactly their size, for the sanitizers.
 */
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned reported; /* lines that the reader has printed */

__attribute__((format(printf, 1, 2))) static int count_report(const char *format, ...)
{
	(void)format;
	reported++;
	return 0;
}

#define printf count_report
#include "servers/root/manifest.c"
#undef printf

#define MAX_BYTES 4096
#define DAMAGED 20000

static char tree[MAX_BYTES];

static void add_u64(const char *name, uint64_t value)
{
	fdt_property_u64(tree, name, value);
}

static void add_channel(const char *name, const char *client, uint64_t bytes)
{
	fdt_begin_node(tree, name);
	fdt_property_string(tree, "client", client);
	fdt_property_string(tree, "server", "two");
	fdt_property_string(tree, "kind", "serial");
	add_u64("bytes", bytes);
	fdt_end_node(tree);
}

static void add_rich_task(void)
{
	static const char modules[] = "first\0second";
	const fdt32_t ports[] = { cpu_to_fdt32(0x3f8), cpu_to_fdt32(8), cpu_to_fdt32(0xffff),
				  cpu_to_fdt32(1) };
	const fdt64_t devices[] = { cpu_to_fdt64(0xa0000), cpu_to_fdt64(0x20000) };

	fdt_begin_node(tree, "one");
	fdt_property_string(tree, "program", "vmm");
	fdt_property_string(tree, "kind", "virt");
	fdt_property(tree, "machine", "", 0);
	fdt_property(tree, "confined", "", 0);
	fdt_property_u32(tree, "priority", 250);
	fdt_property_u32(tree, "restart", 3);
	add_u64("memory", 0x123456000);
	fdt_property(tree, "modules", modules, sizeof(modules));
	fdt_property(tree, "ports", ports, sizeof(ports));
	fdt_property_u32(tree, "interrupts", 4);
	fdt_property(tree, "devices", devices, sizeof(devices));
	fdt_begin_node(tree, "config");
	fdt_property_string(tree, "machine", "virt");
	fdt_begin_node(tree, "disk@0");
	fdt_property_u32(tree, "unit", 7);
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_end_node(tree);
}

/* A task with one property more, which may be wrong. */
static void add_task(const char *name, const char *property, const void *value, int bytes)
{
	fdt_begin_node(tree, name);
	if (strcmp(property, "program") != 0)
		fdt_property_string(tree, "program", "server");
	fdt_property(tree, property, value, bytes);
	fdt_end_node(tree);
}

static void begin_tree(void)
{
	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_property_string(tree, "compatible", "l4vm,manifest-1");
	fdt_property_string(tree, "title", "bench");
	fdt_begin_node(tree, "tasks");
}

static void end_tree(void)
{
	fdt_end_node(tree);
	fdt_begin_node(tree, "channels");
	add_channel("a", "one", 0x4000);
	add_channel("b", "root", 0x4001);
	add_channel("c", "root", 0x1001000);
	add_channel("d", "root", 0x1000000);
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_finish(tree);
}

static void test_rich(void)
{
	struct manifest m;
	struct manifest_task t = { .node = 0 };
	struct manifest_range r;
	const char *name;
	unsigned n;

	begin_tree();
	add_rich_task();
	add_task("two", "off", "", 0);
	end_tree();
	ok(manifest_open(&m, tree, fdt_totalsize(tree)), "a sound manifest");
	is_string(m.title, "bench", "its title");
	ok(!m.tests, "no tests");
	is(manifest_next_task(&m, 0, &t), MANIFEST_FOUND, "a task");
	is_string(t.name, "one", "its name");
	is_string(t.program, "vmm", "its program");
	is_string(t.kind, "virt", "its kind");
	ok(t.machine && t.confined && !t.supervisor && !t.off && !t.framebuffer, "its flags");
	is(t.priority, 250, "its priority");
	is(t.processor, MANIFEST_NO_PROCESSOR, "no processor");
	is(t.restart, 3, "restarts");
	is(t.memory, 0x123456000, "its memory");
	ok(manifest_module(&m, t.node, 1, &name) && strcmp(name, "second") == 0, "a module");
	ok(!manifest_module(&m, t.node, 2, &name), "no third");
	ok(manifest_ports(&m, t.node, 0, &r) && r.first == 0x3f8 && r.last == 0x3ff, "ports");
	ok(manifest_ports(&m, t.node, 1, &r) && r.last == 0xffff, "the last port");
	ok(!manifest_ports(&m, t.node, 2, &r), "no more ports");
	ok(manifest_interrupt(&m, t.node, 0, &n) && n == 4, "an interrupt");
	ok(manifest_device(&m, t.node, 0, &r) && r.first == 0xa0000 && r.last == 0xbffff,
	   "a device");
	is(manifest_next_task(&m, t.node, &t), MANIFEST_FOUND, "another");
	ok(t.off, "which is off");
	is_string(t.kind, "server", "its kind is the program");
	is(t.priority, 100, "its priority is the usual one");
	is(manifest_next_task(&m, t.node, &t), MANIFEST_END, "no more");
}

static void test_channels(void)
{
	static const enum manifest_step expected[] = { MANIFEST_FOUND, MANIFEST_SKIP, MANIFEST_SKIP,
						       MANIFEST_FOUND, MANIFEST_END };
	struct manifest_channel c = { .node = 0 };
	struct manifest m;

	manifest_open(&m, tree, fdt_totalsize(tree));
	reported = 0;
	for (unsigned i = 0; i < 5; i++)
		is(manifest_next_channel(&m, c.node, &c), expected[i], "channel %u", i);
	is(reported, 2, "two are reported");
	is_string(c.client, "root", "the last one's client");
	is(c.kind, CHANNEL_SERIAL, "its kind");
	is(c.bytes, 0x1000000, "its bytes");
}

static void test_config(void)
{
	char copy[MAX_BYTES];
	struct manifest_task t;
	struct manifest m;
	int bytes, small = 0;

	manifest_open(&m, tree, fdt_totalsize(tree));
	manifest_next_task(&m, 0, &t);
	bytes = manifest_config(&m, t.node, copy, sizeof(copy));
	ok(bytes > 0 && (unsigned)bytes == fdt_totalsize(copy), "a config is a tree");
	is_string((const char *)fdt_getprop(copy, 0, "machine", NULL), "virt", "its property");
	ok(fdt_path_offset(copy, "/disk@0") > 0, "its node");
	while (manifest_config(&m, t.node, copy, small) < 0)
		small++;
	is(manifest_config(&m, t.node, copy, small), bytes, "in %d bytes, not fewer", small);
	manifest_next_task(&m, t.node, &t);
	is(manifest_config(&m, t.node, copy, sizeof(copy)), 0, "another task has none");
}

#define WRONG(name, property, value)                                                               \
	{                                                                                          \
		name, property, value, sizeof(value) - 1                                           \
	}

static void test_wrong(void)
{
	static const struct {
		const char *name, *property, *value;
		int bytes;
	} wrong[] = {
		WRONG("root", "x", ""),
		WRONG("with space", "x", ""),
		WRONG("a-name-that-has-32-characters-xx", "x", ""),
		WRONG("t", "program", ""),
		WRONG("t", "program", "no end"),
		WRONG("t", "kind", "sixteen letters!\0"),
		WRONG("t", "priority", "\0\0\0\0"),
		WRONG("t", "priority", "\0\0\0\373"),
		WRONG("t", "priority", "\0\0\1"),
		WRONG("t", "memory", "\0\0\0\0\0"),
		WRONG("t", "ports", "\0\0\0\1"),
		WRONG("t", "ports", "\0\0\0\1\0\0\0\0"),
		WRONG("t", "ports", "\0\0\377\377\0\0\0\2"),
		WRONG("t", "devices", "\0\0\0\0\0\0\20\0\0\0\0\0\0\0\0\1"),
		WRONG("t", "devices", "\377\377\377\377\377\377\360\0\0\0\0\0\0\0\40\0"),
		WRONG("t", "modules", "x\0y"),
	};
	struct manifest_task t;
	struct manifest m;

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		begin_tree();
		add_task(wrong[i].name, wrong[i].property, wrong[i].value, wrong[i].bytes);
		add_task("good", "x", "", 0);
		end_tree();
		reported = 0;
		ok(manifest_open(&m, tree, fdt_totalsize(tree)), "a manifest");
		is(manifest_next_task(&m, 0, &t), MANIFEST_SKIP, "%s of %s is wrong (%u)",
		   wrong[i].property, wrong[i].name, i);
		is(reported, 1, "which is said");
		is(manifest_next_task(&m, t.node, &t), MANIFEST_FOUND, "the next is fine");
	}
}

/* Everything that root reads. */
static void read_all(const void *blob, size_t bytes)
{
	struct manifest_channel c = { .node = 0 };
	struct manifest_task t = { .node = 0 };
	struct manifest m;
	struct manifest_range r;
	enum manifest_step step;
	char copy[MAX_BYTES];
	const char *name;
	unsigned n;

	if (!manifest_open(&m, blob, bytes))
		return;
	while ((step = manifest_next_task(&m, t.node, &t)) != MANIFEST_END) {
		if (step == MANIFEST_SKIP)
			continue;
		for (unsigned i = 0; manifest_module(&m, t.node, i, &name); i++)
			reported += (unsigned)strlen(name);
		for (unsigned i = 0; manifest_ports(&m, t.node, i, &r); i++)
			;
		for (unsigned i = 0; manifest_interrupt(&m, t.node, i, &n); i++)
			;
		for (unsigned i = 0; manifest_device(&m, t.node, i, &r); i++)
			;
		manifest_config(&m, t.node, copy, sizeof(copy));
	}
	while (manifest_next_channel(&m, c.node, &c) != MANIFEST_END)
		;
}

static void test_damaged(void)
{
	size_t bytes;

	begin_tree();
	add_rich_task();
	add_task("two", "off", "", 0);
	end_tree();
	bytes = fdt_totalsize(tree);
	srandom(1);
	for (unsigned i = 0; i < DAMAGED; i++) {
		size_t left = i % 8 ? bytes : (size_t)random() % (bytes + 1);
		char *damaged = malloc(left ? left : 1);

		memcpy(damaged, tree, left);
		for (long n = 1 + random() % 4; left && n > 0; n--)
			damaged[(size_t)random() % left] = (char)random();
		read_all(damaged, left);
		free(damaged);
	}
	ok(true, "%u damaged manifests are survived", DAMAGED);
}

int main(void)
{
	test_rich();
	test_channels();
	test_config();
	test_wrong();
	test_damaged();
	return done();
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Writes the manifest, docs/manifest.md, with libfdt's functions for writing in sequence.
 * Their errors stick: after one the rest does nothing, and a larger buffer is tried.
 */
#define _GNU_SOURCE
#include <emu/machine.h>
#include <libfdt.h>
#include <proto/block.h>
#include <proto/console.h>
#include <proto/serial.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "plan.h"
#include "text.h"

#define FIRST_BYTES 16384u

struct tree {
	void *bytes;
	int error; /* of libfdt */
	const struct plan *plan;
	unsigned channels;
};

static void tree_note(struct tree *t, int error)
{
	if (!t->error)
		t->error = error;
}

static void node_begin(struct tree *t, const char *name)
{
	tree_note(t, fdt_begin_node(t->bytes, name));
}

static void node_end(struct tree *t)
{
	tree_note(t, fdt_end_node(t->bytes));
}

static void put_flag(struct tree *t, const char *name, bool on)
{
	if (on)
		tree_note(t, fdt_property(t->bytes, name, NULL, 0));
}

/* NULL: not at all. */
static void put_text(struct tree *t, const char *name, const char *text)
{
	if (text)
		tree_note(t, fdt_property_string(t->bytes, name, text));
}

static void put_cell(struct tree *t, const char *name, uint64_t number)
{
	tree_note(t, fdt_property_u32(t->bytes, name, (uint32_t)number));
}

static void put_u64(struct tree *t, const char *name, uint64_t number)
{
	tree_note(t, fdt_property_u64(t->bytes, name, number));
}

static void put_cells(struct tree *t, const char *name, const uint32_t *cells, unsigned count)
{
	uint32_t big[16];

	for (unsigned i = 0; i < count; i++)
		big[i] = cpu_to_fdt32(cells[i]);
	tree_note(t, fdt_property(t->bytes, name, big, (int)(count * sizeof *big)));
}

/* Names one behind the other, each with its 0. */
struct name_list {
	char text[64 * (MODULE_NAME_MAX + 1)];
	unsigned length;
};

static void name_list_add(struct name_list *l, const char *name)
{
	size_t bytes = name ? strlen(name) + 1 : 0;

	for (unsigned at = 0; name && at < l->length; at += (unsigned)strlen(l->text + at) + 1)
		if (!strcmp(l->text + at, name))
			return;
	if (!name || bytes > sizeof l->text - l->length)
		return;
	memcpy(l->text + l->length, name, bytes);
	l->length += (unsigned)bytes;
}

static void put_names(struct tree *t, const char *name, const struct name_list *l)
{
	if (l->length)
		tree_note(t, fdt_property(t->bytes, name, l->text, (int)l->length));
}

static const struct value *system_value(const struct tree *t, enum setting_id id)
{
	return &t->plan->config->section[0].value[id];
}

static struct section *nth(const struct tree *t, enum section_kind kind, unsigned n)
{
	return config_nth(t->plan->config, kind, n);
}

static void console_task(struct tree *t)
{
	static const uint32_t ports[] = { 0x60, 1, 0x64, 1, 0x3b0, 0x30, 0x1ce, 2 };
	static const uint32_t interrupts[] = { 1, 12 };
	static const uint32_t vga[] = { 0, 0xa0000, 0, 0x20000 };
	const char *focus = system_value(t, SYSTEM_FOCUS)->text;

	put_cells(t, "ports", ports, 8);
	put_cells(t, "interrupts", interrupts, 2);
	put_cells(t, "devices", vga, 4);
	put_flag(t, "framebuffer", true);
	node_begin(t, "config");
	put_text(t, "first", !focus ? "manager" : strcmp(focus, "log") ? focus : "root");
	put_flag(t, "report", system_value(t, SYSTEM_REPORT)->number);
	node_end(t);
}

/* What has the serial line at start: what the display shows, if it can; else the first
 * machine. */
static const char *serial_focus(const struct tree *t)
{
	const char *focus = system_value(t, SYSTEM_FOCUS)->text;
	const struct section *s = focus ? config_find(t->plan->config, focus) : NULL;

	if (focus && !strcmp(focus, "log"))
		return "root";
	if (!s || !section_has_serial(s))
		s = nth(t, SECTION_VM, 0);
	return s ? s->name : "root";
}

static void serial_task(struct tree *t)
{
	static const uint32_t ports[] = { 0x3f8, 8 }, interrupt = 4;

	put_cells(t, "ports", ports, 2);
	put_cells(t, "interrupts", &interrupt, 1);
	node_begin(t, "config");
	put_flag(t, "machine-readable", system_value(t, SYSTEM_SERIAL)->number == SERIAL_MACHINE);
	put_text(t, "focus", serial_focus(t));
	node_end(t);
}

static void block_disk(struct tree *t, const struct section *s, unsigned unit)
{
	enum disk_mode mode = section_disk_mode(s, VM_DISK + unit);
	char node[16];

	snprintf(node, sizeof node, "disk@%u", unit);
	node_begin(t, node);
	put_cell(t, "unit", unit);
	put_text(t, "image", plan_module(t->plan, &s->value[VM_DISK + unit]));
	put_flag(t, "read-only", mode == DISK_MODE_READ_ONLY);
	put_flag(t, "copy-on-write", mode == DISK_COPY_ON_WRITE);
	node_end(t);
}

_Static_assert(VM_CDROM - VM_DISK == BLOCK_CDROM_UNIT && VM_FLOPPY - VM_DISK == BLOCK_FLOPPY_UNIT,
	       "the keys of media are in the order of units");

static void block_client(struct tree *t, const struct section *s)
{
	node_begin(t, s->name);
	for (unsigned unit = 0; unit <= VM_FLOPPY2 - VM_DISK; unit++)
		if (s->value[VM_DISK + unit].path)
			block_disk(t, s, unit);
	if (s->value[VM_STATE].number) {
		node_begin(t, "state@7");
		put_cell(t, "unit", BLOCK_STATE_UNIT);
		put_u64(t, "bytes", s->value[VM_STATE].number);
		node_end(t);
	}
	node_end(t);
}

static void block_task(struct tree *t)
{
	struct name_list images = { .length = 0 };
	struct section *s;

	for (unsigned i = 0; (s = nth(t, SECTION_VM, i)); i++)
		for (unsigned disk = VM_DISK; disk <= VM_FLOPPY2; disk++)
			name_list_add(&images, plan_module(t->plan, &s->value[disk]));
	put_names(t, "modules", &images);
	node_begin(t, "config");
	node_begin(t, "clients");
	for (unsigned i = 0; (s = nth(t, SECTION_VM, i)); i++)
		block_client(t, s);
	node_end(t);
	node_end(t);
}

static void server_task(struct tree *t, enum server server)
{
	const struct server_kind *k = &server_kinds[server];

	node_begin(t, k->name);
	put_text(t, "program", k->name);
	put_text(t, "kind", k->name);
	put_cell(t, "priority", k->priority);
	put_u64(t, "memory", plan_server_bytes(t->plan, server));
	put_cell(t, "restart", 3);
	if (server == SERVER_CONSOLE)
		console_task(t);
	else if (server == SERVER_SERIAL)
		serial_task(t);
	else if (server == SERVER_BLOCK)
		block_task(t);
	else
		put_flag(t, "supervisor", true);
	node_end(t);
}

/* The vmm's own configuration. */
static void vm_config(struct tree *t, const struct section *s)
{
	const struct value *v = s->value;

	node_begin(t, "config");
	put_text(t, "machine", s->board->name);
	put_text(t, "cpu", v[VM_CPU].text);
	put_u64(t, "memory", v[VM_MEMORY].number);
	put_text(t, "firmware", plan_module(t->plan, &v[VM_FIRMWARE]));
	put_text(t, "video-bios", plan_module(t->plan, &v[VM_VIDEO_BIOS]));
	put_text(t, "boot-rom", plan_module(t->plan, &v[VM_BOOT_ROM]));
	put_text(t, "kernel", plan_module(t->plan, &v[VM_KERNEL]));
	put_text(t, "initrd", plan_module(t->plan, &v[VM_INITRD]));
	put_text(t, "dtb", plan_module(t->plan, &v[VM_DTB]));
	put_text(t, "append", v[VM_CMDLINE].text);
	put_text(t, "boot", v[VM_BOOT].text);
	put_cell(t, "code-cache", v[VM_CODE_CACHE].number);
	node_end(t);
}

/* What machines and tasks have in common; ids of the first are a machine's. */
static void put_policy(struct tree *t, const struct section *s)
{
	bool vm = s->kind == SECTION_VM;
	const struct value *processor = &s->value[vm ? VM_PROCESSOR : TASK_PROCESSOR];

	put_u64(t, "memory", plan_task_bytes(s));
	put_cell(t, "priority", s->value[vm ? VM_PRIORITY : TASK_PRIORITY].number);
	put_cell(t, "restart", s->value[vm ? VM_RESTART : TASK_RESTART].number);
	put_flag(t, "off", !s->value[vm ? VM_AUTOSTART : TASK_AUTOSTART].number);
	if (processor->text)
		put_cell(t, "processor", processor->number);
}

static void vm_task(struct tree *t, const struct section *s)
{
	static const enum setting_id files[] = { VM_FIRMWARE, VM_VIDEO_BIOS, VM_BOOT_ROM,
						 VM_KERNEL,   VM_INITRD,     VM_DTB };
	struct name_list modules = { .length = 0 };

	node_begin(t, s->name);
	put_text(t, "program", "vmm");
	put_text(t, "kind", s->board->name);
	put_flag(t, "machine", true);
	put_flag(t, "confined", true);
	put_policy(t, s);
	put_u64(t, "ram", s->value[VM_MEMORY].number);
	for (unsigned i = 0; i < COUNT_OF(files); i++)
		name_list_add(&modules, plan_module(t->plan, &s->value[files[i]]));
	put_names(t, "modules", &modules);
	vm_config(t, s);
	node_end(t);
}

/* One word of a task's `config`: NAME, NAME=NUMBER or NAME=TEXT. */
static void put_word(struct tree *t, char *word)
{
	char *value = strchr(word, '=');
	uint64_t number;

	if (!value) {
		put_flag(t, word, true);
		return;
	}
	*value++ = 0;
	if (number_parse(value, &number) && number <= UINT32_MAX)
		put_cell(t, word, number);
	else
		put_text(t, word, value);
}

static void task_config(struct tree *t, const char *text)
{
	char *words = text_copy(text), *rest = words;

	node_begin(t, "config");
	for (char *word; (word = strsep(&rest, " \t"));)
		if (*word)
			put_word(t, word);
	node_end(t);
	free(words);
}

static void native_task(struct tree *t, const struct section *s)
{
	const char *program = plan_module(t->plan, &s->value[TASK_PROGRAM]);

	node_begin(t, s->name);
	put_text(t, "program", program);
	put_policy(t, s);
	if (s->value[TASK_CONFIG].text)
		task_config(t, s->value[TASK_CONFIG].text);
	node_end(t);
}

static void put_channel(struct tree *t, const char *client, enum server server)
{
	static const uint64_t bytes[] = { CONSOLE_CHANNEL_BYTES, SERIAL_CHANNEL_BYTES,
					  BLOCK_CHANNEL_BYTES };
	char node[16];

	snprintf(node, sizeof node, "%u", t->channels++);
	node_begin(t, node);
	put_text(t, "client", client);
	put_text(t, "server", server_kinds[server].name);
	put_text(t, "kind", server_kinds[server].name);
	put_u64(t, "bytes", bytes[server]);
	node_end(t);
}

/* Channels get their numbers in this order: on the serial line root is 0, on the display
 * the manager has F1, machines F2 and up, and the log of root comes last; the manager's
 * commands are the last serial line. */
static void put_channels(struct tree *t)
{
	struct section *s;

	put_channel(t, "root", SERVER_SERIAL);
	put_channel(t, "manager", SERVER_CONSOLE);
	for (unsigned kind = SECTION_VM; kind <= SECTION_TASK; kind++) {
		for (unsigned i = 0; (s = nth(t, (enum section_kind)kind, i)); i++) {
			if (section_has_console(s))
				put_channel(t, s->name, SERVER_CONSOLE);
			if (section_has_serial(s))
				put_channel(t, s->name, SERVER_SERIAL);
			if (kind == SECTION_VM)
				put_channel(t, s->name, SERVER_BLOCK);
		}
	}
	put_channel(t, "manager", SERVER_SERIAL);
	put_channel(t, "root", SERVER_CONSOLE);
}

static void put_tasks(struct tree *t)
{
	struct section *s;

	for (unsigned i = 0; i < SERVERS; i++)
		server_task(t, (enum server)i);
	for (unsigned i = 0; (s = nth(t, SECTION_VM, i)); i++)
		vm_task(t, s);
	for (unsigned i = 0; (s = nth(t, SECTION_TASK, i)); i++)
		native_task(t, s);
}

static void manifest_write(struct tree *t, size_t room)
{
	t->channels = 0;
	t->error = fdt_create(t->bytes, (int)room);
	tree_note(t, fdt_finish_reservemap(t->bytes));
	node_begin(t, "");
	put_text(t, "compatible", "l4vm,manifest-1");
	put_text(t, "title", system_value(t, SYSTEM_TITLE)->text);
	put_flag(t, "tests", system_value(t, SYSTEM_TESTS)->number);
	node_begin(t, "tasks");
	put_tasks(t);
	node_end(t);
	node_begin(t, "channels");
	put_channels(t);
	node_end(t);
	node_end(t);
	tree_note(t, fdt_finish(t->bytes));
}

void *manifest_make(const struct plan *p, size_t *bytes)
{
	struct tree t = { .plan = p, .error = -FDT_ERR_NOSPACE };

	for (size_t room = FIRST_BYTES; t.error == -FDT_ERR_NOSPACE; room *= 2) {
		free(t.bytes);
		t.bytes = calloc(1, room);
		if (!t.bytes)
			break;
		manifest_write(&t, room);
	}
	if (!t.bytes || t.error) {
		complain("the manifest can't be written: %s",
			 t.bytes ? fdt_strerror(t.error) : "not enough memory");
		free(t.bytes);
		return NULL;
	}
	*bytes = fdt_totalsize(t.bytes);
	return t.bytes;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The manifest's reader, see manifest.h.  manifest_check() has looked at every tag of the
 * tree, so that libfdt's functions find what they expect; what the properties say is
 * checked one by one.
 */
#include "manifest.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#define COMPATIBLE "l4vm,manifest-1"
#define DEFAULT_PRIORITY 100
#define MAX_PRIORITY 250
#define MAX_CHANNEL_BYTES TASK_CHANNEL_STRIDE
#define MAX_DEPTH 16
#define MAX_CONFIG_DEPTH 8
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* One tag inside the tree; 0 if it is sound. */
static int manifest_check_tag(const void *tree, uint32_t tag, int offset, int *depth)
{
	const char *name;
	int length;

	switch (tag) {
	case FDT_BEGIN_NODE:
		return ++*depth <= MAX_DEPTH && fdt_get_name(tree, offset, &length) ?
			       0 :
			       -FDT_ERR_BADSTRUCTURE;
	case FDT_END_NODE:
		return --*depth >= 0 ? 0 : -FDT_ERR_BADSTRUCTURE;
	case FDT_PROP:
		return *depth > 0 && fdt_getprop_by_offset(tree, offset, &name, &length) ?
			       0 :
			       -FDT_ERR_BADSTRUCTURE;
	case FDT_NOP:
		return 0;
	default:
		return -FDT_ERR_BADSTRUCTURE;
	}
}

/* 0 if all of it is a device tree of the usual version. */
static int manifest_check(const void *tree, size_t bytes)
{
	int offset, next = 0, depth = 0, error;
	uint32_t tag;

	if (bytes < FDT_V17_SIZE)
		return -FDT_ERR_TRUNCATED;
	error = fdt_check_header(tree);
	if (error)
		return error;
	if (fdt_totalsize(tree) > bytes)
		return -FDT_ERR_TRUNCATED;
	if (fdt_version(tree) < 17)
		return -FDT_ERR_BADVERSION;
	if (fdt_off_dt_struct(tree) % 4 || fdt_off_mem_rsvmap(tree) % 8)
		return -FDT_ERR_ALIGNMENT;
	do {
		offset = next;
		tag = fdt_next_tag(tree, offset, &next);
		if (next < 0)
			return next;
		if (tag == FDT_END)
			break;
		error = manifest_check_tag(tree, tag, offset, &depth);
	} while (!error && depth > 0);
	/* One root node, and nothing behind it. */
	if (error || depth != 0 || tag != FDT_END_NODE)
		return error ? error : -FDT_ERR_BADSTRUCTURE;
	return fdt_next_tag(tree, next, &offset) == FDT_END ? 0 : -FDT_ERR_BADSTRUCTURE;
}

bool manifest_open(struct manifest *m, const void *blob, size_t bytes)
{
	int error = manifest_check(blob, bytes), length;
	const char *title;

	if (error) {
		printf("root: manifest: not a sound device tree: %s\n", fdt_strerror(error));
		return false;
	}
	if (fdt_node_check_compatible(blob, 0, COMPATIBLE) != 0) {
		printf("root: manifest: isn't compatible with %s\n", COMPATIBLE);
		return false;
	}
	title = fdt_getprop(blob, 0, "title", &length);
	if (title && (length < 1 || title[length - 1])) {
		printf("root: manifest: `title` isn't a text\n");
		title = NULL;
	}
	*m = (struct manifest){ blob, title ? title : "", fdt_getprop(blob, 0, "tests", NULL) };
	return true;
}

/* ---- properties ------------------------------------------------------------------ */

static bool manifest_wrong(const struct manifest *m, int node, const char *property,
			   const char *what)
{
	printf("root: manifest: %s: `%s` %s\n", fdt_get_name(m->tree, node, NULL), property, what);
	return false;
}

static bool manifest_flag(const struct manifest *m, int node, const char *property)
{
	return fdt_getprop(m->tree, node, property, NULL);
}

/* A number of one or two cells; it stays as it is if there is no such property. */
static bool manifest_number(const struct manifest *m, int node, const char *property,
			    l4_word_t *number)
{
	int length;
	const void *value = fdt_getprop(m->tree, node, property, &length);

	if (!value)
		return true;
	if (length == 4)
		*number = fdt32_ld(value);
	else if (length == 8)
		*number = fdt64_ld(value);
	else
		return manifest_wrong(m, node, property, "isn't one number");
	return true;
}

static bool manifest_number_in(const struct manifest *m, int node, const char *property,
			       struct manifest_range range, unsigned *number)
{
	l4_word_t value = *number;

	if (!manifest_number(m, node, property, &value))
		return false;
	if (value == *number)
		return true;
	if (value < range.first || value > range.last)
		return manifest_wrong(m, node, property, "is out of range");
	*number = (unsigned)value;
	return true;
}

/* A text of at least a character that fits; empty if there is no such property. */
static bool manifest_text(const struct manifest *m, int node, const char *property, char *text,
			  size_t bytes)
{
	int length;
	const char *value = fdt_getprop(m->tree, node, property, &length);

	memset(text, 0, bytes);
	if (!value)
		return true;
	if (length < 2 || strnlen(value, (size_t)length) != (size_t)length - 1)
		return manifest_wrong(m, node, property, "isn't a text");
	if ((size_t)length > bytes)
		return manifest_wrong(m, node, property, "is too long");
	memcpy(text, value, (size_t)length);
	return true;
}

static bool manifest_is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '-';
}

static bool manifest_name(const struct manifest *m, int node, char name[TASK_NAME_BYTES])
{
	int length;
	const char *value = fdt_get_name(m->tree, node, &length);

	memset(name, 0, TASK_NAME_BYTES);
	for (int i = 0; i < length; i++)
		if (!manifest_is_name_character(value[i]))
			length = 0;
	if (length < 1 || length >= TASK_NAME_BYTES || strcmp(value, "root") == 0) {
		printf("root: manifest: `%.40s` isn't a name for a task\n", value);
		return false;
	}
	memcpy(name, value, (size_t)length);
	return true;
}

/* The i-th group of `cells` cells; NULL: there aren't so many. */
static const void *manifest_group(const struct manifest *m, int node, const char *property,
				  unsigned i, unsigned cells)
{
	int length;
	const char *value = fdt_getprop(m->tree, node, property, &length);

	return value && i < (unsigned)length / (4 * cells) ? value + (size_t)i * 4 * cells : NULL;
}

static bool manifest_is_list(const struct manifest *m, int node, const char *property,
			     unsigned cells)
{
	int length;

	if (fdt_getprop(m->tree, node, property, &length) && length % (int)(4 * cells) != 0)
		return manifest_wrong(m, node, property, "isn't a list of such numbers");
	return true;
}

/* ---- tasks ----------------------------------------------------------------------- */

bool manifest_module(const struct manifest *m, int node, unsigned i, const char **name)
{
	*name = fdt_stringlist_get(m->tree, node, "modules", (int)i, NULL);
	return *name;
}

bool manifest_ports(const struct manifest *m, int node, unsigned i, struct manifest_range *ports)
{
	const fdt32_t *group = manifest_group(m, node, "ports", i, 2);

	if (group) {
		ports->first = fdt32_ld(group);
		ports->last = ports->first + fdt32_ld(group + 1) - 1;
	}
	return group;
}

bool manifest_interrupt(const struct manifest *m, int node, unsigned i, unsigned *number)
{
	const fdt32_t *group = manifest_group(m, node, "interrupts", i, 1);

	if (group)
		*number = fdt32_ld(group);
	return group;
}

bool manifest_device(const struct manifest *m, int node, unsigned i, struct manifest_range *device)
{
	const fdt64_t *group = manifest_group(m, node, "devices", i, 4);

	if (group) {
		device->first = fdt64_ld(group);
		device->last = device->first + fdt64_ld(group + 1) - 1;
	}
	return group;
}

static bool manifest_check_ranges(const struct manifest *m, int node)
{
	struct manifest_range r;

	for (unsigned i = 0; manifest_ports(m, node, i, &r); i++)
		if (r.last < r.first || r.last > 0xffff)
			return manifest_wrong(m, node, "ports", "are no ports");
	for (unsigned i = 0; manifest_device(m, node, i, &r); i++)
		if (r.last < r.first || r.first % L4_PAGE_SIZE || (r.last + 1) % L4_PAGE_SIZE ||
		    r.last >> 36)
			return manifest_wrong(m, node, "devices", "aren't pages below 64 GiB");
	return true;
}

static bool manifest_check_lists(const struct manifest *m, int node)
{
	int modules = fdt_stringlist_count(m->tree, node, "modules");

	if (modules < 0 && modules != -FDT_ERR_NOTFOUND)
		return manifest_wrong(m, node, "modules", "isn't a list of names");
	if (modules > TASK_MAX_MODULES)
		return manifest_wrong(m, node, "modules", "are too many");
	return manifest_is_list(m, node, "ports", 2) &&
	       manifest_is_list(m, node, "interrupts", 1) &&
	       manifest_is_list(m, node, "devices", 4) && manifest_check_ranges(m, node);
}

static bool manifest_read_task(const struct manifest *m, int node, struct manifest_task *t)
{
	*t = (struct manifest_task){
		.node = node,
		.machine = manifest_flag(m, node, "machine"),
		.supervisor = manifest_flag(m, node, "supervisor"),
		.confined = manifest_flag(m, node, "confined"),
		.off = manifest_flag(m, node, "off"),
		.framebuffer = manifest_flag(m, node, "framebuffer"),
		.priority = DEFAULT_PRIORITY,
		.processor = MANIFEST_NO_PROCESSOR,
	};
	if (!manifest_name(m, node, t->name) ||
	    !manifest_text(m, node, "program", t->program, sizeof(t->program)) ||
	    !manifest_text(m, node, "kind", t->kind, sizeof(t->kind)))
		return false;
	if (!t->program[0])
		return manifest_wrong(m, node, "program", "is missing");
	if (!t->kind[0])
		memcpy(t->kind, t->program, sizeof(t->kind) - 1);
	return manifest_number_in(m, node, "priority", (struct manifest_range){ 1, MAX_PRIORITY },
				  &t->priority) &&
	       manifest_number_in(m, node, "processor", (struct manifest_range){ 0, 0xffff },
				  &t->processor) &&
	       manifest_number_in(m, node, "restart", (struct manifest_range){ 0, 1000000 },
				  &t->restart) &&
	       manifest_number(m, node, "memory", &t->memory) &&
	       manifest_number(m, node, "ram", &t->ram) && manifest_check_lists(m, node);
}

/* ---- channels -------------------------------------------------------------------- */

static bool manifest_read_kind(const struct manifest *m, int node, enum task_channel_kind *kind)
{
	static const struct {
		const char *name;
		enum task_channel_kind kind;
	} kinds[] = {
		{ "console", CHANNEL_CONSOLE },
		{ "serial", CHANNEL_SERIAL },
		{ "block", CHANNEL_BLOCK },
	};
	char text[16];

	if (!manifest_text(m, node, "kind", text, sizeof(text)))
		return false;
	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].name, text) == 0) {
			*kind = kinds[i].kind;
			return true;
		}
	return manifest_wrong(m, node, "kind", "is none of console, serial and block");
}

static bool manifest_read_channel(const struct manifest *m, int node, struct manifest_channel *c)
{
	*c = (struct manifest_channel){ .node = node };
	snprintf(c->name, sizeof(c->name), "%s", fdt_get_name(m->tree, node, NULL));
	if (!manifest_text(m, node, "client", c->client, sizeof(c->client)) ||
	    !manifest_text(m, node, "server", c->server, sizeof(c->server)) ||
	    !manifest_read_kind(m, node, &c->kind) || !manifest_number(m, node, "bytes", &c->bytes))
		return false;
	if (c->bytes == 0 || c->bytes % L4_PAGE_SIZE || c->bytes > MAX_CHANNEL_BYTES)
		return manifest_wrong(m, node, "bytes", "isn't a number of pages up to 16 MiB");
	return true;
}

/* ---- walking --------------------------------------------------------------------- */

/* The subnode of /`parent` after `node`, a negative number if there is none. */
static int manifest_next(const struct manifest *m, const char *parent, int node)
{
	int folder;

	if (node > 0)
		return fdt_next_subnode(m->tree, node);
	folder = fdt_subnode_offset(m->tree, 0, parent);
	return folder < 0 ? folder : fdt_first_subnode(m->tree, folder);
}

enum manifest_step manifest_next_task(const struct manifest *m, int node,
				      struct manifest_task *found)
{
	node = manifest_next(m, "tasks", node);
	if (node < 0)
		return MANIFEST_END;
	return manifest_read_task(m, node, found) ? MANIFEST_FOUND : MANIFEST_SKIP;
}

enum manifest_step manifest_next_channel(const struct manifest *m, int node,
					 struct manifest_channel *found)
{
	node = manifest_next(m, "channels", node);
	if (node < 0)
		return MANIFEST_END;
	return manifest_read_channel(m, node, found) ? MANIFEST_FOUND : MANIFEST_SKIP;
}

/* ---- configurations -------------------------------------------------------------- */

static int manifest_copy_properties(const void *tree, int node, void *to)
{
	int property, length, error;
	const char *name;
	const void *value;

	fdt_for_each_property_offset(property, tree, node)
	{
		value = fdt_getprop_by_offset(tree, property, &name, &length);
		error = value ? fdt_property(to, name, value, length) : length;
		if (error)
			return error;
	}
	return 0;
}

/* Copies what is inside the node, whose beginning is written already. */
static int manifest_copy_node(const void *tree, int node, void *to, unsigned depth)
{
	int child, error = manifest_copy_properties(tree, node, to);

	if (depth == MAX_CONFIG_DEPTH)
		return -FDT_ERR_NOSPACE;
	if (error)
		return error;
	fdt_for_each_subnode(child, tree, node)
	{
		error = fdt_begin_node(to, fdt_get_name(tree, child, NULL));
		if (!error)
			error = manifest_copy_node(tree, child, to, depth + 1);
		if (error)
			return error;
	}
	return fdt_end_node(to);
}

int manifest_config(const struct manifest *m, int node, void *buffer, int bytes)
{
	int config = fdt_subnode_offset(m->tree, node, "config"), error;

	if (config < 0)
		return 0;
	error = fdt_create(buffer, bytes);
	if (!error)
		error = fdt_finish_reservemap(buffer);
	if (!error)
		error = fdt_begin_node(buffer, "");
	if (!error)
		error = manifest_copy_node(m->tree, config, buffer, 0);
	if (!error)
		error = fdt_finish(buffer);
	return error ? -1 : (int)fdt_totalsize(buffer);
}

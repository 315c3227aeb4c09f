/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Options of `l4vm emu` from a configuration.  A machine behaves here as it does on the
 * PC, but that disk-mode = shared changes the image's file.
 */
#include "emu_config.h"

#include "command.h"

static void text_from(const char **option, const char *setting)
{
	if (!*option)
		*option = setting;
}

static void disks_from(struct emu_options *o, const struct section *s)
{
	uint64_t mode = s->value[VM_DISK_MODE].number;

	if (o->disks)
		return;
	for (unsigned i = 0; i < MACHINE_DISKS; i++)
		if (s->value[VM_DISK + i].path)
			o->disk[o->disks++] = s->value[VM_DISK + i].path;
	o->snapshot = o->snapshot || mode == DISK_COPY_ON_WRITE;
	o->read_only = o->read_only || mode == DISK_MODE_READ_ONLY;
}

static void options_from(struct emu_options *o, const struct section *s)
{
	const struct value *v = s->value;

	o->config.board = s->board->name;
	text_from(&o->config.cpu, v[VM_CPU].text);
	text_from(&o->config.append, v[VM_CMDLINE].text);
	if (!o->kernel && !o->firmware) {
		o->kernel = v[VM_KERNEL].path;
		o->firmware = v[VM_FIRMWARE].path;
	}
	text_from(&o->initrd, v[VM_INITRD].path);
	text_from(&o->dtb, v[VM_DTB].path);
	if (!o->config.memory_bytes)
		o->config.memory_bytes = v[VM_MEMORY].number;
	if (!o->config.code_cache_bytes)
		o->config.code_cache_bytes = (uint32_t)v[VM_CODE_CACHE].number;
	disks_from(o, s);
}

bool emu_configure(struct emu_options *o, struct config *c)
{
	const struct section *s;

	if (!config_load(c, o->file, stderr))
		return false;
	s = config_find(c, o->config.board);
	if (!s || s->kind != SECTION_VM) {
		complain("%s has no [vm %s]", o->file, o->config.board);
		return false;
	}
	options_from(o, s);
	return true;
}

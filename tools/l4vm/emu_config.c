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

static void media_from(struct emu_options *o, const struct section *s)
{
	text_from(&o->cdrom, s->value[VM_CDROM].path);
	if (o->floppies)
		return;
	for (unsigned i = 0; i < MACHINE_FLOPPIES; i++)
		if (s->value[VM_FLOPPY + i].path)
			o->floppy[o->floppies++] = s->value[VM_FLOPPY + i].path;
}

/* Unless the command line says what to start; firmware that starts kernels is there anyway. */
static void start_from(struct emu_options *o, const struct section *s)
{
	bool nothing = !o->kernel && !o->firmware;

	if (nothing)
		o->kernel = s->value[VM_KERNEL].path;
	if (nothing || s->board->boot_rom)
		text_from(&o->firmware, s->value[VM_FIRMWARE].path);
	o->video_bios = s->value[VM_VIDEO_BIOS].path;
	o->boot_rom = s->value[VM_BOOT_ROM].path;
}

static void options_from(struct emu_options *o, const struct section *s)
{
	const struct value *v = s->value;

	o->config.board = s->board->name;
	text_from(&o->config.cpu, v[VM_CPU].text);
	text_from(&o->config.append, v[VM_CMDLINE].text);
	text_from(&o->config.boot, v[VM_BOOT].text);
	start_from(o, s);
	text_from(&o->initrd, v[VM_INITRD].path);
	text_from(&o->dtb, v[VM_DTB].path);
	if (!o->config.memory_bytes)
		o->config.memory_bytes = v[VM_MEMORY].number;
	if (!o->config.code_cache_bytes)
		o->config.code_cache_bytes = (uint32_t)v[VM_CODE_CACHE].number;
	disks_from(o, s);
	media_from(o, s);
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

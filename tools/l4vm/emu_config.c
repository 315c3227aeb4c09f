/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Options of `l4vm emu` from a configuration.  A machine behaves here as it does on the
 * PC, but that disk-mode = shared changes the image's file.
 */
#include "emu_config.h"

#include "command.h"
#include "port/linux/disk_file.h"

static void text_from(const char **option, const char *setting)
{
	if (!*option)
		*option = setting;
}

/* Media of a kind, unless the command line has some: what it names is changed, if it doesn't
 * say otherwise, whatever the configuration wants for its own. */
static void media_from(struct emu_medium *medium, unsigned *count, const struct section *s,
		       unsigned first, unsigned most)
{
	uint64_t mode = s->value[VM_DISK_MODE].number;
	unsigned options = mode == DISK_COPY_ON_WRITE  ? DISK_SNAPSHOT :
			   mode == DISK_MODE_READ_ONLY ? DISK_READ_ONLY :
							 0;

	if (*count)
		return;
	for (unsigned i = 0; i < most; i++)
		if (s->value[first + i].path)
			medium[(*count)++] =
				(struct emu_medium){ s->value[first + i].path, options };
}

/* Unless the command line says what to start; firmware that starts kernels is there anyway. */
static void start_from(struct emu_options *o, const struct section *s)
{
	bool nothing = !o->kernel && !o->firmware, both = s->board->boot_rom;

	if (nothing || both)
		text_from(&o->kernel, s->value[VM_KERNEL].path);
	if (nothing || both)
		text_from(&o->firmware, s->value[VM_FIRMWARE].path);
	o->video_bios = s->value[VM_VIDEO_BIOS].path;
	o->boot_rom = s->value[VM_BOOT_ROM].path;
}

static void options_from(struct emu_options *o, const struct section *s)
{
	const struct value *v = s->value;

	o->config.board = s->board->name;
	text_from(&o->config.cpu, v[VM_CPU].text);
	text_from(&o->config.boot, v[VM_BOOT].text);
	start_from(o, s);
	if (o->kernel) {
		text_from(&o->config.append, v[VM_CMDLINE].text);
		text_from(&o->initrd, v[VM_INITRD].path);
	}
	text_from(&o->dtb, v[VM_DTB].path);
	if (!o->config.memory_bytes)
		o->config.memory_bytes = v[VM_MEMORY].number;
	if (!o->config.code_cache_bytes)
		o->config.code_cache_bytes = (uint32_t)v[VM_CODE_CACHE].number;
	text_from(&o->cdrom, v[VM_CDROM].path);
	media_from(o->disk, &o->disks, s, VM_DISK, MACHINE_DISKS);
	media_from(o->floppy, &o->floppies, s, VM_FLOPPY, MACHINE_FLOPPIES);
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

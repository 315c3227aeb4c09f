/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whether machines accept the files they are given: each is made here, as its emulator
 * will make it on the PC, and thrown away without being run.
 */
#include "trial.h"

#include <emu/machine.h>
#include <stdlib.h>
#include <string.h>

#include "port/linux/port_linux.h"

static struct blob trial_blob(const struct section *s, enum setting_id id)
{
	char error[512];
	struct blob none = { NULL, 0 };

	return s->value[id].path ? file_read(s->value[id].path, error, sizeof error) : none;
}

/* The line to blame for a sentence of the emulator's. */
static unsigned trial_line(const struct section *s, const char *sentence)
{
	static const struct {
		const char *word;
		enum setting_id id;
	} words[] = { { "initrd", VM_INITRD },        { "initial RAM disk", VM_INITRD },
		      { "command line", VM_CMDLINE }, { "video BIOS", VM_VIDEO_BIOS },
		      { "device tree", VM_DTB },      { "flash", VM_FIRMWARE },
		      { "boot ROM", VM_BOOT_ROM },    { "firmware", VM_FIRMWARE },
		      { "kernel", VM_KERNEL } };

	for (unsigned i = 0; i < COUNT_OF(words); i++)
		if (strstr(sentence, words[i].word) && s->value[words[i].id].text)
			return s->value[words[i].id].line;
	return s->value[VM_KERNEL].text ? s->value[VM_KERNEL].line : s->line;
}

static void trial_of(struct config *c, const struct section *s)
{
	struct machine_config m = { .board = s->board->name,
				    .cpu = s->value[VM_CPU].text,
				    .memory_bytes = s->value[VM_MEMORY].number,
				    .append = s->value[VM_CMDLINE].text,
				    .boot = s->value[VM_BOOT].text,
				    .code_cache_bytes = (uint32_t)s->value[VM_CODE_CACHE].number,
				    .firmware = trial_blob(s, VM_FIRMWARE),
				    .video_bios = trial_blob(s, VM_VIDEO_BIOS),
				    .boot_rom = trial_blob(s, VM_BOOT_ROM),
				    .kernel = trial_blob(s, VM_KERNEL),
				    .initrd = trial_blob(s, VM_INITRD),
				    .dtb = trial_blob(s, VM_DTB) };
	char error[512];
	struct machine *machine = machine_create(&m, error, sizeof error);

	if (machine)
		machine_destroy(machine);
	else if (!strcmp(error, "not enough memory"))
		config_warn(c, s->line, "[vm %s] was not tried, as memory is short here", s->name);
	else
		config_error(c, trial_line(s, error),
			     "[vm %s] can't be made: %s; give it other files or more memory",
			     s->name, error);
}

bool config_try(struct config *c)
{
	struct section *s;

	for (unsigned i = 0; (s = config_nth(c, SECTION_VM, i)); i++)
		if (!s->wrong)
			trial_of(c, s);
	return !c->errors;
}

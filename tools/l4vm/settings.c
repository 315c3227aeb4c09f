/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of settings and what their types accept.
 */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)

const char *const section_names[SECTION_KINDS] = { "system", "vm", "task" };

static const char *const serial_modes[] = { "tagged", "machine", NULL };
static const char *const disk_modes[] = { "copy-on-write", "read-only", "shared", NULL };

const struct setting settings[SETTINGS] = {
	[SYSTEM_TITLE] = { SECTION_SYSTEM, TYPE_TEXT, "title", "L4VM", 0, 0, NULL,
			   "shown by the manager" },
	[SYSTEM_FOCUS] = { SECTION_SYSTEM, TYPE_TEXT, "focus", NULL, 0, 0, NULL,
			   "the machine or task on the display and serial line at start" },
	[SYSTEM_SERIAL] = { SECTION_SYSTEM, TYPE_CHOICE, "serial", "tagged", 0, 0, serial_modes,
			    "how the PC's serial line shows all: for people or for programs" },
	[SYSTEM_RESOLUTION] = { SECTION_SYSTEM, TYPE_RESOLUTION, "resolution", "1024x768", 0, 0,
				NULL, "of the PC's display, or text" },
	[SYSTEM_STATE] = { SECTION_SYSTEM, TYPE_SIZE, "state", "0", 0, 4 * GIB, NULL,
			   "room for each machine's saved state" },
	[SYSTEM_TESTS] = { SECTION_SYSTEM, TYPE_YES_NO, "tests", "no", 0, 0, NULL,
			   "permit orders that break a machine on purpose" },
	[SYSTEM_REPORT] = { SECTION_SYSTEM, TYPE_YES_NO, "report", "no", 0, 0, NULL,
			    "log how long it takes until a console is seen" },
	[VM_MACHINE] = { SECTION_VM, TYPE_TEXT, "machine", NULL, 0, 0, NULL,
			 "what is emulated, see l4vm machines" },
	[VM_CPU] = { SECTION_VM, TYPE_TEXT, "cpu", NULL, 0, 0, NULL,
		     "another CPU than the machine's usual one" },
	[VM_MEMORY] = { SECTION_VM, TYPE_SIZE, "memory", NULL, 1, 0, NULL, "RAM of the machine" },
	[VM_KERNEL] = { SECTION_VM, TYPE_FILE, "kernel", NULL, 0, 0, NULL, "kernel to start" },
	[VM_INITRD] = { SECTION_VM, TYPE_FILE, "initrd", NULL, 0, 0, NULL, "initial RAM disk" },
	[VM_DTB] = { SECTION_VM, TYPE_FILE, "dtb", NULL, 0, 0, NULL,
		     "device tree instead of the machine's own" },
	[VM_CMDLINE] = { SECTION_VM, TYPE_TEXT, "cmdline", NULL, 0, 0, NULL,
			 "the kernel's command line" },
	[VM_FIRMWARE] = { SECTION_VM, TYPE_FILE, "firmware", NULL, 0, 0, NULL,
			  "firmware, started instead of a kernel" },
	[VM_VIDEO_BIOS] = { SECTION_VM, TYPE_FILE, "video-bios", NULL, 0, 0, NULL,
			    "ROM of the video card" },
	[VM_BOOT_ROM] = { SECTION_VM, TYPE_FILE, "boot-rom", NULL, 0, 0, NULL,
			  "ROM by which firmware starts the kernel" },
	[VM_DISK] = { SECTION_VM, TYPE_DISK, "disk", NULL, 0, 0, NULL, "disk image, raw or qcow2" },
	[VM_DISK2] = { SECTION_VM, TYPE_DISK, "disk2", NULL, 0, 0, NULL, "a second one" },
	[VM_DISK3] = { SECTION_VM, TYPE_DISK, "disk3", NULL, 0, 0, NULL, "a third one" },
	[VM_DISK4] = { SECTION_VM, TYPE_DISK, "disk4", NULL, 0, 0, NULL, "a fourth one" },
	[VM_CDROM] = { SECTION_VM, TYPE_DISK, "cdrom", NULL, 0, 0, NULL, "CD image" },
	[VM_FLOPPY] = { SECTION_VM, TYPE_DISK, "floppy", NULL, 0, 0, NULL, "floppy image" },
	[VM_FLOPPY2] = { SECTION_VM, TYPE_DISK, "floppy2", NULL, 0, 0, NULL, "a second one" },
	[VM_BOOT] = { SECTION_VM, TYPE_BOOT, "boot", NULL, 0, 0, NULL,
		      "order of media: a floppy, c disk, d CD; m for a menu" },
	[VM_DISK_MODE] = { SECTION_VM, TYPE_CHOICE, "disk-mode", "copy-on-write", 0, 0, disk_modes,
			   "what becomes of what the machine writes" },
	[VM_DISK_CHANGES] = { SECTION_VM, TYPE_SIZE, "disk-changes", "64M", 0, 64 * GIB, NULL,
			      "memory set aside for what it writes to its disks" },
	[VM_STATE] = { SECTION_VM, TYPE_SIZE, "state", NULL, 0, 4 * GIB, NULL,
		       "room for the machine's saved state" },
	[VM_CONSOLE] = { SECTION_VM, TYPE_YES_NO, "console", "yes", 0, 0, NULL,
			 "a virtual console on the PC's display" },
	[VM_AUTOSTART] = { SECTION_VM, TYPE_YES_NO, "autostart", "yes", 0, 0, NULL,
			   "start with the PC" },
	[VM_RESTART] = { SECTION_VM, TYPE_RESTART, "restart", "never", 0, 1000, NULL,
			 "what happens when its emulator crashes" },
	[VM_PRIORITY] = { SECTION_VM, TYPE_NUMBER, "priority", "100", 1, 119, NULL,
			  "of the machine among the others" },
	[VM_PROCESSOR] = { SECTION_VM, TYPE_NUMBER, "processor", NULL, 0, 255, NULL,
			   "the PC's processor it runs on" },
	[VM_CODE_CACHE] = { SECTION_VM, TYPE_SIZE, "code-cache", "3584K", MIB, GIB, NULL,
			    "room for translated code" },
	[TASK_PROGRAM] = { SECTION_TASK, TYPE_FILE, "program", NULL, 0, 0, NULL,
			   "a program for L4VM (ELF)" },
	[TASK_CONFIG] = { SECTION_TASK, TYPE_WORDS, "config", NULL, 0, 0, NULL,
			  "settings of the program's own, NAME=VALUE ..." },
	[TASK_MEMORY] = { SECTION_TASK, TYPE_SIZE, "memory", "4M", 64 << 10, 64 * GIB, NULL,
			  "all the memory it may use" },
	[TASK_CONSOLE] = { SECTION_TASK, TYPE_YES_NO, "console", "no", 0, 0, NULL,
			   "a virtual console on the PC's display" },
	[TASK_SERIAL] = { SECTION_TASK, TYPE_YES_NO, "serial", "no", 0, 0, NULL,
			  "a line on the PC's serial line" },
	[TASK_AUTOSTART] = { SECTION_TASK, TYPE_YES_NO, "autostart", "yes", 0, 0, NULL,
			     "start with the PC" },
	[TASK_RESTART] = { SECTION_TASK, TYPE_RESTART, "restart", "never", 0, 1000, NULL,
			   "what happens when it crashes" },
	[TASK_PRIORITY] = { SECTION_TASK, TYPE_NUMBER, "priority", "100", 1, 250, NULL,
			    "from 1 to 250; machines have 100 unless told" },
	[TASK_PROCESSOR] = { SECTION_TASK, TYPE_NUMBER, "processor", NULL, 0, 255, NULL,
			     "the PC's processor it runs on" },
};

enum setting_id setting_find(enum section_kind section, const char *key)
{
	for (unsigned i = 0; i < SETTINGS; i++)
		if (settings[i].section == section && !strcmp(settings[i].key, key))
			return (enum setting_id)i;
	return SETTINGS;
}

const char *setting_nearest(enum section_kind section, const char *key)
{
	struct nearest nearest = { .word = key };

	for (unsigned i = 0; i < SETTINGS; i++)
		if (settings[i].section == section)
			nearest_offer(&nearest, settings[i].key);
	return nearest.best;
}

static bool range_holds(const struct setting *s, uint64_t number)
{
	return number >= s->min && (!s->max || number <= s->max);
}

static void expect_range(const struct setting *s, char *expected, size_t room)
{
	if (s->type == TYPE_NUMBER)
		snprintf(expected, room, "a number from %u to %u", (unsigned)s->min,
			 (unsigned)s->max);
	else if (s->max)
		snprintf(expected, room, "a size from %s to %s", size_text(s->min),
			 size_text(s->max));
	else
		snprintf(expected, room, "a size, for instance 64M");
}

static bool parse_choice(const struct setting *s, const char *text, uint64_t *number,
			 char *expected, size_t room)
{
	size_t length = 0;

	for (unsigned i = 0; s->choices[i]; i++) {
		if (!strcmp(text, s->choices[i])) {
			*number = i;
			return true;
		}
		length += (size_t)snprintf(expected + length, room - length, "%s%s",
					   i ? " or " : "", s->choices[i]);
	}
	return false;
}

static bool parse_yes_no(const char *text, uint64_t *number)
{
	*number = !strcmp(text, "yes");
	return *number || !strcmp(text, "no");
}

static bool parse_restart(const struct setting *s, const char *text, uint64_t *number)
{
	*number = 0;
	if (!strcmp(text, "never"))
		return true;
	return !strncmp(text, "on-crash:", 9) && number_parse(text + 9, number) && *number &&
	       *number <= s->max;
}

static bool parse_resolution(const char *text, uint64_t *number)
{
	char *copy, *cross;
	uint64_t width, height;
	bool good;

	*number = 0;
	if (!strcmp(text, "text"))
		return true;
	copy = text_copy(text);
	cross = strchr(copy, 'x');
	if (cross)
		*cross = 0;
	good = cross && number_parse(copy, &width) && number_parse(cross + 1, &height) &&
	       width >= 320 && width <= 8192 && height >= 200 && height <= 8192;
	if (good)
		*number = width << 16 | height;
	free(copy);
	return good;
}

/* Names of properties, the number or text behind the '='. */
static bool parse_words(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	while (*text) {
		size_t name = strspn(text, letters);

		if (!name || name > 31 || !strchr("= \t", text[name]))
			return false;
		text += name;
		text += strcspn(text, " \t");
		text += strspn(text, " \t");
	}
	return true;
}

bool setting_parse(const struct setting *s, const char *text, uint64_t *number, char *expected,
		   size_t room)
{
	*number = 0;
	switch (s->type) {
	case TYPE_NUMBER:
	case TYPE_SIZE:
		expect_range(s, expected, room);
		return (s->type == TYPE_SIZE ? size_parse : number_parse)(text, number) &&
		       range_holds(s, *number);
	case TYPE_YES_NO:
		snprintf(expected, room, "yes or no");
		return parse_yes_no(text, number);
	case TYPE_CHOICE:
		return parse_choice(s, text, number, expected, room);
	case TYPE_RESTART:
		snprintf(expected, room, "never or on-crash:N, N from 1 to %u", (unsigned)s->max);
		return parse_restart(s, text, number);
	case TYPE_RESOLUTION:
		snprintf(expected, room, "text, or width and height such as 1024x768");
		return parse_resolution(text, number);
	case TYPE_BOOT:
		snprintf(expected, room, "letters: a floppy, c disk, d CD, and m for a menu");
		return strspn(text, "acdm") == strlen(text);
	case TYPE_WORDS:
		snprintf(expected, room,
			 "NAME=VALUE or NAME, separated by blanks, names of a-z, "
			 "0-9 and '-'");
		return parse_words(text);
	default:
		return true;
	}
}

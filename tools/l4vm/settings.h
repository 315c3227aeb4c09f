/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every key of the configuration as data: reading it, `l4vm show`, suggestions for
 * mistyped keys and the test that the manuals are complete all use this one table.
 */
#ifndef L4VM_SETTINGS_H
#define L4VM_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum section_kind { SECTION_SYSTEM, SECTION_VM, SECTION_TASK, SECTION_KINDS };

enum setting_type {
	TYPE_TEXT,
	TYPE_NUMBER,     /* within min..max */
	TYPE_SIZE,       /* within min..max bytes */
	TYPE_YES_NO,     /* number 0 or 1 */
	TYPE_CHOICE,     /* number: which of `choices` */
	TYPE_FILE,       /* a file that is read */
	TYPE_DISK,       /* a disk image */
	TYPE_BOOT,       /* letters of media */
	TYPE_RESTART,    /* "never" 0, "on-crash:N" N */
	TYPE_RESOLUTION, /* width << 16 | height; "text" 0 */
	TYPE_WORDS,      /* NAME=VALUE and NAME, separated by blanks */
};

enum setting_id {
	SYSTEM_TITLE,
	SYSTEM_FOCUS,
	SYSTEM_SERIAL,
	SYSTEM_RESOLUTION,
	SYSTEM_STATE,
	SYSTEM_TESTS,
	SYSTEM_REPORT,
	VM_MACHINE,
	VM_CPU,
	VM_MEMORY,
	VM_KERNEL,
	VM_INITRD,
	VM_DTB,
	VM_CMDLINE,
	VM_FIRMWARE,
	VM_VIDEO_BIOS,
	VM_BOOT_ROM,
	VM_DISK, /* and so on to VM_FLOPPY2: the block server's units */
	VM_DISK2,
	VM_DISK3,
	VM_DISK4,
	VM_CDROM,
	VM_FLOPPY,
	VM_FLOPPY2,
	VM_BOOT,
	VM_DISK_MODE,
	VM_DISK_CHANGES,
	VM_STATE,
	VM_CONSOLE,
	VM_AUTOSTART,
	VM_RESTART,
	VM_PRIORITY,
	VM_PROCESSOR,
	VM_CODE_CACHE,
	TASK_PROGRAM,
	TASK_CONFIG,
	TASK_MEMORY,
	TASK_CONSOLE,
	TASK_SERIAL,
	TASK_AUTOSTART,
	TASK_RESTART,
	TASK_PRIORITY,
	TASK_PROCESSOR,
	SETTINGS
};

enum serial_mode { SERIAL_TAGGED, SERIAL_MACHINE };
enum disk_mode { DISK_COPY_ON_WRITE, DISK_MODE_READ_ONLY, DISK_SHARED };

struct setting {
	enum section_kind section;
	enum setting_type type;
	const char *key;
	const char *value;          /* the default, NULL: none */
	uint64_t min, max;          /* of numbers and sizes; max 0: no limit */
	const char *const *choices; /* ends with NULL */
	const char *help;
};

extern const struct setting settings[SETTINGS];
extern const char *const section_names[SECTION_KINDS];

/* SETTINGS if a section of that kind has no such key. */
enum setting_id setting_find(enum section_kind section, const char *key);

/* The key that was probably meant, NULL if none is similar. */
const char *setting_nearest(enum section_kind section, const char *key);

/* Understands a value: its number, if its type has one.  False and what would be right
 * (a phrase such as "a size, for instance 64M"). */
bool setting_parse(const struct setting *s, const char *text, uint64_t *number, char *expected,
		   size_t room);

#endif

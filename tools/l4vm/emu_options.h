/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The options of `l4vm emu`.
 */
#ifndef L4VM_EMU_OPTIONS_H
#define L4VM_EMU_OPTIONS_H

#include <emu/machine.h>

enum emu_display {
	EMU_DISPLAY_AUTOMATIC, /* a window, if a person sits at a desktop */
	EMU_DISPLAY_WINDOW,
	EMU_DISPLAY_FULL,
	EMU_DISPLAY_NONE,
};

struct emu_medium {
	const char *path;
	unsigned options; /* of disk_file_open, beside what holds for all */
};

struct emu_options {
	const char *file;             /* the configuration that has the machine, or NULL */
	const char *name;             /* of the machine, as it was given */
	struct machine_config config; /* without blobs and backends */
	const char *firmware, *kernel, *initrd, *dtb, *cdrom;
	const char *video_bios, *boot_rom; /* of a configuration only */
	struct emu_medium disk[MACHINE_DISKS];
	unsigned disks;
	struct emu_medium floppy[MACHINE_FLOPPIES];
	unsigned floppies;
	bool snapshot; /* writes to any disk are forgotten */
	bool read_only;
	const char *serial_file[MACHINE_SERIAL_LINES];
	const char *gdb, *save, *restore, *log_file, *screenshot;
	uint64_t stop_after; /* guest instructions; 0: no limit */
	bool no_reboot;      /* a reset ends the program */
	bool stats, hash;
	enum emu_display display;
};

/* Returns -1 to go on, or the exit status (help, or a mistake that was reported). */
int emu_parse(struct emu_options *options, int argc, char **argv);

/* Whether the machine, once its configuration is known, has a use for all of them; false
 * after a complaint. */
bool emu_check(const struct emu_options *options);

#endif

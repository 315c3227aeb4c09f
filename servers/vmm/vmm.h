/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vmm server: one machine of the emulator library as a task.  What its parts know of
 * each other.
 *
 * One thread does everything.  Between slices of the machine (a millisecond at most, or when the
 * CPU idles) vmm_poll looks at the signals that have come, without a system call, and each
 * part does its share.
 *
 *	main.c		start, the loop, orders
 *	config.c	the config tree to a machine_config
 *	line.c		serial line and keys typed for it
 *	disk.c		disks
 *	screen.c	display, keyboard, mouse; terminal.c, frame.c, keys.c
 *	saved.c		saving and restoring (saved.h)
 */
#ifndef VMM_H
#define VMM_H

#include <emu/machine.h>

/* config.c.  False and one sentence. */
bool config_read(struct machine_config *config, char *error, size_t room);

/* Of what L4 machines have by default; docs/emulator.md says what it adds up to. */
#define VMM_CODE_CACHE_BYTES (7u << 19)
#define VMM_TABLE_BYTES (1u << 20)
#define VMM_SIDE_BYTES (256u << 10)

/* line.c */
struct serial_line *line_open(void);
void line_poll(void);
/* Sends what the machine has transmitted so far; line_poll does that first. */
void line_flush(void);
/* Types for the machine, from the keyboard; what doesn't fit is lost. */
void line_type(const uint8_t *bytes, size_t count);
/* False: the line takes none. */
bool line_break(void);

/* disk.c.  Sets config->disk[]; waits for the block server. */
void disk_open(struct machine_config *config);
/* The unit for saved machines: its sectors, 0 if there is none; transfers of whole ones. */
uint64_t disk_state_sectors(void);
bool disk_state_read(uint64_t sector, uint64_t sectors, void *bytes);
bool disk_state_write(uint64_t sector, uint64_t sectors, void *bytes);

/* screen.c.  Sets config->screen and config->input. */
void screen_open(struct machine_config *config);
void screen_poll(uint64_t now_ns, uint64_t instructions);
/* The machine's serial output, for machines that show nothing else. */
void screen_show_serial(const uint8_t *bytes, size_t count);
/* The machine has been destroyed; a new one will have other chips. */
void screen_detach(void);
/* Keys that are pressed together and released, ended by 0; false: there is no keyboard, or
 * it hasn't these keys. */
bool screen_press(const uint8_t *usages);

/* main.c: a line in root's log; shows that the task is alive while something takes long. */
void vmm_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vmm_heartbeat(void);

#endif

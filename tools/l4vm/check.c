/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whether what a configuration asks for can be had: machines and their limits, files,
 * disks, names, how many there are.  Everything wrong is reported, but nothing twice: what
 * depends on a value that was bad is left out.
 */
#define _GNU_SOURCE
#include <emu/machine.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "firmware.h"
#include "plan.h"
#include "text.h"

#define FUNCTION_KEYS 11 /* F2 to F12, F1 being the manager's */
#define PROGRAMS_MAX 28  /* tasks of root but the servers */
#define CHANNELS_MAX 60  /* channels of root but the manager's and its own */
#define FILES_MAX 48     /* modules of a task, and 56 of the PC */
#define SECTOR 512u
#define CD_SECTOR 2048u

/* Offsets in the header of a qcow2 image, and how long it is, by version. */
#define QCOW2_VERSION 4
#define QCOW2_SIZE 24
#define QCOW2_BYTES_2 72
#define QCOW2_BYTES_3 104

/* Boot loaders give modules addresses of 32 bits. */
#define MODULES_BYTES (1ull << 32)

static struct value *value_set(struct section *s, enum setting_id id)
{
	struct value *v = &s->value[id];

	return v->text && !v->bad ? v : NULL;
}

static void value_default(struct value *v, const char *text, uint64_t number, const char *origin)
{
	v->text = text_copy(text);
	v->number = number;
	v->origin = origin;
}

static bool medium_is_cd(const struct setting *s)
{
	return s == &settings[VM_CDROM];
}

/* What a new medium is made with, for truncate. */
static const char *medium_size(const struct setting *s)
{
	return s >= &settings[VM_FLOPPY] ? "1440K" : "1G";
}

/* An error of a medium that truncate mends. */
static void medium_error(struct config *c, const struct setting *s, const struct value *v,
			 const char *what, const char *size)
{
	char *file = text_quoted(v->path);

	config_error(c, v->line, "%s '%s' %s with: truncate -s %s %s", s->key, v->path, what, size,
		     file);
	free(file);
}

static void file_missing(struct config *c, const struct setting *s, const struct value *v,
			 int error)
{
	if (error != ENOENT && error != ENOTDIR)
		config_error(c, v->line, "%s '%s' can't be read: %s; check its permissions", s->key,
			     v->path, strerror(error));
	else if (s->type == TYPE_DISK && !medium_is_cd(s))
		medium_error(c, s, v, "not found; create one", medium_size(s));
	else
		config_error(c, v->line,
			     "%s '%s' not found; paths are relative to the configuration's folder",
			     s->key, v->path);
}

/* Opens what is sure to be a file, as other things may block or never end. */
static int file_open(struct config *c, const struct setting *s, struct value *v)
{
	struct stat about;
	int file = -1;

	if (stat(v->path, &about)) {
		file_missing(c, s, v, errno);
	} else if (!S_ISREG(about.st_mode)) {
		config_error(c, v->line, "%s '%s' is not a file; name one", s->key, v->path);
	} else {
		v->bytes = (uint64_t)about.st_size;
		v->device = about.st_dev;
		v->inode = about.st_ino;
		file = open(v->path, O_RDONLY | O_CLOEXEC);
		if (file < 0)
			file_missing(c, s, v, errno);
	}
	v->bad = file < 0;
	return file;
}

static void file_empty(struct config *c, const struct setting *s, struct value *v)
{
	if (s->type == TYPE_DISK && !medium_is_cd(s))
		medium_error(c, s, v, "is empty; extend it", medium_size(s));
	else
		config_error(c, v->line, "%s '%s' is empty; name another", s->key, v->path);
	v->bad = true;
}

/* Part of a sector. */
static void disk_odd(struct config *c, const struct setting *s, struct value *v, unsigned sector)
{
	char *size = text_format("%%%u", sector);
	char *what = text_format("has %llu bytes, which is not a multiple of %u; extend it",
				 (unsigned long long)v->bytes, sector);

	if (v->qcow2)
		config_error(c, v->line,
			     "%s '%s' is qcow2 of %llu bytes, which is not a multiple of %u; "
			     "make it anew or name another",
			     s->key, v->path, (unsigned long long)v->bytes, sector);
	else
		medium_error(c, s, v, what, size);
	free(what);
	free(size);
	v->bad = true;
}

static uint64_t big_endian(const uint8_t *at, unsigned bytes)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < bytes; i++)
		number = number << 8 | at[i];
	return number;
}

/* Makes of the file's size the disk's.  False after an error. */
static bool qcow2_look(struct config *c, const struct setting *s, struct value *v,
		       const uint8_t head[QCOW2_BYTES_3])
{
	uint64_t version = big_endian(head + QCOW2_VERSION, 4);
	const char *wrong = NULL;

	if (v->bytes < QCOW2_BYTES_2 || (version == 3 && v->bytes < QCOW2_BYTES_3))
		wrong = "is cut off: it ends within its qcow2 header";
	else if (version != 2 && version != 3)
		wrong = "is qcow2, but neither of version 2 nor 3";
	if (wrong)
		config_error(c, v->line, "%s '%s' %s; make it anew or name another", s->key,
			     v->path, wrong);
	v->bad = wrong;
	v->qcow2 = true;
	v->bytes = big_endian(head + QCOW2_SIZE, 8);
	return !wrong;
}

static void disk_look(struct config *c, const struct setting *s, struct value *v, int file)
{
	unsigned sector = medium_is_cd(s) ? CD_SECTOR : SECTOR;
	uint8_t head[QCOW2_BYTES_3] = { 0 };

	if (pread(file, head, sizeof head, 0) >= 4 && !memcmp(head, "QFI\xfb", 4) &&
	    !qcow2_look(c, s, v, head))
		return;
	if (v->bytes % sector || !v->bytes)
		disk_odd(c, s, v, sector);
}

static void file_check(struct config *c, const struct setting *s, struct value *v)
{
	int file = file_open(c, s, v);

	if (file < 0)
		return;
	if (!v->bytes)
		file_empty(c, s, v);
	else if (s->type == TYPE_DISK)
		disk_look(c, s, v, file);
	if (v->bad)
		v->bytes = 0; /* it may be any number */
	close(file);
}

static void files_check(struct config *c, struct section *s, enum setting_type type)
{
	for (unsigned i = 0; i < SETTINGS; i++) {
		struct value *v = &s->value[i];

		if (settings[i].type == type && v->path && !v->bad)
			file_check(c, &settings[i], v);
	}
}

/* Files that the machine has of its own, unless told: those of the distribution. */
static void own_file(struct config *c, struct section *s, enum setting_id id, const char *name)
{
	struct value *v = &s->value[id];
	char path[512], error[512];

	if (v->text || !name)
		return;
	if (firmware_find(name, path, sizeof path, error, sizeof error)) {
		value_default(v, path, 0, s->board->name);
		v->path = text_copy(path);
	} else {
		config_error(c, s->value[VM_MACHINE].line, "%s", error);
		v->bad = true;
	}
}

static void own_files(struct config *c, struct section *s)
{
	own_file(c, s, VM_FIRMWARE, s->board->firmware);
	own_file(c, s, VM_VIDEO_BIOS, s->board->video_bios);
	if (s->value[VM_KERNEL].text)
		own_file(c, s, VM_BOOT_ROM, s->board->boot_rom);
}

static void machine_unknown(struct config *c, const struct value *v)
{
	struct nearest nearest = { .word = v->text };

	for (const struct machine_board *b = machine_boards(); b->name; b++)
		nearest_offer(&nearest, b->name);
	if (nearest.best)
		config_error(c, v->line, "there is no machine '%s'; did you mean '%s'?", v->text,
			     nearest.best);
	else
		config_error(c, v->line, "there is no machine '%s'; l4vm machines lists them",
			     v->text);
}

static void machine_find(struct config *c, struct section *s)
{
	const struct value *v = &s->value[VM_MACHINE];

	if (!v->text) {
		config_error(c, s->line,
			     "[vm %s] has no machine; add one that l4vm machines lists: "
			     "machine = NAME",
			     s->name);
		return;
	}
	if (!v->bad)
		s->board = machine_board_named(v->text);
	if (!s->board && !v->bad)
		machine_unknown(c, v);
}

static bool listed(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; length && (at = strstr(at, word)); at += length)
		if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
	return false;
}

static void cpu_check(struct config *c, struct section *s)
{
	struct value *v = &s->value[VM_CPU];

	if (!v->text)
		value_default(v, s->board->cpu, 0, s->board->name);
	else if (!v->bad && (strchr(v->text, ' ') || !listed(s->board->cpus, v->text)))
		config_error(c, v->line, "%s has no CPU '%s'; it can have: %s", s->board->name,
			     v->text, s->board->cpus);
}

static void memory_check(struct config *c, struct section *s)
{
	struct value *v = &s->value[VM_MEMORY];
	const struct machine_board *b = s->board;
	uint64_t bytes = v->number;

	if (!v->text) {
		value_default(v, size_text(b->memory_default), b->memory_default, b->name);
	} else if (!v->bad && (bytes < b->memory_min || bytes > b->memory_max)) {
		config_error(c, v->line, "memory: %s can't have %s; write a size from %s to %s",
			     b->name, v->text, size_text(b->memory_min), size_text(b->memory_max));
		v->bad = true;
	} else if (!v->bad && bytes % 4096) {
		config_error(c, v->line, "memory: %s is not whole pages; use a multiple of 4K",
			     v->text);
		v->bad = true;
	}
}

/* What only machines with firmware of their own have, or those without. */
static void board_takes(struct config *c, struct section *s)
{
	const struct machine_board *b = s->board;
	const struct {
		enum setting_id id;
		bool taken;
	} keys[] = { { VM_DTB, !b->firmware },
		     { VM_VIDEO_BIOS, b->video_bios },
		     { VM_BOOT_ROM, b->boot_rom },
		     { VM_BOOT, b->boot } };

	for (unsigned i = 0; i < COUNT_OF(keys); i++) {
		struct value *v = &s->value[keys[i].id];

		if (!v->text || keys[i].taken)
			continue;
		config_error(c, v->line, "%s takes no %s; remove it", b->name,
			     settings[keys[i].id].key);
		v->bad = true;
	}
}

static void boot_default(struct section *s)
{
	struct value *v = &s->value[VM_BOOT];

	if (!v->text && s->board->boot)
		value_default(v, s->board->boot, 0, s->board->name);
}

static void boot_check(struct config *c, struct section *s)
{
	static const enum setting_id of_kernel[] = { VM_INITRD, VM_DTB, VM_CMDLINE };
	const struct value *kernel = &s->value[VM_KERNEL], *firmware = &s->value[VM_FIRMWARE];

	if (!kernel->text && !firmware->text && !firmware->bad)
		config_error(c, s->line,
			     "[vm %s] has nothing to start; add kernel = FILE or firmware = FILE",
			     s->name);
	if (kernel->text && firmware->text && s->board && !s->board->firmware_and_kernel)
		config_error(c, firmware->line,
			     "%s takes either a kernel or firmware; remove one of the two",
			     s->board->name);
	if (s->board)
		board_takes(c, s);
	for (unsigned i = 0; !kernel->text && firmware->text && i < COUNT_OF(of_kernel); i++)
		if (value_set(s, of_kernel[i]))
			config_error(c, s->value[of_kernel[i]].line,
				     "%s goes with a kernel, but there is none; add kernel = FILE "
				     "or remove this line",
				     settings[of_kernel[i]].key);
}

static bool same_file(const struct value *a, const struct value *b)
{
	return a->bytes && b->bytes && a->device == b->device && a->inode == b->inode;
}

/* Whether the machine has a drive for a medium, and this one goes into it. */
static void medium_check(struct config *c, const struct section *s, unsigned id)
{
	const struct machine_board *b = s->board;
	const struct value *v = &s->value[id];

	if (id <= VM_DISK4 && id - VM_DISK >= b->disks)
		config_error(c, v->line, "%s has only %u disks; remove this one", b->name,
			     b->disks);
	else if (id == VM_CDROM && !b->cdrom)
		config_error(c, v->line, "%s has no CD drive; remove this line", b->name);
	else if (id >= VM_FLOPPY && id - VM_FLOPPY >= b->floppies)
		config_error(c, v->line, "%s has no drive for %s; remove this line", b->name,
			     settings[id].key);
	else if (id >= VM_FLOPPY && v->bytes > MACHINE_FLOPPY_BYTES)
		config_error(c, v->line,
			     "%s '%s' has %llu bytes, but floppies at most %u; use disk or cdrom",
			     settings[id].key, v->path, (unsigned long long)v->bytes,
			     MACHINE_FLOPPY_BYTES);
}

static void disks_check(struct config *c, struct section *s)
{
	for (unsigned i = VM_DISK; i <= VM_FLOPPY2; i++) {
		const struct value *v = &s->value[i];

		if (!v->text)
			continue;
		if (s->board)
			medium_check(c, s, i);
		for (unsigned j = VM_DISK; j < i; j++)
			if (same_file(v, &s->value[j]))
				config_error(c, v->line,
					     "%s is the same file as %s; copy it or remove one",
					     settings[i].key, settings[j].key);
	}
}

static void state_default(struct config *c, struct section *s)
{
	struct value *v = &s->value[VM_STATE];
	const struct value *all = &c->section[0].value[SYSTEM_STATE];

	if (!v->text && all->text) {
		value_default(v, all->text, all->number, all->line ? "[system]" : NULL);
		v->bad = all->bad;
	}
}

static void vm_check(struct config *c, struct section *s)
{
	if (s->board) {
		cpu_check(c, s);
		memory_check(c, s);
		boot_default(s);
	}
	boot_check(c, s);
	state_default(c, s);
}

static void task_check(struct config *c, struct section *s)
{
	struct value *memory = value_set(s, TASK_MEMORY), *program = &s->value[TASK_PROGRAM];

	if (!program->text)
		config_error(c, s->line, "[task %s] has no program; add program = FILE", s->name);
	if (memory && memory->number % 4096)
		config_error(c, memory->line, "memory: %s is not whole pages; use a multiple of 4K",
			     memory->text);
}

static void focus_check(struct config *c)
{
	struct value *v = value_set(&c->section[0], SYSTEM_FOCUS);
	const struct section *s = v ? config_find(c, v->text) : NULL;
	struct nearest nearest = { .word = v ? v->text : "" };

	if (!v || !strcmp(v->text, "manager") || !strcmp(v->text, "log"))
		return;
	for (unsigned i = 1; i < c->sections; i++)
		nearest_offer(&nearest, c->section[i].name);
	if (s && !section_has_console(s))
		config_error(c, v->line, "focus: '%s' has no console; add console = yes to it",
			     v->text);
	else if (!s && nearest.best)
		config_error(c, v->line, "focus: there is no '%s'; did you mean '%s'?", v->text,
			     nearest.best);
	else if (!s)
		config_error(c, v->line,
			     "focus: there is no '%s'; write the name of a machine or task, "
			     "manager or log",
			     v->text);
}

/* `count` things up to this section, of which there can be `most`. */
static void limit_check(struct config *c, const struct section *s, unsigned count, unsigned more,
			const char *what, unsigned most)
{
	if (count <= most && count + more > most)
		config_error(c, s->line, "'%s' is too much: at most %u %s; remove some", s->name,
			     most, what);
}

static void limits_check(struct config *c)
{
	unsigned channels = 0, files = 0;

	for (unsigned i = 1; i < c->sections; i++) {
		struct section *s = &c->section[i];
		unsigned more =
			section_has_console(s) + section_has_serial(s) + (s->kind == SECTION_VM);

		limit_check(c, s, i - 1, 1, "machines and tasks", PROGRAMS_MAX);
		s->wrong = s->wrong || i > PROGRAMS_MAX;
		limit_check(c, s, channels, more,
			    "connections of consoles, serial lines and disks (3 a machine)",
			    CHANNELS_MAX);
		channels += more;
		more = plan_files(c, i + 1) - files;
		limit_check(c, s, files, more, "different files", FILES_MAX);
		files += more;
	}
}

static void count_check(struct config *c)
{
	unsigned consoles = 0;

	if (!config_nth(c, SECTION_VM, 0) && !config_nth(c, SECTION_TASK, 0) && !c->errors)
		config_error(c, 0, "there is nothing to run; add a section [vm NAME]");
	for (unsigned i = 1; i < c->sections; i++) {
		const struct section *s = &c->section[i];

		consoles += section_has_console(s);
		if (section_has_console(s) && consoles == FUNCTION_KEYS + 1)
			config_warn(c, s->line,
				    "'%s' and what follows have no key; Ctrl+Alt+F2 to F12 are "
				    "used up, so reach them through the manager",
				    s->name);
	}
}

static bool sharing_is_good(const struct section *a, unsigned medium_a, const struct section *b,
			    unsigned medium_b)
{
	unsigned modes =
		1u << section_disk_mode(a, medium_a) | 1u << section_disk_mode(b, medium_b);

	return !(modes & 1u << DISK_SHARED) ||
	       modes == (1u << DISK_SHARED | 1u << DISK_MODE_READ_ONLY);
}

/* One image in two machines. */
static void sharing_check_pair(struct config *c, const struct section *earlier,
			       const struct section *s, unsigned disk)
{
	const struct value *v = &s->value[disk];

	for (unsigned i = VM_DISK; i <= VM_FLOPPY2; i++)
		if (same_file(v, &earlier->value[i]) && !sharing_is_good(s, disk, earlier, i))
			config_error(c, v->line,
				     "%s is '%s', which [vm %s] has too, and one writes it for "
				     "both; use disk-mode = copy-on-write, or read-only in all "
				     "but one",
				     settings[disk].key, v->path, earlier->name);
}

static void sharing_check(struct config *c)
{
	struct section *s, *earlier;

	for (unsigned i = 1; (s = config_nth(c, SECTION_VM, i)); i++)
		for (unsigned j = 0; j < i && (earlier = config_nth(c, SECTION_VM, j)); j++)
			for (unsigned disk = VM_DISK; disk <= VM_FLOPPY2; disk++)
				if (s->value[disk].bytes)
					sharing_check_pair(c, earlier, s, disk);
}

static void section_check(struct config *c, struct section *s)
{
	unsigned errors = c->errors;

	if (s->kind == SECTION_VM)
		machine_find(c, s);
	if (s->board)
		own_files(c, s);
	files_check(c, s, TYPE_FILE);
	if (s->kind == SECTION_VM)
		vm_check(c, s);
	else
		task_check(c, s);
	s->wrong = s->wrong || c->errors != errors;
	files_check(c, s, TYPE_DISK);
	disks_check(c, s);
}

void config_check(struct config *c)
{
	if (!c->sections)
		return;
	for (unsigned i = 1; i < c->sections; i++)
		section_check(c, &c->section[i]);
	focus_check(c);
	count_check(c);
	limits_check(c);
	sharing_check(c);
}

static void modules_check_of(struct config *c, struct section *s)
{
	for (unsigned i = 0; i < SETTINGS; i++) {
		const struct value *v = &s->value[i];

		if (!v->path || v->bad || v->bytes < MODULES_BYTES)
			continue;
		s->wrong = s->wrong || settings[i].type == TYPE_FILE;
		config_error(c, v->line ? v->line : s->line,
			     "%s '%s' has %llu MiB; a file for a PC with L4VM must have less than "
			     "%llu MiB, so name another",
			     settings[i].key, v->path, (unsigned long long)(v->bytes >> 20),
			     MODULES_BYTES >> 20);
	}
}

void config_check_modules(struct config *c)
{
	unsigned errors = c->errors;
	uint64_t bytes;

	for (unsigned i = 1; i < c->sections; i++)
		modules_check_of(c, &c->section[i]);
	if (c->errors != errors)
		return;
	bytes = plan_files_bytes(c);
	if (bytes >= MODULES_BYTES)
		config_error(
			c, 0,
			"all files have %llu MiB together; on a PC with L4VM that must be less "
			"than %llu MiB, so remove some",
			(unsigned long long)(bytes >> 20), MODULES_BYTES >> 20);
}

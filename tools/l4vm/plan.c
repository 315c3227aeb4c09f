/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Makes the plan: the list of modules without duplicates, and sums of memory.  The
 * figures of what the system itself takes are in two tables here.
 */
#define _GNU_SOURCE
#include "plan.h"

#include <proto/block.h>
#include <proto/console.h>
#include <proto/serial.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <emu/machine.h>

#include "command.h"
#include "text.h"

#define KIB 1024ull
#define MIB (1024 * KIB)

/* Beside the memory of a machine: the emulator, its tables and its usual code cache. */
#define VMM_BYTES (8 * MIB)
#define VMM_CODE_CACHE (3584 * KIB)

/* L4VM's programs as they are loaded, sigma0, root, the kernel's image, what firmware
 * keeps; the kernel's pool is a sixteenth of all memory. */
#define PC_BYTES (16 * MIB)
#define PC_POOL_SHARE 15   /* of what else is used */
#define PC_STEP (16 * MIB) /* the sum is rounded up to that */

const struct server_kind server_kinds[SERVERS] = {
	[SERVER_CONSOLE] = { "console", 180, 1 * MIB },
	[SERVER_SERIAL] = { "serial", 180, 1 * MIB },
	/* And the changes of disks and states, see plan_server_bytes. */
	[SERVER_BLOCK] = { "block", 150, 1 * MIB },
	[SERVER_MANAGER] = { "manager", 120, 1 * MIB },
};

static uint64_t round_up(uint64_t bytes, uint64_t step)
{
	return (bytes + step - 1) / step * step;
}

bool section_has_console(const struct section *s)
{
	return s->value[s->kind == SECTION_VM ? VM_CONSOLE : TASK_CONSOLE].number;
}

bool section_has_serial(const struct section *s)
{
	return s->kind == SECTION_VM || s->value[TASK_SERIAL].number;
}

enum disk_mode section_disk_mode(const struct section *s, unsigned medium)
{
	return medium == VM_CDROM ? DISK_MODE_READ_ONLY :
				    (enum disk_mode)s->value[VM_DISK_MODE].number;
}

/* What the block server may keep for a machine: changes, at most all its disks, with a
 * hundredth for finding them; its saved state. */
static uint64_t block_bytes_of(const struct section *s)
{
	uint64_t changes = 0;

	for (unsigned i = VM_DISK; i <= VM_FLOPPY2; i++)
		if (section_disk_mode(s, i) != DISK_MODE_READ_ONLY)
			changes += s->value[i].bytes;
	if (changes > s->value[VM_DISK_CHANGES].number)
		changes = s->value[VM_DISK_CHANGES].number;
	return round_up(changes + changes / 100, 4 * KIB) +
	       round_up(s->value[VM_STATE].number, 4 * KIB);
}

static uint64_t server_bytes(const struct config *c, enum server server)
{
	uint64_t bytes = server_kinds[server].memory_bytes;
	struct section *s;

	if (server == SERVER_BLOCK)
		for (unsigned i = 0; (s = config_nth(c, SECTION_VM, i)); i++)
			bytes += block_bytes_of(s);
	return bytes;
}

uint64_t plan_server_bytes(const struct plan *p, enum server server)
{
	return server_bytes(p->config, server);
}

uint64_t plan_task_bytes(const struct section *s)
{
	uint64_t cache = round_up(s->value[VM_CODE_CACHE].number, 4 * KIB);

	if (s->kind == SECTION_TASK)
		return s->value[TASK_MEMORY].number;
	return s->value[VM_MEMORY].number + s->board->memory_video + VMM_BYTES +
	       (cache > VMM_CODE_CACHE ? cache - VMM_CODE_CACHE : 0);
}

static uint64_t channel_bytes_of(const struct section *s)
{
	return (section_has_console(s) ? CONSOLE_CHANNEL_BYTES : 0) +
	       (section_has_serial(s) ? SERIAL_CHANNEL_BYTES : 0) +
	       (s->kind == SECTION_VM ? BLOCK_CHANNEL_BYTES : 0);
}

/* Of tasks and channels. */
static uint64_t run_bytes(const struct config *c)
{
	/* Those of the manager and of root. */
	uint64_t bytes = 2 * (CONSOLE_CHANNEL_BYTES + SERIAL_CHANNEL_BYTES);

	for (unsigned i = 0; i < SERVERS; i++)
		bytes += server_bytes(c, (enum server)i);
	for (unsigned i = 1; i < c->sections; i++)
		bytes += plan_task_bytes(&c->section[i]) + channel_bytes_of(&c->section[i]);
	return bytes;
}

static uint64_t pc_bytes(uint64_t used)
{
	return round_up(PC_BYTES + used + used / PC_POOL_SHARE, PC_STEP);
}

static bool module_name_taken(const struct plan *p, const char *name)
{
	for (unsigned i = 0; i < p->modules; i++)
		if (!strcmp(p->module[i].name, name))
			return true;
	return false;
}

/* From the file's name what a command line and GRUB's menu can hold, made unique. */
static void module_name(const struct plan *p, const char *source, char *name)
{
	char base[MODULE_NAME_MAX + 1];

	snprintf(base, sizeof base, "%s", path_base(source));
	for (char *c = base; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+",
			    *c))
			*c = '_';
	snprintf(name, MODULE_NAME_MAX + 1, "%s", base);
	for (unsigned n = 2; module_name_taken(p, name); n++)
		snprintf(name, MODULE_NAME_MAX + 1, "%.26s-%u", base, n);
}

static void module_add(struct plan *p, const char *source, uint64_t bytes, bool convert)
{
	struct module *m = realloc(p->module, (p->modules + 1) * sizeof *m);

	if (!m) {
		complain("not enough memory");
		exit(1);
	}
	p->module = m;
	m += p->modules;
	module_name(p, source, m->name);
	m->source = text_copy(source);
	m->bytes = bytes;
	m->convert = convert;
	p->modules++;
}

static struct module *module_of(const struct plan *p, const char *source)
{
	char *real = realpath(source, NULL);
	struct module *found = NULL;

	for (unsigned i = 0; i < p->modules && !found; i++)
		if (!strcmp(p->module[i].source, real ? real : source))
			found = &p->module[i];
	free(real);
	return found;
}

const char *plan_module(const struct plan *p, const struct value *v)
{
	const struct module *m = v->path ? module_of(p, v->path) : NULL;

	return m ? m->name : NULL;
}

static bool program_add(struct plan *p, const char *system, const char *name)
{
	char *path = text_format("%s/bin/%s", system, name);
	char *real = realpath(path, NULL);
	struct stat about;
	bool good = real && !stat(real, &about) && S_ISREG(about.st_mode);

	if (good)
		module_add(p, real, (uint64_t)about.st_size, false);
	else
		complain("the program '%s' is missing; build it with make, or use --system DIR",
			 path);
	free(real);
	free(path);
	return good;
}

static bool programs_add(struct plan *p, const char *system)
{
	bool good = program_add(p, system, "sigma0");

	good = program_add(p, system, "root") && good;
	module_add(p, "manifest", 0, false);
	for (unsigned i = 0; i < SERVERS; i++)
		good = program_add(p, system, server_kinds[i].name) && good;
	if (config_nth(p->config, SECTION_VM, 0))
		good = program_add(p, system, "vmm") && good;
	return good;
}

static void files_add(struct plan *p, const struct section *s)
{
	for (unsigned i = 0; i < SETTINGS; i++) {
		const struct value *v = &s->value[i];
		char *real = v->path ? realpath(v->path, NULL) : NULL;

		if (real && !module_of(p, real))
			module_add(p, real, v->bytes, v->qcow2);
		free(real);
	}
}

static uint64_t module_bytes(const struct plan *p)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < p->modules; i++)
		bytes += round_up(p->module[i].bytes, 4 * KIB);
	return bytes;
}

bool plan_make(struct plan *p, const struct config *c, const char *system)
{
	*p = (struct plan){ .config = c, .kernel = text_format("%s/l4vm", system) };
	if (!programs_add(p, system))
		return false;
	for (unsigned i = 1; i < c->sections; i++)
		files_add(p, &c->section[i]);
	return true;
}

static bool path_leads_to(const char *path, const struct stat *file)
{
	struct stat about;

	return !stat(path, &about) && about.st_dev == file->st_dev && about.st_ino == file->st_ino;
}

bool plan_uses(const struct plan *p, const char *path)
{
	struct stat file;
	bool used;

	if (stat(path, &file))
		return false;
	used = path_leads_to(p->config->path, &file) || path_leads_to(p->kernel, &file);
	for (unsigned i = 0; i < p->modules && !used; i++)
		used = i != PLAN_MANIFEST && path_leads_to(p->module[i].source, &file);
	return used;
}

uint64_t plan_files_bytes(const struct config *c)
{
	struct plan files = { .config = c };
	uint64_t bytes;

	for (unsigned i = 1; i < c->sections; i++)
		files_add(&files, &c->section[i]);
	bytes = module_bytes(&files);
	plan_free(&files);
	return bytes;
}

uint64_t plan_pc_bytes(const struct config *c)
{
	return pc_bytes(plan_files_bytes(c) + run_bytes(c));
}

unsigned plan_files(const struct config *c, unsigned sections)
{
	struct plan files = { .config = c };
	unsigned count;

	for (unsigned i = 1; i < sections; i++)
		files_add(&files, &c->section[i]);
	count = files.modules;
	plan_free(&files);
	return count;
}

void plan_free(struct plan *p)
{
	for (unsigned i = 0; i < p->modules; i++)
		free(p->module[i].source);
	free(p->module);
	free(p->kernel);
	*p = (struct plan){ 0 };
}

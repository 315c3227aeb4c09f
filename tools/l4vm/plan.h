/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a configuration becomes on the PC: the boot modules, each file once and under a
 * name of its own; the servers that go with it; how much memory all that takes.
 */
#ifndef L4VM_PLAN_H
#define L4VM_PLAN_H

#include "config.h"

#define MODULE_NAME_MAX 31

struct module {
	char name[MODULE_NAME_MAX + 1]; /* unique */
	char *source;                   /* the file */
	uint64_t bytes;
	bool convert; /* it is qcow2 and becomes a raw image */
};

/* Servers in the order they are created in. */
enum server { SERVER_CONSOLE, SERVER_SERIAL, SERVER_BLOCK, SERVER_MANAGER, SERVERS };
struct server_kind {
	const char *name; /* and its program */
	unsigned priority;
	uint64_t memory_bytes;
};
extern const struct server_kind server_kinds[SERVERS];

struct plan {
	const struct config *config;
	char *kernel;          /* the file */
	struct module *module; /* in the order they are loaded: sigma0, root, manifest first */
	unsigned modules;
};

#define PLAN_MANIFEST 2 /* the module's index */

/* `system` is the folder with the programs for L4 (system_find).  False if one is
 * missing, which is reported. */
bool plan_make(struct plan *p, const struct config *c, const char *system);
void plan_free(struct plan *p);

/* The name of a file's module, NULL if it isn't one. */
const char *plan_module(const struct plan *p, const struct value *v);

/* Whether a path leads to a file that the plan needs, by whatever name. */
bool plan_uses(const struct plan *p, const char *path);

uint64_t plan_server_bytes(const struct plan *p, enum server server);
uint64_t plan_task_bytes(const struct section *s);

bool section_has_console(const struct section *s);
bool section_has_serial(const struct section *s);
/* What becomes of writes to a medium, VM_DISK to VM_FLOPPY2. */
enum disk_mode section_disk_mode(const struct section *s, unsigned medium);

/* How many different files the first sections name. */
unsigned plan_files(const struct config *c, unsigned sections);

/* The sizes of all files, each once. */
uint64_t plan_files_bytes(const struct config *c);

/* How much memory the PC needs for it. */
uint64_t plan_pc_bytes(const struct config *c);

/* The folder with the programs for L4: `given` (--system), or the variable L4VM_SYSTEM, or
 * where this program was built or installed.  Allocated; NULL after a complaint. */
char *system_find(const char *given);

/* The manifest (docs/manifest.md) as a flat device tree; allocated. */
void *manifest_make(const struct plan *p, size_t *bytes);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A configuration: the sections of an INI file, every value understood and with defaults
 * filled in.  What is wrong is reported by line, one line each:
 * `FILE:LINE: what is wrong; what to do`.
 *
 *	struct config config;
 *	bool good = config_load(&config, path, stderr);	// reads and checks
 *	...
 *	config_free(&config);				// in any case
 */
#ifndef L4VM_CONFIG_H
#define L4VM_CONFIG_H

#include <stdio.h>

#include "settings.h"

struct machine_board;

#define SECTION_NAME_MAX 31  /* characters */
#define CONFIG_NOTES_MAX 20u /* that are printed */

struct value {
	char *text;      /* NULL: not set, and there is no default */
	char *path;      /* of files: from the current folder */
	uint64_t number; /* where the type has one */
	uint64_t bytes;  /* of files: their size, of disks as the machine sees them */
	uint64_t device, inode;
	const char *origin; /* of a default that isn't the table's: where it is from */
	unsigned line;      /* 0: the default */
	bool bad;           /* reported; not to be looked at further */
	bool qcow2;
};

struct section {
	enum section_kind kind;
	char name[SECTION_NAME_MAX + 1];   /* empty for [system] */
	unsigned line;                     /* 0: not in the file */
	const struct machine_board *board; /* NULL if the machine isn't known */
	bool wrong;                        /* beside its media: the machine can't be tried */
	struct value value[SETTINGS];
};

/* Something to report. */
struct note {
	unsigned line, order;
	char *text;
};

struct config {
	const char *path;
	FILE *report;
	struct section *section; /* the first is [system] */
	unsigned sections;
	struct note *note; /* not reported yet */
	unsigned notes;
	unsigned errors, warnings;
};

/* False if anything was wrong, which is then reported. */
bool config_load(struct config *c, const char *path, FILE *report);

/* The parts of that: what the lines say, and whether it can be had. */
bool config_read(struct config *c, const char *path, FILE *report);
void config_read_stream(struct config *c, const char *path, FILE *file, FILE *report);
void config_check(struct config *c);

/* After that: whether its files can be boot modules. */
void config_check_modules(struct config *c);

void config_free(struct config *c);

/* Prints what was noted since the last time, by line, but not endlessly. */
void config_report(struct config *c);

/* Notes something; line 0: of the file as a whole. */
void config_error(struct config *c, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void config_warn(struct config *c, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The [vm NAME] or [task NAME], NULL if there is none. */
struct section *config_find(const struct config *c, const char *name);

/* The n-th of a kind, from 0; NULL behind the last:
 *	for (i = 0; (s = config_nth(c, SECTION_VM, i)); i++) */
struct section *config_nth(const struct config *c, enum section_kind kind, unsigned n);

#endif

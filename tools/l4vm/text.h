/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Small things about text that several commands need: sizes, names, paths, and the
 * nearest of some names to a mistyped one.
 */
#ifndef L4VM_TEXT_H
#define L4VM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "64M", "1G", "512K", "4096", "64MiB"; false if it isn't a size. */
bool size_parse(const char *text, uint64_t *bytes);

/* The shortest such text for a size, in one of a few static buffers. */
const char *size_text(uint64_t bytes);

/* A whole decimal number, false if it isn't one. */
bool number_parse(const char *text, uint64_t *number);

/* Letters changed, added or left out to make one word of the other. */
unsigned edit_distance(const char *a, const char *b);

/* For choosing the nearest of many: start with { word }, offer each, then look at `best`,
 * NULL if none is near enough to be meant. */
struct nearest {
	const char *word, *best;
	unsigned distance;
};
void nearest_offer(struct nearest *n, const char *candidate);

/* Allocated.  Dies if there is no memory. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *text_copy(const char *text);

/* `path` as seen from the folder of `file`; allocated. */
char *path_beside(const char *file, const char *path);

/* `path` as a word of a shell's command; allocated. */
char *text_quoted(const char *path);

/* What follows the last slash. */
const char *path_base(const char *path);

#endif

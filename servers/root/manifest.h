/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the manifest (docs/manifest.md), a flat device tree that nobody vouches for.
 * What is wrong is printed with the names of the task (or channel) and the property;
 * what makes sense all the same is returned.  Makes no system calls.
 */
#ifndef ROOT_MANIFEST_H
#define ROOT_MANIFEST_H

#include <l4/task.h>
#include <l4/types.h>

#define MANIFEST_NO_PROCESSOR (~0u)

struct manifest {
	const void *tree;
	const char *title; /* at most 63 characters count */
	bool tests;
};

struct manifest_task {
	int node; /* in the tree, for the functions below */
	char name[TASK_NAME_BYTES];
	char program[TASK_NAME_BYTES];
	char kind[16];
	bool machine, supervisor, confined, off, framebuffer;
	unsigned priority;  /* 1..250 */
	unsigned processor; /* or MANIFEST_NO_PROCESSOR */
	unsigned restart;
	l4_word_t memory, ram;
};

struct manifest_channel {
	int node;
	char name[TASK_NAME_BYTES];
	char client[TASK_NAME_BYTES], server[TASK_NAME_BYTES];
	enum task_channel_kind kind;
	l4_word_t bytes;
};

struct manifest_range {
	l4_word_t first, last;
};

/* False if it isn't a sound tree with the right `compatible`. */
bool manifest_open(struct manifest *manifest, const void *blob, size_t bytes);

/* The task or channel after `node` (0: the first) into *found: MANIFEST_SKIP and its
 * node if it doesn't hold together. */
enum manifest_step { MANIFEST_FOUND, MANIFEST_SKIP, MANIFEST_END };
enum manifest_step manifest_next_task(const struct manifest *manifest, int node,
				      struct manifest_task *found);
enum manifest_step manifest_next_channel(const struct manifest *manifest, int node,
					 struct manifest_channel *found);

/* The i-th of what a task's node lists; false: there aren't so many. */
bool manifest_module(const struct manifest *manifest, int node, unsigned i, const char **name);
bool manifest_ports(const struct manifest *manifest, int node, unsigned i,
		    struct manifest_range *ports);
bool manifest_interrupt(const struct manifest *manifest, int node, unsigned i, unsigned *number);
bool manifest_device(const struct manifest *manifest, int node, unsigned i,
		     struct manifest_range *device);

/* Copies a task's config as a tree of its own to `buffer`.  Returns its bytes, 0 if the
 * task has none, -1 if the buffer is too small (or the tree too deep). */
int manifest_config(const struct manifest *manifest, int node, void *buffer, int bytes);

#endif

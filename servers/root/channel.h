/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Channels (<l4/task.h>): memory that two tasks share, for as long as the system runs.
 * Small ones have all their memory set aside, larger ones take it as it is touched.
 * Either end may be root's own, called CHANNEL_ROOT.
 */
#ifndef ROOT_CHANNEL_H
#define ROOT_CHANNEL_H

#include "manifest.h"
#include "pages.h"

#define CHANNEL_MAX 64
#define CHANNEL_ROOT (~0u)

/* As much of root's own channels is one block in root: rings and text cells. */
#define CHANNEL_ROOT_BYTES 0x10000ull

struct channel {
	enum task_channel_kind kind;
	l4_word_t bytes;
	struct {
		unsigned task;   /* its index, or CHANNEL_ROOT */
		unsigned number; /* that the channel has for it */
	} client, server;
	struct pages pages; /* addresses count from the channel's beginning */
	void *memory;       /* root's own: the first CHANNEL_ROOT_BYTES, if it has so many */
};

/* Makes a channel between two tasks; says so and returns false if that can't be. */
bool channel_make(const struct manifest_channel *wanted, unsigned client, unsigned server);

unsigned channel_count(void);
struct channel *channel_at(unsigned i);

/* The channel that has that number for the task; NULL: there is none.  How many it has. */
struct channel *channel_of(unsigned task, unsigned number);
unsigned channel_count_of(unsigned task);

/* Memory of all channels. */
l4_word_t channel_bytes(void);

#endif

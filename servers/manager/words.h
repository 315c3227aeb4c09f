/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Figures and states of tasks as people read them.  Every function fills `to` with a
 * terminated text, cut if need be, and returns it.
 */
#ifndef MANAGER_WORDS_H
#define MANAGER_WORDS_H

#include <proto/root.h>

#define WORDS_BYTES 24 /* enough for each of the figures */

struct words {
	char text[WORDS_BYTES];
};

/* "0:12:34", from 100 hours on "4d 04:00". */
struct words words_uptime(l4_word_t us);

/* "12.3" of 123. */
struct words words_tenths(l4_word_t tenths);

/* "620K", from 10 MiB on "64M", from 10 GiB on "16G". */
struct words words_bytes(l4_word_t bytes);

/* "running", "paused", "off", "crashed", "refused". */
const char *words_state(const struct root_task *task);

#endif

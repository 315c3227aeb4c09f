/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What kind of memory is where, as the kernel interface page describes it, and
 * who may have it.
 */
#ifndef SIGMA0_MEMORY_H
#define SIGMA0_MEMORY_H

#include <l4/kip.h>

struct memory_map {
	const struct l4_memory_descriptor *descriptor;
	unsigned count;
};

enum memory_policy {
	MEMORY_NOBODY, /* the kernel's, or broken */
	MEMORY_ROOT,   /* boot modules: only for the root task */
	MEMORY_ASKED,  /* devices, firmware tables: for whom asks for the address */
	MEMORY_ANY,    /* RAM */
};

/* The strictest policy in first..last (addresses of bytes). */
enum memory_policy memory_policy(const struct memory_map *map, l4_word_t first, l4_word_t last);

/* Finds the first RAM at or after `at`; false if there is none. */
bool memory_next(const struct memory_map *map, l4_word_t at, l4_word_t *found);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the hostile program share: numbers from a seed, and bad channels.
 */
#ifndef TESTS_SYSTEM_HOSTILE_H
#define TESTS_SYSTEM_HOSTILE_H

#include <l4/types.h>

/* The next number; the same ones for the same seed. */
uint64_t hostile_random(void);
static inline unsigned hostile_below(unsigned n)
{
	return (unsigned)(hostile_random() >> 32) % n;
}

/* Numbers at which programs break, or any. */
uint64_t hostile_number(void);

/* Does harm to the memory of one of the task's channels, and signals it. */
void hostile_channel(void);

#endif

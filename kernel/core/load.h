/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loading sigma0 and root, the first two modules, and telling root about the rest.
 */
#ifndef CORE_LOAD_H
#define CORE_LOAD_H

#include <core/boot.h>
#include <stdint.h>

/* Where an initial task lies in memory, one to one. */
struct image {
	uint64_t low, high; /* exclusive */
	uint64_t entry;
};

/* Reads the ELF header of module `i`; panics if it is no program for us. */
struct image load_examine(const struct boot_data *boot, unsigned i);

/* Moves modules that lie where an image must go. */
void load_move_modules(struct boot_data *boot, const struct image *images, unsigned count);

/* Copies the program of module `i` to its place. */
void load_program(const struct boot_data *boot, unsigned i);

/* Writes the BootInfo records to physical `at`, BOOT_INFO_SIZE bytes. */
void load_boot_info(const struct boot_data *boot, const struct image *images, unsigned count,
		    uint64_t at);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What every chip is to the rest: an object that answers register accesses, can be
 * reset, saved and loaded.  A chip knows no address, no board and no interrupt
 * controller; it is given lines, a bus for DMA, a clock and its backends when it is
 * created, by its own function
 *
 *	struct pl011 *pl011_create(const struct pl011_config *config);
 *
 * which returns NULL only when memory is short.  Nothing is allocated later.
 *
 * Whatever a guest writes, in any order, a chip neither stops nor crashes nor
 * allocates nor loops for long; DMA goes through the bus it was given.
 */
#ifndef EMU_CHIP_H
#define EMU_CHIP_H

#include <emu/types.h>

struct archive;

struct chip_ops {
	const char *name; /* the data sheet's, lower case */

	/* Registers.  `offset` is below the mapped size and a multiple of `size`;
	 * `size` is 1, 2, 4 or 8 and within min_bytes..max_bytes: the bus splits or
	 * widens other accesses.  Values are numbers, in the chip's own endianness;
	 * the bus swaps if the guest's differs.  Reads may have side effects. */
	uint64_t (*read)(void *chip, gpa offset, unsigned size);
	void (*write)(void *chip, gpa offset, unsigned size, uint64_t value);

	/* Power-on state; outputs are driven to it. */
	void (*reset)(void *chip);

	/* Saves or loads all state, see archive.h.  After a load it drives its lines
	 * as the state demands. */
	void (*state)(void *chip, struct archive *a);

	/* Frees it. */
	void (*destroy)(void *chip);

	uint8_t min_bytes; /* 0 means 1 */
	uint8_t max_bytes; /* 0 means 4 */
	bool big_endian;
};

#endif

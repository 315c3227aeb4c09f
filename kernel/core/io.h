/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * I/O ports as a resource of spaces: mapped, granted and revoked like memory, by
 * I/O fpages.  sigma0 has all ports at boot.
 *
 * A space has each port from at most one other space: an edge {from, to, first,
 * last}.  Mapping a port to a space that has it already changes nothing, so the
 * edges of a port are a tree, and what hangs below a removed edge goes with it.
 */
#ifndef CORE_IO_H
#define CORE_IO_H

#include <l4/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct space;

#define IO_PORTS 65536
#define IO_BITMAP_BYTES (IO_PORTS / 8)
#define IO_PAGE_BYTES 4096
#define IO_WORDS (IO_PORTS / 64)

/* Ports of a space, in the form of the TSS bitmap: 0 = permitted. */
struct iospace {
	uint64_t *page[IO_BITMAP_BYTES / IO_PAGE_BYTES];
	/* Words that may hold a 0, for loading the bitmap. */
	unsigned first_word, last_word;
};

/* Gives sigma0 all ports. */
bool io_init(struct space *sigma0);

/* Maps or grants what `send` and `window` have in common; false: no memory. */
bool io_map(struct space *from, struct space *to, struct l4_fpage send, struct l4_fpage window,
	    bool grant);

/* Takes the ports of f from everybody who has them through `space`; with flush from
 * the space itself, too. */
void io_unmap(struct space *space, struct l4_fpage f, bool flush);

bool io_permitted(const struct space *space, unsigned port, unsigned count);

void io_space_free(struct space *space);
size_t io_node_size(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An image: a disk's content, whatever is behind it.  So far that is memory
 * (memory_image.h); a driver of a real disk comes in by the same operations.
 */
#ifndef BLOCK_IMAGE_H
#define BLOCK_IMAGE_H

#include <proto/block.h>

struct image;

/* Ranges are within the image.  `to` and `from` are memory that a client may change at any
 * time. */
struct image_operations {
	enum block_status (*read)(struct image *i, uint64_t sector, uint32_t sectors, void *to);
	enum block_status (*write)(struct image *i, uint64_t sector, uint32_t sectors,
				   const void *from);
	enum block_status (*flush)(struct image *i);
};

struct image {
	const struct image_operations *operations;
	const char *name; /* for people */
	uint64_t sectors;
};

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory descriptors, see memory.h.  Later descriptors override earlier ones and
 * may cut them in pieces, so every question walks over the pieces: addresses up
 * to which no descriptor begins or ends.
 */
#include "memory.h"

/* The descriptor that counts at `at`, NULL for none, and the piece's last byte. */
static const struct l4_memory_descriptor *memory_piece(const struct memory_map *map, l4_word_t at,
						       l4_word_t *last)
{
	const struct l4_memory_descriptor *found = NULL;

	*last = ~0ull;
	for (unsigned i = 0; i < map->count; i++) {
		const struct l4_memory_descriptor *d = &map->descriptor[i];
		l4_word_t low = l4_memory_low(d), high = l4_memory_high(d);

		if (l4_memory_is_virtual(d) || high < at)
			continue;
		if (low > at) {
			if (low - 1 < *last)
				*last = low - 1;
			continue;
		}
		found = d;
		if (high < *last)
			*last = high;
	}
	return found;
}

static enum memory_policy memory_piece_policy(const struct l4_memory_descriptor *d)
{
	/* What nobody describes may be a device. */
	if (!d)
		return MEMORY_ASKED;
	switch (l4_memory_type(d)) {
	case L4_MEMORY_CONVENTIONAL:
		return MEMORY_ANY;
	case L4_MEMORY_DEDICATED:
	case L4_MEMORY_SHARED:
	case L4_MEMORY_ARCH:
		return MEMORY_ASKED;
	case L4_MEMORY_BOOT:
		return MEMORY_ROOT;
	default:
		return MEMORY_NOBODY;
	}
}

enum memory_policy memory_policy(const struct memory_map *map, l4_word_t first, l4_word_t last)
{
	enum memory_policy strictest = MEMORY_ANY;
	l4_word_t piece_last;

	for (;;) {
		enum memory_policy p = memory_piece_policy(memory_piece(map, first, &piece_last));

		if (p < strictest)
			strictest = p;
		if (piece_last >= last)
			return strictest;
		first = piece_last + 1;
	}
}

bool memory_next(const struct memory_map *map, l4_word_t at, l4_word_t *found)
{
	l4_word_t last;

	for (;;) {
		if (memory_piece_policy(memory_piece(map, at, &last)) == MEMORY_ANY) {
			*found = at;
			return true;
		}
		if (last == ~0ull)
			return false;
		at = last + 1;
	}
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Typed message items and acceptors of L4 X.2 (manual sections 5.2-5.6).
 *
 * Map and grant items are two words: send base | 8 or 0xA | C, and the fpage.
 * A string item starts with length << 10 | c << 9 | (substrings - 1) << 4 |
 * cache hints << 1 | C, followed by the substring addresses; c says that more
 * substrings, of another length, follow for the same string.  C says that
 * another item follows.  Buffer registers hold string items in the same form.
 */
#ifndef L4_MESSAGE_H
#define L4_MESSAGE_H

#include <l4/types.h>

#define L4_MR_COUNT 64
#define L4_BR_COUNT 33

#define L4_ITEM_CONTINUES 1ull /* C: another item follows */
#define L4_ITEM_TYPE_MASK 0xeull
#define L4_ITEM_MAP 0x8ull
#define L4_ITEM_GRANT 0xaull
#define L4_STRING_COMPOUND (1ull << 9) /* c: more substrings of this string */
#define L4_STRING_MAX_LENGTH (1ull << 22)

struct l4_map_item {
	l4_word_t base; /* hot spot | type | C */
	struct l4_fpage fpage;
};

static inline struct l4_map_item l4_map_item(struct l4_fpage f, l4_word_t hot_spot)
{
	return (struct l4_map_item){ (hot_spot & ~0x3ffull) | L4_ITEM_MAP, f };
}

static inline struct l4_map_item l4_grant_item(struct l4_fpage f, l4_word_t hot_spot)
{
	return (struct l4_map_item){ (hot_spot & ~0x3ffull) | L4_ITEM_GRANT, f };
}

static inline bool l4_item_is_string(l4_word_t word0)
{
	return (word0 & 8) == 0;
}

/* First word of a string item; `substrings` (1..32) addresses follow it. */
static inline l4_word_t l4_string_head(l4_word_t length, unsigned substrings)
{
	return length << 10 | (l4_word_t)(substrings - 1) << 4;
}

static inline l4_word_t l4_string_length(l4_word_t head)
{
	return head >> 10;
}

static inline unsigned l4_string_substrings(l4_word_t head)
{
	return ((unsigned)(head >> 4) & 0x1f) + 1;
}

/* BR 0: receive window for map and grant items | s (strings accepted). */
struct l4_acceptor {
	l4_word_t raw;
};

#define L4_ACCEPT_STRINGS 1ull

static inline struct l4_acceptor l4_acceptor(struct l4_fpage window, bool strings)
{
	return (struct l4_acceptor){ (window.raw & ~0xfull) | (strings ? L4_ACCEPT_STRINGS : 0) };
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which frames a task (or a channel) has at which of its pages: a table for each GiB with
 * a word for every 2 MiB, which is nothing, a superpage, or a table of 512 pages.  The
 * tables come from the same memory and count like pages.  Covers the low 16 GiB.
 */
#ifndef ROOT_PAGES_H
#define ROOT_PAGES_H

#include <l4/types.h>

#define PAGES_DIRECTORIES 16
#define PAGES_END ((l4_word_t)PAGES_DIRECTORIES << 30)
#define PAGES_SUPER_BITS 21
#define PAGES_SUPER_SIZE (1ull << PAGES_SUPER_BITS)

struct pages {
	l4_word_t bound; /* bytes it may hold at once */
	l4_word_t held;
	bool prepaid; /* the bound is set aside; else it is as it is needed */
	l4_word_t *directory[PAGES_DIRECTORIES];
};

struct place {
	l4_word_t frame;
	unsigned log2_size; /* a page or a superpage */
};

enum pages_status {
	PAGES_OK,
	PAGES_BOUND,     /* the bound is reached */
	PAGES_NO_MEMORY, /* only if it isn't prepaid */
};

/* What is at an address below PAGES_END; false: nothing. */
bool pages_find(const struct pages *pages, l4_word_t address, struct place *place);

/* The same; if nothing is there, zeroed memory is put there, a whole superpage if
 * `super` and one can be had. */
enum pages_status pages_get(struct pages *pages, l4_word_t address, bool super,
			    struct place *place);

/* Puts one block of zeroed memory under the first `bytes`, a power of two, where nothing
 * may be yet. */
bool pages_get_block(struct pages *pages, l4_word_t bytes, l4_word_t *base);

/* Takes away what lies in the range, which is of whole pages and ends at or below
 * PAGES_END, also from those whom it has been mapped to.  A superpage that it only has a
 * part of stays, zeros there. */
void pages_discard(struct pages *pages, l4_word_t address, l4_word_t bytes);

/* Bytes of the frames in a range of whole superpages that ends at or below PAGES_END,
 * without tables. */
l4_word_t pages_held_in(const struct pages *pages, l4_word_t address, l4_word_t bytes);

/* Frees everything, which nobody may have mapped any more. */
void pages_release(struct pages *pages);

/* Provided beside it (revoke.c): takes frames away from all whom root has mapped them
 * to, at the latest with revoke_finish(). */
void revoke_add(struct place place);
void revoke_finish(void);

#endif

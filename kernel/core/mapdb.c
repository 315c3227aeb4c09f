/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mapping database: the lists of nodes, splitting and revoking.  See mapdb.h for
 * the idea; map.c for how mappings come into being.
 */
#include <core/mapdb.h>

#include <core/cpu.h>
#include <core/klib.h>
#include <core/kmem.h>
#include <core/mapnode.h>
#include <core/space.h>

static struct revoke *active_revokes;

unsigned mapnode_splits;

void mapnode_insert(struct mapnode *after, struct mapnode *node)
{
	node->prev = after;
	node->next = after->next;
	if (node->next)
		node->next->prev = node;
	after->next = node;
}

/* Keeps unfinished revokes valid when `node` goes away. */
static void leave_revokes(const struct mapnode *node)
{
	for (struct revoke *r = active_revokes; r; r = r->next_active) {
		if (r->next == node)
			r->next = node->next;
		if (r->self == node)
			r->self = NULL;
		if (r->base == node)
			r->base = NULL;
	}
}

/* `node` has no leaf any more; a revoke that started from it only has its run left.
 * If it was split, that run starts again, as the pieces are in it. */
static void lost_leaf(struct mapnode *node, bool split)
{
	node->container = true;
	node->revoking = 0;
	for (struct revoke *r = active_revokes; r; r = r->next_active) {
		if (r->self != node)
			continue;
		r->self = NULL;
		if (split)
			r->next = r->base->next;
	}
}

static void unlink_and_free(struct mapnode *node)
{
	struct space *space = node->space;

	leave_revokes(node);
	if (node->prev)
		node->prev->next = node->next;
	if (node->next)
		node->next->prev = node->prev;
	kmem_free(node->space, KMEM_MAPNODE, node);
	space_drop_node(space);
}

static bool has_descendants(const struct mapnode *node)
{
	return node->next && node->next->depth > node->depth;
}

/* Frees a node without descendants, and the containers that this leaves empty. */
static void free_node(struct mapnode *node)
{
	while (node) {
		struct mapnode *parent = node->parent;

		unlink_and_free(node);
		node = parent && parent->container && !has_descendants(parent) ? parent : NULL;
	}
}

uint64_t mapnode_pa(const struct mapnode *node)
{
	return node->container ? node->pa : pte_phys(*node->entry, node->level);
}

static unsigned used_rights(pte_t pte)
{
	return (pte & PTE_ACCESSED ? L4_RIGHTS_RX : 0) | (pte & PTE_DIRTY ? L4_RIGHT_W : 0);
}

/* Collects a leaf's access bits for itself and everybody it comes from. */
static unsigned note_use(struct mapnode *node)
{
	pte_t old = __atomic_fetch_and(node->entry, ~(PTE_ACCESSED | PTE_DIRTY), __ATOMIC_RELAXED);
	unsigned used = used_rights(old);

	if (used)
		tlb_invalidate(node->space);
	for (; used && node; node = node->parent)
		node->used |= (uint8_t)used;
	return used;
}

/* Takes `rights` from a leaf; with r, the leaf goes. */
static void reduce(struct mapnode *node, unsigned rights)
{
	if (rights & L4_RIGHT_R) {
		uint64_t pa = mapnode_pa(node);

		tlb_invalidate(node->space);
		paging_clear(node->space, node->entry);
		node->pa = pa;
		lost_leaf(node, false);
		if (!has_descendants(node))
			free_node(node);
	} else if (rights & pte_rights(*node->entry)) {
		if (rights & L4_RIGHT_W)
			__atomic_fetch_and(node->entry, ~PTE_WRITE, __ATOMIC_RELAXED);
		if (rights & L4_RIGHT_X)
			__atomic_fetch_or(node->entry, PTE_NX, __ATOMIC_RELAXED);
		tlb_invalidate(node->space);
	}
}

bool mapnode_split(struct mapnode *node)
{
	unsigned level = node->level;
	struct mapnode *pieces = NULL, *piece;
	uint64_t pa = mapnode_pa(node);
	pte_t *entries;

	for (unsigned i = 0; i < PT_ENTRIES; i++) {
		piece = kmem_alloc(node->space, KMEM_MAPNODE);
		if (!piece)
			goto no_memory;
		piece->next = pieces;
		pieces = piece;
	}
	if (node->depth >= MAPNODE_MAX_DEPTH)
		goto no_memory;
	entries = paging_split(node->space, node->entry, level);
	if (!entries)
		goto no_memory;
	node->pa = pa;
	for (unsigned i = PT_ENTRIES; i-- > 0;) {
		piece = pieces;
		pieces = piece->next;
		piece->parent = node;
		piece->piece = true;
		piece->entry = &entries[i];
		piece->space = node->space;
		piece->space->nodes++;
		piece->used = node->used;
		piece->depth = (uint16_t)(node->depth + 1);
		piece->level = (uint8_t)(level - 1);
		paging_set_node(piece->entry, piece);
		mapnode_insert(node, piece);
	}
	lost_leaf(node, true);
	mapnode_splits++;
	tlb_invalidate(node->space);
	return true;

no_memory:
	while (pieces) {
		piece = pieces;
		pieces = piece->next;
		kmem_free(node->space, KMEM_MAPNODE, piece);
	}
	return false;
}

static void rewind_run(struct revoke *r)
{
	r->next = r->base->next;
}

/* Something smaller than a page that can't be split is asked for: take it whole. */
static void widen(struct revoke *r, const struct mapnode *node)
{
	r->pa = mapnode_pa(node);
	r->size = level_size(node->level);
	rewind_run(r);
}

void revoke_begin(struct revoke *r, struct mapnode *node, uint64_t pa, uint64_t size,
		  unsigned rights, bool flush)
{
	*r = (struct revoke){ .self = node,
			      .base = node,
			      .pa = pa,
			      .size = size,
			      .rights = rights,
			      .flush = flush,
			      .active = true };
	if (size < level_size(node->level) && flush && rights) {
		if (mapnode_split(node))
			r->self = NULL; /* the pieces are in the run */
		else
			widen(r, node);
	}
	while (r->base->piece)
		r->base = r->base->parent;
	if (r->self)
		r->self->revoking++;
	rewind_run(r);
	r->next_active = active_revokes;
	active_revokes = r;
}

void revoke_cancel(struct revoke *r)
{
	struct revoke **link = &active_revokes;

	if (!r->active)
		return;
	while (*link != r)
		link = &(*link)->next_active;
	*link = r->next_active;
	if (r->self)
		r->self->revoking--;
	r->active = false;
}

/* Memory attributes, for MemoryControl: the whole page, even if it is larger than asked. */
static void set_attribute(const struct revoke *r, struct mapnode *node)
{
	pte_t bits;

	if (!r->sets_attribute || !paging_attribute_bits(r->attribute, node->level, &bits))
		return;
	__atomic_fetch_and(node->entry, ~PTE_ATTRIBUTE_BITS(node->level), __ATOMIC_RELAXED);
	__atomic_fetch_or(node->entry, bits, __ATOMIC_RELAXED);
	tlb_invalidate(node->space);
}

/* Applies r to the node under its cursor, which overlaps the range. */
static void revoke_node(struct revoke *r, struct mapnode *node)
{
	uint64_t pa = mapnode_pa(node);

	r->status |= note_use(node);
	set_attribute(r, node);
	if (!r->rights)
		return;
	if (pa >= r->pa && pa + level_size(node->level) <= r->pa + r->size)
		reduce(node, r->rights);
	else if (mapnode_split(node))
		r->next = node->next;
	else
		widen(r, node);
}

static bool overlaps(const struct revoke *r, const struct mapnode *node)
{
	uint64_t pa = mapnode_pa(node);

	return pa < r->pa + r->size && r->pa < pa + level_size(node->level);
}

bool revoke_run(struct revoke *r, unsigned *budget)
{
	while (r->base && r->next && r->next->depth > r->base->depth) {
		struct mapnode *node = r->next;

		if (*budget == 0)
			return false;
		--*budget;
		r->next = node->next;
		if (!node->container && node != r->self && overlaps(r, node)) {
			unsigned splits = mapnode_splits;

			revoke_node(r, node);
			if (mapnode_splits != splits)
				*budget = 0;
		}
	}
	if (r->self) {
		struct mapnode *self = r->self;

		self->revoking--;
		note_use(self);
		set_attribute(r, self);
		r->status |= self->used;
		self->used = 0;
		if (r->flush && r->rights)
			reduce(self, r->rights);
	}
	r->self = NULL;
	revoke_cancel(r);
	return true;
}

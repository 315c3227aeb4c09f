/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mapping and granting of page ranges (manual sections 4.1 and 5.4).
 *
 * A range is mapped leaf by leaf, each with the largest page size that source,
 * sink and alignment allow; map_range() can stop after any leaf.
 */
#include <core/mapdb.h>

#include <core/boot_memory.h>
#include <core/cpu.h>
#include <core/klib.h>
#include <core/kmem.h>
#include <core/mapnode.h>
#include <core/space.h>

bool map_window(struct l4_fpage send, struct l4_fpage window, uint64_t hot_spot, uint64_t *source,
		uint64_t *sink, unsigned *log2_size)
{
	unsigned send_bits = l4_fpage_is_complete(send) ? USER_BITS : l4_fpage_log2_size(send);
	unsigned window_bits =
		l4_fpage_is_complete(window) ? USER_BITS : l4_fpage_log2_size(window);
	uint64_t send_base, window_base;

	if (send_bits < PAGE_BITS || window_bits < PAGE_BITS || send_bits > USER_BITS ||
	    window_bits > USER_BITS)
		return false;
	send_base = ALIGN_DOWN(l4_fpage_base(send), 1ull << send_bits);
	window_base = ALIGN_DOWN(l4_fpage_base(window), 1ull << window_bits);
	if (l4_fpage_is_complete(send))
		send_base = 0;
	if (l4_fpage_is_complete(window))
		window_base = 0;
	if (send_bits <= window_bits) {
		uint64_t offset = hot_spot & ((1ull << window_bits) - 1);

		*source = send_base;
		*sink = window_base + ALIGN_DOWN(offset, 1ull << send_bits);
		*log2_size = send_bits;
	} else {
		uint64_t offset = hot_spot & ((1ull << send_bits) - 1);

		*source = send_base + ALIGN_DOWN(offset, 1ull << window_bits);
		*sink = window_base;
		*log2_size = window_bits;
	}
	return *source < USER_END && *sink < USER_END;
}

pte_t *map_sigma0_leaf(uint64_t va, unsigned max_level)
{
	struct space *space = sigma0_space;
	unsigned free_level, level;
	struct mapnode *node;
	pte_t *entry = paging_lookup(space, va, &free_level);

	if (entry)
		return entry;
	level = max_level < free_level ? max_level : free_level;
	while (level > 0 &&
	       !boot_memory_is_free(ALIGN_DOWN(va, level_size(level)), level_size(level)))
		level--;
	va = ALIGN_DOWN(va, level_size(level));
	if (!boot_memory_is_free(va, level_size(level)) ||
	    space_is_kernel_area(space, va, level_size(level)))
		return NULL;
	node = kmem_alloc(space, KMEM_MAPNODE);
	entry = node ? paging_entry(space, va, level) : NULL;
	if (!entry || !paging_prepare_node(space, entry)) {
		if (node)
			kmem_free(space, KMEM_MAPNODE, node);
		return NULL;
	}
	node->space = space;
	space->nodes++;
	node->entry = entry;
	node->level = (uint8_t)level;
	paging_install(entry, level, va, pte_rights_bits(L4_RIGHTS_ALL), node);
	return entry;
}

/* The largest level at which source, sink and the rest of the range agree. */
static unsigned common_level(uint64_t source, uint64_t sink, uint64_t left, unsigned level)
{
	while (level > 0 &&
	       (((source | sink) & (level_size(level) - 1)) || left < level_size(level)))
		level--;
	return level;
}

static uint64_t to_next(uint64_t va, unsigned level)
{
	return level_size(level) - (va & (level_size(level) - 1));
}

struct leaf {
	pte_t *entry;
	unsigned level;
	struct mapnode *node;
};

static struct leaf find_source(struct space *from, uint64_t va, unsigned wanted)
{
	struct leaf leaf = { .level = 0 };

	if (from->owns_memory)
		map_sigma0_leaf(va, wanted);
	leaf.entry = paging_lookup(from, va, &leaf.level);
	if (from->owns_memory && !leaf.entry)
		leaf.level = 0;
	if (leaf.entry && !(*leaf.entry & PTE_KERNEL))
		leaf.node = paging_node(leaf.entry);
	if (leaf.node && leaf.node->revoking)
		leaf.node = NULL;
	return leaf;
}

static pte_t attribute_bits(pte_t pte, unsigned from_level, unsigned to_level)
{
	pte_t bits = pte & (PTE_PWT | PTE_PCD);

	if (pte & (from_level ? PTE_PAT_LARGE : PTE_PAT))
		bits |= to_level ? PTE_PAT_LARGE : PTE_PAT;
	return bits;
}

/* Makes the leaf for one page; the place in the sink is empty. */
static enum map_result install_map(struct map_request *q, const struct leaf *source, uint64_t va,
				   uint64_t pa, unsigned level, pte_t bits)
{
	struct mapnode *node;
	pte_t *entry;

	if (source->node->depth >= MAPNODE_MAX_DEPTH)
		return MAP_NO_MEMORY;
	node = kmem_alloc(q->to, KMEM_MAPNODE);
	if (!node)
		return MAP_NO_MEMORY;
	entry = paging_entry(q->to, va, level);
	if (!entry || !paging_prepare_node(q->to, entry)) {
		kmem_free(q->to, KMEM_MAPNODE, node);
		return MAP_NO_MEMORY;
	}
	node->space = q->to;
	node->space->nodes++;
	node->entry = entry;
	node->level = (uint8_t)level;
	node->parent = source->node;
	node->depth = (uint16_t)(source->node->depth + 1);
	paging_install(entry, level, pa, bits, node);
	mapnode_insert(source->node, node);
	return MAP_DONE;
}

/* Moves the whole source leaf to the sink. */
static enum map_result install_grant(struct map_request *q, const struct leaf *source, uint64_t va,
				     uint64_t pa, unsigned level, pte_t bits)
{
	struct mapnode *node = source->node;
	pte_t *entry;

	if (!space_charge(q->to, sizeof(*node)))
		return MAP_NO_MEMORY;
	entry = paging_entry(q->to, va, level);
	if (!entry || !paging_prepare_node(q->to, entry)) {
		space_uncharge(q->to, sizeof(*node));
		return MAP_NO_MEMORY;
	}
	tlb_invalidate(q->from);
	paging_hold(entry); /* both leaves may be in one table */
	paging_clear(q->from, node->entry);
	paging_release(entry);
	space_uncharge(q->from, sizeof(*node));
	q->from->nodes--;
	q->to->nodes++;
	node->space = q->to;
	node->entry = entry;
	paging_install(entry, level, pa, bits, node);
	return MAP_DONE;
}

enum standing {
	STANDING_NONE,  /* nothing in the way */
	STANDING_KEEP,  /* what is there serves */
	STANDING_SKIP,  /* can't be touched */
	STANDING_RETRY, /* has changed, or is being revoked now */
};

static bool is_ancestor(const struct mapnode *node, const struct mapnode *of)
{
	while (of && of != node)
		of = of->parent;
	return of;
}

static void add_rights(struct space *space, pte_t *entry, unsigned rights)
{
	pte_t old = *entry;

	if (rights & L4_RIGHT_W)
		__atomic_fetch_or(entry, PTE_WRITE, __ATOMIC_RELAXED);
	if (rights & L4_RIGHT_X)
		__atomic_fetch_and(entry, ~PTE_NX, __ATOMIC_RELAXED);
	if (*entry != old)
		tlb_invalidate(space);
}

/* Deals with what the sink has at `va` already. */
static enum standing check_sink(struct map_request *q, const struct leaf *source, uint64_t va,
				uint64_t pa, unsigned *level, unsigned rights,
				struct revoke *revoke)
{
	unsigned sink_level;
	pte_t *entry = paging_lookup(q->to, va, &sink_level);
	struct mapnode *node;
	uint64_t sink_pa;

	if (!entry) {
		if (sink_level < *level)
			*level = sink_level; /* a table with other pages stands there */
		return STANDING_NONE;
	}
	if (*entry & PTE_KERNEL)
		return STANDING_SKIP;
	node = paging_node(entry);
	sink_pa = pte_phys(*entry, sink_level) + (va & (level_size(sink_level) - 1));
	if (node == source->node && (sink_pa == pa || !mapnode_split(node)))
		return STANDING_SKIP;
	if (node->container)
		return STANDING_RETRY;
	if (is_ancestor(node, source->node))
		return STANDING_SKIP; /* the source would go with it */
	if (sink_level == *level && sink_pa == pa && node->parent == source->node &&
	    !node->revoking && !q->grant) {
		add_rights(q->to, entry, rights);
		return STANDING_KEEP;
	}
	revoke_begin(revoke, node, sink_pa, level_size(sink_level < *level ? sink_level : *level),
		     L4_RIGHTS_ALL, true);
	return STANDING_RETRY;
}

/* One leaf; advances *done unless it has to be looked at again. */
static enum map_result map_leaf(struct map_request *q, uint64_t *done, struct revoke *revoke)
{
	uint64_t from_va = q->source + *done, to_va = q->sink + *done, left = q->size - *done;
	unsigned wanted = common_level(from_va, to_va, left, paging_max_leaf_level());
	struct leaf source = find_source(q->from, from_va, wanted);
	enum map_result result;
	unsigned level, rights;
	uint64_t pa;
	pte_t bits;

	if (!source.node) {
		uint64_t skip = to_next(from_va, source.level);

		*done += skip < left ? skip : left;
		return MAP_DONE;
	}
	level = wanted < source.level ? wanted : source.level;
	while (level > 0 && space_is_kernel_area(q->to, to_va, level_size(level)))
		level--;
	pa = pte_phys(*source.entry, source.level) + (from_va & (level_size(source.level) - 1));
	rights = q->rights & pte_rights(*source.entry);
	if (space_is_kernel_area(q->to, to_va, level_size(level))) {
		*done += level_size(level);
		return MAP_DONE;
	}
	switch (check_sink(q, &source, to_va, pa, &level, rights, revoke)) {
	case STANDING_RETRY:
		return MAP_DONE;
	case STANDING_SKIP:
		rights = 0;
		/* fall through */
	case STANDING_KEEP:
		q->mapped_rights |= rights;
		*done += level_size(level);
		return MAP_DONE;
	case STANDING_NONE:
		break;
	}
	if (q->grant && level < source.level)
		return mapnode_split(source.node) ? MAP_DONE : MAP_NO_MEMORY;
	bits = pte_rights_bits(rights) | attribute_bits(*source.entry, source.level, level);
	result = (q->grant ? install_grant : install_map)(q, &source, to_va, pa, level, bits);
	if (result == MAP_DONE) {
		q->mapped_rights |= rights;
		*done += level_size(level);
	}
	return result;
}

enum map_result map_range(struct map_request *q, uint64_t *done, struct revoke *revoke,
			  unsigned *budget)
{
	if (q->rights)
		q->rights |= L4_RIGHT_R; /* the hardware can't separate it */
	while (q->rights && *done < q->size) {
		unsigned splits = mapnode_splits;
		enum map_result result;

		if (revoke->active && !revoke_run(revoke, budget))
			return MAP_AGAIN;
		if (*budget == 0)
			return MAP_AGAIN;
		--*budget;
		result = map_leaf(q, done, revoke);
		if (mapnode_splits != splits)
			*budget = 0;
		if (result != MAP_DONE)
			return result;
	}
	if (revoke->active && !revoke_run(revoke, budget))
		return MAP_AGAIN;
	return MAP_DONE;
}

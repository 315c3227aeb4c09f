/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unmap and MemoryControl (manual sections 4.2, 4.3): both walk the caller's pages
 * in each fpage and what is derived from them, and stop at preemption points.
 * Where they are is in t->scratch: a struct walk, and the bytes already done of the
 * current fpage.
 */
#include <core/control.h>

#include <core/cpu.h>
#include <core/io.h>
#include <core/klib.h>
#include <core/mapdb.h>
#include <core/mapnode.h>
#include <core/space.h>

#define UNMAP_BUDGET 64  /* nodes between preemption points */
#define IO_UNMAP_COST 32 /* of an I/O fpage, in those */

/* Packed into t->scratch[0]. */
struct walk {
	uint8_t last, index; /* message registers */
	bool flush;
	bool sets_attributes;
	uint8_t status;      /* access bits so far */
	uint8_t attribute;   /* of the current fpage */
	uint16_t attributes; /* four times 3 bits */
};

_Static_assert(sizeof(struct walk) <= sizeof(uint64_t), "must fit a scratch word");

/* The range an fpage means; false: nothing of the caller's space. */
static bool fpage_range(struct l4_fpage f, uint64_t *start, uint64_t *size)
{
	unsigned bits = l4_fpage_is_complete(f) ? USER_BITS : l4_fpage_log2_size(f);

	if (bits < PAGE_BITS || bits > USER_BITS)
		return false;
	*start = l4_fpage_is_complete(f) ? 0 : ALIGN_DOWN(l4_fpage_base(f), 1ull << bits);
	*size = 1ull << bits;
	return *start < USER_END;
}

/* MemoryControl needs leaves of the right size: sigma0's are made at need, larger ones
 * are split if there is memory. */
static void prepare_leaf(struct space *space, uint64_t va, uint64_t left)
{
	unsigned level, wanted = paging_max_leaf_level();
	pte_t *entry;

	while (wanted > 0 && (va % level_size(wanted) || left < level_size(wanted)))
		wanted--;
	if (space->owns_memory)
		map_sigma0_leaf(va, wanted);
	do
		entry = paging_lookup(space, va, &level);
	while (entry && !(*entry & PTE_KERNEL) && level > wanted &&
	       mapnode_split(paging_node(entry)));
}

/* Starts on the leaf at va; returns how many bytes it covers of the range. */
static uint64_t begin_leaf(struct tcb *t, const struct walk *w, uint64_t va, uint64_t left,
			   unsigned rights)
{
	unsigned level;
	uint64_t offset, covered;
	pte_t *entry;

	if (w->sets_attributes)
		prepare_leaf(t->space, va, left);
	entry = paging_lookup(t->space, va, &level);
	offset = va & (level_size(level) - 1);
	covered = level_size(level) - offset;
	if (covered > left)
		covered = left;
	if (!entry || *entry & PTE_KERNEL)
		return covered;
	revoke_begin(&t->revoke, paging_node(entry), pte_phys(*entry, level) + offset, covered,
		     w->sets_attributes ? 0 : rights, w->flush);
	t->revoke.sets_attribute = w->sets_attributes;
	t->revoke.attribute = w->attribute;
	return covered;
}

/* One fpage; true when done. */
static bool walk_fpage(struct tcb *t, struct walk *w, struct l4_fpage f, unsigned *budget)
{
	uint64_t *done = &t->scratch[1], start, size;
	unsigned splits;

	if (l4_fpage_is_io(f)) {
		if (*budget < IO_UNMAP_COST)
			return false;
		*budget -= IO_UNMAP_COST;
		if (l4_fpage_rights(f) && !w->sets_attributes)
			io_unmap(t->space, f, w->flush);
		return true;
	}
	if (!fpage_range(f, &start, &size))
		return true;
	for (;;) {
		if (t->revoke.active) {
			if (!revoke_run(&t->revoke, budget))
				return false;
			w->status |= (uint8_t)t->revoke.status;
		}
		if (*done >= size)
			return true;
		if (*budget == 0)
			return false;
		--*budget;
		splits = mapnode_splits;
		*done += begin_leaf(t, w, start + *done, size - *done, l4_fpage_rights(f));
		if (mapnode_splits != splits)
			*budget = 0;
	}
}

static void continue_walk(struct tcb *t)
{
	unsigned budget = UNMAP_BUDGET;
	struct walk w;

	memcpy(&w, &t->scratch[0], sizeof(w));
	for (; w.index <= w.last; w.index++) {
		struct l4_fpage f = { t->utcb[w.index] };

		w.attribute = w.attributes >> 3 * (f.raw & 3) & 7;
		if (!walk_fpage(t, &w, f, &budget)) {
			memcpy(&t->scratch[0], &w, sizeof(w));
			t->continuation = continue_walk;
			return;
		}
		if (!w.sets_attributes)
			t->utcb[w.index] = (f.raw & ~0xfull) | w.status;
		t->scratch[1] = 0;
		w.status = 0;
	}
	if (!w.sets_attributes)
		arch_load_message(&t->arch, t->utcb, arch_keep_from(&t->arch), t->local_id);
}

static void begin_walk(struct tcb *t, struct walk w)
{
	memcpy(&t->scratch[0], &w, sizeof(w));
	t->scratch[1] = 0;
	continue_walk(t);
}

void unmap(struct tcb *t, l4_word_t control)
{
	begin_walk(t, (struct walk){ .last = control & 63, .flush = control & L4_UNMAP_FLUSH });
}

enum l4_error memory_control(struct tcb *t, l4_word_t control, const l4_word_t attributes[4])
{
	struct walk w = { .last = control & 63, .sets_attributes = true };
	pte_t bits;

	if (!t->space->privileged)
		return L4_ERROR_PRIVILEGE;
	for (unsigned i = 0; i <= w.last; i++) {
		l4_word_t attribute = attributes[t->utcb[i] & 3];

		if (attribute > 7 || !paging_attribute_bits((unsigned)attribute, 0, &bits))
			return L4_ERROR_PARAM;
	}
	for (unsigned i = 0; i < 4; i++)
		w.attributes |= (uint16_t)((attributes[i] & 7) << 3 * i);
	begin_walk(t, w);
	return L4_OK;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unmap and MemoryControl (manual sections 4.2, 4.3): walks the caller's pages in
 * each fpage.  Unmap stops at preemption points; where it is, is in t->scratch:
 * the control word with the current register's number above it, and the bytes of
 * that fpage already done.
 */
#include <core/control.h>

#include <core/cpu.h>
#include <core/io.h>
#include <core/klib.h>
#include <core/mapnode.h>
#include <core/space.h>

#define UNMAP_BUDGET 64
#define INDEX_SHIFT 32

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

/* Starts on the leaf at va; returns how many bytes it covers of the range. */
static uint64_t unmap_leaf(struct tcb *t, uint64_t va, uint64_t left, unsigned rights, bool flush)
{
	unsigned level;
	pte_t *entry = paging_lookup(t->space, va, &level);
	uint64_t offset = va & (level_size(level) - 1), covered = level_size(level) - offset;
	struct mapnode *node;

	if (covered > left)
		covered = left;
	if (!entry || *entry & PTE_KERNEL)
		return covered;
	node = paging_node(entry);
	if (!node->revoking)
		revoke_begin(&t->revoke, node, pte_phys(*entry, level) + offset, covered, rights,
			     flush);
	return covered;
}

/* One fpage; true when done. */
static bool unmap_fpage(struct tcb *t, struct l4_fpage f, bool flush, unsigned *status,
			unsigned *budget)
{
	uint64_t *done = &t->scratch[1], start, size;

	if (l4_fpage_is_io(f)) {
		if (l4_fpage_rights(f))
			io_unmap(t->space, f, flush);
		return true;
	}
	if (!fpage_range(f, &start, &size))
		return true;
	for (;;) {
		if (t->revoke.active) {
			if (!revoke_run(&t->revoke, budget))
				return false;
			*status |= t->revoke.status;
		}
		if (*done >= size)
			return true;
		if (*budget == 0)
			return false;
		--*budget;
		*done += unmap_leaf(t, start + *done, size - *done, l4_fpage_rights(f), flush);
	}
}

static void continue_unmap(struct tcb *t)
{
	l4_word_t control = t->scratch[0] & 0xffffffff;
	unsigned budget = UNMAP_BUDGET, last = control & 63;
	unsigned i = (unsigned)(t->scratch[0] >> INDEX_SHIFT) & 63;
	unsigned status = (unsigned)(t->scratch[0] >> (INDEX_SHIFT + 8)) & 7;

	for (; i <= last; i++) {
		struct l4_fpage f = { t->utcb[i] };

		if (!unmap_fpage(t, f, control & L4_UNMAP_FLUSH, &status, &budget)) {
			t->scratch[0] = control | (l4_word_t)i << INDEX_SHIFT |
					(l4_word_t)status << (INDEX_SHIFT + 8);
			t->continuation = continue_unmap;
			return;
		}
		t->utcb[i] = (f.raw & ~0xfull) | status;
		t->scratch[1] = 0;
		status = 0;
	}
	arch_load_message(&t->arch, t->utcb, arch_keep_from(&t->arch), t->local_id);
}

void unmap(struct tcb *t, l4_word_t control)
{
	t->scratch[0] = control & 0x7f;
	t->scratch[1] = 0;
	continue_unmap(t);
}

/* ---- MemoryControl -------------------------------------------------------------- */

static void set_attribute(struct mapnode *node, unsigned attribute)
{
	pte_t bits;

	if (node->container || !paging_attribute_bits(attribute, node->level, &bits))
		return;
	*node->entry = (*node->entry & ~PTE_ATTRIBUTE_BITS(node->level)) | bits;
	tlb_invalidate(node->space);
}

/* The leaf at va and everything derived from it that overlaps. */
static uint64_t control_leaf(struct space *space, uint64_t va, unsigned attribute)
{
	unsigned level;
	pte_t *entry = paging_lookup(space, va, &level);
	struct mapnode *self, *node;

	if (!entry || *entry & PTE_KERNEL)
		return level_size(level) - (va & (level_size(level) - 1));
	self = paging_node(entry);
	set_attribute(self, attribute);
	for (node = self->next; node && node->depth > self->depth; node = node->next)
		set_attribute(node, attribute);
	return level_size(level) - (va & (level_size(level) - 1));
}

enum l4_error memory_control(struct tcb *t, l4_word_t control, const l4_word_t attributes[4])
{
	pte_t bits;

	if (!t->space->privileged)
		return L4_ERROR_PRIVILEGE;
	for (unsigned i = 0; i <= (control & 63); i++) {
		l4_word_t attribute = attributes[t->utcb[i] & 3];

		if (attribute > 7 || !paging_attribute_bits((unsigned)attribute, 0, &bits))
			return L4_ERROR_PARAM;
	}
	for (unsigned i = 0; i <= (control & 63); i++) {
		l4_word_t raw = t->utcb[i];
		uint64_t start, size;

		if (!fpage_range((struct l4_fpage){ raw }, &start, &size))
			continue;
		for (uint64_t done = 0; done < size;)
			done += control_leaf(t->space, start + done, (unsigned)attributes[raw & 3]);
	}
	return L4_OK;
}

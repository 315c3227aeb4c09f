/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address spaces, their kernel memory accounts, and access to user memory.
 */
#include <core/space.h>

#include <core/boot_memory.h>
#include <core/cpu.h>
#include <core/io.h>
#include <core/kip.h>
#include <core/klib.h>
#include <core/kmem.h>
#include <core/sched.h>

struct space *spaces;
struct space *sigma0_space;
size_t space_default_limit;

struct space *space_create(void)
{
	struct space *space = kmem_alloc(NULL, KMEM_SPACE);

	if (!space)
		return NULL;
	space->limit = space_default_limit;
	space->bytes = sizeof(*space);
	space->redirector = L4_ANYTHREAD.raw;
	space->page_table = paging_create(space);
	if (!space->page_table) {
		kmem_free(NULL, KMEM_SPACE, space);
		return NULL;
	}
	space->next = spaces;
	if (spaces)
		spaces->prev = space;
	spaces = space;
	return space;
}

void space_discard(struct space *space)
{
	io_space_free(space);
	/* cpu->space isn't kept by the fast path; nobody runs in this space, though. */
	for (unsigned i = 0; i < MAX_CPUS; i++)
		if (cpus[i] && cpus[i]->space == space)
			cpus[i]->space = cpus[i]->current ? cpus[i]->current->space : NULL;
	paging_destroy(space);
	if (space->prev)
		space->prev->next = space->next;
	else
		spaces = space->next;
	if (space->next)
		space->next->prev = space->prev;
	space->dead = true;
	if (!space->nodes)
		kmem_free(NULL, KMEM_SPACE, space);
}

void space_drop_node(struct space *space)
{
	if (--space->nodes == 0 && space->dead)
		kmem_free(NULL, KMEM_SPACE, space);
}

/* Removes a leaf, or starts to. */
static void reap_leaf(struct space *space, pte_t *entry, unsigned level)
{
	uint64_t pa = pte_phys(*entry, level);

	if (!(*entry & PTE_KERNEL)) {
		revoke_begin(&space->revoke, paging_node(entry), pa, level_size(level),
			     L4_RIGHTS_ALL, true);
		return;
	}
	paging_clear(space, entry);
	if (pa != kip_phys())
		kmem_free_page_later(space, phys_to_virt(pa));
}

bool space_reap(struct space *space, unsigned *budget)
{
	while (space->reap_va < USER_END) {
		unsigned level;
		pte_t *entry;

		if (space->revoke.active && !revoke_run(&space->revoke, budget))
			return false;
		if (*budget == 0)
			return false;
		--*budget;
		entry = paging_lookup(space, space->reap_va, &level);
		if (entry)
			reap_leaf(space, entry, level);
		else
			space->reap_va =
				ALIGN_DOWN(space->reap_va, level_size(level)) + level_size(level);
	}
	space_discard(space);
	return true;
}

l4_word_t *space_map_utcb(struct space *space, uint64_t local_id)
{
	unsigned level;
	pte_t *entry = paging_lookup(space, local_id, &level);
	char *page;

	if (!entry) {
		page = kmem_page(space);
		if (!page)
			return NULL;
		entry = paging_entry(space, local_id, 0);
		if (!entry) {
			kmem_free_page(space, page);
			return NULL;
		}
		paging_install(entry, 0, virt_to_phys(page),
			       PTE_KERNEL | pte_rights_bits(L4_RIGHTS_RW), NULL);
	}
	page = phys_to_virt(pte_phys(*entry, 0));
	return (l4_word_t *)(page + (local_id & (PAGE_SIZE - 1)));
}

/* Where the page of a UTCB notes which thread its block belongs to; NULL: no UTCB. */
static uint16_t *utcb_owner(const struct space *space, uint64_t local_id)
{
	unsigned level;
	pte_t *entry;

	if (!space || local_id % L4_UTCB_SIZE != L4_UTCB_OFFSET ||
	    !space_in_utcb_area(space, local_id))
		return NULL;
	entry = paging_lookup(space, local_id, &level);
	if (!entry)
		return NULL;
	return &kmem_info(phys_to_virt(pte_phys(*entry, level)))
			->threads[local_id % PAGE_SIZE / L4_UTCB_SIZE];
}

void space_set_utcb_owner(struct space *space, uint64_t local_id, unsigned number)
{
	uint16_t *owner = utcb_owner(space, local_id);

	if (owner)
		*owner = (uint16_t)number;
}

struct tcb *space_find_local(const struct space *space, uint64_t local_id)
{
	const uint16_t *owner = utcb_owner(space, local_id);

	return owner && *owner ? tcb_slot(*owner) : NULL;
}

bool space_map_kip(struct space *space)
{
	pte_t *entry;

	if (space->kip_mapped)
		return true;
	entry = paging_entry(space, l4_fpage_base(space->kip_area), 0);
	if (!entry)
		return false;
	paging_install(entry, 0, kip_phys(), PTE_KERNEL | pte_rights_bits(L4_RIGHT_R), NULL);
	space->kip_mapped = true;
	return true;
}

static bool meets(struct l4_fpage area, uint64_t va, uint64_t size)
{
	uint64_t base = l4_fpage_base(area);

	return !l4_fpage_is_nil(area) && va < base + (1ull << l4_fpage_log2_size(area)) &&
	       base < va + size;
}

bool space_is_kernel_area(const struct space *space, uint64_t va, uint64_t size)
{
	return meets(space->kip_area, va, size) || meets(space->utcb_area, va, size);
}

bool space_in_utcb_area(const struct space *space, uint64_t local_id)
{
	return meets(space->utcb_area, local_id, 1);
}

bool space_charge(struct space *space, size_t bytes)
{
	if (space->bytes + bytes > space->limit)
		return false;
	space->bytes += bytes;
	return true;
}

void space_uncharge(struct space *space, size_t bytes)
{
	space->bytes -= bytes;
}

void space_update_keys(struct space *space)
{
	for (struct tcb *t = space->threads; t; t = t->space_next)
		thread_update_keys(t);
}

void *space_user_page(struct space *space, uint64_t va, unsigned rights, unsigned slot)
{
	unsigned level;
	pte_t *entry = paging_lookup(space, va, &level);
	char *page;

	if (!entry || (pte_rights(*entry) & rights) != rights)
		return NULL;
	__atomic_fetch_or(entry, PTE_ACCESSED | (rights & L4_RIGHT_W ? PTE_DIRTY : 0),
			  __ATOMIC_RELAXED);
	va &= level_size(level) - 1;
	page = paging_page_window(pte_phys(*entry, level) + ALIGN_DOWN(va, PAGE_SIZE), slot);
	return page + (va & (PAGE_SIZE - 1));
}

size_t space_read(struct space *space, uint64_t va, void *to, size_t n)
{
	size_t done = 0;

	while (done < n) {
		size_t chunk = PAGE_SIZE - ((va + done) & (PAGE_SIZE - 1));
		void *from = space_user_page(space, va + done, L4_RIGHT_R, 0);

		if (!from)
			break;
		if (chunk > n - done)
			chunk = n - done;
		memcpy((char *)to + done, from, chunk);
		done += chunk;
	}
	return done;
}

bool space_sigma0_fault(uint64_t va)
{
	return map_sigma0_leaf(va, 0);
}

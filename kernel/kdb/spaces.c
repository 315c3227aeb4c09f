/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address spaces, what is mapped in them, where a mapping comes from, and kernel
 * memory.
 */
#include <kdb/command.h>

#include <arch/kernel_map.h>
#include <core/cpu.h>
#include <core/io.h>
#include <core/klib.h>
#include <core/kmem.h>
#include <core/mapnode.h>
#include <core/space.h>

#define MAX_SPACES MAX_THREADS /* as each has a thread */
#define MAX_PORT_RANGES 4

int kdb_space_index(const struct space *space)
{
	int index = -1;

	for (; kdb_sees(space) && index < MAX_SPACES; space = space->next)
		index++;
	return index;
}

/* The space with this number; NULL, and a word to the user, if there is none. */
static const struct space *space_by_index(uint64_t index)
{
	const struct space *space = spaces;
	int above = kdb_space_index(spaces);

	for (; above >= 0 && (uint64_t)above > index; above--)
		space = space->next;
	if (above >= 0 && (uint64_t)above == index && kdb_sees(space->page_table))
		return space;
	printk("no space %lx\n", index);
	return NULL;
}

static void print_ports(const struct space *space)
{
	unsigned ranges = 0;

	printk("  ports");
	for (unsigned port = 0; port < IO_PORTS; port++) {
		unsigned first = port;

		while (io_permitted(space, port, 1))
			port++;
		if (port == first)
			continue;
		if (ranges++ == MAX_PORT_RANGES) {
			printk(" ...");
			break;
		}
		printk(" %x-%x", first, port - 1);
	}
	printk("\n");
}

static void print_area(const char *name, struct l4_fpage area)
{
	if (!l4_fpage_is_nil(area))
		printk(" %s %lx+%lx", name, l4_fpage_base(area), 1ul << l4_fpage_log2_size(area));
}

static void print_space(const struct space *space, int index)
{
	unsigned threads = 0;

	for (const struct tcb *t = space->threads; kdb_sees(t) && threads < MAX_THREADS;
	     t = t->space_next)
		threads++;
	printk("%5x table %012lx, %u threads, %u active, kernel memory %zu of ", (unsigned)index,
	       virt_to_phys(space->page_table), threads, space->active_threads,
	       (space->bytes + 1023) / 1024);
	if (space->limit == SIZE_MAX)
		printk("any KiB");
	else
		printk("%zu KiB", space->limit / 1024);
	print_area("kip", space->kip_area);
	print_area("utcbs", space->utcb_area);
	if (space->redirector != L4_ANYTHREAD.raw)
		printk(" redirector %lx", space->redirector);
	printk("%s\n", space->privileged ? " privileged" : "");
	if (kdb_sees(space->io))
		print_ports(space);
}

void kdb_show_spaces(const struct kdb_arguments *a)
{
	const struct space *space = spaces;

	(void)a;
	for (int i = kdb_space_index(spaces); i >= 0 && !kdb_stopped(); i--) {
		print_space(space, i);
		space = space->next;
	}
}

/* ---- mappings ------------------------------------------------------------------- */

/* Leaves of one kind, one behind the other in virtual and physical memory. */
struct run {
	uint64_t va, pa, size;
	pte_t bits;
	unsigned level;
};

static const char *size_name(unsigned level)
{
	static const char *const names[] = { "4K", "2M", "1G" };

	return level < ARRAY_SIZE(names) ? names[level] : "?";
}

static void print_rights(unsigned rights)
{
	printk("%c%c%c", rights & L4_RIGHT_R ? 'r' : '-', rights & L4_RIGHT_W ? 'w' : '-',
	       rights & L4_RIGHT_X ? 'x' : '-');
}

static const char *attribute_name(pte_t pte, unsigned level)
{
	static const struct {
		unsigned attribute;
		const char *name;
	} names[] = {
		{ L4_MEMORY_DEFAULT, "default" },
		{ L4_MEMORY_UNCACHED, "uncached" },
		{ L4_MEMORY_WRITE_COMBINING, "write-combining" },
		{ L4_MEMORY_WRITE_THROUGH, "write-through" },
		{ L4_MEMORY_WRITE_PROTECTED, "write-protected" },
	};
	pte_t bits;

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (paging_attribute_bits(names[i].attribute, level, &bits) &&
		    bits == (pte & PTE_ATTRIBUTE_BITS(level)))
			return names[i].name;
	return "?";
}

static void print_run(const struct run *r)
{
	if (!r->size)
		return;
	printk("%012lx-%012lx to %012lx ", r->va, r->va + r->size - 1, r->pa);
	print_rights(pte_rights(r->bits));
	printk(" %s %s%s\n", size_name(r->level), attribute_name(r->bits, r->level),
	       r->bits & PTE_KERNEL ? " kernel" : "");
}

/* What makes a leaf another kind. */
static pte_t kind_bits(pte_t pte, unsigned level)
{
	return pte & (PTE_WRITE | PTE_NX | PTE_KERNEL | PTE_ATTRIBUTE_BITS(level));
}

/* Adds a leaf to the run, or prints that and starts another. */
static void add_leaf(struct run *r, uint64_t va, pte_t pte, unsigned level)
{
	struct run leaf = { .va = va,
			    .pa = pte_phys(pte, level),
			    .size = level_size(level),
			    .bits = kind_bits(pte, level),
			    .level = level };

	if (r->size && leaf.va == r->va + r->size && leaf.pa == r->pa + r->size &&
	    leaf.bits == r->bits && leaf.level == r->level) {
		r->size += leaf.size;
	} else {
		print_run(r);
		*r = leaf;
	}
}

void kdb_show_mappings(const struct kdb_arguments *a)
{
	const struct space *space = space_by_index(a->value[0]);
	struct run run = { .size = 0 };
	uint64_t va = 0;

	while (space && va < USER_END && !kdb_stopped()) {
		unsigned level;
		const pte_t *entry = paging_lookup(space, va, &level);

		va = ALIGN_DOWN(va, level_size(level));
		if (entry)
			add_leaf(&run, va, *entry, level);
		va += level_size(level);
	}
	print_run(&run);
}

/* ---- the mapping database --------------------------------------------------------- */

static void print_node(const struct mapnode *node)
{
	printk("%3u ", node->depth);
	for (unsigned i = 0; i < node->depth && i < 20; i++)
		printk(" ");
	printk("space %x ", (unsigned)kdb_space_index(node->space));
	if (node->container) {
		printk("%s in pieces, or gone", size_name(node->level));
	} else {
		printk("%lx %s ", paging_entry_va(node->entry), size_name(node->level));
		print_rights(pte_rights(*node->entry));
	}
	printk("%s%s\n", node->piece ? " piece" : "", node->revoking ? " being revoked" : "");
}

/* Of all that derives from one page of sigma0, prints what overlaps [pa, pa + size). */
static void print_tree(const struct mapnode *root, uint64_t pa, uint64_t size)
{
	const struct mapnode *node = root;

	do {
		uint64_t at = mapnode_pa(node);

		if (at < pa + size && pa < at + level_size(node->level))
			print_node(node);
		node = node->next;
	} while (kdb_sees(node) && node->depth > root->depth && !kdb_stopped());
}

void kdb_show_tree(const struct kdb_arguments *a)
{
	const struct space *space = space_by_index(a->value[1]);
	const struct mapnode *node = NULL;
	const pte_t *entry;
	unsigned level;

	if (!space)
		return;
	entry = paging_lookup(space, a->value[0], &level);
	if (entry && !(*entry & PTE_KERNEL))
		node = paging_node(entry);
	if (!kdb_sees(node)) {
		printk("%s\n", entry ? "that page is the kernel's" : "nothing is mapped there");
		return;
	}
	while (kdb_sees(node->parent))
		node = node->parent;
	print_tree(node, pte_phys(*entry, level), level_size(level));
}

/* ---- kernel memory ------------------------------------------------------------------ */

void kdb_show_memory(const struct kdb_arguments *a)
{
	size_t charged = 0, threads = 0;

	(void)a;
	for (const struct space *s = spaces; kdb_sees(s) && !kdb_stopped(); s = s->next)
		charged += s->bytes;
	for (unsigned n = 0; (n = kernel_map_next_tcb(n)) < MAX_THREADS; n++)
		threads += tcb_slot(n)->global_id != 0;
	printk("pool %zu KiB, used %zu, free %zu\n", kmem_pages_total() * 4, kmem_pages_used() * 4,
	       (kmem_pages_total() - kmem_pages_used()) * 4);
	printk("charged to spaces %zu KiB, default limit %zu KiB\n", (charged + 1023) / 1024,
	       space_default_limit / 1024);
	printk("%zu threads, interrupts included\n", threads);
}

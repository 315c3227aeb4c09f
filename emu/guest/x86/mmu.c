/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Paging (SDM 3, chapter 4): 32-bit with pages of 4 KiB and 4 MiB (PSE, PSE-36), PAE with
 * 4 KiB and 2 MiB and execute-disable; accessed and dirty bits; address line 20.
 *
 * Global pages aren't kept over a flush of the others: every flush finds out by itself
 * what is still true.  Memory types (PWT, PCD, PAT) have no effect.
 *
 * A PAE page-directory-pointer entry that a walk used is a register, loaded with CR3; it
 * is noted as the word in memory it was loaded from, relative to CR3: a flush after CR3
 * was written compares what has been loaded then.  If only the word in memory changes,
 * walks go by the register and what they note goes at the next flush.
 */
#include "guest/x86/protect.h"

#include <emu/bus.h>
#include <emu/log.h>

#define PTE_PRESENT 1u
#define PTE_WRITE 2u
#define PTE_USER 4u
#define PTE_ACCESSED 0x20u
#define PTE_DIRTY 0x40u
#define PTE_LARGE 0x80u
#define PTE_NX (1ull << 63)

#define PAE_ADDRESS 0xffffff000ull /* 36 bits */
#define PAE_RESERVED 0x7ffffff000000000ull
#define PAE_LARGE_RESERVED 0x1fe000u
#define PDPTE_RESERVED (0xfffffff000000000ull | 0x1e6u)
#define LARGE_RESERVED 0x3fe000u   /* of a 4 MiB page's entry */
#define LARGE36_RESERVED 0x3e0000u /* with PSE-36 */
#define A20 (1u << 20)
#define EFER_NXE (1u << 11)

#define ROOT_CR3 1

/* Error code of #PF. */
#define PF_PRESENT 1u
#define PF_WRITE 2u
#define PF_USER 4u
#define PF_RESERVED 8u
#define PF_FETCH 16u

struct table_walk {
	struct x86 *x;
	struct mem_walk *walk;
	unsigned bytes;  /* of an entry */
	uint64_t rights; /* PTE_WRITE and PTE_USER of all levels */
	bool nx;
	/* The levels in memory, and where the dirty bit is. */
	unsigned levels;
	gpa address[2];
	uint64_t entry[2];
	unsigned note[2]; /* in walk->pte */
};

static gpa through_a20(const struct x86 *x, gpa address)
{
	return x->a20 ? address : address & ~(gpa)A20;
}

gpa x86_root(const struct cpu *cpu, unsigned n)
{
	const struct x86 *x = (const struct x86 *)cpu;

	if (n != ROOT_CR3)
		return 0;
	return through_a20(x, x->cr3 & (x->cr4 & X86_CR4_PAE ? ~0x1fu : ~0xfffu));
}

bool x86_load_directory(struct x86 *x, uint32_t cr3)
{
	uint64_t entry[4] = { 0 };

	bus_read(x->cpu.bus, through_a20(x, cr3 & ~0x1fu), entry, sizeof entry);
	for (unsigned i = 0; i < 4; i++)
		if (entry[i] & PTE_PRESENT && entry[i] & PDPTE_RESERVED)
			return false;
	for (unsigned i = 0; i < 4; i++)
		x->pae_directory[i] = entry[i];
	return true;
}

static void note_entry(struct table_walk *w, gpa address, uint64_t value, unsigned bytes,
		       unsigned root)
{
	w->walk->pte[w->walk->pte_count++] = (struct mem_pte){
		.address = address, .value = value, .bytes = (uint8_t)bytes, .root = (uint8_t)root
	};
}

static bool walk_fault(struct table_walk *w, uint32_t fault)
{
	w->walk->fault = fault;
	return false;
}

/* Reads the next level's entry; false if it isn't present. */
static bool read_entry(struct table_walk *w, gpa base, unsigned index, unsigned root)
{
	gpa offset = (gpa)index * w->bytes, address = through_a20(w->x, base + offset);
	uint64_t entry = 0;

	if (!bus_read(w->x->cpu.bus, address, &entry, w->bytes) || !(entry & PTE_PRESENT))
		return walk_fault(w, 0);
	w->address[w->levels] = address;
	w->entry[w->levels] = entry;
	w->note[w->levels] = w->walk->pte_count;
	w->levels++;
	w->rights &= entry;
	note_entry(w, root ? offset : address, entry, w->bytes, root);
	return true;
}

static bool has_nx(const struct x86 *x)
{
	return x->cr4 & X86_CR4_PAE && x->efer & EFER_NXE;
}

static bool walk_32(struct table_walk *w, gva address)
{
	const struct x86 *x = w->x;
	bool has36 = x->model->features & X86_FEATURE_PSE36;
	uint32_t entry;

	if (!read_entry(w, x86_root(&x->cpu, ROOT_CR3), address >> 22, ROOT_CR3))
		return false;
	entry = (uint32_t)w->entry[0];
	if (entry & PTE_LARGE && x->cr4 & X86_CR4_PSE) {
		if (entry & (has36 ? LARGE36_RESERVED : LARGE_RESERVED))
			return walk_fault(w, PF_PRESENT | PF_RESERVED);
		w->walk->span_log2 = 22;
		w->walk->page = (gpa)(entry >> 13 & 15) << 32 | (entry & 0xffc00000) |
				(address & 0x003ff000);
		return true;
	}
	if (!read_entry(w, entry & 0xfffff000, address >> 12 & 1023, 0))
		return false;
	w->walk->page = w->entry[1] & 0xfffff000;
	return true;
}

/* Reserved bits of an entry, and its share of execute-disable. */
static bool check_pae(struct table_walk *w, uint64_t entry, bool large)
{
	if (entry & PAE_RESERVED || (entry & PTE_NX && !has_nx(w->x)) ||
	    (large && entry & PAE_LARGE_RESERVED))
		return walk_fault(w, PF_PRESENT | PF_RESERVED);
	if (entry & PTE_NX)
		w->nx = true;
	return true;
}

static bool walk_pae(struct table_walk *w, gva address)
{
	uint64_t pointer = w->x->pae_directory[address >> 30], entry;

	if (!(pointer & PTE_PRESENT))
		return walk_fault(w, 0);
	note_entry(w, (address >> 30) * 8, pointer, 8, ROOT_CR3);
	if (!read_entry(w, pointer & PAE_ADDRESS, address >> 21 & 511, 0))
		return false;
	entry = w->entry[0];
	if (!check_pae(w, entry, entry & PTE_LARGE))
		return false;
	if (entry & PTE_LARGE) {
		w->walk->span_log2 = 21;
		w->walk->page = (entry & PAE_ADDRESS & ~0x1fffffull) | (address & 0x001ff000);
		return true;
	}
	if (!read_entry(w, entry & PAE_ADDRESS, address >> 12 & 511, 0) ||
	    !check_pae(w, w->entry[1], false))
		return false;
	w->walk->page = w->entry[1] & PAE_ADDRESS;
	return true;
}

/* SDM 3, 4.6. */
static uint8_t page_rights(const struct table_walk *w, bool user)
{
	const struct x86 *x = w->x;
	uint8_t rights = MEM_READ;

	if (user && !(w->rights & PTE_USER))
		return 0;
	if (w->rights & PTE_WRITE || (!user && !(x->cr0 & X86_CR0_WP)))
		rights |= MEM_WRITE;
	if (!w->nx)
		rights |= MEM_FETCH;
	return rights;
}

/* Sets accessed and dirty bits, in memory and in what is noted. */
static void update_entries(struct table_walk *w, bool write)
{
	for (unsigned i = 0; i < w->levels; i++) {
		uint64_t bits = PTE_ACCESSED;
		uint64_t entry;

		if (write && i == w->levels - 1)
			bits |= PTE_DIRTY;
		entry = w->entry[i] | bits;
		if (entry == w->entry[i] ||
		    !bus_write(w->x->cpu.bus, w->address[i], &entry, w->bytes))
			continue;
		w->entry[i] = entry;
		w->walk->pte[w->note[i]].value = entry;
	}
}

bool x86_walk(struct cpu *cpu, gva address, unsigned space, enum mem_access access, bool quiet,
	      struct mem_walk *walk)
{
	struct x86 *x = x86_of(cpu);
	bool pae = x->cr4 & X86_CR4_PAE;
	struct table_walk w = {
		.x = x, .walk = walk, .bytes = pae ? 8 : 4, .rights = PTE_WRITE | PTE_USER
	};

	*walk = (struct mem_walk){ .span_log2 = PAGE_SHIFT };
	if (!(x->cr0 & X86_CR0_PG)) {
		walk->page = through_a20(x, address & ~PAGE_MASK);
		walk->rights = MEM_READ | MEM_WRITE | MEM_FETCH;
		return true;
	}
	if (!(pae ? walk_pae(&w, address) : walk_32(&w, address)))
		return false;
	walk->page = through_a20(x, walk->page);
	walk->rights = page_rights(&w, space == X86_SPACE_USER);
	if (!(walk->rights & access))
		return walk_fault(&w, PF_PRESENT);
	if (!quiet)
		update_entries(&w, access == MEM_WRITE);
	/* The first write must come here. */
	if (!(w.entry[w.levels - 1] & PTE_DIRTY))
		walk->rights &= (uint8_t)~MEM_WRITE;
	return true;
}

/* The core fetches pages.  What CR2 gets is the instruction's own address, or, if only
 * what follows is in the page, where that begins. */
static gva fetch_address(const struct cpu *cpu, gva address)
{
	return (cpu->pc ^ address) >> PAGE_SHIFT ? address : cpu->pc;
}

/* Where nothing answers, instructions are all ones, which is none. */
static _Noreturn void bus_error(struct x86 *x, gva address, enum mem_access access)
{
	LOG(LOG_GUEST, "x86: access %u to %#x at %#x: nothing there", access, address, x->cpu.pc);
	if (access == MEM_FETCH)
		x86_raise(x, X86_UD);
	x86_raise_code(x, X86_GP, 0);
}

_Noreturn void x86_abort(struct cpu *cpu, gva address, unsigned space, enum mem_access access,
			 const struct mem_walk *walk)
{
	struct x86 *x = x86_of(cpu);
	uint32_t code;

	if (!walk)
		x86_raise_code(x, X86_AC_FAULT, 0);
	if (walk->fault == GUEST_BUS_ERROR)
		bus_error(x, address, access);
	code = walk->fault;
	if (access == MEM_WRITE)
		code |= PF_WRITE;
	if (space == X86_SPACE_USER)
		code |= PF_USER;
	if (access == MEM_FETCH) {
		if (has_nx(x))
			code |= PF_FETCH;
		address = fetch_address(cpu, address);
	}
	LOG(LOG_MMU, "x86: page fault %#x at %#x, pc %#x", code, address, cpu->pc);
	x->cr2 = address;
	x86_raise_code(x, X86_PF_FAULT, code);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address spaces: page table, KIP and UTCB areas, I/O ports, redirector, and the
 * account of kernel memory.  A space exists while it has threads.
 */
#ifndef CORE_SPACE_H
#define CORE_SPACE_H

#include <arch/paging.h>
#include <core/mapdb.h>
#include <l4/types.h>
#include <stdbool.h>

struct tcb;
struct iospace;

struct space {
	pte_t *page_table;
	struct tcb *threads; /* list by space_next */
	unsigned active_threads;
	struct l4_fpage kip_area, utcb_area; /* nil: not set */
	uint64_t redirector;                 /* global id; any: none */
	bool privileged;
	bool owns_memory; /* sigma0: page faults are resolved one to one */
	bool kip_mapped;
	size_t bytes, limit;       /* kernel memory charged, and at most */
	unsigned nodes;            /* mapping nodes that name this space */
	bool dead;                 /* taken apart, but for the nodes that still do */
	struct iospace *io;        /* I/O ports, NULL: none */
	struct space *next, *prev; /* all spaces */
	struct revoke revoke;      /* while it is taken apart, */
	uint64_t reap_va;          /* and how far that has come */
	struct space *reap_next;
};

extern struct space *spaces; /* list by next */
extern struct space *sigma0_space;
extern size_t space_default_limit; /* bytes */

/* A new space without threads; NULL: no memory. */
struct space *space_create(void);

/* Frees a space that nothing was ever mapped into. */
void space_discard(struct space *space);

/* One node less names the space. */
void space_drop_node(struct space *space);

/* Takes an empty space apart, `*budget` steps at most; true when it is gone. */
bool space_reap(struct space *space, unsigned *budget);

/* Makes a UTCB page present; returns its kernel address for local_id, NULL: no memory. */
l4_word_t *space_map_utcb(struct space *space, uint64_t local_id);
bool space_map_kip(struct space *space);

/* The UTCB block of local_id belongs to thread `number` (0: to none). */
void space_set_utcb_owner(struct space *space, uint64_t local_id, unsigned number);
/* The thread of the space with this local id; NULL: none. */
struct tcb *space_find_local(const struct space *space, uint64_t local_id);

/* True if [va, va + size) meets the KIP or UTCB area. */
bool space_is_kernel_area(const struct space *space, uint64_t va, uint64_t size);
bool space_in_utcb_area(const struct space *space, uint64_t local_id);

/* Charges bytes (or returns false at the limit) and gives them back. */
bool space_charge(struct space *space, size_t bytes);
void space_uncharge(struct space *space, size_t bytes);

/* Some property changed that the IPC fast path depends on. */
void space_update_keys(struct space *space);

/*
 * The one way the kernel reaches user memory: the page of va with at least
 * `rights`, as a kernel pointer to the byte at va, good until the lock is
 * released or for `slot` asked again.  NULL: page fault.  Sets the access bits.
 */
void *space_user_page(struct space *space, uint64_t va, unsigned rights, unsigned slot);

/* Reads up to n bytes at va; returns how many could be read. */
size_t space_read(struct space *space, uint64_t va, void *to, size_t n);

/* One-to-one mapping for sigma0; false if the memory is the kernel's or none is left. */
bool space_sigma0_fault(uint64_t va);

#endif

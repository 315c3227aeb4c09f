/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * I/O ports, see io.h.
 *
 * Revoking is done in two moves: take the ports from the spaces concerned, then,
 * as long as an edge hands out a port its giver doesn't have, cut that edge.
 */
#include <core/io.h>

#include <core/cpu.h>
#include <core/klib.h>
#include <core/kmem.h>
#include <core/sched.h>
#include <core/space.h>

struct edge {
	struct edge *next, *prev;
	struct space *from, *to;
	unsigned first, last; /* ports, inclusive */
};

struct range {
	unsigned first, last; /* inclusive; empty if last < first */
};

static struct edge *edges;

size_t io_node_size(void)
{
	return sizeof(struct edge) > sizeof(struct iospace) ? sizeof(struct edge) :
							      sizeof(struct iospace);
}

/* 64 ports' bits, 0 = permitted. */
static uint64_t port_word(const struct space *space, unsigned port)
{
	const struct iospace *io = space->io;

	return io ? io->page[port / 8 / IO_PAGE_BYTES][port / 8 % IO_PAGE_BYTES / 8] : ~0ull;
}

/* The first port in [port, last] that the space has (or has not); last + 1: none. */
static unsigned next_port(const struct space *space, unsigned port, unsigned last, bool has)
{
	while (port <= last) {
		uint64_t word = port_word(space, port);
		uint64_t found = (has ? ~word : word) >> port % 64;

		if (found) {
			port += (unsigned)__builtin_ctzll(found);
			break;
		}
		port = (port | 63) + 1;
	}
	return port <= last ? port : last + 1;
}

bool io_permitted(const struct space *space, unsigned port, unsigned count)
{
	unsigned last = port + count - 1;

	return last < IO_PORTS && next_port(space, port, last, false) > last;
}

static bool create_iospace(struct space *space)
{
	struct iospace *io = kmem_alloc(space, KMEM_IONODE);

	if (!io)
		return false;
	for (unsigned i = 0; i < ARRAY_SIZE(io->page); i++) {
		io->page[i] = kmem_page(space);
		if (!io->page[i])
			goto no_memory;
		memset(io->page[i], 0xff, IO_PAGE_BYTES);
	}
	io->first_word = IO_WORDS;
	space->io = io;
	return true;

no_memory:
	if (io->page[0])
		kmem_free_page(space, io->page[0]);
	kmem_free(space, KMEM_IONODE, io);
	return false;
}

static void reload(struct space *space)
{
	for (unsigned i = 0; i < MAX_CPUS; i++)
		if (cpus[i])
			arch_io_changed(cpus[i], space);
}

static void set_ports(struct space *space, struct range r, bool permit)
{
	struct iospace *io = space->io;

	for (unsigned port = r.first; port <= r.last; port = (port | 63) + 1) {
		uint64_t *word = &io->page[port / 8 / IO_PAGE_BYTES][port / 8 % IO_PAGE_BYTES / 8];
		uint64_t bits = ~0ull << port % 64;

		if (r.last < (port | 63))
			bits &= ~0ull >> (63 - r.last % 64);
		*word = permit ? *word & ~bits : *word | bits;
	}
	if (permit && r.first / 64 < io->first_word)
		io->first_word = r.first / 64;
	if (permit && r.last / 64 > io->last_word)
		io->last_word = r.last / 64;
}

static bool add_edge(struct space *from, struct space *to, struct range r)
{
	struct edge *e = kmem_alloc(to, KMEM_IONODE);

	if (!e)
		return false;
	*e = (struct edge){
		.next = edges, .from = from, .to = to, .first = r.first, .last = r.last
	};
	if (edges)
		edges->prev = e;
	edges = e;
	return true;
}

static void remove_edge(struct edge *e)
{
	if (e->prev)
		e->prev->next = e->next;
	else
		edges = e->next;
	if (e->next)
		e->next->prev = e->prev;
	kmem_free(e->to, KMEM_IONODE, e);
}

/* Takes `r` out of an edge, and the ports from its receiver.  Without memory for the
 * second rest, that goes, too. */
static void cut(struct edge *e, struct range r)
{
	struct range cut = { r.first > e->first ? r.first : e->first,
			     r.last < e->last ? r.last : e->last };

	if (cut.last < cut.first)
		return;
	if (cut.first > e->first && cut.last < e->last &&
	    !add_edge(e->from, e->to, (struct range){ cut.last + 1, e->last }))
		cut.last = e->last;
	set_ports(e->to, cut, false);
	if (cut.first > e->first)
		e->last = cut.first - 1;
	else if (cut.last < e->last)
		e->first = cut.last + 1;
	else
		remove_edge(e);
}

/* The first ports of an edge that its giver doesn't have. */
static struct range unfounded(const struct edge *e)
{
	struct range r = { .first = next_port(e->from, e->first, e->last, false) };

	r.last = next_port(e->from, r.first, e->last, true) - 1;
	return r;
}

static void cut_unfounded(void)
{
	bool changed;

	do {
		struct edge *next;

		changed = false;
		for (struct edge *e = edges; e; e = next) {
			struct range r = unfounded(e);

			next = e->next;
			if (r.first <= e->last) {
				cut(e, r);
				changed = true;
			}
		}
	} while (changed);
}

static void revoke_ports(struct space *space, struct range r, bool flush)
{
	struct edge *next;

	for (struct edge *e = edges; e; e = next) {
		next = e->next;
		if (e->from == space || (flush && e->to == space))
			cut(e, r);
	}
	if (flush && space->io)
		set_ports(space, r, false);
	cut_unfounded();
	for (struct space *s = spaces; s; s = s->next)
		if (s->io)
			reload(s);
}

static struct range fpage_ports(struct l4_fpage f)
{
	unsigned first, bits = l4_io_fpage_log2_ports(f);

	if (l4_fpage_is_complete(f) || bits >= 16)
		return (struct range){ 0, IO_PORTS - 1 };
	first = (unsigned)l4_io_fpage_port(f) & (~0u << bits);
	return (struct range){ first, first + (1u << bits) - 1 };
}

/* Maps the ports of r that `from` has and `to` doesn't, run by run. */
static bool map_ports(struct space *from, struct space *to, struct range r)
{
	unsigned port = r.first;

	while ((port = next_port(from, port, r.last, true)) <= r.last) {
		unsigned absent = next_port(to, port, r.last, false);
		unsigned from_end = next_port(from, port, r.last, false);
		struct range run = { port, next_port(to, port, from_end - 1, true) - 1 };

		if (absent != port) {
			port = absent;
			continue;
		}
		if (!to->io && !create_iospace(to))
			return false;
		if (!add_edge(from, to, run))
			return false;
		set_ports(to, run, true);
		port = run.last + 1;
	}
	return true;
}

/* For a grant: what `to` has from the granter within r, it now has from who had given
 * it to the granter.  A run of ports from several givers keeps the first one's. */
static void pass_on(struct space *granter, struct space *to, struct range r)
{
	struct edge *next;

	for (struct edge *e = edges; e; e = next) {
		const struct edge *giver = edges;

		next = e->next;
		if (e->from != granter || e->to != to || e->first < r.first || e->last > r.last)
			continue;
		while (giver &&
		       (giver->to != granter || giver->first > e->first || giver->last < e->first))
			giver = giver->next;
		if (!giver)
			continue;
		e->from = giver->from;
		if (giver->last < e->last)
			cut(e, (struct range){ giver->last + 1, e->last });
	}
}

bool io_map(struct space *from, struct space *to, struct l4_fpage send, struct l4_fpage window,
	    bool grant)
{
	struct range r = fpage_ports(send), w = fpage_ports(window);

	if (w.first > r.first)
		r.first = w.first;
	if (w.last < r.last)
		r.last = w.last;
	if (r.last < r.first || from == to)
		return true;
	if (!map_ports(from, to, r))
		return false;
	if (grant && from->io) {
		pass_on(from, to, r);
		revoke_ports(from, r, true);
	}
	if (to->io)
		reload(to);
	return true;
}

void io_unmap(struct space *space, struct l4_fpage f, bool flush)
{
	if (space->io)
		revoke_ports(space, fpage_ports(f), flush);
}

bool io_init(struct space *sigma0)
{
	if (!create_iospace(sigma0))
		return false;
	set_ports(sigma0, (struct range){ 0, IO_PORTS - 1 }, true);
	return true;
}

void io_space_free(struct space *space)
{
	struct iospace *io = space->io;

	if (!io)
		return;
	revoke_ports(space, (struct range){ 0, IO_PORTS - 1 }, true);
	space->io = NULL;
	for (unsigned i = 0; i < MAX_CPUS; i++)
		if (cpus[i] && cpus[i]->io_space == space)
			cpus[i]->io_space = NULL; /* its bitmap permits nothing now */
	for (unsigned i = 0; i < ARRAY_SIZE(io->page); i++)
		kmem_free_page(space, io->page[i]);
	kmem_free(space, KMEM_IONODE, io);
}

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

static bool has_port(const struct space *space, unsigned port)
{
	const struct iospace *io = space->io;

	return io && !(io->page[port / 8 / IO_PAGE_BYTES][port / 8 % IO_PAGE_BYTES] >> port % 8 & 1);
}

bool io_permitted(const struct space *space, unsigned port, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (port + i >= IO_PORTS || !has_port(space, port + i))
			return false;
	return true;
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
	io->first_byte = IO_BITMAP_BYTES;
	space->io = io;
	space_update_keys(space);
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

	for (unsigned port = r.first; port <= r.last;) {
		uint8_t *byte = &io->page[port / 8 / IO_PAGE_BYTES][port / 8 % IO_PAGE_BYTES];

		if (port % 8 == 0 && port + 7 <= r.last) {
			*byte = permit ? 0 : 0xff;
			port += 8;
			continue;
		}
		if (permit)
			*byte &= (uint8_t)~(1u << port % 8);
		else
			*byte |= (uint8_t)(1u << port % 8);
		port++;
	}
	if (permit && r.first / 8 < io->first_byte)
		io->first_byte = r.first / 8;
	if (permit && r.last / 8 > io->last_byte)
		io->last_byte = r.last / 8;
}

static bool add_edge(struct space *from, struct space *to, struct range r)
{
	struct edge *e = kmem_alloc(to, KMEM_IONODE);

	if (!e)
		return false;
	*e = (struct edge){ .next = edges, .from = from, .to = to, .first = r.first, .last = r.last };
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
	struct range r = { e->first, 0 };

	while (r.first <= e->last && has_port(e->from, r.first))
		r.first++;
	r.last = r.first;
	while (r.last < e->last && !has_port(e->from, r.last + 1))
		r.last++;
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
				break;
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

	while (port <= r.last) {
		struct range run = { port, 0 };

		if (!has_port(from, port) || has_port(to, port)) {
			port++;
			continue;
		}
		while (port <= r.last && has_port(from, port) && !has_port(to, port))
			port++;
		run.last = port - 1;
		if (!to->io && !create_iospace(to))
			return false;
		if (!add_edge(from, to, run))
			return false;
		set_ports(to, run, true);
	}
	return true;
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
		/* What the granter was given, the grantee now has from the same giver. */
		for (struct edge *e = edges; e; e = e->next)
			if (e->from == from && e->to == to && e->first >= r.first && e->last <= r.last)
				e->from = sigma0_space;
		revoke_ports(from, r, true);
	}
	reload(to);
	return true;
}

void io_unmap(struct space *space, struct l4_fpage f, bool flush)
{
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
	for (unsigned i = 0; i < ARRAY_SIZE(io->page); i++)
		kmem_free_page(space, io->page[i]);
	kmem_free(space, KMEM_IONODE, io);
}

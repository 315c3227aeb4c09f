/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transfer of typed items: map and grant items, strings (manual sections 5.4-5.6).
 *
 * The sender's thread does the work, in steps: one page of a mapping or at most
 * one page of a string each.  Between steps the transfer can be preempted, or wait for
 * a page fault of either side.  All that lies in UTCBs may change at any time (its
 * owners run on), so each step reads what it needs once and checks it.
 */
#include <core/ipc.h>

#include <core/cpu.h>
#include <core/fault.h>
#include <core/io.h>
#include <core/klib.h>
#include <core/sched.h>
#include <core/space.h>

#define XFER_BUDGET 64 /* steps of mapping between preemption points */
#define COPY_COST 16   /* of a string step, in those */
#define SINK_REGISTERS L4_BR_COUNT

enum step {
	STEP_NEXT,  /* go on */
	STEP_AGAIN, /* budget used up */
	STEP_LEFT,  /* page fault or error: the transfer isn't ours any more */
};

void xfer_start(struct tcb *s, struct tcb *d, l4_word_t tag)
{
	unsigned first = 1 + l4_tag_untyped((struct l4_tag){ tag });

	s->xfer = (struct xfer){ .partner = d,
				 .is_sender = true,
				 .outer = s->op,
				 .tag = tag,
				 .item = (uint8_t)first,
				 .buffer = 1 };
	s->xfer.end = (uint8_t)(first + l4_tag_typed((struct l4_tag){ tag }));
	if (d->op.kind == IPC_USER)
		d->xfer = (struct xfer){ .partner = s, .outer = d->op };
	else
		d->inner = s; /* d->xfer may hold the transfer in which it faulted */
	s->state = THREAD_SENDING;
	d->state = THREAD_RECEIVING;
	xfer_run(s);
}

/* s and d are done with each other; what else d is doing goes on. */
static void part(struct tcb *s, struct tcb *d)
{
	s->xfer.partner = NULL;
	if (d->inner == s)
		d->inner = NULL;
	else
		d->xfer.partner = NULL;
}

/* The revoke that an aborted transfer had begun has to be finished. */
static void finish_aborted(struct tcb *s)
{
	unsigned budget = XFER_BUDGET;

	if (!revoke_run(&s->revoke, &budget)) {
		s->continuation = finish_aborted;
		sched_ready(s, true);
		return;
	}
	ipc_fail(s, false, s->xfer.abort, s->xfer.bytes);
}

void xfer_abort(struct tcb *s, enum l4_ipc_error for_sender, enum l4_ipc_error for_receiver)
{
	struct tcb *d = s->xfer.partner;
	l4_word_t bytes = s->xfer.bytes;

	ipc_unwait(s);
	ipc_unwait(d);
	s->op = s->xfer.outer;
	if (d->inner != s)
		d->op = d->xfer.outer;
	part(s, d);
	s->xfer.abort = for_sender;
	s->continuation = NULL;
	sched_remove(s);
	ipc_fail(d, true, for_receiver, bytes);
	if (s->revoke.active) {
		s->state = THREAD_SENDING;
		s->continuation = finish_aborted;
		sched_ready(s, true);
	} else {
		ipc_fail(s, false, for_sender, bytes);
	}
}

static enum step overflow(struct tcb *s)
{
	xfer_abort(s, L4_IPC_OVERFLOW, L4_IPC_OVERFLOW);
	return STEP_LEFT;
}

/* ---- map and grant items ------------------------------------------------------ */

static struct l4_fpage receive_window(const struct tcb *d)
{
	if (d->op.kind == IPC_PAGE_FAULT || d->op.kind == IPC_IO_FAULT)
		return L4_COMPLETE_SPACE;
	if (d->op.kind == IPC_USER)
		return (struct l4_fpage){ tcb_tcr(d, L4_TCR_BR0) & ~0xfull };
	return L4_NILPAGE;
}

static void report_item(struct tcb *d, unsigned item, l4_word_t base, struct l4_fpage f)
{
	if (d->op.kind != IPC_USER)
		return;
	d->utcb[item] = base;
	d->utcb[item + 1] = f.raw;
}

static enum step end_item(struct tcb *s)
{
	s->xfer.item = (uint8_t)(s->xfer.item + 2);
	s->xfer.map_done = 0;
	return STEP_NEXT;
}

static enum step map_io(struct tcb *s, struct tcb *d, l4_word_t base, struct l4_fpage f)
{
	struct l4_fpage window = receive_window(d);
	bool grant = (base & L4_ITEM_TYPE_MASK) == L4_ITEM_GRANT;

	if (l4_fpage_is_complete(window) || l4_fpage_is_io(window)) {
		if (!io_map(s->space, d->space, f, window, grant))
			return overflow(s);
	} else {
		f = L4_NILPAGE;
	}
	report_item(d, s->xfer.item, base, f);
	return end_item(s);
}

static enum step map_step(struct tcb *s, struct tcb *d, l4_word_t base, unsigned *budget)
{
	struct l4_fpage f = { s->utcb[s->xfer.item + 1] };
	struct map_request q = { .from = s->space,
				 .to = d->space,
				 .rights = l4_fpage_rights(f),
				 .grant = (base & L4_ITEM_TYPE_MASK) == L4_ITEM_GRANT };
	unsigned bits;

	/* The item may have been exchanged since the last step. */
	if (s->revoke.active && !revoke_run(&s->revoke, budget))
		return STEP_AGAIN;
	if (l4_fpage_is_io(f))
		return map_io(s, d, base, f);
	if (!map_window(f, receive_window(d), base & ~0x3ffull, &q.source, &q.sink, &bits)) {
		report_item(d, s->xfer.item, base, f);
		return end_item(s);
	}
	q.size = 1ull << bits;
	switch (map_range(&q, &s->xfer.map_done, &s->revoke, budget)) {
	case MAP_AGAIN:
		s->xfer.mapped_rights |= q.mapped_rights;
		return STEP_AGAIN;
	case MAP_NO_MEMORY:
		return overflow(s);
	case MAP_DONE:
		break;
	}
	f = l4_fpage(q.sink, bits, q.mapped_rights | s->xfer.mapped_rights);
	s->xfer.mapped_rights = 0;
	report_item(d, s->xfer.item, base, f);
	return end_item(s);
}

/* ---- strings ------------------------------------------------------------------ */

static l4_word_t source_word(const struct tcb *s, unsigned i)
{
	return ((volatile l4_word_t *)s->utcb)[i & (L4_MR_COUNT - 1)];
}

static l4_word_t sink_word(const struct tcb *d, unsigned i)
{
	return i < SINK_REGISTERS ? tcb_tcr(d, (enum l4_tcr)(L4_TCR_BR0 - (int)i)) : 0;
}

/* Where a cursor points: the bytes left in its substring, and their address. */
struct extent {
	uint64_t address, left;
	bool end; /* of the string */
};

/* Steps the cursor over exhausted substrings of the string whose words `word` reads. */
static struct extent string_extent(const struct tcb *t, struct string_cursor *c, unsigned end,
				   l4_word_t (*word)(const struct tcb *, unsigned))
{
	while (c->head < end) {
		l4_word_t head = word(t, c->head), length = l4_string_length(head);
		unsigned count = l4_string_substrings(head);

		if (length > L4_STRING_MAX_LENGTH)
			length = L4_STRING_MAX_LENGTH;
		if (c->sub < count && c->offset < length && c->head + 1u + c->sub < end)
			return (struct extent){ .address =
							word(t, c->head + 1u + c->sub) + c->offset,
						.left = length - c->offset };
		c->offset = 0;
		if (++c->sub < count)
			continue;
		c->sub = 0;
		c->head = (uint8_t)(c->head + 1 + count);
		if (!(head & L4_STRING_COMPOUND))
			break;
	}
	return (struct extent){ .end = true };
}

/* The register behind the string that starts at `head`. */
static unsigned string_end(const struct tcb *t, unsigned head, unsigned end,
			   l4_word_t (*word)(const struct tcb *, unsigned))
{
	while (head < end) {
		l4_word_t w = word(t, head);

		head += 1 + l4_string_substrings(w);
		if (!(w & L4_STRING_COMPOUND))
			break;
	}
	return head < end ? head : end;
}

/* The register of the buffer after that at `head`; SINK_REGISTERS: there is none. */
static unsigned next_buffer(const struct tcb *d, unsigned head)
{
	l4_word_t w;

	do {
		w = sink_word(d, head);
		head += 1 + l4_string_substrings(w);
	} while (w & L4_STRING_COMPOUND && head < SINK_REGISTERS);
	return w & L4_ITEM_CONTINUES && head < SINK_REGISTERS ? head : SINK_REGISTERS;
}

/* When the page faults of this transfer must be over; 0: at once. */
static uint64_t fault_deadline(struct tcb *s, const struct tcb *d)
{
	uint64_t now = plat_clock_us(), send, receive;

	if (!s->xfer.deadline_us) {
		uint16_t send_time = (uint16_t)(tcb_tcr(s, L4_TCR_XFER_TIMEOUTS) >> 16);
		uint16_t receive_time = (uint16_t)tcb_tcr(d, L4_TCR_XFER_TIMEOUTS);

		send = time_is_zero(send_time) ? now : time_deadline(send_time, now);
		receive = time_is_zero(receive_time) ? now : time_deadline(receive_time, now);
		s->xfer.deadline_us = send < receive ? send : receive;
	}
	return s->xfer.deadline_us > now ? s->xfer.deadline_us : 0;
}

/* `who` of the two has no page with `rights` at `va`. */
static enum step string_fault(struct tcb *s, struct tcb *d, struct tcb *who, uint64_t va,
			      unsigned rights)
{
	uint64_t deadline;

	if (who->space->owns_memory && va < USER_END && space_sigma0_fault(va))
		return STEP_NEXT;
	deadline = fault_deadline(s, d);
	if (!deadline || va >= USER_END || who->op.kind != IPC_USER) {
		bool own = who == s;

		xfer_abort(s, own ? L4_IPC_XFER_TIMEOUT_OWN : L4_IPC_XFER_TIMEOUT_PARTNER,
			   own ? L4_IPC_XFER_TIMEOUT_PARTNER : L4_IPC_XFER_TIMEOUT_OWN);
	} else {
		fault_page_in_transfer(who, va, rights, deadline == UINT64_MAX ? 0 : deadline);
	}
	return STEP_LEFT;
}

static bool begin_string(struct tcb *s, struct tcb *d)
{
	if (d->op.kind != IPC_USER || !(sink_word(d, 0) & L4_ACCEPT_STRINGS) ||
	    s->xfer.buffer >= SINK_REGISTERS)
		return false;
	s->xfer.in_string = true;
	s->xfer.source = (struct string_cursor){ .head = s->xfer.item };
	s->xfer.sink = (struct string_cursor){ .head = s->xfer.buffer };
	return true;
}

/* The receiver sees the sender's lengths, and where the parts went in its space. */
static void report_string(struct tcb *s, struct tcb *d)
{
	unsigned end = string_end(s, s->xfer.item, s->xfer.end, source_word);
	l4_word_t address = sink_word(d, s->xfer.buffer + 1u);
	unsigned head = s->xfer.item;

	while (head < end) {
		l4_word_t w = source_word(s, head);
		unsigned count = l4_string_substrings(w);

		d->utcb[head] = w;
		for (unsigned i = 0; i < count && head + 1 + i < end; i++) {
			d->utcb[head + 1 + i] = address;
			address += l4_string_length(w);
		}
		head += 1 + count;
	}
	s->xfer.item = (uint8_t)end;
	s->xfer.buffer = (uint8_t)next_buffer(d, s->xfer.buffer);
	s->xfer.in_string = false;
}

static uint64_t page_left(uint64_t va)
{
	return PAGE_SIZE - (va & (PAGE_SIZE - 1));
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static enum step string_step(struct tcb *s, struct tcb *d, unsigned *budget)
{
	struct extent from, to;
	uint64_t n;
	void *source, *sink;

	if (!s->xfer.in_string && !begin_string(s, d))
		return overflow(s);
	if (*budget < COPY_COST) {
		*budget = 0;
		return STEP_AGAIN;
	}
	*budget -= COPY_COST;
	from = string_extent(s, &s->xfer.source, s->xfer.end, source_word);
	if (from.end) {
		report_string(s, d);
		return STEP_NEXT;
	}
	to = string_extent(d, &s->xfer.sink, SINK_REGISTERS, sink_word);
	if (to.end)
		return overflow(s);
	n = least(least(from.left, page_left(from.address)), least(to.left, page_left(to.address)));
	source = space_user_page(s->space, from.address, L4_RIGHT_R, 0);
	if (!source)
		return string_fault(s, d, s, from.address, L4_RIGHT_R);
	sink = space_user_page(d->space, to.address, L4_RIGHTS_RW, 1);
	if (!sink)
		return string_fault(s, d, d, to.address, L4_RIGHT_W);
	memcpy(sink, source, n);
	s->xfer.source.offset += n;
	s->xfer.sink.offset += n;
	s->xfer.bytes += n;
	return STEP_NEXT;
}

/* ---- the transfer --------------------------------------------------------------- */

static enum step item_step(struct tcb *s, struct tcb *d, unsigned *budget)
{
	l4_word_t word = source_word(s, s->xfer.item);

	if (s->xfer.in_string || l4_item_is_string(word))
		return string_step(s, d, budget);
	if (s->xfer.item + 1 >= s->xfer.end)
		return overflow(s); /* half an item */
	return map_step(s, d, word, budget);
}

void xfer_run(struct tcb *s)
{
	struct tcb *d = s->xfer.partner;
	unsigned budget = XFER_BUDGET;
	l4_word_t tag = s->xfer.tag;

	while (s->xfer.item < s->xfer.end) {
		switch (item_step(s, d, &budget)) {
		case STEP_NEXT:
			break;
		case STEP_AGAIN:
			s->continuation = xfer_run;
			sched_ready(s, true);
			return;
		case STEP_LEFT:
			return;
		}
	}
	part(s, d);
	ipc_received(d, s, tag);
	ipc_sent(s);
}

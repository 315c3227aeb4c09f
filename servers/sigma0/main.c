/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sigma0: the task that has all memory and I/O ports at start and hands them out
 * (manual section 7, "Sigma0 Protocol").
 *
 * First come, first served, once; the owner may ask again and gets the same.  All
 * threads of the root task are one owner, elsewhere the owner is the thread.  The
 * image of the root task is its own from the start, boot modules are only for it.
 * RAM is given to those who ask for any page or for an address, other memory for
 * its address.  Page and I/O faults of threads whose pager is sigma0 are requests
 * for the page or ports touched.
 *
 * A request that is refused is answered with a nil page.  A fault that is refused
 * gets no answer: the thread stays where it is instead of faulting for ever.
 */
#include "claims.h"
#include "memory.h"

#include <l4/server.h>
#include <l4/thread.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PORT_LOG2_ALL 16
#define LAST_ADDRESS ((1ull << 52) - 1) /* the architecture's physical addresses */

/* Enough for 1024 scattered owners; see claims.h for what makes a list long. */
static struct claim memory_claim[1024], port_claim[256];
static struct claims memory_claims = { memory_claim, 0, ARRAY_SIZE(memory_claim) };
static struct claims port_claims = { port_claim, 0, ARRAY_SIZE(port_claim) };
static struct memory_map memory;

char l4_stack[4096] __attribute__((aligned(4096)));
const size_t l4_stack_size = sizeof(l4_stack);

/*
 * True if both threads are in one space.  There is no call to ask that, but
 * ThreadControl checks, in this order, that a thread may go to the space of another
 * (an active one only if it is there) and where its UTCB would be.  With an
 * impossible UTCB it fails in any case, and the error says at which check.
 */
static bool sigma0_same_space(struct l4_thread_id thread, struct l4_thread_id other)
{
	void *impossible = (void *)1;

	if (l4_same_thread(thread, other))
		return true;
	return !l4_thread_control(thread, other, L4_NILTHREAD, L4_NILTHREAD, impossible) &&
	       l4_error_code() == L4_ERROR_UTCB_AREA;
}

static struct l4_thread_id sigma0_owner(struct l4_thread_id from)
{
	struct l4_thread_id root = l4_root();

	/* For an interrupt, as which its handler may send, ThreadControl is a
	 * different call. */
	if (l4_is_interrupt(from))
		return from;
	return sigma0_same_space(from, root) ? root : from;
}

/* Lets the page go out with other cache attributes than RAM has. */
static bool sigma0_set_attribute(l4_word_t base, unsigned log2_size, l4_word_t attribute)
{
	const l4_word_t attributes[4] = { attribute };

	if (attribute == L4_MEMORY_DEFAULT)
		return true;
	l4_set_mr(0, l4_fpage(base, log2_size, 0).raw);
	return l4_memory_control(0, attributes);
}

/* Gives 2^log2_size bytes at base; nil if the owner can't have them. */
static struct l4_fpage sigma0_give_memory(struct l4_thread_id owner, l4_word_t base,
					  unsigned log2_size, l4_word_t attribute)
{
	l4_word_t last = base + ((1ull << log2_size) - 1);
	l4_word_t first_frame = base >> L4_PAGE_BITS, last_frame = last >> L4_PAGE_BITS;
	enum memory_policy policy;

	if (last > LAST_ADDRESS || last < base)
		return L4_NILPAGE;
	policy = memory_policy(&memory, base, last);
	if (policy == MEMORY_NOBODY || (policy == MEMORY_ROOT && !l4_same_thread(owner, l4_root())))
		return L4_NILPAGE;
	if (!claims_may_add(&memory_claims, first_frame, last_frame, owner.raw) ||
	    !sigma0_set_attribute(base, log2_size, attribute))
		return L4_NILPAGE;
	claims_add(&memory_claims, first_frame, last_frame, owner.raw);
	return l4_fpage(base, log2_size, L4_RIGHTS_ALL);
}

/* The lowest free RAM of that size, but never page 0: it would be a null pointer. */
static bool sigma0_find_memory(unsigned log2_size, l4_word_t *found)
{
	l4_word_t size = 1ull << log2_size, at = L4_PAGE_SIZE;
	const struct claim *claim;

	while (memory_next(&memory, at, &at)) {
		at = (at + size - 1) & -size;
		if (at > LAST_ADDRESS || LAST_ADDRESS - at < size - 1)
			return false;
		claim = claims_find(&memory_claims, at >> L4_PAGE_BITS,
				    (at + size - 1) >> L4_PAGE_BITS);
		if (claim) {
			at = (claim->last + 1) << L4_PAGE_BITS;
		} else if (memory_policy(&memory, at, at + size - 1) != MEMORY_ANY) {
			at += size;
		} else {
			*found = at;
			return true;
		}
	}
	return false;
}

static struct l4_fpage sigma0_serve_memory(struct l4_thread_id owner, struct l4_fpage wanted,
					   l4_word_t attribute)
{
	unsigned log2_size = l4_fpage_log2_size(wanted);
	l4_word_t base = l4_fpage_base(wanted);

	if (log2_size < L4_PAGE_BITS || LAST_ADDRESS >> log2_size == 0)
		return L4_NILPAGE;
	if (base == L4_ANY_BASE && !sigma0_find_memory(log2_size, &base))
		return L4_NILPAGE;
	return sigma0_give_memory(owner, base & (~0ull << log2_size), log2_size, attribute);
}

static struct l4_fpage sigma0_serve_ports(struct l4_thread_id owner, struct l4_fpage wanted)
{
	unsigned log2_ports = l4_io_fpage_log2_ports(wanted);
	l4_word_t first, last;

	if (log2_ports > PORT_LOG2_ALL)
		return L4_NILPAGE;
	first = l4_io_fpage_port(wanted) & (~0ull << log2_ports);
	last = first + (1ull << log2_ports) - 1;
	if (!claims_may_add(&port_claims, first, last, owner.raw))
		return L4_NILPAGE;
	claims_add(&port_claims, first, last, owner.raw);
	return l4_io_fpage(first, log2_ports, L4_RIGHTS_ALL);
}

static void sigma0_answer(struct l4_message *m, struct l4_fpage given)
{
	l4_word_t address = l4_fpage_is_io(given) ? 0 : l4_fpage_base(given);

	l4_message_map(m, l4_map_item(given, address));
}

static bool sigma0_on_request(struct l4_thread_id from, struct l4_message *m)
{
	struct l4_fpage wanted = { m->mr[1] };
	struct l4_thread_id owner = sigma0_owner(from);

	if (l4_fpage_is_io(wanted))
		sigma0_answer(m, sigma0_serve_ports(owner, wanted));
	else
		sigma0_answer(m, sigma0_serve_memory(owner, wanted, m->mr[2]));
	return true;
}

static bool sigma0_on_page_fault(struct l4_thread_id from, struct l4_message *m)
{
	l4_word_t page = m->mr[1] & -L4_PAGE_SIZE;
	struct l4_fpage given;

	/* Nobody means page 0 without having asked for it. */
	if (page == 0)
		return false;
	given = sigma0_give_memory(sigma0_owner(from), page, L4_PAGE_BITS, L4_MEMORY_DEFAULT);
	sigma0_answer(m, given);
	return !l4_fpage_is_nil(given);
}

static bool sigma0_on_io_fault(struct l4_thread_id from, struct l4_message *m)
{
	struct l4_fpage wanted = { m->mr[1] }, given = L4_NILPAGE;

	if (l4_fpage_is_io(wanted))
		given = sigma0_serve_ports(sigma0_owner(from), wanted);
	sigma0_answer(m, given);
	return !l4_fpage_is_nil(given);
}

/* Only root's exceptions come here, unless it wants them elsewhere: nobody could go
 * on for it. */
static bool sigma0_on_exception(struct l4_thread_id from, struct l4_message *m)
{
	(void)from;
	(void)m;
	return false;
}

static bool sigma0_on_other(struct l4_thread_id from, struct l4_message *m)
{
	(void)from;
	sigma0_answer(m, L4_NILPAGE);
	return true;
}

/* Notes an image as its task's own.  `high` may be the last byte or the one after. */
static void sigma0_claim_image(const struct l4_kip_server *image, struct l4_thread_id owner)
{
	l4_word_t first = image->low >> L4_PAGE_BITS, last = (image->high - 1) >> L4_PAGE_BITS;

	if (image->high > image->low && claims_may_add(&memory_claims, first, last, owner.raw))
		claims_add(&memory_claims, first, last, owner.raw);
}

/* Ports of chips the kernel drives: interrupt controllers and timer of a PC. */
static void sigma0_reserve_ports(void)
{
	static const struct {
		uint16_t first, last;
	} kernel_ports[] = { { 0x20, 0x21 }, { 0x40, 0x43 }, { 0xa0, 0xa1 }, { 0x4d0, 0x4d1 } };

	for (unsigned i = 0; i < ARRAY_SIZE(kernel_ports); i++)
		claims_add(&port_claims, kernel_ports[i].first, kernel_ports[i].last,
			   l4_sigma0().raw);
}

int main(void)
{
	static const struct l4_server_entry entry[] = {
		{ .label = L4_LABEL_SIGMA0, .untyped = 2, .handler = sigma0_on_request },
		{ .label = L4_LABEL_PAGE_FAULT,
		  .variable = L4_RIGHTS_ALL,
		  .untyped = 2,
		  .handler = sigma0_on_page_fault },
		{ .label = L4_LABEL_IO_FAULT,
		  .variable = L4_RIGHTS_ALL,
		  .untyped = 2,
		  .handler = sigma0_on_io_fault },
		{ .label = L4_LABEL_EXCEPTION, .more = true, .handler = sigma0_on_exception },
	};
	static const struct l4_server server = { entry, ARRAY_SIZE(entry), sigma0_on_other, NULL };
	const struct l4_kip *kip = l4_kip();

	memory = (struct memory_map){ l4_kip_memory(kip), l4_kip_memory_count(kip) };
	sigma0_claim_image(&kip->sigma0, l4_sigma0());
	sigma0_claim_image(&kip->root, l4_root());
	sigma0_reserve_ports();
	l4_server_run(&server);
}

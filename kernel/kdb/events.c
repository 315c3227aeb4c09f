/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last exceptions, the last page and I/O faults, and the last of these messages
 * that failed, which halts the thread.  One ring for each: programs are loaded by page
 * faults, so that those alone would soon push everything else out.
 */
#include <kdb/kdb.h>

#include <core/fault.h>
#include <core/klib.h>
#include <core/plat.h>
#include <kdb/command.h>

#define EVENTS 16

struct event {
	uint64_t at_us;
	uint64_t thread;
	uint64_t ip;
	uint64_t what, more; /* vector, error code; address, rights; phase, error */
	enum ipc_kind kind;
};

enum event_ring { RING_EXCEPTION, RING_FAULT, RING_FAILURE, RINGS };

static struct {
	struct event event[EVENTS];
	uint64_t count; /* ever recorded */
} rings[RINGS];

static struct event *new_event(enum event_ring ring, const struct tcb *t)
{
	struct event *e = &rings[ring].event[rings[ring].count++ % EVENTS];

	*e = (struct event){ .at_us = plat_clock_us(),
			     .thread = t->global_id,
			     .ip = arch_ip(&t->arch),
			     .kind = t->op.kind };
	return e;
}

void kdb_record_fault(const struct tcb *t)
{
	struct event *e;

	if (t->op.kind == IPC_EXCEPTION) {
		e = new_event(RING_EXCEPTION, t);
		e->what = arch_exception_number(&t->arch);
		e->more = arch_exception_error(&t->arch);
	} else {
		e = new_event(RING_FAULT, t);
		e->what = t->fault.address;
		e->more = t->fault.rights;
	}
}

void kdb_record_failure(const struct tcb *t, bool receive_phase, enum l4_ipc_error error)
{
	struct event *e;

	if (t->xfer.partner)
		return;
	e = new_event(RING_FAILURE, t);
	e->what = receive_phase;
	e->more = error;
}

static void print_failure(const struct event *e)
{
	static const char *const kinds[] = {
		[IPC_PAGE_FAULT] = "page fault",
		[IPC_IO_FAULT] = "I/O fault",
		[IPC_EXCEPTION] = "exception",
		[IPC_START] = "start",
	};
	const char *kind = e->kind < ARRAY_SIZE(kinds) ? kinds[e->kind] : NULL;

	printk("%s: IPC error %lu in the %s phase", kind ? kind : "?", e->more,
	       e->what ? "receive" : "send");
}

static void print_fault(const struct event *e)
{
	if (e->kind == IPC_IO_FAULT) {
		struct l4_fpage ports = { e->what };

		printk("ports %lx..%lx", l4_io_fpage_port(ports),
		       l4_io_fpage_port(ports) + (1ul << l4_io_fpage_log2_ports(ports)) - 1);
	} else {
		printk("%s %lx",
		       e->more & L4_RIGHT_W ? "write" :
		       e->more & L4_RIGHT_X ? "execute" :
					      "read",
		       e->what);
	}
}

static void print_event(enum event_ring ring, const struct event *e)
{
	printk("%12lu us thread %016lx at %016lx ", e->at_us, e->thread, e->ip);
	switch (ring) {
	case RING_EXCEPTION:
		printk("exception %lx error %lx", e->what, e->more);
		break;
	case RING_FAULT:
		print_fault(e);
		break;
	default:
		print_failure(e);
		break;
	}
	printk("\n");
}

void kdb_show_events(const struct kdb_arguments *a)
{
	static const char *const titles[RINGS] = { "exceptions", "page and I/O faults", "failed" };

	(void)a;
	for (unsigned ring = 0; ring < RINGS; ring++) {
		uint64_t count = rings[ring].count, first = count > EVENTS ? count - EVENTS : 0;

		printk("%s (%lu in all):\n", titles[ring], count);
		for (uint64_t i = first; i < count && !kdb_stopped(); i++)
			print_event(ring, &rings[ring].event[i % EVENTS]);
	}
}

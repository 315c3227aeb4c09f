/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strings whose memory isn't there: page faults of the sender, the receiver and
 * both in the middle of a transfer, transfer timeouts on either side, and
 * partners that vanish meanwhile.
 *
 * The sender's string lies at TEST_VA in its space, the receiver's buffer at
 * TEST_VA + 1 MiB in its own; each has a scripted pager.
 */
#include "ktest.h"
#include "pager_plan.h"
#include "tests.h"

#include <string.h>

#define OUT_VA TEST_VA
#define IN_VA (TEST_VA + 0x100000)
#define OFFSET 1000 /* in the first page */
#define LENGTH 9000 /* three pages */
#define FIRST_CHUNK (L4_PAGE_SIZE - OFFSET)
#define OUT_PAGE 0 /* pool pages used by either side */
#define IN_PAGE 8
#define FINITE_US 20000

static struct job out, in;
static struct pager_plan out_pager, in_pager;
static struct thread *sender, *receiver;

static uint8_t *xfer_pool_byte(unsigned page, l4_word_t i)
{
	return pool + page * L4_PAGE_SIZE + OFFSET + i;
}

static void xfer_prepare(struct job *j, struct pager_plan *plan, l4_word_t va, unsigned page)
{
	*plan = (struct pager_plan){
		.base = va, .first_page = page, .rights = L4_RIGHTS_RW, .answers = ~0ull
	};
	pager_plan_start(plan);
	j->xfer_timeouts = 0; /* never, both */
}

/* Threads in two spaces, not started. */
static void xfer_begin(void)
{
	for (l4_word_t i = 0; i < LENGTH; i++) {
		*xfer_pool_byte(OUT_PAGE, i) = (uint8_t)(i * 11 + 3);
		*xfer_pool_byte(IN_PAGE, i) = 0;
	}
	out = in = (struct job){ .timeouts = 0 };
	xfer_prepare(&out, &out_pager, OUT_VA, OUT_PAGE);
	xfer_prepare(&in, &in_pager, IN_VA, IN_PAGE);
	sender = thread_create(space_new(), NULL, &out);
	receiver = thread_create(space_new(), NULL, &in);
	sender->pager = out_pager.thread->id;
	receiver->pager = in_pager.thread->id;
	out.to = receiver->id;
	in.from = sender->id;
	job_add_item(&out, l4_string_head(LENGTH, 1), OUT_VA + OFFSET);
	in.br[0] = L4_ACCEPT_STRINGS;
	in.br[1] = l4_string_head(LENGTH, 1);
	in.br[2] = IN_VA + OFFSET;
	in.brs = 3;
}

static volatile uint8_t touched;

static void xfer_touch(l4_word_t va, bool write)
{
	volatile uint8_t *p = (volatile uint8_t *)va;

	if (write)
		*p = *p;
	else
		touched = *p;
}

/* How many pages of the string (buffer) the thread touches before its IPC. */
static unsigned out_touch, in_touch;

static void xfer_sender(void *arg)
{
	for (unsigned i = 0; i < out_touch; i++)
		xfer_touch(OUT_VA + i * L4_PAGE_SIZE, false);
	job_run(arg);
}

static void xfer_receiver(void *arg)
{
	for (unsigned i = 0; i < in_touch; i++)
		xfer_touch(IN_VA + i * L4_PAGE_SIZE, true);
	job_run(arg);
}

static void xfer_start(void)
{
	sender->entry = xfer_sender;
	receiver->entry = xfer_receiver;
	thread_go(receiver);
	thread_reaches(receiver, L4_SCHEDULE_WAITING);
	thread_go(sender);
}

static void xfer_finish(void)
{
	job_wait(&out);
	job_wait(&in);
}

static bool xfer_whole(void)
{
	for (l4_word_t i = 0; i < LENGTH; i++)
		if (*xfer_pool_byte(IN_PAGE, i) != *xfer_pool_byte(OUT_PAGE, i))
			return false;
	return l4_tag_succeeded(out.tag) && l4_tag_succeeded(in.tag);
}

static void xfer_run(unsigned out_pages, unsigned in_pages)
{
	out_touch = out_pages;
	in_touch = in_pages;
	xfer_start();
	xfer_finish();
}

void test_xfer_faults(void)
{
	xfer_begin();
	xfer_run(0, 3);
	check(xfer_whole(), "sender's pages come by fault");
	check_eq(out_pager.faults, 3, "its pager is asked for each");
	check_eq(out_pager.last.label, L4_LABEL_PAGE_FAULT | L4_RIGHT_R, "for reading");
	check_eq(out_pager.last.address & ~(L4_PAGE_SIZE - 1), OUT_VA + 2 * L4_PAGE_SIZE,
		 "at the address in the sender's space");
	check_eq(out_pager.last.thread.raw, sender->id.raw, "on behalf of the sender");
	check_eq(in_pager.faults, 3, "the receiver's pager was asked before only");
	thread_cleanup();

	xfer_begin();
	xfer_run(3, 0);
	check(xfer_whole(), "receiver's pages come by fault");
	check_eq(in_pager.faults, 3, "its pager is asked for each");
	check_eq(in_pager.last.label & 7 & L4_RIGHT_W, L4_RIGHT_W, "for writing");
	check_eq(in_pager.last.thread.raw, receiver->id.raw, "on behalf of the receiver");
	check_eq(in_pager.last.address & ~(L4_PAGE_SIZE - 1), IN_VA + 2 * L4_PAGE_SIZE,
		 "at the address in the receiver's space");
	thread_cleanup();

	xfer_begin();
	xfer_run(0, 0);
	check(xfer_whole(), "both sides' pages come by fault");
	check_eq(out_pager.faults + in_pager.faults, 6, "both pagers are asked");
}

/* Finite transfer timeouts suffice for pagers that are quick enough. */
void test_xfer_slow_pagers(void)
{
	xfer_begin();
	out_pager.delay_us = in_pager.delay_us = 2000;
	xfer_run(0, 0);
	check(xfer_whole(), "slow pagers, no timeout");
	check(out.end_us - out.begin_us >= 6 * 2000, "it takes as long as they need");
	thread_cleanup();

	xfer_begin();
	out_pager.delay_us = in_pager.delay_us = 1000;
	out.xfer_timeouts = in.xfer_timeouts =
		l4_timeouts(l4_period_us(500000), l4_period_us(500000));
	xfer_run(0, 0);
	check(xfer_whole(), "slow pagers, long timeout");
}

/* Sender fails with `send_error`, receiver with `receive_error`, same offset. */
static void xfer_check_errors(const char *name, enum l4_ipc_error send_error,
			      enum l4_ipc_error receive_error, l4_word_t offset)
{
	job_check_error(&out, false, send_error, name);
	job_check_error(&in, true, receive_error, name);
	check_eq(out.error >> 4, offset, "%s: offset for the sender", name);
	check_eq(in.error >> 4, offset, "%s: offset for the receiver", name);
}

/* Transfer timeouts of both threads in us; where the fault is; how long it takes. */
struct xfer_case {
	const char *name;
	uint64_t out_send, out_receive, in_send, in_receive;
	uint64_t least_us, most_us;
};

#define NEVER_US (~0ull)
#define LONG_US 1000000
#define SLACK_US 500000

static const struct xfer_case xfer_cases[] = {
	{ "sender's timeout zero", 0, NEVER_US, NEVER_US, NEVER_US, 0, SLACK_US },
	{ "receiver's timeout zero", NEVER_US, NEVER_US, NEVER_US, 0, 0, SLACK_US },
	{ "sender's timeout finite", FINITE_US, NEVER_US, NEVER_US, NEVER_US, FINITE_US,
	  FINITE_US + SLACK_US },
	{ "receiver's timeout finite", NEVER_US, NEVER_US, NEVER_US, FINITE_US, FINITE_US,
	  FINITE_US + SLACK_US },
	{ "sender's timeout the shorter", FINITE_US, NEVER_US, NEVER_US, LONG_US, FINITE_US,
	  FINITE_US + SLACK_US },
	{ "receiver's timeout the shorter", LONG_US, NEVER_US, NEVER_US, FINITE_US, FINITE_US,
	  FINITE_US + SLACK_US },
	{ "the other halves don't count", FINITE_US, 0, 0, LONG_US, FINITE_US,
	  FINITE_US + SLACK_US },
};

static struct l4_time xfer_time(uint64_t us)
{
	return us == NEVER_US ? L4_NEVER : l4_period_us(us);
}

/* One page is there on the faulting side, all of them on the other. */
static void xfer_begin_fault(bool out_faults)
{
	xfer_begin();
	out_touch = out_faults ? 1 : 3;
	in_touch = out_faults ? 3 : 1;
	out_pager.answers = out_touch;
	in_pager.answers = in_touch;
}

static void xfer_run_case(const struct xfer_case *c, bool out_faults)
{
	struct pager_plan *plan = out_faults ? &out_pager : &in_pager;
	uint64_t took_us;

	xfer_begin_fault(out_faults);
	out.xfer_timeouts = l4_timeouts(xfer_time(c->out_send), xfer_time(c->out_receive));
	in.xfer_timeouts = l4_timeouts(xfer_time(c->in_send), xfer_time(c->in_receive));
	xfer_start();
	xfer_finish();
	took_us = out.end_us - out.begin_us;
	xfer_check_errors(
		c->name, out_faults ? L4_IPC_XFER_TIMEOUT_OWN : L4_IPC_XFER_TIMEOUT_PARTNER,
		out_faults ? L4_IPC_XFER_TIMEOUT_PARTNER : L4_IPC_XFER_TIMEOUT_OWN, FIRST_CHUNK);
	check_range(took_us, c->least_us, c->most_us, "%s: when it fails", c->name);
	check_eq(plan->faults - 1, c->least_us != 0, "%s: is the pager asked", c->name);
	check(*xfer_pool_byte(IN_PAGE, FIRST_CHUNK - 1) ==
			      *xfer_pool_byte(OUT_PAGE, FIRST_CHUNK - 1) &&
		      !*xfer_pool_byte(IN_PAGE, FIRST_CHUNK),
	      "%s: what is said to have arrived, has", c->name);
	thread_cleanup();
}

void test_xfer_timeout_sender_faults(void)
{
	for (unsigned i = 0; i < COUNT(xfer_cases); i++)
		xfer_run_case(&xfer_cases[i], true);
}

void test_xfer_timeout_receiver_faults(void)
{
	for (unsigned i = 0; i < COUNT(xfer_cases); i++)
		xfer_run_case(&xfer_cases[i], false);
}

/* Until the transfer hangs in the page fault nobody answers. */
static void xfer_start_and_hang(bool out_faults)
{
	struct pager_plan *plan = out_faults ? &out_pager : &in_pager;

	xfer_begin_fault(out_faults);
	xfer_start();
	check(wait_for(&plan->faults, 2, 1000000), "the transfer has begun");
	l4_sleep_us(200);
}

static void xfer_check_deletion(bool out_faults, bool delete_sender)
{
	struct job *survivor = delete_sender ? &in : &out;

	xfer_start_and_hang(out_faults);
	thread_delete(delete_sender ? sender : receiver);
	job_wait(survivor);
	job_check_error(survivor, delete_sender, L4_IPC_ABORTED,
			delete_sender ? "sender deleted" : "receiver deleted");
	check_eq(survivor->error >> 4, FIRST_CHUNK, "%s faulting: offset",
		 out_faults ? "sender" : "receiver");
	thread_cleanup();
}

void test_xfer_partner_deleted(void)
{
	xfer_check_deletion(true, true);
	xfer_check_deletion(true, false);
	xfer_check_deletion(false, true);
	xfer_check_deletion(false, false);
}

static l4_word_t xfer_abort(l4_word_t thread, l4_word_t control)
{
	struct l4_exregs_words regs = { .control = control };

	if (l4_is_nil(l4_exchange_registers(l4_thread_id(thread), &regs)))
		return ~0ull;
	return regs.control;
}

/* ExchangeRegisters, from a thread in the victim's space. */
static void xfer_check_abort(bool out_faults, bool abort_sender)
{
	struct thread *victim;
	struct agent a;
	l4_word_t old = 0;

	xfer_start_and_hang(out_faults);
	victim = abort_sender ? sender : receiver;
	a = agent_new(victim->space);
	agent_call(&a, xfer_abort, victim->id.raw,
		   abort_sender ? L4_EXREGS_ABORT_SEND : L4_EXREGS_ABORT_RECEIVE, &old);
	check_eq(old & (L4_EXREGS_ABORT_SEND | L4_EXREGS_ABORT_RECEIVE),
		 abort_sender ? L4_EXREGS_ABORT_SEND : L4_EXREGS_ABORT_RECEIVE,
		 "the phase is reported");
	xfer_finish();
	xfer_check_errors(abort_sender ? "abort send" : "abort receive", L4_IPC_ABORTED,
			  L4_IPC_ABORTED, FIRST_CHUNK);
	thread_cleanup();
}

void test_xfer_aborted(void)
{
	xfer_check_abort(true, true);
	xfer_check_abort(true, false);
	xfer_check_abort(false, true);
	xfer_check_abort(false, false);
}

/* Schedule tells who is in a transfer. */
void test_xfer_states(void)
{
	xfer_start_and_hang(true);
	check_eq(thread_state(sender), L4_SCHEDULE_SENDING, "sender in its page fault: sending");
	check_eq(thread_state(receiver), L4_SCHEDULE_RECEIVING, "receiver: receiving");
	thread_cleanup();
	xfer_start_and_hang(false);
	check_eq(thread_state(sender), L4_SCHEDULE_SENDING, "sender: sending");
	check_eq(thread_state(receiver), L4_SCHEDULE_RECEIVING,
		 "receiver in its page fault: receiving");
}

/* Both move to another processor while a page fault of the transfer is dealt with. */
void test_smp_xfer_migration(void)
{
	unsigned moved = 0;

	for (unsigned i = 0; i < 6; i++) {
		xfer_begin();
		out_touch = in_touch = 0;
		out_pager.delay_us = in_pager.delay_us = 3000;
		xfer_start();
		wait_for(i & 1 ? &out_pager.faults : &in_pager.faults, 1 + i / 2, 1000000);
		moved += l4_set_processor(sender->id, i % cpu_count);
		moved += l4_set_processor(receiver->id, (i + 1) % cpu_count);
		xfer_finish();
		check(xfer_whole(), "sender and receiver move in fault %u of a transfer", i);
		thread_cleanup();
	}
	check_eq(moved, 12, "they may be moved");
}

/* ---- a race ---- */

#define RACE_US 300000

static volatile l4_word_t race_messages, race_failures;
static volatile bool race_over;

static void race_repeat(void *arg)
{
	struct job *j = arg;

	while (!race_over) {
		job_run(j);
		if (l4_tag_failed(j->tag))
			__atomic_add_fetch(&race_failures, 1, __ATOMIC_RELAXED);
		else
			__atomic_add_fetch(&race_messages, 1, __ATOMIC_RELAXED);
	}
}

static void race_go(struct thread *t, struct job *j, unsigned cpu)
{
	struct l4_time soon = l4_period_us(2000);

	j->timeouts = j->xfer_timeouts = l4_timeouts(soon, soon);
	t->entry = race_repeat;
	l4_set_processor(t->id, cpu);
	thread_go(t);
}

/* Main takes the pages away, and now and then a thread, while strings are sent. */
void test_xfer_race(void)
{
	uint64_t end = l4_system_clock() + RACE_US;
	unsigned before = space_kernel_pages(NULL);

	race_over = false;
	race_messages = race_failures = 0;
	xfer_begin();
	race_go(receiver, &in, 0);
	race_go(sender, &out, 1 % cpu_count);
	for (unsigned i = 0; l4_system_clock() < end; i++) {
		l4_unmap_fpage(pool_page(i % 16, 12, L4_RIGHTS_ALL));
		l4_sleep_us(100);
		if (i % 8 == 0)
			thread_restart(i % 16 ? sender : receiver);
	}
	race_over = true;
	note("%llu strings arrived, %llu failed", (unsigned long long)race_messages,
	     (unsigned long long)race_failures);
	check(race_messages > 20, "strings arrive while their pages come and go");
	thread_cleanup();
	xfer_begin();
	xfer_run(0, 0);
	check(xfer_whole(), "and afterwards");
	thread_cleanup();
	check_eq(space_kernel_pages(NULL), before, "no kernel memory is lost");
}

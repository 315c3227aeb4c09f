/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ExchangeRegisters (manual 2.3): on running, waiting and sending threads, on
 * oneself, on threads it must refuse; and all 1024 control words against a model.
 */
#include "ktest.h"
#include "tests.h"

#include <l4/thread.h>

#define FLAGS_CARRY 1ull
#define CONTROLS 1024
#define NEW_HANDLE 0x4a4d1e
#define OLD_HANDLE 0x01d

extern const char asm_count_a[], asm_count_a_end[]; /* counts in asm_counters[0] */
extern const char asm_count_b[], asm_count_b_end[]; /* and [1], for ever */
extern volatile l4_word_t asm_counters[2];

static uint8_t other_stack[1024] __attribute__((aligned(16)));

static struct l4_exregs_words exregs_call(struct l4_thread_id id, l4_word_t control,
					  bool *succeeded)
{
	struct l4_exregs_words regs = { .control = control };
	bool good = !l4_is_nil(l4_exchange_registers(id, &regs));

	if (succeeded)
		*succeeded = good;
	return regs;
}

static void exregs_sleep(void *unused)
{
	(void)unused;
	thread_park();
}

static void exregs_count(void *unused)
{
	(void)unused;
	((void (*)(void))(l4_word_t)asm_count_a)();
}

/* True if the counter moves while main sleeps. */
static bool exregs_counts(unsigned i)
{
	l4_word_t before = asm_counters[i];

	for (unsigned tries = 0; tries < 20 && asm_counters[i] == before; tries++)
		l4_sleep_us(500);
	return asm_counters[i] != before;
}

static bool exregs_stands(unsigned i)
{
	l4_word_t before = asm_counters[i];

	l4_sleep_us(3000);
	return asm_counters[i] == before;
}

void test_exregs_ids(void)
{
	struct thread *t = thread_new(NULL, exregs_sleep, NULL);
	struct l4_exregs_words regs = { .control = 0 };

	check_eq(l4_exchange_registers(t->id, &regs).raw, t->local.raw, "global id gives local id");
	regs.control = 0;
	check_eq(l4_exchange_registers(t->local, &regs).raw, t->id.raw, "local id gives global id");
	regs.control = 0;
	check_eq(l4_exchange_registers(main_id, &regs).raw, l4_my_local_id().raw,
		 "one's own global id");
	check_eq(l4_global_id_of(t->local).raw, t->id.raw, "l4_global_id_of");
	check_eq(l4_local_id_of(t->id).raw, t->local.raw, "l4_local_id_of");
}

static void exregs_check_error(struct l4_thread_id id, const char *name)
{
	struct l4_exregs_words regs = { .control = L4_EXREGS_SET_HALT | L4_EXREGS_HALT };

	check_eq(l4_exchange_registers(id, &regs).raw, 0, "%s: fails", name);
	check_eq(l4_error_code(), L4_ERROR_THREAD, "%s: with error 2", name);
}

static l4_word_t exregs_on(l4_word_t id, l4_word_t control)
{
	struct l4_exregs_words regs = { .control = control };

	if (l4_is_nil(l4_exchange_registers(l4_thread_id(id), &regs)))
		return l4_error_code();
	return 0;
}

void test_exregs_errors(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t error = 0;

	exregs_check_error(a.thread->id, "thread of another space");
	exregs_check_error(a.thread->local, "local id of another space");
	exregs_check_error(thread_fresh_id(), "thread that doesn't exist");
	exregs_check_error(l4_global_id(l4_thread_no(main_id), l4_version(main_id) + 1),
			   "other version");
	exregs_check_error(L4_NILTHREAD, "nil");
	exregs_check_error(L4_ANYTHREAD, "any");
	exregs_check_error(L4_ANYLOCALTHREAD, "any local");
	exregs_check_error(l4_interrupt(4), "interrupt");
	exregs_check_error(sigma0_id, "sigma0");
	agent_call(&a, exregs_on, main_id.raw, L4_EXREGS_SET_HALT | L4_EXREGS_HALT, &error);
	check_eq(error, L4_ERROR_THREAD, "a child space can't halt main");
}

void test_exregs_halt(void)
{
	struct thread *t = thread_new(NULL, exregs_count, NULL);
	struct l4_exregs_words old;

	check(exregs_counts(0), "a thread counts");
	old = exregs_call(t->id, L4_EXREGS_HALT, NULL);
	check(exregs_counts(0), "H without h: goes on");
	old = exregs_call(t->id, L4_EXREGS_HALT | L4_EXREGS_SET_HALT, NULL);
	check_eq(old.control & 7, 0, "it was running");
	check(exregs_stands(0), "H with h: halts");
	old = exregs_call(t->id, L4_EXREGS_DELIVER, NULL);
	check_eq(old.control & L4_EXREGS_HALT, L4_EXREGS_HALT, "is seen to be halted");
	check(exregs_stands(0), "asking doesn't change it");
	old = exregs_call(t->id, L4_EXREGS_SET_HALT, NULL);
	check_eq(old.control & L4_EXREGS_HALT, L4_EXREGS_HALT, "was halted");
	check(exregs_counts(0), "h without H: goes on");
	old = exregs_call(t->id, 0, NULL);
	check_eq(old.control & L4_EXREGS_HALT, 0, "is seen to run");
	l4_stop(t->id);
	check(exregs_stands(0), "l4_stop()");
}

void test_exregs_redirect_running(void)
{
	struct thread *t = thread_new(NULL, exregs_count, NULL);
	struct l4_exregs_words regs = { .control = L4_EXREGS_IP | L4_EXREGS_SP | L4_EXREGS_FLAGS |
						   L4_EXREGS_DELIVER,
					.ip = (l4_word_t)asm_count_b,
					.sp = (l4_word_t)(other_stack + sizeof(other_stack)),
					.flags = FLAGS_CARRY };

	check(exregs_counts(0), "a thread counts");
	l4_exchange_registers(t->id, &regs);
	check_range(regs.ip, (l4_word_t)asm_count_a, (l4_word_t)asm_count_a_end - 1, "old IP");
	check_range(regs.sp, (l4_word_t)t->stack, (l4_word_t)t->stack + STACK_SIZE, "old SP");
	check(regs.flags & (1 << 9), "old flags");
	check(exregs_counts(1), "it counts elsewhere");
	check(exregs_stands(0), "and no more here");
	regs = exregs_call(t->id, L4_EXREGS_DELIVER, NULL);
	check_range(regs.ip, (l4_word_t)asm_count_b, (l4_word_t)asm_count_b_end - 1, "new IP");
	check_eq(regs.sp, (l4_word_t)(other_stack + sizeof(other_stack)), "new SP");
	/* The loop of b keeps carry. */
	check_eq(regs.flags & FLAGS_CARRY, FLAGS_CARRY, "new flags");
}

void test_exregs_flags_sane(void)
{
	struct thread *t = thread_new(NULL, exregs_count, NULL);
	struct l4_exregs_words regs = { .control = L4_EXREGS_IP | L4_EXREGS_FLAGS,
					.ip = (l4_word_t)asm_count_b,
					.flags = ~((1ull << 9) | (1ull << 8)) };

	check(exregs_counts(0), "a thread counts");
	l4_exchange_registers(t->id, &regs);
	check(exregs_counts(1), "flags of all ones: it runs on");
	regs = exregs_call(t->id, L4_EXREGS_DELIVER, NULL);
	check_eq(regs.flags & (3 << 12), 0, "without I/O privilege");
	check_eq(regs.flags & (1 << 9), 1 << 9, "with interrupts enabled");
}

void test_exregs_self(void)
{
	struct l4_exregs_words regs = { .control = L4_EXREGS_HANDLE | L4_EXREGS_DELIVER,
					.handle = NEW_HANDLE };
	struct l4_thread_id id;

	l4_set_tcr(L4_TCR_HANDLE, OLD_HANDLE);
	id = l4_exchange_registers(main_id, &regs);
	check_eq(id.raw, l4_my_local_id().raw, "on oneself");
	check_eq(l4_tcr(L4_TCR_HANDLE), NEW_HANDLE, "the handle is set");
	check_eq(regs.handle, OLD_HANDLE, "the old one is returned");
	check_eq(regs.pager.raw, sigma0_id.raw, "the pager is returned");
	check_eq(regs.control & 7, 0, "neither halted nor in an IPC");
	l4_set_tcr(L4_TCR_HANDLE, 0);
}

static volatile l4_word_t self_halt_passed;

static void exregs_halts_itself(void *unused)
{
	(void)unused;
	exregs_call(l4_myself(), L4_EXREGS_HALT | L4_EXREGS_SET_HALT, NULL);
	self_halt_passed = 1;
}

void test_exregs_self_halt(void)
{
	struct thread *t;

	self_halt_passed = 0;
	t = thread_new(NULL, exregs_halts_itself, NULL);
	l4_sleep_us(3000);
	check(t->started && !self_halt_passed, "a thread halts itself");
	exregs_call(t->id, L4_EXREGS_SET_HALT, NULL);
	check(wait_for(&self_halt_passed, 1, 500000), "and is set going by another");
}

/* A halted thread's IPC goes on; its user code doesn't. */
void test_exregs_halt_waiting(void)
{
	static struct job receive;
	struct job send;
	struct thread *t;

	receive = job_receive(main_id);
	t = job_start(NULL, &receive);
	thread_reaches(t, L4_SCHEDULE_WAITING);
	exregs_call(t->id, L4_EXREGS_HALT | L4_EXREGS_SET_HALT, NULL);
	send = job_send(t->id);
	job_add_word(&send, 0x33);
	send.timeouts = l4_timeouts(l4_period_us(10000), L4_NEVER);
	job_run(&send);
	check(l4_tag_succeeded(send.tag), "a halted receiver gets its message");
	l4_sleep_us(2000);
	check_eq(receive.done, 0, "but doesn't run");
	exregs_call(t->id, L4_EXREGS_SET_HALT, NULL);
	job_wait(&receive);
	check(l4_tag_succeeded(receive.tag) && receive.got[1] == 0x33, "until resumed");
}

static volatile l4_word_t landed;
static void exregs_landing(void)
{
	landed = 1;
	thread_park();
}

/* New IP while waiting: after the IPC. */
void test_exregs_ip_waiting(void)
{
	static struct job receive;
	struct l4_exregs_words regs = { .control = L4_EXREGS_IP | L4_EXREGS_SP,
					.ip = (l4_word_t)exregs_landing,
					.sp = (l4_word_t)(other_stack + sizeof(other_stack) - 8) };
	struct job send;
	struct thread *t;

	landed = 0;
	receive = job_receive(main_id);
	t = job_start(NULL, &receive);
	thread_reaches(t, L4_SCHEDULE_WAITING);
	l4_exchange_registers(t->id, &regs);
	check_eq(regs.control & 7, L4_EXREGS_ABORT_RECEIVE, "it was receiving");
	l4_sleep_us(2000);
	check_eq(landed, 0, "a new IP doesn't end a receive");
	check_eq(thread_state(t), L4_SCHEDULE_WAITING, "it still waits");
	send = job_send(t->id);
	send.timeouts = l4_timeouts(l4_period_us(10000), L4_NEVER);
	job_run(&send);
	check(l4_tag_succeeded(send.tag), "a message does");
	check(wait_for(&landed, 1, 500000), "and it goes on at the new IP");
	check_eq(receive.done, 0, "not at the old one");
}

void test_exregs_start(void)
{
	static struct job receive;
	struct thread *t;

	landed = 0;
	receive = job_receive(main_id);
	t = job_start(NULL, &receive);
	thread_reaches(t, L4_SCHEDULE_WAITING);
	l4_start(t->id, (l4_word_t)(other_stack + sizeof(other_stack) - 8),
		 (l4_word_t)exregs_landing);
	check(wait_for(&landed, 1, 500000), "l4_start() ends an IPC and starts elsewhere");

	/* A thread that waits for its start message. */
	t = thread_create(NULL, exregs_sleep, NULL);
	landed = 0;
	l4_start(t->id, (l4_word_t)(other_stack + sizeof(other_stack) - 8),
		 (l4_word_t)exregs_landing);
	check(wait_for(&landed, 1, 500000), "l4_start() instead of a start message");
}

static void exregs_fault(void *unused)
{
	(void)unused;
	*(volatile l4_word_t *)TEST_VA;
}

static void exregs_undefined(void *unused)
{
	(void)unused;
	__asm__ volatile("ud2");
}

/* Out of a fault nobody has answered yet. */
void test_exregs_out_of_fault(void)
{
	void (*const faults[])(void *) = { exregs_fault, exregs_undefined };

	for (unsigned i = 0; i < COUNT(faults); i++) {
		struct thread *t = thread_create(NULL, faults[i], NULL);
		struct l4_exregs_words regs;

		landed = 0;
		t->pager = t->handler = main_id;
		thread_go(t);
		check(l4_tag_succeeded(l4_receive_timeout(t->id, l4_period_us(500000))),
		      "a thread faults");
		regs = exregs_call(t->id, L4_EXREGS_DELIVER, NULL);
		check_eq(regs.control & 7, L4_EXREGS_ABORT_RECEIVE, "it waits for the answer");
		l4_start(t->id, (l4_word_t)(other_stack + sizeof(other_stack) - 8),
			 (l4_word_t)exregs_landing);
		check(wait_for(&landed, 1, 500000), "and is taken out of the fault");
	}
}

/* An IP no user has, or no processor: the thread faults, the kernel doesn't. */
void test_exregs_bad_ip(void)
{
	static const l4_word_t bad[] = { 0x8000000000000000, 0x0000800000000000, 0xffffffff80100000,
					 0xffff800000000000, 0xfffffffffffffffe };

	for (unsigned i = 0; i < COUNT(bad); i++) {
		struct thread *t = thread_create(NULL, exregs_count, NULL);
		struct l4_tag tag;

		t->pager = t->handler = main_id;
		asm_counters[0] = 0;
		thread_go(t);
		wait_for(&asm_counters[0], 1, 500000);
		l4_start(t->id, 0x8000000000000000, bad[i]);
		tag = l4_receive_timeout(t->id, l4_period_us(500000));
		check(l4_tag_label(tag) == L4_LABEL_EXCEPTION ||
			      (l4_tag_label(tag) & ~7ull) == L4_LABEL_PAGE_FAULT,
		      "start at %#llx: the thread faults", (unsigned long long)bad[i]);
		thread_delete(t);
	}
}

/* ---- all combinations ---- */

enum exregs_activity { RUNNING, WAITING, SENDING };

struct exregs_tally {
	unsigned id, control, values, halted, state, handle, pager, place;
};

static void exregs_wait(void *unused)
{
	(void)unused;
	l4_receive(main_id);
	thread_park();
}

static void exregs_send(void *unused)
{
	(void)unused;
	l4_set_tag(l4_tag(0, 0, 0));
	l4_send(main_id);
	thread_park();
}

/* A thread in that activity, with known handle and pager. */
static struct thread *exregs_victim(enum exregs_activity activity)
{
	static void (*const entries[])(void *) = { exregs_count, exregs_wait, exregs_send };
	struct thread *t = thread_new(NULL, entries[activity], NULL);
	struct l4_exregs_words regs = { .control = L4_EXREGS_HANDLE, .handle = OLD_HANDLE };

	if (activity == RUNNING) {
		l4_word_t before = asm_counters[0];

		while (asm_counters[0] == before)
			l4_sleep_us(20);
	} else {
		thread_reaches(t, activity == WAITING ? L4_SCHEDULE_WAITING :
							L4_SCHEDULE_PENDING_SEND);
	}
	l4_exchange_registers(t->id, &regs);
	return t;
}

static l4_word_t exregs_phase(enum exregs_activity activity)
{
	static const l4_word_t phases[] = { 0, L4_EXREGS_ABORT_RECEIVE, L4_EXREGS_ABORT_SEND };

	return phases[activity];
}

/* One control word on one victim; what differs from the model goes to the tally. */
static void exregs_try(enum exregs_activity activity, l4_word_t control, struct exregs_tally *bad)
{
	struct thread *t = exregs_victim(activity);
	struct l4_exregs_words before = exregs_call(t->id, L4_EXREGS_DELIVER, NULL), after;
	struct l4_exregs_words regs = { .control = control,
					.sp = (l4_word_t)other_stack + 512,
					.ip = (l4_word_t)asm_count_b,
					.flags = FLAGS_CARRY,
					.handle = NEW_HANDLE,
					.pager = main_id };
	bool halt = (control & L4_EXREGS_SET_HALT) && (control & L4_EXREGS_HALT);
	bool aborted = control & exregs_phase(activity);

	bad->id += l4_exchange_registers(t->id, &regs).raw != t->local.raw;
	bad->control += (regs.control & 7) != exregs_phase(activity);
	if (control & L4_EXREGS_DELIVER)
		bad->values += regs.sp != before.sp || regs.ip != before.ip ||
			       regs.handle != OLD_HANDLE || regs.pager.raw != pager_id.raw;
	after = exregs_call(t->id, L4_EXREGS_DELIVER, NULL);
	bad->halted += (after.control & L4_EXREGS_HALT) != (halt ? L4_EXREGS_HALT : 0);
	bad->state += (after.control & 6) != (aborted ? 0 : exregs_phase(activity));
	bad->handle += after.handle != (control & L4_EXREGS_HANDLE ? NEW_HANDLE : OLD_HANDLE);
	bad->pager += after.pager.raw != (control & L4_EXREGS_PAGER ? main_id.raw : pager_id.raw);
	bad->place +=
		after.sp != (control & L4_EXREGS_SP ? (l4_word_t)other_stack + 512 : before.sp) ||
		after.ip != (control & L4_EXREGS_IP ? (l4_word_t)asm_count_b : before.ip);
	thread_delete(t);
}

static void exregs_try_all(enum exregs_activity activity, const char *name)
{
	struct exregs_tally bad = { 0 };

	for (l4_word_t control = 0; control < CONTROLS; control++)
		exregs_try(activity, control, &bad);
	check_eq(bad.id, 0, "all controls, %s: id returned", name);
	check_eq(bad.control, 0, "all controls, %s: H, S and R returned", name);
	check_eq(bad.values, 0, "all controls, %s: old values returned with d", name);
	check_eq(bad.halted, 0, "all controls, %s: halted as asked", name);
	check_eq(bad.state, 0, "all controls, %s: IPC aborted as asked", name);
	check_eq(bad.handle, 0, "all controls, %s: handle set as asked", name);
	check_eq(bad.pager, 0, "all controls, %s: pager set as asked", name);
	check_eq(bad.place, 0, "all controls, %s: SP and IP set as asked", name);
}

void test_exregs_all_running(void)
{
	exregs_try_all(RUNNING, "running");
}

void test_exregs_all_waiting(void)
{
	exregs_try_all(WAITING, "waiting");
}

void test_exregs_all_sending(void)
{
	exregs_try_all(SENDING, "sending");
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPU time of threads, idle time of processors, and the kernel's memory.  What is
 * charged may not exceed the time that has passed, however busy the host is, and
 * little of that may be missing.
 */
#include "ktest.h"
#include "tests.h"

#include <l4/thread.h>

#define SPAN_US 40000
#define ROUNDING_US 8
#define IPC_TRIES 10
#define TASKS 1000
#define TASKS_WARM 2

static volatile l4_word_t cpu_time_counter;

static void cpu_time_count(void *unused)
{
	(void)unused;
	for (;;)
		cpu_time_counter++;
}

static void cpu_time_sleep(void *unused)
{
	(void)unused;
	thread_park();
}

static uint64_t cpu_time_of(struct l4_thread_id id)
{
	uint64_t us = 0;

	if (!l4_thread_cpu_time(id, &us))
		check(false, "CPU time of %llx, error %llu", (unsigned long long)id.raw,
		      (unsigned long long)l4_error_code());
	return us;
}

static struct l4_processor_state cpu_time_processor(unsigned cpu)
{
	struct l4_processor_state state = { 0 };

	if (!l4_processor_query(cpu, &state))
		check(false, "the state of processor %u, error %llu", cpu,
		      (unsigned long long)l4_error_code());
	return state;
}

/* `us` is what was charged since `begin`; arguments have no order of their own. */
static void cpu_time_check(uint64_t us, uint64_t least, uint64_t begin, const char *name)
{
	check_range(us, least, l4_system_clock() - begin + ROUNDING_US, "%s", name);
}

/* Main's processor idles or runs one of these threads. */
static uint64_t cpu_time_sum(const struct thread *a, const struct thread *b)
{
	return cpu_time_processor(0).idle_us + cpu_time_of(main_id) + cpu_time_of(pager_id) +
	       cpu_time_of(a->id) + cpu_time_of(b->id);
}

struct span {
	const struct thread *a, *b;
	uint64_t sum, clock_us;
};

static struct span cpu_time_begin(const struct thread *a, const struct thread *b)
{
	struct span s = { .a = a, .b = b, .clock_us = l4_system_clock() };

	s.sum = cpu_time_sum(a, b);
	return s;
}

/* No time was charged twice, nor much of it to nobody. */
static void cpu_time_end(const struct span *s, const char *name)
{
	uint64_t sum = cpu_time_sum(s->a, s->b) - s->sum;
	uint64_t us = l4_system_clock() - s->clock_us;

	check_range(sum, us * 3 / 4, us + ROUNDING_US, "%s: all time is charged, and once", name);
}

void test_cpu_time(void)
{
	struct thread *t = thread_create(NULL, cpu_time_count, NULL);
	struct thread *other = thread_new(NULL, cpu_time_sleep, NULL);
	uint64_t before, begin;
	struct span span;

	check_eq(cpu_time_of(t->id), 0, "a thread that hasn't run");
	thread_reaches(other, L4_SCHEDULE_WAITING);
	before = cpu_time_of(other->id);
	thread_go(t);
	span = cpu_time_begin(t, other);
	l4_sleep_us(SPAN_US);
	cpu_time_end(&span, "a busy thread");
	cpu_time_check(cpu_time_of(t->id), SPAN_US / 4, span.clock_us,
		       "it has the time that passed");
	check_eq(cpu_time_of(other->id), before, "one that waits has none");
	l4_stop(t->id);
	before = cpu_time_of(t->id);
	span = cpu_time_begin(t, other);
	l4_sleep_us(SPAN_US);
	cpu_time_end(&span, "a halted thread");
	check_eq(cpu_time_of(t->id), before, "it has none either");
	begin = l4_system_clock();
	before = cpu_time_of(main_id);
	while (l4_system_clock() - begin < SPAN_US / 4)
		;
	cpu_time_check(cpu_time_of(main_id) - before, SPAN_US / 8, begin, "one's own");
	check_eq(cpu_time_of(t->local), cpu_time_of(t->id), "a local id will do");
}

static l4_word_t cpu_time_from_child(l4_word_t id, l4_word_t unused)
{
	uint64_t us;

	(void)unused;
	return l4_thread_cpu_time(l4_thread_id(id), &us) ? 0 : l4_error_code();
}

void test_cpu_time_errors(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t error = 0;
	uint64_t us;

	agent_call(&a, cpu_time_from_child, main_id.raw, 0, &error);
	check_eq(error, L4_ERROR_PRIVILEGE, "not from the scheduler's space: error 1");
	check(!l4_thread_cpu_time(sigma0_id, &us) && l4_error_code() == L4_ERROR_PRIVILEGE,
	      "sigma0's: error 1");
	check(!l4_thread_cpu_time(thread_fresh_id(), &us) && l4_error_code() == L4_ERROR_THREAD,
	      "nobody's: error 2");
}

/* Asking moves nobody in the queues: two spinners with endless slices. */
void test_cpu_time_undisturbed(void)
{
	struct thread *first = thread_create(NULL, cpu_time_count, NULL);
	struct thread *second = thread_create(NULL, cpu_time_sleep, NULL);

	for (unsigned i = 0; i < 2; i++)
		l4_schedule(i ? second->id : first->id, l4_time_control(L4_NEVER, L4_NEVER),
			    L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED,
			    NULL);
	cpu_time_counter = 0;
	thread_go(first);
	wait_for(&cpu_time_counter, 1, 500000);
	thread_go(second);
	for (unsigned i = 0; i < 10; i++) {
		l4_sleep_us(1000);
		cpu_time_of(first->id);
	}
	check(!second->started, "the running thread keeps its turn");
}

static struct l4_thread_id cpu_time_server_id;

static void cpu_time_work(unsigned loops)
{
	while (loops--)
		__asm__ volatile("");
}

static void cpu_time_server(void *unused)
{
	struct l4_thread_id from = L4_NILTHREAD;

	(void)unused;
	for (;;) {
		l4_set_tag(l4_tag(0, 0, 0));
		l4_reply_wait(from, &from);
		cpu_time_work(40000);
	}
}

static void cpu_time_client(void *unused)
{
	(void)unused;
	for (;;) {
		l4_set_tag(l4_tag(0, 0, 0));
		l4_call(cpu_time_server_id);
		cpu_time_work(4000);
		cpu_time_counter++;
	}
}

/* A server runs on its client's time slice, but the CPU time is its own. */
static void cpu_time_check_ipc(struct space *s, const char *name)
{
	struct thread *server = thread_new(s, cpu_time_server, NULL);
	struct thread *client = thread_create(NULL, cpu_time_client, NULL);
	uint64_t served = 0, called = 0;
	struct span span;

	thread_reaches(server, L4_SCHEDULE_WAITING);
	cpu_time_server_id = server->id;
	cpu_time_counter = 0;
	thread_go(client);
	wait_for(&cpu_time_counter, 1, 500000);
	/* A busy host may take its time from either. */
	for (unsigned i = 0; i < IPC_TRIES && served <= 2 * called; i++) {
		served = cpu_time_of(server->id);
		called = cpu_time_of(client->id);
		span = cpu_time_begin(client, server);
		l4_sleep_us(SPAN_US);
		cpu_time_end(&span, name);
		served = cpu_time_of(server->id) - served;
		called = cpu_time_of(client->id) - called;
	}
	note("%s: client %llu us, server %llu us", name, (unsigned long long)called,
	     (unsigned long long)served);
	check(served > 2 * called, "%s: the server has the time of its work", name);
	check(called > served / 100, "%s: the client has that of its own", name);
	thread_delete(client);
	thread_delete(server);
}

void test_cpu_time_ipc(void)
{
	cpu_time_check_ipc(NULL, "in one space");
	cpu_time_check_ipc(space_new(), "between spaces");
}

void test_cpu_time_donation(void)
{
	struct thread *low = thread_create(NULL, cpu_time_count, NULL);
	struct thread *middle = thread_create(NULL, cpu_time_count, NULL);
	uint64_t begin, own = cpu_time_of(main_id);
	struct span span;

	l4_set_priority(low->id, 20);
	l4_set_priority(middle->id, 40);
	thread_go(low);
	thread_go(middle);
	span = cpu_time_begin(low, middle);
	begin = l4_system_clock();
	while (l4_system_clock() - begin < SPAN_US)
		l4_thread_switch(low->id);
	own = cpu_time_of(main_id) - own;
	cpu_time_end(&span, "ThreadSwitch");
	check(cpu_time_of(low->id) > own, "who was switched to has the time");
	check_eq(cpu_time_of(middle->id), 0, "who was passed over has none");
}

void test_cpu_time_migration(void)
{
	struct thread *t = thread_create(NULL, cpu_time_count, NULL);
	uint64_t begin, us, last = 0;
	bool grows = true;

	begin = l4_system_clock();
	thread_go(t);
	for (unsigned i = 1; i <= 40; i++) {
		l4_set_processor(t->id, i % 2);
		l4_sleep_us(1000);
		for (unsigned n = 0; n < 10; n++) {
			us = cpu_time_of(t->id);
			grows &= us >= last;
			last = us;
		}
	}
	l4_stop(t->id);
	us = cpu_time_of(t->id);
	check(grows, "the CPU time only grows, also while the thread runs elsewhere");
	cpu_time_check(us, SPAN_US / 4, begin, "a thread that migrates has the time that passed");
	l4_sleep_us(5000);
	check_eq(cpu_time_of(t->id), us, "halted elsewhere it has none");
}

static l4_word_t cpu_time_query_from_child(l4_word_t processor, l4_word_t unused)
{
	struct l4_processor_state state;

	(void)unused;
	return l4_processor_query(processor, &state) ? 0 : l4_error_code();
}

void test_processor_query(void)
{
	struct agent a = agent_new(space_new());
	struct thread *t = thread_create(NULL, cpu_time_count, NULL);
	uint64_t begin = l4_system_clock();
	struct l4_processor_state before = cpu_time_processor(cpu_count - 1), after;
	l4_word_t error = 0;

	agent_call(&a, cpu_time_query_from_child, 0, 0, &error);
	check_eq(error, L4_ERROR_PRIVILEGE, "from a child space: error 1");
	check(cpu_time_query_from_child(cpu_count, 0) != 0, "a processor that isn't there");
	check(cpu_time_query_from_child(~0ull, 0) != 0, "nor processor -1");
	l4_sleep_us(SPAN_US);
	after = cpu_time_processor(cpu_count - 1);
	cpu_time_check(after.idle_us - before.idle_us, SPAN_US / 2, begin, "an idle processor");
	l4_set_processor(t->id, cpu_count - 1);
	cpu_time_counter = 0;
	thread_go(t);
	wait_for(&cpu_time_counter, 1, 500000);
	before = cpu_time_processor(cpu_count - 1);
	l4_sleep_us(SPAN_US);
	after = cpu_time_processor(cpu_count - 1);
	check_range(after.idle_us - before.idle_us, 0, SPAN_US / 8, "a busy one");
	check_range(after.kernel_pool, 3 << 20, 32 << 20, "the kernel's pool");
	check_range(after.kernel_used, 100 << 10, after.kernel_pool + (256 << 10),
		    "the kernel's memory in use");
}

/* One task comes, is mapped a page to, and goes, always with these numbers. */
static void cpu_time_one_task(struct l4_thread_id keeper, struct l4_thread_id worker)
{
	struct l4_fpage kip = l4_fpage((l4_word_t)l4_kip(), L4_KIP_LOG2_SIZE, 0);
	struct l4_fpage utcbs = l4_fpage(CHILD_UTCBS, CHILD_UTCBS_LOG2, 0);
	struct l4_map_item item = l4_map_item(pool_page(0, 12, L4_RIGHT_R), TEST_VA);
	bool good;

	good = l4_thread_control(keeper, keeper, main_id, L4_NILTHREAD, L4_UTCB_UNCHANGED) &&
	       l4_space_control(keeper, 0, kip, utcbs, L4_ANYTHREAD, NULL) &&
	       l4_thread_control(worker, keeper, main_id, main_id, child_utcb(0));
	l4_set_mr(1, TEST_VA);
	l4_set_mr(2, 0);
	l4_set_tag(l4_tag(0, 2, 0));
	good = good && l4_tag_label(l4_call(worker)) == (L4_LABEL_PAGE_FAULT | L4_RIGHT_X);
	l4_set_mr(1, item.base);
	l4_set_mr(2, item.fpage.raw);
	l4_set_tag(l4_tag(0, 0, 2));
	good = good && !l4_tag_failed(l4_send(worker)) &&
	       l4_thread_control(worker, L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD,
				 L4_UTCB_UNCHANGED) &&
	       l4_thread_control(keeper, L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD,
				 L4_UTCB_UNCHANGED);
	if (!good)
		check(false, "a task comes and goes");
}

void test_kernel_memory_returns(void)
{
	struct l4_thread_id keeper = thread_fresh_id(), worker = thread_fresh_id();
	uint64_t used = 0, after;

	for (unsigned i = 0; i < TASKS_WARM + TASKS; i++) {
		if (i == TASKS_WARM)
			used = cpu_time_processor(0).kernel_used;
		cpu_time_one_task(keeper, worker);
	}
	after = cpu_time_processor(0).kernel_used;
	check_eq(after, used, "a thousand tasks leave nothing behind");
}

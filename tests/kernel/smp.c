/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several processors: IPC across, migration of threads in all states, TLB
 * shootdown, deletion of what runs elsewhere, and a race of everything against
 * everything.
 */
#include "ktest.h"
#include "io.h"
#include "tests.h"

#define PING_ROUNDS 300
#define CLIENTS 8
#define CLIENT_ROUNDS 60
#define RACE_US 300000
#define SHOOTDOWNS 50

static void smp_go(struct thread *t, unsigned cpu)
{
	if (!l4_set_processor(t->id, cpu))
		check(false, "set processor %u, error %llu", cpu,
		      (unsigned long long)l4_error_code());
	thread_go(t);
}

static struct thread *smp_new(struct space *s, unsigned cpu, void (*entry)(void *), void *arg)
{
	struct thread *t = thread_create(s, entry, arg);

	smp_go(t, cpu);
	return t;
}

static unsigned smp_cpu_of(unsigned i)
{
	return i % cpu_count;
}

static void smp_job(void *job)
{
	job_run(job);
}

/* ---- IPC ---- */

static void smp_echo(void *unused)
{
	struct l4_thread_id from;
	struct l4_tag tag;

	(void)unused;
	tag = l4_wait(&from);
	for (;;) {
		for (unsigned i = 1; i <= l4_tag_untyped(tag); i++)
			l4_set_mr(i, l4_mr(i) + 1);
		l4_set_tag(l4_tag(l4_tcr(L4_TCR_PROCESSOR_NO), l4_tag_untyped(tag), 0));
		tag = l4_reply_wait(from, &from);
	}
}

static unsigned smp_ping(struct l4_thread_id to, unsigned cpu, unsigned rounds)
{
	unsigned wrong = 0;

	for (unsigned r = 0; r < rounds; r++) {
		unsigned words = r % 64;
		struct l4_tag tag;

		for (unsigned i = 1; i <= words; i++)
			l4_set_mr(i, r * 64 + i);
		l4_set_tag(l4_tag(0, words, 0));
		tag = l4_call(to);
		wrong += l4_tag_failed(tag) || l4_tag_untyped(tag) != words ||
			 l4_tag_label(tag) != cpu || !l4_tag_xcpu(tag);
		for (unsigned i = 1; i <= words; i++)
			wrong += l4_mr(i) != r * 64 + i + 1;
	}
	return wrong;
}

void test_smp_ipc(void)
{
	for (unsigned cpu = 1; cpu < cpu_count; cpu++) {
		struct thread *same = smp_new(NULL, cpu, smp_echo, NULL);
		struct thread *other = smp_new(space_new(), cpu, smp_echo, NULL);

		check_eq(smp_ping(same->id, cpu, PING_ROUNDS), 0,
			 "processor %u, same space: all lengths there and back", cpu);
		check_eq(smp_ping(other->id, cpu, PING_ROUNDS), 0,
			 "processor %u, other space: all lengths there and back", cpu);
	}
}

static struct l4_thread_id smp_server;
static volatile l4_word_t client_errors, clients_done;

static void smp_client(void *arg)
{
	l4_word_t me = (l4_word_t)arg;

	for (unsigned r = 0; r < CLIENT_ROUNDS; r++) {
		l4_set_mr(1, me * 1000 + r);
		l4_set_tag(l4_tag(0, 1, 0));
		if (l4_tag_failed(l4_call(smp_server)) || l4_mr(1) != me * 1000 + r + 1)
			__atomic_add_fetch(&client_errors, 1, __ATOMIC_SEQ_CST);
	}
	__atomic_add_fetch(&clients_done, 1, __ATOMIC_SEQ_CST);
}

void test_smp_many_to_one(void)
{
	client_errors = clients_done = 0;
	smp_server = smp_new(space_new(), 1, smp_echo, NULL)->id;
	for (unsigned i = 0; i < CLIENTS; i++)
		smp_new(i & 1 ? space_new() : NULL, smp_cpu_of(i), smp_client,
			(void *)(l4_word_t)i);
	wait_for(&clients_done, CLIENTS, 10000000);
	check_eq(clients_done, CLIENTS, "clients on all processors, one server: all are served");
	check_eq(client_errors, 0, "each with its own answer");
}

/* Strings and mappings cross as well. */
void test_smp_items(void)
{
	static struct job receive;
	static uint8_t out[10000], in[10000];
	struct space *s = space_new();
	struct thread *t;
	struct job send;
	unsigned wrong = 0;

	for (unsigned i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(i * 5);
	receive = job_receive(main_id);
	receive.br[0] = l4_acceptor(L4_COMPLETE_SPACE, true).raw;
	receive.br[1] = l4_string_head(sizeof(in), 1);
	receive.br[2] = (l4_word_t)in;
	receive.brs = 3;
	t = thread_create(s, smp_job, &receive);
	smp_go(t, 1);
	send = job_send(t->id);
	job_add_item(&send, l4_string_head(sizeof(out), 1) | L4_ITEM_CONTINUES, (l4_word_t)out);
	job_add_map(&send, l4_map_item(pool_page(1, 12, L4_RIGHT_R), TEST_VA));
	job_run(&send);
	job_wait(&receive);
	for (unsigned i = 0; i < sizeof(out); i++)
		wrong += in[i] != out[i];
	check(l4_tag_succeeded(receive.tag) && !wrong, "a string across processors");
	check_eq(l4_fpage_rights((struct l4_fpage){ receive.got[4] }), L4_RIGHT_R,
		 "a page across processors");
}

/* Timeouts and cancelling work on the thread's own processor. */
void test_smp_timeouts(void)
{
	static struct job receive, send;
	struct thread *t;
	struct l4_exregs_words regs = { .control = L4_EXREGS_ABORT_RECEIVE };

	receive = job_receive(main_id);
	receive.timeouts = l4_timeouts(L4_NEVER, l4_period_us(3000));
	t = thread_create(NULL, smp_job, &receive);
	smp_go(t, 1);
	job_wait(&receive);
	job_check_error(&receive, true, L4_IPC_TIMEOUT, "receive on another processor");
	check(receive.end_us - receive.begin_us >= 3000, "not early");
	thread_delete(t);

	send = job_send(main_id);
	send.timeouts = l4_timeouts(l4_period_us(3000), L4_NEVER);
	t = thread_create(NULL, smp_job, &send);
	smp_go(t, 1);
	job_wait(&send);
	job_check_error(&send, false, L4_IPC_TIMEOUT, "send to another processor");
	thread_delete(t);

	receive = job_receive(main_id);
	t = thread_create(NULL, smp_job, &receive);
	smp_go(t, 1);
	thread_reaches(t, L4_SCHEDULE_WAITING);
	l4_exchange_registers(t->id, &regs);
	job_wait(&receive);
	job_check_error(&receive, true, L4_IPC_CANCELLED, "cancelled from another processor");
}

/* ---- migration ---- */

static volatile l4_word_t smp_counter, smp_processor;

static void smp_count(void *unused)
{
	(void)unused;
	for (;;) {
		smp_counter++;
		smp_processor = l4_tcr(L4_TCR_PROCESSOR_NO);
	}
}

static bool smp_counts(void)
{
	l4_word_t before = smp_counter;

	return wait_for(&smp_counter, before + 1, 1000000);
}

void test_smp_migrate_running(void)
{
	struct thread *t = thread_new(NULL, smp_count, NULL);
	unsigned lost = 0, misplaced = 0;

	for (unsigned i = 1; i < 40; i++) {
		l4_set_processor(t->id, smp_cpu_of(i));
		lost += !smp_counts();
		misplaced += smp_processor != smp_cpu_of(i);
	}
	check_eq(lost, 0, "a running thread, moved 40 times, runs on");
	check_eq(misplaced, 0, "where it was sent");
}

/* It moves while it waits, then gets its message there. */
void test_smp_migrate_waiting(void)
{
	static struct job receive;
	struct agent a = agent_new(space_new());
	unsigned failed = 0;

	for (unsigned i = 1; i < 20; i++) {
		struct job send = job_send(a.thread->id);

		receive = job_receive(main_id);
		receive.timeouts = l4_timeouts(L4_NEVER, l4_period_us(1000000));
		agent_begin_job(&a, &receive);
		thread_reaches(a.thread, L4_SCHEDULE_WAITING);
		failed += !l4_set_processor(a.thread->id, smp_cpu_of(i));
		job_run(&send);
		failed += l4_tag_failed(send.tag);
		agent_finish(&a, NULL);
		failed += l4_tag_failed(receive.tag);
	}
	check_eq(failed, 0, "a waiting thread, moved 20 times, gets its messages");
}

/* Its timeout moves with it. */
void test_smp_migrate_sleeping(void)
{
	static struct job receive;
	struct thread *t;

	receive = job_receive(main_id);
	receive.timeouts = l4_timeouts(L4_NEVER, l4_period_us(20000));
	t = job_start(NULL, &receive);
	thread_reaches(t, L4_SCHEDULE_WAITING);
	check(l4_set_processor(t->id, 1), "a thread with a timeout moves");
	job_wait(&receive);
	job_check_error(&receive, true, L4_IPC_TIMEOUT, "its timeout fires elsewhere");
	check_range(receive.end_us - receive.begin_us, 20000, 200000, "in time");
}

void test_smp_migrate_sending(void)
{
	static struct job send;
	struct job receive = job_receive(L4_ANYTHREAD);
	struct thread *t;

	send = job_send(main_id);
	job_add_word(&send, 0x77);
	t = job_start(space_new(), &send);
	thread_reaches(t, L4_SCHEDULE_PENDING_SEND);
	check(l4_set_processor(t->id, 1), "a thread that waits to send moves");
	check_eq(thread_state(t), L4_SCHEDULE_PENDING_SEND, "it still waits");
	receive.timeouts = l4_timeouts(L4_NEVER, l4_period_us(500000));
	job_run(&receive);
	check(l4_tag_succeeded(receive.tag) && receive.got[1] == 0x77, "its message arrives");
	job_wait(&send);
}

/* A thread moves itself: its scheduler is in its space. */
static volatile l4_word_t self_moves, self_misplaced;

static void smp_move_oneself(void *unused)
{
	(void)unused;
	for (unsigned i = 1; i <= 50; i++) {
		l4_set_processor(l4_myself(), smp_cpu_of(i));
		self_misplaced += l4_tcr(L4_TCR_PROCESSOR_NO) != smp_cpu_of(i);
		self_moves++;
	}
}

void test_smp_migrate_oneself(void)
{
	self_moves = self_misplaced = 0;
	thread_new(NULL, smp_move_oneself, NULL);
	wait_for(&self_moves, 50, 3000000);
	check_eq(self_moves, 50, "a thread moves itself 50 times");
	check_eq(self_misplaced, 0, "and is there at once");
}

/* ---- memory ---- */

static volatile l4_word_t smp_seen, smp_reads;

static void smp_read(void *address)
{
	for (;;) {
		smp_seen = *(volatile l4_word_t *)address;
		smp_reads++;
	}
}

/*
 * A reader on another processor must not see what is written to a page after
 * Unmap has returned: it faults.
 */
static unsigned smp_shootdown(struct space *s, unsigned round)
{
	struct thread *t = thread_create(s, smp_read, (void *)TEST_VA);
	struct l4_fpage page = pool_page(2, 12, L4_RIGHTS_ALL);
	volatile l4_word_t *p = (volatile l4_word_t *)l4_fpage_base(page);
	struct l4_map_item item = l4_map_item(pool_page(2, 12, L4_RIGHT_R), TEST_VA);
	unsigned wrong = 0;

	*p = 0x1000 + round;
	t->pager = main_id;
	smp_reads = 0;
	smp_go(t, 1 + round % (cpu_count - 1));
	wrong += l4_tag_failed(l4_receive_timeout(t->id, l4_period_us(1000000)));
	l4_set_mr(1, item.base);
	l4_set_mr(2, item.fpage.raw);
	l4_set_tag(l4_tag(0, 0, 2));
	l4_reply(t->id);
	wrong += !wait_for(&smp_reads, 1, 1000000);
	l4_unmap_fpage(page);
	*p = 0xdead0000 + round;
	wrong += l4_tag_failed(l4_receive_timeout(t->id, l4_period_us(1000000)));
	wrong += smp_seen != 0x1000 + round;
	thread_delete(t);
	return wrong;
}

static void smp_nothing(void *unused)
{
	(void)unused;
}

void test_smp_shootdown(void)
{
	struct space *s = space_new();
	unsigned wrong = 0;

	/* The image first. */
	thread_wait_finished(smp_new(s, 1, smp_nothing, NULL));
	for (unsigned i = 0; i < SHOOTDOWNS; i++)
		wrong += smp_shootdown(s, i);
	check_eq(wrong, 0, "%u times: unmap stops a reader on another processor", SHOOTDOWNS);
}

static void smp_write(void *address)
{
	for (;;)
		++*(volatile l4_word_t *)address;
}

/* The same for the right to write, between processors of one space. */
void test_smp_shootdown_write(void)
{
	struct agent a = agent_new(space_new());
	struct l4_fpage page = pool_page(3, 12, L4_RIGHT_W);
	volatile l4_word_t *p = (volatile l4_word_t *)l4_fpage_base(page);
	unsigned wrong = 0;

	for (unsigned i = 0; i < 20; i++) {
		struct thread *t;
		l4_word_t after;

		agent_map(NULL, &a, l4_map_item(pool_page(3, 12, L4_RIGHTS_RW), TEST_VA),
			  L4_COMPLETE_SPACE);
		t = thread_create(a.thread->space, smp_write, (void *)TEST_VA);
		t->pager = main_id;
		*p = 0;
		smp_go(t, 1);
		wrong += !wait_for(p, 1, 1000000);
		l4_unmap_fpage(page);
		after = *p;
		l4_sleep_us(200);
		wrong += *p != after;
		wrong += l4_tag_label(l4_receive_timeout(t->id, l4_period_us(1000000))) !=
			 (L4_LABEL_PAGE_FAULT | L4_RIGHT_W);
		thread_delete(t);
	}
	check_eq(wrong, 0, "20 times: taking w away stops a writer on another processor");
}

/* ---- deletion and exchange of what runs elsewhere ---- */

void test_smp_delete_running(void)
{
	struct space *s = space_new();
	unsigned running = 0, alive = 0;

	for (unsigned i = 0; i < 100; i++) {
		struct thread *t =
			smp_new(i & 1 ? s : NULL, 1 + i % (cpu_count - 1), smp_count, NULL);
		l4_word_t after;

		running += smp_counts();
		thread_delete(t);
		after = smp_counter;
		cpu_relax();
		alive += smp_counter != after;
	}
	check_eq(running, 100, "100 threads run on other processors");
	check_eq(alive, 0, "and stop when they are deleted");
}

void test_smp_delete_space(void)
{
	for (unsigned i = 0; i < 20; i++) {
		struct space *s = space_new();
		struct thread *t[3];

		for (unsigned k = 0; k < 3; k++)
			t[k] = smp_new(s, smp_cpu_of(i + k), smp_count, NULL);
		if (i & 1)
			l4_sleep_us(300);
		for (unsigned k = 0; k < 3; k++)
			thread_delete(t[k]);
		space_delete(s);
	}
	check(smp_ping(smp_new(NULL, 1, smp_echo, NULL)->id, 1, 3) == 0,
	      "20 spaces with threads running everywhere are deleted");
}

void test_smp_exregs_running(void)
{
	struct thread *t = smp_new(NULL, 1, smp_count, NULL);
	unsigned moved = 0, stuck = 0;

	smp_counts();
	for (unsigned i = 0; i < 50; i++) {
		struct l4_exregs_words regs = { .control = L4_EXREGS_HALT | L4_EXREGS_SET_HALT |
							   L4_EXREGS_DELIVER };
		l4_word_t before;

		l4_exchange_registers(t->id, &regs);
		before = smp_counter;
		l4_sleep_us(100);
		moved += smp_counter != before;
		regs.control = L4_EXREGS_SET_HALT;
		l4_exchange_registers(t->id, &regs);
		stuck += !smp_counts();
	}
	check_eq(moved, 0, "a thread on another processor is halted before the call returns");
	check_eq(stuck, 0, "and goes on when resumed");
}

void test_smp_clock(void)
{
	struct thread *t = smp_new(NULL, 1, smp_echo, NULL);
	unsigned backward = 0;

	/* Each answer is a happens-before edge: the clock may not run against it. */
	for (unsigned i = 0; i < 300; i++) {
		uint64_t before = l4_system_clock(), after;

		l4_set_processor(t->id, 1 + i % (cpu_count - 1));
		l4_set_tag(l4_tag(0, 0, 0));
		l4_call(t->id);
		l4_set_processor(main_id, smp_cpu_of(i));
		after = l4_system_clock();
		backward += after < before;
	}
	l4_set_processor(main_id, 0);
	check_eq(backward, 0, "the clock is monotonic across processors");
}

/* ---- everything at once ---- */

#define RACERS 8

static struct l4_thread_id racers[RACERS];
static volatile bool race_stop;
static volatile l4_word_t race_operations;

/* The race lasts its time, and on a busy host until enough was done. */
static bool race_goes_on(uint64_t end, l4_word_t operations)
{
	return l4_system_clock() < end || race_operations <= operations;
}

static unsigned race_random(unsigned *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static void race_operate(unsigned *random)
{
	struct l4_thread_id other = racers[race_random(random) % RACERS];
	struct l4_time brief = l4_period_us(race_random(random) % 100);
	struct l4_exregs_words regs = { .control = 0 };

	switch (race_random(random) % 8) {
	case 0:
	case 1:
		l4_set_tag(l4_tag(0, race_random(random) % 64, 0));
		l4_ipc(other, other, l4_timeouts(brief, brief), NULL);
		break;
	case 2:
		l4_ipc(L4_NILTHREAD, L4_ANYTHREAD, l4_timeouts(brief, brief), NULL);
		break;
	case 3:
		regs.control = L4_EXREGS_ABORT_SEND | L4_EXREGS_ABORT_RECEIVE;
		l4_exchange_registers(other, &regs);
		break;
	case 4:
		regs.control = L4_EXREGS_DELIVER | L4_EXREGS_SET_HALT;
		l4_exchange_registers(other, &regs);
		break;
	case 5:
		l4_set_processor(other, race_random(random) % cpu_count);
		break;
	case 6:
		l4_set_priority(other, 90 + race_random(random) % 20);
		break;
	case 7:
		l4_thread_switch(other);
		break;
	}
}

static void race_run(void *arg)
{
	unsigned random = (unsigned)(l4_word_t)arg * 7919 + 17;

	while (!race_stop) {
		race_operate(&random);
		__atomic_add_fetch(&race_operations, 1, __ATOMIC_RELAXED);
	}
}

/* The others learn its id once it runs: what waits for its start message is no
 * fair game, as aborting that starts it nowhere. */
static struct thread *race_new(unsigned i, unsigned seed)
{
	struct thread *t = smp_new(NULL, smp_cpu_of(seed), race_run, (void *)(l4_word_t)seed);

	racers[i] = t->id;
	return t;
}

/* Main itself deletes them and makes new ones all the while. */
void test_smp_race(void)
{
	struct thread *t[RACERS];
	uint64_t end;
	unsigned random = 4711, remade = 0;

	race_stop = false;
	race_operations = 0;
	for (unsigned i = 0; i < RACERS; i++)
		racers[i] = L4_NILTHREAD;
	for (unsigned i = 0; i < RACERS; i++)
		t[i] = race_new(i, i + 1);
	for (end = l4_system_clock() + RACE_US; race_goes_on(end, 100) || remade <= 10; remade++) {
		unsigned victim = race_random(&random) % RACERS;

		racers[victim] = L4_NILTHREAD;
		thread_delete(t[victim]);
		t[victim] = race_new(victim, RACERS + remade);
		l4_sleep_us(300);
	}
	race_stop = true;
	note("%llu operations, %u threads deleted and made again",
	     (unsigned long long)race_operations, remade);
	check(race_operations > 100 && remade > 10, "threads race on all processors");
	thread_cleanup();
	check_eq(smp_ping(smp_new(space_new(), 1, smp_echo, NULL)->id, 1, 10), 0,
		 "the kernel is well afterwards");
}

/* Mapping, unmapping and deleting the same page from several processors. */
static struct l4_thread_id map_racer_target;

static void race_map(void *unused)
{
	struct l4_map_item item = l4_map_item(pool_page(4, 12, L4_RIGHTS_RW), TEST_VA);

	(void)unused;
	while (!race_stop) {
		l4_set_mr(1, item.base);
		l4_set_mr(2, item.fpage.raw);
		l4_set_tag(l4_tag(0, 0, 2));
		l4_ipc(map_racer_target, L4_NILTHREAD, l4_timeouts(l4_period_us(200), L4_NEVER),
		       NULL);
		__atomic_add_fetch(&race_operations, 1, __ATOMIC_RELAXED);
	}
}

static void race_unmap(void *unused)
{
	(void)unused;
	while (!race_stop) {
		l4_unmap_fpage(pool_page(4, 12, L4_RIGHTS_ALL));
		__atomic_add_fetch(&race_operations, 1, __ATOMIC_RELAXED);
	}
}

static void race_receive_map(void *unused)
{
	(void)unused;
	for (;;) {
		struct l4_thread_id from;

		l4_accept(l4_acceptor(L4_COMPLETE_SPACE, false));
		l4_wait(&from);
		(void)*(volatile l4_word_t *)TEST_VA;
	}
}

void test_smp_race_map(void)
{
	struct space *s = space_new();
	struct thread *target, *t[3];
	uint64_t end;

	pager_faults_expected = true;
	race_stop = false;
	race_operations = 0;
	target = thread_create(s, race_receive_map, NULL);
	map_racer_target = target->id;
	smp_go(target, 1);
	t[0] = smp_new(NULL, 0, race_map, NULL);
	t[1] = smp_new(NULL, smp_cpu_of(2), race_unmap, NULL);
	t[2] = smp_new(NULL, smp_cpu_of(3), race_map, NULL);
	for (end = l4_system_clock() + RACE_US; race_goes_on(end, 100);) {
		l4_sleep_us(2000);
		thread_restart(target);
	}
	race_stop = true;
	for (unsigned i = 0; i < 3; i++)
		thread_wait_finished(t[i]);
	note("%llu operations", (unsigned long long)race_operations);
	check(race_operations > 100, "one page is mapped, used and unmapped on all processors");
	l4_unmap_fpage(pool_page(4, 12, L4_RIGHTS_ALL));
	check_eq(*(volatile l4_word_t *)(pool + 4 * L4_PAGE_SIZE), memory_mark(4),
		 "its owner still has it");
}

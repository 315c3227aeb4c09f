/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads of the tests: numbers, UTCBs, stacks, start and end.  A thread is
 * created active with the harness pager as its pager, gets its start message
 * from there and sets the pager and exception handler its test wants itself.
 */
#include "ktest.h"

#include <string.h>

#define THREADS 64
#define FIRST_THREAD 64 /* above the user base */
#define LAST_THREAD 30000
#define OWN_UTCBS_LOG2 18 /* the root task has 256 UTCBs at least */
#define OWN_UTCBS 256
#define WAIT_US 1000000
#define WARM_UTCBS 40

static struct thread threads[THREADS];
static uint8_t stacks[THREADS][STACK_SIZE] __attribute__((aligned(16)));
static unsigned harness_threads; /* the first ones, which outlive tests */
static bool utcb_used[OWN_UTCBS];
static l4_word_t next_thread = FIRST_THREAD, version = 1;

struct l4_thread_id thread_fresh_id(void)
{
	struct l4_thread_id id;

	id = l4_global_id(l4_kip_user_base(l4_kip()) + next_thread, version);
	if (++next_thread > LAST_THREAD) {
		next_thread = FIRST_THREAD;
		version = (version + 1) & 0x3f ? version + 1 : version + 2;
	}
	return id;
}

static l4_word_t own_utcb_area(void)
{
	return (l4_word_t)l4_utcb() & ~((1ull << OWN_UTCBS_LOG2) - 1);
}

void *utcb_take(void)
{
	static bool initialised;
	l4_word_t own = ((l4_word_t)l4_utcb() - own_utcb_area()) / L4_UTCB_SIZE;

	if (!initialised)
		utcb_used[own] = true;
	initialised = true;
	for (unsigned i = 0; i < OWN_UTCBS; i++) {
		if (utcb_used[i])
			continue;
		utcb_used[i] = true;
		return (void *)(own_utcb_area() + i * L4_UTCB_SIZE);
	}
	tap_give_up("harness: out of UTCBs");
}

void utcb_release(void *utcb)
{
	utcb_used[((l4_word_t)utcb - own_utcb_area()) / L4_UTCB_SIZE] = false;
}

void *child_utcb(unsigned i)
{
	return (void *)(CHILD_UTCBS + i * L4_UTCB_SIZE);
}

static void *thread_take_utcb(struct space *s)
{
	unsigned i;

	if (!s)
		return utcb_take();
	i = (unsigned)__builtin_ctzll(~s->utcbs_used);
	s->utcbs_used |= 1ull << i;
	return child_utcb(i);
}

static void thread_release_utcb(const struct thread *t)
{
	l4_word_t utcb = t->local.raw - L4_UTCB_OFFSET;

	if (t->space)
		t->space->utcbs_used &= ~(1ull << (utcb - CHILD_UTCBS) / L4_UTCB_SIZE);
	else
		utcb_release((void *)utcb);
}

_Noreturn void thread_park(void)
{
	for (;;)
		l4_receive(l4_myself());
}

/* Called by asm_thread_entry in the new thread. */
_Noreturn void thread_main(struct thread *t);
_Noreturn void thread_main(struct thread *t)
{
	t->started = true;
	l4_set_tcr(L4_TCR_PAGER, t->pager.raw);
	l4_set_tcr(L4_TCR_EXCEPTION_HANDLER, t->handler.raw);
	t->entry(t->arg);
	t->finished = true;
	thread_park();
}

static bool thread_activate(struct thread *t, void *utcb)
{
	struct l4_thread_id pager = l4_is_nil(pager_id) ? main_id : pager_id;

	return l4_thread_control(t->id, space_id(t->space), main_id, pager, utcb);
}

struct thread *thread_create(struct space *s, void (*entry)(void *arg), void *arg)
{
	struct thread *t = threads;
	void *utcb;

	while (!l4_is_nil(t->id))
		if (++t == threads + THREADS)
			tap_give_up("harness: out of threads");
	utcb = thread_take_utcb(s);
	*t = (struct thread){
		.id = thread_fresh_id(),
		.local = l4_thread_id((l4_word_t)utcb + L4_UTCB_OFFSET),
		.space = s,
		.entry = entry,
		.arg = arg,
		.pager = l4_is_nil(pager_id) ? sigma0_id : pager_id,
		.handler = pager_id,
		.stack = stacks[t - threads],
	};
	if (!thread_activate(t, utcb))
		check(false, "harness: ThreadControl failed with %llu",
		      (unsigned long long)l4_error_code());
	return t;
}

void thread_go(struct thread *t)
{
	struct thread **sp = (struct thread **)(t->stack + STACK_SIZE);

	*--sp = t;
	t->started = t->finished = false;
	pager_send_start(t->id, (l4_word_t)asm_thread_entry, (l4_word_t)sp);
}

struct thread *thread_new(struct space *s, void (*entry)(void *arg), void *arg)
{
	struct thread *t = thread_create(s, entry, arg);

	thread_go(t);
	return t;
}

static bool thread_kill(const struct thread *t)
{
	return l4_thread_control(t->id, L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD,
				 L4_UTCB_UNCHANGED);
}

void thread_delete(struct thread *t)
{
	if (!thread_kill(t))
		check(false, "harness: can't delete a thread, error %llu",
		      (unsigned long long)l4_error_code());
	thread_forget(t);
}

void thread_forget(struct thread *t)
{
	thread_release_utcb(t);
	memset(t, 0, sizeof(*t));
}

void thread_restart(struct thread *t)
{
	void *utcb = (void *)(t->local.raw - L4_UTCB_OFFSET);

	if (!thread_kill(t) || !thread_activate(t, utcb))
		check(false, "harness: can't delete and create a thread again, error %llu",
		      (unsigned long long)l4_error_code());
	thread_go(t);
}

enum l4_schedule_state thread_state(const struct thread *t)
{
	return l4_schedule(t->id, L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED,
			   L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED, NULL);
}

bool thread_reaches(const struct thread *t, enum l4_schedule_state state)
{
	uint64_t end = l4_system_clock() + WAIT_US;

	while (thread_state(t) != state) {
		if (l4_system_clock() > end)
			return check_eq(thread_state(t), state, "thread reaches a state");
		l4_sleep_us(20);
	}
	return true;
}

bool thread_wait_finished(const struct thread *t)
{
	uint64_t end = l4_system_clock() + WAIT_US;

	while (!t->finished) {
		if (l4_system_clock() > end)
			return check(false, "thread finishes");
		l4_sleep_us(20);
	}
	return true;
}

bool wait_for(const volatile l4_word_t *flag, l4_word_t value, uint64_t us)
{
	uint64_t end = l4_system_clock() + us;

	while (*flag < value) {
		if (l4_system_clock() > end)
			return *flag >= value;
		l4_sleep_us(20);
	}
	return true;
}

/* The rights the thread's space has to the image; ktest's own never ask. */
unsigned thread_image_rights(struct l4_thread_id id);
unsigned thread_image_rights(struct l4_thread_id id)
{
	for (struct thread *t = threads; t < threads + THREADS; t++)
		if (l4_same_thread(t->id, id))
			return t->space ? t->space->image_rights : 0;
	return 0;
}

/* So many UTCBs are touched once: their pages stay, and don't look like a leak. */
static void thread_warm_up(void)
{
	for (unsigned i = 0; i < WARM_UTCBS; i++)
		thread_create(NULL, NULL, NULL);
	thread_cleanup();
}

void thread_init(void)
{
	pager_start();
	watchdog_start();
	while (!l4_is_nil(threads[harness_threads].id))
		harness_threads++;
	thread_warm_up();
}

void thread_cleanup(void)
{
	for (struct thread *t = threads + harness_threads; t < threads + THREADS; t++)
		if (!l4_is_nil(t->id))
			thread_delete(t);
	space_cleanup();
}

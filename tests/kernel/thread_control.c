/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ThreadControl (manual 2.4): creation in all its steps, changes, deletion, and
 * every error code, in the order the kernel checks (docs/kernel.md).
 */
#include "ktest.h"
#include "tests.h"

#include <l4/thread.h>

#define MANY 2000 /* threads and spaces made and deleted, one after the other */
#define HOARD 4096

static void tc_sleep(void *unused)
{
	(void)unused;
	thread_park();
}

static enum l4_schedule_state tc_state(struct l4_thread_id id)
{
	return l4_schedule(id, L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED,
			   L4_SCHEDULE_UNCHANGED, NULL);
}

static bool tc_delete(struct l4_thread_id id)
{
	return l4_thread_control(id, L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD, L4_UTCB_UNCHANGED);
}

static bool tc_create(struct l4_thread_id id, struct l4_thread_id pager, void *utcb)
{
	return l4_thread_control(id, main_id, main_id, pager, utcb);
}

void test_thread_creation(void)
{
	struct l4_thread_id id = thread_fresh_id();
	void *utcb = utcb_take();

	check(tc_create(id, L4_NILTHREAD, L4_UTCB_UNCHANGED), "create without a pager");
	check_eq(tc_state(id), L4_SCHEDULE_INACTIVE, "it is inactive");
	check(tc_create(id, main_id, utcb), "give it a pager and a UTCB");
	check_eq(tc_state(id), L4_SCHEDULE_WAITING, "it waits for its start message");
	check_eq(l4_local_id_of(id).raw, (l4_word_t)utcb + L4_UTCB_OFFSET,
		 "its local id is in its UTCB block");
	check(tc_delete(id), "delete it");
	check_eq(tc_state(id), L4_SCHEDULE_ERROR, "it is gone");
	check_eq(l4_error_code(), L4_ERROR_THREAD, "Schedule: error 2");

	check(tc_create(id, L4_NILTHREAD, utcb), "create without a pager, with a UTCB");
	check_eq(tc_state(id), L4_SCHEDULE_INACTIVE, "it is inactive");
	check(tc_create(id, main_id, L4_UTCB_UNCHANGED), "give it a pager");
	check_eq(tc_state(id), L4_SCHEDULE_WAITING, "it is active");
	check(tc_delete(id), "delete it");

	check(tc_create(id, main_id, utcb), "create an active one at once");
	check_eq(tc_state(id), L4_SCHEDULE_WAITING, "it waits for its start message");
	check(tc_delete(id), "delete it");
	utcb_release(utcb);
}

void test_thread_version(void)
{
	struct thread *t = thread_new(NULL, tc_sleep, NULL);
	struct l4_thread_id old = t->id, new = l4_global_id(l4_thread_no(old), l4_version(old) + 1);
	struct l4_exregs_words regs = { .control = 0 };
	struct job send = job_send(old);

	thread_reaches(t, L4_SCHEDULE_WAITING);
	check(l4_thread_control(new, main_id, L4_NILTHREAD, L4_NILTHREAD, L4_UTCB_UNCHANGED),
	      "another version");
	t->id = new;
	check_eq(l4_exchange_registers(t->local, &regs).raw, new.raw, "is its new global id");
	send.timeouts = l4_timeouts(L4_ZERO_TIME, L4_NEVER);
	job_run(&send);
	job_check_error(&send, false, L4_IPC_NO_PARTNER, "send to the old one");
	send.to = new;
	job_run(&send);
	job_check_error(&send, false, L4_IPC_TIMEOUT, "send to the new one");
	check_eq(tc_state(old), L4_SCHEDULE_ERROR, "Schedule of the old one fails");
}

/* A new version when the number is used again: the old id stays dead. */
void test_thread_number_reuse(void)
{
	struct thread *t = thread_new(NULL, tc_sleep, NULL);
	struct l4_thread_id old = t->id, new = l4_global_id(l4_thread_no(old), l4_version(old) + 1);
	struct job send = job_send(old);

	thread_delete(t);
	check(tc_create(new, L4_NILTHREAD, L4_UTCB_UNCHANGED), "the number of a deleted thread");
	job_run(&send);
	job_check_error(&send, false, L4_IPC_NO_PARTNER, "send to the deleted thread's id");
	check(tc_delete(new), "delete the new one");
}

static l4_word_t tc_call(l4_word_t id, l4_word_t space)
{
	struct l4_thread_id main = main_id;

	if (l4_thread_control(l4_thread_id(id), l4_thread_id(space), main, L4_NILTHREAD,
			      L4_UTCB_UNCHANGED))
		return 0;
	return l4_error_code();
}

static void tc_check(bool succeeded, enum l4_error error, const char *name)
{
	l4_word_t got = succeeded ? 0 : l4_error_code();

	check_eq(got, error, "%s: error %u", name, error);
}

void test_thread_error_privilege(void)
{
	struct space *s = space_new();
	struct agent a = agent_new(s);
	struct l4_thread_id id = thread_fresh_id();
	l4_word_t error = 0;

	agent_call(&a, tc_call, id.raw, s->id.raw, &error);
	check_eq(error, L4_ERROR_PRIVILEGE, "create, from a child space");
	check_eq(tc_state(id), L4_SCHEDULE_ERROR, "and nothing is created");
	agent_call(&a, tc_call, main_id.raw, 0, &error);
	check_eq(error, L4_ERROR_PRIVILEGE, "delete main, from a child space");
	agent_call(&a, tc_call, 0, 0, &error);
	check_eq(error, L4_ERROR_PRIVILEGE, "privilege is checked first");
}

static bool tc_with_dest(l4_word_t raw)
{
	return tc_create(l4_thread_id(raw), L4_NILTHREAD, L4_UTCB_UNCHANGED);
}

void test_thread_error_dest(void)
{
	l4_word_t base = l4_kip_user_base(l4_kip());

	tc_check(tc_with_dest(0), L4_ERROR_THREAD, "nil");
	tc_check(tc_with_dest(L4_ANYTHREAD.raw), L4_ERROR_THREAD, "any");
	tc_check(tc_with_dest(L4_ANYLOCALTHREAD.raw), L4_ERROR_THREAD, "any local");
	tc_check(tc_with_dest(l4_my_local_id().raw), L4_ERROR_THREAD, "a local id");
	tc_check(tc_with_dest((base + 5000) << 32), L4_ERROR_THREAD, "version 0");
	tc_check(tc_with_dest((base + 5000) << 32 | 0x40), L4_ERROR_THREAD,
		 "a version whose low 6 bits are 0");
	tc_check(tc_with_dest((base - 1) << 32 | 1), L4_ERROR_THREAD, "a system thread number");
	tc_check(tc_with_dest(65536ull << 32 | 1), L4_ERROR_THREAD, "a thread number of 17 bits");
	tc_check(tc_with_dest(0xffffffffull << 32 | 1), L4_ERROR_THREAD, "the largest number");
	tc_check(tc_delete(main_id), L4_ERROR_THREAD, "delete oneself");
	tc_check(tc_delete(sigma0_id), L4_ERROR_THREAD, "delete sigma0");
	tc_check(tc_delete(thread_fresh_id()), L4_ERROR_THREAD, "delete nobody");
}

void test_thread_error_space(void)
{
	struct l4_thread_id nobody = thread_fresh_id(), id = thread_fresh_id();
	struct space *s = space_new();
	struct thread *t = thread_new(s, tc_sleep, NULL);

	tc_check(l4_thread_control(id, nobody, main_id, L4_NILTHREAD, L4_UTCB_UNCHANGED),
		 L4_ERROR_SPACE, "space of a thread that doesn't exist");
	tc_check(l4_thread_control(id, l4_global_id(l4_thread_no(main_id), 7), main_id,
				   L4_NILTHREAD, L4_UTCB_UNCHANGED),
		 L4_ERROR_SPACE, "space of another version");
	tc_check(l4_thread_control(id, L4_ANYTHREAD, main_id, L4_NILTHREAD, L4_UTCB_UNCHANGED),
		 L4_ERROR_SPACE, "space of any");
	tc_check(l4_thread_control(t->id, main_id, main_id, L4_NILTHREAD, L4_UTCB_UNCHANGED),
		 L4_ERROR_SPACE, "migration of an active thread");
	check_eq(tc_state(id), L4_SCHEDULE_ERROR, "nothing is created");
}

void test_thread_error_scheduler(void)
{
	struct l4_thread_id id = thread_fresh_id(), nobody = thread_fresh_id();
	struct thread *t = thread_new(NULL, tc_sleep, NULL);

	thread_reaches(t, L4_SCHEDULE_WAITING);
	tc_check(l4_thread_control(id, main_id, nobody, L4_NILTHREAD, L4_UTCB_UNCHANGED),
		 L4_ERROR_SCHEDULER, "create with a scheduler that doesn't exist");
	tc_check(l4_thread_control(id, main_id, L4_NILTHREAD, L4_NILTHREAD, L4_UTCB_UNCHANGED),
		 L4_ERROR_SCHEDULER, "create without a scheduler");
	tc_check(l4_thread_control(t->id, main_id, nobody, L4_NILTHREAD, L4_UTCB_UNCHANGED),
		 L4_ERROR_SCHEDULER, "change to a scheduler that doesn't exist");
	check_eq(tc_state(id), L4_SCHEDULE_ERROR, "nothing is created");
	check_eq(tc_state(t->id), L4_SCHEDULE_WAITING, "the old scheduler is kept");
}

static bool tc_with_utcb(l4_word_t utcb)
{
	struct l4_thread_id id = thread_fresh_id();
	bool created = tc_create(id, main_id, (void *)utcb);
	l4_word_t error = l4_error_code();

	if (created)
		tc_delete(id);
	else if (tc_state(id) != L4_SCHEDULE_ERROR)
		check(false, "nothing is created");
	l4_set_tcr(L4_TCR_ERROR_CODE, error);
	return created;
}

void test_thread_error_utcb(void)
{
	l4_word_t utcb = (l4_word_t)utcb_take(), own = (l4_word_t)l4_utcb() - L4_UTCB_OFFSET;
	struct l4_thread_id id = thread_fresh_id();

	check(tc_with_utcb(utcb), "a good location");
	tc_check(tc_with_utcb(utcb + 8), L4_ERROR_UTCB_AREA, "misaligned by 8");
	tc_check(tc_with_utcb(utcb + 512), L4_ERROR_UTCB_AREA, "misaligned by 512");
	tc_check(tc_with_utcb(own), L4_ERROR_UTCB_AREA, "taken");
	tc_check(tc_with_utcb(TEST_VA), L4_ERROR_UTCB_AREA, "outside the area");
	tc_check(tc_with_utcb(0xffffffff80000000), L4_ERROR_UTCB_AREA, "in the kernel");
	tc_check(tc_with_utcb(~0ull), L4_ERROR_UTCB_AREA, "none, with a pager");
	tc_create(id, L4_NILTHREAD, L4_UTCB_UNCHANGED);
	tc_check(tc_create(id, main_id, L4_UTCB_UNCHANGED), L4_ERROR_UTCB_AREA,
		 "a pager for an inactive thread without a UTCB");
	check_eq(tc_state(id), L4_SCHEDULE_INACTIVE, "it stays inactive");
	tc_delete(id);
	utcb_release((void *)utcb);
}

/* In a space without areas there is no place for a UTCB. */
void test_thread_error_no_area(void)
{
	struct l4_thread_id id = thread_fresh_id(), other = thread_fresh_id();

	check(l4_thread_control(id, id, main_id, L4_NILTHREAD, L4_UTCB_UNCHANGED),
	      "a space without a UTCB area");
	tc_check(l4_thread_control(other, id, main_id, main_id, (void *)CHILD_UTCBS),
		 L4_ERROR_UTCB_AREA, "an active thread there");
	check(tc_delete(id), "delete it");
}

/* A failing call changes nothing of what it was to change. */
void test_thread_error_is_atomic(void)
{
	struct thread *t = thread_new(NULL, tc_sleep, NULL);
	struct l4_thread_id new = l4_global_id(l4_thread_no(t->id), l4_version(t->id) + 1);
	struct l4_exregs_words regs = { .control = L4_EXREGS_DELIVER };

	thread_reaches(t, L4_SCHEDULE_WAITING);
	tc_check(l4_thread_control(new, main_id, thread_fresh_id(), main_id, L4_UTCB_UNCHANGED),
		 L4_ERROR_SCHEDULER, "new version and pager, bad scheduler");
	check_eq(l4_exchange_registers(t->local, &regs).raw, t->id.raw,
		 "the version is the old one");
	check_eq(regs.pager.raw, pager_id.raw, "so is the pager");
}

void test_thread_pager_change(void)
{
	struct thread *t = thread_new(NULL, tc_sleep, NULL);
	struct l4_exregs_words regs = { .control = L4_EXREGS_DELIVER };

	thread_reaches(t, L4_SCHEDULE_WAITING);
	check(l4_thread_control(t->id, main_id, L4_NILTHREAD, main_id, L4_UTCB_UNCHANGED),
	      "another pager for an active thread");
	l4_exchange_registers(t->id, &regs);
	check_eq(regs.pager.raw, main_id.raw, "is in its pager register");
	check_eq(thread_state(t), L4_SCHEDULE_WAITING, "nothing else happens");
}

void test_thread_scheduler_change(void)
{
	struct agent a = agent_new(space_new());
	struct thread *t = thread_new(NULL, tc_sleep, NULL);

	check(l4_thread_control(t->id, main_id, a.thread->id, L4_NILTHREAD, L4_UTCB_UNCHANGED),
	      "another scheduler");
	tc_check(l4_set_priority(t->id, 90), L4_ERROR_PRIVILEGE, "Schedule by the former one");
	check(l4_thread_control(t->id, main_id, main_id, L4_NILTHREAD, L4_UTCB_UNCHANGED),
	      "and back");
	check(l4_set_priority(t->id, 90), "Schedule works again");
}

/* An inactive thread may change its space. */
void test_thread_migration(void)
{
	struct space *from = space_new(), *to = space_new();
	struct l4_thread_id id = thread_fresh_id();
	struct agent a = agent_new(to);
	l4_word_t seen_id = 0;

	check(l4_thread_control(id, from->id, main_id, L4_NILTHREAD, L4_UTCB_UNCHANGED),
	      "an inactive thread");
	check(l4_thread_control(id, to->id, L4_NILTHREAD, main_id, child_utcb(40)),
	      "activated in another space");
	check_eq(tc_state(id), L4_SCHEDULE_WAITING, "it waits there");
	check(agent_peek(&a,
			 (l4_word_t)child_utcb(40) + L4_UTCB_OFFSET +
				 8 * (l4_word_t)L4_TCR_GLOBAL_ID,
			 &seen_id) &&
		      seen_id == id.raw,
	      "its UTCB is in the new space");
	check(tc_delete(id), "delete it");
}

/* ---- leaks and exhaustion ---- */

void test_thread_many(void)
{
	unsigned before = space_kernel_pages(NULL), failed = 0;
	struct l4_thread_id id = thread_fresh_id();
	void *utcb = utcb_take();

	for (unsigned i = 0; i < MANY; i++) {
		failed += !tc_create(id, main_id, utcb);
		failed += !tc_delete(id);
	}
	check_eq(failed, 0, "%u times: create and delete a thread", MANY);
	check_eq(space_kernel_pages(NULL), before, "no kernel memory is lost");
	utcb_release(utcb);
}

void test_thread_many_numbers(void)
{
	unsigned before = space_kernel_pages(NULL), failed = 0;
	void *utcb = utcb_take();

	for (unsigned i = 0; i < MANY; i++) {
		struct l4_thread_id id = thread_fresh_id();

		failed += !tc_create(id, main_id, utcb);
		failed += !tc_delete(id);
	}
	check_eq(failed, 0, "%u numbers: create and delete a thread", MANY);
	check_eq(space_kernel_pages(NULL), before, "no kernel memory is lost");
	utcb_release(utcb);
}

void test_space_many(void)
{
	unsigned before = space_kernel_pages(NULL), failed = 0;

	for (unsigned i = 0; i < MANY; i++) {
		struct l4_thread_id id = thread_fresh_id(), worker = thread_fresh_id();

		failed += !l4_thread_control(id, id, main_id, L4_NILTHREAD, L4_UTCB_UNCHANGED);
		failed += !l4_space_control(id, 0, l4_fpage((l4_word_t)l4_kip(), 12, 0),
					    l4_fpage(CHILD_UTCBS, CHILD_UTCBS_LOG2, 0),
					    L4_ANYTHREAD, NULL);
		failed += !l4_thread_control(worker, id, main_id, main_id, (void *)CHILD_UTCBS);
		failed += !tc_delete(worker);
		failed += !tc_delete(id);
	}
	/* A page lost each time would be more than the kernel has. */
	check_eq(failed, 0, "%u times: create and delete a space with an active thread", MANY);
	check_eq(space_kernel_pages(NULL), before, "no kernel memory is lost");
}

/* Spaces until the kernel has no more memory: error 8, and then they all go. */
void test_space_hoard(void)
{
	static struct l4_thread_id ids[HOARD];
	unsigned count = 0, again = 0, failed = 0;
	l4_word_t error = 0;

	for (; count < HOARD; count++) {
		ids[count] = thread_fresh_id();
		if (!l4_thread_control(ids[count], ids[count], main_id, L4_NILTHREAD,
				       L4_UTCB_UNCHANGED)) {
			error = l4_error_code();
			break;
		}
	}
	note("%u empty spaces fit", count);
	if (count < HOARD)
		check_eq(error, L4_ERROR_NO_MEMORY, "spaces until memory ends: error 8");
	else
		skip(1, "the kernel has memory for thousands of spaces");
	check(l4_system_clock() > 0, "the kernel goes on");
	for (unsigned i = 0; i < count; i++)
		failed += !tc_delete(ids[i]);
	check_eq(failed, 0, "all can be deleted");
	for (again = 0; again < count && again < 64; again++)
		failed += !l4_thread_control(ids[again], ids[again], main_id, L4_NILTHREAD,
					     L4_UTCB_UNCHANGED);
	for (unsigned i = 0; i < again; i++)
		failed += !tc_delete(ids[i]);
	check_eq(failed, 0, "and made again");
}

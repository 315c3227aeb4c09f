/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ktest, the kernel's test program: runs as the root task and tests the kernel
 * through its interface only.  The tests are those of tests.inc; each gets fresh
 * threads and spaces and a time limit.  Results are TAP on COM1.
 */
#include "ktest.h"
#include "tests.h"

struct l4_thread_id main_id, sigma0_id;
unsigned cpu_count;

struct test {
	const char *name;
	void (*run)(void);
	unsigned seconds;
	unsigned cpus; /* needs that many */
};

static const struct test tests[] = {
#define TEST(name, seconds, cpus) { #name, test_##name, seconds, cpus },
#include "tests.inc"
#undef TEST
};

static volatile unsigned current; /* index of the running test */

static void main_run_test(const struct test *t)
{
	tap_test_name = t->name;
	if (cpu_count < t->cpus) {
		skip(1, "needs more processors");
		return;
	}
	pager_fault_count = 0;
	pager_faults_expected = false;
	watchdog_arm(t->seconds);
	t->run();
}

static void main_end_test(void)
{
	/* Deleting what the test made may hang as well. */
	watchdog_arm(10);
	if (pager_fault_count && !pager_faults_expected)
		check(false, "unexpected fault of %#llx, label %#llx: %#llx at ip %#llx",
		      (unsigned long long)pager_last_fault.thread.raw,
		      (unsigned long long)pager_last_fault.label,
		      (unsigned long long)pager_last_fault.address,
		      (unsigned long long)pager_last_fault.ip);
	thread_cleanup();
	memory_refill();
	watchdog_disarm();
}

static _Noreturn void main_go_on(void)
{
	for (; current < COUNT(tests); current++) {
		main_run_test(&tests[current]);
		main_end_test();
	}
	tap_finish();
}

void main_recover(void)
{
	static unsigned last = ~0u;

	/* What hangs may be the clean-up. */
	if (last == current)
		tap_give_up("hangs twice");
	last = current;
	check(false, "comes to an end");
	main_end_test();
	current++;
	main_go_on();
}

int main(void)
{
	main_id = l4_myself();
	sigma0_id = l4_global_id(l4_kip_user_base(l4_kip()), 1);
	cpu_count = l4_kip_processors(l4_kip());
	tap_open();
	memory_init();
	thread_init();
	l4_set_tcr(L4_TCR_EXCEPTION_HANDLER, pager_id.raw);
	if (!l4_set_priority(main_id, MAIN_PRIORITY))
		check(false, "main sets its own priority");
	main_go_on();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread above all others that restarts main when a test takes too long, so
 * that a hang costs one test and not the run; if main can't be restarted, it
 * ends the run.
 */
#include "ktest.h"

#define TICK_US 50000
#define GRACE_US 5000000
#define RECOVERY_STACK_SIZE 16384

static uint8_t recovery_stack[RECOVERY_STACK_SIZE] __attribute__((aligned(16)));
static struct thread *watchdog;
static volatile uint64_t deadline_us; /* 0: none */
static volatile bool fired;           /* main was restarted and hasn't armed again */

static void watchdog_restart_main(void)
{
	l4_word_t *sp = (l4_word_t *)(recovery_stack + RECOVERY_STACK_SIZE);
	struct l4_exregs_words regs = {
		.control = L4_EXREGS_SET_HALT | L4_EXREGS_ABORT_SEND | L4_EXREGS_ABORT_RECEIVE |
			   L4_EXREGS_SP | L4_EXREGS_IP,
		.sp = (l4_word_t)(sp - 1), /* as after a call */
		.ip = (l4_word_t)main_recover,
	};

	l4_exchange_registers(main_id, &regs);
}

static void watchdog_loop(void *unused)
{
	(void)unused;
	for (;;) {
		uint64_t deadline = deadline_us;

		l4_sleep_us(TICK_US);
		if (!deadline || deadline != deadline_us || l4_system_clock() < deadline)
			continue;
		if (fired)
			tap_give_up("hangs, and the main thread can't be restarted");
		fired = true;
		deadline_us = l4_system_clock() + GRACE_US;
		watchdog_restart_main();
	}
}

void watchdog_arm(unsigned seconds)
{
	fired = false;
	deadline_us = l4_system_clock() + seconds * 1000000ull;
}

void watchdog_disarm(void)
{
	fired = false;
	deadline_us = 0;
}

void watchdog_start(void)
{
	watchdog = thread_new(NULL, watchdog_loop, NULL);
	if (!l4_set_priority(watchdog->id, WATCHDOG_PRIORITY))
		check(false, "harness: can't set the watchdog's priority");
}

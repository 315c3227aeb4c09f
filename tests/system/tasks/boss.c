/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A supervisor: starts and stops the task `victim` a thousand times, gives it orders, and
 * compares what root says of memory before and after.  For a virtual machine
 *
 *	config { times = <30>; instructions = <1000000>; };
 *
 * says how often, and how much its guest executes each time.
 */
#include <l4/task.h>
#include <l4/thread.h>
#include <libfdt.h>
#include <proto/root.h>
#include <stdio.h>
#include <string.h>

#define TIMES 1000
#define WARM_UP 10
#define PATIENCE_US 60000000

static struct root_task task;

static unsigned boss_find(const char *name)
{
	unsigned i = 0;

	while (root_task_get(i, &task) && strcmp(task.name, name) != 0)
		i++;
	return i;
}

static void boss_expect(enum root_result got, enum root_result expected, const char *what)
{
	if (got != expected)
		printf("%s: %d instead of %d\n", what, (int)got, (int)expected);
}

/* Waits until it has touched all its memory, so that there is something to leak. */
static void boss_await_heartbeat(unsigned victim)
{
	uint64_t deadline = l4_system_clock() + PATIENCE_US;

	while (root_task_get(victim, &task) && task.heartbeat == 0 && l4_system_clock() < deadline)
		l4_sleep_us(1000);
	if (task.heartbeat == 0)
		printf("no heartbeat\n");
}

static uint32_t boss_config(const char *name, uint32_t usual)
{
	const void *tree = task_config();
	const fdt32_t *cell = NULL;
	int length = 0;

	if (tree && fdt_check_header(tree) == 0)
		cell = fdt_getprop(tree, 0, name, &length);
	return cell && length == sizeof(*cell) ? fdt32_to_cpu(*cell) : usual;
}

/* Waits until a machine's guest has executed so much. */
static void boss_await_instructions(unsigned victim, uint64_t count)
{
	uint64_t deadline = l4_system_clock() + PATIENCE_US;

	while (root_task_get(victim, &task) && task.instructions < count &&
	       l4_system_clock() < deadline)
		l4_sleep_us(1000);
	if (task.instructions < count)
		printf("no guest runs\n");
}

static void boss_start_and_stop(unsigned victim, unsigned times)
{
	uint64_t instructions = boss_config("instructions", 0);

	for (unsigned i = 0; i < times; i++) {
		boss_expect(root_control(victim, ROOT_START, 0), ROOT_DONE, "start");
		if (i % 50 == 0)
			boss_await_heartbeat(victim);
		if (instructions)
			boss_await_instructions(victim, instructions);
		boss_expect(root_control(victim, ROOT_STOP, 0), ROOT_DONE, "stop");
	}
}

static void boss_compare(const struct root_system *before, const struct root_system *after)
{
	printf("memory free %llu and %llu, kernel %llu and %llu: %s\n",
	       (unsigned long long)before->memory_free, (unsigned long long)after->memory_free,
	       (unsigned long long)before->kernel_bytes, (unsigned long long)after->kernel_bytes,
	       before->memory_free == after->memory_free &&
			       before->kernel_bytes == after->kernel_bytes ?
		       "no leak" :
		       "a leak");
}

static void boss_give_orders(unsigned victim)
{
	boss_expect(root_control(victim, ROOT_ORDER, TASK_ORDER_PAUSE), ROOT_WRONG_STATE,
		    "an order to a task that is off");
	boss_expect(root_control(victim, ROOT_START, 0), ROOT_DONE, "start");
	boss_expect(root_control(victim, ROOT_START, 0), ROOT_WRONG_STATE, "start again");
	boss_await_heartbeat(victim);
	boss_expect(root_control(victim, ROOT_ORDER, TASK_ORDER_KEYS | 2 << 8), ROOT_DONE,
		    "an order");
	l4_sleep_us(100000);
	root_task_get(victim, &task);
	printf("the order was %llx\n", (unsigned long long)task.last_done & 0xffffffff);
	boss_expect(root_control(victim, ROOT_ORDER, TASK_ORDER_FAULT), ROOT_DONE, "a test order");
	l4_sleep_us(300000);
	root_task_get(victim, &task);
	printf("state %llu: %s\n", (unsigned long long)task.state, task.reason);
	boss_expect(root_control(victim, ROOT_RESTART, 0), ROOT_DONE, "restart");
	boss_await_heartbeat(victim);
	boss_expect(root_control(victim, ROOT_STOP, 0), ROOT_DONE, "stop");
	boss_expect(root_control(victim, ROOT_STOP, 0), ROOT_WRONG_STATE, "stop again");
	boss_expect(root_control(9999, ROOT_STOP, 0), ROOT_NO_TASK, "a task that isn't");
}

int main(void)
{
	struct root_system before, after;
	unsigned victim;

	stdio_set_putc(root_putc);
	victim = boss_find("victim");
	/* At first root and the servers may need tables that they keep. */
	boss_start_and_stop(victim, WARM_UP);
	root_system_get(&before);
	boss_start_and_stop(victim, boss_config("times", TIMES));
	root_system_get(&after);
	printf("%s: %llu tasks on %llu processors\n", after.title, (unsigned long long)after.tasks,
	       (unsigned long long)after.processors);
	boss_compare(&before, &after);
	boss_give_orders(victim);
	printf("that's all\n");
	root_control(0, ROOT_POWER_OFF, 0);
	root_exit(0);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vmm server's start, its loop, and the orders of supervisors (<l4/task.h>); see
 * vmm.h.
 *
 * Orders but those for keys are carried out between two calls of machine_run, where the
 * machine's clock stands still.
 */
#include <l4/task.h>
#include <l4/thread.h>
#include <proto/root.h>
#include <stdio.h>
#include <string.h>

#include <emu/port.h>

#include <emu/port_l4.h>
#include "saved.h"
#include "vmm.h"

/* The translator's and chips' frames are larger than those of most programs. */
char l4_stack[64 * 1024] __attribute__((aligned(4096)));
const size_t l4_stack_size = sizeof(l4_stack);

#define KEY_LEFT_CTRL 224
#define KEY_LEFT_ALT 226
#define KEY_DELETE 76
#define KEY_STOP 120
#define KEY_A 4

static struct machine_config config;
static struct machine *machine;
static uint64_t order; /* to be carried out */
static bool paused;

void vmm_say(const char *format, ...)
{
	char line[160];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	port_log(line);
}

void vmm_heartbeat(void)
{
	task_signals()->status.heartbeat++;
}

static bool vmm_press(const uint8_t *usages)
{
	if (screen_press(usages))
		return true;
	vmm_say("the machine has no keyboard with these keys");
	return false;
}

static bool vmm_break(void)
{
	if (line_break())
		return true;
	vmm_say("the machine has no serial line that takes a break");
	return false;
}

static bool vmm_keys(enum task_keys which)
{
	static const uint8_t ctrl_alt_del[] = { KEY_LEFT_CTRL, KEY_LEFT_ALT, KEY_DELETE, 0 };
	static const uint8_t stop_a[] = { KEY_STOP, KEY_A, 0 };

	switch (which) {
	case TASK_KEYS_CTRL_ALT_DEL:
		return vmm_press(ctrl_alt_del);
	case TASK_KEYS_BREAK:
		return vmm_break();
	case TASK_KEYS_STOP_A:
		return vmm_press(stop_a);
	default:
		return false;
	}
}

static void order_done(uint64_t word, bool good)
{
	struct task_status *status = &task_signals()->status;

	status->last_result = !good;
	__atomic_store_n(&status->last_done, word, __ATOMIC_RELEASE);
}

/* An order has come: keys at once, for others the machine stops first. */
static void order_take(void)
{
	uint64_t word = __atomic_load_n(&task_signals()->order, __ATOMIC_ACQUIRE);

	if (word == task_signals()->status.last_done)
		return;
	if ((word & 0xff) == TASK_ORDER_KEYS) {
		order_done(word, vmm_keys((enum task_keys)(word >> 8 & 0xffffff)));
		return;
	}
	order = word;
	machine_stop(machine);
}

static uint64_t vmm_status(void)
{
	struct task_status *status = &task_signals()->status;
	struct machine_stats stats;

	machine_stats(machine, &stats);
	status->instructions = stats.instructions;
	status->run_ns = stats.run_ns;
	status->activity = paused ? TASK_PAUSED : TASK_ACTIVE;
	vmm_heartbeat();
	return stats.instructions;
}

/* Between slices, and now and then while the machine is paused. */
static void vmm_poll(void *context)
{
	uint64_t instructions = vmm_status();

	(void)context;
	line_poll();
	screen_poll(port_now_ns(), instructions);
	if (port_l4_signals() & 1ull << TASK_SIGNAL_ORDER)
		order_take();
}

static bool vmm_make_machine(void)
{
	char error[160];

	machine = machine_create(&config, error, sizeof error);
	if (!machine)
		vmm_say("%s", error);
	return machine;
}

static bool vmm_save(void)
{
	char error[160];

	if (saved_write(machine, error, sizeof error))
		return true;
	vmm_say("%s", error);
	return false;
}

/* A machine that couldn't be restored starts anew. */
static bool vmm_restore(void)
{
	char error[160];
	enum saved_result result = saved_read(machine, error, sizeof error);

	if (result == SAVED_DONE)
		return true;
	vmm_say("%s", error);
	if (result == SAVED_RUINED) {
		machine_destroy(machine);
		screen_detach();
		if (!vmm_make_machine())
			root_exit(1);
	}
	return false;
}

/* Orders for tests of isolation. */
static void vmm_fault(void)
{
	*(volatile uint8_t *)TASK_DEVICES = 0;
}

static void vmm_corrupt(void)
{
	uint64_t count, random = port_now_ns() | 1;
	uint8_t *code = port_l4_code(&count);

	for (uint64_t i = 0; i < count; i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		code[i] = (uint8_t)random;
	}
}

static void vmm_loop(void)
{
	for (;;)
		__asm__ volatile("");
}

static bool order_perform(enum task_order what)
{
	switch (what) {
	case TASK_ORDER_PAUSE:
		paused = true;
		return true;
	case TASK_ORDER_RESUME:
		paused = false;
		return true;
	case TASK_ORDER_RESET:
		machine_reset(machine);
		return true;
	case TASK_ORDER_SAVE:
		return vmm_save();
	case TASK_ORDER_RESTORE:
		return vmm_restore();
	case TASK_ORDER_FAULT:
		vmm_fault();
		return false;
	case TASK_ORDER_CORRUPT:
		vmm_corrupt();
		return true;
	case TASK_ORDER_LOOP:
		vmm_loop();
		return false;
	default:
		return false;
	}
}

static void order_carry_out(void)
{
	uint64_t word = order;
	bool good;

	order = 0;
	good = order_perform((enum task_order)(word & 0xff));
	vmm_status();
	order_done(word, good);
}

static void vmm_configure(void)
{
	char error[160];

	if (!config_read(&config, error, sizeof error)) {
		vmm_say("%s", error);
		root_exit(1);
	}
	config.poll = vmm_poll;
	config.poll_always = true;
	config.serial[0] = line_open();
	screen_open(&config);
	disk_open(&config);
}

static _Noreturn void vmm_run(void)
{
	for (;;) {
		if (!paused && machine_run(machine) == MACHINE_OFF) {
			line_flush();
			root_exit(0);
		}
		if (order)
			order_carry_out();
		while (paused && !order) {
			port_wait(machine, UINT64_MAX);
			vmm_poll(NULL);
		}
	}
}

int main(void)
{
	stdio_set_putc(root_putc);
	port_l4_init();
	vmm_configure();
	if (!vmm_make_machine())
		root_exit(1);
	vmm_run();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The debugger's console: when it starts, reading a line, choosing the command.
 *
 * User level drives the serial port, too, and the kernel has no interrupt of it.
 * So the port is looked at whenever an interrupt comes in, which is before the
 * driver it wakes can run, and by a timer every 100 ms.  Other keys are put back.  No
 * driver may use the port meanwhile, so it is left alone while a thread with I/O ports
 * runs on another CPU; none can start there, as we have the kernel lock.
 */
#include <kdb/kdb.h>

#include <core/cpu.h>
#include <core/klib.h>
#include <core/space.h>
#include <kdb/command.h>

#define KDB_KEY 0x0b /* Ctrl-K */
#define KDB_POLL_US 100000
#define KDB_PUT_BACK_US 20000 /* putting back takes up to 2 ms at 115200 baud */
#define KDB_LINE_SIZE 64
#define KEY_BACKSPACE 0x08
#define KEY_DELETE 0x7f

static struct {
	bool active, panic, leave;
	uintptr_t frame;     /* of the function that started the console, */
	uint64_t entered_us; /* and when */
	uint64_t quiet_us;   /* don't look at the port before */
} session;

static void show_help(const struct kdb_arguments *a);

static void go_on(const struct kdb_arguments *a)
{
	(void)a;
	if (session.panic)
		printk("no way on from a panic; R resets\n");
	else
		session.leave = true;
}

static void reset(const struct kdb_arguments *a)
{
	(void)a;
	plat_reset();
}

static void show_backtrace(const struct kdb_arguments *a)
{
	(void)a;
	arch_backtrace(session.frame);
}

static const struct kdb_command {
	char letter;
	uint8_t arguments; /* needed */
	void (*run)(const struct kdb_arguments *a);
	const char *help;
} commands[] = {
	{ 't', 0, kdb_show_threads, "threads" },
	{ 'T', 1, kdb_show_thread, "NUMBER: a thread with its registers" },
	{ 's', 0, kdb_show_spaces, "spaces" },
	{ 'm', 1, kdb_show_mappings, "SPACE: what is mapped in a space" },
	{ 'd', 2, kdb_show_tree, "ADDRESS SPACE: who has the page from whom" },
	{ 'r', 0, kdb_show_queues, "ready queues and timeouts" },
	{ 'k', 0, kdb_show_memory, "kernel memory" },
	{ 'e', 0, kdb_show_events, "last exceptions, page faults and failures of their messages" },
	{ 'b', 0, show_backtrace, "backtrace of the kernel" },
	{ 'i', 0, kdb_show_interrupts, "interrupts attached" },
	{ 'g', 0, go_on, "go on" },
	{ 'R', 0, reset, "reset the machine" },
	{ '?', 0, show_help, "this list" },
};

static void show_help(const struct kdb_arguments *a)
{
	(void)a;
	for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
		printk("%c %s\n", commands[i].letter, commands[i].help);
	printk("Numbers are hexadecimal, but times. A key ends a long output.\n");
}

bool kdb_stopped(void)
{
	int c = plat_getc();

	return c >= 0 && c != '\r' && c != '\n';
}

void kdb_print_time_left(uint64_t at_us)
{
	if (at_us == UINT64_MAX)
		printk("never");
	else if (at_us > session.entered_us)
		printk("in %lu us", at_us - session.entered_us);
	else
		printk("due");
}

static int wait_for_key(void)
{
	int c;

	while ((c = plat_getc()) < 0)
		arch_pause();
	return c;
}

static void read_line(char line[KDB_LINE_SIZE])
{
	unsigned length = 0;
	int c;

	printk("kdb> ");
	while ((c = wait_for_key()) != '\r' && c != '\n') {
		if ((c == KEY_BACKSPACE || c == KEY_DELETE) && length) {
			length--;
			printk("\b \b");
		} else if (c >= ' ' && c < KEY_DELETE && length < KDB_LINE_SIZE - 1) {
			line[length++] = (char)c;
			printk("%c", c);
		}
	}
	line[length] = 0;
	printk("\n");
}

/* The value of a hexadecimal digit, 16 for anything else. */
static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	c |= 'a' - 'A';
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

/* Reads hexadecimal numbers with spaces before them; false for anything else. */
static bool parse_arguments(const char *p, struct kdb_arguments *a)
{
	a->count = 0;
	for (;;) {
		uint64_t value = 0;

		while (*p == ' ')
			p++;
		if (!*p)
			return true;
		if (a->count == KDB_MAX_ARGUMENTS || digit_value(*p) > 15)
			return false;
		if (p[0] == '0' && p[1] == 'x')
			p += 2;
		for (; digit_value(*p) < 16; p++)
			value = value << 4 | digit_value(*p);
		a->value[a->count++] = value;
	}
}

static void run_line(const char *line)
{
	struct kdb_arguments a;

	while (*line == ' ')
		line++;
	if (!*line)
		return;
	for (unsigned i = 0; i < ARRAY_SIZE(commands); i++) {
		if (commands[i].letter != *line)
			continue;
		if (parse_arguments(line + 1, &a) && a.count == commands[i].arguments)
			commands[i].run(&a);
		else
			printk("%c %s\n", *line, commands[i].help);
		return;
	}
	printk("no such command; ? lists them\n");
}

static void run_session(uintptr_t frame)
{
	char line[KDB_LINE_SIZE];

	session.active = true;
	session.leave = false;
	session.frame = frame;
	session.entered_us = plat_clock_us();
	while (!session.leave) {
		read_line(line);
		run_line(line);
	}
	session.active = false;
}

void kdb_panic(void)
{
	if (session.active)
		return;
	session.panic = true;
	printk("kernel debugger; ? for help\n");
	run_session((uintptr_t)__builtin_frame_address(0));
}

uint64_t kdb_timer(uint64_t at_us)
{
	uint64_t poll_us = plat_clock_us() + KDB_POLL_US;

	return at_us < poll_us ? at_us : poll_us;
}

static bool port_in_use_elsewhere(void)
{
	for (unsigned i = 0; i < MAX_CPUS; i++) {
		const struct cpu *cpu = cpus[i];

		if (cpu && cpu != this_cpu() && cpu->current && cpu->current->space->io)
			return true;
	}
	return false;
}

/* Brings the other CPUs into the kernel, where they wait for the lock. */
static void stop_users(void)
{
	for (unsigned i = 0; i < MAX_CPUS; i++)
		if (cpus[i] && cpus[i]->online && cpus[i] != this_cpu())
			plat_send_reschedule(i);
}

void kdb_poll(void)
{
	const struct cpu *cpu = this_cpu();
	enum plat_key key;

	if (plat_clock_us() < session.quiet_us || port_in_use_elsewhere())
		return;
	key = plat_console_take_key(KDB_KEY);
	if (key == PLAT_KEY_OTHERS)
		session.quiet_us = plat_clock_us() + KDB_PUT_BACK_US;
	if (key != PLAT_KEY_TYPED)
		return;
	stop_users();
	printk("\nkernel debugger on CPU %u, thread %lx; ? for help\n", cpu->id,
	       cpu->current ? cpu->current->global_id : 0);
	run_session((uintptr_t)__builtin_frame_address(0));
}

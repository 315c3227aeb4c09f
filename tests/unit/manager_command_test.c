/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands on the manager's serial line, with a root task that is part of the test.
 */
#include "tap.h"

#include "manager_root.h"
#include "servers/manager/command.h"

#include <l4/task.h>

static struct command command;
static struct tasks tasks;
static uint64_t now_us;

/* What was sent since the last call. */
static const char *sent(void)
{
	static char text[COMMAND_OUT_BYTES];

	memcpy(text, command.out, command.out_length);
	text[command.out_length] = 0;
	command.out_length = 0;
	return text;
}

static bool type(const char *text)
{
	bool complete = false;

	for (; *text; text++)
		complete = command_input(&command, (uint8_t)*text);
	return complete;
}

/* Runs a line, without its echo; NULL if the answer isn't there yet. */
static const char *run(const char *line)
{
	type(line);
	type("\r");
	sent();
	return command_run(&command, &tasks, now_us) ? sent() : NULL;
}

static void test_editing(void)
{
	fake_root_reset();
	ok(!type("hepl\b\177lp"), "no line yet");
	is_string(sent(), "hepl\b \b\b \blp", "is echoed");
	ok(type("\r"), "a line");
	is_string(sent(), "\r\n", "ends");
	ok(command_run(&command, &tasks, 0), "is run");
	ok(strstr(sent(), "\r\nok\r\n"), "as help");
	ok(!type("\n"), "the other half of CR LF is no line");
	ok(type("\n"), "a newline alone is");
	command_run(&command, &tasks, 0);
	is_string(sent(), "\r\n", "an empty line has no answer");
	type("\b\001\033\200\377");
	is_string(sent(), "", "control characters do nothing");
	for (unsigned i = 0; i < 40000; i++)
		type("x");
	is_string(run(""), "error: the line is too long\r\n", "too long a line");
	is_string(run("reset"), "error: see help: wrong operands of reset\r\n",
		  "the next is right");
}

static void test_list(void)
{
	fake_root_reset();
	memset(&tasks, 0, sizeof(tasks));
	is_string(run("list"),
		  "task=console role=task kind=console state=running cpu=1.0 mips=0.0 "
		  "memory=412/2048 ram=0 uptime=753.0 restarts=0 processor=0 priority=200 "
		  "ram-held=0\r\n"
		  "task=sun role=machine kind=ss5 state=running cpu=50.0 mips=100.0 "
		  "memory=71680/98304 ram=65536 uptime=753.0 restarts=0 processor=1 "
		  "priority=100 ram-held=63488\r\n"
		  "task=manager role=task kind=manager state=running cpu=0.0 mips=0.0 "
		  "memory=140/1024 ram=0 uptime=753.0 restarts=0 processor=0 priority=150 "
		  "ram-held=0\r\n"
		  "task=arm role=machine kind=vexpress-a9 state=crashed cpu=0.0 mips=0.0 "
		  "memory=0/204800 ram=0 uptime=0.0 restarts=2 processor=0 priority=0 "
		  "ram-held=0 reason=\"write to 0xdead000\"\r\n"
		  "ok\r\n",
		  "list");
	is_string(run("  memory "),
		  "kernel 620 KiB, servers 1400 KiB, channels 96 KiB, modules 40960 KiB, "
		  "total 524288 KiB, free 307200 KiB\r\nok\r\n",
		  "memory");
	is_string(run("time"), "uptime 754000000 us, processors 2, idle 754000000 us\r\nok\r\n",
		  "time");
	fake_refuses = true;
	is_string(run("list"), "error: root refuses: the manager isn't a supervisor\r\n",
		  "without rights");
}

static void test_longest_list(void)
{
	const char *text;

	fake_root_reset();
	fake_system.tasks = FAKE_TASKS;
	for (unsigned i = 0; i < FAKE_TASKS; i++) {
		memset(&fake_task[i], 0xff, sizeof(fake_task[i]));
		memset(fake_task[i].name, 'n', sizeof(fake_task[i].name));
		memset(fake_task[i].kind, 'k', sizeof(fake_task[i].kind));
		memset(fake_task[i].reason, 'r', sizeof(fake_task[i].reason));
	}
	text = run("list");
	ok(strlen(text) > 4 && strcmp(text + strlen(text) - 4, "ok\r\n") == 0,
	   "the longest list fits (%zu bytes)", strlen(text));
}

static void test_root_does(void)
{
	fake_root_reset();
	is_string(run("start arm"), "ok\r\n", "start");
	is(fake_control.index, 3, "the task");
	is(fake_control.action, ROOT_START, "the action");
	is_string(run("stop  sun"), "ok\r\n", "stop");
	is(fake_control.action, ROOT_STOP, "the action");
	is_string(run("restart sun"), "ok\r\n", "restart");
	is(fake_control.action, ROOT_RESTART, "the action");
	is_string(run("off"), "ok\r\n", "off");
	is(fake_control.action, ROOT_POWER_OFF, "the action");
	is_string(run("reboot"), "ok\r\n", "reboot");
	is(fake_control.action, ROOT_REBOOT, "the action");
	is_string(run("order sun fault"), "ok\r\n", "an order that ends the machine");
	is(fake_control.action, ROOT_ORDER, "the action");
	is(fake_control.argument, TASK_ORDER_FAULT, "the order");
	run("order sun loop");
	is(fake_control.argument, TASK_ORDER_LOOP, "loop");
	run("order sun corrupt");
	is(fake_control.argument, TASK_ORDER_CORRUPT, "corrupt");
}

static void test_refusals(void)
{
	fake_root_reset();
	is_string(run("stop moon"), "error: no task is called moon\r\n", "an unknown task");
	is_string(run("stop"), "error: see help: wrong operands of stop\r\n", "no name");
	is_string(run("stop sun arm"), "error: see help: wrong operands of stop\r\n", "two");
	is_string(run("a b c d e f"), "error: see help: unknown command a\r\n", "many words");
	is_string(run("off sun"), "error: see help: wrong operands of off\r\n", "a stray name");
	is_string(run("keys sun all"), "error: see help: wrong operands of keys\r\n",
		  "no such keys");
	is(fake_control.count, 0, "none of these reached root");
	fake_result = ROOT_WRONG_STATE;
	is_string(run("start sun"), "error: it is running already\r\n", "started already");
	is_string(run("stop arm"), "error: it isn't running\r\n", "stopped already");
	fake_result = ROOT_NO_MEMORY;
	is_string(run("start arm"), "error: not enough memory\r\n", "no memory");
	fake_result = ROOT_FORBIDDEN;
	is_string(run("order sun fault"), "error: not permitted\r\n", "no system for tests");
	fake_result = ROOT_NO_TASK;
	is_string(run("pause sun"), "error: there is no such task\r\n", "gone meanwhile");
	fake_result = (enum root_result)77;
	is_string(run("pause sun"), "error: not permitted\r\n", "a result of another version");
}

static void test_orders(void)
{
	fake_root_reset();
	now_us = 1000;
	ok(!run("pause sun"), "pause is answered when the machine has done it");
	is(fake_control.argument, TASK_ORDER_PAUSE, "the order");
	ok(!command_poll(&command, now_us), "not yet");
	fake_order_done(1, 0);
	ok(command_poll(&command, now_us), "now");
	is_string(sent(), "ok\r\n", "ok");
	ok(!run("pause sun"), "the same again waits again");
	fake_order_done(1, 0);
	command_poll(&command, now_us);
	is_string(sent(), "ok\r\n", "and is told from the first");
	ok(!run("keys sun stop-a"), "keys");
	is(fake_control.argument, TASK_ORDER_KEYS | TASK_KEYS_STOP_A << 8, "with their number");
	fake_order_done(1, 5);
	command_poll(&command, now_us);
	is_string(sent(), "error: the machine couldn't; its log says why\r\n",
		  "a machine that can't");
	ok(!run("save sun"), "save");
	ok(!command_poll(&command, now_us + 119999999), "may take two minutes");
	ok(command_poll(&command, now_us + 120000000), "but not for ever");
	is_string(sent(), "error: the machine doesn't answer\r\n", "no answer");
	ok(!run("reset sun"), "reset");
	fake_task[1].state = ROOT_TASK_CRASHED;
	ok(command_poll(&command, now_us), "and it crashes");
	is_string(sent(), "error: it stopped before that was done\r\n", "is said");
	fake_task[1].state = ROOT_TASK_RUNNING;
	ok(!run("restore sun"), "restore");
	fake_system.tasks = 0;
	ok(command_poll(&command, now_us), "and it goes");
	is_string(sent(), "error: there is no such task\r\n", "is said");
}

int main(void)
{
	test_editing();
	test_list();
	test_longest_list();
	test_root_does();
	test_refusals();
	test_orders();
	return done();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The manager's screen and keys, with a root task that is part of the test.
 */
#include "tap.h"

#include "manager_root.h"
#include "servers/manager/screen.h"
#include "servers/manager/words.h"

static struct tasks tasks;
static struct ui ui;
static struct canvas canvas;

static void draw(unsigned columns, unsigned rows)
{
	tasks_refresh(&tasks);
	screen_draw(&canvas, columns, rows, &tasks, &ui);
}

/* A row as text, without blanks at its end. */
static const char *row_text(unsigned row)
{
	static char text[CONSOLE_MAX_COLUMNS + 1];
	unsigned length = 0;

	for (unsigned i = 0; i < canvas.columns; i++) {
		text[i] = (char)canvas.cell[row * canvas.columns + i];
		if (text[i] != ' ')
			length = i + 1;
	}
	text[length] = 0;
	return text;
}

static unsigned attribute(unsigned row, unsigned column)
{
	return canvas.cell[row * canvas.columns + column] >> 8;
}

static void start(void)
{
	fake_root_reset();
	memset(&tasks, 0, sizeof(tasks));
	memset(&ui, 0, sizeof(ui));
}

/* A key; the request it gives has verb JOB_VERBS if there is none. */
static struct job_request press(int key)
{
	struct job_request request = { .verb = JOB_VERBS };

	if (!ui_key(&ui, &tasks, key, &request))
		is(request.verb, JOB_VERBS, "no request without saying so");
	return request;
}

static void test_words(void)
{
	is_string(words_uptime(0).text, "0:00:00", "uptime 0");
	is_string(words_uptime(359999999999).text, "99:59:59", "below 100 hours");
	is_string(words_uptime(360000000000).text, "4d 04:00", "100 hours");
	is_string(words_uptime(~0ull).text, "213503982d 08:01", "for ever");
	is_string(words_bytes(10239 << 10).text, "10239K", "below 10 MiB");
	is_string(words_bytes(10240 << 10).text, "10M", "10 MiB");
	is_string(words_bytes(~0ull).text, "17179869183G", "more than there is");
	is_string(words_tenths(1005).text, "100.5", "tenths");
}

static void test_picture(void)
{
	static const char *const expected[25] = {
		[0] = " bench                         up 0:12:34   CPU 50.0 %   memory 512M, 300M "
		      "free",
		[2] = " Machine       Type        State           CPU %   MIPS      Memory   "
		      "Uptime Rst",
		[3] = " sun           ss5         running          50.0  100.0     70M/96M  "
		      "0:12:33   0",
		[4] = " arm           vexpress-a9 crashed: write                                   "
		      "   2",
		[6] = " Task          Program     State           CPU %             Memory   "
		      "Uptime Rst",
		[7] = " console       console     running           1.0         412K/2048K  "
		      "0:12:33   0",
		[8] = " manager       manager     running           0.0         140K/1024K  "
		      "0:12:33   0",
		[21] = " Kernel 620K, servers and tasks 1400K, channels 96K, boot modules 40M",
		[22] = " sun: processor 1, priority 100, RAM 64M, Ctrl+Alt+F3",
		[24] = " s start  t stop  r reset  p pause  v save  V restore  k keys  q off  h "
		       "help",
	};

	start();
	draw(80, 25);
	for (unsigned row = 0; row < 25; row++)
		is_string(row_text(row), expected[row] ? expected[row] : "", "row %u", row);
	is(attribute(3, 79), TEXT_SELECTED, "the first machine is selected");
	is(attribute(4, 1), TEXT_RED, "a crash is red");
	is(attribute(0, 79), TEXT_BAR, "the title is a bar");
	draw(120, 40);
	ok(strstr(row_text(4), " crashed: write to 0xdead000 "),
	   "a wide screen has room for the reason");
	is_string(row_text(37), " sun: processor 1, priority 100, RAM 64M, Ctrl+Alt+F3",
		  "the lines at the bottom are there");
}

static void test_rates(void)
{
	start();
	draw(80, 25);
	fake_system.uptime_us += 1000000;
	fake_system.idle_us += 500000;
	fake_task[1].uptime_us += 1000000;
	fake_task[1].cpu_us += 123400;
	fake_task[1].instructions += 4567000;
	fake_task[1].run_ns += 100000000;
	draw(80, 25);
	is(tasks.load_permille, 750, "the load of two processors");
	is(tasks.line[1].cpu_permille, 123, "CPU time of the last second");
	is(tasks.line[1].mips_tenths, 456, "instructions while it executed");
	is(tasks.line[0].cpu_permille, 0, "another did nothing");
	fake_system.uptime_us += TASKS_LEAST_US - 1;
	fake_task[1].cpu_us += TASKS_LEAST_US - 1;
	draw(80, 25);
	is(tasks.line[1].cpu_permille, 123, "a short interval doesn't count");
	fake_system.uptime_us += 1;
	fake_task[1].cpu_us += 1;
	fake_task[1].uptime_us += TASKS_LEAST_US;
	draw(80, 25);
	is(tasks.line[1].cpu_permille, 1000, "but isn't lost");
	fake_system.uptime_us += 1000000;
	fake_task[1].cpu_us = 30000;
	fake_task[1].uptime_us = 100000;
	fake_task[1].restarts++;
	fake_task[1].instructions = ~0ull;
	fake_task[1].run_ns = 1;
	draw(80, 25);
	is(tasks.line[1].cpu_permille, 300, "after a restart: since then");
	is(tasks.line[1].mips_tenths, 0, "a task that lies about itself");
	fake_task[1].instructions = 1ull << 40;
	fake_system.uptime_us += 1000000;
	fake_task[1].uptime_us += 1000000;
	draw(80, 25);
	is(tasks.line[1].cpu_permille, 0, "and now nothing");
}

static void test_selection(void)
{
	start();
	draw(80, 25);
	press(KEYS_UP);
	is(ui.selected, 1, "up at the top stays");
	press(KEYS_DOWN);
	is(ui.selected, 3, "down: the next machine");
	draw(80, 25);
	is_string(row_text(22), " arm: write to 0xdead000", "the reason is shown in full");
	press(KEYS_DOWN);
	is(ui.selected, 0, "down: the first task");
	press(KEYS_DOWN);
	press(KEYS_DOWN);
	is(ui.selected, 2, "down at the end stays");
	press('\r');
	is_string(ui.message, "Ctrl+Alt+F1 shows manager", "Enter says how to get there");
	press(KEYS_UP);
	press('\r');
	is_string(ui.message, "console has no console", "or that one can't");
}

static void test_many(void)
{
	start();
	fake_system.tasks = FAKE_TASKS;
	for (unsigned i = 4; i < FAKE_TASKS; i++) {
		fake_task[i] = fake_task[1];
		snprintf(fake_task[i].name, sizeof(fake_task[i].name), "m%u", i);
	}
	draw(80, 25);
	ok(strstr(row_text(19), " m18 "), "the list is cut");
	for (unsigned i = 0; i < 40; i++)
		press(KEYS_DOWN);
	draw(80, 25);
	ok(strstr(row_text(18), " m42 "), "and follows the selection");
	is(attribute(18, 0), TEXT_SELECTED, "which is marked");
	for (unsigned i = 0; i < 40; i++)
		press(KEYS_DOWN);
	draw(80, 25);
	ok(strstr(row_text(19), " manager "), "to the last");
	is(attribute(19, 0), TEXT_SELECTED, "which is marked");
	is_string(row_text(20), "", "a blank row below");
	fake_system.tasks = 2;
	draw(80, 25);
	is(attribute(3, 0), TEXT_SELECTED, "what was selected is gone");
	fake_system.tasks = 0;
	draw(80, 25);
	is(press('s').verb, JOB_VERBS, "no task, nothing to start");
	is(press('k').verb, JOB_VERBS, "nor to send keys to");
	is(ui.mode, UI_LIST, "and no menu");
}

static void test_verbs(void)
{
	start();
	draw(80, 25);
	is(press('s').verb, JOB_START, "s");
	is(press('s').task, 1, "for the selected task");
	is(press('r').verb, JOB_RESET, "r");
	is(press('p').verb, JOB_PAUSE, "p");
	fake_task[1].activity = 1;
	draw(80, 25);
	ok(strstr(row_text(3), " paused "), "paused");
	is(press('p').verb, JOB_RESUME, "p again");
	is(press('v').verb, JOB_SAVE, "v");
	is(press('x').verb, JOB_VERBS, "x is nothing");
	is(press(KEYS_F1).verb, JOB_VERBS, "nor is F1");
}

static void test_questions(void)
{
	static const struct {
		int key;
		enum job_verb verb;
		const char *question;
	} asked[] = {
		{ 't', JOB_STOP, " Stop sun, as if its plug were pulled? (y/n)" },
		{ 'R', JOB_RESTART, " Stop sun, as if its plug were pulled, and start it? (y/n)" },
		{ 'V', JOB_RESTORE, " Replace what sun is doing by its saved state? (y/n)" },
		{ 'q', JOB_OFF, " Switch the PC off, with all machines? (y/n)" },
	};

	start();
	draw(80, 25);
	for (unsigned i = 0; i < 4; i++) {
		is(press(asked[i].key).verb, JOB_VERBS, "%c does nothing yet", asked[i].key);
		draw(80, 25);
		is_string(row_text(23), asked[i].question, "it asks");
		is(press('n').verb, JOB_VERBS, "no");
		is_string(ui.message, "Nothing was done", "does nothing");
		press(asked[i].key);
		is(press('y').verb, asked[i].verb, "yes does it");
		is(ui.mode, UI_LIST, "and that was all");
	}
	is(press('y').verb, JOB_VERBS, "y alone is nothing");
}

static void test_keys_menu(void)
{
	struct job_request request;

	start();
	draw(80, 25);
	for (int key = '1'; key <= '3'; key++) {
		press('k');
		is(ui.mode, UI_KEYS, "a menu");
		request = press(key);
		is(request.verb, JOB_KEYS, "keys");
		is(request.argument, key - '0', "number %c", key);
	}
	press('k');
	is(press(27).verb, JOB_VERBS, "Esc sends nothing");
	is(ui.mode, UI_LIST, "and ends the menu");
}

static void test_help(void)
{
	start();
	press('h');
	draw(80, 25);
	is_string(row_text(2), " Up, Down   select a machine or a task", "the help page");
	is_string(row_text(19), " Any key leads back.", "to its end");
	is(press('q').verb, JOB_VERBS, "any key");
	is(ui.mode, UI_LIST, "leads back");
	draw(80, 25);
	is_string(row_text(23), "", "and does nothing else");
}

static void test_report(void)
{
	struct job job = { .state = JOB_IDLE };

	start();
	draw(80, 25);
	job_begin(&job, &(struct job_request){ JOB_SAVE, 1, 0 }, 0);
	ui_report(&ui, &tasks, &job);
	is_string(ui.message, "sun: saving state ...", "begun");
	fake_order_done(1, 0);
	job_poll(&job, 1);
	ui_report(&ui, &tasks, &job);
	is_string(ui.message, "sun: state saved", "done");
	fake_result = ROOT_NO_MEMORY;
	job_begin(&job, &(struct job_request){ JOB_START, 3, 0 }, 0);
	ui_report(&ui, &tasks, &job);
	draw(80, 25);
	is_string(row_text(23), " arm: not enough memory", "failed");
	is(attribute(23, 1), TEXT_RED, "in red");
	press('q');
	ui_report(&ui, &tasks, &job);
	is_string(ui.message, "Switch the PC off, with all machines? (y/n)",
		  "a report doesn't hide a question");
}

int main(void)
{
	test_words();
	test_picture();
	test_rates();
	test_selection();
	test_many();
	test_verbs();
	test_questions();
	test_keys_menu();
	test_help();
	test_report();
	return done();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The manager: shows what runs on its console, and starts, stops, orders by keys there and
 * by commands on its serial line, with the rights of a supervisor (<proto/root.h>).  It
 * has either channel or both.  It sleeps unless something is typed, an order is on its
 * way, or its console is visible; then it looks once a second.
 */
#include "canvas.h"
#include "command.h"
#include "job.h"
#include "screen.h"
#include "tasks.h"
#include "ui.h"

#include <l4/syscall.h>
#include <l4/task.h>
#include <proto/textconsole.h>
#include <stdio.h>

#define REFRESH_US 1000000ull

static struct tasks manager_tasks;

static struct {
	bool present;
	struct textconsole console;
	struct canvas canvas;
	struct ui ui;
	struct job job;
	uint64_t refresh_us; /* when the next is due, 0: at once */
} manager_screen;

static struct {
	bool present;
	bool running; /* a command whose answer isn't complete */
	struct serial_client client;
	struct command command;
	size_t sent; /* of command.out */
} manager_line;

/* ---- the serial line ----------------------------------------------------- */

/* Sends what is to be sent; true if that is all gone. */
static bool manager_line_flush(void)
{
	struct command *c = &manager_line.command;

	if (c->out_length > manager_line.sent)
		manager_line.sent += serial_write(&manager_line.client, c->out + manager_line.sent,
						  c->out_length - manager_line.sent);
	if (manager_line.sent < c->out_length)
		return false;
	manager_line.sent = c->out_length = 0;
	return true;
}

static void manager_line_step(uint64_t now_us)
{
	struct command *c = &manager_line.command;
	uint8_t byte;

	if (manager_line.running)
		manager_line.running = !command_poll(c, now_us);
	while (manager_line_flush() && !manager_line.running &&
	       serial_read(&manager_line.client, &byte, 1) == 1)
		if (command_input(c, byte))
			manager_line.running = !command_run(c, &manager_tasks, now_us);
}

/* ---- the screen ---------------------------------------------------------- */

static void manager_screen_keys(uint64_t now_us)
{
	struct job *job = &manager_screen.job;
	struct job_request request;
	int key;

	while ((key = textconsole_key(&manager_screen.console)) != 0) {
		if (ui_key(&manager_screen.ui, &manager_tasks, key, &request)) {
			/* One at a time: the message says which one isn't done yet. */
			if (job->state != JOB_WAITING)
				job_begin(job, &request, now_us);
			ui_report(&manager_screen.ui, &manager_tasks, job);
		}
		manager_screen.refresh_us = 0;
	}
}

static void manager_screen_job(uint64_t now_us)
{
	struct job *job = &manager_screen.job;

	if (job->state != JOB_WAITING || job_poll(job, now_us) == JOB_WAITING)
		return;
	ui_report(&manager_screen.ui, &manager_tasks, job);
	manager_screen.refresh_us = 0;
}

static void manager_screen_draw(void)
{
	struct textconsole *console = &manager_screen.console;
	const struct canvas *canvas = &manager_screen.canvas;

	textconsole_fit(console);
	screen_draw(&manager_screen.canvas, console->columns, console->rows, &manager_tasks,
		    &manager_screen.ui);
	for (unsigned row = 0; row < canvas->rows; row++)
		for (unsigned column = 0; column < canvas->columns; column++)
			textconsole_cell(console, row, column,
					 canvas->cell[row * canvas->columns + column]);
	textconsole_show(console);
}

static void manager_screen_step(uint64_t now_us)
{
	manager_screen_keys(now_us);
	manager_screen_job(now_us);
	if (!textconsole_visible(&manager_screen.console)) {
		manager_screen.refresh_us = 0;
		return;
	}
	if (now_us < manager_screen.refresh_us)
		return;
	if (!tasks_refresh(&manager_tasks)) {
		manager_screen.ui.failed = true;
		snprintf(manager_screen.ui.message, sizeof(manager_screen.ui.message),
			 "Root refuses: the manager isn't a supervisor");
	}
	manager_screen_draw();
	manager_screen.refresh_us = now_us + REFRESH_US;
}

/* ---- both ---------------------------------------------------------------- */

static struct l4_time manager_timeout(uint64_t now_us)
{
	uint64_t wake_us = ~0ull;

	if (manager_line.running || manager_screen.job.state == JOB_WAITING)
		wake_us = now_us + JOB_POLL_US;
	if (manager_screen.present && textconsole_visible(&manager_screen.console) &&
	    manager_screen.refresh_us < wake_us)
		wake_us = manager_screen.refresh_us;
	if (wake_us == ~0ull)
		return L4_NEVER;
	return wake_us <= now_us ? L4_ZERO_TIME : l4_period_us(wake_us - now_us);
}

static void manager_open(void)
{
	int console = task_find_channel(CHANNEL_CONSOLE),
	    serial = task_find_channel(CHANNEL_SERIAL);

	if (console >= 0) {
		textconsole_open(&manager_screen.console, (unsigned)console,
				 task_channel_memory((unsigned)console));
		manager_screen.present = true;
	}
	if (serial >= 0) {
		serial_open(&manager_line.client, (unsigned)serial,
			    task_channel_memory((unsigned)serial));
		manager_line.present = true;
	}
	if (console < 0 && serial < 0)
		printf("neither a console nor a serial line: nothing to do\n");
}

int main(void)
{
	stdio_set_putc(root_putc);
	manager_open();
	for (;;) {
		uint64_t now_us = l4_system_clock();

		if (manager_line.present)
			manager_line_step(now_us);
		if (manager_screen.present)
			manager_screen_step(now_us);
		task_wait(manager_timeout(now_us), NULL);
	}
}

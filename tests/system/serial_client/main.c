/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of the serial server, as a guest with a shell would be: shows a prompt, echoes
 * what is typed, and obeys
 *
 *	flood N		prints N lines
 *	hostile		prints what would reprogram a terminal, in a line
 *	deaf		takes no input any more
 *	crash
 *	restart NAME	of another task, if it may
 *
 * and says that it doesn't know what else is typed.
 */
#include <l4/task.h>
#include <proto/client.h>
#include <proto/root.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct serial_client serial;
static char command[80];
static size_t command_length;
static bool is_deaf;

static void client_print(const char *text, size_t length)
{
	while (length) {
		size_t done = serial_write(&serial, text, length);

		text += done;
		length -= done;
		/* Other signals there are none. */
		if (length)
			task_wait(L4_NEVER, NULL);
	}
}

static void client_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void client_printf(const char *format, ...)
{
	char text[160];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	client_print(text, length < (int)sizeof(text) ? (size_t)length : sizeof(text) - 1);
}

static void client_flood(unsigned long lines)
{
	for (unsigned long i = 1; i <= lines; i++)
		client_printf("flood of %s, line %lu of %lu\r\n", task_info()->name, i, lines);
}

static void client_restart(const char *name)
{
	struct root_task task;

	for (unsigned i = 0; root_task_get(i, &task); i++)
		if (strcmp(task.name, name) == 0)
			root_control(i, ROOT_RESTART, 0);
}

static void client_obey(void)
{
	if (strncmp(command, "flood ", 6) == 0)
		client_flood(strtoul(command + 6, NULL, 10));
	else if (strcmp(command, "hostile") == 0)
		client_printf("h\x1b[2J\x1b]0;title\x07o\x1b[31ms\x9bt\x1b[?1049hile\r\n");
	else if (strcmp(command, "deaf") == 0)
		is_deaf = true;
	else if (strncmp(command, "restart ", 8) == 0)
		client_restart(command + 8);
	else if (strcmp(command, "crash") == 0)
		abort();
	else
		client_printf("%s doesn't know '%s'\r\n", task_info()->name, command);
}

static void client_prompt(void)
{
	client_printf("%s> ", task_info()->name);
}

static void client_key(char c)
{
	if (c == '\r') {
		client_print("\r\n", 2);
		command[command_length] = 0;
		client_obey();
		command_length = 0;
		client_prompt();
	} else if (command_length < sizeof(command) - 1) {
		command[command_length++] = c;
		client_print(&c, 1);
	}
}

static void client_serve(void)
{
	char c;

	while (!is_deaf && serial_read(&serial, &c, 1))
		client_key(c);
	if (serial_break(&serial))
		client_printf("%s got a break\r\n", task_info()->name);
}

int main(void)
{
	int n = task_find_channel(CHANNEL_SERIAL);

	if (n < 0)
		return 1;
	serial_open(&serial, (unsigned)n, task_channel_memory((unsigned)n));
	while (!serial_is_open(&serial))
		task_wait(L4_NEVER, NULL);
	client_printf("%s is ready\r\n", task_info()->name);
	client_prompt();
	for (;;) {
		client_serve();
		task_wait(L4_NEVER, NULL);
	}
}

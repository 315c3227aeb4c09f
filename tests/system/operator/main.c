/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A supervisor for tests: reads commands from its serial line, one a line, and answers each
 * with one line.
 *
 *	order TASK WORD		gives an order (<l4/task.h>) and waits until it is done:
 *				"done RESULT", or "refused RESULT" by root
 *	show TASK		"state S activity A instructions N heartbeat N memory N
 *				bound N restarts N reason R"
 *
 * TASK is an index in root's list.
 */
#include <l4/task.h>
#include <proto/client.h>
#include <proto/root.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 60000

static struct serial_client line;

__attribute__((format(printf, 1, 2))) static void answer(const char *format, ...)
{
	char text[256];
	const char *at = text;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	while (*at) {
		at += serial_write(&line, at, strlen(at));
		if (*at)
			task_wait(l4_period_us(10000), NULL);
	}
}

static void order(unsigned index, l4_word_t word)
{
	struct root_task before, now;
	enum root_result result;

	if (!root_task_get(index, &before)) {
		answer("refused: no task\r\n");
		return;
	}
	result = root_control(index, ROOT_ORDER, word);
	if (result != ROOT_DONE) {
		answer("refused %u\r\n", (unsigned)result);
		return;
	}
	for (unsigned ms = 0; ms < PATIENCE_MS; ms += 10) {
		if (!root_task_get(index, &now) || now.state != ROOT_TASK_RUNNING) {
			answer("gone\r\n");
			return;
		}
		if (now.last_done != before.last_done) {
			answer("done %llu\r\n", (unsigned long long)now.last_result);
			return;
		}
		task_wait(l4_period_us(10000), NULL);
	}
	answer("not done\r\n");
}

static void show(unsigned index)
{
	struct root_task t;

	if (!root_task_get(index, &t)) {
		answer("refused: no task\r\n");
		return;
	}
	answer("state %llu activity %llu instructions %llu heartbeat %llu memory %llu bound %llu "
	       "restarts %llu reason %.60s\r\n",
	       (unsigned long long)t.state, (unsigned long long)t.activity,
	       (unsigned long long)t.instructions, (unsigned long long)t.heartbeat,
	       (unsigned long long)t.memory_bytes, (unsigned long long)t.memory_bound,
	       (unsigned long long)t.restarts, t.reason);
}

static void command(const char *text)
{
	char *next;
	bool is_order = strncmp(text, "order ", 6) == 0;
	unsigned index;

	if (!is_order && strncmp(text, "show ", 5) != 0) {
		answer("what?\r\n");
		return;
	}
	index = (unsigned)strtoul(text + (is_order ? 6 : 5), &next, 0);
	if (is_order)
		order(index, strtoul(next, NULL, 0));
	else
		show(index);
}

int main(void)
{
	static char text[80];
	size_t length = 0;
	int channel = task_find_channel(CHANNEL_SERIAL);

	if (channel < 0)
		return 1;
	serial_open(&line, (unsigned)channel, task_channel_memory((unsigned)channel));
	for (;;) {
		char c;

		while (serial_read(&line, &c, 1) == 1) {
			if (c != '\r' && c != '\n') {
				text[length] = c;
				length += length < sizeof text - 1;
				continue;
			}
			text[length] = 0;
			length = 0;
			command(text);
		}
		task_wait(L4_NEVER, NULL);
	}
}

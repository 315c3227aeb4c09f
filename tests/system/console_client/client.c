/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shows what its `config` says (`show`: "text", "few" for pixels of 16 colours, "many" for
 * pixels of many, "nothing") and logs the events it gets, a line each.  On the key `x` it
 * turns hostile and writes nonsense all over its channel.
 */
#include <l4/syscall.h>
#include <l4/task.h>
#include <libfdt.h>
#include <proto/console.h>
#include <proto/root.h>
#include <stdio.h>
#include <string.h>

#define USAGE_X 0x1b
#define WIDTH 320u
#define HEIGHT 200u

static struct console_channel *channel;
static unsigned channel_number;

static void client_stamp(uint32_t first, uint32_t count)
{
	uint32_t frame = channel->client.frame + 1;

	for (uint32_t row = first; row < first + count; row++)
		__atomic_store_n(&channel->row_frame[row], frame, __ATOMIC_RELEASE);
	channel_store(&channel->client.frame, frame);
	task_signal(channel_number);
}

static void client_write(uint32_t row, uint32_t column, uint8_t attribute, const char *text)
{
	uint16_t *cell = console_cells(channel) + row * 80 + column;

	for (; *text; text++)
		*cell++ = (uint16_t)((uint8_t)*text | attribute << 8);
}

/* All characters with all attributes, and the task's name. */
static void client_show_text(void)
{
	for (uint32_t i = 0; i < 80 * 25; i++)
		console_cells(channel)[i] = 0x0720;
	for (uint32_t i = 0; i < 256; i++)
		console_cells(channel)[(4 + i / 64) * 80 + i % 64] = (uint16_t)(i | 0x0a00);
	for (uint32_t i = 0; i < 16; i++)
		console_cells(channel)[10 * 80 + i] = (uint16_t)('A' | i << 8 | (15 - i) << 12);
	client_write(0, 0, 0x0f, "This is the top row of");
	client_write(0, 23, 0x0f, task_info()->name);
	client_write(24, 74, 0x4e, "bottom");
	channel->client.mode = CONSOLE_TEXT;
	channel->client.width = channel->client.stride = 80;
	channel->client.height = 25;
	client_stamp(0, 25);
}

static void client_show_pixels(bool many)
{
	uint32_t *pixel = console_pixels(channel);

	for (uint32_t y = 0; y < HEIGHT; y++)
		for (uint32_t x = 0; x < WIDTH; x++)
			pixel[y * WIDTH + x] = many ? x * 4 / 5 << 16 | y << 8 | 0x40 :
						      (x / 3 + y) % 16 * 0x100c04;
	channel->client.mode = CONSOLE_PIXELS32;
	channel->client.width = channel->client.stride = WIDTH;
	channel->client.height = HEIGHT;
	client_stamp(0, HEIGHT);
}

static void client_show(void)
{
	const void *config = task_config();
	const char *what = config ? fdt_getprop(config, 0, "show", NULL) : NULL;

	if (!what || strcmp(what, "text") == 0)
		client_show_text();
	else if (strcmp(what, "few") == 0 || strcmp(what, "many") == 0)
		client_show_pixels(what[0] == 'm');
}

static _Noreturn void client_be_hostile(void)
{
	uint64_t state = 88172645463325252;

	printf("hostile now\n");
	for (uint32_t i = 0;; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		((uint32_t *)channel)[state >> 8 & 0xfff] =
			state & 1 ? (uint32_t)(state >> 32) : (uint32_t)(state >> 60);
		if (i % 1000 == 0)
			task_signal(channel_number);
	}
}

static void client_take_event(const struct console_event *e)
{
	static const char *const name[] = { "?", "down", "up", "mouse", "all up" };

	if (e->type == CONSOLE_MOUSE)
		printf("mouse %d %d %d %u\n", e->dx, e->dy, e->wheel, e->code);
	else
		printf("%s %x\n", name[e->type <= CONSOLE_ALL_UP ? e->type : 0], e->code);
	if (e->type == CONSOLE_KEY_UP && e->code == USAGE_X)
		client_be_hostile();
}

static void client_take_events(void)
{
	uint32_t read = channel->events_read.value;
	uint32_t written = channel_load(&channel->events_written.value);

	for (; read != written; read++) {
		struct console_event e = channel->event[read % CONSOLE_EVENTS];

		channel_store(&channel->events_read.value, read + 1);
		client_take_event(&e);
	}
}

static void client_open(void)
{
	static uint32_t epoch;

	channel_store(&channel->events_read.value, 0);
	channel_open(&channel->head, ++epoch);
	task_signal(channel_number);
	while (!channel_is_open(&channel->head))
		task_wait(L4_NEVER, NULL);
	printf("open, %u x %u\n", channel->server.screen_width, channel->server.screen_height);
	client_show();
}

int main(void)
{
	bool visible = false;
	int n = task_find_channel(CHANNEL_CONSOLE);

	stdio_set_putc(root_putc);
	if (n < 0)
		root_exit(1);
	channel_number = (unsigned)n;
	channel = task_channel_memory(channel_number);
	for (;;) {
		if (!channel_is_open(&channel->head))
			client_open();
		client_take_events();
		if (visible != (channel->server.visible == 1)) {
			visible = !visible;
			printf("%s at %llu\n", visible ? "visible" : "hidden",
			       (unsigned long long)l4_system_clock());
		}
		task_wait(L4_NEVER, NULL);
	}
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console: owns display, keyboard and mouse of the PC, and gives each client a virtual
 * console (<proto/console.h>).  This file is what connects it to L4: the devices that the
 * manifest gives it, signals, interrupts and time.
 *
 * With a frame buffer from the boot loader that is the display; else a VGA, for which the
 * manifest has to give the ports 0x3b0-0x3df and the memory 0xa0000-0xbffff.
 */
#include "framebuffer.h"
#include "ps2.h"
#include "report.h"
#include "server.h"
#include "vga.h"

#include <l4/syscall.h>
#include <l4/task.h>
#include <libfdt.h>
#include <proto/root.h>
#include <stdio.h>
#include <string.h>

static struct server server;
static struct ps2 ps2;
static struct report report;

static struct display *main_display(void)
{
	static struct framebuffer framebuffer;
	static struct vga vga;
	const struct task_framebuffer *info = &task_info()->framebuffer;

	if (info->width && framebuffer_init(&framebuffer, info, (void *)info->address)) {
		printf("frame buffer of %u x %u, %u bits\n", info->width, info->height, info->bits);
		return &framebuffer.display;
	}
	if (info->width)
		printf("a frame buffer of %u x %u, %u bits is not known here\n", info->width,
		       info->height, info->bits);
	vga_init(&vga, (void *)(TASK_DEVICES + VGA_MEMORY_ADDRESS));
	printf("VGA\n");
	return &vga.display;
}

static void main_add_channels(void)
{
	const struct task_info *info = task_info();

	for (unsigned n = 0; n < info->channel_count; n++) {
		const struct task_channel *channel = &info->channel[n];

		if (channel->kind != CHANNEL_CONSOLE || !channel->is_server)
			continue;
		if (channel->bytes < CONSOLE_CHANNEL_BYTES)
			printf("the channel of %s is too small\n", channel->peer);
		else
			server_add(&server, task_channel_memory(n), channel->peer, n,
				   strcmp(channel->peer, "root") == 0);
	}
}

/* The console to show at start, NULL if the manifest says none. */
static const char *main_first(void)
{
	const void *config = task_config();
	const char *first;
	int length;

	if (!config || fdt_check_header(config) != 0)
		return NULL;
	first = fdt_getprop(config, 0, "first", &length);
	return first && length > 0 && first[length - 1] == 0 ? first : NULL;
}

static bool main_wants_report(void)
{
	const void *config = task_config();

	return config && fdt_check_header(config) == 0 && fdt_getprop(config, 0, "report", NULL);
}

static void main_on_key(void *owner, struct key_event event)
{
	server_key(owner, event);
}

static void main_on_mouse(void *owner, int dx, int dy, int wheel, unsigned buttons)
{
	server_mouse(owner, dx, dy, wheel, buttons);
}

static void main_signal_clients(void)
{
	for (unsigned i = 0; i < server.client_count; i++) {
		struct client *c = &server.client[i];

		if (c->signal) {
			c->signal = false;
			task_signal(c->channel_number);
		}
	}
}

static struct l4_time main_timeout(uint64_t deadline_us)
{
	uint64_t now_us = l4_system_clock();

	if (deadline_us == SCREEN_NEVER)
		return L4_NEVER;
	return deadline_us > now_us ? l4_period_us(deadline_us - now_us) : L4_ZERO_TIME;
}

static void main_attend_interrupts(uint64_t interrupts)
{
	static const unsigned number[] = { PS2_KEYBOARD_INTERRUPT, PS2_MOUSE_INTERRUPT };

	for (unsigned i = 0; i < 2; i++) {
		if (!(interrupts & 1ull << number[i]))
			continue;
		if (number[i] == PS2_KEYBOARD_INTERRUPT)
			report_key(&report);
		ps2_poll(&ps2);
		task_interrupt_done(number[i]);
	}
}

static _Noreturn void main_serve(void)
{
	for (;;) {
		uint64_t deadline_us = server_update(&server, l4_system_clock());
		uint64_t news, interrupts;

		report_updated(&report, &server);
		ps2_set_lights(&ps2, server.lights);
		main_signal_clients();
		news = task_wait(main_timeout(deadline_us), &interrupts);
		main_attend_interrupts(interrupts);
		for (unsigned n = 0; n < TASK_MAX_CHANNELS; n++)
			if (news & 1ull << n)
				server_signalled(&server, n);
	}
}

int main(void)
{
	static const struct ps2_sink sink = { &server, main_on_key, main_on_mouse };

	stdio_set_putc(root_putc);
	server_init(&server, main_display());
	main_add_channels();
	if (main_wants_report())
		report_start(&report);
	server_start(&server, main_first());
	server_update(&server, l4_system_clock());
	report_updated(&report, &server);
	main_signal_clients();
	ps2_init(&ps2, &sink);
	if (!ps2.has_keyboard)
		printf("no keyboard answers\n");
	main_serve();
}

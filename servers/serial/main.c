/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The serial server: owns the PC's serial port and shows the lines of its clients
 * (<proto/serial.h>) on it.  What it looks like is the multiplexer's business (mux.h),
 * whose turn it is service.c's; here is the port, the configuration, and sleep: when
 * nothing moves any more, until a client's signal, the port's interrupt, or a line's
 * deadline.
 */
#include "service.h"
#include "uart.h"

#include <l4/syscall.h>
#include <l4/task.h>
#include <libfdt.h>
#include <proto/root.h>
#include <proto/serial.h>
#include <stdio.h>
#include <string.h>

#define SERIAL_SCROLL_MAX 8192u
#define SERIAL_SCROLL_MIN 512u
#define SERIAL_MEMORY_RESERVE 0x10000u
#define SERIAL_NO_PORT 4096u /* bytes that are thrown away at once */

extern char __text_start[], __end[];

static bool serial_has_port;

/* The port has little room for what is typed: it is taken at once. */
static void serial_receive(void)
{
	uint8_t bytes[16];
	size_t count;

	while ((count = uart_receive(bytes, sizeof(bytes))) != 0)
		service_typed(bytes, count);
}

static bool serial_transmit(void)
{
	unsigned room = serial_has_port ? uart_room() : SERIAL_NO_PORT;
	bool moved = false;
	uint8_t byte;

	while (room && service_output(&byte)) {
		if (serial_has_port)
			uart_send(byte);
		moved = true;
		room--;
	}
	if (serial_has_port)
		uart_wants_room(service_has_output());
	return moved;
}

static bool serial_turn(void)
{
	bool moved;

	if (serial_has_port)
		serial_receive();
	moved = service_turn(l4_system_clock());
	return serial_transmit() || moved;
}

static void serial_sleep(void)
{
	uint64_t deadline = service_deadline(), interrupts = 0, now = l4_system_clock();
	struct l4_time timeout = !deadline      ? L4_NEVER :
				 deadline > now ? l4_period_us(deadline - now) :
						  L4_ZERO_TIME;

	task_wait(timeout, &interrupts);
	if (interrupts & 1ull << UART_INTERRUPT) {
		serial_receive();
		task_interrupt_done(UART_INTERRUPT);
		uart_rearm();
	}
}

/* ---- start ----------------------------------------------------------------------- */

/* A string of the configuration, NULL if there is none. */
static const char *serial_config_text(const char *name)
{
	const void *config = task_config();
	int length = 0;
	const char *text;

	if (!config || fdt_check_header(config) != 0)
		return NULL;
	text = fdt_getprop(config, 0, name, &length);
	return text && length > 0 && text[length - 1] == 0 ? text : NULL;
}

static bool serial_config_flag(const char *name)
{
	const void *config = task_config();

	return config && fdt_check_header(config) == 0 && fdt_getprop(config, 0, name, NULL);
}

static bool serial_is_line(const struct task_channel *channel)
{
	if (channel->kind != CHANNEL_SERIAL || !channel->is_server)
		return false;
	if (channel->bytes >= sizeof(struct serial_channel))
		return true;
	printf("the channel to %s is too small\n", channel->peer);
	return false;
}

/* Scroll-back for each client, as much as the task's memory allows. */
static size_t serial_scroll_size(unsigned clients)
{
	uint64_t used = (uint64_t)(__end - __text_start) + SERIAL_MEMORY_RESERVE;
	uint64_t bound = task_info()->memory_bytes;
	size_t size = SERIAL_SCROLL_MAX;

	if (bound < used)
		return 0;
	while (size >= SERIAL_SCROLL_MIN && size * clients > bound - used)
		size /= 2;
	return size >= SERIAL_SCROLL_MIN ? size : 0;
}

static void serial_start(void)
{
	const struct task_info *info = task_info();
	size_t scroll = serial_scroll_size(info->channel_count);
	char *memory = (char *)TASK_HEAP;

	service_init();
	for (unsigned n = 0; n < info->channel_count && n < MUX_CLIENTS; n++) {
		if (!serial_is_line(&info->channel[n]))
			continue;
		service_add(info->channel[n].peer, n, task_channel_memory(n), memory, scroll);
		memory += scroll;
	}
	service_start(serial_config_text("focus"), serial_config_flag("machine-readable"));
}

int main(void)
{
	stdio_set_putc(root_putc);
	serial_has_port = uart_open();
	if (!serial_has_port)
		printf("there is no serial port\n");
	serial_start();
	for (;;)
		if (!serial_turn())
			serial_sleep();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The serial server: owns the PC's serial port and shows the lines of its clients
 * (<proto/serial.h>) on it.  What it looks like is the multiplexer's business (mux.h);
 * here bytes are carried between the port, the multiplexer and the channels.
 *
 * A turn takes a few bytes of each client, so that none is served at the expense of
 * others, and whatever was typed.  When nothing moves any more the server sleeps until a
 * client's signal, the port's interrupt, or a line's deadline.
 */
#include "link.h"
#include "mux.h"
#include "uart.h"

#include <l4/syscall.h>
#include <l4/task.h>
#include <libfdt.h>
#include <proto/root.h>
#include <stdio.h>
#include <string.h>

#define SERIAL_QUANTUM 32u
#define SERIAL_SCROLL_MAX 8192u
#define SERIAL_SCROLL_MIN 512u
#define SERIAL_MEMORY_RESERVE 0x10000u
#define SERIAL_TYPED 512u

extern char __text_start[], __end[];

static struct mux serial_mux;
static struct link serial_link[MUX_CLIENTS];
static bool serial_has_port;
/* Typed, but not yet looked at. */
static uint8_t serial_typed[SERIAL_TYPED];
static uint32_t serial_typed_written, serial_typed_read;

/* ---- what the multiplexer asks for ----------------------------------------------- */

static size_t serial_room(unsigned client)
{
	return link_room(&serial_link[client]);
}

static void serial_send_key(unsigned client, uint8_t byte)
{
	link_send(&serial_link[client], byte);
}

static void serial_send_break(unsigned client)
{
	link_break(&serial_link[client]);
}

static bool serial_client_is_open(unsigned client)
{
	return serial_link[client].is_open;
}

static const struct mux_environment serial_environment = {
	.room = serial_room,
	.send = serial_send_key,
	.send_break = serial_send_break,
	.is_open = serial_client_is_open,
};

/* ---- one turn -------------------------------------------------------------------- */

/* The port has little room for what is typed: it is taken at once, or lost. */
static void serial_receive(void)
{
	uint8_t bytes[16];
	size_t count;

	while ((count = uart_receive(bytes, sizeof(bytes))) != 0)
		for (size_t i = 0; i < count; i++)
			if (serial_typed_written - serial_typed_read < SERIAL_TYPED)
				serial_typed[serial_typed_written++ % SERIAL_TYPED] = bytes[i];
}

static bool serial_keys(void)
{
	bool moved = false;

	while (serial_typed_read != serial_typed_written &&
	       mux_waiting(&serial_mux) < MUX_QUEUE / 2) {
		mux_key(&serial_mux, serial_typed[serial_typed_read++ % SERIAL_TYPED]);
		moved = true;
	}
	return moved;
}

static bool serial_serve(unsigned client)
{
	struct link *l = &serial_link[client];
	uint8_t bytes[SERIAL_QUANTUM];
	size_t count;

	if (link_refresh(l))
		mux_reopened(&serial_mux, client);
	count = mux_ready(&serial_mux) ? link_take(l, bytes, sizeof(bytes)) : 0;
	for (size_t i = 0; i < count; i++)
		mux_byte(&serial_mux, client, bytes[i]);
	link_finish(l);
	return count != 0;
}

/* Begins with another client each time: the first one finds most room. */
static bool serial_clients(void)
{
	static unsigned first;
	unsigned count = serial_mux.client_count;
	bool moved = false;

	for (unsigned i = 0; i < count; i++)
		moved |= serial_serve((first + i) % count);
	first = count ? (first + 1) % count : 0;
	return moved;
}

static bool serial_transmit(void)
{
	unsigned room = serial_has_port ? uart_room() : MUX_QUEUE;
	bool moved = false;
	uint8_t byte;

	while (room-- && mux_output(&serial_mux, &byte)) {
		if (serial_has_port)
			uart_send(byte);
		moved = true;
	}
	if (serial_has_port)
		uart_wants_room(mux_waiting(&serial_mux) != 0);
	return moved;
}

static bool serial_turn(void)
{
	bool moved;

	serial_mux.now_us = l4_system_clock();
	if (serial_has_port)
		serial_receive();
	moved = serial_keys();
	moved |= serial_clients();
	if (!moved)
		mux_settle(&serial_mux);
	mux_expire(&serial_mux);
	return serial_transmit() || moved;
}

static void serial_sleep(void)
{
	uint64_t deadline = mux_deadline(&serial_mux), interrupts = 0, now = l4_system_clock();
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

	mux_init(&serial_mux, &serial_environment);
	for (unsigned n = 0; n < info->channel_count && n < MUX_CLIENTS; n++) {
		unsigned client;

		if (!serial_is_line(&info->channel[n]))
			continue;
		client = mux_add(&serial_mux, info->channel[n].peer, memory, scroll);
		memory += scroll;
		link_start(&serial_link[client], n, task_channel_memory(n));
	}
	mux_start(&serial_mux, serial_config_text("focus"), serial_config_flag("machine-readable"));
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

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Turns, see service.h.
 */
#include "service.h"

#include "link.h"

#define SERVICE_QUANTUM 32u
#define SERVICE_TYPED 512u

static struct mux service_mux;
static struct link service_link[MUX_CLIENTS];
/* Typed, but not yet looked at. */
static uint8_t typed[SERVICE_TYPED];
static uint32_t typed_written, typed_read;

/* ---- what the multiplexer asks for ----------------------------------------------- */

static size_t service_room(unsigned client)
{
	return link_room(&service_link[client]);
}

static void service_send(unsigned client, uint8_t byte)
{
	link_send(&service_link[client], byte);
}

static void service_send_break(unsigned client)
{
	link_break(&service_link[client]);
}

static bool service_client_is_open(unsigned client)
{
	return service_link[client].is_open;
}

static const struct mux_environment service_environment = {
	.room = service_room,
	.send = service_send,
	.send_break = service_send_break,
	.is_open = service_client_is_open,
};

void service_init(void)
{
	mux_init(&service_mux, &service_environment);
	typed_written = typed_read = 0;
}

void service_add(const char *name, unsigned number, void *memory, char *scroll, size_t scroll_size)
{
	unsigned client = mux_add(&service_mux, name, scroll, scroll_size);

	link_start(&service_link[client], number, memory);
}

void service_start(const char *focus, bool is_machine)
{
	mux_start(&service_mux, focus, is_machine);
}

/* ---- a turn ---------------------------------------------------------------------- */

void service_typed(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (typed_written - typed_read < SERVICE_TYPED)
			typed[typed_written++ % SERVICE_TYPED] = bytes[i];
}

static bool service_keys(void)
{
	bool moved = false;

	while (typed_read != typed_written && mux_waiting(&service_mux) < MUX_QUEUE / 2) {
		mux_key(&service_mux, typed[typed_read++ % SERVICE_TYPED]);
		moved = true;
	}
	return moved;
}

static bool service_client(unsigned client)
{
	struct link *l = &service_link[client];
	uint8_t bytes[SERVICE_QUANTUM];
	size_t count;

	if (link_refresh(l))
		mux_reopened(&service_mux, client);
	count = mux_ready(&service_mux) ? link_take(l, bytes, sizeof(bytes)) : 0;
	for (size_t i = 0; i < count; i++)
		mux_byte(&service_mux, client, bytes[i]);
	link_finish(l);
	return count != 0;
}

/* Goes on with the client after the last one that was served: when there is room for
 * one only, they take turns. */
static bool service_clients(void)
{
	static unsigned next;
	unsigned count = service_mux.client_count, first = next;
	bool moved = false;

	for (unsigned i = 0; i < count; i++) {
		unsigned client = (first + i) % count;

		if (!service_client(client))
			continue;
		next = (client + 1) % count;
		moved = true;
	}
	return moved;
}

bool service_turn(uint64_t now_us)
{
	bool moved;

	service_mux.now_us = now_us;
	moved = service_keys();
	moved |= service_clients();
	if (!moved)
		mux_settle(&service_mux);
	mux_expire(&service_mux);
	return moved;
}

uint64_t service_deadline(void)
{
	return mux_deadline(&service_mux);
}

bool service_output(uint8_t *byte)
{
	return mux_output(&service_mux, byte);
}

bool service_has_output(void)
{
	return mux_waiting(&service_mux) != 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hostile clients of the console server: channels with random contents, which a second
 * thread changes while the server draws, random signals, keys and times.  The sanitizers
 * and the displays look for accesses outside; the test itself, that the server's own
 * figures stay in order and that another client isn't disturbed.
 *
 *	console_fuzz [ROUNDS [SEED]]
 */
#include "tap.h"

#include "console_stand.h"

#include <pthread.h>
#include <stdlib.h>

#define CLIENTS 4
#define HONEST 3 /* the last client keeps to the protocol */

static struct server server;
static struct stand_framebuffer screen;
static struct stand_vga vga;
static struct console_channel *channel[CLIENTS];
static uint64_t now_us = 1000000;
static volatile bool stopped;

static uint64_t fuzz_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * 0x2545f4914f6cdd1dull;
}

static uint64_t seed;

static uint32_t pick(uint32_t n)
{
	return (uint32_t)(fuzz_random(&seed) >> 33) % n;
}

/* A number near what the protocol has bounds for, or any. */
static uint32_t interesting(uint64_t *state)
{
	static const uint32_t value[] = { 0,    1,          2,          3,         7,    8,    16,
					  25,   32,         33,         80,        81,   100,  101,
					  160,  161,        320,        480,       640,  1200, 1201,
					  1600, 1601,       256,        257,       2048, 4096, 7168,
					  8192, 0x7fffffff, 0xffffffff, 0x80000000 };
	uint64_t r = fuzz_random(state);

	return r & 0x100 ? (uint32_t)(r >> 20) : value[r >> 40 & 31];
}

/* One wild write, mostly to the fields that mean something. */
static void scribble(struct console_channel *c, uint64_t *state)
{
	uint64_t r = fuzz_random(state);
	uint32_t *word = (uint32_t *)c;
	uint32_t at;

	if (r & 7)
		at = (uint32_t)(offsetof(struct console_channel, client) / 4 + (r >> 8) % 16);
	else if (r & 8)
		at = (uint32_t)((r >> 8) % (offsetof(struct console_channel, event) / 4));
	else
		at = (uint32_t)((r >> 8) % (CONSOLE_CHANNEL_BYTES / 4));
	__atomic_store_n(&word[at], interesting(state), __ATOMIC_RELAXED);
}

static void sensible(struct console_channel *c)
{
	static const uint16_t size[][2] = {
		{ 80, 25 },   { 40, 25 },   { 160, 100 },   { 132, 43 },
		{ 640, 480 }, { 320, 200 }, { 1600, 1200 }, { 17, 9 },
	};
	unsigned i = pick(8);

	c->client.mode = 1 + pick(3);
	c->client.width = c->client.stride = size[i][0];
	c->client.height = size[i][1];
	c->client.look_flags = pick(16);
	c->client.font_height = 8 + pick(25);
	c->client.cursor_column = pick(80);
	c->client.cursor_row = pick(25);
	c->client.cursor_last = pick(32);
	c->client.frame++;
}

static void *disturb(void *unused)
{
	uint64_t state = 0x9e3779b97f4a7c15ull;

	while (!stopped)
		scribble(channel[fuzz_random(&state) % HONEST], &state);
	return unused;
}

static void one_step(void)
{
	unsigned n = pick(CLIENTS);

	switch (pick(10)) {
	case 0:
		server_key(&server, (struct key_event){ (uint8_t)pick(5), (uint8_t)pick(256) });
		break;
	case 1:
		server_mouse(&server, (int)pick(1000) - 500, (int)pick(1000) - 500,
			     (int)pick(5) - 2, pick(8));
		break;
	case 2:
		server_key(&server, (struct key_event){ KEY_DOWN, USAGE_LEFT_CONTROL });
		server_key(&server, (struct key_event){ KEY_DOWN, USAGE_LEFT_ALT });
		server_key(&server, (struct key_event){ KEY_TAP, (uint8_t)(USAGE_F1 + pick(12)) });
		break;
	case 3:
		if (n != HONEST)
			sensible(channel[n]);
		break;
	case 4:
		if (n != HONEST)
			channel_open(&channel[n]->head, pick(4));
		break;
	case 5:
		if (n != HONEST)
			scribble(channel[n], &seed);
		break;
	default:
		server_signalled(&server, pick(CLIENTS + 2));
		now_us += pick(60000);
		break;
	}
}

/* The honest client reads its events: their number and order are what it can check. */
static bool honest_is_well(void)
{
	struct console_channel *c = channel[HONEST];
	uint32_t used = c->events_written.value - c->events_read.value;

	if (used > CONSOLE_EVENTS || c->head.server_epoch != c->head.client_epoch)
		return false;
	for (; used > 0; used--) {
		const struct console_event *e = &c->event[c->events_read.value++ % CONSOLE_EVENTS];

		if (e->type < CONSOLE_KEY_DOWN || e->type > CONSOLE_ALL_UP)
			return false;
	}
	return c->server.visible == (server_focused(&server) == &server.client[HONEST]);
}

static void run(struct display *display, unsigned rounds, const char *name)
{
	uint64_t worst = SCREEN_NEVER;
	bool well = true;

	server_init(&server, display);
	for (unsigned i = 0; i < CLIENTS; i++) {
		memset(&channel[i]->head, 0, sizeof(channel[i]->head));
		server_add(&server, channel[i], "client", i, i == 1);
	}
	server_start(&server, "nobody");
	channel[HONEST]->events_read.value = 0;
	channel_open(&channel[HONEST]->head, 1);
	server_signalled(&server, HONEST);
	for (unsigned i = 0; i < rounds; i++) {
		uint64_t deadline;

		one_step();
		deadline = server_update(&server, now_us);
		if (deadline < now_us + 1 && deadline < worst)
			worst = deadline;
		well = well && honest_is_well();
	}
	ok(worst == SCREEN_NEVER, "%s: it never asks to be called without an end", name);
	ok(well, "%s: the honest client isn't disturbed", name);
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 0) : 1500;
	pthread_t thread;

	seed = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;
	diag("seed %llu", (unsigned long long)seed);
	seed = seed * 0x9e3779b97f4a7c15ull + 1;
	for (unsigned i = 0; i < CLIENTS; i++)
		channel[i] = stand_channel();
	if (pthread_create(&thread, NULL, disturb, NULL)) {
		bail_out("no thread");
		return 1;
	}
	stand_framebuffer(&screen, 800, 600, 32);
	run(&screen.framebuffer.display, rounds, "frame buffer");
	stand_vga(&vga);
	run(&vga.display, rounds, "text mode and 16 colours");
	stopped = true;
	pthread_join(thread, NULL);
	for (unsigned i = 0; i < CLIENTS; i++)
		free(channel[i]);
	free(screen.memory);
	return done();
}

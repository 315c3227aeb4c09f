/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The multiplexer: lines of several clients on one terminal (docs/serial.md).  Bytes in,
 * bytes out, no waiting and nothing of L4; whoever runs it gives it the bytes that clients
 * send and that are typed, and takes what is for the terminal.
 *
 *	mux_init(&mux, &environment);
 *	mux_add(&mux, "pc1", memory, bytes);
 *	mux_start(&mux, "pc1", false);
 *	mux_key(&mux, byte);				typed; at any time
 *	if (mux_ready(&mux))
 *		mux_byte(&mux, client, byte);		sent by a client
 *	mux_settle(&mux);				no more of that for now
 *	while (mux_output(&mux, &byte)) ...		to the terminal
 *
 * Inside: mux.c has the clients' output, keys.c what is typed, report.c answers of several
 * lines, machine.c the machine-readable mode.
 */
#ifndef SERIAL_MUX_H
#define SERIAL_MUX_H

#include "escape.h"
#include "line.h"

#include <stddef.h>

#define MUX_CLIENTS 48u
#define MUX_NAME 32u
#define MUX_PARTIAL 256u
#define MUX_QUEUE 8192u
#define MUX_QUEUE_ENOUGH 512u /* clients' bytes are taken while fewer wait to be sent */
#define MUX_INPUT 512u
#define MUX_FLUSH_US 50000u     /* a line that isn't complete waits so long */
#define MUX_PROMPT_US 10000000u /* and clients for a name that is being typed */

/* Provided by who runs it; `client` is the number that mux_add returned. */
struct mux_environment {
	size_t (*room)(unsigned client); /* bytes that can be sent to the client now */
	void (*send)(unsigned client, uint8_t byte);
	void (*send_break)(unsigned client);
	bool (*is_open)(unsigned client);
};

struct mux_client {
	char name[MUX_NAME];
	struct escape escape;
	struct line line;
	/* What was sent since the last line feed, as it was; in machine-readable mode,
	 * what wasn't shown yet. */
	uint8_t partial[MUX_PARTIAL];
	uint16_t partial_length;
	bool partial_lost;  /* it was longer */
	bool uses_returns;  /* it has sent carriage returns: line feeds are its own business */
	bool uses_escapes;  /* the terminal may be in any state */
	bool is_alternate;  /* on the alternate screen: others' lines would destroy it */
	bool is_swallowing; /* the sequence it is in was cut: nothing until it ends */
	uint64_t partial_since_us;
	/* Scroll-back: a ring of lines; NULL, 0: there is none. */
	char *scroll;
	size_t scroll_size, scroll_written;
};

enum mux_keys { MUX_KEYS_PASS, MUX_KEYS_COMMAND, MUX_KEYS_NAME };
enum mux_report { MUX_NO_REPORT, MUX_HELP, MUX_LIST, MUX_SCROLL };

struct mux {
	const struct mux_environment *environment;
	struct mux_client client[MUX_CLIENTS];
	unsigned client_count, focus;
	unsigned root; /* client 0 to who types; client_count: there is none */
	bool shows_all, is_machine;
	bool is_clean;   /* the cursor is at the start of an empty line */
	bool is_broken;  /* the partial line of the focused client is not where the cursor is */
	uint64_t now_us; /* set by who runs it, before bytes come */
	enum mux_keys keys;
	uint8_t input[MUX_INPUT]; /* a name, or a line in machine-readable mode */
	size_t input_length;
	bool input_lost;
	uint64_t prompt_since_us;
	enum mux_report report;
	size_t report_at;
	uint8_t queue[MUX_QUEUE];
	uint32_t queue_written, queue_read;
	uint64_t dropped_keys;
};

void mux_init(struct mux *m, const struct mux_environment *environment);

/* Returns the client's number; at most MUX_CLIENTS. */
unsigned mux_add(struct mux *m, const char *name, char *scroll, size_t scroll_size);

/* After the last client: focus is a name; NULL or an unknown one: the first that isn't
 * root. */
void mux_start(struct mux *m, const char *focus, bool is_machine);

/* Whether mux_byte may be called; goes on with a report. */
bool mux_ready(struct mux *m);
void mux_byte(struct mux *m, unsigned client, uint8_t byte);

/* The client has opened its line, perhaps again: what it was in the middle of is over. */
void mux_reopened(struct mux *m, unsigned client);
void mux_settle(struct mux *m);
void mux_key(struct mux *m, uint8_t byte);
bool mux_output(struct mux *m, uint8_t *byte);

static inline uint32_t mux_waiting(const struct mux *m)
{
	return m->queue_written - m->queue_read;
}

/* When mux_expire is due, in the time of now_us; 0: never. */
uint64_t mux_deadline(const struct mux *m);
void mux_expire(struct mux *m);

/* ---- between the files of the multiplexer ---------------------------------------- */

void mux_put(struct mux *m, uint8_t byte);
void mux_text(struct mux *m, const char *text);

/* A remark of the multiplexer's own, as a line. */
void mux_say(struct mux *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Brings the terminal to the start of a line, whatever the focused client did to it. */
void mux_interrupt(struct mux *m);
void mux_focus(struct mux *m, unsigned client);
void mux_set_machine(struct mux *m, bool is_machine);

/* The client with the number that who types knows: 0 is root, others by their order. */
unsigned mux_by_number(const struct mux *m, unsigned number);
unsigned mux_number_of(const struct mux *m, unsigned client);

/* By its whole name, or else by a beginning that only one has.  client_count: none;
 * `ambiguous` (may be NULL) tells why. */
unsigned mux_by_name(const struct mux *m, const char *name, size_t length, bool *ambiguous);

/* Sends a typed byte; rings the bell if there is no room. */
void mux_send(struct mux *m, uint8_t byte);

void report_start(struct mux *m, enum mux_report report);
void report_go_on(struct mux *m);

void keys_leave_prompt(struct mux *m);

void machine_byte(struct mux *m, unsigned client, uint8_t byte);
void machine_key(struct mux *m, uint8_t byte);

/* Shows what is there of the client's line, and that it isn't complete. */
void machine_flush(struct mux *m, unsigned client);

#endif

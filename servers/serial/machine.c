/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine-readable mode, see mux.h; docs/serial.md describes the format.
 */
#include "mux.h"

#include <string.h>

#define KEY_ESCAPE 0x1d

static void machine_escaped(struct mux *m, uint8_t byte)
{
	static const char digit[] = "0123456789abcdef";

	if (byte == '\\') {
		mux_text(m, "\\\\");
	} else if (byte >= ' ' && byte <= '~') {
		mux_put(m, byte);
	} else {
		mux_text(m, "\\x");
		mux_put(m, (uint8_t)digit[byte >> 4]);
		mux_put(m, (uint8_t)digit[byte & 15]);
	}
}

static void machine_line(struct mux *m, struct mux_client *c, bool is_complete)
{
	unsigned length = c->partial_length;
	/* A carriage return may belong to a line feed that is yet to come. */
	bool is_cut = length && c->partial[length - 1] == '\r';

	length -= is_cut;
	mux_text(m, c->name);
	mux_text(m, ": ");
	for (unsigned i = 0; i < length; i++)
		machine_escaped(m, c->partial[i]);
	mux_text(m, is_complete ? "\n" : "\\\n");
	c->partial_length = 0;
	if (is_cut && !is_complete)
		c->partial[c->partial_length++] = '\r';
}

void machine_flush(struct mux *m, unsigned client)
{
	machine_line(m, &m->client[client], false);
}

void machine_byte(struct mux *m, unsigned client, uint8_t byte)
{
	struct mux_client *c = &m->client[client];

	if (byte == '\n') {
		machine_line(m, c, true);
		return;
	}
	if (c->partial_length == MUX_PARTIAL)
		machine_flush(m, client);
	if (c->partial_length == 0)
		c->partial_since_us = m->now_us;
	c->partial[c->partial_length++] = byte;
}

static bool machine_is_due(const struct mux_client *c)
{
	return c->partial_length > 1 || (c->partial_length == 1 && c->partial[0] != '\r');
}

uint64_t mux_deadline(const struct mux *m)
{
	uint64_t first = 0;

	if (!m->is_machine)
		return m->keys == MUX_KEYS_NAME ? m->prompt_since_us + MUX_PROMPT_US : 0;
	for (unsigned i = 0; i < m->client_count; i++) {
		const struct mux_client *c = &m->client[i];
		uint64_t at = c->partial_since_us + MUX_FLUSH_US;

		if (machine_is_due(c) && (first == 0 || at < first))
			first = at;
	}
	return first;
}

void mux_expire(struct mux *m)
{
	if (!m->is_machine) {
		if (m->keys == MUX_KEYS_NAME && m->prompt_since_us + MUX_PROMPT_US <= m->now_us)
			keys_leave_prompt(m);
		return;
	}
	for (unsigned i = 0; i < m->client_count && mux_waiting(m) < MUX_QUEUE_ENOUGH; i++) {
		struct mux_client *c = &m->client[i];

		if (machine_is_due(c) && c->partial_since_us + MUX_FLUSH_US <= m->now_us)
			machine_flush(m, i);
	}
}

/* ---- input ----------------------------------------------------------------------- */

static int machine_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Replaces escapes in place; appends the carriage return unless the last character says
 * that the line isn't complete.  Returns the length, or -1. */
static int machine_unescape(uint8_t *text, size_t length)
{
	size_t to = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] != '\\') {
			text[to++] = text[i];
			continue;
		}
		if (i + 1 == length)
			return (int)to;
		if (text[i + 1] == '\\') {
			text[to++] = '\\';
			i++;
			continue;
		}
		if (text[i + 1] != 'x' || i + 3 >= length || machine_digit(text[i + 2]) < 0 ||
		    machine_digit(text[i + 3]) < 0)
			return -1;
		text[to++] =
			(uint8_t)(machine_digit(text[i + 2]) << 4 | machine_digit(text[i + 3]));
		i += 3;
	}
	text[to++] = '\r';
	return (int)to;
}

static const char *machine_send(struct mux *m, unsigned client, uint8_t *text, size_t length)
{
	int count = machine_unescape(text, length);

	if (count < 0)
		return "=error bad escape\n";
	if (!m->environment->is_open(client))
		return "=error not open\n";
	if (m->environment->room(client) < (size_t)count)
		return "=error full\n";
	for (int i = 0; i < count; i++)
		m->environment->send(client, text[i]);
	return "=ok\n";
}

static const char *machine_list(struct mux *m)
{
	for (unsigned i = 0; i < m->client_count; i++) {
		mux_text(m, "=client ");
		mux_text(m, m->client[i].name);
		mux_text(m, m->environment->is_open(i) ? " open\n" : " closed\n");
	}
	return "=ok\n";
}

/* The client whose whole name is the word at `text`. */
static unsigned machine_client(const struct mux *m, const uint8_t *text, size_t length)
{
	unsigned client = mux_by_name(m, (const char *)text, length, NULL);

	if (client < m->client_count && m->client[client].name[length])
		return m->client_count;
	return client;
}

static bool machine_is(const struct mux *m, const char *word)
{
	return m->input_length == strlen(word) && memcmp(m->input, word, m->input_length) == 0;
}

static const char *machine_to_client(struct mux *m)
{
	uint8_t *name = m->input + 1, *space = memchr(m->input, ' ', m->input_length);
	size_t end = space ? (size_t)(space - m->input) : m->input_length;
	size_t text = space ? end + 1 : end;
	unsigned client = machine_client(m, name, end - 1);

	if (client == m->client_count)
		return "=error no such client\n";
	return machine_send(m, client, m->input + text, m->input_length - text);
}

static const char *machine_break(struct mux *m)
{
	size_t skip = strlen("!break ");
	unsigned client = machine_client(m, m->input + skip, m->input_length - skip);

	if (client == m->client_count)
		return "=error no such client\n";
	m->environment->send_break(client);
	return "=ok\n";
}

static const char *machine_obey(struct mux *m)
{
	if (m->input_lost)
		return "=error line too long\n";
	if (m->input[0] == '>')
		return machine_to_client(m);
	if (m->input_length > 7 && memcmp(m->input, "!break ", 7) == 0)
		return machine_break(m);
	if (machine_is(m, "!list"))
		return machine_list(m);
	if (machine_is(m, "!human")) {
		mux_set_machine(m, false);
		return "=ok\n";
	}
	return "=error unknown\n";
}

/* Room is left for the carriage return. */
static void machine_collect(struct mux *m, uint8_t byte)
{
	if (m->input_length < MUX_INPUT - 1)
		m->input[m->input_length++] = byte;
	else
		m->input_lost = true;
}

void machine_key(struct mux *m, uint8_t byte)
{
	if (m->keys == MUX_KEYS_COMMAND) {
		m->keys = MUX_KEYS_PASS;
		if (byte == 'm')
			mux_set_machine(m, false);
	} else if (byte == KEY_ESCAPE) {
		m->keys = MUX_KEYS_COMMAND;
	} else if (byte != '\n' && byte != '\r') {
		machine_collect(m, byte);
	} else if (m->input_length) {
		const char *answer = machine_obey(m);

		mux_text(m, answer);
		m->input_length = 0;
		m->input_lost = false;
	}
}

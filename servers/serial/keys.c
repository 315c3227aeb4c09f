/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is typed, see mux.h: for the client with the focus, but for what follows Ctrl-].
 */
#include "mux.h"

#include <string.h>

#define KEY_ESCAPE 0x1d /* Ctrl-] */
#define KEY_CTRL_C 0x03
#define KEY_CTRL_G 0x07
#define KEY_DELETE 0x7f

void mux_send(struct mux *m, uint8_t byte)
{
	if (m->environment->is_open(m->focus) && m->environment->room(m->focus)) {
		m->environment->send(m->focus, byte);
		return;
	}
	m->dropped_keys++;
	mux_put(m, '\a');
}

static void keys_command(struct mux *m, uint8_t byte)
{
	switch (byte) {
	case '?':
	case 'h':
		report_start(m, MUX_HELP);
		break;
	case 'l':
		report_start(m, MUX_LIST);
		break;
	case 's':
		report_start(m, MUX_SCROLL);
		break;
	case 'a':
		m->shows_all = !m->shows_all;
		mux_say(m, "lines of others are %s", m->shows_all ? "shown" : "not shown");
		break;
	case 'b':
		m->environment->send_break(m->focus);
		mux_say(m, "%s got a break", m->client[m->focus].name);
		break;
	case 'm':
		mux_set_machine(m, true);
		break;
	case 'x':
	case 'q':
		mux_say(m, "In QEMU: Ctrl-a x.  A PC is switched off by the manager");
		break;
	}
}

static bool keys_is_command(uint8_t byte)
{
	return byte && strchr("?hlsabmxq", byte);
}

static bool keys_begins_a_name(const struct mux *m, uint8_t byte)
{
	for (unsigned i = 0; i < m->client_count; i++)
		if (m->client[i].name[0] == (char)byte)
			return true;
	return false;
}

/* Shows what was typed of a name. */
static void keys_prompt(struct mux *m)
{
	mux_interrupt(m);
	mux_text(m, "\r\x1b[K-- switch to: ");
	for (size_t i = 0; i < m->input_length; i++)
		mux_put(m, m->input[i]);
	m->is_clean = false;
}

void keys_leave_prompt(struct mux *m)
{
	mux_text(m, "\r\n");
	m->is_clean = true;
	m->keys = MUX_KEYS_PASS;
}

static void keys_name_done(struct mux *m)
{
	const char *name = (const char *)m->input;
	int length = (int)m->input_length;
	bool ambiguous;
	unsigned client = mux_by_name(m, name, m->input_length, &ambiguous);
	bool is_whole = client < m->client_count && m->client[client].name[length] == 0;

	keys_leave_prompt(m);
	if (length == 1 && keys_is_command(m->input[0]) && !is_whole)
		keys_command(m, m->input[0]);
	else if (client < m->client_count)
		mux_focus(m, client);
	else if (length)
		mux_say(m, ambiguous ? "several names begin with %.*s" : "%.*s isn't here; l lists",
			length, name);
}

static void keys_name(struct mux *m, uint8_t byte)
{
	if (byte == '\r' || byte == '\n') {
		keys_name_done(m);
	} else if (byte == KEY_ESCAPE || byte == KEY_CTRL_C || byte == KEY_CTRL_G || byte == 0x1b) {
		keys_leave_prompt(m);
	} else if (byte == '\b' || byte == KEY_DELETE) {
		if (m->input_length)
			m->input_length--;
		keys_prompt(m);
	} else if (byte > ' ' && byte < KEY_DELETE && m->input_length < MUX_NAME - 1) {
		m->input[m->input_length++] = byte;
		mux_put(m, byte);
	}
}

static void keys_after_escape(struct mux *m, uint8_t byte)
{
	unsigned client;

	m->keys = MUX_KEYS_PASS;
	if (byte == KEY_ESCAPE) {
		mux_send(m, byte);
	} else if (byte >= '0' && byte <= '9') {
		client = mux_by_number(m, byte - '0');
		if (client < m->client_count)
			mux_focus(m, client);
		else
			mux_say(m, "there is no client %c; l lists", byte);
	} else if (keys_is_command(byte) && !keys_begins_a_name(m, byte)) {
		keys_command(m, byte);
	} else if (byte > ' ' && byte < KEY_DELETE) {
		m->keys = MUX_KEYS_NAME;
		m->prompt_since_us = m->now_us;
		m->input[0] = byte;
		m->input_length = 1;
		keys_prompt(m);
	} else {
		mux_say(m, "Ctrl-] ? helps");
	}
}

void mux_key(struct mux *m, uint8_t byte)
{
	if (m->client_count == 0)
		return;
	if (m->is_machine)
		machine_key(m, byte);
	else if (m->keys == MUX_KEYS_NAME)
		keys_name(m, byte);
	else if (m->keys == MUX_KEYS_COMMAND)
		keys_after_escape(m, byte);
	else if (byte == KEY_ESCAPE)
		m->keys = MUX_KEYS_COMMAND;
	else
		mux_send(m, byte);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Output of the clients, see mux.h.
 *
 * The focused client's bytes go out as they are.  A line of another one, when the focused
 * one's cursor is in the middle of a line, goes on a line of its own; the focused one's
 * line is then repeated from `partial`, but not before it goes on or nothing else is to
 * be shown (mux_settle).
 */
#include "mux.h"

#include <stdio.h>
#include <string.h>

/* Ends any sequence or string: CAN, ST. */
#define MUX_CANCEL "\x18\x1b\\"
/* What a client may have left behind: shift-out, character set, attributes, invisible
 * cursor, no wrapping, insertion, keypads, bracketed paste, mouse reports, a scrolling
 * region (which needs the cursor put back). */
#define MUX_RESET                                                                                  \
	"\x0f\x1b(B\x1b[0m\x1b[?25h\x1b[?7h\x1b[4l\x1b[?1l\x1b>\x1b[?2004l"                        \
	"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b"                                         \
	"7\x1b[r\x1b"                                                                              \
	"8"

/* Colours of tags: green, yellow, blue, magenta, cyan, and their bright ones. */
static const uint8_t mux_colours[] = { 32, 33, 36, 35, 34, 92, 93, 96, 95, 94 };

void mux_init(struct mux *m, const struct mux_environment *environment)
{
	memset(m, 0, sizeof(*m));
	m->environment = environment;
	m->shows_all = true;
	m->is_clean = true;
}

unsigned mux_add(struct mux *m, const char *name, char *scroll, size_t scroll_size)
{
	struct mux_client *c = &m->client[m->client_count];

	memcpy(c->name, name, strnlen(name, MUX_NAME - 1));
	c->scroll = scroll;
	c->scroll_size = scroll_size;
	return m->client_count++;
}

void mux_start(struct mux *m, const char *focus, bool is_machine)
{
	unsigned wanted = m->client_count;

	m->root = mux_by_name(m, "root", 4, NULL);
	if (m->root < m->client_count && strcmp(m->client[m->root].name, "root") != 0)
		m->root = m->client_count;
	if (focus)
		wanted = mux_by_name(m, focus, strlen(focus), NULL);
	if (wanted == m->client_count)
		wanted = mux_by_number(m, 1);
	m->focus = wanted < m->client_count ? wanted : 0;
	m->is_machine = is_machine;
}

/* ---- the terminal ---------------------------------------------------------------- */

/* What doesn't fit is lost: only what is typed can lead to that, and only if nothing is
 * taken from the queue meanwhile. */
void mux_put(struct mux *m, uint8_t byte)
{
	if (mux_waiting(m) < MUX_QUEUE)
		m->queue[m->queue_written++ % MUX_QUEUE] = byte;
}

void mux_text(struct mux *m, const char *text)
{
	while (*text)
		mux_put(m, (uint8_t)*text++);
}

bool mux_output(struct mux *m, uint8_t *byte)
{
	if (mux_waiting(m) == 0)
		return false;
	*byte = m->queue[m->queue_read++ % MUX_QUEUE];
	return true;
}

/* ---- clients' names and numbers -------------------------------------------------- */

unsigned mux_by_number(const struct mux *m, unsigned number)
{
	for (unsigned i = 0; i < m->client_count; i++)
		if (mux_number_of(m, i) == number)
			return i;
	return m->client_count;
}

unsigned mux_number_of(const struct mux *m, unsigned client)
{
	if (client == m->root)
		return 0;
	return client < m->root ? client + 1 : client;
}

unsigned mux_by_name(const struct mux *m, const char *name, size_t length, bool *ambiguous)
{
	unsigned found = m->client_count, count = 0;

	if (ambiguous)
		*ambiguous = false;
	if (length == 0 || length >= MUX_NAME || memchr(name, 0, length))
		return m->client_count;
	for (unsigned i = 0; i < m->client_count; i++) {
		if (strncmp(m->client[i].name, name, length) != 0)
			continue;
		if (m->client[i].name[length] == 0)
			return i;
		found = i;
		count++;
	}
	if (ambiguous)
		*ambiguous = count > 1;
	return count == 1 ? found : m->client_count;
}

/* ---- the focused client ---------------------------------------------------------- */

void mux_interrupt(struct mux *m)
{
	const struct mux_client *c = &m->client[m->focus];

	if (m->is_broken)
		return;
	if (escape_is_inside(&c->escape))
		mux_text(m, MUX_CANCEL);
	if (c->uses_escapes)
		mux_text(m, "\x1b[0m");
	if (!m->is_clean)
		mux_text(m, "\r\n");
	m->is_clean = true;
	m->is_broken = true;
}

/* Shows the focused client's line again after an interruption. */
static void mux_resume(struct mux *m)
{
	struct mux_client *c = &m->client[m->focus];

	m->is_broken = false;
	if (c->partial_lost) {
		c->is_swallowing = escape_is_inside(&c->escape);
		return;
	}
	for (unsigned i = 0; i < c->partial_length; i++)
		mux_put(m, c->partial[i]);
	if (c->partial_length)
		m->is_clean = false;
}

/* What was kept isn't needed any more; a sequence whose beginning goes with it can't be
 * repeated. */
static void mux_partial_clear(struct mux_client *c)
{
	c->partial_length = 0;
	c->partial_lost = escape_is_inside(&c->escape);
}

/* Keeps what it takes to show the line again. */
static void mux_partial_add(struct mux_client *c, enum escape_kind kind, uint8_t byte)
{
	if (kind == ESCAPE_CONTROL && byte == '\n') {
		mux_partial_clear(c);
		return;
	}
	/* A progress bar is longer than any line; from here on it is as good as new. */
	if (kind == ESCAPE_CONTROL && byte == '\r' && c->partial_lost)
		mux_partial_clear(c);
	/* The bell rings once. */
	if (kind == ESCAPE_CONTROL && byte == '\a')
		return;
	if (c->partial_length == MUX_PARTIAL)
		c->partial_lost = true;
	else
		c->partial[c->partial_length++] = byte;
	/* To repeat what erases the screen would erase others' lines. */
	if (kind == ESCAPE_END && escape_moves(&c->escape))
		mux_partial_clear(c);
}

static void mux_raw(struct mux *m, struct mux_client *c, enum escape_kind kind, uint8_t byte)
{
	if (c->is_swallowing) {
		c->is_swallowing = escape_is_inside(&c->escape);
		return;
	}
	if (byte == '\n' && !c->uses_returns)
		mux_put(m, '\r');
	mux_put(m, byte);
	if (kind == ESCAPE_CONTROL && byte != '\r')
		m->is_clean = byte == '\n';
	else if (kind == ESCAPE_TEXT)
		m->is_clean = false;
	else if (kind == ESCAPE_END && (escape_moves(&c->escape) || escape_alternate(&c->escape)))
		m->is_clean = false;
}

void mux_settle(struct mux *m)
{
	if (m->is_broken && !m->is_machine && m->client_count && m->report == MUX_NO_REPORT &&
	    m->keys != MUX_KEYS_NAME && mux_waiting(m) < MUX_QUEUE / 2)
		mux_resume(m);
}

/* ---- the others ------------------------------------------------------------------ */

static void mux_tag(struct mux *m, unsigned client)
{
	unsigned colour = mux_colours[client % sizeof(mux_colours)];
	char tag[MUX_NAME + 24];

	snprintf(tag, sizeof(tag), "\x1b[%um[%s]\x1b[0m ", colour, m->client[client].name);
	mux_text(m, tag);
}

static void mux_tagged_line(struct mux *m, unsigned client)
{
	const struct line *l = &m->client[client].line;

	mux_interrupt(m);
	mux_tag(m, client);
	for (unsigned i = 0; i < l->length; i++)
		mux_put(m, (uint8_t)l->text[i]);
	mux_text(m, "\r\n");
}

static void mux_scroll_add(struct mux_client *c, const struct line *l)
{
	for (unsigned i = 0; c->scroll_size && i <= l->length; i++)
		c->scroll[c->scroll_written++ % c->scroll_size] = i < l->length ? l->text[i] : '\n';
}

static void mux_line_complete(struct mux *m, unsigned client)
{
	struct mux_client *c = &m->client[client];
	bool is_hidden = !m->shows_all || m->client[m->focus].is_alternate;

	mux_scroll_add(c, &c->line);
	if (client != m->focus && !m->is_machine && !is_hidden)
		mux_tagged_line(m, client);
	line_clear(&c->line);
}

/* ---- bytes and the focus --------------------------------------------------------- */

bool mux_ready(struct mux *m)
{
	report_go_on(m);
	return m->report == MUX_NO_REPORT && mux_waiting(m) < MUX_QUEUE_ENOUGH &&
	       (m->keys != MUX_KEYS_NAME || m->is_machine);
}

void mux_byte(struct mux *m, unsigned client, uint8_t byte)
{
	struct mux_client *c = &m->client[client];
	enum escape_kind kind = escape_step(&c->escape, byte);
	bool is_raw = client == m->focus && !m->is_machine;

	if (is_raw && m->is_broken)
		mux_resume(m);
	c->uses_returns |= byte == '\r';
	c->uses_escapes |= kind == ESCAPE_INSIDE || byte == 0x0e || (byte >= 0x80 && byte < 0xa0);
	if (is_raw)
		mux_raw(m, c, kind, byte);
	if (m->is_machine)
		machine_byte(m, client, byte);
	else
		mux_partial_add(c, kind, byte);
	if (kind == ESCAPE_END && escape_alternate(&c->escape))
		c->is_alternate = escape_alternate(&c->escape) > 0;
	if (line_add(&c->line, kind, byte))
		mux_line_complete(m, client);
}

/* The terminal as it is for a client that has just started. */
static void mux_reset_terminal(struct mux *m)
{
	struct mux_client *c = &m->client[m->focus];

	if (c->is_alternate)
		mux_text(m, MUX_CANCEL "\x1b[?1049l");
	else if (c->uses_escapes)
		mux_text(m, MUX_CANCEL);
	if (c->uses_escapes)
		mux_text(m, MUX_RESET);
	/* If it goes on with a sequence it has begun, that is not for the next terminal. */
	c->is_swallowing = false;
}

void mux_focus(struct mux *m, unsigned client)
{
	mux_interrupt(m);
	mux_reset_terminal(m);
	m->focus = client;
	mux_say(m, "%s has the keyboard%s", m->client[client].name,
		m->environment->is_open(client) ? "" : ", but hasn't opened its line");
	if (m->client[client].is_alternate)
		mux_text(m, "\x1b[?1049h");
	m->is_broken = true;
}

void mux_reopened(struct mux *m, unsigned client)
{
	struct mux_client *c = &m->client[client];

	if (m->is_machine && c->partial_length)
		machine_flush(m, client);
	if (!m->is_machine && client == m->focus) {
		mux_interrupt(m);
		mux_reset_terminal(m);
	}
	c->escape = (struct escape){ 0 };
	c->uses_escapes = c->uses_returns = c->is_alternate = c->is_swallowing = false;
	if (c->line.length)
		mux_line_complete(m, client);
	mux_partial_clear(c);
}

void mux_set_machine(struct mux *m, bool is_machine)
{
	if (m->is_machine == is_machine || m->client_count == 0)
		return;
	if (is_machine) {
		mux_interrupt(m);
		mux_reset_terminal(m);
	}
	for (unsigned i = 0; i < m->client_count; i++) {
		if (m->is_machine && m->client[i].partial_length)
			machine_flush(m, i);
		mux_partial_clear(&m->client[i]);
	}
	if (is_machine)
		mux_text(m, "\n=machine-readable\n");
	m->is_machine = is_machine;
	m->keys = MUX_KEYS_PASS;
	m->is_clean = true;
	m->is_broken = false;
	m->input_length = 0;
	m->report = MUX_NO_REPORT;
}

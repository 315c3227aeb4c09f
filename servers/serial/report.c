/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the multiplexer itself says, see mux.h.  Longer answers are written line by line
 * as the terminal takes them; clients wait meanwhile.
 */
#include "mux.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void mux_say(struct mux *m, const char *format, ...)
{
	char text[160];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	mux_interrupt(m);
	mux_text(m, "\x1b[7m-- ");
	mux_text(m, text);
	mux_text(m, " --\x1b[0m\r\n");
}

static const char *const report_help[] = {
	"Ctrl-] and then",
	"  0              root's log",
	"  1 2 3 ...      a client by its number",
	"  NAME Enter     a client by the beginning of its name",
	"  l              list of the clients",
	"  s              shows again what the client with the keyboard has printed",
	"  a              lines of the others: shown, or not",
	"  b              sends a break",
	"  m              machine-readable mode, and back",
	"  Ctrl-]         sends Ctrl-]",
	"  x              how to leave",
	"A letter that is also the beginning of a name waits for Enter, or the name's rest.",
};

static bool report_help_line(struct mux *m)
{
	if (m->report_at == sizeof(report_help) / sizeof(report_help[0]))
		return false;
	mux_text(m, report_help[m->report_at++]);
	mux_text(m, "\r\n");
	return true;
}

/* In the order of the numbers. */
static bool report_list_line(struct mux *m)
{
	unsigned number = (unsigned)m->report_at++, client = mux_by_number(m, number);
	char text[MUX_NAME + 48];

	if (number > m->client_count)
		return false;
	if (client == m->client_count) /* no root */
		return true;
	snprintf(text, sizeof(text), "%c%2u %-16s %s\r\n", client == m->focus ? '*' : ' ', number,
		 m->client[client].name, m->environment->is_open(client) ? "open" : "not open");
	mux_text(m, text);
	return true;
}

/* From report_at, a count of bytes like scroll_written, up to a line's end. */
static bool report_scroll_line(struct mux *m)
{
	const struct mux_client *c = &m->client[m->focus];

	while (m->report_at < c->scroll_written) {
		char byte = c->scroll[m->report_at++ % c->scroll_size];

		if (byte == '\n') {
			mux_text(m, "\r\n");
			return true;
		}
		mux_put(m, (uint8_t)byte);
	}
	return false;
}

/* Where the first whole line in the scroll-back begins. */
static size_t report_scroll_start(const struct mux_client *c)
{
	size_t at = 0;

	if (c->scroll_written <= c->scroll_size)
		return 0;
	at = c->scroll_written - c->scroll_size;
	while (at < c->scroll_written && c->scroll[at % c->scroll_size] != '\n')
		at++;
	return at < c->scroll_written ? at + 1 : at;
}

void report_start(struct mux *m, enum mux_report report)
{
	const struct mux_client *c = &m->client[m->focus];

	m->report = report;
	m->report_at = 0;
	if (report == MUX_SCROLL) {
		m->report_at = report_scroll_start(c);
		mux_say(m, "the last of %s", c->name);
	} else {
		mux_interrupt(m);
	}
}

void report_go_on(struct mux *m)
{
	bool goes_on = true;

	if (m->report == MUX_NO_REPORT)
		return;
	while (goes_on && mux_waiting(m) < MUX_QUEUE_ENOUGH)
		goes_on = m->report == MUX_HELP ? report_help_line(m) :
			  m->report == MUX_LIST ? report_list_line(m) :
						  report_scroll_line(m);
	if (goes_on)
		return;
	if (m->report == MUX_SCROLL)
		mux_say(m, "%s goes on", m->client[m->focus].name);
	m->report = MUX_NO_REPORT;
	m->is_broken = true;
}

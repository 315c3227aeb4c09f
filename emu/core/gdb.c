/* SPDX-License-Identifier: BSD-2-Clause
 *
 * gdb's remote serial protocol; see gdb.h.  One thread, number 1, is the CPU.  Register
 * descriptions are made from the guest's table; memory is accessed by guest virtual
 * address.  Not supported: reverse execution, tracepoints, file access.
 */
#include "core/gdb.h"

#include <emu/port.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/debug.h"
#include "core/machine_core.h"
#include "guest/guest.h"

#define PACKET_BYTES 16384u
#define INTERRUPT 3 /* Ctrl-C */

enum gdb_receive { RECEIVE_IDLE, RECEIVE_BODY, RECEIVE_SUM1, RECEIVE_SUM2 };

struct gdb {
	struct machine *m;
	void (*send)(void *context, const char *bytes, size_t count);
	void *context;
	enum gdb_receive receive;
	bool no_ack;
	bool interrupted;
	uint8_t sum, sum_seen;
	size_t length;
	char packet[PACKET_BYTES + 1];
	size_t reply_length;
	char reply[PACKET_BYTES + 8];
	char features[32768];
	size_t features_length;
};

static const char digits[] = "0123456789abcdef";

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads a hexadecimal number and moves on behind it. */
static uint64_t take_hex(const char **p)
{
	uint64_t value = 0;

	while (hex_value(**p) >= 0)
		value = value << 4 | (unsigned)hex_value(*(*p)++);
	return value;
}

static bool take_char(const char **p, char c)
{
	if (**p != c)
		return false;
	++*p;
	return true;
}

static bool take_bytes(const char *p, uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++, p += 2) {
		if (hex_value(p[0]) < 0 || hex_value(p[1]) < 0)
			return false;
		bytes[i] = (uint8_t)(hex_value(p[0]) << 4 | hex_value(p[1]));
	}
	return true;
}

static void reply_char(struct gdb *g, char c)
{
	if (g->reply_length < PACKET_BYTES)
		g->reply[g->reply_length++] = c;
}

static void reply_text(struct gdb *g, const char *text)
{
	while (*text)
		reply_char(g, *text++);
}

static void reply_hex(struct gdb *g, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		reply_char(g, digits[bytes[i] >> 4]);
		reply_char(g, digits[bytes[i] & 15]);
	}
}

static void reply_send(struct gdb *g)
{
	uint8_t sum = 0;
	char tail[3];

	for (size_t i = 0; i < g->reply_length; i++)
		sum = (uint8_t)(sum + (uint8_t)g->reply[i]);
	tail[0] = '#';
	tail[1] = digits[sum >> 4];
	tail[2] = digits[sum & 15];
	g->send(g->context, "$", 1);
	g->send(g->context, g->reply, g->reply_length);
	g->send(g->context, tail, 3);
	g->reply_length = 0;
}

static void answer(struct gdb *g, const char *text)
{
	reply_text(g, text);
	reply_send(g);
}

__attribute__((format(printf, 2, 3))) static void features_add(struct gdb *g, const char *format,
							       ...)
{
	size_t room = sizeof g->features - g->features_length;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(g->features + g->features_length, room, format, args);
	va_end(args);
	g->features_length += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
}

static void features_make(struct gdb *g)
{
	const struct guest *guest = g->m->cpu->guest;
	const char *feature = NULL;

	features_add(g,
		     "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
		     "<target version=\"1.0\"><architecture>%s</architecture>",
		     guest->gdb_architecture);
	for (unsigned i = 0; i < guest->register_count; i++) {
		const struct guest_register *r = &guest->registers[i];

		if (!feature || strcmp(feature, r->feature)) {
			features_add(g, "%s<feature name=\"%s\">", feature ? "</feature>" : "",
				     r->feature);
			feature = r->feature;
		}
		features_add(g, "<reg name=\"%s\" bitsize=\"%u\" regnum=\"%u\" type=\"%s\"/>",
			     r->name, r->bits, i, r->type ? r->type : "int");
	}
	features_add(g, "%s</target>", feature ? "</feature>" : "");
}

static void read_registers(struct gdb *g)
{
	struct cpu *cpu = g->m->cpu;

	for (unsigned i = 0; i < cpu->guest->register_count; i++) {
		uint8_t value[16] = { 0 };

		cpu->guest->read_register(cpu, i, value);
		reply_hex(g, value, cpu->guest->registers[i].bits / 8);
	}
	reply_send(g);
}

static void write_registers(struct gdb *g, const char *p)
{
	struct cpu *cpu = g->m->cpu;

	for (unsigned i = 0; i < cpu->guest->register_count; i++) {
		size_t bytes = cpu->guest->registers[i].bits / 8;
		uint8_t value[16];

		if (!take_bytes(p, value, bytes))
			break;
		cpu->guest->write_register(cpu, i, value);
		p += 2 * bytes;
	}
	answer(g, "OK");
}

static void read_one(struct gdb *g, const char *p)
{
	struct cpu *cpu = g->m->cpu;
	uint64_t n = take_hex(&p);
	uint8_t value[16] = { 0 };

	if (n >= cpu->guest->register_count)
		return answer(g, "E01");
	cpu->guest->read_register(cpu, (unsigned)n, value);
	reply_hex(g, value, cpu->guest->registers[n].bits / 8);
	reply_send(g);
}

static void write_one(struct gdb *g, const char *p)
{
	struct cpu *cpu = g->m->cpu;
	uint64_t n = take_hex(&p);
	uint8_t value[16];

	if (n >= cpu->guest->register_count || !take_char(&p, '=') ||
	    !take_bytes(p, value, cpu->guest->registers[n].bits / 8))
		return answer(g, "E01");
	cpu->guest->write_register(cpu, (unsigned)n, value);
	answer(g, "OK");
}

static void read_memory(struct gdb *g, const char *p)
{
	gva address = (gva)take_hex(&p);
	uint8_t bytes[256];
	uint64_t count;

	if (!take_char(&p, ','))
		return answer(g, "E01");
	count = take_hex(&p);
	if (count > PACKET_BYTES / 2)
		count = PACKET_BYTES / 2;
	while (count) {
		size_t n = count < sizeof bytes ? (size_t)count : sizeof bytes;

		if (!mem_peek(g->m->cpu, address, bytes, n)) {
			if (g->reply_length)
				break;
			return answer(g, "E14");
		}
		reply_hex(g, bytes, n);
		address += (gva)n;
		count -= n;
	}
	reply_send(g);
}

static void write_memory(struct gdb *g, const char *p)
{
	gva address = (gva)take_hex(&p);
	uint8_t byte;
	uint64_t count;

	if (!take_char(&p, ','))
		return answer(g, "E01");
	count = take_hex(&p);
	if (!take_char(&p, ':'))
		return answer(g, "E01");
	for (; count; count--, p += 2)
		if (!take_bytes(p, &byte, 1) || !mem_poke(g->m->cpu, address++, &byte, 1))
			return answer(g, "E14");
	answer(g, "OK");
}

/* Z and z packets: TYPE,ADDRESS,KIND. */
static void change_point(struct gdb *g, const char *p, bool set)
{
	static const unsigned accesses[] = { MEM_WRITE, MEM_READ, MEM_READ | MEM_WRITE };
	struct machine *m = g->m;
	char type = *p++;
	gva address;
	unsigned kind;
	bool good;

	if (type < '0' || type > '4')
		return answer(g, "");
	if (!take_char(&p, ','))
		return answer(g, "E01");
	address = (gva)take_hex(&p);
	kind = take_char(&p, ',') ? (unsigned)take_hex(&p) : 1;
	if (type < '2')
		good = set ? debug_break(m, address) : debug_unbreak(m, address);
	else if (set)
		good = mem_watch(m->cpu->mem, address, kind, accesses[type - '2']);
	else
		good = (mem_unwatch(m->cpu->mem, address, kind, accesses[type - '2']), true);
	answer(g, good ? "OK" : "E28");
}

/* qXfer:features:read:target.xml:OFFSET,LENGTH */
static void transfer_features(struct gdb *g, const char *p)
{
	uint64_t offset = take_hex(&p), length;

	if (!take_char(&p, ','))
		return answer(g, "E01");
	length = take_hex(&p);
	if (offset > g->features_length)
		return answer(g, "E01");
	if (length > PACKET_BYTES - 16)
		length = PACKET_BYTES - 16;
	reply_char(g, offset + length >= g->features_length ? 'l' : 'm');
	for (uint64_t i = offset; i < offset + length && i < g->features_length; i++)
		reply_char(g, g->features[i]);
	reply_send(g);
}

static void command_text(struct gdb *g, const char *text)
{
	reply_hex(g, (const uint8_t *)text, strlen(text));
	reply_send(g);
}

/* "monitor ..." */
static void remote_command(struct gdb *g, const char *p)
{
	char command[64] = { 0 };

	for (size_t i = 0; i < sizeof command - 1 && hex_value(p[0]) >= 0; i++, p += 2)
		take_bytes(p, (uint8_t *)command + i, 1);
	if (!strcmp(command, "reset")) {
		machine_reset(g->m);
		return command_text(g, "machine reset\n");
	}
	command_text(g, "monitor commands: reset\n");
}

static bool starts(const char **p, const char *with)
{
	size_t n = strlen(with);

	if (strncmp(*p, with, n))
		return false;
	*p += n;
	return true;
}

static void answer_query(struct gdb *g, const char *p)
{
	char text[128];

	if (starts(&p, "Supported")) {
		snprintf(text, sizeof text,
			 "PacketSize=%x;qXfer:features:read+;QStartNoAckMode+;"
			 "vContSupported+;hwbreak+;swbreak+",
			 PACKET_BYTES);
		answer(g, text);
	} else if (starts(&p, "Xfer:features:read:target.xml:")) {
		transfer_features(g, p);
	} else if (starts(&p, "Rcmd,")) {
		remote_command(g, p);
	} else if (starts(&p, "fThreadInfo")) {
		answer(g, "m1");
	} else if (starts(&p, "sThreadInfo")) {
		answer(g, "l");
	} else if (starts(&p, "Attached")) {
		answer(g, "1");
	} else if (!strcmp(p, "C")) {
		answer(g, "QC1");
	} else if (starts(&p, "Symbol")) {
		answer(g, "OK");
	} else {
		answer(g, "");
	}
}

/* vCont;ACTION[:THREAD]... : the first action counts, there is one thread. */
static enum gdb_action resume_verbose(struct gdb *g, const char *p)
{
	if (*p == '?') {
		answer(g, "vCont;c;C;s;S");
		return GDB_NONE;
	}
	return p[0] == ';' && (p[1] == 's' || p[1] == 'S') ? GDB_STEP : GDB_CONTINUE;
}

static void set_pc(struct gdb *g, const char *p)
{
	if (hex_value(*p) >= 0)
		machine_set_pc(g->m, (gva)take_hex(&p));
}

static enum gdb_action packet_resumes(struct gdb *g, const char *p)
{
	switch (*p) {
	case 'c':
	case 's':
		set_pc(g, p + 1);
		return *p == 's' ? GDB_STEP : GDB_CONTINUE;
	case 'C':
		return GDB_CONTINUE;
	case 'S':
		return GDB_STEP;
	case 'k':
		return GDB_KILL;
	case 'D':
		answer(g, "OK");
		return GDB_DETACH;
	case 'v':
		if (starts(&p, "vCont"))
			return resume_verbose(g, p);
		if (starts(&p, "vKill")) {
			answer(g, "OK");
			return GDB_KILL;
		}
		answer(g, "");
		return GDB_NONE;
	default:
		answer(g, "");
		return GDB_NONE;
	}
}

static enum gdb_action packet_handle(struct gdb *g)
{
	const char *p = g->packet;

	switch (*p) {
	case '?':
		gdb_stopped(g, MACHINE_STOPPED);
		break;
	case 'g':
		read_registers(g);
		break;
	case 'G':
		write_registers(g, p + 1);
		break;
	case 'p':
		read_one(g, p + 1);
		break;
	case 'P':
		write_one(g, p + 1);
		break;
	case 'm':
		read_memory(g, p + 1);
		break;
	case 'M':
		write_memory(g, p + 1);
		break;
	case 'Z':
		change_point(g, p + 1, true);
		break;
	case 'z':
		change_point(g, p + 1, false);
		break;
	case 'q':
		answer_query(g, p + 1);
		break;
	case 'H':
	case 'T':
		answer(g, "OK");
		break;
	case 'Q':
		if (!strcmp(p, "QStartNoAckMode")) {
			answer(g, "OK");
			g->no_ack = true;
		} else {
			answer(g, "");
		}
		break;
	default:
		return packet_resumes(g, p);
	}
	return GDB_NONE;
}

/* Only the framing; true when a packet is complete. */
static bool receive(struct gdb *g, char c)
{
	switch (g->receive) {
	case RECEIVE_IDLE:
		if (c == '$') {
			g->receive = RECEIVE_BODY;
			g->length = 0;
			g->sum = 0;
		}
		return false;
	case RECEIVE_BODY:
		if (c == '#') {
			g->receive = RECEIVE_SUM1;
		} else {
			g->sum = (uint8_t)(g->sum + (uint8_t)c);
			if (g->length < PACKET_BYTES)
				g->packet[g->length++] = c;
		}
		return false;
	case RECEIVE_SUM1:
		g->sum_seen = (uint8_t)((hex_value(c) & 15) << 4);
		g->receive = RECEIVE_SUM2;
		return false;
	default:
		g->receive = RECEIVE_IDLE;
		g->packet[g->length] = 0;
		return (uint8_t)(g->sum_seen | (hex_value(c) & 15)) == g->sum || g->no_ack;
	}
}

enum gdb_action gdb_input(struct gdb *g, const char *bytes, size_t count, size_t *used)
{
	for (*used = 0; *used < count;) {
		char c = bytes[(*used)++];
		bool ending = g->receive == RECEIVE_SUM2;
		enum gdb_action action;

		if (receive(g, c)) {
			if (!g->no_ack)
				g->send(g->context, "+", 1);
			action = packet_handle(g);
			if (action != GDB_NONE)
				return action;
		} else if (ending) {
			g->send(g->context, "-", 1);
		}
	}
	return GDB_NONE;
}

void gdb_stopped(struct gdb *g, enum machine_exit why)
{
	static const char *const kinds[] = { "watch", "rwatch", "awatch" };
	enum mem_access access = 0;
	char text[64];
	gva address;

	switch (why) {
	case MACHINE_OFF:
		answer(g, "W00");
		return;
	case MACHINE_STOPPED:
		answer(g, "T02thread:1;");
		return;
	case MACHINE_RESET:
		answer(g, "T05thread:1;");
		return;
	default:
		break;
	}
	if (debug_reason(g->m, &address, &access) == DEBUG_WATCH) {
		snprintf(text, sizeof text, "T05thread:1;%s:%x;",
			 kinds[access == MEM_WRITE ? 0 : 1], address);
		answer(g, text);
	} else {
		answer(g, "T05thread:1;");
	}
}

struct gdb *gdb_create(struct machine *m,
		       void (*send)(void *context, const char *bytes, size_t count), void *context)
{
	struct gdb *g = port_allocate(sizeof *g, PORT_PLAIN);

	if (!g)
		return NULL;
	g->m = m;
	g->send = send;
	g->context = context;
	features_make(g);
	return g;
}

void gdb_destroy(struct gdb *g)
{
	debug_forget(g->m);
	port_free(g, sizeof *g);
}

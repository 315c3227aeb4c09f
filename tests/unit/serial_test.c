/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The serial server's multiplexer, bytes in and bytes out, and both ends of its channel.
 */
#include "tap.h"

#include "servers/serial/link.h"
#include "servers/serial/mux.h"
#include "servers/serial/service.h"

#include <proto/client.h>
#include <stdlib.h>

#define CLIENTS 4u
#define OUTPUT 65536u

static struct mux mux;
static char sent[CLIENTS][1024];
static size_t sent_length[CLIENTS], send_room;
static unsigned breaks[CLIENTS], signals;
static bool all_open;
static char output[OUTPUT];
static size_t output_length;

static size_t test_room(unsigned client)
{
	return send_room - (sent_length[client] < send_room ? sent_length[client] : send_room);
}

static void test_send(unsigned client, uint8_t byte)
{
	sent[client][sent_length[client]++] = (char)byte;
}

static void test_break(unsigned client)
{
	breaks[client]++;
}

static bool test_is_open(unsigned client)
{
	(void)client;
	return all_open;
}

void task_signal(unsigned channel)
{
	(void)channel;
	signals++;
}

static const struct mux_environment environment = { test_room, test_send, test_break,
						    test_is_open };

static void start(bool is_machine)
{
	static const char *const name[CLIENTS] = { "sun", "root", "pc1", "pc2" };
	static char scroll[CLIENTS][512];

	mux_init(&mux, &environment);
	for (unsigned i = 0; i < CLIENTS; i++)
		mux_add(&mux, name[i], scroll[i], sizeof(scroll[i]));
	mux_start(&mux, "pc1", is_machine);
	memset(sent_length, 0, sizeof(sent_length));
	memset(sent, 0, sizeof(sent));
	memset(breaks, 0, sizeof(breaks));
	send_room = 1000;
	all_open = true;
	output_length = 0;
}

enum { SUN, ROOT, PC1, PC2 };

/* What the terminal got since the last call. */
static const char *shown(void)
{
	uint8_t byte;

	output_length = 0;
	do {
		while (mux_output(&mux, &byte))
			if (output_length < OUTPUT - 1)
				output[output_length++] = (char)byte;
		mux_ready(&mux); /* goes on with a report */
	} while (mux_waiting(&mux));
	output[output_length] = 0;
	return output;
}

static void bytes_from(unsigned client, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		mux_byte(&mux, client, (uint8_t)text[i]);
}

static void from(unsigned client, const char *text)
{
	bytes_from(client, text, strlen(text));
}

static void type(const char *text)
{
	for (; *text; text++)
		mux_key(&mux, (uint8_t)*text);
}

#define shows(expected, ...) tap_shows(shown(), expected, __LINE__, __VA_ARGS__)

static void tap_shows(const char *got, const char *expected, int line, const char *name)
{
	if (!tap_ok(strcmp(got, expected) == 0, __FILE__, line, "%s", name)) {
		printf("# got:      ");
		for (; *got; got++)
			printf(*got < ' ' ? "<%02x>" : "%c", *got);
		printf("\n# expected: ");
		for (; *expected; expected++)
			printf(*expected < ' ' ? "<%02x>" : "%c", *expected);
		printf("\n");
	}
}

/* Tags as they appear, the colours by the clients' order. */
#define TAG_SUN "\x1b[32m[sun]\x1b[0m "
#define TAG_ROOT "\x1b[33m[root]\x1b[0m "
#define TAG_PC2 "\x1b[35m[pc2]\x1b[0m "

static void test_tags(void)
{
	start(false);
	from(PC1, "$ ");
	shows("$ ", "the focused client's bytes are shown at once");
	from(PC2, "hel");
	mux_settle(&mux);
	shows("", "part of another one's line isn't");
	from(PC2, "lo\r\n");
	shows("\r\n" TAG_PC2 "hello\r\n", "its whole line is, on a line of its own");
	from(SUN, "x\n");
	shows(TAG_SUN "x\r\n", "the next one follows");
	mux_settle(&mux);
	shows("$ ", "then the focused one's line is repeated");
	mux_settle(&mux);
	shows("", "once");
	from(PC2, "again\n");
	from(PC1, "ls");
	shows("\r\n" TAG_PC2 "again\r\n$ ls", "or when it goes on");
	from(PC1, "\r\nfile\r\n");
	from(PC2, "z\n");
	shows("\r\nfile\r\n" TAG_PC2 "z\r\n", "nothing is repeated at the start of a line");
	from(ROOT, "booted\n");
	mux_settle(&mux);
	shows(TAG_ROOT "booted\r\n", "root is one like the others");
	from(SUN, "abc\rAB\r\n");
	shows(TAG_SUN "ABc\r\n", "a return writes over");
	from(SUN, "a\tb\b\bc\r\n");
	shows(TAG_SUN "a      cb\r\n", "tabs and backspaces");
	from(PC2, "\n");
	shows(TAG_PC2 "\r\n", "empty lines");
}

static void test_line_feeds(void)
{
	start(false);
	from(PC1, "a\nb\r\nc\n");
	shows("a\r\nb\r\nc\n", "line feeds get returns until the client sends its own");
}

static void test_hostile(void)
{
	char text[1000];

	start(false);
	from(PC2, "a\x1b[2Jb\x1b]0;title\x07"
		  "c\x1b[31;1md\x1b(0e\x1b"
		  "cf\x1bPq#0\x1b\\g\n");
	shows(TAG_PC2 "abcdefg\r\n", "sequences are left out");
	from(PC2, "\x1b]52;c;aGk=\nfake\n\x18"
		  "end\n");
	shows(TAG_PC2 "end\r\n", "strings, with what they contain");
	from(PC2, "x\x9b"
		  "2J\xc2\x9b"
		  "1m\xc3\xa9y\x7f\x0e\x05\n");
	shows(TAG_PC2 "x2J?1m?y\r\n", "C1 controls and other bytes");
	from(PC2, "\r[root] not me\r\n");
	shows(TAG_PC2 "[root] not me\r\n", "no line is without its tag");
	memset(text, 'a', sizeof(text));
	bytes_from(PC2, text, LINE_MAX + 1);
	from(PC2, "\n");
	memset(text, 0, sizeof(text));
	sprintf(text, "%s", shown());
	is(strlen(text), 2 * strlen(TAG_PC2 "\r\n") + LINE_MAX + 1, "long lines are cut");
}

static void test_focused_sequences(void)
{
	start(false);
	from(PC1, "\x1b[1mp\x1b[0m> \x1b[3");
	shows("\x1b[1mp\x1b[0m> \x1b[3", "sequences pass");
	from(PC2, "l\n");
	shows("\x18\x1b\\\x1b[0m\r\n" TAG_PC2 "l\r\n", "one that is going on is cancelled");
	from(PC1, "1m!");
	shows("\x1b[1mp\x1b[0m> \x1b[31m!", "and repeated");
	from(PC1, "\x1b[2J\x1b[Hx");
	shown();
	from(PC2, "l\n");
	mux_settle(&mux);
	shows("\x1b[0m\r\n" TAG_PC2 "l\r\nx", "what erases is not");
	from(PC1, "\x1b]");
	for (unsigned i = 0; i < 1000; i++)
		from(PC1, "s");
	shown();
	from(PC2, "l\n");
	shows("\x18\x1b\\\x1b[0m\r\n" TAG_PC2 "l\r\n", "an endless string hides nobody");
	from(PC1, "tail\x07visible");
	shows("visible", "its rest isn't shown as text");
	from(PC1, "\n\x1b[?1049h");
	shown();
	from(PC2, "hidden\n");
	shows("", "nobody writes into the alternate screen");
	from(PC1, "\x1b[?1049l");
	shown();
	from(PC2, "l\n");
	shows("\x1b[0m\r\n" TAG_PC2 "l\r\n", "but afterwards");
}

static void test_focus(void)
{
	start(false);
	from(PC1, "$ ");
	from(PC2, "login: ");
	shown();
	type("\x1d"
	     "3");
	mux_settle(&mux);
	shows("\r\n\x1b[7m-- pc2 has the keyboard --\x1b[0m\r\nlogin: ", "a digit switches");
	type("me\r");
	shows("", "nothing is echoed");
	ok(strcmp(sent[PC2], "me\r") == 0, "and what is typed goes there");
	type("\x1dsu\r");
	shown();
	is(mux.focus, SUN, "the beginning of a name switches, though s is a command");
	from(SUN, "ok\x1b[1m\x1b[?25l\x1b]x");
	type("\x1dpc1\r");
	is(mux.focus, PC1, "a whole name");
	ok(strstr(shown(), "\x18\x1b\\\x1b[?1049l") == NULL && strstr(output, "\x18\x1b\\") &&
		   strstr(output, "\x1b[?25h"),
	   "the terminal is reset");
	type("\x1dp\r");
	ok(strstr(shown(), "several names begin with p"), "an ambiguous one is refused");
	type("\x1dz\r");
	ok(strstr(shown(), "z isn't here"), "an unknown one, too");
	type("\x1d"
	     "0");
	is(mux.focus, ROOT, "0 is root");
	type("\x1d"
	     "9");
	is(mux.focus, ROOT, "a number that nobody has");
	type("\x1dpq\b\b\bsun\r");
	is(mux.focus, SUN, "corrections");
	type("\x1d\x1d");
	is(sent_length[SUN], 1, "Ctrl-] twice");
	is(sent[SUN][0], 0x1d, "sends it");
	type("\x1d"
	     "b");
	is(breaks[SUN], 1, "a break");
	type("\x1d"
	     "a");
	shown();
	from(PC1, "x\n");
	shows("", "only the focused one");
	type("\x1d"
	     "a");
	shown();
	from(PC1, "x\n");
	ok(strstr(shown(), "x\r\n"), "all again");
}

static void test_prompt(void)
{
	start(false);
	mux.now_us = 5;
	type("\x1dp");
	ok(!mux_ready(&mux), "clients wait for a name");
	is(mux_deadline(&mux), 5 + MUX_PROMPT_US, "not for ever");
	mux.now_us = 5 + MUX_PROMPT_US;
	mux_expire(&mux);
	shown();
	ok(mux_ready(&mux), "then go on");
	is(mux_deadline(&mux), 0, "nothing is due");
	type("\x1dp\x1b");
	ok(mux.keys == MUX_KEYS_PASS, "Escape gives up");
	type("\x1d\x1d");
	is(sent_length[PC1], 1, "and keys mean what they did");
	for (unsigned i = 0; i < 5000; i++)
		mux_key(&mux, (uint8_t)(i * 7));
	ok(mux.input_length < MUX_INPUT, "any keys at all");
}

static void test_full_input(void)
{
	start(false);
	send_room = 2;
	type("abc");
	shows("\a", "the bell says that a key was lost");
	ok(strcmp(sent[PC1], "ab") == 0, "not which others");
	all_open = false;
	type("x");
	shows("\a", "a client that isn't running takes nothing");
}

static void test_reports(void)
{
	start(false);
	for (unsigned i = 0; i < 200; i++) {
		char text[32];

		sprintf(text, "line \x1b[1m%u\r\n", i);
		from(PC1, text);
		shown();
	}
	from(PC1, "$ ");
	shown();
	type("\x1ds");
	type("\r");
	ok(strstr(shown(), "line 199\r\n"), "scroll-back shows the last line");
	ok(strstr(output, "line 160\r\n") && !strstr(output, "line 100\r\n"), "and what fits");
	ok(!strstr(output, "\x1b[1m"), "as text");
	mux_settle(&mux);
	shows("$ ", "then the line goes on");
	type("\x1d?");
	ok(strstr(shown(), "sends a break"), "help");
	type("\x1dl");
	ok(strstr(shown(), "  0 root             open\r\n"), "the list has root");
	ok(strstr(output, "* 2 pc1              open\r\n"), "and the focus");
	type("\x1dx");
	ok(strstr(shown(), "Ctrl-a x"), "how to leave");
}

static void test_machine(void)
{
	start(true);
	from(PC1, "hello\r\nwor");
	from(SUN, "a\\b\x01\xff\n");
	shows("pc1: hello\nsun: a\\\\b\\x01\\xff\n", "lines and escapes");
	is(mux_deadline(&mux), MUX_FLUSH_US, "a partial line is due");
	mux_expire(&mux);
	shows("", "not yet");
	mux.now_us = MUX_FLUSH_US;
	mux_expire(&mux);
	shows("pc1: wor\\\n", "now, marked");
	is(mux_deadline(&mux), 0, "nothing is due");
	from(PC1, "ld\r");
	mux.now_us *= 3;
	mux_expire(&mux);
	shows("pc1: ld\\\n", "a return waits for its line feed");
	from(PC1, "\n");
	shows("pc1: \n", "which ends the line");
	type(">pc2 echo\n");
	shows("=ok\n", "input is acknowledged");
	ok(strcmp(sent[PC2], "echo\r") == 0, "and goes to who is named");
	type(">sun \\x03\\\\x\\\n");
	ok(strcmp(sent[SUN], "\x03\\x") == 0, "escapes; no return if it ends in a backslash");
	shows("=ok\n", "fine");
	type(">pc x\n>nobody x\n>\n>  \nfoo\n>pc1 \\q\n>pc1 \\x1\n");
	shows("=error no such client\n=error no such client\n=error no such client\n"
	      "=error no such client\n=error unknown\n=error bad escape\n=error bad escape\n",
	      "errors");
	send_room = 3;
	type(">pc1 abc\n");
	shows("=error full\n", "all or nothing");
	is(sent_length[PC1], 0, "nothing");
	all_open = false;
	type(">pc1 a\n!list\n");
	shows("=error not open\n=client sun closed\n=client root closed\n=client pc1 closed\n"
	      "=client pc2 closed\n=ok\n",
	      "states");
	type("!break pc2\n");
	is(breaks[PC2], 1, "a break");
	shown();
	for (unsigned i = 0; i < 2000; i++)
		type("y");
	type("\n");
	shows("=error line too long\n", "long lines");
	type("\x1dm");
	ok(!mux.is_machine, "Ctrl-] m leaves");
	type("\x1dm");
	ok(mux.is_machine, "and enters");
	shown();
	from(PC1, "x\n");
	shows("pc1: x\n", "as before");
	type("!human\n");
	ok(!mux.is_machine, "!human leaves");
}

/* Everything at once, from a seed: nothing overflows and nothing is forged. */
static void test_random(void)
{
	static const char odd[] = "\x1b\x1b[];?0149hlJHm\r\n\n\t\b\x07\x18\x9b\xc3\\>! abs\x1d";
	uint32_t most = 0;

	srand(1);
	start(false);
	for (unsigned i = 0; i < 400000; i++) {
		uint8_t byte =
			(uint8_t)(rand() % 3 ? odd[(size_t)rand() % (sizeof(odd) - 1)] : rand());

		mux.now_us += (unsigned)rand() % 3000;
		sent_length[rand() % CLIENTS] = 0;
		if (rand() % 8 == 0 && mux_waiting(&mux) < MUX_QUEUE / 2)
			mux_key(&mux, byte);
		else
			for (unsigned n = 0, c = (unsigned)rand() % CLIENTS; n < 32; n++)
				if (n || mux_ready(&mux))
					mux_byte(&mux, c, byte);
				else
					break;
		if (rand() % 50 == 0)
			mux_reopened(&mux, (unsigned)rand() % CLIENTS);
		if (rand() % 20 == 0)
			mux_settle(&mux);
		mux_expire(&mux);
		if (mux_waiting(&mux) > most)
			most = mux_waiting(&mux);
		for (unsigned n = (unsigned)rand() % 600; n && mux_output(&mux, &byte); n--)
			;
	}
	ok(most < MUX_QUEUE, "the queue was never full (%u bytes at most)", most);
}

static struct serial_channel channel;

static void test_link(void)
{
	struct serial_client s;
	struct link l;
	uint8_t bytes[SERIAL_OUT_BYTES];
	char text[8];

	memset(&channel, 0, sizeof(channel));
	serial_open(&s, 3, &channel);
	is(serial_write(&s, "x", 1), 0, "nothing before the server is there");
	link_start(&l, 5, &channel);
	ok(link_refresh(&l), "a client that was first is taken");
	ok(!link_refresh(&l), "once");
	is(serial_write(&s, "hello", 5), 5, "bytes to the server");
	is(link_take(&l, bytes, 3), 3, "in parts");
	is(link_take(&l, bytes, 8), 2, "all of them");
	link_send(&l, 'k');
	is(serial_read(&s, text, sizeof(text)), 1, "a key comes");
	is(text[0], 'k', "as it is");
	ok(!serial_break(&s), "no break yet");
	link_break(&l);
	ok(serial_break(&s) && !serial_break(&s), "one break");
	memset(bytes, 'f', sizeof(bytes));
	is(serial_write(&s, bytes, sizeof(bytes)), SERIAL_OUT_BYTES, "a full ring");
	is(serial_write(&s, "x", 1), 0, "takes no more");
	link_finish(&l);
	signals = 0;
	link_take(&l, bytes, 1);
	link_finish(&l);
	is(signals, 1, "room in a full ring is signalled");
	link_take(&l, bytes, 1);
	link_finish(&l);
	is(signals, 1, "more room isn't");
	while (link_take(&l, bytes, sizeof(bytes)))
		;
	signals = 0;
	serial_write(&s, "ab", 2);
	serial_write(&s, "cd", 2);
	is(signals, 1, "an empty ring that fills is signalled once");
	for (unsigned i = 0; link_room(&l); i++)
		link_send(&l, (uint8_t)i);
	is(serial_read(&s, bytes, sizeof(bytes)), SERIAL_IN_BYTES, "a full ring of keys");
	link_start(&l, 5, &channel);
	ok(!link_refresh(&l), "a restarted server doesn't take the old number");
	is(serial_write(&s, "x", 1), 0, "the client notices");
	ok(link_refresh(&l), "and opens again");
	is(serial_write(&s, "y", 1), 1, "which works");
	is(link_take(&l, bytes, 8), 1, "from the start");
	serial_open(&s, 3, &channel);
	ok(link_refresh(&l), "a restarted client opens again");
	channel.out_written.value = 0x80000000;
	is(link_take(&l, bytes, 8), 0, "counters that make no sense are an empty ring");
	channel.in_read.value = 77;
	is(link_room(&l), SERIAL_IN_BYTES, "and a ring with room");
}

static void test_reopened(void)
{
	start(false);
	from(PC1, "$ \x1b[?25l\x1b[3");
	from(PC2, "dying");
	shown();
	mux_reopened(&mux, PC2);
	ok(strstr(shown(), TAG_PC2 "dying\r\n"), "last words are shown");
	mux_reopened(&mux, PC1);
	ok(strstr(shown(), "\x1b[?25h"), "the terminal is reset for the focused client");
	from(PC1, "boot");
	mux_settle(&mux);
	shows("boot", "which starts anew");
	from(PC2, "m\n");
	shows("\r\n" TAG_PC2 "m\r\n", "with nothing left");
}

/* Three clients: two print all the time, one an odd line; the port is slow. */
static void test_fairness(void)
{
	static const char *const name[] = { "a", "b", "c" };
	static struct serial_channel memory[3];
	struct serial_client client[3];
	unsigned bytes[3] = { 0 }, latest = 0, asked_at = 0, keys = 0;
	uint8_t byte;
	char key;

	service_init();
	for (unsigned i = 0; i < 3; i++)
		service_add(name[i], i, &memory[i], NULL, 0);
	service_start("c", true);
	for (unsigned i = 0; i < 3; i++)
		serial_open(&client[i], 0, &memory[i]);
	service_turn(1);
	for (unsigned turn = 0; turn < 100000; turn++) {
		while (serial_write(&client[0], "flood\n", 6) == 6)
			;
		while (serial_write(&client[1], "some more flood that doesn't end", 32) == 32)
			;
		if (turn % 1000 == 0) {
			service_typed((const uint8_t *)">c x\n", 5);
			asked_at = turn;
		}
		while (serial_read(&client[2], &key, 1)) {
			keys += key == 'x';
			if (key == 'x' && turn - asked_at > latest)
				latest = turn - asked_at;
		}
		service_turn(turn);
		for (unsigned n = 0; n < 16 && service_output(&byte); n++)
			;
	}
	for (unsigned i = 0; i < 2; i++)
		bytes[i] = client[i].out_written;
	ok(bytes[0] > 100000 && bytes[1] > 100000, "both print (%u and %u bytes)", bytes[0],
	   bytes[1]);
	ok(bytes[0] < bytes[1] * 2 && bytes[1] < bytes[0] * 2, "about the same");
	is(keys, 100, "no key is lost");
	ok(latest < 10, "keys come within %u turns", latest);
}

static void test_nobody(void)
{
	mux_init(&mux, &environment);
	mux_start(&mux, NULL, false);
	type("abc\x1d?");
	mux_settle(&mux);
	shows("", "without clients nothing happens");
}

int main(void)
{
	test_tags();
	test_line_feeds();
	test_hostile();
	test_focused_sequences();
	test_focus();
	test_prompt();
	test_full_input();
	test_reports();
	test_machine();
	test_random();
	test_link();
	test_reopened();
	test_fairness();
	test_nobody();
	return done();
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The terminal as a machine's serial line; see port_linux.h.
 *
 * A ring carries bytes from the reading thread to the vCPU thread: the reader writes
 * `head`, the vCPU `tail`.  Output is gathered and written when a line ends, when the
 * buffer is full, and by the reading thread every few milliseconds.  While the ring has no
 * room for what a read may bring, standard input waits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

#include "port/linux/port_linux.h"

#define RING 4096u /* a power of two */
#define ESCAPE 1   /* Ctrl-A */
#define FLUSH_MS 10
#define READ_BYTES 256u

struct terminal {
	struct terminal_config config;
	pthread_t thread;
	bool started;
	int end; /* readable: the thread is to end */
	uint8_t ring[RING];
	unsigned head, tail;
	bool escaped;
	pthread_mutex_t output_lock;
	char output[4096];
	size_t output_count;
};

static struct termios saved_termios;
static volatile sig_atomic_t termios_changed;

void terminal_restore(void)
{
	if (termios_changed)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved_termios);
	termios_changed = 0;
}

static void terminal_raw(void)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &saved_termios))
		return;
	raw = saved_termios;
	cfmakeraw(&raw);
	raw.c_oflag |= OPOST | ONLCR;
	raw.c_cc[VMIN] = 1;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	termios_changed = 1;
	atexit(terminal_restore);
}

/* With output_lock held. */
static void output_flush(struct terminal *t)
{
	size_t done = 0;

	while (done < t->output_count) {
		ssize_t n = write(STDOUT_FILENO, t->output + done, t->output_count - done);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			break;
		if (n > 0)
			done += (size_t)n;
	}
	t->output_count = 0;
}

static void transmit(void *port, const uint8_t *bytes, size_t count)
{
	struct terminal *t = port;

	pthread_mutex_lock(&t->output_lock);
	for (size_t i = 0; i < count; i++) {
		t->output[t->output_count++] = (char)bytes[i];
		if (t->output_count == sizeof t->output)
			output_flush(t);
	}
	pthread_mutex_unlock(&t->output_lock);
}

static void put(struct terminal *t, uint8_t byte)
{
	unsigned head = __atomic_load_n(&t->head, __ATOMIC_RELAXED);

	t->ring[head % RING] = byte;
	__atomic_store_n(&t->head, head + 1, __ATOMIC_RELEASE);
}

static void escape(struct terminal *t, char letter)
{
	if (letter == 'a' || letter == ESCAPE)
		put(t, ESCAPE);
	else if (letter == 'h' || letter == '?')
		fprintf(stderr,
			"\r\nCtrl-A then\r\n  x  leave\r\n  a  send Ctrl-A\r\n%s  h  this help\r\n",
			t->config.help ? t->config.help : "");
	else if (t->config.command)
		t->config.command(t->config.context, letter);
}

static void take(struct terminal *t, uint8_t byte)
{
	if (t->escaped) {
		t->escaped = false;
		escape(t, (char)byte);
	} else if (byte == ESCAPE) {
		t->escaped = true;
	} else {
		put(t, byte);
	}
}

static bool has_room(const struct terminal *t)
{
	return RING - (t->head - __atomic_load_n(&t->tail, __ATOMIC_ACQUIRE)) >= READ_BYTES;
}

/* False at the end of input. */
static bool read_input(struct terminal *t)
{
	uint8_t bytes[READ_BYTES];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);

	if (n <= 0)
		return false;
	for (ssize_t i = 0; i < n; i++)
		take(t, bytes[i]);
	machine_attention(t->config.machine);
	return true;
}

static void *reader(void *context)
{
	struct terminal *t = context;
	struct pollfd p[2] = { { .fd = t->end, .events = POLLIN }, { .events = POLLIN } };
	bool more = true;

	while (!p[0].revents) {
		bool room = has_room(t), soon;

		pthread_mutex_lock(&t->output_lock);
		soon = t->output_count || !room;
		pthread_mutex_unlock(&t->output_lock);
		/* After the end of input it goes on writing. */
		p[1].fd = more && room ? STDIN_FILENO : -1;
		if (poll(p, 2, soon ? FLUSH_MS : FLUSH_MS * 5) > 0 && p[1].revents)
			more = read_input(t);
		terminal_flush(t);
	}
	return NULL;
}

void terminal_poll(struct terminal *t)
{
	struct serial_line *line = t->config.line;
	unsigned head = __atomic_load_n(&t->head, __ATOMIC_ACQUIRE);

	while (t->tail != head && line->room) {
		uint8_t bytes[64];
		size_t room = line->room(line->chip), n = 0;

		while (n < room && n < sizeof bytes && t->tail + n != head) {
			bytes[n] = t->ring[(t->tail + n) % RING];
			n++;
		}
		if (!n)
			return;
		line->receive(line->chip, bytes, n);
		__atomic_store_n(&t->tail, t->tail + (unsigned)n, __ATOMIC_RELEASE);
	}
}

static void ready(void *port)
{
	terminal_poll(port);
}

struct terminal *terminal_open(const struct terminal_config *config)
{
	struct terminal *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->end = eventfd(0, EFD_CLOEXEC);
	if (t->end < 0) {
		free(t);
		return NULL;
	}
	t->config = *config;
	pthread_mutex_init(&t->output_lock, NULL);
	config->line->port = t;
	config->line->transmit = transmit;
	config->line->ready = ready;
	return t;
}

bool terminal_start(struct terminal *t, struct machine *m)
{
	sigset_t all, before;

	t->config.machine = m;
	terminal_raw();
	/* Signals are for the main thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	t->started = !pthread_create(&t->thread, NULL, reader, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return t->started;
}

void terminal_stop(struct terminal *t)
{
	uint64_t one = 1;

	if (!t || !t->started)
		return;
	(void)!write(t->end, &one, sizeof one);
	pthread_join(t->thread, NULL);
	t->started = false;
}

void terminal_flush(struct terminal *t)
{
	pthread_mutex_lock(&t->output_lock);
	output_flush(t);
	pthread_mutex_unlock(&t->output_lock);
}

static void file_transmit(void *port, const uint8_t *bytes, size_t count)
{
	fwrite(bytes, 1, count, port);
	fflush(port);
}

bool serial_file_open(struct serial_line *line, const char *path)
{
	line->port = fopen(path, "wb");
	line->transmit = file_transmit;
	return line->port;
}

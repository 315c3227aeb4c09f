/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The terminal as a machine's serial line; see port_linux.h.
 *
 * A ring carries bytes from the reading thread to the vCPU thread: the reader writes
 * `head`, the vCPU `tail`.  Output is gathered and written when a line ends, when the
 * buffer is full, and by the reading thread every few milliseconds.  While the ring has no
 * room for what a read may bring, standard input waits.
 *
 * While typing goes to the keyboard, the reading thread keeps the keys and hands one event
 * over at a time, as fast as a person would be at most, and waits for a guest that is slower:
 * keyboards and guests lose more.
 */
#define _GNU_SOURCE
#include <emu/port.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "port/linux/port_linux.h"
#include "port/linux/typing.h"

#define RING 4096u /* a power of two */
#define ESCAPE 1   /* Ctrl-A */
#define FLUSH_MS 10
#define GIVE_UP_NS (NS_PER_SECOND / 2)
#define READ_BYTES 256u

#define KEY_DOWN_BIT 0x10000u
#define KEY_UP_BIT 0x20000u

struct terminal {
	struct terminal_config config;
	pthread_t thread;
	bool started;
	int end; /* readable: the thread is to end */
	uint8_t ring[RING];
	unsigned head, tail;
	bool escaped;
	bool to_keyboard;
	struct typing typing;
	uint32_t key; /* an event on its way to the vCPU thread; 0: none */
	pthread_mutex_t output_lock;
	int output_fd;
	char output[4096];
	size_t output_count;
	uint64_t given_up_ns; /* when output that isn't taken is lost; 0: never */
	int failed;           /* errno of output; 0: none */
};

static struct termios saved_termios;
static volatile sig_atomic_t termios_changed;
static bool giving_up; /* atomic */

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

void terminal_give_up(void)
{
	__atomic_store_n(&giving_up, true, __ATOMIC_SEQ_CST);
}

/* Standard output opened anew so that nothing blocks, which whoever shares it doesn't
 * notice.  Files don't block anyway, and have one place to write at. */
static int output_open(void)
{
	struct stat about;
	int fd = -1;

	if (!fstat(STDOUT_FILENO, &about) && (S_ISCHR(about.st_mode) || S_ISFIFO(about.st_mode)))
		fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? STDOUT_FILENO : fd;
}

static bool has_given_up(void)
{
	return __atomic_load_n(&giving_up, __ATOMIC_SEQ_CST);
}

/* There is no room for output; false: it is given up. */
static bool output_wait(struct terminal *t)
{
	uint64_t now_ns = port_now_ns();

	if (has_given_up() && !t->given_up_ns)
		t->given_up_ns = now_ns + GIVE_UP_NS;
	if (t->given_up_ns && now_ns >= t->given_up_ns)
		return false;
	/* Terminals may say that they are ready for output and take none. */
	poll(NULL, 0, FLUSH_MS);
	return true;
}

/* With output_lock held. */
static void output_flush(struct terminal *t)
{
	size_t done = 0;

	while (done < t->output_count) {
		ssize_t n = write(t->output_fd, t->output + done, t->output_count - done);

		if (n > 0) {
			done += (size_t)n;
			t->given_up_ns = 0;
		} else if (n < 0 && errno != EINTR && errno != EAGAIN) {
			t->failed = has_given_up() ? t->failed : errno;
			break;
		} else if (!output_wait(t)) {
			break;
		}
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

static void take_typed(struct terminal *t, const uint8_t *bytes, size_t count)
{
	if (t->to_keyboard)
		typing_bytes(&t->typing, bytes, count);
	for (size_t i = 0; i < count && !t->to_keyboard; i++)
		put(t, bytes[i]);
}

static bool has_keyboard(const struct terminal *t)
{
	return t->config.input && t->config.input->key;
}

static void switch_typing(struct terminal *t)
{
	t->to_keyboard = !t->to_keyboard;
	fprintf(stderr, "\r\ntyping goes to the %s\r\n",
		t->to_keyboard ? "keyboard" : "serial line");
}

static void escape(struct terminal *t, char letter)
{
	static const uint8_t self = ESCAPE;

	if (letter == 'a' || letter == ESCAPE)
		take_typed(t, &self, 1);
	else if (letter == 'k' && has_keyboard(t))
		switch_typing(t);
	else if (letter == 'd' && has_keyboard(t))
		typing_ctrl_alt_delete(&t->typing);
	else if (letter == 'h' || letter == '?')
		fprintf(stderr,
			"\r\nCtrl-A then\r\n  x  leave\r\n  a  send Ctrl-A\r\n%s%s  h  this "
			"help\r\n",
			has_keyboard(t) ? "  k  type on the keyboard, or no longer\r\n"
					  "  d  send Ctrl+Alt+Delete\r\n" :
					  "",
			t->config.help ? t->config.help : "");
	else if (t->config.command)
		t->config.command(t->config.context, letter);
}

/* What isn't Ctrl-A or behind one goes on as it came, in one piece: sequences of Escape
 * are told from the key by it. */
static void take(struct terminal *t, const uint8_t *bytes, size_t count)
{
	size_t begin = 0;

	for (size_t i = 0; i < count; i++) {
		if (!t->escaped && bytes[i] != ESCAPE)
			continue;
		take_typed(t, bytes + begin, i - begin);
		if (t->escaped)
			escape(t, (char)bytes[i]);
		t->escaped = !t->escaped;
		begin = i + 1;
	}
	take_typed(t, bytes + begin, count - begin);
}

/* Hands over the next key if the last one has been taken; true if there are some. */
static bool hand_over_key(struct terminal *t)
{
	uint32_t key = __atomic_load_n(&t->key, __ATOMIC_ACQUIRE);

	if (!key && typing_pending(&t->typing)) {
		struct key_event e = typing_next(&t->typing);

		key = e.usage | (e.down ? KEY_DOWN_BIT : KEY_UP_BIT);
		__atomic_store_n(&t->key, key, __ATOMIC_RELEASE);
	}
	if (key)
		machine_attention(t->config.machine);
	return key || typing_pending(&t->typing);
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
	take(t, bytes, (size_t)n);
	machine_attention(t->config.machine);
	return true;
}

static void *reader(void *context)
{
	struct terminal *t = context;
	struct pollfd p[2] = { { .fd = t->end, .events = POLLIN }, { .events = POLLIN } };
	bool more = true;

	while (!p[0].revents) {
		bool room = has_room(t), keys = hand_over_key(t), soon;

		pthread_mutex_lock(&t->output_lock);
		soon = t->output_count || !room || keys;
		pthread_mutex_unlock(&t->output_lock);
		/* After the end of input it goes on writing. */
		p[1].fd = more && room ? STDIN_FILENO : -1;
		if (poll(p, 2, soon ? FLUSH_MS : FLUSH_MS * 5) > 0 && p[1].revents)
			more = read_input(t);
		terminal_flush(t);
	}
	return NULL;
}

static void deliver_key(struct terminal *t)
{
	const struct input *input = t->config.input;
	uint32_t key = __atomic_load_n(&t->key, __ATOMIC_ACQUIRE);
	unsigned usage = key & 0xFFFF;

	if (key && has_keyboard(t) && input->takes_key && !input->takes_key(input->keyboard))
		return; /* the reading thread asks again */
	__atomic_store_n(&t->key, 0, __ATOMIC_RELEASE);
	if (key && has_keyboard(t) && (!input->has_key || input->has_key(input->keyboard, usage)))
		input->key(input->keyboard, usage, key & KEY_DOWN_BIT);
}

void terminal_poll(struct terminal *t)
{
	struct serial_line *line = t->config.line;
	unsigned head = __atomic_load_n(&t->head, __ATOMIC_ACQUIRE);

	deliver_key(t);
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
	t->output_fd = output_open();
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

int terminal_failed(const struct terminal *t)
{
	return t->failed;
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

bool serial_file_close(struct serial_line *line)
{
	bool good = !ferror(line->port);

	return !fclose(line->port) && good;
}

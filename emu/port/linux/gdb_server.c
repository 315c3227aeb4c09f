/* SPDX-License-Identifier: BSD-2-Clause
 *
 * gdb over TCP.  Accepts one gdb at a time; while the machine runs, a thread watches the
 * connection, for what arrives then (Ctrl-C, or its end) stops the machine.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/gdb.h"
#include "port/linux/port_linux.h"

struct gdb_server {
	int listener, peer;
	int end; /* readable: gdb_leave was called */
	struct gdb *gdb;
	struct machine *m;
	bool detached; /* the machine runs by itself now */
};

/* getaddrinfo takes any number modulo 65536. */
static bool is_port(const char *text)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	return *text >= '0' && *text <= '9' && !*end && number >= 1 && number <= 65535;
}

static int listen_on(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
	int fd = -1, one = 1;

	if (getaddrinfo(host, port, &hints, &list))
		return -1;
	for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
		if (bind(fd, a->ai_addr, a->ai_addrlen) || listen(fd, 1)) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	return fd;
}

struct gdb_server *gdb_listen(const char *address, char *error, size_t room)
{
	struct gdb_server *s = calloc(1, sizeof *s);
	const char *colon = strrchr(address, ':'), *port = colon ? colon + 1 : address;
	char host[256] = "localhost";

	if (colon && colon != address)
		snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
	if (s) {
		s->listener = is_port(port) ? listen_on(host, port) : -1;
		s->end = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	}
	if (!s || s->listener < 0 || s->end < 0) {
		snprintf(error, room, "--gdb: can't listen on '%s'", address);
		free(s);
		return NULL;
	}
	s->peer = -1;
	return s;
}

static void send_bytes(void *context, const char *bytes, size_t count)
{
	struct gdb_server *s = context;

	while (count) {
		ssize_t n = send(s->peer, bytes, count, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		bytes += n;
		count -= (size_t)n;
	}
}

void gdb_leave(struct gdb_server *s)
{
	uint64_t one = 1;

	(void)!write(s->end, &one, sizeof one);
}

/* Waits for gdb; false: for nothing, as it's time to leave. */
static bool wait_for(struct gdb_server *s, int fd)
{
	struct pollfd p[2] = { { .fd = fd, .events = POLLIN }, { .fd = s->end, .events = POLLIN } };

	while (poll(p, 2, -1) < 0)
		if (errno != EINTR)
			return false;
	return !p[1].revents;
}

static bool accept_peer(struct gdb_server *s)
{
	int one = 1;

	if (!wait_for(s, s->listener))
		return false;
	s->peer = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
	if (s->peer < 0)
		return false;
	setsockopt(s->peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	s->gdb = gdb_create(s->m, send_bytes, s);
	if (!s->gdb)
		close(s->peer);
	return s->gdb;
}

static void drop_peer(struct gdb_server *s)
{
	gdb_destroy(s->gdb);
	close(s->peer);
	s->peer = -1;
}

struct watcher {
	struct machine *m;
	int peer, end;
};

static void *watch_peer(void *context)
{
	struct watcher *w = context;
	struct pollfd p[2] = { { .fd = w->peer, .events = POLLIN },
			       { .fd = w->end, .events = POLLIN } };

	while (poll(p, 2, -1) < 0 && errno == EINTR)
		;
	if (p[0].revents)
		machine_stop(w->m);
	return NULL;
}

/* Runs the machine until it stops or gdb has something to say. */
static enum machine_exit run_watched(struct gdb_server *s)
{
	struct watcher w = { .m = s->m, .peer = s->peer, .end = eventfd(0, EFD_CLOEXEC) };
	uint64_t one = 1;
	pthread_t thread;
	enum machine_exit why;

	if (w.end < 0 || pthread_create(&thread, NULL, watch_peer, &w)) {
		if (w.end >= 0)
			close(w.end);
		return MACHINE_STOPPED;
	}
	why = machine_run(s->m);
	(void)!write(w.end, &one, sizeof one);
	pthread_join(thread, NULL);
	close(w.end);
	return why;
}

/* True when the machine is to run without gdb, or to end. */
static bool act(struct gdb_server *s, enum gdb_action action, enum machine_exit *why)
{
	switch (action) {
	case GDB_CONTINUE:
		*why = run_watched(s);
		gdb_stopped(s->gdb, *why);
		return *why == MACHINE_OFF;
	case GDB_STEP:
		*why = machine_step(s->m);
		gdb_stopped(s->gdb, *why);
		return *why == MACHINE_OFF;
	case GDB_DETACH:
		s->detached = true;
		return true;
	case GDB_KILL:
		*why = MACHINE_OFF;
		return true;
	default:
		return false;
	}
}

/* Serves one gdb to its end. */
static void serve_peer(struct gdb_server *s, enum machine_exit *why)
{
	char bytes[4096];
	ssize_t count;

	while (wait_for(s, s->peer)) {
		count = recv(s->peer, bytes, sizeof bytes, 0);
		if (count <= 0) { /* the connection's end is a way to detach */
			s->detached = true;
			return;
		}
		for (size_t at = 0, used; at < (size_t)count; at += used) {
			enum gdb_action action =
				gdb_input(s->gdb, bytes + at, (size_t)count - at, &used);

			if (act(s, action, why))
				return;
		}
	}
}

enum machine_exit gdb_serve(struct gdb_server *s, struct machine *m)
{
	enum machine_exit why = MACHINE_STOPPED;

	s->m = m;
	if (s->detached)
		return machine_run(m);
	fprintf(stderr, "waiting for gdb: target remote the address given with --gdb\r\n");
	if (!accept_peer(s))
		return MACHINE_STOPPED;
	serve_peer(s, &why);
	drop_peer(s);
	return s->detached ? machine_run(m) : why;
}

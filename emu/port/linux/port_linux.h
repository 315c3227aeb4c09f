/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the port to Linux offers to its command, beyond emu/port.h: the terminal as a
 * serial line, files for saved state.
 */
#ifndef EMU_PORT_LINUX_H
#define EMU_PORT_LINUX_H

#include <emu/backend.h>
#include <emu/machine.h>
#include <stdio.h>

/* Where log lines go; stderr by default. */
void port_set_log(FILE *file);

/* The process's terminal (or pipe) as a serial line.  A thread reads standard input;
 * what it has read is delivered by terminal_poll on the vCPU thread.  Ctrl-A is the
 * escape key: Ctrl-A then h helps, a sends Ctrl-A itself; with a keyboard k has what is
 * typed go there, or to the serial line again, and d is Ctrl+Alt+Delete; other letters go
 * to `command`, on the reading thread: x, which leaves, and what `help` adds. */
struct terminal;
struct terminal_config {
	struct machine *machine; /* set by terminal_start */
	struct serial_line *line;
	const struct input *input; /* of the machine, or NULL */
	void (*command)(void *context, char letter);
	void *context;
	const char *help; /* lines for the additional letters */
};
/* Fills in the line's transmit half, before the machine is created; terminal_start,
 * after that, makes the terminal raw and begins to read. */
struct terminal *terminal_open(const struct terminal_config *config);
bool terminal_start(struct terminal *t, struct machine *m);
void terminal_poll(struct terminal *t);
void terminal_flush(struct terminal *t);
/* Ends the reading thread, so that the machine can be destroyed.  NULL is fine. */
void terminal_stop(struct terminal *t);
/* From now on output that isn't taken for half a second is lost, so that a program can end
 * though nobody reads what it prints.  From any thread and from signal handlers. */
void terminal_give_up(void);
/* The last errno of writing; 0: all was written, or given up.  After terminal_flush. */
int terminal_failed(const struct terminal *t);
/* Restores the terminal; also safe in a signal handler, and when not open. */
void terminal_restore(void);

/* A serial line that writes to a file and never receives. */
bool serial_file_open(struct serial_line *line, const char *path);
/* False: not all could be written. */
bool serial_file_close(struct serial_line *line);

/* Saves to or loads from a file.  Saving writes a temporary file beside it, syncs it
 * and renames it, so that there is always a whole file.  False: one sentence. */
bool state_save(struct machine *m, const char *path, char *error, size_t room);
bool state_load(struct machine *m, const char *path, char *error, size_t room);

/* A whole file in memory; {NULL} if it can't be read. */
struct blob file_read(const char *path, char *error, size_t room);

/* The gdb server: listens on "PORT" or "HOST:PORT"; gdb_serve runs the machine under
 * the debugger's control until it detaches, kills it or the machine ends. */
struct gdb_server;
struct gdb_server *gdb_listen(const char *address, char *error, size_t room);
enum machine_exit gdb_serve(struct gdb_server *server, struct machine *m);
/* Makes gdb_serve return MACHINE_STOPPED soon, now or when it's called, unless the
 * machine runs, which machine_stop ends.  From any thread and from signal handlers. */
void gdb_leave(struct gdb_server *server);

/* Writes pixels 0x00RRGGBB as a PNG file. */
bool png_write(const char *path, const uint32_t *pixels, unsigned width, unsigned height,
	       size_t stride);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * `l4vm emu`: one machine, hosted.  Opens what the options name, runs the machine on
 * this thread, and closes everything in order, whatever ends it.
 */
#define _GNU_SOURCE
#include <emu/log.h>
#include <emu/machine.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "emu_config.h"
#include "emu_options.h"
#include "firmware.h"
#include "port/linux/disk_file.h"
#include "port/linux/port_linux.h"
#include "port/linux/window.h"

struct emulation {
	struct emu_options o;
	struct serial_line serial[MACHINE_SERIAL_LINES];
	struct terminal *terminal;
	struct screen screen;
	struct input input;
	struct window *window;
	struct machine *machine;
	struct gdb_server *gdb;
	FILE *log;        /* --log-file, or NULL */
	bool leaving;     /* asked for by Ctrl-A x, a signal or the window */
	bool save_now;    /* by Ctrl-A s */
	bool picture_now; /* by Ctrl-A p */
};

static struct emulation *volatile running;

static void leave(struct emulation *e)
{
	__atomic_store_n(&e->leaving, true, __ATOMIC_SEQ_CST);
	terminal_give_up();
	if (e->gdb)
		gdb_leave(e->gdb);
	machine_stop(e->machine);
}

static void on_signal(int number)
{
	struct emulation *e = running;

	(void)number;
	if (e)
		leave(e);
}

static void catch_signals(struct emulation *e)
{
	struct sigaction action = { .sa_handler = on_signal };

	running = e;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	/* Output that can't be written and files that can't grow are errors, not the end. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/* On the reading thread. */
static void on_command(void *context, char letter)
{
	struct emulation *e = context;

	if (letter == 'x') {
		leave(e);
	} else if (letter == 's' && e->o.save) {
		__atomic_store_n(&e->save_now, true, __ATOMIC_SEQ_CST);
		machine_stop(e->machine);
	} else if (letter == 'p' && e->o.screenshot) {
		__atomic_store_n(&e->picture_now, true, __ATOMIC_SEQ_CST);
		machine_stop(e->machine);
	}
}

static void on_attention(void *context)
{
	struct emulation *e = context;

	terminal_poll(e->terminal);
	window_poll(e->window);
}

/* On the window's thread. */
static void on_closed(void *context)
{
	leave(context);
}

static bool read_blob(struct blob *blob, const char *path)
{
	char error[512];

	if (!path)
		return true;
	*blob = file_read(path, error, sizeof error);
	if (!blob->bytes)
		complain("%s", error);
	else if (!blob->count)
		complain("'%s' is empty", path);
	return blob->count;
}

static struct disk *open_disk(const struct emulation *e, const struct emu_medium *m)
{
	unsigned options = m->options | (e->o.snapshot ? DISK_SNAPSHOT : 0) |
			   (e->o.read_only ? DISK_READ_ONLY : 0);
	char error[512];
	struct disk *disk;

	disk = disk_file_open(m->path, options, error, sizeof error);
	if (!disk)
		complain("%s", error);
	return disk;
}

static bool is_floppy(const struct disk *disk, const char *path)
{
	uint64_t bytes = disk->sectors * SECTOR_BYTES;

	if (bytes <= MACHINE_FLOPPY_BYTES)
		return true;
	complain("floppy '%s' has %llu bytes, but floppies at most %u; use --disk or --cdrom", path,
		 (unsigned long long)bytes, MACHINE_FLOPPY_BYTES);
	return false;
}

static bool open_media(struct emulation *e)
{
	struct machine_config *config = &e->o.config;
	const struct emu_medium cdrom = { e->o.cdrom, DISK_READ_ONLY };

	for (unsigned i = 0; i < e->o.floppies; i++) {
		config->floppy[i] = open_disk(e, &e->o.floppy[i]);
		if (!config->floppy[i] || !is_floppy(config->floppy[i], e->o.floppy[i].path))
			return false;
	}
	if (e->o.cdrom)
		config->cdrom = open_disk(e, &cdrom);
	return !e->o.cdrom || config->cdrom;
}

static bool open_disks(struct emulation *e)
{
	for (unsigned i = 0; i < e->o.disks; i++) {
		e->o.config.disk[i] = open_disk(e, &e->o.disk[i]);
		if (!e->o.config.disk[i])
			return false;
	}
	return open_media(e);
}

static const char *key_help(const struct emu_options *o)
{
	static char text[128];

	snprintf(text, sizeof text, "%s%s", o->save ? "  s  save the machine\r\n" : "",
		 o->screenshot ? "  p  save the screen\r\n" : "");
	return text;
}

static bool open_serial(struct emulation *e)
{
	struct terminal_config config = { .line = &e->serial[0],
					  .input = &e->input,
					  .command = on_command,
					  .context = e,
					  .help = key_help(&e->o) };

	e->terminal = terminal_open(&config);
	e->o.config.serial[0] = &e->serial[0];
	for (unsigned i = 1; i < MACHINE_SERIAL_LINES; i++) {
		if (!e->o.serial_file[i])
			continue;
		if (!serial_file_open(&e->serial[i], e->o.serial_file[i])) {
			complain("can't write '%s': %s", e->o.serial_file[i], strerror(errno));
			return false;
		}
		e->o.config.serial[i] = &e->serial[i];
	}
	return e->terminal;
}

static bool open_log(struct emulation *e)
{
	if (!e->o.log_file)
		return true;
	e->log = fopen(e->o.log_file, "w");
	if (!e->log)
		complain("can't write '%s': %s", e->o.log_file, strerror(errno));
	port_set_log(e->log);
	return e->log;
}

/* A file that the machine has for itself, which distributions install. */
static bool read_own(struct blob *blob, const char *name)
{
	char path[512], error[512];

	if (!name || blob->bytes)
		return true;
	if (!firmware_find(name, path, sizeof path, error, sizeof error)) {
		complain("%s", error);
		return false;
	}
	return read_blob(blob, path);
}

static bool read_firmware(struct emulation *e)
{
	struct machine_config *config = &e->o.config;
	const struct machine_board *board = machine_board_named(e->o.config.board);

	if (!read_blob(&config->firmware, e->o.firmware) ||
	    !read_blob(&config->video_bios, e->o.video_bios) ||
	    !read_blob(&config->boot_rom, e->o.boot_rom))
		return false;
	return !board || (read_own(&config->firmware, board->firmware) &&
			  read_own(&config->video_bios, board->video_bios) &&
			  (!e->o.kernel || read_own(&config->boot_rom, board->boot_rom)));
}

/* Without a word about it, a window is for a person at a desktop. */
static bool wants_window(const struct emu_options *o)
{
	if (o->display == EMU_DISPLAY_AUTOMATIC)
		return isatty(STDIN_FILENO) && window_possible();
	return o->display != EMU_DISPLAY_NONE;
}

static bool open_display(struct emulation *e, char *error, size_t room)
{
	struct window_config config = { .name = e->o.name,
					.full_screen = e->o.display == EMU_DISPLAY_FULL,
					.later = e->o.display == EMU_DISPLAY_AUTOMATIC,
					.screen = &e->screen,
					.input = &e->input,
					.machine = e->machine,
					.closed = on_closed,
					.context = e };

	if (!wants_window(&e->o))
		return true;
	if (e->screen.geometry) {
		e->window = window_open(&config, error, room);
		return e->window;
	}
	snprintf(error, room, "--display: the machine %s has no screen", e->o.config.board);
	return config.later;
}

static bool open_machine(struct emulation *e, char *error, size_t room)
{
	e->machine = machine_create(&e->o.config, error, room);
	if (!e->machine || (e->o.restore && !state_load(e->machine, e->o.restore, error, room)) ||
	    !open_display(e, error, room))
		return false;
	if (e->o.gdb)
		e->gdb = gdb_listen(e->o.gdb, error, room);
	return !e->o.gdb || e->gdb;
}

static bool emulation_open(struct emulation *e)
{
	struct machine_config *config = &e->o.config;
	char error[512];

	if (!open_log(e) || !read_firmware(e) || !read_blob(&config->kernel, e->o.kernel) ||
	    !read_blob(&config->initrd, e->o.initrd) || !read_blob(&config->dtb, e->o.dtb) ||
	    !open_disks(e) || !open_serial(e))
		return false;
	config->screen = &e->screen;
	config->input = &e->input;
	config->poll = on_attention;
	config->poll_context = e;
	config->poll_always = wants_window(&e->o);
	if (open_machine(e, error, sizeof error))
		return true;
	complain("%s", error);
	return false;
}

static bool save(struct emulation *e)
{
	char error[512];

	if (state_save(e->machine, e->o.save, error, sizeof error))
		return true;
	complain("%s", error);
	return false;
}

static bool save_screenshot(struct emulation *e)
{
	bool good;
	unsigned width = 0, height = 0;
	uint32_t *pixels;

	if (e->screen.geometry)
		e->screen.geometry(e->screen.chip, &width, &height);
	pixels = width && height ? calloc((size_t)width * height, sizeof *pixels) : NULL;
	if (!pixels) {
		complain("--screenshot: the machine shows no picture");
		return false;
	}
	e->screen.draw(e->screen.chip, pixels, width);
	good = png_write(e->o.screenshot, pixels, width, height, width);
	if (!good)
		complain("can't write '%s'", e->o.screenshot);
	free(pixels);
	return good;
}

static bool goes_on(struct emulation *e, enum machine_exit why)
{
	if (__atomic_load_n(&e->leaving, __ATOMIC_SEQ_CST))
		return false;
	if (why == MACHINE_RESET)
		return !e->o.no_reboot;
	if (why == MACHINE_STOPPED && __atomic_exchange_n(&e->save_now, false, __ATOMIC_SEQ_CST)) {
		if (save(e))
			fprintf(stderr, "\r\nsaved to %s\r\n", e->o.save);
		return true;
	}
	if (why == MACHINE_STOPPED &&
	    __atomic_exchange_n(&e->picture_now, false, __ATOMIC_SEQ_CST)) {
		if (save_screenshot(e))
			fprintf(stderr, "\r\nscreen saved to %s\r\n", e->o.screenshot);
		return true;
	}
	return false;
}

static uint64_t instructions(const struct emulation *e)
{
	struct machine_stats s;

	machine_stats(e->machine, &s);
	return s.instructions;
}

static void emulation_run(struct emulation *e)
{
	uint64_t end = instructions(e) + e->o.stop_after;
	enum machine_exit why;

	do {
		if (e->gdb)
			why = gdb_serve(e->gdb, e->machine);
		else if (e->o.stop_after)
			why = machine_run_for(e->machine, end - instructions(e));
		else
			why = machine_run(e->machine);
	} while (goes_on(e, why));
}

/* What the guest has sent and the log. */
static bool output_is_whole(struct emulation *e)
{
	int wrong = terminal_failed(e->terminal);
	bool good = !wrong;

	if (wrong)
		complain("output is lost: %s", strerror(wrong));
	for (unsigned i = 1; i < MACHINE_SERIAL_LINES; i++)
		if (e->o.config.serial[i] && !serial_file_close(&e->serial[i])) {
			complain("can't write all to '%s'", e->o.serial_file[i]);
			good = false;
		}
	if (e->log && (ferror(e->log) || fflush(e->log))) {
		complain("can't write all to '%s'", e->o.log_file);
		good = false;
	}
	return good;
}

static int emulation_finish(struct emulation *e)
{
	int status = output_is_whole(e) ? 0 : 1;

	if (e->o.save && !save(e))
		status = 1;
	if (e->o.screenshot && !save_screenshot(e))
		status = 1;
	if (e->o.hash)
		fprintf(stderr, "hash %016llx\n", (unsigned long long)machine_hash(e->machine));
	if (e->o.stats)
		print_statistics(e->machine);
	return status;
}

static bool close_media(const struct emulation *e)
{
	const struct machine_config *config = &e->o.config;
	bool good = true;

	for (unsigned i = 0; i < e->o.disks; i++)
		good = disk_file_close(config->disk[i]) && good;
	for (unsigned i = 0; i < e->o.floppies; i++)
		good = disk_file_close(config->floppy[i]) && good;
	return disk_file_close(config->cdrom) && good;
}

static bool emulation_close(struct emulation *e)
{
	running = NULL;
	terminal_stop(e->terminal);
	window_close(e->window);
	terminal_restore();
	if (e->machine)
		machine_destroy(e->machine);
	return close_media(e);
}

int command_emu(int argc, char **argv)
{
	static struct emulation e;
	static struct config config;
	int status = emu_parse(&e.o, argc, argv);

	if (status >= 0)
		return status;
	status = 1;
	if ((!e.o.file || emu_configure(&e.o, &config)) && emu_check(&e.o) && emulation_open(&e)) {
		catch_signals(&e);
		if (terminal_start(e.terminal, e.machine)) {
			emulation_run(&e);
			terminal_flush(e.terminal);
			terminal_restore();
			status = emulation_finish(&e);
		}
	}
	if (!emulation_close(&e))
		status = 1;
	config_free(&config);
	return status;
}

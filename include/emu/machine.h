/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A whole machine, as an embedder (emu/port, tests) sees it.
 *
 *	struct machine_config config = {.board = "virt", .memory_bytes = 256 << 20,
 *					.kernel = {data, size}};
 *	struct machine *m = machine_create(&config, error, sizeof error);
 *	while (machine_run(m) == MACHINE_RESET)
 *		;
 *	machine_destroy(m);
 *
 * Threads: all functions on one thread, the vCPU thread, except machine_attention
 * and machine_stop, which any thread and a signal handler may call.
 */
#ifndef EMU_MACHINE_H
#define EMU_MACHINE_H

#include <emu/backend.h>
#include <emu/types.h>

struct machine;
struct archive;
struct cpu;

#define MACHINE_SERIAL_LINES 4
#define MACHINE_DISKS 4
#define MACHINE_FLOPPIES 2
#define MACHINE_FLOPPY_BYTES (2880u << 10) /* the largest floppy there is */

struct blob {
	const uint8_t *bytes;
	size_t count;
};

struct machine_config {
	const char *board;
	const char *cpu;       /* NULL: the board's own */
	uint64_t memory_bytes; /* 0: the board's default */
	struct blob firmware, kernel, initrd, dtb;
	struct blob video_bios, boot_rom; /* see struct machine_board */
	const char *boot;                 /* order of media, such as "cd", or NULL */
	const char *append;               /* kernel command line */
	struct serial_line *serial[MACHINE_SERIAL_LINES]; /* NULL: nothing connected */
	struct disk *disk[MACHINE_DISKS];
	struct disk *cdrom;
	struct disk *floppy[MACHINE_FLOPPIES];
	struct screen *screen; /* filled in by the display chip */
	struct input *input;   /* filled in by keyboard and mouse */
	/* Called on the vCPU thread after machine_attention: deliver input here. */
	void (*poll)(void *context);
	void *poll_context;
	/* Also without, between slices and after each port_wait: for a port that has no
	 * thread to call machine_attention. */
	bool poll_always;
	bool deterministic;
	uint32_t code_cache_bytes; /* 0: the default */
	uint32_t table_bytes;      /* the flat tables' memory, nearly, 0: no bound */
	uint32_t side_bytes;       /* what static RAM and each flash can hold, 0: all */
	unsigned max_block;        /* guest instructions a block, 0: the default */
	bool interpret;            /* IR interpreter instead of host code */
};

enum machine_exit {
	MACHINE_OFF,     /* the guest powered off */
	MACHINE_RESET,   /* the guest asked for a reset; it has been reset, run again */
	MACHINE_STOPPED, /* machine_stop, or the limit of machine_run_for was reached */
	MACHINE_DEBUG,   /* a breakpoint, a watchpoint or a finished single step */
};

struct machine_stats {
	uint64_t instructions, blocks_translated, blocks_live, guest_bytes_translated;
	uint64_t flushes, entries_validated, entries_dropped, fills;
	uint64_t code_bytes_used, code_bytes_size, evictions, invalidations;
	uint64_t exceptions, interrupts, io_accesses, slices, idle_ns, run_ns;
	uint64_t table_bytes, table_drops; /* written to now; how often the bound was reached */
};

/* NULL and one sentence in `error` if the configuration can't be had. */
struct machine *machine_create(const struct machine_config *config, char *error,
			       size_t error_bytes);
void machine_destroy(struct machine *m);

enum machine_exit machine_run(struct machine *m);

/* At most that many instructions; exact in deterministic mode. */
enum machine_exit machine_run_for(struct machine *m, uint64_t instructions);

/* A single guest instruction. */
enum machine_exit machine_step(struct machine *m);

void machine_attention(struct machine *m);
void machine_stop(struct machine *m);
void machine_reset(struct machine *m);

/* Saves or loads everything but the configuration, which must be the same. */
void machine_state(struct machine *m, struct archive *a);

/* A hash of all RAM and CPU state, to compare runs. */
uint64_t machine_hash(struct machine *m);

void machine_stats(const struct machine *m, struct machine_stats *stats);
struct cpu *machine_cpu(struct machine *m);

/* The list of boards, ended by one whose name is NULL. */
struct board;
struct machine_board {
	const char *name, *summary, *cpu;
	uint64_t memory_default, memory_min, memory_max;
	const char *cpus;  /* that it can have, separated by blanks */
	const char *chips; /* a few lines for people */
	unsigned disks;    /* that can be connected */
	unsigned floppies; /* likewise */
	unsigned serial_lines;
	bool cdrom;
	bool firmware_and_kernel; /* firmware may be given a kernel to start */
	/* Files of distributions that the machine doesn't start without; NULL: none.  The ROM
	 * of the video card, and the one that starts a kernel given as a file. */
	const char *firmware, *video_bios, *boot_rom;
	const char *boot;      /* order of media, if none is given; NULL: it takes none */
	uint64_t memory_video; /* beside RAM */
};
const struct machine_board *machine_boards(void);
/* One of them, or NULL. */
const struct machine_board *machine_board_named(const char *name);

#endif

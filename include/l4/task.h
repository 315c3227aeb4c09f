/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a task finds in its address space when root starts it from a manifest, and the
 * few things it asks of root while it runs (lib/l4/task.c; the messages are in
 * <proto/root.h>).
 *
 *	0x0040'0000		its program
 *	TASK_HEAP		memory by demand, pages of 4 KiB, within the low 2 GiB
 *	TASK_RAM		memory by demand, superpages where possible
 *	TASK_MODULES + physical	boot modules the manifest names, read-only
 *	TASK_CHANNELS + n * TASK_CHANNEL_STRIDE
 *				channel n: memory shared with one peer
 *	TASK_DEVICES + physical	device memory the manifest names
 *	TASK_INFO		struct task_info, read-only
 *	TASK_SIGNALS		struct task_signals, read-write
 *
 * Memory by demand is zero when first touched.  All the memory a task may hold at once,
 * program and heap and RAM, is bounded by its manifest entry and was set aside when the
 * task was started, so a touch within the bound can't fail; a touch beyond it is a crash.
 * Channels aren't counted, they exist as long as the system runs.
 *
 * Signals.  Each end of a channel can signal the other: root sets the bit with the number
 * that the channel has for the receiver in the receiver's `pending` word, and wakes it if
 * it waits.  Signals are never lost and never queue.  Several are one.  A busy task looks
 * at `pending` now and then; it costs no system call.
 *
 *	for (;;) {
 *		uint64_t news = task_wait(L4_NEVER, NULL);
 *
 *		for (unsigned n = 0; n < task_info()->channel_count; n++)
 *			if (news & 1ull << n)
 *				serve(n);
 *	}
 *
 * All functions are for the task's only thread.
 */
#ifndef L4_TASK_H
#define L4_TASK_H

#include <l4/types.h>

#define TASK_HEAP 0x10000000ull
#define TASK_HEAP_BYTES 0x60000000ull
#define TASK_RAM 0x100000000ull
#define TASK_RAM_BYTES 0x200000000ull /* address space, not memory */
#define TASK_MODULES 0x001000000000ull
#define TASK_CHANNELS 0x002000000000ull
#define TASK_CHANNEL_STRIDE 0x1000000ull /* 16 MiB */
#define TASK_DEVICES 0x003000000000ull
#define TASK_INFO 0x00007fffffc00000ull
#define TASK_INFO_BYTES 0x10000ull
#define TASK_SIGNALS 0x00007fffffc10000ull

#define TASK_NAME_BYTES 32 /* with the terminating 0 */
#define TASK_MAX_CHANNELS 48
#define TASK_MAX_MODULES 48

#define TASK_INFO_MAGIC 0x6f666e6934456b54ull

enum task_channel_kind {
	CHANNEL_CONSOLE = 1, /* <proto/console.h> */
	CHANNEL_SERIAL = 2,  /* <proto/serial.h> */
	CHANNEL_BLOCK = 3,   /* <proto/block.h> */
};

struct task_channel {
	char peer[TASK_NAME_BYTES]; /* root is called "root" */
	uint32_t kind;
	uint32_t is_server; /* whether this task is the server of the two */
	uint64_t address, bytes;
};

struct task_module {
	char name[TASK_NAME_BYTES];
	uint64_t address, bytes;
};

/* A linear frame buffer from the boot loader; width 0: there is none. */
struct task_framebuffer {
	uint64_t address;                          /* in this task's address space */
	uint32_t width, height, pitch_bytes, bits; /* bits of a pixel */
	uint8_t red_shift, green_shift, blue_shift, unused[5];
};

struct task_info {
	uint64_t magic;
	char name[TASK_NAME_BYTES];
	uint32_t incarnation; /* 1, 2 ...: how often it has been started */
	uint32_t unused;
	uint64_t memory_bytes;      /* its bound */
	uint64_t boot_wall_seconds; /* since 1970 (UTC) when the system clock was 0 */
	struct task_framebuffer framebuffer;
	/* Its `config` property, a flat device tree, at this offset from the struct. */
	uint32_t config_offset, config_bytes;
	uint32_t channel_count, module_count;
	struct task_channel channel[TASK_MAX_CHANNELS];
	struct task_module module[TASK_MAX_MODULES];
};

/* What a task says of itself for the list of machines; any words at all. */
enum task_activity {
	TASK_ACTIVE = 0,
	TASK_PAUSED = 1,
};

struct task_status {
	uint64_t heartbeat;    /* grows while the task does its work */
	uint64_t instructions; /* of the guest, executed so far */
	uint64_t run_ns;       /* in which they were executed */
	uint64_t activity;     /* enum task_activity */
	uint64_t last_done;    /* the order (below) last carried out */
	uint64_t last_result;  /* 0: it went well */
};

/* Orders, which root writes on a supervisor's behalf; see struct task_signals. */
enum task_order {
	TASK_ORDER_NONE = 0,
	TASK_ORDER_PAUSE = 1,
	TASK_ORDER_RESUME = 2,
	TASK_ORDER_RESET = 3,
	TASK_ORDER_SAVE = 4,    /* the machine, to its state image */
	TASK_ORDER_RESTORE = 5, /* from it */
	TASK_ORDER_KEYS = 6,    /* the argument: keys that can't be typed, enum task_keys */
	/* For tests of isolation, only if the manifest permits: */
	TASK_ORDER_FAULT = 16,   /* touch what isn't there */
	TASK_ORDER_CORRUPT = 17, /* overwrite the own code cache with garbage, go on */
	TASK_ORDER_LOOP = 18,    /* loop for ever */
};

enum task_keys {
	TASK_KEYS_CTRL_ALT_DEL = 1,
	TASK_KEYS_BREAK = 2, /* on the first serial line */
	TASK_KEYS_STOP_A = 3,
};

#define TASK_SIGNAL_ORDER 63 /* the bit in `pending` for a new order */

struct task_signals {
	uint64_t pending; /* root sets bits, the task takes them by an atomic exchange */
	/* order | argument << 8 | number << 32; the number tells equal orders apart.  The
	 * task sets status.last_done to the whole word when it is carried out. */
	uint64_t order;
	uint64_t unused[6];
	struct task_status status;
};

static inline const struct task_info *task_info(void)
{
	return (const struct task_info *)TASK_INFO;
}

static inline struct task_signals *task_signals(void)
{
	return (struct task_signals *)TASK_SIGNALS;
}

/* The config's flat device tree, NULL if the manifest has none. */
static inline const void *task_config(void)
{
	const struct task_info *info = task_info();

	return info->config_bytes ? (const char *)info + info->config_offset : NULL;
}

/* Takes the pending signals without waiting. */
static inline uint64_t task_signals_take(void)
{
	volatile uint64_t *pending = &task_signals()->pending;

	return *pending ? __atomic_exchange_n(pending, 0, __ATOMIC_SEQ_CST) : 0;
}

/* Makes signals pending again that were taken but not dealt with. */
void task_signals_put_back(uint64_t signals);

/* Waits for signals and takes them; 0 after the timeout (a relative period, L4_NEVER,
 * L4_ZERO_TIME) or, if `interrupts` isn't NULL, when an interrupt message came: then
 * *interrupts has bit n for interrupt n, which stays masked until task_interrupt_done. */
uint64_t task_wait(struct l4_time timeout, uint64_t *interrupts);
void task_interrupt_done(unsigned n);

/* Signals the other end of a channel. */
void task_signal(unsigned channel);

/* Gives heap or RAM pages back to the task's bound: they are zero when touched again.
 * Whole pages. */
void task_discard(const void *address, uint64_t bytes);

/* The channel of a kind whose other end is the server: -1 if there is none. */
int task_find_channel(enum task_channel_kind kind);
static inline void *task_channel_memory(unsigned n)
{
	return (void *)task_info()->channel[n].address;
}

/* NULL if there is no such module. */
const struct task_module *task_find_module(const char *name);

#endif

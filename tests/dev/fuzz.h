/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzzing chips.  A byte string is a sequence of steps on one chip: read, write,
 * let time pass, input at a line or backend, save and load.  A chip is described by
 * a struct fuzz_chip; a file that lists some defines fuzz_list[]:
 *
 *	static void *make_pl011(struct fuzz_env *env)
 *	{
 *		const struct pl011_config config = {.clock = env->clock,
 *						    .irq = fuzz_line(env),
 *						    .line = &env->serial};
 *		return pl011_create(&config);
 *	}
 *
 *	static const struct fuzz_chip pl011 = {"pl011", &pl011_ops, 0x1000, make_pl011, NULL};
 *	const struct fuzz_chip *const fuzz_list[] = {&pl011, ..., NULL};
 *
 * Linked with fuzz.c and fuzz_random.c it is a TAP program that feeds every chip of the
 * list random strings (FUZZ_SEED and FUZZ_COUNT in the environment choose which and how
 * many); linked with fuzz.c compiled with -DFUZZ_CHIP='"pl011"' it is a libFuzzer target.
 */
#ifndef TESTS_DEV_FUZZ_H
#define TESTS_DEV_FUZZ_H

#include <emu/backend.h>
#include <emu/bus.h>
#include <emu/chip.h>
#include <emu/clock.h>
#include <emu/irq.h>

#define FUZZ_BASE 0x10000000u  /* where the chip is */
#define FUZZ_RAM_BYTES 0x20000 /* at 0, for DMA: filled with the string itself */
#define FUZZ_DISK_SECTORS 128

struct fuzz_env {
	struct bus *bus;
	struct clock *clock;
	struct serial_line serial; /* transmits to nowhere */
	struct disk disk;          /* in memory; every 16th access fails */
	struct screen screen;      /* drawn now and then if the chip has set it */
	struct input input;        /* fed if the chip has set it */
	unsigned changes;          /* of fuzz_line lines */
};

struct fuzz_chip {
	const char *name;
	const struct chip_ops *ops;
	uint64_t bytes; /* of its registers; a power of two */
	/* A new chip on env's bus and clock; the driver maps it. */
	void *(*create)(struct fuzz_env *env);
	/* Something happens to the chip from outside: an input line or a message; NULL if
	 * there is nothing but env's serial line, screen and input devices. */
	void (*input)(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value);
	/* Instead of ops->destroy, if there is more to free; mostly NULL. */
	void (*finish)(void *chip);
	/* How far from FUZZ_BASE accesses go, if `create` has mapped more; 0: `bytes`. */
	uint64_t span;
};

extern const struct fuzz_chip *const fuzz_list[]; /* ends with NULL */

/* An output that leads nowhere but counts its changes. */
struct irq fuzz_line(struct fuzz_env *env);

/* Runs one string; asserts what must hold of every chip. */
void fuzz_run(const struct fuzz_chip *chip, const uint8_t *bytes, size_t count);

#endif

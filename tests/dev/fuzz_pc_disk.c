/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Serial, parallel, disk and floppy chips of the PC for the fuzz driver, see fuzz.h.
 */
#include "fuzz.h"

#include "dev/block/i82077.h"
#include "dev/block/ide.h"
#include "dev/block/ide_busmaster.h"
#include "dev/char/ns16550.h"
#include "dev/char/parallel.h"

static void *make_ns16550(struct fuzz_env *env)
{
	const struct ns16550_config config = { .clock = env->clock,
					       .hz = 1843200,
					       .out2_gates = true,
					       .irq = fuzz_line(env),
					       .line = &env->serial };

	return ns16550_create(&config);
}

static void *make_parallel(struct fuzz_env *env)
{
	(void)env;
	return parallel_create();
}

/* The command block, at 8 the control block and at 16 the bus master. */
static void *make_ide(struct fuzz_env *env)
{
	const struct ide_config config = { .drive = { { false, &env->disk }, { true, &env->disk } },
					   .dma = true,
					   .irq = fuzz_line(env) };
	struct ide *ide = ide_create(&config);
	const struct ide_busmaster_config master = { env->bus, env->clock, { ide, NULL } };
	struct ide_busmaster *busmaster = ide_busmaster_create(&master);

	bus_add_chip(env->bus, FUZZ_BASE, IDE_COMMAND_BYTES, &ide_command_ops, ide);
	bus_add_chip(env->bus, FUZZ_BASE + 8, 4, &ide_control_ops, ide);
	bus_add_chip(env->bus, FUZZ_BASE + 16, IDE_BUSMASTER_BYTES, &ide_busmaster_ops, busmaster);
	return ide;
}

/* DMA with a table somewhere, a packet, or another medium. */
static void input_ide(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	static const uint8_t packets[16] = { 0x28, 0xA8, 0x28, 0x43, 0x46, 0x4A, 0x12, 0x03,
					     0x1A, 0x5A, 0x25, 0x1B, 0xBE, 0x51, 0x1E, 0xBD };
	bool found;

	if (selector % 4 == 0) {
		bus_io_write(env->bus, FUZZ_BASE + 20, 4, value & 0x1FFFC, false, &found);
		bus_io_write(env->bus, FUZZ_BASE + 16, 1, value >> 24 & 8, false, &found);
		bus_io_write(env->bus, FUZZ_BASE + 16, 1, (value >> 24 & 8) | 1, false, &found);
	} else if (selector % 4 == 1) {
		bus_io_write(env->bus, FUZZ_BASE + 6, 1, 0xB0, false, &found);
		bus_io_write(env->bus, FUZZ_BASE + 1, 1, value >> 4, false, &found);
		bus_io_write(env->bus, FUZZ_BASE + 7, 1, 0xA0, false, &found);
		bus_io_write(env->bus, FUZZ_BASE, 4, packets[value & 15], false, &found);
		bus_io_write(env->bus, FUZZ_BASE, 4, value >> 8 & 15, false, &found);
		bus_io_write(env->bus, FUZZ_BASE, 4, value >> 12, false, &found);
	} else if (selector % 4 == 2) {
		bus_io_write(env->bus, FUZZ_BASE + 2, 4, value & 0x3F1F, false, &found);
		bus_io_write(env->bus, FUZZ_BASE + 6, 1, 0xE0, false, &found);
		bus_io_write(env->bus, FUZZ_BASE + 7, 1, value & 1 ? 0xC8 : 0xCA, false, &found);
	} else {
		ide_change_medium(chip, 1, value & 1 ? &env->disk : NULL);
	}
}

/* A channel that moves the first bytes of RAM, and now and then ends. */
static unsigned move_floppy(void *sink, unsigned channel, void *bytes, unsigned count,
			    bool to_memory, bool *terminal_count)
{
	struct fuzz_env *env = sink;
	uint8_t first = 0;

	(void)channel;
	bus_read(env->bus, 0, &first, 1);
	*terminal_count = !(first & 3);
	if (to_memory)
		bus_write(env->bus, 0, bytes, count);
	else
		bus_read(env->bus, 0, bytes, count);
	return first & 4 ? count / 2 : count;
}

static void *make_i82077(struct fuzz_env *env)
{
	const struct i82077_config config = { .drive = { { true, &env->disk }, { true, NULL } },
					      .dma = { move_floppy, env, 2 },
					      .irq = fuzz_line(env) };

	return i82077_create(&config);
}

/* A controller out of reset gets a command that moves data, or another medium. */
static void input_i82077(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	static const uint8_t codes[8] = { 0xE6, 0xC5, 0x46, 0x45, 0x4D, 0x4C, 0x42, 0x56 };
	uint8_t command[9] = { codes[value & 7],
			       value >> 3 & 4,
			       0,
			       value >> 5 & 1,
			       value >> 6 & 15,
			       2,
			       9,
			       0x1B,
			       0xFF };

	if (selector % 4 == 3) {
		i82077_change_medium(chip, value & 1, value & 2 ? &env->disk : NULL);
		return;
	}
	i82077_ops.write(chip, 2, 1, 0x0C);
	i82077_ops.write(chip, 7, 1, 2);
	if (selector % 4 == 0) { /* SPECIFY, with DMA or not */
		i82077_ops.write(chip, 5, 1, 3);
		i82077_ops.write(chip, 5, 1, 0);
		i82077_ops.write(chip, 5, 1, value >> 31);
	}
	for (unsigned i = 0; i < (codes[value & 7] == 0x4D ? 6 : 9); i++)
		i82077_ops.write(chip, 5, 1, command[i]);
}

#define CHIP_PC(name, ops, bytes, make, input, span)                                               \
	&(const struct fuzz_chip)                                                                  \
	{                                                                                          \
		name, ops, bytes, make, input, NULL, span                                          \
	}

const struct fuzz_chip *const fuzz_list[] = {
	CHIP_PC("ns16550", &ns16550_ops, NS16550_BYTES, make_ns16550, NULL, 0),
	CHIP_PC("parallel", &parallel_ops, 4, make_parallel, NULL, 0),
	CHIP_PC("ide", &ide_command_ops, IDE_COMMAND_BYTES, make_ide, input_ide, 32),
	CHIP_PC("i82077", &i82077_ops, I82077_BYTES, make_i82077, input_i82077, 0),
	NULL,
};

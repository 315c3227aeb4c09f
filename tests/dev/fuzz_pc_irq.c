/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How the fuzzers make interrupt controllers, timers, DMA and keyboard controller of the
 * PC.
 */
#include "fuzz.h"

#include <assert.h>

#include "dev/input/i8042.h"
#include "dev/intc/i8259.h"
#include "dev/misc/debug_port.h"
#include "dev/misc/i8237.h"
#include "dev/misc/port61.h"
#include "dev/misc/port92.h"
#include "dev/misc/portf0.h"
#include "dev/timer/i8254.h"
#include "dev/timer/mc146818.h"

static void *make_i8259(struct fuzz_env *env)
{
	const struct i8259_config config = { .irq = fuzz_line(env) };
	struct i8259 *pic = i8259_create(&config);

	if (pic) {
		bus_add_chip(env->bus, FUZZ_BASE + 4, 4, &i8259_slave_ops, pic);
		bus_add_chip(env->bus, FUZZ_BASE + 8, 4, &i8259_elcr_ops, pic);
	}
	return pic;
}

static void input_i8259(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	struct irq line = i8259_input(chip, value & 15);

	(void)env;
	if (selector & 4) {
		int vector = i8259_acknowledge(chip);

		assert(vector >= 0 && vector <= 255);
	}
	line.level = !(selector & 1);
	irq_set(&line, selector & 1);
}

static void *make_i8254(struct fuzz_env *env)
{
	struct i8254_config config = { .clock = env->clock };
	struct port61_config port61;

	config.output[0] = fuzz_line(env);
	config.output[2] = fuzz_line(env);
	port61.timer = i8254_create(&config);
	if (port61.timer)
		bus_add_chip(env->bus, FUZZ_BASE + 4, 4, &port61_ops, port61_create(&port61));
	return port61.timer;
}

static void input_i8254(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	(void)env;
	i8254_set_gate(chip, selector % I8254_COUNTERS, value & 1);
	i8254_toggle(chip, value >> 1 & 1);
}

static void *make_mc146818(struct fuzz_env *env)
{
	const struct mc146818_config config = { .clock = env->clock,
						.irq = fuzz_line(env),
						.nmi_mask = fuzz_line(env),
						.century = 0x32 };

	return mc146818_create(&config);
}

/* A register in one step, the first 16 of them most often. */
static void input_mc146818(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	(void)env;
	mc146818_ops.write(chip, 0, 1, selector & 16 ? value >> 8 : selector);
	if (value & 0x10000)
		mc146818_ops.read(chip, 1, 1);
	else
		mc146818_ops.write(chip, 1, 1, value & 0xff);
}

static void *make_debug_port(struct fuzz_env *env)
{
	const struct debug_port_config config = { .line = NULL };

	(void)env;
	return debug_port_create(&config);
}

static void *make_i8042(struct fuzz_env *env)
{
	const struct port92_config config92 = { .a20 = fuzz_line(env), .reset = fuzz_line(env) };
	struct port92 *port92 = port92_create(&config92);
	struct i8042_config config = { .clock = env->clock,
				       .input = &env->input,
				       .keyboard = fuzz_line(env),
				       .mouse = fuzz_line(env) };

	if (!port92)
		return NULL;
	config.a20 = port92_a20_input(port92);
	config.reset = port92_reset_input(port92);
	bus_add_chip(env->bus, FUZZ_BASE + 8, 4, &port92_ops, port92);
	return i8042_create(&config);
}

/* Commands reach the second block through the first one's object. */
static void input_i8042(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	(void)env;
	if (selector & 4)
		i8042_command_ops.write(chip, 0, 1, value & 0xff);
	else
		i8042_command_ops.read(chip, 0, 1);
}

/* A device that takes what it is given, so that a transfer can be part of a write. */
static void ready_i8237(void *chip)
{
	static uint8_t bytes[512];
	bool terminal;

	i8237_to_memory(chip, 1, bytes, sizeof bytes, &terminal);
}

static void *make_i8237(struct fuzz_env *env)
{
	const struct i8237_config config = { .bus = env->bus };
	struct i8237 *dma = i8237_create(&config);

	if (dma) {
		bus_add_chip(env->bus, FUZZ_BASE + 0x10, I8237_HIGH_PORTS, &i8237_high_ops, dma);
		bus_add_chip(env->bus, FUZZ_BASE + 0x30, I8237_PAGE_PORTS, &i8237_page_ops, dma);
		i8237_connect(dma, 1, ready_i8237, dma);
	}
	return dma;
}

static void input_i8237(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	static uint8_t bytes[0x8000];
	unsigned channel = value & 7;
	size_t count = value >> 8 & 0x7fff, done;
	bool terminal;

	(void)env;
	i8237_request(chip, channel, value & 8);
	if (selector & 1)
		done = i8237_to_memory(chip, channel, bytes, count, &terminal);
	else
		done = i8237_from_memory(chip, channel, bytes, count, &terminal);
	assert(done <= count && (done || !terminal));
}

static void *make_portf0(struct fuzz_env *env)
{
	const struct portf0_config config = { .irq = fuzz_line(env), .ignne = fuzz_line(env) };

	return portf0_create(&config);
}

static void input_portf0(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	struct irq ferr = portf0_ferr_input(chip);

	(void)env, (void)selector;
	irq_set(&ferr, value & 1);
}

#define CHIP(name, ops, bytes, make, input, span)                                                  \
	&(const struct fuzz_chip)                                                                  \
	{                                                                                          \
		name, ops, bytes, make, input, NULL, span                                          \
	}

const struct fuzz_chip *const fuzz_list[] = {
	CHIP("debug_port", &debug_port_ops, 4, make_debug_port, NULL, 0),
	CHIP("i8042", &i8042_data_ops, 4, make_i8042, input_i8042, 12),
	CHIP("i8237", &i8237_low_ops, I8237_LOW_PORTS, make_i8237, input_i8237, 0x40),
	CHIP("i8254", &i8254_ops, I8254_PORTS, make_i8254, input_i8254, 8),
	CHIP("i8259", &i8259_master_ops, 4, make_i8259, input_i8259, 12),
	CHIP("mc146818", &mc146818_ops, 4, make_mc146818, input_mc146818, 0),
	CHIP("portf0", &portf0_ops, 4, make_portf0, input_portf0, 0),
	NULL,
};

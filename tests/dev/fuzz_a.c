/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How the fuzzers make timers, UARTs, interrupt controllers and board chips.
 */
#include "fuzz.h"

#include "dev/char/pl011.h"
#include "dev/display/sii9022.h"
#include "dev/intc/gic.h"
#include "dev/misc/absent.h"
#include "dev/misc/arm_sysreg.h"
#include "dev/misc/cfi_flash.h"
#include "dev/misc/fw_cfg.h"
#include "dev/misc/pl041.h"
#include "dev/misc/pl061.h"
#include "dev/misc/pl310.h"
#include "dev/misc/sbcon_i2c.h"
#include "dev/misc/scu.h"
#include "dev/misc/sp810.h"
#include "dev/timer/mptimer.h"
#include "dev/timer/pl031.h"
#include "dev/timer/sp804.h"
#include "dev/timer/sp805.h"

static void *make_gic(struct fuzz_env *env, unsigned version)
{
	const struct gic_config config = { .version = version,
					   .lines = version == 1 ? 96 : 1020,
					   .targets = version == 1,
					   .irq = fuzz_line(env),
					   .fiq = fuzz_line(env) };
	struct gic *gic = gic_create(&config);

	/* The CPU interface beside the distributor, in the second 4 KiB and on. */
	if (gic)
		bus_add_chip(env->bus, FUZZ_BASE + 0x1000, GIC_CPU_V2_BYTES, &gic_cpu_ops,
			     gic_cpu_interface(gic));
	return gic;
}

static void *make_gic_v1(struct fuzz_env *env)
{
	return make_gic(env, 1);
}

static void *make_gic_v2(struct fuzz_env *env)
{
	return make_gic(env, 2);
}

static void input_gic(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	struct irq line = gic_input(chip, value & 0x3ff);

	(void)env;
	line.level = !(selector & 1);
	irq_set(&line, selector & 1);
}

static void *make_pl011(struct fuzz_env *env)
{
	const struct pl011_config config = {
		.clock = env->clock, .hz = 24000000, .irq = fuzz_line(env), .line = &env->serial
	};

	return pl011_create(&config);
}

static void *make_sp804(struct fuzz_env *env)
{
	const struct sp804_config config = { .clock = env->clock,
					     .hz = { 1000000, 66670000 },
					     .irq = { fuzz_line(env), fuzz_line(env) },
					     .combined = fuzz_line(env) };

	return sp804_create(&config);
}

static void *make_sp805(struct fuzz_env *env)
{
	const struct sp805_config config = {
		.clock = env->clock, .hz = 32768, .irq = fuzz_line(env), .reset = fuzz_line(env)
	};

	return sp805_create(&config);
}

static void *make_pl031(struct fuzz_env *env)
{
	const struct pl031_config config = { .clock = env->clock, .irq = fuzz_line(env) };

	return pl031_create(&config);
}

static void *make_mptimer(struct fuzz_env *env)
{
	const struct mptimer_config config = { .clock = env->clock,
					       .hz = 100000000,
					       .timer = fuzz_line(env),
					       .watchdog = fuzz_line(env),
					       .reset = fuzz_line(env) };

	return mptimer_create(&config);
}

static void *make_mptimer_global(struct fuzz_env *env)
{
	const struct mptimer_global_config config = { .clock = env->clock,
						      .hz = 100000000,
						      .irq = fuzz_line(env) };

	return mptimer_global_create(&config);
}

static void *make_arm_sysreg(struct fuzz_env *env)
{
	const struct arm_sysreg_config config = {
		.clock = env->clock,
		.site = { { .oscillator = { 1, 2, 3 }, .voltage = { 4 } },
			  { .oscillator = { 5 }, .current = { 6 } } },
		.reset = fuzz_line(env),
		.off = fuzz_line(env),
	};

	return arm_sysreg_create(&config);
}

static void *make_pl061(struct fuzz_env *env)
{
	struct pl061_config config = { .irq = fuzz_line(env) };

	for (unsigned i = 0; i < PL061_LINES; i++)
		config.output[i] = fuzz_line(env);
	return pl061_create(&config);
}

static void input_pl061(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	struct irq line = pl061_input(chip, value & 7);

	(void)env;
	line.level = !(selector & 1);
	irq_set(&line, selector & 1);
}

static void *make_fw_cfg(struct fuzz_env *env)
{
	static const uint8_t file[3000] = { 1, 2, 3 };
	struct fw_cfg *f = fw_cfg_create(env->bus);

	if (f) {
		fw_cfg_add_number(f, FW_CFG_CPUS, 1, 2);
		fw_cfg_add(f, FW_CFG_KERNEL_DATA, file, sizeof file);
		fw_cfg_add_file(f, "etc/file", file, 17);
	}
	return f;
}

static void *make_cfi_flash(struct fuzz_env *env)
{
	(void)env;
	return cfi_flash_create(2 * CFI_FLASH_BLOCK_BYTES, PAGE_BYTES);
}

static void *make_sp810(struct fuzz_env *env)
{
	(void)env;
	return sp810_create();
}

static void *make_scu(struct fuzz_env *env)
{
	(void)env;
	return scu_create();
}

static void *make_pl310(struct fuzz_env *env)
{
	(void)env;
	return pl310_create();
}

static void *make_pl041(struct fuzz_env *env)
{
	(void)env;
	return pl041_create();
}

static void *make_sbcon_i2c(struct fuzz_env *env)
{
	struct sbcon_i2c *bus = sbcon_i2c_create();
	struct i2c_device transmitter = sii9022_create(0x39, true);

	(void)env;
	if (bus)
		sbcon_i2c_attach(bus, &transmitter);
	return bus;
}

/* Sets both wires; the data wire first while the clock is as it was. */
static void i2c_line(void *chip, bool clock, bool data)
{
	sbcon_i2c_ops.write(chip, data ? 0 : 4, 4, 2);
	sbcon_i2c_ops.write(chip, clock ? 0 : 4, 4, 1);
}

/* A whole byte for a device, which random single lines hardly ever make: a start, or
 * a byte that is written or clocked in, or a stop. */
static void input_sbcon_i2c(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	(void)env;
	if (selector & 1) {
		i2c_line(chip, true, true);
		i2c_line(chip, true, false);
		value = value & 1 ? 0x72 : 0x73;
	}
	for (unsigned bit = 0; bit < 9; bit++) {
		bool data = bit == 8 || value >> (7 - bit) & 1;

		i2c_line(chip, false, data);
		i2c_line(chip, true, data);
	}
	i2c_line(chip, false, true);
	if (selector & 2) {
		i2c_line(chip, false, false);
		i2c_line(chip, true, false);
		i2c_line(chip, true, true);
	}
}

static void *make_absent(struct fuzz_env *env)
{
	(void)env;
	return absent_create("absent", 0x00041341);
}

#define CHIP(name, ops, bytes, make, input)                                                        \
	&(const struct fuzz_chip)                                                                  \
	{                                                                                          \
		name, ops, bytes, make, input, NULL, 0                                             \
	}
#define GIC(name, make)                                                                            \
	&(const struct fuzz_chip)                                                                  \
	{                                                                                          \
		name, &gic_ops, 0x1000, make, input_gic, NULL, 0x3000                              \
	}

const struct fuzz_chip *const fuzz_list[] = {
	GIC("gic_v1", make_gic_v1),
	GIC("gic_v2", make_gic_v2),
	CHIP("pl011", &pl011_ops, 0x1000, make_pl011, NULL),
	CHIP("sp804", &sp804_ops, 0x1000, make_sp804, NULL),
	CHIP("sp805", &sp805_ops, 0x1000, make_sp805, NULL),
	CHIP("pl031", &pl031_ops, 0x1000, make_pl031, NULL),
	CHIP("mptimer", &mptimer_ops, 0x100, make_mptimer, NULL),
	CHIP("mptimer_global", &mptimer_global_ops, 0x100, make_mptimer_global, NULL),
	CHIP("arm_sysreg", &arm_sysreg_ops, 0x1000, make_arm_sysreg, NULL),
	CHIP("pl061", &pl061_ops, 0x1000, make_pl061, input_pl061),
	CHIP("fw_cfg", &fw_cfg_ops, FW_CFG_BYTES, make_fw_cfg, NULL),
	CHIP("cfi_flash", &cfi_flash_ops, 2 * CFI_FLASH_BLOCK_BYTES, make_cfi_flash, NULL),
	CHIP("sp810", &sp810_ops, 0x1000, make_sp810, NULL),
	CHIP("scu", &scu_ops, 0x100, make_scu, NULL),
	CHIP("pl310", &pl310_ops, 0x1000, make_pl310, NULL),
	CHIP("pl041", &pl041_ops, 0x1000, make_pl041, NULL),
	CHIP("sbcon_i2c", &sbcon_i2c_ops, 0x1000, make_sbcon_i2c, input_sbcon_i2c),
	CHIP("absent", &absent_ops, 0x1000, make_absent, NULL),
	NULL,
};

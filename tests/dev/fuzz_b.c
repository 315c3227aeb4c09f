/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Input, display, block and virtio chips for the fuzz driver, see fuzz.h.  The virtio
 * devices come once with queues a driver could have set up, as random register writes
 * hardly ever do.
 */
#include "fuzz.h"

#include "dev/block/ata_cf.h"
#include "dev/block/pl18x.h"
#include "dev/display/pl11x.h"
#include "dev/input/pl050.h"
#include "dev/virtio/blk.h"
#include "dev/virtio/console.h"
#include "dev/virtio/mmio.h"

static void *make_keyboard(struct fuzz_env *env)
{
	const struct pl050_config config = { .device = PS2_KEYBOARD,
					     .input = &env->input,
					     .irq = fuzz_line(env) };

	return pl050_create(&config);
}

static void *make_mouse(struct fuzz_env *env)
{
	const struct pl050_config config = { .device = PS2_MOUSE,
					     .input = &env->input,
					     .irq = fuzz_line(env) };

	return pl050_create(&config);
}

static void *make_pl11x(struct fuzz_env *env, enum pl11x_model model)
{
	const struct pl11x_config config = { .model = model,
					     .bus = env->bus,
					     .clock = env->clock,
					     .irq = fuzz_line(env),
					     .screen = &env->screen };

	return pl11x_create(&config);
}

static void *make_pl110(struct fuzz_env *env)
{
	return make_pl11x(env, PL110);
}

static void *make_pl111(struct fuzz_env *env)
{
	return make_pl11x(env, PL111);
}

static void *make_pl180(struct fuzz_env *env)
{
	const struct pl18x_config config = { .model = PL180,
					     .disk = &env->disk,
					     .irq = { fuzz_line(env), fuzz_line(env) } };

	return pl18x_create(&config);
}

static void pl180_command(struct pl18x *chip, uint32_t index, uint32_t argument)
{
	pl180_ops.write(chip, 0x08, 4, argument);
	pl180_ops.write(chip, 0x0C, 4, 0x440 | index);
}

/* Now and then the card gets to its transfer state, or a read is begun. */
static void input_pl180(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	static const uint8_t identify[] = { 0, 8, 55, 41, 2, 3 };

	(void)env;
	for (unsigned i = 0; i < sizeof identify && selector % 4 == 0; i++)
		pl180_command(chip, identify[i], identify[i] == 41 ? 0x40FF8000 : 0x1AA * (i == 1));
	if (selector % 4 == 0)
		pl180_command(chip, 7, 0x45670000);
	if (selector % 4 != 1)
		return;
	pl180_ops.write(chip, 0x28, 4, value & 0xFFF);
	pl180_ops.write(chip, 0x2C, 4, 0x91 | (value >> 12 & 2));
	pl180_command(chip, value & 0x1000 ? 25 : 18, value >> 16);
}

static void *make_ata_cf(struct fuzz_env *env)
{
	const struct ata_cf_config config = { .disk = &env->disk, .irq = fuzz_line(env) };

	return ata_cf_create(&config);
}

static void *make_virtio(struct fuzz_env *env, struct virtio *device, bool legacy)
{
	const struct virtio_mmio_config config = {
		.bus = env->bus, .irq = fuzz_line(env), .device = device, .legacy = legacy
	};

	return virtio_mmio_create(&config);
}

static void *make_virtio_blk(struct fuzz_env *env)
{
	return make_virtio(env, virtio_blk_create(&env->disk), false);
}

static void *make_virtio_blk_legacy(struct fuzz_env *env)
{
	return make_virtio(env, virtio_blk_create(&env->disk), true);
}

static void *make_virtio_console(struct fuzz_env *env)
{
	return make_virtio(env, virtio_console_create(&env->serial, 80, 25), false);
}

static void *make_virtio_empty(struct fuzz_env *env)
{
	return make_virtio(env, NULL, false);
}

static void virtio_store32(void *chip, unsigned offset, uint32_t value)
{
	virtio_mmio_ops.write(chip, offset, 4, value);
}

/* A driver that starts the device, with its queues somewhere in the random RAM, or
 * makes an entry available whatever it says. */
static void input_virtio(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	uint8_t word[2] = { (uint8_t)value, (uint8_t)(value >> 8) };
	uint32_t base = value & 0x1FFF0, queue = selector >> 1 & 1;

	if (selector % 4 < 2) {
		virtio_store32(chip, 0x070, selector & 8 ? 0 : 3);
		virtio_store32(chip, 0x024, 1);
		virtio_store32(chip, 0x020, 1);
		virtio_store32(chip, 0x024, 0);
		virtio_store32(chip, 0x020, 1u << 28);
		virtio_store32(chip, 0x028, 4096);
		virtio_store32(chip, 0x030, queue);
		virtio_store32(chip, 0x038, 1u << (value >> 17 & 7));
		virtio_store32(chip, 0x080, base);
		virtio_store32(chip, 0x090, base + (value >> 20 & 0xFF0));
		virtio_store32(chip, 0x0A0, base + (value >> 24 & 0xFF) * 4);
		virtio_store32(chip, 0x040, base >> 12);
		virtio_store32(chip, 0x044, 1);
		virtio_store32(chip, 0x070, 15);
		return;
	}
	bus_write(env->bus, base + 2, word, 2);
	virtio_store32(chip, 0x050, queue);
}

#define CHIP_B(name, ops, bytes, make, input)                                                      \
	&(const struct fuzz_chip)                                                                  \
	{                                                                                          \
		name, ops, bytes, make, input, NULL, 0                                             \
	}

const struct fuzz_chip *const fuzz_list[] = {
	CHIP_B("pl050_keyboard", &pl050_ops, PL050_BYTES, make_keyboard, NULL),
	CHIP_B("pl050_mouse", &pl050_ops, PL050_BYTES, make_mouse, NULL),
	CHIP_B("pl110", &pl110_ops, PL11X_BYTES, make_pl110, NULL),
	CHIP_B("pl111", &pl111_ops, PL11X_BYTES, make_pl111, NULL),
	CHIP_B("pl180", &pl180_ops, PL18X_BYTES, make_pl180, input_pl180),
	CHIP_B("ata_cf", &ata_cf_ops, ATA_CF_BYTES, make_ata_cf, NULL),
	CHIP_B("virtio_blk", &virtio_mmio_ops, VIRTIO_MMIO_BYTES, make_virtio_blk, input_virtio),
	CHIP_B("virtio_blk_legacy", &virtio_mmio_ops, VIRTIO_MMIO_BYTES, make_virtio_blk_legacy,
	       input_virtio),
	CHIP_B("virtio_console", &virtio_mmio_ops, VIRTIO_MMIO_BYTES, make_virtio_console,
	       input_virtio),
	CHIP_B("virtio_mmio", &virtio_mmio_ops, VIRTIO_MMIO_BYTES, make_virtio_empty, NULL),
	NULL,
};

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How the fuzzers make the PC's VGA: the ports at 0, DISPI at 40, BAR 2's registers at 1000,
 * the window at 8000 without its last 32 KiB, the memory as RAM far away.
 */
#include "fuzz.h"

#include "dev/display/vga.h"

#define FUZZ_DISPI 0x40
#define FUZZ_MMIO 0x1000
#define FUZZ_WINDOW 0x8000

static void *make_vga(struct fuzz_env *env)
{
	const struct vga_config config = { .clock = env->clock,
					   .memory_bytes = VGA_MEMORY_MIN,
					   .screen = &env->screen };
	struct vga *vga = vga_create(&config);

	if (!vga)
		return NULL;
	bus_add_chip(env->bus, FUZZ_BASE + FUZZ_DISPI, VGA_DISPI_BYTES, &vga_dispi_ops,
		     vga_dispi(vga));
	bus_add_chip(env->bus, FUZZ_BASE + FUZZ_MMIO, VGA_MMIO_BYTES, &vga_mmio_ops, vga_mmio(vga));
	bus_add_chip(env->bus, FUZZ_BASE + FUZZ_WINDOW, VGA_WINDOW_BYTES - FUZZ_WINDOW,
		     &vga_window_ops, vga_window(vga));
	return vga;
}

static void fuzz_dispi_set(struct vga *vga, unsigned index, uint32_t value)
{
	vga_mmio_ops.write(vga_mmio(vga), 0x500 + 2 * index, 2, value & 0xFFFF);
}

/* A mode of DISPI's that may fit, the display switched on, or the end of the window. */
static void input_vga(void *chip, struct fuzz_env *env, unsigned selector, uint32_t value)
{
	static const uint8_t depth[] = { 4, 8, 15, 16, 24, 32, 8, 4 };

	(void)env;
	switch (selector % 4) {
	case 0:
		fuzz_dispi_set(chip, 4, 0);
		fuzz_dispi_set(chip, 1, value & 0x3FF);
		fuzz_dispi_set(chip, 2, value >> 10 & 0x1FF);
		fuzz_dispi_set(chip, 3, depth[value >> 19 & 7]);
		fuzz_dispi_set(chip, 4, 0x41 | (value >> 24 & 0xA0));
		break;
	case 2:
		vga_mmio_ops.write(vga_mmio(chip), 0x402, 1, 0x67);
		vga_mmio_ops.write(vga_mmio(chip), 0x414, 2, 0x8017 | (value & 0xFF) << 8);
		vga_ops.read(chip, 0x2A, 1);
		vga_ops.write(chip, 0x10, 1, 0x20);
		break;
	default:
		vga_window_ops.write(vga_window(chip), 0x18000 + (value & 0x7FFC), 4, value);
	}
}

static const struct fuzz_chip fuzz_vga = { "vga",     &vga_ops, VGA_PORTS_BYTES, make_vga,
					   input_vga, NULL,     0x20000 };

const struct fuzz_chip *const fuzz_list[] = { &fuzz_vga, NULL };

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DISPI, Bochs's extension of the VGA: modes of any size with 4 bits a pixel in planes or
 * 8 to 32 packed, banks of 64 KiB at A0000, a picture larger than the screen.
 *
 * The linear frame buffer is there whether ENABLE_LINEAR is set or not.  A mode that the
 * memory is too small for can't be switched on.
 */
#include <emu/log.h>
#include <string.h>

#include "dev/display/vga_core.h"

static unsigned dispi_bits(const struct vga *v)
{
	unsigned bits = v->dispi_register[DISPI_BPP];

	return bits == 15 ? 16 : bits;
}

uint32_t dispi_line_bytes(const struct vga *v)
{
	unsigned width = v->dispi_register[DISPI_VIRT_WIDTH];

	/* Planes have whole bytes. */
	return dispi_is_packed(v) ? width * dispi_bits(v) / 8 : (width + 7) / 8 * 4;
}

static uint16_t dispi_virtual_height(const struct vga *v)
{
	uint32_t lines = v->memory_bytes / dispi_line_bytes(v);

	return (uint16_t)(lines < UINT16_MAX ? lines : UINT16_MAX);
}

uint16_t dispi_read_register(const struct vga *v, unsigned index)
{
	static const uint16_t limits[] = { VGA_DISPI_WIDTH, VGA_DISPI_HEIGHT, 32 };

	if (index >= DISPI_REGISTERS)
		return 0;
	if (index == DISPI_MEMORY_64K)
		return (uint16_t)(v->memory_bytes >> 16);
	if (index == DISPI_VIRT_HEIGHT)
		return dispi_virtual_height(v);
	if (index >= DISPI_XRES && index <= DISPI_BPP &&
	    (v->dispi_register[DISPI_ENABLE] & ENABLE_GET_CAPABILITIES))
		return limits[index - DISPI_XRES];
	return v->dispi_register[index];
}

bool dispi_bpp_is_known(unsigned bpp)
{
	return bpp == 4 || bpp == 8 || bpp == 15 || bpp == 16 || bpp == 24 || bpp == 32;
}

/* Size and depth stand fast while the extension is on. */
static void dispi_set_mode(struct vga *v, unsigned index, uint16_t value)
{
	bool good = index == DISPI_BPP  ? dispi_bpp_is_known(value) :
		    index == DISPI_XRES ? value && value <= VGA_DISPI_WIDTH :
					  value && value <= VGA_DISPI_HEIGHT;

	if (!good || dispi_on(v))
		LOG(LOG_GUEST, "vga: DISPI register %u isn't set to %u", index, value);
	else
		v->dispi_register[index] = value;
}

static void dispi_switch_on(struct vga *v)
{
	uint16_t *r = v->dispi_register;
	uint64_t bytes;

	r[DISPI_VIRT_WIDTH] = r[DISPI_XRES];
	r[DISPI_BANK] = r[DISPI_X_OFFSET] = r[DISPI_Y_OFFSET] = 0;
	bytes = (uint64_t)dispi_line_bytes(v) * r[DISPI_YRES];
	if (bytes > v->memory_bytes) {
		LOG(LOG_GUEST, "vga: %u x %u at %u bits don't fit", r[DISPI_XRES], r[DISPI_YRES],
		    r[DISPI_BPP]);
		r[DISPI_ENABLE] &= (uint16_t)~ENABLE_ON;
	} else if (!(r[DISPI_ENABLE] & ENABLE_NO_CLEAR)) {
		memset(v->memory, 0, bytes);
	}
}

static void dispi_set_enable(struct vga *v, uint16_t value)
{
	bool was_on = dispi_on(v);

	v->dispi_register[DISPI_ENABLE] =
		value & (ENABLE_ON | ENABLE_GET_CAPABILITIES | ENABLE_8_BIT_DAC | ENABLE_LINEAR |
			 ENABLE_NO_CLEAR);
	if (!was_on && dispi_on(v))
		dispi_switch_on(v);
	vga_retime(v);
}

void dispi_write_register(struct vga *v, unsigned index, uint16_t value)
{
	uint16_t *r = v->dispi_register;

	switch (index) {
	case DISPI_ID:
		if (value >= DISPI_ID_FIRST && value <= DISPI_ID_LAST)
			r[index] = value;
		break;
	case DISPI_XRES:
	case DISPI_YRES:
	case DISPI_BPP:
		dispi_set_mode(v, index, value);
		break;
	case DISPI_ENABLE:
		dispi_set_enable(v, value);
		break;
	case DISPI_BANK:
		r[index] = value & (uint16_t)((v->memory_bytes >> 16) - 1);
		break;
	case DISPI_VIRT_WIDTH:
		if (value >= r[DISPI_XRES])
			r[index] = value;
		break;
	case DISPI_X_OFFSET:
	case DISPI_Y_OFFSET:
		r[index] = value;
		break;
	default:
		LOG(LOG_GUEST, "vga: write %#x to DISPI register %u", value, index);
	}
	vga_window_update(v);
}

void dispi_reset(struct vga *v)
{
	memset(v->dispi_register, 0, sizeof v->dispi_register);
	v->dispi_index = 0;
	v->dispi_low = 0;
	v->dispi_register[DISPI_ID] = DISPI_ID_LAST;
	v->dispi_register[DISPI_XRES] = v->dispi_register[DISPI_VIRT_WIDTH] = 640;
	v->dispi_register[DISPI_YRES] = 480;
	v->dispi_register[DISPI_BPP] = 8;
}

/* Ports 1CE to 1D1: a word at 1CE, and one at 1CF, of which bytes come if the bus splits
 * it, or at 1D0. */
static uint64_t vga_dispi_read(void *chip, gpa offset, unsigned size)
{
	const struct vga *v = ((struct vga_block *)chip)->vga;
	uint16_t data = dispi_read_register(v, v->dispi_index);

	if (offset == 0)
		return size == 1 ? v->dispi_index & 0xFF : v->dispi_index;
	if (size == 2)
		return data;
	return offset == 1 ? data & 0xFF : data >> 8;
}

static void vga_dispi_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct vga *v = ((struct vga_block *)chip)->vga;

	if (offset == 0)
		v->dispi_index = (uint16_t)value;
	else if (size == 2)
		dispi_write_register(v, v->dispi_index, (uint16_t)value);
	else if (offset == 1)
		v->dispi_low = (uint8_t)value;
	else if (offset == 2)
		dispi_write_register(v, v->dispi_index, (uint16_t)(value << 8 | v->dispi_low));
}

const struct chip_ops vga_dispi_ops = {
	.name = "vga_dispi",
	.read = vga_dispi_read,
	.write = vga_dispi_write,
	.max_bytes = 2,
};

/* BAR 2. */
#define MMIO_PORTS 0x400 /* 3C0 to 3DF */
#define MMIO_DISPI 0x500

static uint8_t mmio_read_byte(struct vga *v, unsigned offset)
{
	if (offset >= MMIO_PORTS && offset < MMIO_PORTS + 0x20)
		return vga_port_read(v, offset - MMIO_PORTS + 0x10);
	if (offset >= MMIO_DISPI)
		return (uint8_t)(dispi_read_register(v, (offset - MMIO_DISPI) / 2) >>
				 offset % 2 * 8);
	return 0;
}

static uint64_t vga_mmio_read(void *chip, gpa offset, unsigned size)
{
	struct vga *v = ((struct vga_block *)chip)->vga;
	uint64_t value = mmio_read_byte(v, (unsigned)offset);

	if (size == 2)
		value |= (uint64_t)mmio_read_byte(v, (unsigned)offset + 1) << 8;
	return value;
}

static void mmio_write_dispi(struct vga *v, unsigned offset, unsigned size, uint16_t value)
{
	unsigned index = offset / 2, shift = offset % 2 * 8;

	if (size == 1)
		value = (uint16_t)((v->dispi_register[index] & 0xFF00 >> shift) | value << shift);
	dispi_write_register(v, index, value);
}

static void vga_mmio_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct vga *v = ((struct vga_block *)chip)->vga;
	unsigned at = (unsigned)offset;

	if (at >= MMIO_DISPI && at < MMIO_DISPI + 2 * DISPI_REGISTERS)
		mmio_write_dispi(v, at - MMIO_DISPI, size, (uint16_t)value);
	for (unsigned i = 0; i < size; i++)
		if (at + i >= MMIO_PORTS && at + i < MMIO_PORTS + 0x20)
			vga_port_write(v, at + i - MMIO_PORTS + 0x10, (uint8_t)(value >> 8 * i));
}

const struct chip_ops vga_mmio_ops = {
	.name = "vga_mmio",
	.read = vga_mmio_read,
	.write = vga_mmio_write,
	.max_bytes = 2,
};

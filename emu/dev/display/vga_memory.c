/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The VGA's window at A0000: the graphics controller between CPU and the four planes, and
 * the banks of DISPI.
 *
 * Odd/even addressing is chosen by the sequencer's memory mode for writes and by the
 * graphics controller's mode for reads; the third bit for it (chain odd/even of the
 * miscellaneous register) and the page bit of the miscellaneous output register aren't
 * modelled.  A reader of several bytes gets them one after the other.
 */
#include <string.h>

#include "dev/display/vga_core.h"

#define BANK_BYTES 0x10000u
#define NOWHERE UINT32_MAX

static void vga_store(struct vga *v, uint32_t address, uint32_t planes)
{
	uint8_t *b = v->memory + (address * 4 & (v->memory_bytes - 1));

	for (unsigned p = 0; p < 4; p++)
		b[p] = (uint8_t)(planes >> 8 * p);
}

/* FF in the byte of each plane whose bit is set. */
static uint32_t plane_bytes(unsigned planes)
{
	return ((planes & 15) * 0x00204081u & 0x01010101u) * 0xFF;
}

static bool window_is_on(const struct vga *v)
{
	return (v->subsystem & 1) && (v->misc & MISC_MEMORY);
}

/* The address within the mapped part of the window, or NOWHERE. */
static uint32_t window_decode(const struct vga *v, uint32_t offset)
{
	static const struct {
		uint32_t first, bytes;
	} map[] = { { 0, 0x20000 }, { 0, 0x10000 }, { 0x10000, 0x8000 }, { 0x18000, 0x8000 } };
	unsigned n = v->graphics[GR_MISCELLANEOUS] >> 2 & 3;

	if (dispi_is_packed(v))
		n = 1;
	offset -= map[n].first;
	return window_is_on(v) && offset < map[n].bytes ? offset : NOWHERE;
}

static uint32_t window_bank(const struct vga *v)
{
	return dispi_on(v) ? v->dispi_register[DISPI_BANK] * BANK_BYTES : 0;
}

/* A byte of packed pixels in the bank. */
static uint8_t *window_packed(const struct vga *v, uint32_t at)
{
	return v->memory + ((window_bank(v) + at) & (v->memory_bytes - 1));
}

static bool window_chain_4(const struct vga *v)
{
	return v->sequencer[SEQ_MEMORY_MODE] & MEMORY_CHAIN_4;
}

/* Where a byte of the window is in the planes. */
static uint32_t window_plane_address(const struct vga *v, uint32_t at, bool odd_even)
{
	if (window_chain_4(v))
		at >>= 2;
	else if (odd_even)
		at = (at & 0xFFFE) | at >> 16;
	else
		at &= 0xFFFF;
	return window_bank(v) + at;
}

static unsigned window_read_plane(const struct vga *v, uint32_t at, bool odd_even)
{
	unsigned map = v->graphics[GR_READ_MAP] & 3;

	if (window_chain_4(v))
		return at & 3;
	return odd_even ? (map & 2) | (at & 1) : map;
}

/* Read mode 1: a bit for each pixel that has the colour, as far as one cares. */
static uint8_t window_compare(const struct vga *v)
{
	uint32_t differs = v->latch ^ plane_bytes(v->graphics[GR_COLOUR_COMPARE]);

	differs &= plane_bytes(v->graphics[GR_COLOUR_DONT_CARE]);
	differs |= differs >> 16;
	return (uint8_t) ~(differs | differs >> 8);
}

static uint8_t window_read_byte(struct vga *v, uint32_t offset)
{
	bool odd_even = v->graphics[GR_MODE] & GRAPHICS_ODD_EVEN;
	uint32_t at = window_decode(v, offset);

	if (at == NOWHERE)
		return 0xFF;
	if (dispi_is_packed(v))
		return *window_packed(v, at);
	v->latch = vga_load(v, window_plane_address(v, at, odd_even));
	if (v->graphics[GR_MODE] & GRAPHICS_READ_MODE_1)
		return window_compare(v);
	return (uint8_t)(v->latch >> 8 * window_read_plane(v, at, odd_even));
}

static uint8_t window_rotate(const struct vga *v, uint8_t value)
{
	unsigned count = v->graphics[GR_DATA_ROTATE] & 7;

	return (uint8_t)(value >> count | value << (8 - count));
}

/* The function of the data rotate register, with the latches. */
static uint32_t window_logic(const struct vga *v, uint32_t value)
{
	switch (v->graphics[GR_DATA_ROTATE] >> 3 & 3) {
	case 1:
		return value & v->latch;
	case 2:
		return value | v->latch;
	case 3:
		return value ^ v->latch;
	default:
		return value;
	}
}

/* What a write of `value` puts into the four planes. */
static uint32_t window_data(const struct vga *v, uint8_t value)
{
	uint32_t set_reset = plane_bytes(v->graphics[GR_SET_RESET]), data, enabled;
	uint8_t mask = v->graphics[GR_BIT_MASK];

	switch (v->graphics[GR_MODE] & 3) {
	case 0:
		enabled = plane_bytes(v->graphics[GR_ENABLE_SET_RESET]);
		data = (window_rotate(v, value) * 0x01010101u & ~enabled) | (set_reset & enabled);
		break;
	case 1:
		return v->latch;
	case 2:
		data = plane_bytes(value);
		break;
	default:
		mask &= window_rotate(v, value);
		data = set_reset;
	}
	return (window_logic(v, data) & mask * 0x01010101u) | (v->latch & ~(mask * 0x01010101u));
}

static unsigned window_write_planes(const struct vga *v, uint32_t at, bool odd_even)
{
	unsigned planes = v->sequencer[SEQ_MAP_MASK];

	if (window_chain_4(v))
		return planes & 1u << (at & 3);
	return odd_even ? planes & 5u << (at & 1) : planes;
}

static void window_write_byte(struct vga *v, uint32_t offset, uint8_t value)
{
	bool odd_even = !(v->sequencer[SEQ_MEMORY_MODE] & MEMORY_SEQUENTIAL);
	uint32_t at = window_decode(v, offset), address, planes;

	if (at == NOWHERE)
		return;
	if (dispi_is_packed(v)) {
		*window_packed(v, at) = value;
		return;
	}
	address = window_plane_address(v, at, odd_even);
	planes = plane_bytes(window_write_planes(v, at, odd_even));
	vga_store(v, address, (vga_load(v, address) & ~planes) | (window_data(v, value) & planes));
}

static uint64_t vga_window_read(void *chip, gpa offset, unsigned size)
{
	struct vga_block *b = chip;
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value |= (uint64_t)window_read_byte(b->vga, (uint32_t)offset + i) << 8 * i;
	return value;
}

static void vga_window_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct vga_block *b = chip;

	for (unsigned i = 0; i < size; i++)
		window_write_byte(b->vga, (uint32_t)offset + i, (uint8_t)(value >> 8 * i));
}

const struct chip_ops vga_window_ops = {
	.name = "vga_window",
	.read = vga_window_read,
	.write = vga_window_write,
};

/* Chain 4 with nothing between the CPU and the planes. */
static bool window_is_transparent(const struct vga *v)
{
	return window_chain_4(v) && v->sequencer[SEQ_MAP_MASK] == 15 &&
	       !(v->graphics[GR_MODE] & (GRAPHICS_READ_MODE_1 | 3)) &&
	       !v->graphics[GR_ENABLE_SET_RESET] && !v->graphics[GR_DATA_ROTATE] &&
	       v->graphics[GR_BIT_MASK] == 0xFF;
}

bool vga_window_plain(const struct vga *v, struct vga_plain *plain)
{
	unsigned map = v->graphics[GR_MISCELLANEOUS] >> 2 & 3;

	*plain = (struct vga_plain){ 0 };
	if (!window_is_on(v))
		return false;
	if (dispi_is_packed(v))
		*plain = (struct vga_plain){ 0, BANK_BYTES, window_bank(v) };
	else if (window_is_transparent(v) && !dispi_on(v) && map < 2)
		*plain = (struct vga_plain){ 0, map ? BANK_BYTES : VGA_WINDOW_BYTES, 0 };
	return plain->bytes != 0;
}

void vga_window_update(struct vga *v)
{
	struct vga_plain plain;

	vga_window_plain(v, &plain);
	if (memcmp(&plain, &v->plain, sizeof plain) == 0)
		return;
	v->plain = plain;
	if (v->window_changed)
		v->window_changed(v->context);
}

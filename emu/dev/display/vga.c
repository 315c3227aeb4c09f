/* SPDX-License-Identifier: BSD-2-Clause
 *
 * VGA with Bochs's DISPI: the whole chip, its reset and state.  Registers are in
 * vga_ports.c, the window in vga_memory.c, DISPI in vga_dispi.c, the picture in
 * vga_draw.c, retraces in vga_time.c.
 *
 * Not modelled: the line of the vertical interrupt (its bit in input status 0 is), the
 * light pen, the feature connector, the diagnostic bits of input status 1, the resets of
 * the sequencer.  Reset leaves the memory as it is.
 */
#include "dev/display/vga.h"

#include <emu/archive.h>
#include <emu/port.h>
#include <string.h>

#include "dev/display/vga_core.h"

#define TIME_LIMIT (1ull << 62)

static uint64_t vga_ports_read(void *chip, gpa offset, unsigned size)
{
	(void)size;
	return vga_port_read(chip, (unsigned)offset);
}

static void vga_ports_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	(void)size;
	vga_port_write(chip, (unsigned)offset, (uint8_t)value);
}

static void vga_reset(void *chip)
{
	struct vga *v = chip;

	v->misc = v->feature = 0;
	v->subsystem = 1;
	v->sequencer_index = v->crtc_index = v->graphics_index = v->attribute_index = 0;
	memset(v->sequencer, 0, sizeof v->sequencer);
	memset(v->crtc, 0, sizeof v->crtc);
	memset(v->graphics, 0, sizeof v->graphics);
	memset(v->attribute, 0, sizeof v->attribute);
	v->attribute_data = false;
	v->pel_mask = 0xFF;
	v->dac_index = v->dac_component = 0;
	v->dac_reading = false;
	memset(v->dac_latch, 0, sizeof v->dac_latch);
	memset(v->dac, 0, sizeof v->dac);
	v->latch = 0;
	v->start_shown = 0;
	dispi_reset(v);
	vga_retime(v);
	v->start_changed_at = v->interrupt_cleared_at = vga_retraces(v);
	vga_window_update(v);
}

static bool vga_registers_hold(const struct vga *v)
{
	const uint16_t *r = v->dispi_register;

	return dispi_bpp_is_known(r[DISPI_BPP]) && v->dac_component < 3 &&
	       v->attribute_index < 0x40 && r[DISPI_XRES] && r[DISPI_XRES] <= VGA_DISPI_WIDTH &&
	       r[DISPI_YRES] && r[DISPI_YRES] <= VGA_DISPI_HEIGHT && r[DISPI_VIRT_WIDTH] &&
	       r[DISPI_BANK] < v->memory_bytes >> 16;
}

static void vga_state_registers(struct vga *v, struct archive *a)
{
	archive_u8(a, "misc", &v->misc);
	archive_u8(a, "feature", &v->feature);
	archive_u8(a, "subsystem", &v->subsystem);
	archive_u8(a, "sequencer_index", &v->sequencer_index);
	archive_bytes(a, "sequencer", v->sequencer, sizeof v->sequencer);
	archive_u8(a, "crtc_index", &v->crtc_index);
	archive_bytes(a, "crtc", v->crtc, sizeof v->crtc);
	archive_u8(a, "graphics_index", &v->graphics_index);
	archive_bytes(a, "graphics", v->graphics, sizeof v->graphics);
	archive_u8(a, "attribute_index", &v->attribute_index);
	archive_bytes(a, "attribute", v->attribute, sizeof v->attribute);
	archive_bool(a, "attribute_data", &v->attribute_data);
	archive_u8(a, "pel_mask", &v->pel_mask);
	archive_u8(a, "dac_index", &v->dac_index);
	archive_u8(a, "dac_component", &v->dac_component);
	archive_bool(a, "dac_reading", &v->dac_reading);
	archive_bytes(a, "dac_latch", v->dac_latch, sizeof v->dac_latch);
	archive_bytes(a, "dac", v->dac, sizeof v->dac);
	archive_u32(a, "latch", &v->latch);
	archive_u16(a, "dispi_index", &v->dispi_index);
	for (unsigned i = 0; i < DISPI_REGISTERS; i++)
		archive_u16(a, "dispi", &v->dispi_register[i]);
	archive_u8(a, "dispi_low", &v->dispi_low);
}

static void vga_state(void *chip, struct archive *a)
{
	struct vga *v = chip;

	vga_state_registers(v, a);
	archive_u64(a, "epoch", &v->epoch_ns);
	archive_u64(a, "retraces", &v->retraces_before);
	archive_u16(a, "start_shown", &v->start_shown);
	archive_u64(a, "start_changed", &v->start_changed_at);
	archive_u64(a, "interrupt_cleared", &v->interrupt_cleared_at);
	archive_memory(a, "memory", v->memory, v->memory_bytes);
	archive_require(a, vga_registers_hold(v));
	archive_require(a, v->epoch_ns < TIME_LIMIT && v->retraces_before < TIME_LIMIT);
	if (!archive_loading(a))
		return;
	if (archive_failed(a)) {
		vga_reset(v);
		return;
	}
	v->timing = vga_timing(v);
	vga_window_update(v);
}

static void vga_destroy(void *chip)
{
	struct vga *v = chip;

	port_free(v->memory, v->memory_bytes);
	port_free(v, sizeof *v);
}

const struct chip_ops vga_ops = {
	.name = "vga",
	.read = vga_ports_read,
	.write = vga_ports_write,
	.reset = vga_reset,
	.state = vga_state,
	.destroy = vga_destroy,
	.max_bytes = 1,
};

struct vga_block *vga_window(struct vga *v)
{
	return &v->window;
}

struct vga_block *vga_dispi(struct vga *v)
{
	return &v->dispi;
}

struct vga_block *vga_mmio(struct vga *v)
{
	return &v->mmio;
}

hva vga_memory(struct vga *v, uint64_t *bytes)
{
	*bytes = v->memory_bytes;
	return v->memory;
}

static bool vga_size_is_valid(uint32_t bytes)
{
	return bytes >= VGA_MEMORY_MIN && bytes <= VGA_MEMORY_MAX && !(bytes & (bytes - 1));
}

struct vga *vga_create(const struct vga_config *config)
{
	uint32_t bytes = config->memory_bytes ? config->memory_bytes : 0x1000000;
	struct vga *v = vga_size_is_valid(bytes) ? port_allocate(sizeof *v, PORT_PLAIN) : NULL;

	if (!v)
		return NULL;
	v->memory = port_allocate(bytes, PORT_PLAIN);
	if (!v->memory) {
		port_free(v, sizeof *v);
		return NULL;
	}
	v->memory_bytes = bytes;
	v->clock = config->clock;
	v->window.vga = v->dispi.vga = v->mmio.vga = v;
	vga_reset(v);
	/* Whoever listens needn't hear of what isn't finished. */
	v->window_changed = config->window_changed;
	v->context = config->context;
	if (config->screen)
		*config->screen = (struct screen){ v, vga_geometry, vga_draw, vga_text };
	return v;
}

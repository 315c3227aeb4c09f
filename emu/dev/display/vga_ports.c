/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The VGA's ports 3B0 to 3DF: index and data of sequencer, CRT controller, graphics and
 * attribute controller, the DAC, and the registers that have ports of their own.
 *
 * Reserved bits read 0.  The palette can be written whether the display has it or not; the
 * light pen's registers behind 10 and 11 of the CRT controller aren't there.
 */
#include <emu/log.h>

#include "dev/display/vga_core.h"

#define PORT(port) ((port)-0x3B0)
#define STATUS_0_SENSE 0x10 /* a monitor loads the DAC's outputs */
#define STATUS_0_INTERRUPT 0x80

/* Which bits of each register there are. */
static const uint8_t sequencer_bits[SEQUENCER_REGISTERS] = { 0x03, 0x3D, 0x0F, 0x3F, 0x0E };
static const uint8_t graphics_bits[GRAPHICS_REGISTERS] = { 0x0F, 0x0F, 0x0F, 0x1F, 0x03,
							   0x7B, 0x0F, 0x0F, 0xFF };

static uint8_t attribute_mask(unsigned index)
{
	static const uint8_t above_palette[] = { 0xEF, 0xFF, 0x3F, 0x0F, 0x0F };

	return index < AR_MODE_CONTROL ? 0x3F : above_palette[index - AR_MODE_CONTROL];
}

/* CRT controller. */
static uint8_t crtc_read(const struct vga *v)
{
	switch (v->crtc_index) {
	case CR_LATCH:
		return (uint8_t)(v->latch >> 8 * (v->graphics[GR_READ_MAP] & 3));
	case CR_FLIP_FLOP:
		return (uint8_t)(v->attribute_data << 7);
	case CR_ATTRIBUTE_INDEX:
		return v->attribute_index;
	default:
		return v->crtc_index < CRTC_REGISTERS ? v->crtc[v->crtc_index] : 0;
	}
}

/* What a write leaves of a register: 0 to 7 may be protected, but for a bit of line
 * compare. */
static uint8_t crtc_writable(const struct vga *v)
{
	if (v->crtc_index > CR_OVERFLOW || !(v->crtc[CR_RETRACE_END] & RETRACE_PROTECT))
		return 0xFF;
	return v->crtc_index == CR_OVERFLOW ? 0x10 : 0;
}

static void crtc_write(struct vga *v, uint8_t value)
{
	unsigned index = v->crtc_index;
	uint8_t bits = crtc_writable(v);

	if (index >= CRTC_REGISTERS)
		return;
	if (index == CR_START_HIGH || index == CR_START_LOW)
		vga_start_changes(v);
	if (index == CR_RETRACE_END && !(value & RETRACE_INTERRUPT_ON))
		v->interrupt_cleared_at = vga_retraces(v);
	v->crtc[index] = (uint8_t)((v->crtc[index] & ~bits) | (value & bits));
	vga_retime(v);
}

/* Sequencer and graphics controller. */
static uint8_t sequencer_read(const struct vga *v)
{
	return v->sequencer_index < SEQUENCER_REGISTERS ? v->sequencer[v->sequencer_index] : 0;
}

static void sequencer_write(struct vga *v, uint8_t value)
{
	unsigned index = v->sequencer_index;

	if (index >= SEQUENCER_REGISTERS)
		return;
	v->sequencer[index] = value & sequencer_bits[index];
	if (index == SEQ_CLOCKING_MODE)
		vga_retime(v);
	vga_window_update(v);
}

static uint8_t graphics_read(const struct vga *v)
{
	return v->graphics_index < GRAPHICS_REGISTERS ? v->graphics[v->graphics_index] : 0;
}

static void graphics_write(struct vga *v, uint8_t value)
{
	unsigned index = v->graphics_index;

	if (index >= GRAPHICS_REGISTERS)
		return;
	v->graphics[index] = value & graphics_bits[index];
	vga_window_update(v);
}

/* Attribute controller: index and data take turns at 3C0. */
static uint8_t attribute_read(const struct vga *v)
{
	unsigned index = v->attribute_index & 0x1F;

	return index < ATTRIBUTE_REGISTERS ? v->attribute[index] : 0;
}

static void attribute_write(struct vga *v, uint8_t value)
{
	unsigned index = v->attribute_index & 0x1F;

	if (!v->attribute_data)
		v->attribute_index = value & 0x3F;
	else if (index < ATTRIBUTE_REGISTERS)
		v->attribute[index] = value & attribute_mask(index);
	v->attribute_data = !v->attribute_data;
}

/* DAC.  To read, it fetches a colour and moves on to the next before it is asked; to
 * write, it stores one when all three parts are there. */
static unsigned dac_shift(const struct vga *v)
{
	return v->dispi_register[DISPI_ENABLE] & ENABLE_8_BIT_DAC ? 0 : 2;
}

static void dac_fetch(struct vga *v)
{
	for (unsigned i = 0; i < 3; i++)
		v->dac_latch[i] = v->dac[v->dac_index][i];
	v->dac_index++;
}

static void dac_set_index(struct vga *v, uint8_t index, bool reading)
{
	v->dac_index = index;
	v->dac_component = 0;
	v->dac_reading = reading;
	if (reading)
		dac_fetch(v);
}

static uint8_t dac_read(struct vga *v)
{
	uint8_t value = v->dac_latch[v->dac_component] >> dac_shift(v);

	if (++v->dac_component == 3) {
		v->dac_component = 0;
		dac_fetch(v);
	}
	return value;
}

static void dac_write(struct vga *v, uint8_t value)
{
	v->dac_latch[v->dac_component] = (uint8_t)(value << dac_shift(v));
	if (++v->dac_component < 3)
		return;
	v->dac_component = 0;
	for (unsigned i = 0; i < 3; i++)
		v->dac[v->dac_index][i] = v->dac_latch[i];
	v->dac_index++;
}

/* Status. */
static uint8_t status_0_read(const struct vga *v)
{
	bool interrupt = (v->crtc[CR_RETRACE_END] & RETRACE_INTERRUPT_ON) &&
			 vga_retraces(v) > v->interrupt_cleared_at;

	return STATUS_0_SENSE | (interrupt ? STATUS_0_INTERRUPT : 0);
}

static uint8_t status_1_read(struct vga *v)
{
	v->attribute_data = false;
	return vga_display_status(v);
}

/* Ports that move with the colour bit, named by where they are with it; 0: not here. */
static unsigned colour_port(const struct vga *v, unsigned port)
{
	bool here = v->misc & MISC_COLOUR_PORTS;

	if (port < PORT(0x3C0))
		return here ? 0 : port + 0x20;
	if (port >= PORT(0x3D0))
		return here ? port : 0;
	return port;
}

static uint8_t port_read_common(struct vga *v, unsigned port)
{
	switch (port) {
	case PORT(0x3C0):
		return v->attribute_index;
	case PORT(0x3C1):
		return attribute_read(v);
	case PORT(0x3C2):
		return status_0_read(v);
	case PORT(0x3C4):
		return v->sequencer_index;
	case PORT(0x3C5):
		return sequencer_read(v);
	case PORT(0x3CA):
		return v->feature;
	case PORT(0x3CC):
		return v->misc;
	case PORT(0x3CE):
		return v->graphics_index;
	case PORT(0x3CF):
		return graphics_read(v);
	case PORT(0x3D4):
		return v->crtc_index;
	case PORT(0x3D5):
		return crtc_read(v);
	case PORT(0x3DA):
		return status_1_read(v);
	default:
		return 0xFF;
	}
}

uint8_t vga_port_read(struct vga *v, unsigned port)
{
	if (port == PORT(0x3C3))
		return v->subsystem;
	if (!(v->subsystem & 1))
		return 0xFF;
	switch (port) {
	case PORT(0x3C6):
		return v->pel_mask;
	case PORT(0x3C7):
		return v->dac_reading ? 3 : 0;
	case PORT(0x3C8):
		return v->dac_index;
	case PORT(0x3C9):
		return dac_read(v);
	default:
		return port_read_common(v, colour_port(v, port));
	}
}

static void misc_write(struct vga *v, uint8_t value)
{
	v->misc = value & 0xEF;
	vga_retime(v);
	vga_window_update(v);
}

static void port_write_common(struct vga *v, unsigned port, uint8_t value)
{
	switch (port) {
	case PORT(0x3C0):
		attribute_write(v, value);
		break;
	case PORT(0x3C2):
		misc_write(v, value);
		break;
	case PORT(0x3C4):
		v->sequencer_index = value;
		break;
	case PORT(0x3C5):
		sequencer_write(v, value);
		break;
	case PORT(0x3CE):
		v->graphics_index = value;
		break;
	case PORT(0x3CF):
		graphics_write(v, value);
		break;
	case PORT(0x3D4):
		v->crtc_index = value;
		break;
	case PORT(0x3D5):
		crtc_write(v, value);
		break;
	case PORT(0x3DA):
		v->feature = value & 0x0B;
		break;
	default:
		LOG(LOG_UNIMPLEMENTED, "vga: write %#x to port %#x or where it moves", value,
		    port + 0x3B0);
	}
}

void vga_port_write(struct vga *v, unsigned port, uint8_t value)
{
	if (port == PORT(0x3C3)) {
		v->subsystem = value & 1;
		vga_window_update(v);
	}
	if (!(v->subsystem & 1))
		return;
	switch (port) {
	case PORT(0x3C3):
		break;
	case PORT(0x3C6):
		v->pel_mask = value;
		break;
	case PORT(0x3C7):
	case PORT(0x3C8):
		dac_set_index(v, value, port == PORT(0x3C7));
		break;
	case PORT(0x3C9):
		dac_write(v, value);
		break;
	default:
		port_write_common(v, colour_port(v, port), value);
	}
}

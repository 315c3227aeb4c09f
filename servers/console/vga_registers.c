/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Setting a VGA's mode without its BIOS.
 */
#include "vga_registers.h"

#define VGA_PALETTE_ADDRESS_SOURCE 0x20 /* attribute index: the screen shows */
#define VGA_PROTECT 0x80                /* CRT register 0x11: 0 to 7 can't be written */

const struct vga_mode vga_mode_text = {
	.miscellaneous = 0x67, /* 28 MHz, colour addresses, 400 lines */
	.sequencer = { 0x03, 0x00, 0x03, 0x00, 0x02 },
	.crt = { 0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x20, 0x00, 0x00,
		 0x00, 0x00, 0x00, 0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff },
	.graphics = { 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff },
	.attribute = { 0x04, 0x00, 0x0f, 0x08, 0x00 },
};

const struct vga_mode vga_mode_pixels = {
	.miscellaneous = 0xe3, /* 25 MHz, colour addresses, 480 lines */
	.sequencer = { 0x03, 0x01, 0x0f, 0x00, 0x06 },
	.crt = { 0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0x0b, 0x3e, 0x00, 0x40, 0x00, 0x00, 0x00,
		 0x00, 0x00, 0x00, 0xea, 0x8c, 0xdf, 0x28, 0x00, 0xe7, 0x04, 0xe3, 0xff },
	.graphics = { 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x0f, 0xff },
	.attribute = { 0x01, 0x00, 0x0f, 0x00, 0x00 },
};

/* Index and value go to one port, alternately; reading the status begins with the index.
 * Bit 5 of the index turns the screen on. */
static void vga_write_attribute(uint8_t index, uint8_t value)
{
	port_in8(VGA_STATUS);
	port_out8(VGA_ATTRIBUTE, index);
	port_out8(VGA_ATTRIBUTE, value);
}

void vga_set_attribute(uint8_t index, uint8_t value)
{
	vga_write_attribute(index | VGA_PALETTE_ADDRESS_SOURCE, value);
}

void vga_unblank(void)
{
	port_in8(VGA_STATUS);
	port_out8(VGA_ATTRIBUTE, VGA_PALETTE_ADDRESS_SOURCE);
}

void vga_set_mode(const struct vga_mode *mode)
{
	port_in8(VGA_STATUS);
	port_out8(VGA_ATTRIBUTE, 0);
	port_out8(VGA_MISCELLANEOUS, mode->miscellaneous);
	/* The clock changes only while the sequencer is held. */
	vga_set(VGA_SEQUENCER, VGA_RESET, 0x01);
	for (uint8_t i = 1; i < sizeof(mode->sequencer); i++)
		vga_set(VGA_SEQUENCER, i, mode->sequencer[i]);
	vga_set(VGA_SEQUENCER, VGA_RESET, mode->sequencer[VGA_RESET]);
	vga_set(VGA_CRT, VGA_VERTICAL_SYNC_END,
		mode->crt[VGA_VERTICAL_SYNC_END] & (uint8_t)~VGA_PROTECT);
	for (uint8_t i = 0; i < sizeof(mode->crt); i++)
		vga_set(VGA_CRT, i, mode->crt[i]);
	for (uint8_t i = 0; i < sizeof(mode->graphics); i++)
		vga_set(VGA_GRAPHICS, i, mode->graphics[i]);
	for (uint8_t i = 0; i < 16; i++)
		vga_write_attribute(i, i);
	for (uint8_t i = 0; i < sizeof(mode->attribute); i++)
		vga_write_attribute(VGA_ATTRIBUTE_MODE + i, mode->attribute[i]);
	port_out8(VGA_DAC_MASK, 0xff);
}

void vga_set_colours(const uint32_t *colours, unsigned count)
{
	port_out8(VGA_DAC_INDEX, 0);
	for (unsigned i = 0; i < count; i++) {
		port_out8(VGA_DAC_DATA, colours[i] >> 18 & 0x3f);
		port_out8(VGA_DAC_DATA, colours[i] >> 10 & 0x3f);
		port_out8(VGA_DAC_DATA, colours[i] >> 2 & 0x3f);
	}
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Inside the VGA: its registers, and what its files call of each other.  Registers have
 * the numbers of IBM's reference: sequencer, crtc, graphics, attribute and then the index.
 */
#ifndef EMU_DEV_DISPLAY_VGA_CORE_H
#define EMU_DEV_DISPLAY_VGA_CORE_H

#include "dev/display/vga.h"

#define SEQUENCER_REGISTERS 5
#define SEQ_CLOCKING_MODE 1
#define CLOCKING_8_DOTS 0x01
#define CLOCKING_HALF_DOT_CLOCK 0x08
#define CLOCKING_SCREEN_OFF 0x20
#define SEQ_MAP_MASK 2
#define SEQ_CHARACTER_MAP 3
#define SEQ_MEMORY_MODE 4
#define MEMORY_SEQUENTIAL 0x04 /* not odd/even */
#define MEMORY_CHAIN_4 0x08

#define CRTC_REGISTERS 0x19
#define CR_HORIZONTAL_TOTAL 0x00
#define CR_HORIZONTAL_DISPLAY_END 0x01
#define CR_VERTICAL_TOTAL 0x06
#define CR_OVERFLOW 0x07
#define CR_PRESET_ROW_SCAN 0x08
#define CR_MAXIMUM_SCAN_LINE 0x09
#define SCAN_LINE_COMPARE_9 0x40
#define SCAN_LINE_DOUBLE 0x80
#define CR_CURSOR_START 0x0A
#define CURSOR_OFF 0x20
#define CR_CURSOR_END 0x0B
#define CR_START_HIGH 0x0C
#define CR_START_LOW 0x0D
#define CR_CURSOR_HIGH 0x0E
#define CR_CURSOR_LOW 0x0F
#define CR_RETRACE_START 0x10
#define CR_RETRACE_END 0x11
#define RETRACE_INTERRUPT_ON 0x10 /* 0 clears the interrupt */
#define RETRACE_PROTECT 0x80
#define CR_VERTICAL_DISPLAY_END 0x12
#define CR_OFFSET 0x13
#define CR_UNDERLINE 0x14
#define UNDERLINE_COUNT_BY_4 0x20
#define UNDERLINE_DOUBLEWORD 0x40
#define CR_MODE_CONTROL 0x17
#define MODE_NOT_ROW_TO_13 0x01
#define MODE_NOT_ROW_TO_14 0x02
#define MODE_HALF_LINES 0x04
#define MODE_COUNT_BY_2 0x08
#define MODE_WRAP_15 0x20
#define MODE_BYTE 0x40
#define MODE_RUN 0x80 /* 0 stops the retraces */
#define CR_LINE_COMPARE 0x18
#define CR_LATCH 0x22
#define CR_FLIP_FLOP 0x24
#define CR_ATTRIBUTE_INDEX 0x26

#define GRAPHICS_REGISTERS 9
#define GR_SET_RESET 0
#define GR_ENABLE_SET_RESET 1
#define GR_COLOUR_COMPARE 2
#define GR_DATA_ROTATE 3
#define GR_READ_MAP 4
#define GR_MODE 5
#define GRAPHICS_READ_MODE_1 0x08
#define GRAPHICS_ODD_EVEN 0x10
#define GRAPHICS_SHIFT_INTERLEAVE 0x20
#define GRAPHICS_SHIFT_256 0x40
#define GR_MISCELLANEOUS 6
#define MISCELLANEOUS_GRAPHICS 0x01
#define GR_COLOUR_DONT_CARE 7
#define GR_BIT_MASK 8

#define ATTRIBUTE_REGISTERS 0x15
#define AR_MODE_CONTROL 0x10
#define ATTRIBUTE_LINE_GRAPHICS 0x04
#define ATTRIBUTE_BLINK 0x08
#define ATTRIBUTE_SPLIT_UNPANNED 0x20
#define ATTRIBUTE_8_BITS 0x40
#define ATTRIBUTE_SELECT_54 0x80
#define AR_OVERSCAN 0x11
#define AR_PLANE_ENABLE 0x12
#define AR_PANNING 0x13
#define AR_COLOUR_SELECT 0x14
#define ATTRIBUTE_SHOW 0x20 /* of the index: the display has the palette */

#define MISC_COLOUR_PORTS 0x01
#define MISC_MEMORY 0x02
#define MISC_CLOCK(misc) ((misc) >> 2 & 3)

enum dispi_register {
	DISPI_ID,
	DISPI_XRES,
	DISPI_YRES,
	DISPI_BPP,
	DISPI_ENABLE,
	DISPI_BANK,
	DISPI_VIRT_WIDTH,
	DISPI_VIRT_HEIGHT,
	DISPI_X_OFFSET,
	DISPI_Y_OFFSET,
	DISPI_MEMORY_64K,
	DISPI_REGISTERS,
};

#define DISPI_ID_FIRST 0xB0C0
#define DISPI_ID_LAST 0xB0C5
#define ENABLE_ON 0x01
#define ENABLE_GET_CAPABILITIES 0x02
#define ENABLE_8_BIT_DAC 0x20
#define ENABLE_LINEAR 0x40
#define ENABLE_NO_CLEAR 0x80

/* How long things take; never all zero. */
struct vga_timing {
	uint32_t line_ns, line_display_ns;
	uint32_t lines, display_lines;           /* of a frame */
	uint32_t retrace_line, retrace_end_line; /* [first, end) */
};

struct vga_block {
	struct vga *vga;
};

struct vga {
	struct clock *clock;
	struct vga_block window, dispi, mmio; /* not first: a bus knows chips by address */
	hva memory;
	uint32_t memory_bytes;
	void (*window_changed)(void *context);
	void *context;

	uint8_t misc, feature, subsystem;
	uint8_t sequencer_index, sequencer[SEQUENCER_REGISTERS];
	uint8_t crtc_index, crtc[CRTC_REGISTERS];
	uint8_t graphics_index, graphics[GRAPHICS_REGISTERS];
	uint8_t attribute_index, attribute[ATTRIBUTE_REGISTERS];
	bool attribute_data; /* the flip-flop: 3C0 expects data */

	uint8_t pel_mask, dac_index, dac_component;
	bool dac_reading;
	uint8_t dac_latch[3];
	uint8_t dac[256][3]; /* 8 bits; the upper 6 of them unless ENABLE_8_BIT_DAC */

	uint32_t latch; /* byte p is plane p's */

	uint16_t dispi_index, dispi_register[DISPI_REGISTERS];
	uint8_t dispi_low; /* of a data word that comes as bytes */

	/* Time: frames since `epoch_ns`, when the timing was set, and retraces before. */
	struct vga_timing timing; /* follows from the registers */
	uint64_t epoch_ns, retraces_before;
	/* The start address, until the retrace after its last change. */
	uint16_t start_shown;
	uint64_t start_changed_at;     /* in retraces */
	uint64_t interrupt_cleared_at; /* likewise */

	struct vga_plain plain; /* as last reported */
};

/* As the registers say. */
struct vga_timing vga_timing(const struct vga *v);
/* To be called after each change of a register that timing depends on. */
void vga_retime(struct vga *v);
/* Vertical retraces that have begun since the chip was made. */
uint64_t vga_retraces(const struct vga *v);
/* Bits 0 and 3 of input status register 1. */
uint8_t vga_display_status(const struct vga *v);
uint16_t vga_start_address(const struct vga *v);
/* To be called before a change of the start address registers. */
void vga_start_changes(struct vga *v);

static inline uint16_t vga_crtc16(const struct vga *v, unsigned high)
{
	return (uint16_t)(v->crtc[high] << 8 | v->crtc[high + 1]);
}

/* A vertical value of ten bits: 8 in its register, bits 8 and 9 where they found room. */
static inline uint32_t vga_crtc10(const struct vga *v, unsigned low, unsigned bit_8, unsigned bit_9)
{
	unsigned overflow = v->crtc[CR_OVERFLOW];

	return v->crtc[low] | (overflow >> bit_8 & 1) << 8 | (overflow >> bit_9 & 1) << 9;
}

bool dispi_bpp_is_known(unsigned bpp);

static inline bool dispi_on(const struct vga *v)
{
	return v->dispi_register[DISPI_ENABLE] & ENABLE_ON;
}

/* Packed pixels, no planes. */
static inline bool dispi_is_packed(const struct vga *v)
{
	return dispi_on(v) && v->dispi_register[DISPI_BPP] > 4;
}

/* From one line to the next in the video memory. */
uint32_t dispi_line_bytes(const struct vga *v);
void dispi_reset(struct vga *v);
uint16_t dispi_read_register(const struct vga *v, unsigned index);
void dispi_write_register(struct vga *v, unsigned index, uint16_t value);

/* Ports, by offset from 3B0. */
uint8_t vga_port_read(struct vga *v, unsigned port);
void vga_port_write(struct vga *v, unsigned port, uint8_t value);

/* To be called after each change of a register that the window depends on. */
void vga_window_update(struct vga *v);

/* struct screen's. */
void vga_geometry(void *chip, unsigned *width, unsigned *height);
void vga_draw(void *chip, uint32_t *pixels, size_t stride);
bool vga_text(void *chip, struct screen_text *t);

/* The four planes' bytes at one address: byte p of the word is plane p's. */
static inline uint32_t vga_load(const struct vga *v, uint32_t address)
{
	const uint8_t *b = v->memory + (address * 4 & (v->memory_bytes - 1));

	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

#endif

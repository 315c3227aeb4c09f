/* SPDX-License-Identifier: BSD-2-Clause
 *
 * VGA (IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem") with the linear
 * frame buffer extension of Bochs (DISPI, version B0C5).
 *
 * One chip in five blocks.  vga_ops owns it: it resets, saves and frees everything, the
 * memory too; the others only answer accesses, and each is an object of its own for the
 * bus, so that PCI can move it.
 *
 *	block			mapped with	offset 0 is	bytes
 *	vga			vga_ops		port 3B0	0x30, to 3DF
 *	vga_window(vga)		vga_window_ops	memory A0000	0x20000, to BFFFF
 *	vga_dispi(vga)		vga_dispi_ops	port 1CE	4, to 1D1
 *	vga_mmio(vga)		vga_mmio_ops	PCI BAR 2	0x1000
 *	vga_memory(vga)		bus_add_ram	PCI BAR 0	config.memory_bytes
 *
 * The board maps what else lies in those ports (a printer at 3BC to 3BE) after the VGA.
 * CRT controller, input status and feature control answer at 3Bx or at 3Dx as bit 0 of
 * the miscellaneous output register says.
 *
 * The index of DISPI is the 16-bit port 1CE, the data the 16-bit port 1CF (1D0 for CPUs
 * that like it even).  A data word that comes as bytes, since 1CF is odd, takes effect with
 * the upper one.  BAR 2 has the ports 3C0 to 3DF at 400 and DISPI's registers as 16-bit
 * words at 500; everything else there reads 0.
 *
 * Video memory: byte 4 * n + p is byte n of plane p.  Chain 4 is packed as on SVGA chips:
 * byte n of the window is byte n of the memory.  So 256-colour modes, the banks of DISPI
 * and the linear frame buffer show the same bytes.
 *
 * The picture is worked out of registers and memory when the port asks for one, so nobody
 * need notice writes to the memory.  Its size is what a monitor would see, in dots of the
 * full dot clock and in scan lines, without the border: 720 x 400 for 80 x 25 text,
 * 640 x 400 for modes 0D and 13, 640 x 480 for 12 and for 320 x 240; with DISPI
 * XRES x YRES.
 */
#ifndef EMU_DEV_DISPLAY_VGA_H
#define EMU_DEV_DISPLAY_VGA_H

#include <emu/backend.h>
#include <emu/chip.h>
#include <emu/clock.h>

#define VGA_PORTS_BYTES 0x30
#define VGA_WINDOW_BYTES 0x20000
#define VGA_DISPI_BYTES 4
#define VGA_MMIO_BYTES 0x1000

#define VGA_MEMORY_MIN 0x40000u
#define VGA_MEMORY_MAX 0x4000000u

/* The largest picture of DISPI. */
#define VGA_DISPI_WIDTH 2560u
#define VGA_DISPI_HEIGHT 1600u

struct vga;
struct vga_block;

struct vga_config {
	struct clock *clock;
	uint32_t memory_bytes; /* a power of two, VGA_MEMORY_MIN to VGA_MEMORY_MAX; 0: 16 MiB */
	struct screen *screen; /* filled in; may be NULL */
	/* Called when what vga_window_plain says has changed; may be NULL. */
	void (*window_changed)(void *context);
	void *context;
};

extern const struct chip_ops vga_ops, vga_window_ops, vga_dispi_ops, vga_mmio_ops;

/* NULL also if memory_bytes isn't as it should be. */
struct vga *vga_create(const struct vga_config *config);

/* They belong to the vga. */
struct vga_block *vga_window(struct vga *vga);
struct vga_block *vga_dispi(struct vga *vga);
struct vga_block *vga_mmio(struct vga *vga);

/* Page-aligned, as long as the vga lives; memory_bytes of it.  vga_ops saves it. */
hva vga_memory(struct vga *vga, uint64_t *bytes);

/* A part of the window that just now is plain memory: bytes [first, first + bytes) of the
 * window are those from `memory` of the video memory, for reads and writes of any size.
 * False, with no bytes, if there is none.  A reader past the chip leaves its latches as
 * they are, which is seen only by a program that reads in chain 4 and then writes in
 * another mode. */
struct vga_plain {
	uint32_t first, bytes, memory;
};

bool vga_window_plain(const struct vga *vga, struct vga_plain *plain);

#endif

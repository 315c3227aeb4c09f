/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The port that firmware for emulated PCs prints to: Bochs's E9h, SeaBIOS's 402h.  Reads
 * give E9h, by which programs find it.  One port; a machine with both has one object
 * mapped twice.
 */
#ifndef EMU_DEV_MISC_DEBUG_PORT_H
#define EMU_DEV_MISC_DEBUG_PORT_H

#include <emu/backend.h>
#include <emu/chip.h>

struct debug_port_config {
	struct serial_line *line; /* gets the bytes as they are; NULL: lines go to the log */
};

struct debug_port;

extern const struct chip_ops debug_port_ops;

struct debug_port *debug_port_create(const struct debug_port_config *config);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The virtio console, virtio 1.0 section 5.3: one port, its size in characters in the
 * configuration.  Not modelled: several ports, emergency write.
 */
#ifndef EMU_DEV_VIRTIO_CONSOLE_H
#define EMU_DEV_VIRTIO_CONSOLE_H

#include <emu/backend.h>

#include "dev/virtio/virtio.h"

/* The device, to be given to a transport; NULL when memory is short.  `line` may be
 * NULL.  A size of 0 x 0 isn't offered. */
struct virtio *virtio_console_create(struct serial_line *line, uint16_t columns, uint16_t rows);

#endif

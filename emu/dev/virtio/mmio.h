/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The virtio transport over memory-mapped registers, virtio 1.0 section 4.2: version
 * 2, or version 1, the legacy interface (4.2.4).  Device trees: "virtio,mmio".
 *
 *	struct virtio_mmio_config config = {.bus = bus, .irq = line,
 *					    .device = virtio_blk_create(disk)};
 *	bus_add_chip(bus, base, VIRTIO_MMIO_BYTES, &virtio_mmio_ops,
 *		     virtio_mmio_create(&config));
 */
#ifndef EMU_DEV_VIRTIO_MMIO_H
#define EMU_DEV_VIRTIO_MMIO_H

#include <emu/bus.h>
#include <emu/chip.h>
#include <emu/irq.h>

#include "dev/virtio/virtio.h"

#define VIRTIO_MMIO_BYTES 0x200

struct virtio_mmio;

struct virtio_mmio_config {
	struct bus *bus;
	struct irq irq;
	struct virtio *device; /* NULL: device id 0; otherwise it belongs to the transport */
	bool legacy;           /* version 1 */
};

extern const struct chip_ops virtio_mmio_ops;

struct virtio_mmio *virtio_mmio_create(const struct virtio_mmio_config *config);

#endif

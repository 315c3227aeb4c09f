/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The virtio block device, virtio 1.0 section 5.2: one queue; read, write, flush, get
 * id.  Not modelled: discard, write zeroes, topology, write-back control.
 */
#ifndef EMU_DEV_VIRTIO_BLK_H
#define EMU_DEV_VIRTIO_BLK_H

#include <emu/backend.h>

#include "dev/virtio/virtio.h"

/* The device, to be given to a transport; NULL when memory is short. */
struct virtio *virtio_blk_create(struct disk *disk);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Virtio devices behind any transport: OASIS virtio 1.0, split virtqueues, with the
 * legacy interface's layout where the transport offers it.
 *
 * A device (blk, console) fills in `ops`, its features, its queues' sizes and its
 * configuration space; a transport (mmio) owns the registers.  Descriptors lie in
 * the guest's memory and may say anything: each is copied once and checked, a chain
 * has at most as many as the queue, and a wrong one sets DEVICE_NEEDS_RESET and stops
 * the device until it is reset.  Not modelled: packed queues, event indexes, MSI.
 */
#ifndef EMU_DEV_VIRTIO_VIRTIO_H
#define EMU_DEV_VIRTIO_VIRTIO_H

#include <emu/bus.h>
#include <emu/types.h>

struct archive;
struct virtio;

#define VIRTIO_QUEUES 2
#define VIRTIO_QUEUE_MAX 128 /* descriptors */

#define VIRTIO_F_INDIRECT (1ull << 28)
#define VIRTIO_F_VERSION_1 (1ull << 32)

#define VIRTIO_ACKNOWLEDGE 1
#define VIRTIO_DRIVER 2
#define VIRTIO_DRIVER_OK 4
#define VIRTIO_FEATURES_OK 8
#define VIRTIO_NEEDS_RESET 64
#define VIRTIO_FAILED 128

/* Interrupt causes. */
#define VIRTIO_USED 1
#define VIRTIO_CONFIGURED 2

struct virtio_ops {
	const char *name;
	uint32_t id; /* virtio device type */
	uint64_t features;
	unsigned queues, queue_max;
	/* The driver made buffers available in queue `n`. */
	void (*notify)(void *device, unsigned n);
	/* The device-specific configuration, little-endian, `config_bytes` of it; a write
	 * may be NULL: ignored. */
	unsigned config_bytes;
	uint8_t (*config_read)(void *device, unsigned offset);
	void (*config_write)(void *device, unsigned offset, uint8_t value);
	void (*reset)(void *device);
	void (*state)(void *device, struct archive *a);
	void (*destroy)(void *device);
};

struct virtio_queue {
	uint16_t size;
	bool ready;
	gpa descriptors, available, used;
	uint16_t seen;    /* next entry of the available ring */
	uint16_t written; /* next entry of the used ring */
};

struct virtio {
	const struct virtio_ops *ops;
	void *device;

	/* Set by the transport. */
	struct bus *bus;
	void *transport;
	void (*interrupt)(void *transport); /* causes have changed */
	bool legacy;

	uint64_t offered;  /* ops->features and what depends on the configuration */
	uint64_t features; /* the driver's choice */
	uint8_t status, causes;
	struct virtio_queue queue[VIRTIO_QUEUES];
};

/* A chain of descriptors as copied from the guest.  `readable` come first. */
struct virtio_piece {
	gpa address;
	uint32_t bytes;
};

struct virtio_chain {
	uint16_t head;
	uint16_t count, readable;
	uint64_t readable_bytes, writable_bytes;
	struct virtio_piece piece[VIRTIO_QUEUE_MAX];
};

/* The device's half.  virtio_next takes the next chain of a queue; false: there is
 * none, or the device has failed.  virtio_used gives it back with the bytes written
 * and interrupts, unless the driver doesn't want that. */
void virtio_init(struct virtio *v, const struct virtio_ops *ops, void *device);
bool virtio_next(struct virtio *v, unsigned n, struct virtio_chain *chain);
void virtio_used(struct virtio *v, unsigned n, const struct virtio_chain *chain, uint32_t written);
/* Copies between a chain's readable or writable part, from byte `from` of it on, and
 * a buffer; returns how many bytes there were.  A bad address fails the device. */
size_t virtio_get(struct virtio *v, const struct virtio_chain *chain, uint64_t from, void *bytes,
		  size_t count);
size_t virtio_put(struct virtio *v, const struct virtio_chain *chain, uint64_t from,
		  const void *bytes, size_t count);
/* The driver broke the rules: the device needs a reset. */
void virtio_fail(struct virtio *v, const char *why);
bool virtio_running(const struct virtio *v);

/* The transport's half.  Features may be chosen until FEATURES_OK; a status of 0 resets. */
void virtio_reset(struct virtio *v);
void virtio_set_status(struct virtio *v, uint8_t status);
void virtio_notify(struct virtio *v, unsigned n);
void virtio_state(struct virtio *v, struct archive *a);
void virtio_destroy(struct virtio *v);

#endif

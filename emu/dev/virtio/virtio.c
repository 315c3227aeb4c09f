/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Split virtqueues and device status: OASIS virtio 1.0, sections 2.1, 2.4 and 3.1; for
 * the legacy interface 2.4.2 (its rings have the guest's byte order, here always
 * little-endian).
 */
#include "dev/virtio/virtio.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <string.h>

#define DESCRIPTOR_BYTES 16
#define DESCRIPTOR_NEXT 1
#define DESCRIPTOR_WRITE 2
#define DESCRIPTOR_INDIRECT 4

#define AVAILABLE_NO_INTERRUPT 1

struct descriptor {
	gpa address;
	uint32_t bytes;
	uint16_t flags, next;
};

static uint64_t little(const uint8_t *bytes, unsigned count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 8 | bytes[count];
	return value;
}

void virtio_init(struct virtio *v, const struct virtio_ops *ops, void *device)
{
	*v = (struct virtio){ .ops = ops, .device = device, .offered = ops->features };
}

bool virtio_running(const struct virtio *v)
{
	return (v->status & (VIRTIO_DRIVER_OK | VIRTIO_NEEDS_RESET)) == VIRTIO_DRIVER_OK;
}

static void virtio_interrupt(struct virtio *v, uint8_t cause)
{
	v->causes |= cause;
	v->interrupt(v->transport);
}

void virtio_fail(struct virtio *v, const char *why)
{
	if (v->status & VIRTIO_NEEDS_RESET)
		return;
	LOG(LOG_GUEST, "%s: %s; the device needs a reset", v->ops->name, why);
	v->status |= VIRTIO_NEEDS_RESET;
	if (v->status & VIRTIO_DRIVER_OK)
		virtio_interrupt(v, VIRTIO_CONFIGURED);
}

static bool virtio_load(struct virtio *v, gpa address, void *bytes, size_t count)
{
	if (bus_read(v->bus, address, bytes, count))
		return true;
	virtio_fail(v, "a queue or buffer isn't in RAM");
	return false;
}

static bool virtio_store(struct virtio *v, gpa address, const void *bytes, size_t count)
{
	if (bus_write(v->bus, address, bytes, count))
		return true;
	virtio_fail(v, "a queue or buffer isn't in RAM");
	return false;
}

static bool load_descriptor(struct virtio *v, gpa table, uint32_t index, struct descriptor *d)
{
	uint8_t bytes[DESCRIPTOR_BYTES];

	if (!virtio_load(v, table + (gpa)index * DESCRIPTOR_BYTES, bytes, sizeof bytes))
		return false;
	d->address = little(bytes, 8);
	d->bytes = (uint32_t)little(bytes + 8, 4);
	d->flags = (uint16_t)little(bytes + 12, 2);
	d->next = (uint16_t)little(bytes + 14, 2);
	return true;
}

static bool chain_add(struct virtio *v, struct virtio_chain *chain, const struct descriptor *d)
{
	if (chain->count == VIRTIO_QUEUE_MAX) {
		virtio_fail(v, "a chain is a loop or too long");
		return false;
	}
	if (d->flags & DESCRIPTOR_WRITE) {
		chain->writable_bytes += d->bytes;
	} else if (chain->readable != chain->count) {
		virtio_fail(v, "a buffer to be read follows one to be written");
		return false;
	} else {
		chain->readable++;
		chain->readable_bytes += d->bytes;
	}
	chain->piece[chain->count++] = (struct virtio_piece){ d->address, d->bytes };
	return true;
}

/* Follows a chain within a table of `count` descriptors.  A descriptor that refers to
 * another table comes back in `last`. */
static bool chain_follow(struct virtio *v, struct virtio_chain *chain, gpa table, uint32_t count,
			 struct descriptor *last)
{
	uint32_t index = last->next;

	do {
		if (index >= count) {
			virtio_fail(v, "a descriptor's number is too large");
			return false;
		}
		if (!load_descriptor(v, table, index, last))
			return false;
		if (last->flags & DESCRIPTOR_INDIRECT)
			return true;
		if (!chain_add(v, chain, last))
			return false;
		index = last->next;
	} while (last->flags & DESCRIPTOR_NEXT);
	return true;
}

/* Copies the whole chain that begins at chain->head. */
static bool chain_copy(struct virtio *v, const struct virtio_queue *q, struct virtio_chain *chain)
{
	struct descriptor d = { .next = chain->head };
	gpa table;
	uint32_t count;

	if (!chain_follow(v, chain, q->descriptors, q->size, &d))
		return false;
	if (!(d.flags & DESCRIPTOR_INDIRECT))
		return true;
	table = d.address;
	count = d.bytes / DESCRIPTOR_BYTES;
	if (!(v->features & VIRTIO_F_INDIRECT) || (d.flags & DESCRIPTOR_NEXT) || !count ||
	    d.bytes % DESCRIPTOR_BYTES) {
		virtio_fail(v, "an indirect descriptor breaks the rules");
		return false;
	}
	d.next = 0;
	if (!chain_follow(v, chain, table, count, &d))
		return false;
	if (d.flags & DESCRIPTOR_INDIRECT)
		virtio_fail(v, "an indirect table refers to another");
	return !(d.flags & DESCRIPTOR_INDIRECT);
}

bool virtio_next(struct virtio *v, unsigned n, struct virtio_chain *chain)
{
	struct virtio_queue *q = &v->queue[n];
	uint8_t word[2];
	uint16_t waiting;

	chain->count = chain->readable = 0;
	chain->readable_bytes = chain->writable_bytes = 0;
	if (!virtio_running(v) || !q->ready || !virtio_load(v, q->available + 2, word, 2))
		return false;
	waiting = (uint16_t)(little(word, 2) - q->seen);
	if (!waiting)
		return false;
	if (waiting > q->size) {
		virtio_fail(v, "more is available than the queue holds");
		return false;
	}
	if (!virtio_load(v, q->available + 4 + 2 * (q->seen % q->size), word, 2))
		return false;
	chain->head = (uint16_t)little(word, 2);
	q->seen++;
	return chain_copy(v, q, chain);
}

void virtio_used(struct virtio *v, unsigned n, const struct virtio_chain *chain, uint32_t written)
{
	struct virtio_queue *q = &v->queue[n];
	const uint8_t element[8] = {
		(uint8_t)chain->head,
		(uint8_t)(chain->head >> 8),
		0,
		0,
		(uint8_t)written,
		(uint8_t)(written >> 8),
		(uint8_t)(written >> 16),
		(uint8_t)(written >> 24),
	};
	uint8_t index[2], flags[2];

	if (!virtio_running(v) || !q->ready ||
	    !virtio_store(v, q->used + 4 + 8 * (q->written % q->size), element, sizeof element))
		return;
	q->written++;
	index[0] = (uint8_t)q->written;
	index[1] = (uint8_t)(q->written >> 8);
	if (!virtio_store(v, q->used + 2, index, 2) || !virtio_load(v, q->available, flags, 2))
		return;
	if (!(flags[0] & AVAILABLE_NO_INTERRUPT))
		virtio_interrupt(v, VIRTIO_USED);
}

/* Calls for each part of chain bytes from..from+count in pieces first..end. */
static size_t chain_transfer(struct virtio *v, const struct virtio_chain *chain, bool write,
			     uint64_t from, uint8_t *bytes, size_t count)
{
	unsigned end = write ? chain->count : chain->readable;
	size_t done = 0;

	for (unsigned i = write ? chain->readable : 0; i < end && done < count; i++) {
		const struct virtio_piece *piece = &chain->piece[i];
		size_t part = count - done;

		if (from >= piece->bytes) {
			from -= piece->bytes;
			continue;
		}
		if (part > piece->bytes - from)
			part = (size_t)(piece->bytes - from);
		if (write ? !virtio_store(v, piece->address + from, bytes + done, part) :
			    !virtio_load(v, piece->address + from, bytes + done, part))
			break;
		done += part;
		from = 0;
	}
	return done;
}

size_t virtio_get(struct virtio *v, const struct virtio_chain *chain, uint64_t from, void *bytes,
		  size_t count)
{
	return chain_transfer(v, chain, false, from, bytes, count);
}

size_t virtio_put(struct virtio *v, const struct virtio_chain *chain, uint64_t from,
		  const void *bytes, size_t count)
{
	return chain_transfer(v, chain, true, from, (uint8_t *)bytes, count);
}

/* The transport's half. */

void virtio_reset(struct virtio *v)
{
	v->status = 0;
	v->features = 0;
	v->causes = 0;
	memset(v->queue, 0, sizeof v->queue);
	for (unsigned n = 0; n < v->ops->queues; n++)
		v->queue[n].size = (uint16_t)v->ops->queue_max;
	if (v->ops->reset)
		v->ops->reset(v->device);
	v->interrupt(v->transport);
}

static bool virtio_features_good(const struct virtio *v)
{
	return !(v->features & ~v->offered) && (v->legacy || (v->features & VIRTIO_F_VERSION_1));
}

void virtio_set_status(struct virtio *v, uint8_t status)
{
	bool was_running = virtio_running(v);

	if (!status) {
		virtio_reset(v);
		return;
	}
	if ((status & VIRTIO_FEATURES_OK) && !virtio_features_good(v))
		status &= (uint8_t)~VIRTIO_FEATURES_OK;
	v->status = status | (v->status & VIRTIO_NEEDS_RESET);
	/* What was made available before it ran. */
	for (unsigned n = 0; n < v->ops->queues && !was_running; n++)
		virtio_notify(v, n);
}

void virtio_notify(struct virtio *v, unsigned n)
{
	if (n < v->ops->queues && virtio_running(v) && v->queue[n].ready)
		v->ops->notify(v->device, n);
}

void virtio_state(struct virtio *v, struct archive *a)
{
	archive_u64(a, "features", &v->features);
	archive_u8(a, "status", &v->status);
	archive_u8(a, "causes", &v->causes);
	for (unsigned n = 0; n < v->ops->queues; n++) {
		struct virtio_queue *q = &v->queue[n];

		archive_u16(a, "queue_size", &q->size);
		archive_bool(a, "queue_ready", &q->ready);
		archive_u64(a, "descriptors", &q->descriptors);
		archive_u64(a, "available", &q->available);
		archive_u64(a, "used", &q->used);
		archive_u16(a, "seen", &q->seen);
		archive_u16(a, "written", &q->written);
		archive_require(a, q->size && q->size <= v->ops->queue_max &&
					   !(q->size & (q->size - 1)));
	}
	if (v->ops->state)
		v->ops->state(v->device, a);
}

void virtio_destroy(struct virtio *v)
{
	v->ops->destroy(v->device);
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * virtio block device, OASIS virtio 1.0 section 5.2.  A request is done when it is
 * notified; the data go through a buffer piece by piece.  A driver that doesn't know of
 * flushes gets a disk that writes through.
 */
#include "dev/virtio/blk.h"

#include <emu/port.h>
#include <string.h>

#define F_SEG_MAX (1ull << 2)
#define F_RO (1ull << 5)
#define F_BLK_SIZE (1ull << 6)
#define F_FLUSH (1ull << 9)

#define TYPE_IN 0
#define TYPE_OUT 1
#define TYPE_FLUSH 4
#define TYPE_GET_ID 8

#define STATUS_OK 0
#define STATUS_IOERR 1
#define STATUS_UNSUPP 2

#define HEADER_BYTES 16
#define ID_BYTES 20
#define CONFIG_BYTES 24
#define BUFFER_SECTORS 128
/* More than any driver asks for at a time; a request keeps the guest waiting. */
#define REQUEST_MAX (128u << 20)

struct virtio_blk {
	struct virtio virtio;
	struct disk *disk;
	struct virtio_chain chain;
	uint8_t buffer[BUFFER_SECTORS * SECTOR_BYTES];
};

static uint32_t smaller_count(uint64_t left)
{
	return left < BUFFER_SECTORS ? (uint32_t)left : BUFFER_SECTORS;
}

static uint8_t blk_read(struct virtio_blk *b, uint64_t sector, uint64_t bytes)
{
	uint64_t done = 0, sectors = bytes / SECTOR_BYTES;

	while (done < sectors) {
		uint32_t count = smaller_count(sectors - done);
		size_t part = count * SECTOR_BYTES;

		if (!disk_read(b->disk, sector + done, count, b->buffer) ||
		    virtio_put(&b->virtio, &b->chain, done * SECTOR_BYTES, b->buffer, part) != part)
			return STATUS_IOERR;
		done += count;
	}
	return STATUS_OK;
}

static uint8_t blk_write(struct virtio_blk *b, uint64_t sector, uint64_t bytes)
{
	uint64_t done = 0, sectors = bytes / SECTOR_BYTES;

	while (done < sectors) {
		uint32_t count = smaller_count(sectors - done);
		size_t part = count * SECTOR_BYTES;

		if (virtio_get(&b->virtio, &b->chain, HEADER_BYTES + done * SECTOR_BYTES, b->buffer,
			       part) != part ||
		    !disk_write(b->disk, sector + done, count, b->buffer))
			return STATUS_IOERR;
		done += count;
	}
	if (!(b->virtio.features & F_FLUSH) && !disk_flush(b->disk))
		return STATUS_IOERR;
	return STATUS_OK;
}

static uint8_t blk_get_id(struct virtio_blk *b)
{
	char id[ID_BYTES] = { 0 };

	memcpy(id, b->disk->serial, strnlen(b->disk->serial, ID_BYTES));
	virtio_put(&b->virtio, &b->chain, 0, id,
		   b->chain.writable_bytes - 1 < ID_BYTES ? b->chain.writable_bytes - 1 : ID_BYTES);
	return STATUS_OK;
}

/* A request's data must be sectors, and on the disk. */
static bool blk_range_ok(const struct virtio_blk *b, uint64_t sector, uint64_t bytes)
{
	return bytes <= REQUEST_MAX && bytes % SECTOR_BYTES == 0 && sector <= b->disk->sectors &&
	       bytes / SECTOR_BYTES <= b->disk->sectors - sector;
}

static uint64_t blk_number(const uint8_t *bytes, unsigned count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 8 | bytes[count];
	return value;
}

static uint8_t blk_execute(struct virtio_blk *b, const uint8_t header[HEADER_BYTES])
{
	uint64_t sector = blk_number(header + 8, 8);
	uint64_t in = b->chain.writable_bytes - 1, out = b->chain.readable_bytes - HEADER_BYTES;

	switch (blk_number(header, 4)) {
	case TYPE_IN:
		return blk_range_ok(b, sector, in) ? blk_read(b, sector, in) : STATUS_IOERR;
	case TYPE_OUT:
		return blk_range_ok(b, sector, out) ? blk_write(b, sector, out) : STATUS_IOERR;
	case TYPE_FLUSH:
		return disk_flush(b->disk) ? STATUS_OK : STATUS_IOERR;
	case TYPE_GET_ID:
		return blk_get_id(b);
	default:
		return STATUS_UNSUPP;
	}
}

static void blk_request(struct virtio_blk *b)
{
	uint8_t header[HEADER_BYTES], status;
	uint64_t last = b->chain.writable_bytes - 1;

	if (!b->chain.writable_bytes || b->chain.readable_bytes < HEADER_BYTES) {
		virtio_fail(&b->virtio, "a request has no header or no place for the status");
		return;
	}
	if (virtio_get(&b->virtio, &b->chain, 0, header, HEADER_BYTES) != HEADER_BYTES)
		return;
	status = blk_execute(b, header);
	virtio_put(&b->virtio, &b->chain, last, &status, 1);
	virtio_used(&b->virtio, 0, &b->chain, last < REQUEST_MAX ? (uint32_t)last + 1 : 1);
}

static void blk_notify(void *device, unsigned n)
{
	struct virtio_blk *b = device;

	/* Counted, as a queue over which the device itself writes may never end. */
	for (unsigned i = 0; i < VIRTIO_QUEUE_MAX && virtio_next(&b->virtio, n, &b->chain); i++)
		blk_request(b);
}

/* capacity, size_max, seg_max, geometry, blk_size: little-endian. */
static uint8_t blk_config_read(void *device, unsigned offset)
{
	struct virtio_blk *b = device;
	uint32_t seg_max = VIRTIO_QUEUE_MAX - 2, size = SECTOR_BYTES;

	if (offset < 8)
		return (uint8_t)(b->disk->sectors >> 8 * offset);
	if (offset >= 12 && offset < 16)
		return (uint8_t)(seg_max >> 8 * (offset - 12));
	if (offset >= 20)
		return (uint8_t)(size >> 8 * (offset - 20));
	return 0;
}

static void blk_destroy(void *device)
{
	port_free(device, sizeof(struct virtio_blk));
}

static const struct virtio_ops blk_ops = {
	.name = "virtio_blk",
	.id = 2,
	.features = VIRTIO_F_INDIRECT | F_SEG_MAX | F_BLK_SIZE | F_FLUSH,
	.queues = 1,
	.queue_max = VIRTIO_QUEUE_MAX,
	.notify = blk_notify,
	.config_bytes = CONFIG_BYTES,
	.config_read = blk_config_read,
	.destroy = blk_destroy,
};

struct virtio *virtio_blk_create(struct disk *disk)
{
	struct virtio_blk *b = port_allocate(sizeof *b, PORT_PLAIN);

	if (!b)
		return NULL;
	b->disk = disk;
	virtio_init(&b->virtio, &blk_ops, b);
	if (disk->read_only)
		b->virtio.offered |= F_RO;
	return &b->virtio;
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * virtio over memory-mapped registers, OASIS virtio 1.0 section 4.2.2, and 4.2.4 for
 * version 1.  Registers are accessed 32 bits at a time, the device's configuration in
 * any size.  Not modelled: shared memory, queue reset (both later than 1.0).
 */
#include "dev/virtio/mmio.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

#define MAGIC_VALUE 0x000
#define VERSION 0x004
#define DEVICE_ID 0x008
#define VENDOR_ID 0x00C
#define DEVICE_FEATURES 0x010
#define DEVICE_FEATURES_SEL 0x014
#define DRIVER_FEATURES 0x020
#define DRIVER_FEATURES_SEL 0x024
#define GUEST_PAGE_SIZE 0x028 /* version 1 */
#define QUEUE_SEL 0x030
#define QUEUE_NUM_MAX 0x034
#define QUEUE_NUM 0x038
#define QUEUE_ALIGN 0x03C /* version 1 */
#define QUEUE_PFN 0x040   /* version 1 */
#define QUEUE_READY 0x044
#define QUEUE_NOTIFY 0x050
#define INTERRUPT_STATUS 0x060
#define INTERRUPT_ACK 0x064
#define STATUS 0x070
#define QUEUE_DESC 0x080 /* low; high 4 bytes on; so for the next two */
#define QUEUE_DRIVER 0x090
#define QUEUE_DEVICE 0x0A0
#define CONFIG_GENERATION 0x0FC
#define CONFIG 0x100

struct virtio_mmio {
	struct virtio *device; /* or NULL */
	struct irq irq;
	bool legacy;
	uint32_t device_features_sel, driver_features_sel, queue_sel;
	uint32_t page_size, align[VIRTIO_QUEUES], pfn[VIRTIO_QUEUES]; /* version 1 */
};

static void mmio_update(void *transport)
{
	struct virtio_mmio *m = transport;

	irq_set(&m->irq, m->device && m->device->causes);
}

static struct virtio_queue *mmio_queue(struct virtio_mmio *m)
{
	return m->queue_sel < m->device->ops->queues ? &m->device->queue[m->queue_sel] : NULL;
}

static uint32_t mmio_read_config(struct virtio_mmio *m, unsigned offset, unsigned size)
{
	const struct virtio_ops *ops = m->device->ops;
	uint32_t value = 0;

	for (unsigned i = 0; i < size && offset + i < ops->config_bytes; i++)
		value |= (uint32_t)ops->config_read(m->device->device, offset + i) << 8 * i;
	return value;
}

static void mmio_write_config(struct virtio_mmio *m, unsigned offset, unsigned size, uint32_t value)
{
	const struct virtio_ops *ops = m->device->ops;

	for (unsigned i = 0; i < size && offset + i < ops->config_bytes && ops->config_write; i++)
		ops->config_write(m->device->device, offset + i, (uint8_t)(value >> 8 * i));
}

static uint32_t mmio_device_features(const struct virtio_mmio *m)
{
	uint64_t features = m->device->offered | (m->legacy ? 0 : VIRTIO_F_VERSION_1);

	return m->device_features_sel < 2 ? (uint32_t)(features >> 32 * m->device_features_sel) : 0;
}

static uint32_t mmio_read_register(struct virtio_mmio *m, unsigned offset)
{
	const struct virtio *v = m->device;
	const struct virtio_queue *q = mmio_queue(m);

	switch (offset) {
	case DEVICE_FEATURES:
		return mmio_device_features(m);
	case QUEUE_NUM_MAX:
		return q ? v->ops->queue_max : 0;
	case QUEUE_PFN:
		return m->legacy && q ? m->pfn[m->queue_sel] : 0;
	case QUEUE_READY:
		return !m->legacy && q && q->ready;
	case INTERRUPT_STATUS:
		return v->causes;
	case STATUS:
		return v->status;
	case CONFIG_GENERATION: /* the configuration never changes */
		return 0;
	default:
		LOG(LOG_GUEST, "virtio_mmio: read at %#x", offset);
		return 0;
	}
}

static uint64_t virtio_mmio_read(void *chip, gpa offset, unsigned size)
{
	struct virtio_mmio *m = chip;

	if (offset >= CONFIG)
		return m->device ? mmio_read_config(m, (unsigned)offset - CONFIG, size) : 0;
	if (size != 4)
		return 0;
	switch (offset) {
	case MAGIC_VALUE:
		return 0x74726976; /* "virt" */
	case VERSION:
		return m->legacy ? 1 : 2;
	case DEVICE_ID:
		return m->device ? m->device->ops->id : 0;
	case VENDOR_ID:
		return 0x4D56344C; /* "L4VM" */
	default:
		return m->device ? mmio_read_register(m, (unsigned)offset) : 0;
	}
}

/* Registers of the selected queue. */

static bool power_of_two(uint32_t value)
{
	return value && !(value & (value - 1));
}

/* Version 1: all of a queue follows from the number of its first page. */
static void mmio_set_pfn(struct virtio_mmio *m, struct virtio_queue *q, uint32_t pfn)
{
	gpa align = m->align[m->queue_sel], end;

	m->pfn[m->queue_sel] = pfn;
	q->ready = pfn && power_of_two(m->page_size) && power_of_two(m->align[m->queue_sel]);
	q->seen = q->written = 0;
	if (!q->ready)
		return;
	q->descriptors = (gpa)pfn * m->page_size;
	q->available = q->descriptors + 16 * q->size;
	end = q->available + 6 + 2 * q->size;
	q->used = (end + align - 1) & ~(align - 1);
}

static void set_half(gpa *address, bool high, uint32_t value)
{
	if (high)
		*address = (*address & UINT32_MAX) | (gpa)value << 32;
	else
		*address = (*address & ~(gpa)UINT32_MAX) | value;
}

static void mmio_write_legacy_queue(struct virtio_mmio *m, struct virtio_queue *q, unsigned offset,
				    uint32_t value)
{
	if (offset == QUEUE_ALIGN)
		m->align[m->queue_sel] = value;
	else if (offset == QUEUE_PFN)
		mmio_set_pfn(m, q, value);
	else
		LOG(LOG_GUEST, "virtio_mmio: write %#x at %#x", value, offset);
}

static void mmio_write_modern_queue(struct virtio_queue *q, unsigned offset, uint32_t value)
{
	bool high = offset & 4;

	if (offset == QUEUE_READY) {
		if ((value & 1) && !q->ready)
			q->seen = q->written = 0;
		q->ready = value & 1;
	} else if (q->ready) {
		LOG(LOG_GUEST, "virtio_mmio: a queue in use is changed");
	} else if ((offset & ~4u) == QUEUE_DESC) {
		set_half(&q->descriptors, high, value);
	} else if ((offset & ~4u) == QUEUE_DRIVER) {
		set_half(&q->available, high, value);
	} else if ((offset & ~4u) == QUEUE_DEVICE) {
		set_half(&q->used, high, value);
	} else {
		LOG(LOG_GUEST, "virtio_mmio: write %#x at %#x", value, offset);
	}
}

static void mmio_write_queue(struct virtio_mmio *m, unsigned offset, uint32_t value)
{
	struct virtio_queue *q = mmio_queue(m);

	if (!q)
		return;
	if (offset == QUEUE_NUM) {
		if (power_of_two(value) && value <= m->device->ops->queue_max && !q->ready)
			q->size = (uint16_t)value;
		else
			LOG(LOG_GUEST, "virtio_mmio: a queue of %u", value);
	} else if (m->legacy) {
		mmio_write_legacy_queue(m, q, offset, value);
	} else {
		mmio_write_modern_queue(q, offset, value);
	}
}

/* The driver's choice holds from FEATURES_OK on; legacy drivers don't set it. */
static void mmio_set_features(struct virtio_mmio *m, uint32_t value)
{
	struct virtio *v = m->device;

	if (m->driver_features_sel > 1 || (v->status & (VIRTIO_FEATURES_OK | VIRTIO_DRIVER_OK)))
		return;
	set_half(&v->features, m->driver_features_sel == 1, value);
	if (m->legacy)
		v->features &= v->offered;
}

static void mmio_set_status(struct virtio_mmio *m, uint8_t status)
{
	virtio_set_status(m->device, status);
	if (status)
		return;
	m->device_features_sel = m->driver_features_sel = m->queue_sel = 0;
	for (unsigned n = 0; n < VIRTIO_QUEUES; n++) {
		m->align[n] = PAGE_BYTES;
		m->pfn[n] = 0;
	}
}

static void mmio_write_register(struct virtio_mmio *m, unsigned offset, uint32_t value)
{
	switch (offset) {
	case DEVICE_FEATURES_SEL:
		m->device_features_sel = value;
		break;
	case DRIVER_FEATURES:
		mmio_set_features(m, value);
		break;
	case DRIVER_FEATURES_SEL:
		m->driver_features_sel = value;
		break;
	case GUEST_PAGE_SIZE:
		m->page_size = value;
		break;
	case QUEUE_SEL:
		m->queue_sel = value;
		break;
	case QUEUE_NOTIFY:
		virtio_notify(m->device, value);
		break;
	case INTERRUPT_ACK:
		m->device->causes &= (uint8_t)~value;
		mmio_update(m);
		break;
	case STATUS:
		mmio_set_status(m, (uint8_t)value);
		break;
	default:
		mmio_write_queue(m, offset, value);
	}
}

static void virtio_mmio_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct virtio_mmio *m = chip;

	if (!m->device)
		return;
	if (offset >= CONFIG)
		mmio_write_config(m, (unsigned)offset - CONFIG, size, (uint32_t)value);
	else if (size == 4)
		mmio_write_register(m, (unsigned)offset, (uint32_t)value);
}

static void virtio_mmio_reset(void *chip)
{
	struct virtio_mmio *m = chip;

	m->page_size = 0;
	if (m->device)
		mmio_set_status(m, 0);
}

static void virtio_mmio_state(void *chip, struct archive *a)
{
	struct virtio_mmio *m = chip;

	archive_u32(a, "device_features_sel", &m->device_features_sel);
	archive_u32(a, "driver_features_sel", &m->driver_features_sel);
	archive_u32(a, "queue_sel", &m->queue_sel);
	archive_u32(a, "page_size", &m->page_size);
	for (unsigned n = 0; n < VIRTIO_QUEUES; n++) {
		archive_u32(a, "align", &m->align[n]);
		archive_u32(a, "pfn", &m->pfn[n]);
	}
	if (m->device)
		virtio_state(m->device, a);
	mmio_update(m);
}

static void virtio_mmio_destroy(void *chip)
{
	struct virtio_mmio *m = chip;

	if (m->device)
		virtio_destroy(m->device);
	port_free(m, sizeof *m);
}

const struct chip_ops virtio_mmio_ops = {
	.name = "virtio_mmio",
	.read = virtio_mmio_read,
	.write = virtio_mmio_write,
	.reset = virtio_mmio_reset,
	.state = virtio_mmio_state,
	.destroy = virtio_mmio_destroy,
};

struct virtio_mmio *virtio_mmio_create(const struct virtio_mmio_config *config)
{
	struct virtio_mmio *m = port_allocate(sizeof *m, PORT_PLAIN);

	if (!m)
		return NULL;
	m->device = config->device;
	m->irq = config->irq;
	m->legacy = config->legacy;
	if (m->device) {
		m->device->bus = config->bus;
		m->device->transport = m;
		m->device->interrupt = mmio_update;
		m->device->legacy = config->legacy;
		if (!config->legacy)
			m->device->offered |= VIRTIO_F_VERSION_1;
		mmio_set_status(m, 0);
	}
	return m;
}

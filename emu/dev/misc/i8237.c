/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two 8237A and page registers: Intel 231466, "High Performance Programmable DMA
 * Controller", and PIIX3 (82371SB), "DMA registers".
 *
 * A device's bytes are transferred when it offers them, so single, demand and block mode
 * differ in nothing that can be seen.  Channels 0 to 3 work while channel 4 cascades them.
 * Memory is RAM (and for reading ROM); chips' memory can't be reached.  Not modelled:
 * memory-to-memory, requests by software, rotating priority, compressed timing.
 */
#include "dev/misc/i8237.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>
#include <string.h>

#define DMA_UNITS 4 /* channels of a controller */

enum {
	DMA_STATUS = 8, /* read; command when written */
	DMA_REQUEST = 9,
	DMA_MASK = 10,
	DMA_MODE = 11,
	DMA_FIRST = 12,  /* first byte of two is next */
	DMA_CLEAR = 13,  /* master clear; the temporary register when read */
	DMA_UNMASK = 14, /* all */
	DMA_MASKS = 15,
};

#define COMMAND_MEMORY 0x01
#define COMMAND_OFF 0x04

#define MODE_TYPE 0x0c
#define MODE_VERIFY 0x00
#define MODE_WRITE 0x04 /* to memory */
#define MODE_READ 0x08
#define MODE_AUTO 0x10
#define MODE_DOWN 0x20
#define MODE_SELECT 0xc0
#define MODE_CASCADE 0xc0

#define NUMBER_SET 0x04 /* in the request and mask registers */

struct dma_channel {
	uint16_t base_address, base_count, address, count;
	uint8_t mode;
};

struct dma_controller {
	struct dma_channel channel[DMA_UNITS];
	uint8_t command, masks, requests, reached; /* reached: channels at terminal count */
	bool second; /* the next byte of an address or count is the high one */
};

struct i8237 {
	struct bus *bus;
	struct dma_controller controller[2];
	uint8_t page[I8237_PAGE_PORTS];
	uint8_t dreq; /* one bit per channel */
	void (*ready[I8237_CHANNELS])(void *device);
	void *device[I8237_CHANNELS];
};

/* Which page register is a channel's. */
static const uint8_t dma_page[I8237_CHANNELS] = { 7, 3, 1, 2, 15, 11, 9, 10 };

/* Channels that would answer a request, one bit each. */
static uint8_t dma_open(const struct i8237 *d)
{
	const struct dma_controller *high = &d->controller[1];
	unsigned open = 0;

	for (unsigned i = 0; i < I8237_CHANNELS; i++) {
		const struct dma_controller *c = &d->controller[i / DMA_UNITS];
		unsigned unit = i % DMA_UNITS;
		bool cascade = (c->channel[unit].mode & MODE_SELECT) == MODE_CASCADE;

		if (!(c->command & COMMAND_OFF) && !(c->masks >> unit & 1) && cascade == (i == 4))
			open |= 1u << i;
	}
	if ((high->command & COMMAND_OFF) || !(open >> 4 & 1))
		open &= 0xf0;
	return (uint8_t)(open & 0xef);
}

static gpa dma_address(const struct i8237 *d, unsigned channel)
{
	const struct dma_channel *c =
		&d->controller[channel / DMA_UNITS].channel[channel % DMA_UNITS];
	gpa page = d->page[dma_page[channel]];

	return channel < DMA_UNITS ? page << 16 | c->address :
				     (page & 0xfe) << 16 | (gpa)c->address << 1;
}

/* One piece of contiguous memory; its direction is the guest's choice. */
static void dma_move(struct i8237 *d, unsigned channel, uint8_t *in, const uint8_t *out,
		     size_t count)
{
	const struct dma_channel *c =
		&d->controller[channel / DMA_UNITS].channel[channel % DMA_UNITS];
	unsigned type = c->mode & MODE_TYPE;

	if (in)
		memset(in, 0xff, count);
	if (type == MODE_READ && in)
		bus_read(d->bus, dma_address(d, channel), in, count);
	else if (type == MODE_WRITE && out)
		bus_write(d->bus, dma_address(d, channel), out, count);
	else if (type != MODE_VERIFY)
		LOG(LOG_GUEST, "i8237: channel %u: mode %#x isn't the device's", channel, c->mode);
}

/* The channel has made its last transfer. */
static void dma_terminal(struct dma_controller *controller, unsigned unit)
{
	struct dma_channel *c = &controller->channel[unit];

	controller->reached |= (uint8_t)(1u << unit);
	controller->requests &= (uint8_t) ~(1u << unit);
	if (c->mode & MODE_AUTO) {
		c->address = c->base_address;
		c->count = c->base_count;
	} else {
		controller->masks |= (uint8_t)(1u << unit);
	}
}

/* How many transfers are one piece: to the end of the page, or, downwards, one. */
static size_t dma_piece(const struct dma_channel *c, size_t left)
{
	size_t to_end = 0x10000u - c->address;

	if (c->mode & MODE_DOWN)
		return 1;
	return left < to_end ? left : to_end;
}

static size_t dma_transfer(struct i8237 *d, unsigned channel, uint8_t *in, const uint8_t *out,
			   size_t count, bool *terminal)
{
	struct dma_controller *controller = &d->controller[channel / DMA_UNITS];
	struct dma_channel *c = &controller->channel[channel % DMA_UNITS];
	size_t width = channel < DMA_UNITS ? 1 : 2, left = count / width, done = 0;

	*terminal = false;
	if (!(dma_open(d) >> channel & 1))
		return 0;
	if (left > c->count + 1u)
		left = c->count + 1u;
	*terminal = left == c->count + 1u;
	while (done < left) {
		size_t n = dma_piece(c, left - done);

		dma_move(d, channel, in ? in + done * width : NULL, out ? out + done * width : NULL,
			 n * width);
		c->address = (uint16_t)(c->mode & MODE_DOWN ? c->address - n : c->address + n);
		done += n;
	}
	c->count = (uint16_t)(c->count - done);
	if (*terminal)
		dma_terminal(controller, channel % DMA_UNITS);
	return done * width;
}

size_t i8237_to_memory(struct i8237 *d, unsigned channel, const uint8_t *bytes, size_t count,
		       bool *terminal)
{
	return dma_transfer(d, channel, NULL, bytes, count, terminal);
}

size_t i8237_from_memory(struct i8237 *d, unsigned channel, uint8_t *bytes, size_t count,
			 bool *terminal)
{
	return dma_transfer(d, channel, bytes, NULL, count, terminal);
}

void i8237_connect(struct i8237 *d, unsigned channel, void (*ready)(void *device), void *device)
{
	d->ready[channel] = ready;
	d->device[channel] = device;
}

void i8237_request(struct i8237 *d, unsigned channel, bool level)
{
	uint8_t bit = (uint8_t)(1u << channel);

	d->dreq = level ? d->dreq | bit : d->dreq & (uint8_t)~bit;
}

/* Registers. */

static void dma_clear(struct dma_controller *c)
{
	c->command = c->requests = c->reached = 0;
	c->masks = 0x0f;
	c->second = false;
}

static void dma_set_byte(uint16_t *base, uint16_t *current, bool high, uint8_t value)
{
	unsigned shift = high ? 8 : 0;

	*base = (uint16_t)((*base & ~(0xffu << shift)) | (unsigned)value << shift);
	*current = (uint16_t)((*current & ~(0xffu << shift)) | (unsigned)value << shift);
}

static void dma_set_bit(uint8_t *bits, uint8_t value)
{
	uint8_t bit = (uint8_t)(1u << (value & 3));

	*bits = value & NUMBER_SET ? *bits | bit : *bits & (uint8_t)~bit;
}

static void dma_write_channel(struct dma_controller *c, unsigned reg, uint8_t value)
{
	struct dma_channel *channel = &c->channel[reg / 2];

	if (reg & 1)
		dma_set_byte(&channel->base_count, &channel->count, c->second, value);
	else
		dma_set_byte(&channel->base_address, &channel->address, c->second, value);
	c->second = !c->second;
}

static void dma_write_controller(struct dma_controller *c, unsigned reg, uint8_t value)
{
	switch (reg) {
	case DMA_STATUS:
		c->command = value;
		if (value & COMMAND_MEMORY)
			LOG(LOG_UNIMPLEMENTED, "i8237: memory to memory");
		break;
	case DMA_REQUEST:
		dma_set_bit(&c->requests, value);
		if (value & NUMBER_SET)
			LOG(LOG_UNIMPLEMENTED, "i8237: request by software");
		break;
	case DMA_MASK:
		dma_set_bit(&c->masks, value);
		break;
	case DMA_MODE:
		c->channel[value & 3].mode = value & 0xfc;
		break;
	case DMA_FIRST:
		c->second = false;
		break;
	case DMA_CLEAR:
		dma_clear(c);
		break;
	case DMA_UNMASK:
		c->masks = 0;
		break;
	case DMA_MASKS:
		c->masks = value & 0x0f;
		break;
	default:
		dma_write_channel(c, reg, value);
	}
}

/* Tells devices that were waiting. */
static void dma_write(struct i8237 *d, unsigned which, unsigned reg, uint8_t value)
{
	uint8_t before = dma_open(d);
	unsigned opened;

	dma_write_controller(&d->controller[which], reg, value);
	opened = dma_open(d) & ~before & d->dreq;
	for (unsigned i = 0; i < I8237_CHANNELS; i++)
		if ((opened >> i & 1) && d->ready[i])
			d->ready[i](d->device[i]);
}

static uint8_t dma_read_channel(struct dma_controller *c, unsigned reg)
{
	const struct dma_channel *channel = &c->channel[reg / 2];
	uint16_t value = reg & 1 ? channel->count : channel->address;
	bool high = c->second;

	c->second = !high;
	return (uint8_t)(high ? value >> 8 : value);
}

static uint8_t dma_read(struct i8237 *d, unsigned which, unsigned reg)
{
	struct dma_controller *c = &d->controller[which];
	uint8_t value;

	if (reg < DMA_STATUS)
		return dma_read_channel(c, reg);
	switch (reg) {
	case DMA_STATUS:
		value = (uint8_t)(c->reached | (c->requests | (d->dreq >> which * DMA_UNITS & 0x0f))
						       << 4);
		c->reached = 0;
		return value;
	case DMA_CLEAR:
		return 0; /* the temporary register: nothing was moved through it */
	case DMA_MASKS:
		return c->masks;
	}
	LOG(LOG_GUEST, "i8237: read of register %u", reg);
	return 0xff;
}

static uint64_t i8237_low_read(void *chip, gpa offset, unsigned size)
{
	(void)size;
	return dma_read(chip, 0, offset & 15);
}

static void i8237_low_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	(void)size;
	dma_write(chip, 0, offset & 15, (uint8_t)value);
}

static uint64_t i8237_high_read(void *chip, gpa offset, unsigned size)
{
	(void)size;
	return dma_read(chip, 1, offset >> 1 & 15);
}

static void i8237_high_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	(void)size;
	dma_write(chip, 1, offset >> 1 & 15, (uint8_t)value);
}

static uint64_t i8237_page_read(void *chip, gpa offset, unsigned size)
{
	struct i8237 *d = chip;

	(void)size;
	return d->page[offset % I8237_PAGE_PORTS];
}

static void i8237_page_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct i8237 *d = chip;

	(void)size;
	d->page[offset % I8237_PAGE_PORTS] = (uint8_t)value;
}

static void i8237_reset(void *chip)
{
	struct i8237 *d = chip;

	memset(d->controller, 0, sizeof d->controller);
	memset(d->page, 0, sizeof d->page);
	dma_clear(&d->controller[0]);
	dma_clear(&d->controller[1]);
}

static void dma_state(struct dma_controller *c, struct archive *a)
{
	for (unsigned i = 0; i < DMA_UNITS; i++) {
		archive_u16(a, "base_address", &c->channel[i].base_address);
		archive_u16(a, "base_count", &c->channel[i].base_count);
		archive_u16(a, "address", &c->channel[i].address);
		archive_u16(a, "count", &c->channel[i].count);
		archive_u8(a, "mode", &c->channel[i].mode);
	}
	archive_u8(a, "command", &c->command);
	archive_u8(a, "masks", &c->masks);
	archive_u8(a, "requests", &c->requests);
	archive_u8(a, "reached", &c->reached);
	archive_bool(a, "second", &c->second);
	archive_require(a, c->masks < 16 && c->requests < 16 && c->reached < 16);
}

static void i8237_state(void *chip, struct archive *a)
{
	struct i8237 *d = chip;

	dma_state(&d->controller[0], a);
	dma_state(&d->controller[1], a);
	archive_bytes(a, "page", d->page, sizeof d->page);
	archive_u8(a, "dreq", &d->dreq);
}

static void i8237_destroy(void *chip)
{
	port_free(chip, sizeof(struct i8237));
}

struct i8237 *i8237_create(const struct i8237_config *config)
{
	struct i8237 *d = port_allocate(sizeof *d, PORT_PLAIN);

	if (!d)
		return NULL;
	d->bus = config->bus;
	i8237_reset(d);
	return d;
}

#define I8237_OPS(ops, what, block)                                                                \
	const struct chip_ops ops = {                                                              \
		.name = what,                                                                      \
		.read = i8237_##block##_read,                                                      \
		.write = i8237_##block##_write,                                                    \
		.reset = i8237_reset,                                                              \
		.state = i8237_state,                                                              \
		.destroy = i8237_destroy,                                                          \
		.max_bytes = 1,                                                                    \
	}

I8237_OPS(i8237_low_ops, "i8237", low);
I8237_OPS(i8237_high_ops, "i8237_high", high);
I8237_OPS(i8237_page_ops, "i8237_page", page);

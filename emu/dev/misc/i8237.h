/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A PC's DMA: two 8237A controllers (Intel 231466), channels 0 to 3 for bytes and 5 to 7
 * for words, and the page registers (PIIX3, 82371SB).  Three register blocks of one
 * object, each mapped with its own ops; whichever is mapped first stands for the object's
 * reset and state:
 *
 *	i8237_low_ops	I8237_LOW_PORTS ports, on a PC at 00h: channels 0 to 3
 *	i8237_high_ops	I8237_HIGH_PORTS ports, at C0h: 4 to 7, registers two ports apart
 *	i8237_page_ops	I8237_PAGE_PORTS ports, at 80h
 *
 * A device is connected to a channel.  When it has bytes, or room for some, it requests,
 * and calls i8237_to_memory or i8237_from_memory: at once, and again when it is told that
 * the channel has become ready.
 */
#ifndef EMU_DEV_MISC_I8237_H
#define EMU_DEV_MISC_I8237_H

#include <emu/bus.h>
#include <emu/chip.h>

#define I8237_LOW_PORTS 16
#define I8237_HIGH_PORTS 32
#define I8237_PAGE_PORTS 16
#define I8237_CHANNELS 8

struct i8237_config {
	struct bus *bus; /* the memory's; below 16 MiB */
};

struct i8237;

extern const struct chip_ops i8237_low_ops, i8237_high_ops, i8237_page_ops;

struct i8237 *i8237_create(const struct i8237_config *config);

/* `ready` is called when the guest lets a channel go on whose DREQ is high.  It may
 * transfer. */
void i8237_connect(struct i8237 *dma, unsigned channel, void (*ready)(void *device), void *device);

/* DREQ. */
void i8237_request(struct i8237 *dma, unsigned channel, bool level);

/* Transfers up to `count` bytes between a device and memory, in whatever mode the guest has
 * set, and returns how many: none while the channel is masked or off, and none after the
 * one with which it reached its terminal count, when `*terminal` is true (TC, EOP).  Words
 * are transferred as wholes: of an odd number of bytes the last one stays.  In verify mode
 * bytes count but nothing is moved; what memory doesn't give is FFh. */
size_t i8237_to_memory(struct i8237 *dma, unsigned channel, const uint8_t *bytes, size_t count,
		       bool *terminal);
size_t i8237_from_memory(struct i8237 *dma, unsigned channel, uint8_t *bytes, size_t count,
			 bool *terminal);

#endif

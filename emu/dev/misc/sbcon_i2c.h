/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two-wire serial bus controller of ARM's boards (ARM DUI 0447, 4.14): two wires that
 * the guest moves itself, and what is attached to them.  A device sees whole bytes.
 */
#ifndef EMU_DEV_MISC_SBCON_I2C_H
#define EMU_DEV_MISC_SBCON_I2C_H

#include <emu/chip.h>

#define SBCON_I2C_DEVICES 2

struct archive;
struct sbcon_i2c;

struct i2c_device {
	uint8_t address; /* 7 bits */
	void *device;
	void (*start)(void *device, bool read);    /* it was addressed */
	bool (*write)(void *device, uint8_t byte); /* whether it acknowledges */
	uint8_t (*read)(void *device);
	void (*reset)(void *device);
	void (*state)(void *device, struct archive *a);
	void (*destroy)(void *device);
};

extern const struct chip_ops sbcon_i2c_ops;

struct sbcon_i2c *sbcon_i2c_create(void);

/* Before the first reset.  The device is destroyed with the bus.  False if there are
 * too many, or if it couldn't be created. */
bool sbcon_i2c_attach(struct sbcon_i2c *s, const struct i2c_device *device);

#endif

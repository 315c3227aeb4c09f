/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Intel 8254 programmable interval timer (Intel 231164) as a PC has it: three counters at
 * I8254_HZ, registers at I8254_PORTS ports (40h).  The gates of counters 0 and 1 are high;
 * that of counter 2 is whoever calls i8254_set_gate, on a PC port 61h.
 */
#ifndef EMU_DEV_TIMER_I8254_H
#define EMU_DEV_TIMER_I8254_H

#include <emu/chip.h>
#include <emu/clock.h>
#include <emu/irq.h>

#define I8254_PORTS 4
#define I8254_COUNTERS 3
#define I8254_HZ 1193182

struct i8254_config {
	struct clock *clock;
	struct irq output[I8254_COUNTERS]; /* OUT; on a PC only that of counter 0 is connected */
};

struct i8254;

extern const struct chip_ops i8254_ops;

struct i8254 *i8254_create(const struct i8254_config *config);

void i8254_set_gate(struct i8254 *pit, unsigned counter, bool level);

/* OUT as it is now, and whether it has risen an odd number of times since the reset. */
bool i8254_output(struct i8254 *pit, unsigned counter);
bool i8254_toggle(struct i8254 *pit, unsigned counter);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Intel 8254: 231164, "Operational Description" and "Mode Definitions".  All modes, binary
 * and BCD, latches and read-back.
 *
 * Nothing happens tick by tick: a counter knows at which tick its counting element had
 * which value, and is brought up to date when somebody looks or, if its output is
 * connected, at the output's next change.  A write or trigger at tick t is seen by the
 * clock pulse of tick t + 1.  If several changes have passed at once because the machine
 * was held up, a connected output shows one of them.
 *
 * The data sheet leaves the state after power on open.  Here it is mode 0 without count,
 * and for counter 1, which asks for memory refresh, what a PC's firmware would set.
 */
#include "dev/timer/i8254.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

#include "dev/timer/downcount.h"

#define I8254_CONTROL 3 /* the control word's port */

#define CONTROL_BCD 0x01
#define CONTROL_MODE(value) ((value) >> 1 & 7)
#define CONTROL_RW(value) ((value) >> 4 & 3)
#define CONTROL_COUNTER(value) ((value) >> 6)
#define CONTROL_STORED 0x3f

#define RW_LATCH 0
#define RW_LOW 1
#define RW_HIGH 2
#define RW_BOTH 3

#define READ_BACK 3 /* instead of a counter's number */
#define READ_BACK_NO_COUNT 0x20
#define READ_BACK_NO_STATUS 0x10

#define STATUS_OUT 0x80
#define STATUS_NULL 0x40

#define REFRESH_COUNTER 1
#define REFRESH_CONTROL 0x54 /* low byte, mode 2 */
#define REFRESH_COUNT 18     /* 15 us */

struct pit_counter {
	struct clock *clock;
	struct irq output;
	struct alarm alarm;
	uint8_t control; /* low six bits of the control word */
	uint8_t low;     /* first byte of a count of two, written */
	bool write_high, read_high;
	uint16_t count; /* count register, as written */
	uint16_t latch;
	uint8_t status;
	bool latched, status_latched;
	bool null_count; /* the count register isn't in the counting element yet */
	bool written;    /* there has been a count since the control word */

	/* The counting element: `start` at tick `origin`, and if `running` one less each
	 * tick after it (mode 3: two less). */
	uint64_t origin, load_at; /* load_at: tick of the next load that is already certain */
	uint32_t start;
	bool loaded, running;
	bool armed; /* modes 0, 1, 4, 5: reaching 0 will change OUT */
	bool gate, out;
	bool toggle; /* with every rise of OUT */
	bool risen;  /* since the output was driven last */
};

struct i8254 {
	struct pit_counter counter[I8254_COUNTERS];
};

static unsigned pit_mode(const struct pit_counter *c)
{
	unsigned mode = CONTROL_MODE(c->control);

	return mode > 5 ? mode - 4 : mode;
}

static bool pit_is_periodic(const struct pit_counter *c)
{
	return pit_mode(c) == 2 || pit_mode(c) == 3;
}

static bool pit_is_triggered(const struct pit_counter *c)
{
	return pit_mode(c) == 1 || pit_mode(c) == 5;
}

static uint32_t pit_modulus(const struct pit_counter *c)
{
	return c->control & CONTROL_BCD ? 10000 : 65536;
}

/* The count register as a number from 1 to the modulus.  Digits above 9 count as what they
 * are worth. */
static uint32_t pit_initial(const struct pit_counter *c)
{
	uint32_t raw = c->count, n = raw;

	if (c->control & CONTROL_BCD)
		n = ((raw >> 12) * 1000 + (raw >> 8 & 15) * 100 + (raw >> 4 & 15) * 10 +
		     (raw & 15)) %
		    10000;
	return n ? n : pit_modulus(c);
}

static uint64_t pit_tick(const struct pit_counter *c)
{
	return ticks_now(c->clock, I8254_HZ);
}

/* The counting element at a tick, 0 to the modulus; the latter only before it counted. */
static uint32_t pit_value(const struct pit_counter *c, uint64_t tick)
{
	uint64_t elapsed = c->running ? tick - c->origin : 0;
	uint32_t modulus = pit_modulus(c), start = c->start;

	if (pit_mode(c) == 3) {
		start &= ~1u;
		elapsed *= 2;
	}
	if (elapsed <= start)
		return start - (uint32_t)elapsed;
	return (uint32_t)((start + modulus - elapsed % modulus) % modulus);
}

static uint16_t pit_digits(const struct pit_counter *c, uint32_t value)
{
	if (!(c->control & CONTROL_BCD))
		return (uint16_t)value;
	value %= 10000;
	return (uint16_t)(value / 1000 << 12 | value / 100 % 10 << 8 | value / 10 % 10 << 4 |
			  value % 10);
}

/* The output. */

static void pit_rise(struct pit_counter *c, uint64_t times)
{
	c->toggle ^= times & 1;
	c->risen |= times > 0;
}

static void pit_set_out(struct pit_counter *c, bool level)
{
	pit_rise(c, level && !c->out);
	c->out = level;
}

/* How long mode 3 stays at the present level. */
static uint32_t pit_half(const struct pit_counter *c)
{
	return (c->start + c->out) / 2;
}

/* A cycle of modes 2 and 3 has ended, or half a one; a new count takes effect. */
static void pit_reload(struct pit_counter *c, uint32_t after)
{
	c->origin += after;
	c->start = pit_initial(c);
	c->null_count = false;
}

/* Leaves out whole cycles. */
static void pit_skip_cycles(struct pit_counter *c, uint64_t tick)
{
	uint64_t cycles = (tick - c->origin) / c->start;

	c->origin += cycles * c->start;
	pit_rise(c, cycles);
}

static void pit_pass_rate(struct pit_counter *c, uint64_t tick)
{
	if (tick - c->origin >= c->start) {
		pit_reload(c, c->start);
		pit_rise(c, 1);
		pit_skip_cycles(c, tick);
	}
	c->out = tick - c->origin + 1 != c->start;
}

static void pit_pass_square(struct pit_counter *c, uint64_t tick)
{
	if (tick - c->origin < pit_half(c))
		return;
	pit_reload(c, pit_half(c));
	pit_set_out(c, !c->out);
	pit_skip_cycles(c, tick);
	if (tick - c->origin >= pit_half(c)) {
		c->origin += pit_half(c);
		pit_set_out(c, !c->out);
	}
}

static void pit_pass_once(struct pit_counter *c, uint64_t tick)
{
	uint64_t elapsed = tick - c->origin;

	if (!c->armed || elapsed < c->start)
		return;
	if (pit_mode(c) >= 4)
		pit_set_out(c, false);
	if (pit_mode(c) < 4 || elapsed > c->start) {
		pit_set_out(c, true);
		c->armed = false;
	}
}

static void pit_pass(struct pit_counter *c, uint64_t tick)
{
	if (!c->running)
		return;
	if (pit_mode(c) == 2)
		pit_pass_rate(c, tick);
	else if (pit_mode(c) == 3)
		pit_pass_square(c, tick);
	else
		pit_pass_once(c, tick);
}

static void pit_load(struct pit_counter *c)
{
	c->origin = c->load_at;
	c->load_at = TICK_NEVER;
	c->start = pit_initial(c);
	c->null_count = false;
	c->loaded = c->armed = true;
	c->running = c->gate || pit_is_triggered(c);
	pit_set_out(c, pit_mode(c) > 1);
}

/* Brings it to the present tick, and tells which that is. */
static uint64_t pit_sync(struct pit_counter *c)
{
	uint64_t tick = pit_tick(c);

	if (c->load_at <= tick) {
		pit_pass(c, c->load_at);
		pit_load(c);
	}
	pit_pass(c, tick);
	return tick;
}

/* The tick of OUT's next change while it counts. */
static uint64_t pit_next_change(const struct pit_counter *c)
{
	unsigned mode = pit_mode(c);

	if (!c->running)
		return TICK_NEVER;
	if (pit_is_periodic(c) && c->start == 1)
		return TICK_NEVER; /* the data sheet forbids it */
	if (mode == 2)
		return c->origin + c->start - c->out;
	if (mode == 3)
		return c->origin + pit_half(c);
	if (!c->armed)
		return TICK_NEVER;
	return c->origin + c->start + (mode >= 4 && !c->out);
}

/* Drives the output, and sees to its next change. */
static void pit_update(struct pit_counter *c)
{
	uint64_t next = pit_next_change(c), at = ALARM_NEVER;

	if (c->risen && c->out)
		irq_set(&c->output, false);
	irq_set(&c->output, c->out);
	c->risen = false;
	if (!c->output.set)
		return;
	if (next > c->load_at)
		next = c->load_at;
	if (next != TICK_NEVER)
		at = ticks_to_ns(next, I8254_HZ);
	if (c->alarm.at_ns != at)
		alarm_set(&c->alarm, at);
}

static void pit_fire(void *context)
{
	struct pit_counter *c = context;

	pit_sync(c);
	pit_update(c);
}

/* Keeps the counting element at its value. */
static void pit_hold(struct pit_counter *c, uint64_t tick)
{
	c->start = pit_value(c, tick);
	c->running = false;
}

void i8254_set_gate(struct i8254 *t, unsigned counter, bool level)
{
	struct pit_counter *c = &t->counter[counter];
	uint64_t tick;

	if (c->gate == level)
		return;
	tick = pit_sync(c);
	c->gate = level;
	if (!level && !pit_is_triggered(c)) {
		pit_hold(c, tick);
		if (pit_is_periodic(c))
			pit_set_out(c, true);
	} else if (level && (pit_is_triggered(c) || pit_is_periodic(c))) {
		if (c->written)
			c->load_at = tick + 1;
	} else if (level && c->loaded) {
		c->origin = tick;
		c->running = true;
	}
	pit_update(c);
}

bool i8254_output(struct i8254 *t, unsigned counter)
{
	pit_sync(&t->counter[counter]);
	pit_update(&t->counter[counter]);
	return t->counter[counter].out;
}

bool i8254_toggle(struct i8254 *t, unsigned counter)
{
	i8254_output(t, counter);
	return t->counter[counter].toggle;
}

/* Registers. */

static void pit_latch_count(struct pit_counter *c, uint64_t tick)
{
	if (c->latched)
		return;
	c->latch = pit_digits(c, pit_value(c, tick));
	c->latched = true;
}

static void pit_latch_status(struct pit_counter *c)
{
	if (c->status_latched)
		return;
	c->status = (uint8_t)(c->control | (c->out ? STATUS_OUT : 0) |
			      (c->null_count ? STATUS_NULL : 0));
	c->status_latched = true;
}

static void pit_program(struct pit_counter *c, uint8_t control, uint64_t tick)
{
	pit_hold(c, tick);
	c->control = control & CONTROL_STORED;
	if (c->start > pit_modulus(c))
		c->start = pit_modulus(c);
	c->count = 0;
	c->null_count = true;
	c->latched = c->status_latched = c->read_high = c->write_high = false;
	c->written = c->loaded = c->armed = false;
	c->load_at = TICK_NEVER;
	pit_set_out(c, pit_mode(c) != 0);
}

static void i8254_write_control(struct i8254 *t, uint8_t value)
{
	unsigned which = CONTROL_COUNTER(value);

	for (unsigned i = 0; i < I8254_COUNTERS; i++) {
		struct pit_counter *c = &t->counter[i];
		bool meant = which == READ_BACK ? value >> (i + 1) & 1 : which == i;
		uint64_t tick;

		if (!meant)
			continue;
		tick = pit_sync(c);
		if (which == READ_BACK) {
			if (!(value & READ_BACK_NO_COUNT))
				pit_latch_count(c, tick);
			if (!(value & READ_BACK_NO_STATUS))
				pit_latch_status(c);
		} else if (CONTROL_RW(value) == RW_LATCH) {
			pit_latch_count(c, tick);
		} else {
			pit_program(c, value, tick);
		}
		pit_update(c);
	}
}

/* A complete count.  Modes 1 and 5 wait for a trigger; 2 and 3, once they have begun, for
 * the end of their cycle. */
static void pit_set_count(struct pit_counter *c, uint16_t count, uint64_t tick)
{
	c->count = count;
	c->null_count = c->written = true;
	if (pit_is_triggered(c) || (pit_is_periodic(c) && c->loaded && c->start != 1))
		return;
	c->load_at = tick + 1;
	if (pit_mode(c) == 0)
		pit_set_out(c, false);
}

static void pit_write(struct pit_counter *c, uint8_t value)
{
	uint64_t tick = pit_sync(c);

	if (CONTROL_RW(c->control) == RW_LOW) {
		pit_set_count(c, value, tick);
	} else if (CONTROL_RW(c->control) == RW_HIGH) {
		pit_set_count(c, (uint16_t)(value << 8), tick);
	} else if (c->write_high) {
		c->write_high = false;
		pit_set_count(c, (uint16_t)(value << 8 | c->low), tick);
	} else {
		c->low = value;
		c->write_high = true;
		if (pit_mode(c) == 0) {
			pit_hold(c, tick);
			c->loaded = c->armed = false;
			c->load_at = TICK_NEVER;
			pit_set_out(c, false);
		}
	}
	pit_update(c);
}

static uint8_t pit_read(struct pit_counter *c)
{
	uint64_t tick = pit_sync(c);
	unsigned rw = CONTROL_RW(c->control);
	bool high = rw == RW_HIGH || (rw == RW_BOTH && c->read_high);
	uint16_t count;

	pit_update(c);
	if (c->status_latched) {
		c->status_latched = false;
		return c->status;
	}
	count = c->latched ? c->latch : pit_digits(c, pit_value(c, tick));
	if (rw == RW_BOTH)
		c->read_high = !high;
	if (rw != RW_BOTH || high)
		c->latched = false;
	return (uint8_t)(high ? count >> 8 : count);
}

static uint64_t i8254_read(void *chip, gpa offset, unsigned size)
{
	struct i8254 *t = chip;
	unsigned which = offset & 3;

	(void)size;
	if (which == I8254_CONTROL) {
		LOG(LOG_GUEST, "i8254: read of the control word");
		return 0xff;
	}
	return pit_read(&t->counter[which]);
}

static void i8254_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct i8254 *t = chip;
	unsigned which = offset & 3;

	(void)size;
	if (which == I8254_CONTROL)
		i8254_write_control(t, (uint8_t)value);
	else
		pit_write(&t->counter[which], (uint8_t)value);
}

static void pit_reset(struct pit_counter *c, bool gate)
{
	uint64_t tick = pit_tick(c);

	c->gate = gate;
	c->running = c->out = c->toggle = c->risen = false;
	c->start = 0;
	c->origin = tick;
	c->low = c->status = 0;
	c->latch = 0;
	pit_program(c, RW_BOTH << 4, tick);
}

static void i8254_reset(void *chip)
{
	struct i8254 *t = chip;
	struct pit_counter *refresh = &t->counter[REFRESH_COUNTER];

	for (unsigned i = 0; i < I8254_COUNTERS; i++)
		pit_reset(&t->counter[i], i != 2);
	pit_program(refresh, REFRESH_CONTROL, pit_tick(refresh));
	pit_set_count(refresh, REFRESH_COUNT, pit_tick(refresh));
	for (unsigned i = 0; i < I8254_COUNTERS; i++)
		pit_update(&t->counter[i]);
}

static void pit_state(struct pit_counter *c, struct archive *a)
{
	archive_u8(a, "control", &c->control);
	archive_u8(a, "low", &c->low);
	archive_bool(a, "write_high", &c->write_high);
	archive_bool(a, "read_high", &c->read_high);
	archive_u16(a, "count", &c->count);
	archive_u16(a, "latch", &c->latch);
	archive_u8(a, "status", &c->status);
	archive_bool(a, "latched", &c->latched);
	archive_bool(a, "status_latched", &c->status_latched);
	archive_bool(a, "null_count", &c->null_count);
	archive_bool(a, "written", &c->written);
	archive_u64(a, "origin", &c->origin);
	archive_u64(a, "load_at", &c->load_at);
	archive_u32(a, "start", &c->start);
	archive_bool(a, "loaded", &c->loaded);
	archive_bool(a, "running", &c->running);
	archive_bool(a, "armed", &c->armed);
	archive_bool(a, "gate", &c->gate);
	archive_bool(a, "out", &c->out);
	archive_bool(a, "toggle", &c->toggle);
	alarm_state(&c->alarm, a, "alarm");
	archive_require(a, c->control <= CONTROL_STORED && CONTROL_RW(c->control) != RW_LATCH);
	archive_require(a, c->start <= pit_modulus(c));
	archive_require(a, c->start > 0 || !c->running || !pit_is_periodic(c));
}

static void i8254_state(void *chip, struct archive *a)
{
	struct i8254 *t = chip;

	for (unsigned i = 0; i < I8254_COUNTERS; i++)
		pit_state(&t->counter[i], a);
	if (archive_loading(a) && !archive_failed(a))
		for (unsigned i = 0; i < I8254_COUNTERS; i++)
			irq_set(&t->counter[i].output, t->counter[i].out);
}

static void i8254_destroy(void *chip)
{
	struct i8254 *t = chip;

	for (unsigned i = 0; i < I8254_COUNTERS; i++)
		alarm_cancel(&t->counter[i].alarm);
	port_free(t, sizeof *t);
}

struct i8254 *i8254_create(const struct i8254_config *config)
{
	struct i8254 *t = port_allocate(sizeof *t, PORT_PLAIN);

	if (!t)
		return NULL;
	for (unsigned i = 0; i < I8254_COUNTERS; i++) {
		struct pit_counter *c = &t->counter[i];

		c->clock = config->clock;
		c->output = config->output[i];
		alarm_init(&c->alarm, config->clock, pit_fire, c);
	}
	i8254_reset(t);
	return t;
}

const struct chip_ops i8254_ops = {
	.name = "i8254",
	.read = i8254_read,
	.write = i8254_write,
	.reset = i8254_reset,
	.state = i8254_state,
	.destroy = i8254_destroy,
	.max_bytes = 1,
};

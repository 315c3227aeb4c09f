/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Port 61h: PIIX3 (82371SB), register NSC.  Its two enable bits for NMIs are stored, but
 * there is neither SERR# nor IOCHK# that could cause one; no sound is made.
 */
#include "dev/misc/port61.h"

#include <emu/archive.h>
#include <emu/port.h>

#define NSC_TIMER_GATE 0x01
#define NSC_WRITABLE 0x0f /* and speaker data, SERR# and IOCHK# off */
#define NSC_REFRESH 0x10
#define NSC_TIMER_OUT 0x20

#define COUNTER_REFRESH 1
#define COUNTER_SPEAKER 2

struct port61 {
	struct i8254 *timer;
	uint8_t control;
};

static uint64_t port61_read(void *chip, gpa offset, unsigned size)
{
	struct port61 *p = chip;

	(void)offset, (void)size;
	return p->control | (i8254_toggle(p->timer, COUNTER_REFRESH) ? NSC_REFRESH : 0) |
	       (i8254_output(p->timer, COUNTER_SPEAKER) ? NSC_TIMER_OUT : 0);
}

static void port61_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct port61 *p = chip;

	(void)offset, (void)size;
	p->control = value & NSC_WRITABLE;
	i8254_set_gate(p->timer, COUNTER_SPEAKER, value & NSC_TIMER_GATE);
}

static void port61_reset(void *chip)
{
	port61_write(chip, 0, 1, 0);
}

static void port61_state(void *chip, struct archive *a)
{
	struct port61 *p = chip;

	archive_u8(a, "control", &p->control);
	archive_require(a, p->control <= NSC_WRITABLE);
}

static void port61_destroy(void *chip)
{
	port_free(chip, sizeof(struct port61));
}

struct port61 *port61_create(const struct port61_config *config)
{
	struct port61 *p = port_allocate(sizeof *p, PORT_PLAIN);

	if (!p)
		return NULL;
	p->timer = config->timer;
	port61_reset(p);
	return p;
}

const struct chip_ops port61_ops = {
	.name = "port61",
	.read = port61_read,
	.write = port61_write,
	.reset = port61_reset,
	.state = port61_state,
	.destroy = port61_destroy,
	.max_bytes = 1,
};

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SP810 system controller: ARM DDI 0254, chapter 3.  The system mode follows what is
 * asked for at once, PLL and crystal settings are remembered.  Nothing depends on them:
 * the board fixes the clocks of the timers whose enables are chosen here.
 */
#include "sp810.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>
#include <emu/primecell.h>

enum {
	SC_CTRL = 0x00,
	SC_SYSSTAT = 0x04,
	SC_LAST = 0x2c, /* SCPERSTAT */
	SC_SYSID = 0xee0,
};

#define SP810_ID 0x00041810
#define SP810_REGISTERS (SC_LAST / 4 + 1)

#define CTRL_MODE 0x7u
#define CTRL_STATUS_SHIFT 3
#define CTRL_RESET 0x9u /* doze mode asked for and reached */

struct sp810 {
	uint32_t reg[SP810_REGISTERS];
};

static uint64_t sp810_read(void *chip, gpa offset, unsigned size)
{
	struct sp810 *s = chip;

	(void)size;
	if (offset <= SC_LAST)
		return s->reg[offset / 4];
	if (offset >= PRIMECELL_ID)
		return primecell_id(SP810_ID, offset);
	if (offset < SC_SYSID)
		LOG(LOG_UNIMPLEMENTED, "sp810: read of %#x", (unsigned)offset);
	return 0;
}

static void sp810_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct sp810 *s = chip;

	(void)size;
	if (offset == SC_CTRL)
		s->reg[0] = ((uint32_t)value & ~(0xfu << CTRL_STATUS_SHIFT)) |
			    ((uint32_t)value & CTRL_MODE) << CTRL_STATUS_SHIFT;
	else if (offset <= SC_LAST && offset != SC_SYSSTAT)
		s->reg[offset / 4] = (uint32_t)value;
	else
		LOG(LOG_UNIMPLEMENTED, "sp810: write of %#x", (unsigned)offset);
}

static void sp810_reset(void *chip)
{
	struct sp810 *s = chip;

	*s = (struct sp810){ .reg = { CTRL_RESET } };
}

static void sp810_state(void *chip, struct archive *a)
{
	struct sp810 *s = chip;

	for (unsigned i = 0; i < SP810_REGISTERS; i++)
		archive_u32(a, "reg", &s->reg[i]);
}

static void sp810_destroy(void *chip)
{
	port_free(chip, sizeof(struct sp810));
}

struct sp810 *sp810_create(void)
{
	struct sp810 *s = port_allocate(sizeof *s, PORT_PLAIN);

	if (s)
		sp810_reset(s);
	return s;
}

const struct chip_ops sp810_ops = {
	.name = "sp810",
	.read = sp810_read,
	.write = sp810_write,
	.reset = sp810_reset,
	.state = sp810_state,
	.destroy = sp810_destroy,
	.min_bytes = 4,
};

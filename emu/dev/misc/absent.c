/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What isn't there, see the header.
 */
#include "absent.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>
#include <emu/primecell.h>

struct absent {
	const char *name;
	uint32_t primecell;
};

static uint64_t absent_read(void *chip, gpa offset, unsigned size)
{
	struct absent *n = chip;

	(void)size;
	if (n->primecell && offset >= PRIMECELL_ID && offset < PRIMECELL_BYTES)
		return primecell_id(n->primecell, offset);
	LOG(LOG_UNIMPLEMENTED, "%s: read of %#llx", n->name, (unsigned long long)offset);
	return 0;
}

static void absent_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct absent *n = chip;

	(void)size;
	LOG(LOG_UNIMPLEMENTED, "%s: write of %#llx to %#llx", n->name, (unsigned long long)value,
	    (unsigned long long)offset);
}

static void absent_reset(void *chip)
{
	(void)chip;
}

static void absent_state(void *chip, struct archive *a)
{
	(void)chip;
	(void)a;
}

static void absent_destroy(void *chip)
{
	port_free(chip, sizeof(struct absent));
}

struct absent *absent_create(const char *name, uint32_t primecell)
{
	struct absent *n = port_allocate(sizeof *n, PORT_PLAIN);

	if (n)
		*n = (struct absent){ name, primecell };
	return n;
}

const struct chip_ops absent_ops = {
	.name = "absent",
	.read = absent_read,
	.write = absent_write,
	.reset = absent_reset,
	.state = absent_state,
	.destroy = absent_destroy,
	.min_bytes = 4,
};

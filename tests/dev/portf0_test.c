/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Port F0h: x87 errors as interrupt 13, ignored on demand.
 */
#include "rig.h"

#include "dev/misc/portf0.h"

enum { IRQ13, IGNNE };

int main(void)
{
	struct rig *r = rig_open();
	const struct portf0_config config = { rig_line(r, IRQ13), rig_line(r, IGNNE) };
	struct portf0 *port = portf0_create(&config);
	struct irq ferr = portf0_ferr_input(port);

	rig_place(r, 0, 1, &portf0_ops, port);
	ok(!r->line[IRQ13] && !r->line[IGNNE], "quiet at first");
	rig_write_sized(r, 0, 1, 0);
	ok(!r->line[IGNNE], "without an error there is nothing to ignore");
	irq_set(&ferr, true);
	ok(r->line[IRQ13] && !r->line[IGNNE], "an error interrupts");
	is(rig_read_sized(r, 0, 1), 0xff, "there is nothing to read");
	rig_write_sized(r, 0, 1, 0);
	ok(!r->line[IRQ13] && r->line[IGNNE], "a write takes the interrupt back");
	irq_set(&ferr, true);
	ok(!r->line[IRQ13] && r->line[IGNNE], "the same error is ignored");
	irq_set(&ferr, false);
	ok(!r->line[IRQ13] && !r->line[IGNNE], "until it goes");
	irq_set(&ferr, true);
	ok(r->line[IRQ13] && !r->line[IGNNE], "the next one interrupts");
	rig_write_sized(r, 0, 1, 0);
	portf0_ops.reset(port);
	ok(r->line[IRQ13] && !r->line[IGNNE], "after a reset nothing is ignored");
	rig_close(r);
	return done();
}

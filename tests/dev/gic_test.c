/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Register scripts for the Generic Interrupt Controller, and a random comparison of
 * what it signals with the rules written out naively.
 */
#include "rig.h"

#include "dev/intc/gic.h"

#include <time.h>

enum { LINE_IRQ, LINE_FIQ };

/* Offsets in the rig: the distributor at 0, the CPU interface behind it. */
#define CPU 0x1000
#define SPI(n) (32 + (n))

static struct gic *gic;
static struct irq input[64];

static struct rig *rig_with_gic(unsigned version)
{
	struct rig *r = rig_open();
	const struct gic_config config = { .version = version,
					   .lines = 96,
					   .targets = version == 1,
					   .irq = rig_line(r, LINE_IRQ),
					   .fiq = rig_line(r, LINE_FIQ) };

	gic = gic_create(&config);
	rig_place(r, 0, GIC_DISTRIBUTOR_BYTES, &gic_ops, gic);
	rig_place(r, CPU, GIC_CPU_V2_BYTES, &gic_cpu_ops, gic_cpu_interface(gic));
	for (unsigned i = 0; i < COUNT_OF(input); i++)
		input[i] = gic_input(gic, 16 + i);
	return r;
}

static void raise(unsigned id, bool level)
{
	irq_set(&input[id - 16], level);
}

/* On, priority mask open, SPIs 0..3 enabled with priority 0xa0. */
static void set_up(struct rig *r)
{
	rig_write(r, 0x000, 1);
	rig_write(r, CPU + 0x00, 1);
	rig_write(r, CPU + 0x04, 0xf0);
	rig_write(r, 0x104, 0xf);
	rig_write(r, 0x420, 0xa0a0a0a0);
}

static void test_identity(void)
{
	struct rig *r = rig_with_gic(1);

	is(rig_read(r, 0x004), 2, "v1: 96 lines, one CPU");
	is(rig_read(r, 0xfe8), 0x1b, "v1: architecture in ICPIDR2");
	is(rig_read(r, CPU + 0xfc), 0x3901243b, "v1: CPU interface identification");
	is(rig_read(r, 0x100), 0xffff, "v1: software interrupts are always enabled");
	is(rig_read(r, 0x820), 0, "v1: no target after reset");
	rig_write(r, 0x820, ~0u);
	is(rig_read(r, 0x820), 0x01010101, "v1: this CPU is the only target");
	is(rig_read(r, 0x800), 0x01010101, "v1: and private interrupts' own");
	rig_close(r);
	r = rig_with_gic(2);
	is(rig_read(r, 0xfe8), 0x2b, "v2: architecture in ICPIDR2");
	rig_write(r, 0x820, ~0u);
	is(rig_read(r, 0x820), 0, "v2: one CPU has no target registers");
	rig_write_sized(r, 0x421, 1, 0xff);
	is(rig_read(r, 0x420), 0xf800, "v2: priority bytes, five bits");
	is(rig_read_sized(r, 0x421, 1), 0xf8, "v2: and read by bytes");
	rig_close(r);
}

static void test_level(void)
{
	struct rig *r = rig_with_gic(1);

	raise(SPI(1), true);
	ok(!r->line[LINE_IRQ], "level: nothing while all is off");
	set_up(r);
	ok(r->line[LINE_IRQ], "level: signalled when enabled");
	is(rig_read(r, 0x204), 2, "level: pending");
	is(rig_read(r, CPU + 0x18), SPI(1), "level: highest pending");
	is(rig_read(r, CPU + 0x0c), SPI(1), "level: acknowledged");
	ok(!r->line[LINE_IRQ], "level: not signalled while active");
	is(rig_read(r, 0x304), 2, "level: active");
	is(rig_read(r, CPU + 0x14), 0xa0, "level: running priority");
	is(rig_read(r, CPU + 0x0c), 1023, "level: nothing else");
	rig_write(r, CPU + 0x10, SPI(1));
	ok(r->line[LINE_IRQ], "level: again, as the line is still up");
	is(rig_read(r, CPU + 0x14), 0xff, "level: idle priority");
	raise(SPI(1), false);
	ok(!r->line[LINE_IRQ], "level: gone with its line");
	is(rig_read(r, CPU + 0x0c), 1023, "level: spurious");
	rig_close(r);
}

static void test_edge(void)
{
	struct rig *r = rig_with_gic(1);

	set_up(r);
	rig_write(r, 0xc08, 0x8); /* SPI 1 is edge-triggered */
	raise(SPI(1), true);
	raise(SPI(1), false);
	ok(r->line[LINE_IRQ], "edge: latched");
	is(rig_read(r, CPU + 0x0c), SPI(1), "edge: acknowledged");
	is(rig_read(r, 0x204), 0, "edge: no longer pending");
	raise(SPI(1), true);
	is(rig_read(r, 0x204), 2, "edge: pending again while active");
	ok(!r->line[LINE_IRQ], "edge: but not signalled");
	rig_write(r, CPU + 0x10, SPI(1));
	ok(r->line[LINE_IRQ], "edge: until the first is done");
	rig_write(r, 0x284, 2);
	ok(!r->line[LINE_IRQ], "edge: cleared by software");
	rig_write(r, 0x204, 2);
	is(rig_read(r, CPU + 0x0c), SPI(1), "edge: set by software");
	rig_close(r);
}

static void test_priorities(void)
{
	struct rig *r = rig_with_gic(1);

	set_up(r);
	rig_write(r, 0x420, 0x40a080f0);
	raise(SPI(0), true);
	ok(!r->line[LINE_IRQ], "priority: masked by the priority mask");
	raise(SPI(2), true);
	is(rig_read(r, CPU + 0x0c), SPI(2), "priority: SPI 2 alone");
	raise(SPI(1), true);
	ok(r->line[LINE_IRQ], "priority: a higher one preempts");
	is(rig_read(r, CPU + 0x0c), SPI(1), "priority: SPI 1");
	raise(SPI(3), true);
	is(rig_read(r, CPU + 0x0c), SPI(3), "priority: SPI 3");
	is(rig_read(r, CPU + 0x14), 0x40, "priority: running");
	raise(SPI(3), false);
	raise(SPI(1), false);
	rig_write(r, CPU + 0x10, SPI(3));
	is(rig_read(r, CPU + 0x14), 0x80, "priority: back to SPI 1");
	rig_write(r, CPU + 0x10, SPI(1));
	is(rig_read(r, CPU + 0x14), 0xa0, "priority: back to SPI 2");
	rig_write(r, CPU + 0x10, SPI(2));
	rig_write(r, CPU + 0x08, 5); /* groups of 64: 0x80 and 0xa0 are equal */
	is(rig_read(r, CPU + 0x0c), SPI(2), "priority: SPI 2 once more");
	raise(SPI(1), true);
	ok(!r->line[LINE_IRQ], "priority: no preemption within a group");
	is(rig_read(r, CPU + 0x18), SPI(1), "priority: though it is the highest pending");
	rig_write(r, CPU + 0x08, 0);
	is(rig_read(r, CPU + 0x08), 2, "priority: least binary point");
	rig_close(r);
}

static void test_software(void)
{
	struct rig *r = rig_with_gic(2);

	set_up(r);
	rig_write(r, 0xf00, 0x00010003);
	is(rig_read(r, CPU + 0x0c), 3, "software: sent to the list");
	rig_write(r, CPU + 0x10, 3);
	rig_write(r, 0xf00, 0x02000005);
	is(rig_read(r, CPU + 0x0c), 5, "software: sent to itself");
	rig_write(r, CPU + 0x10, 5);
	rig_write(r, 0xf00, 0x01000006);
	is(rig_read(r, CPU + 0x0c), 1023, "software: not to all others");
	rig_write(r, 0xf24, 0x00000100);
	is(rig_read(r, CPU + 0x0c), 5, "software: pending set by byte");
	rig_close(r);
}

static void test_version_2(void)
{
	struct rig *r = rig_with_gic(2);

	set_up(r);
	rig_write(r, CPU + 0x00, 0x201); /* separate deactivation */
	raise(SPI(0), true);
	is(rig_read(r, CPU + 0x0c), SPI(0), "v2: acknowledged");
	rig_write(r, CPU + 0x10, SPI(0));
	is(rig_read(r, CPU + 0x14), 0xff, "v2: priority drop");
	is(rig_read(r, 0x304), 1, "v2: but still active");
	ok(!r->line[LINE_IRQ], "v2: so not signalled");
	rig_write(r, CPU + 0x1000, SPI(0));
	ok(r->line[LINE_IRQ], "v2: deactivated");
	raise(SPI(0), false);

	rig_write(r, 0x000, 3);
	rig_write(r, CPU + 0x00, 0xb); /* both groups, group 0 as FIQ */
	rig_write(r, 0x084, 2);        /* SPI 1 in group 1 */
	raise(SPI(1), true);
	ok(r->line[LINE_IRQ] && !r->line[LINE_FIQ], "v2: group 1 is IRQ");
	is(rig_read(r, CPU + 0x0c), 1022, "v2: not acknowledged as group 0");
	is(rig_read(r, CPU + 0x20), SPI(1), "v2: but by the alias");
	rig_write(r, 0x420, 0xa0a0a080);
	raise(SPI(0), true);
	ok(r->line[LINE_FIQ], "v2: group 0 is FIQ");
	is(rig_read(r, CPU + 0x20), 1023, "v2: which the alias doesn't show");
	is(rig_read(r, CPU + 0x0c), SPI(0), "v2: acknowledged");
	rig_close(r);
}

static void test_saved(void)
{
	struct rig *r = rig_with_gic(1), *other;

	set_up(r);
	raise(SPI(2), true);
	rig_read(r, CPU + 0x0c);
	raise(SPI(3), true);
	other = rig_with_gic(1);
	ok(rig_save(r) && rig_load(other, r), "saved and loaded");
	is(rig_read(other, 0x304), 4, "active interrupt loaded");
	rig_write(other, CPU + 0x10, SPI(2));
	ok(other->line[LINE_IRQ], "the pending one is signalled");
	is(rig_read(other, CPU + 0x0c), SPI(2), "the lower number wins");
	rig_close(r);
	rig_close(other);
}

/* Random operations on SPIs; the expected acknowledgement is computed afresh each time
 * from a list of what happened. */
struct model {
	bool level, edge, latch, enabled, active;
	uint8_t priority;
};

static unsigned expected(const struct model *m, unsigned running)
{
	unsigned best = 1023, best_priority = 0xf0;

	for (unsigned i = 0; i < 32; i++) {
		bool pending = m[i].latch || (m[i].level && !m[i].edge);

		if (pending && m[i].enabled && !m[i].active && m[i].priority < best_priority) {
			best = SPI(i);
			best_priority = m[i].priority;
		}
	}
	return best_priority < running ? best : 1023;
}

static void random_step(struct rig *r, struct model *m, unsigned n, unsigned what)
{
	switch (what) {
	case 0:
	case 1:
		raise(SPI(n), what);
		m[n].latch |= what && !m[n].level && m[n].edge;
		m[n].level = what;
		break;
	case 2:
	case 3:
		rig_write(r, what == 2 ? 0x104 : 0x184, 1u << n);
		m[n].enabled = what == 2;
		break;
	case 4:
		rig_write(r, 0x204, 1u << n);
		m[n].latch = true;
		break;
	case 5:
		rig_write(r, 0x284, 1u << n);
		m[n].latch = false;
		break;
	}
}

static void test_random(void)
{
	unsigned seed = (unsigned)time(NULL), stack[32], depth = 0, wrong = 0;
	struct rig *r = rig_with_gic(1);
	struct model m[32] = { 0 };
	uint32_t edges = 0;

	diag("seed %u", seed);
	srand(seed);
	set_up(r);
	rig_write(r, 0x184, ~0u);
	for (unsigned i = 0; i < 32; i++) {
		m[i].priority = (uint8_t)(rand() & 0xf8);
		m[i].edge = rand() & 1;
		rig_write_sized(r, 0x420 + i, 1, m[i].priority);
		edges |= (uint32_t)m[i].edge << (i % 16 * 2 + 1);
		if (i % 16 == 15) {
			rig_write(r, 0xc08 + i / 16 * 4, edges);
			edges = 0;
		}
	}
	for (unsigned step = 0; step < 20000; step++) {
		unsigned running = depth ? m[stack[depth - 1]].priority : 0x100;
		unsigned id = expected(m, running), what = (unsigned)rand() % 9;

		wrong += r->line[LINE_IRQ] != (id != 1023);
		if (what < 6) {
			random_step(r, m, (unsigned)rand() % 32, what);
		} else if (what < 8) {
			wrong += rig_read(r, CPU + 0x0c) != id;
			if (id != 1023) {
				m[id - 32].active = true;
				m[id - 32].latch = false;
				stack[depth++] = id - 32;
			}
		} else if (depth) {
			rig_write(r, CPU + 0x10, SPI(stack[--depth]));
			m[stack[depth]].active = false;
		}
	}
	is(wrong, 0, "20000 random steps as the rules say");
	rig_close(r);
}

int main(void)
{
	test_identity();
	test_level();
	test_edge();
	test_priorities();
	test_software();
	test_version_2();
	test_saved();
	test_random();
	return done();
}

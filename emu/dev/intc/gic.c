/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The Generic Interrupt Controller: ARM IHI 0048B chapters 3 and 4; identification as
 * in the Cortex-A9 MPCore (DDI 0407) for version 1 and GIC-400 (DDI 0471) for 2.
 * 32 priority levels.  Version 2 has interrupt groups, version 1 doesn't (there they
 * belong to the Security Extensions, which aren't modelled).  No virtualization
 * extensions, no second CPU: software-generated interrupts always come from CPU 0.
 */
#include "gic.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

#define GIC_MAX_LINES 1020
#define GIC_WORDS 32
#define GIC_SGIS 0xffffu

#define SPURIOUS 1023u
#define SPURIOUS_GROUP1 1022u
#define IDLE_PRIORITY 0x100u /* lower than every interrupt's */

/* Five of eight priority bits exist. */
#define PRIORITY_SHIFT 3
#define PRIORITY_MASK 0xf8u
#define BINARY_POINT_MIN 2u

#define GICC_CTLR_GROUP0 (1u << 0)
#define GICC_CTLR_GROUP1 (1u << 1)
#define GICC_CTLR_ACKCTL (1u << 2)
#define GICC_CTLR_FIQEN (1u << 3)
#define GICC_CTLR_CBPR (1u << 4)
#define GICC_CTLR_EOIMODE (1u << 9)

struct gic_cpu {
	struct gic *gic;
	uint32_t ctlr, pmr, bpr, abpr;
	uint32_t active_priorities; /* bit n: group priority n << PRIORITY_SHIFT */
};

struct gic {
	unsigned version, lines, words;
	bool targets;
	struct irq irq, fiq;
	uint32_t ctlr;
	/* One bit per interrupt ID.  `pending` is the latch: rising edges and software;
	 * `level` the input. */
	uint32_t enabled[GIC_WORDS], pending[GIC_WORDS], level[GIC_WORDS], active[GIC_WORDS],
		edge[GIC_WORDS], group[GIC_WORDS];
	uint8_t priority[GIC_WORDS * 32];
	uint8_t target[GIC_WORDS * 32];
	struct gic_cpu cpu;
};

struct gic_candidate {
	unsigned id;
	uint32_t priority;
	bool group1;
};

static uint32_t gic_is_pending(const struct gic *g, unsigned word)
{
	return g->pending[word] | (g->level[word] & ~g->edge[word]);
}

/* Interrupts of a word that exist. */
static uint32_t gic_valid(const struct gic *g, unsigned word)
{
	if (word >= g->words)
		return 0;
	return g->lines - word * 32 >= 32 ? ~0u : (1u << (g->lines - word * 32)) - 1;
}

static uint32_t gic_forwarded(const struct gic *g, unsigned word)
{
	uint32_t on = g->ctlr & g->cpu.ctlr;
	uint32_t groups = (on & GICC_CTLR_GROUP0 ? ~g->group[word] : 0) |
			  (on & GICC_CTLR_GROUP1 ? g->group[word] : 0);

	return groups & g->enabled[word] & gic_is_pending(g, word) & ~g->active[word];
}

/* The pending interrupt of highest priority, or SPURIOUS. */
static struct gic_candidate gic_highest(const struct gic *g)
{
	struct gic_candidate best = { SPURIOUS, IDLE_PRIORITY, false };

	for (unsigned word = 0; word < g->words; word++) {
		for (uint32_t bits = gic_forwarded(g, word); bits; bits &= bits - 1) {
			unsigned bit = (unsigned)__builtin_ctz(bits);
			unsigned id = word * 32 + bit;

			if (g->priority[id] < best.priority) {
				best.id = id;
				best.priority = g->priority[id];
				best.group1 = g->group[word] >> bit & 1;
			}
		}
	}
	return best;
}

/* What of a priority decides about preemption. */
static uint32_t gic_group_priority(const struct gic *g, uint32_t priority, bool group1)
{
	const struct gic_cpu *cpu = &g->cpu;
	/* With GICC_ABPR the field begins one bit lower for the same value. */
	unsigned lowest = group1 && !(cpu->ctlr & GICC_CTLR_CBPR) ? cpu->abpr : cpu->bpr + 1;

	return priority & (~0u << lowest) & PRIORITY_MASK;
}

static uint32_t gic_running_priority(const struct gic *g)
{
	uint32_t active = g->cpu.active_priorities;

	return active ? (uint32_t)__builtin_ctz(active) << PRIORITY_SHIFT : IDLE_PRIORITY;
}

static bool gic_preempts(const struct gic *g, const struct gic_candidate *c)
{
	return c->id != SPURIOUS && c->priority < g->cpu.pmr &&
	       gic_group_priority(g, c->priority, c->group1) < gic_running_priority(g);
}

static void gic_update(struct gic *g)
{
	struct gic_candidate best = gic_highest(g);
	bool signalled = gic_preempts(g, &best);
	bool fiq = signalled && !best.group1 && (g->cpu.ctlr & GICC_CTLR_FIQEN);

	irq_set(&g->irq, signalled && !fiq);
	irq_set(&g->fiq, fiq);
}

static void gic_set_input(void *sink, unsigned id, bool level)
{
	struct gic *g = sink;
	uint32_t bit = 1u << (id & 31);
	unsigned word = id / 32;

	if (level && !(g->level[word] & bit) && (g->edge[word] & bit))
		g->pending[word] |= bit;
	g->level[word] = level ? g->level[word] | bit : g->level[word] & ~bit;
	gic_update(g);
}

struct irq gic_input(struct gic *g, unsigned id)
{
	return (struct irq){ .set = id < g->lines && id >= GIC_PPI ? gic_set_input : NULL,
			     .sink = g,
			     .input = id };
}

/* Distributor. */

enum {
	GICD_CTLR = 0x000,
	GICD_TYPER = 0x004,
	GICD_IIDR = 0x008,
	GICD_IGROUPR = 0x080,
	GICD_ISENABLER = 0x100,
	GICD_ICENABLER = 0x180,
	GICD_ISPENDR = 0x200,
	GICD_ICPENDR = 0x280,
	GICD_ISACTIVER = 0x300,
	GICD_ICACTIVER = 0x380,
	GICD_IPRIORITYR = 0x400,
	GICD_ITARGETSR = 0x800,
	GICD_ICFGR = 0xc00,
	GICD_PPISR = 0xd00,
	GICD_SPISR = 0xd04,
	GICD_SGIR = 0xf00,
	GICD_CPENDSGIR = 0xf10,
	GICD_SPENDSGIR = 0xf20,
	GICD_ID = 0xfd0,
};

static uint32_t gic_read_bytes(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

/* Two bits an interrupt, the upper one says it is edge-triggered. */
static uint32_t gic_read_configuration(const struct gic *g, unsigned n)
{
	uint32_t half = g->edge[n / 2] >> (n & 1) * 16;
	uint32_t value = 0;

	for (unsigned i = 0; i < 16; i++)
		value |= (half >> i & 1) << (2 * i + 1);
	return value;
}

static void gic_write_configuration(struct gic *g, unsigned n, uint32_t value)
{
	for (unsigned i = 0; i < 16; i++) {
		uint32_t bit = 1u << (i + (n & 1) * 16);
		bool edge = value >> (2 * i + 1) & 1;

		g->edge[n / 2] = edge ? g->edge[n / 2] | bit : g->edge[n / 2] & ~bit;
	}
	g->edge[n / 2] &= gic_valid(g, n / 2);
	g->edge[0] |= GIC_SGIS;
}

static uint32_t gic_read_sgis(const struct gic *g, unsigned first)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < 4; i++)
		value |= (g->pending[0] >> (first + i) & 1) << 8 * i;
	return value;
}

static uint32_t gic_identity(const struct gic *g, unsigned offset)
{
	/* Peripheral ID 4..7, 0..3, then the component's. */
	static const uint8_t pl390[12] = {
		0x04, 0, 0, 0, 0x90, 0xb3, 0x1b, 0, 0x0d, 0xf0, 5, 0xb1
	};
	static const uint8_t gic400[12] = {
		0x04, 0, 0, 0, 0x90, 0xb4, 0x2b, 0, 0x0d, 0xf0, 5, 0xb1
	};

	return (g->version == 1 ? pl390 : gic400)[(offset - GICD_ID) / 4];
}

/* The banks with one bit an interrupt, from 0x080 to 0x3ff. */
static uint32_t gic_read_bits(const struct gic *g, unsigned offset)
{
	unsigned word = offset / 4 & 31;

	if (word >= g->words)
		return 0;
	switch (offset & ~0x7fu) {
	case GICD_IGROUPR:
		return g->group[word];
	case GICD_ISENABLER:
	case GICD_ICENABLER:
		return g->enabled[word];
	case GICD_ISPENDR:
	case GICD_ICPENDR:
		return gic_is_pending(g, word);
	default:
		return g->active[word];
	}
}

static uint32_t gic_read_word(const struct gic *g, unsigned offset)
{
	switch (offset) {
	case GICD_CTLR:
		return g->ctlr;
	case GICD_TYPER:
		return (g->lines + 31) / 32 - 1;
	case GICD_IIDR:
		return g->version == 1 ? 0x0102043b : 0x0200143b;
	case GICD_PPISR:
		return g->level[0] >> GIC_PPI;
	}
	if (offset >= GICD_IGROUPR && offset < GICD_IPRIORITYR)
		return gic_read_bits(g, offset);
	if (offset >= GICD_IPRIORITYR && offset < GICD_ITARGETSR)
		return gic_read_bytes(g->priority + (offset - GICD_IPRIORITYR));
	if (offset >= GICD_ITARGETSR && offset < GICD_ICFGR)
		return gic_read_bytes(g->target + (offset - GICD_ITARGETSR));
	if (offset >= GICD_ICFGR && offset < GICD_PPISR)
		return gic_read_configuration(g, (offset - GICD_ICFGR) / 4);
	if (offset >= GICD_SPISR && offset < GICD_SPISR + 31 * 4)
		return g->level[(offset - GICD_SPISR) / 4 + 1];
	if (g->version == 2 && offset >= GICD_CPENDSGIR && offset < GICD_SPENDSGIR + 16)
		return gic_read_sgis(g, offset & 0xc);
	if (offset >= GICD_ID)
		return gic_identity(g, offset);
	return 0;
}

static uint64_t gic_read(void *chip, gpa offset, unsigned size)
{
	uint32_t value = gic_read_word(chip, (unsigned)offset & ~3u);

	(void)size;
	return value >> (offset & 3) * 8;
}

static void gic_write_bits(struct gic *g, unsigned offset, uint32_t value)
{
	unsigned word = offset / 4 & 31;
	uint32_t bits = value & gic_valid(g, word);

	switch (offset & ~0x7fu) {
	case GICD_IGROUPR:
		if (g->version == 2)
			g->group[word] = bits;
		break;
	case GICD_ISENABLER:
		g->enabled[word] |= bits;
		break;
	case GICD_ICENABLER:
		g->enabled[word] &= ~bits;
		g->enabled[0] |= GIC_SGIS; /* can't be disabled */
		break;
	case GICD_ISPENDR:
		g->pending[word] |= word ? bits : bits & ~GIC_SGIS;
		break;
	case GICD_ICPENDR:
		g->pending[word] &= word ? ~bits : ~bits | GIC_SGIS;
		break;
	case GICD_ISACTIVER:
		if (g->version == 2)
			g->active[word] |= bits;
		break;
	case GICD_ICACTIVER:
		if (g->version == 2)
			g->active[word] &= ~bits;
		break;
	}
}

static void gic_generate_sgi(struct gic *g, uint32_t value)
{
	unsigned filter = value >> 24 & 3;

	if (filter == 2 || (filter == 0 && (value >> 16 & 1)))
		g->pending[0] |= 1u << (value & 15);
}

/* The registers that can be written by bytes; false if it isn't one. */
static bool gic_write_byte(struct gic *g, unsigned offset, uint8_t value)
{
	unsigned id = offset & 0x3ff;

	if (offset >= GICD_IPRIORITYR && offset < GICD_ITARGETSR) {
		if (id < g->lines)
			g->priority[id] = value & PRIORITY_MASK;
	} else if (offset >= GICD_ITARGETSR && offset < GICD_ICFGR) {
		if (g->targets && id >= GIC_SPI && id < g->lines)
			g->target[id] = value & 1;
	} else if (g->version == 2 && offset >= GICD_CPENDSGIR && offset < GICD_SPENDSGIR) {
		g->pending[0] &= ~((value & 1u) << (offset & 15));
	} else if (g->version == 2 && offset >= GICD_SPENDSGIR && offset < GICD_SPENDSGIR + 16) {
		g->pending[0] |= (value & 1u) << (offset & 15);
	} else {
		return false;
	}
	return true;
}

static void gic_write_word(struct gic *g, unsigned offset, uint32_t value)
{
	if (offset == GICD_CTLR)
		g->ctlr = value & (g->version == 1 ? 1 : 3);
	else if (offset == GICD_SGIR)
		gic_generate_sgi(g, value);
	else if (offset >= GICD_IGROUPR && offset < GICD_IPRIORITYR)
		gic_write_bits(g, offset, value);
	else if (offset >= GICD_ICFGR && offset < GICD_PPISR)
		gic_write_configuration(g, (offset - GICD_ICFGR) / 4, value);
	else
		LOG(LOG_GUEST, "gic: write of %#x to distributor register %#x", value, offset);
}

static void gic_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct gic *g = chip;
	bool by_bytes = true;

	for (unsigned i = 0; i < size && by_bytes; i++)
		by_bytes = gic_write_byte(g, (unsigned)offset + i, (uint8_t)(value >> 8 * i));
	if (!by_bytes && size == 4)
		gic_write_word(g, (unsigned)offset, (uint32_t)value);
	gic_update(g);
}

/* CPU interface. */

enum {
	GICC_CTLR = 0x00,
	GICC_PMR = 0x04,
	GICC_BPR = 0x08,
	GICC_IAR = 0x0c,
	GICC_EOIR = 0x10,
	GICC_RPR = 0x14,
	GICC_HPPIR = 0x18,
	GICC_ABPR = 0x1c,
	GICC_AIAR = 0x20,
	GICC_AEOIR = 0x24,
	GICC_AHPPIR = 0x28,
	GICC_APR0 = 0xd0,
	GICC_IIDR = 0xfc,
	GICC_DIR = 0x1000,
};

/* The ID to be shown for a candidate through the ordinary or the aliased registers. */
static uint32_t gic_visible(const struct gic *g, const struct gic_candidate *c, bool aliased)
{
	if (c->id == SPURIOUS || c->group1 == aliased)
		return c->id;
	if (aliased)
		return SPURIOUS;
	return g->cpu.ctlr & GICC_CTLR_ACKCTL ? c->id : SPURIOUS_GROUP1;
}

static uint32_t gic_acknowledge(struct gic *g, bool aliased)
{
	struct gic_candidate best = gic_highest(g);
	uint32_t id = gic_preempts(g, &best) ? gic_visible(g, &best, aliased) : SPURIOUS;
	uint32_t group_priority;

	if (id >= g->lines)
		return id;
	group_priority = gic_group_priority(g, best.priority, best.group1);
	g->cpu.active_priorities |= 1u << (group_priority >> PRIORITY_SHIFT);
	g->active[id / 32] |= 1u << (id & 31);
	g->pending[id / 32] &= ~(1u << (id & 31));
	gic_update(g);
	return id;
}

static void gic_deactivate(struct gic *g, uint32_t id)
{
	if (id < g->lines)
		g->active[id / 32] &= ~(1u << (id & 31));
}

static void gic_end_of_interrupt(struct gic *g, uint32_t id)
{
	if (id >= g->lines || !(g->active[id / 32] >> (id & 31) & 1)) {
		LOG(LOG_GUEST, "gic: end of interrupt %u, which isn't active", id);
		return;
	}
	/* Priority drop: the highest of the active ones ends. */
	g->cpu.active_priorities &= g->cpu.active_priorities - 1;
	if (!(g->cpu.ctlr & GICC_CTLR_EOIMODE))
		gic_deactivate(g, id);
}

static uint32_t gic_cpu_read_group1(struct gic *g, unsigned offset)
{
	struct gic_candidate best;

	switch (offset) {
	case GICC_ABPR:
		return g->cpu.abpr;
	case GICC_AIAR:
		return gic_acknowledge(g, true);
	case GICC_AHPPIR:
		best = gic_highest(g);
		return gic_visible(g, &best, true);
	case GICC_APR0:
		return g->cpu.active_priorities;
	}
	return 0;
}

static uint64_t gic_cpu_read(void *chip, gpa offset, unsigned size)
{
	struct gic_cpu *cpu = chip;
	struct gic *g = cpu->gic;
	struct gic_candidate best;
	uint32_t running;

	(void)size;
	switch (offset) {
	case GICC_CTLR:
		return cpu->ctlr;
	case GICC_PMR:
		return cpu->pmr;
	case GICC_BPR:
		return cpu->bpr;
	case GICC_IAR:
		return gic_acknowledge(g, false);
	case GICC_RPR:
		running = gic_running_priority(g);
		return running == IDLE_PRIORITY ? 0xff : running;
	case GICC_HPPIR:
		best = gic_highest(g);
		return gic_visible(g, &best, false);
	case GICC_IIDR:
		return g->version == 1 ? 0x3901243b : 0x0202143b;
	}
	return g->version == 2 ? gic_cpu_read_group1(g, (unsigned)offset) : 0;
}

static uint32_t gic_binary_point(uint32_t value, uint32_t min)
{
	return (value & 7) < min ? min : value & 7;
}

static void gic_cpu_write_v2(struct gic *g, unsigned offset, uint32_t value)
{
	switch (offset) {
	case GICC_ABPR:
		g->cpu.abpr = gic_binary_point(value, BINARY_POINT_MIN + 1);
		break;
	case GICC_AEOIR:
		gic_end_of_interrupt(g, value & 0x3ff);
		break;
	case GICC_APR0:
		g->cpu.active_priorities = value;
		break;
	case GICC_DIR:
		if (g->cpu.ctlr & GICC_CTLR_EOIMODE)
			gic_deactivate(g, value & 0x3ff);
		break;
	}
}

static void gic_cpu_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct gic_cpu *cpu = chip;
	struct gic *g = cpu->gic;

	(void)size;
	switch (offset) {
	case GICC_CTLR:
		cpu->ctlr = (uint32_t)value & (g->version == 1 ? 1 : 0x1f | GICC_CTLR_EOIMODE);
		break;
	case GICC_PMR:
		cpu->pmr = value & PRIORITY_MASK;
		break;
	case GICC_BPR:
		cpu->bpr = gic_binary_point((uint32_t)value, BINARY_POINT_MIN);
		break;
	case GICC_EOIR:
		gic_end_of_interrupt(g, value & 0x3ff);
		break;
	default:
		if (g->version == 2)
			gic_cpu_write_v2(g, (unsigned)offset, (uint32_t)value);
	}
	gic_update(g);
}

/* Life. */

static void gic_reset(void *chip)
{
	struct gic *g = chip;

	/* Inputs keep their levels: they belong to who drives them. */
	g->ctlr = 0;
	for (unsigned word = 0; word < g->words; word++) {
		g->enabled[word] = g->pending[word] = g->active[word] = 0;
		g->edge[word] = g->group[word] = 0;
	}
	g->enabled[0] = g->edge[0] = GIC_SGIS;
	for (unsigned id = 0; id < g->lines; id++) {
		g->priority[id] = 0;
		g->target[id] = g->targets && id < GIC_SPI;
	}
	g->cpu.ctlr = g->cpu.pmr = g->cpu.active_priorities = 0;
	g->cpu.bpr = BINARY_POINT_MIN;
	g->cpu.abpr = BINARY_POINT_MIN + 1;
	gic_update(g);
}

static void gic_state_word(struct gic *g, struct archive *a, unsigned word)
{
	uint32_t *const fields[] = { &g->enabled[word], &g->pending[word], &g->level[word],
				     &g->active[word],  &g->edge[word],    &g->group[word] };
	static const char *const names[] = { "enabled", "pending", "level",
					     "active",  "edge",    "group" };

	for (unsigned i = 0; i < COUNT_OF(fields); i++) {
		archive_u32(a, names[i], fields[i]);
		archive_require(a, (*fields[i] & ~gic_valid(g, word)) == 0);
	}
	archive_require(a, g->version == 2 || g->group[word] == 0);
}

static void gic_state(void *chip, struct archive *a)
{
	struct gic *g = chip;

	archive_u32(a, "ctlr", &g->ctlr);
	for (unsigned word = 0; word < g->words; word++)
		gic_state_word(g, a, word);
	archive_bytes(a, "priority", g->priority, g->lines);
	archive_bytes(a, "target", g->target, g->lines);
	archive_u32(a, "cpu_ctlr", &g->cpu.ctlr);
	archive_u32(a, "pmr", &g->cpu.pmr);
	archive_u32(a, "bpr", &g->cpu.bpr);
	archive_u32(a, "abpr", &g->cpu.abpr);
	archive_u32(a, "active_priorities", &g->cpu.active_priorities);
	archive_require(a, g->cpu.bpr <= 7 && g->cpu.abpr <= 7);
	if (archive_loading(a))
		gic_update(g);
}

static void gic_destroy(void *chip)
{
	port_free(chip, sizeof(struct gic));
}

/* The CPU interface's state is the distributor's business. */
static void gic_cpu_reset(void *chip)
{
	(void)chip;
}

static void gic_cpu_state(void *chip, struct archive *a)
{
	(void)chip;
	(void)a;
}

struct gic_cpu *gic_cpu_interface(struct gic *g)
{
	return &g->cpu;
}

struct gic *gic_create(const struct gic_config *config)
{
	struct gic *g = port_allocate(sizeof *g, PORT_PLAIN);

	if (!g)
		return NULL;
	g->version = config->version;
	g->lines = config->lines < GIC_MAX_LINES ? config->lines : GIC_MAX_LINES;
	g->words = (g->lines + 31) / 32;
	g->targets = config->targets;
	g->irq = config->irq;
	g->fiq = config->fiq;
	g->cpu.gic = g;
	gic_reset(g);
	return g;
}

const struct chip_ops gic_ops = {
	.name = "gic",
	.read = gic_read,
	.write = gic_write,
	.reset = gic_reset,
	.state = gic_state,
	.destroy = gic_destroy,
};

const struct chip_ops gic_cpu_ops = {
	.name = "gic_cpu",
	.read = gic_cpu_read,
	.write = gic_cpu_write,
	.reset = gic_cpu_reset,
	.state = gic_cpu_state,
	.destroy = gic_cpu_reset,
	.min_bytes = 4,
};

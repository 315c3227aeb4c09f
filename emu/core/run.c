/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From one translated block to the next: what translated code can't do by itself.
 * Finds the block for cpu->pc, translating it if need be, links the exit that led
 * there, enters it, and looks at how it came back.
 *
 * A block that needs more instructions than the budget has left is not entered.  When
 * the slice must end exactly (deterministic time, single steps), its beginning is
 * translated once more, limited, and interpreted.
 */
#include <emu/log.h>
#include <emu/port.h>
#include <stdio.h>

#include "core/code_block.h"
#include "ir/ir.h"

static bool fetch_page(struct fetch *f, gva page)
{
	gpa physical;
	const uint8_t *bytes = mem_fetch(f->cpu, page, f->space, &physical);

	if (!bytes)
		return false;
	f->page[f->pages] = page;
	f->bytes[f->pages] = bytes;
	f->physical[f->pages] = physical;
	f->pages++;
	return true;
}

bool fetch_read(struct fetch *f, gva address, unsigned size, uint32_t *value)
{
	gva page = address & ~PAGE_MASK;
	const uint8_t *bytes;

	if (!f->first && debug_breaks_at(f->cpu->machine, address))
		return false;
	if (page == f->page[0]) {
		bytes = f->bytes[0];
	} else {
		if (!f->first || page != f->page[0] + PAGE_BYTES)
			return false;
		if (f->pages < 2 && !fetch_page(f, page))
			return false;
		bytes = f->bytes[1];
	}
	bytes += address & PAGE_MASK;
	*value = bytes[0];
	if (size > 1)
		*value |= (uint32_t)bytes[1] << 8;
	if (size > 2)
		*value |= (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
	return true;
}

static bool may_link(const struct code *c, gva pc)
{
	return !(log_mask & LOG_EXEC) && !debug_breaks_at(c->cpu->machine, pc);
}

/* Links within a page outlive its mapping, so both ends must be in the same memory. */
static bool may_link_from(const struct block *from, const struct block *to)
{
	return !from->dead && from->modes == to->modes &&
	       ((from->pc ^ to->pc) >> PAGE_SHIFT ||
		(from->physical ^ to->physical) >> PAGE_SHIFT == 0);
}

static void log_ir_line(const char *text)
{
	log_line(LOG_IR, "%s", text);
}

static void log_out_line(const char *text)
{
	log_line(LOG_OUT, "%s", text);
}

static void log_guest_code(struct code *c, const struct ir_block *ir, const struct fetch *f)
{
	const struct guest *guest = c->cpu->guest;
	gva start = ir->pc & guest->pc_mask;

	log_line(LOG_IN, "block %#x modes %#x, %u instructions", ir->pc, ir->modes, ir->insns);
	for (unsigned i = 0; i < ir->count; i++) {
		char text[96];
		gva pc = (gva)ir->op[i].imm;
		uint32_t at = (pc & guest->pc_mask) - (start & ~PAGE_MASK);

		if (ir->op[i].op != IR_INSN || at >= PAGE_BYTES)
			continue;
		if (!guest->disassemble ||
		    !guest->disassemble(pc, f->bytes[0] + at, PAGE_BYTES - at, text, sizeof text))
			snprintf(text, sizeof text, "?");
		log_line(LOG_IN, "  %08x  %s", pc & guest->pc_mask, text);
	}
}

void code_translate(struct code *c, struct ir_block *ir, struct fetch *f, gva pc, uint32_t modes,
		    unsigned limit)
{
	struct cpu *cpu = c->cpu;
	const struct guest *guest = cpu->guest;
	const char *wrong;

	ir_begin(ir, pc, modes, guest->slots);
	ir->may_loop = may_link(c, pc);
	f->limit = limit;
	guest->translate(cpu, ir, f);
	if (__builtin_expect(log_mask & (LOG_IN | LOG_IR), 0)) {
		if (log_mask & LOG_IN)
			log_guest_code(c, ir, f);
		if (log_mask & LOG_IR) {
			wrong = ir_verify(ir);
			ir_print(ir, log_ir_line);
			if (wrong)
				port_panic(wrong);
		}
	}
	ir_optimise(ir);
	if (__builtin_expect(log_mask & LOG_IR, 0)) {
		log_line(LOG_IR, "optimised:");
		ir_print(ir, log_ir_line);
	}
}

/* Fetches at cpu->pc; may raise.  False if there is no memory. */
static bool fetch_begin(struct code *c, struct fetch *f, uint32_t modes)
{
	const struct guest *guest = c->cpu->guest;
	gva address = c->cpu->pc & guest->pc_mask;

	*f = (struct fetch){ .cpu = c->cpu, .space = guest->fetch_space(modes), .first = true };
	if (fetch_page(f, address & ~PAGE_MASK))
		return true;
	struct mem_walk walk = { .fault = GUEST_BUS_ERROR };
	guest->abort(c->cpu, address, f->space, MEM_FETCH, &walk);
	return false;
}

static struct block *block_make(struct code *c, const struct fetch *begun, uint32_t modes)
{
	struct cpu *cpu = c->cpu;
	gva pc = cpu->pc;
	gpa physical = begun->physical[0] + (pc & cpu->guest->pc_mask & PAGE_MASK);
	struct block *b = NULL;

	/* In a small cache fewer instructions may fit a segment. */
	for (unsigned limit = c->alone ? 1 : c->max_block; !b && limit > 0; limit /= 2) {
		struct fetch f = *begun;

		code_translate(c, &c->ir, &f, pc, modes, limit);
		b = code_add(c, &c->ir, physical, f.physical[1], f.pages > 1);
	}
	if (!b)
		port_panic("code cache: an instruction doesn't fit an empty segment");
	c->alone = false;
	if (__builtin_expect(log_mask & LOG_OUT, 0) && !c->interpret)
		host_print(c->base + b->entry, c->code_top - b->entry, log_out_line);
	return b;
}

/* The second page of a block that crosses into it may have been remapped. */
static bool still_crosses(struct fetch *f, const struct block *b)
{
	return !b->crosses ||
	       (fetch_page(f, f->page[0] + PAGE_BYTES) && f->physical[1] == b->physical2);
}

static struct block *block_at(struct code *c)
{
	struct cpu *cpu = c->cpu;
	struct fetch f;
	struct block *b;
	gpa physical;

	fetch_begin(c, &f, cpu->modes);
	physical = f.physical[0] + (cpu->pc & cpu->guest->pc_mask & PAGE_MASK);
	b = code_find(c, cpu->pc, cpu->modes, physical);
	if (b && still_crosses(&f, b))
		return b;
	f.pages = 1;
	return block_make(c, &f, cpu->modes);
}

/* Translates and interprets exactly what the budget allows. */
static unsigned run_limited(struct code *c)
{
	struct cpu *cpu = c->cpu;
	struct fetch f;
	unsigned limit = c->alone ? 1 : (unsigned)cpu->budget, how;

	fetch_begin(c, &f, cpu->modes);
	code_translate(c, &c->limited, &f, cpu->pc, cpu->modes,
		       limit < c->max_block ? limit : c->max_block);
	c->limited_at[0] = f.physical[0] & ~(gpa)PAGE_MASK;
	c->limited_at[1] = f.pages > 1 ? f.physical[1] & ~(gpa)PAGE_MASK : c->limited_at[0];
	c->alone = false;
	c->in_limited = true;
	how = ir_run(cpu, &c->limited);
	c->in_limited = false;
	return how;
}

static unsigned enter(struct code *c, struct block *b)
{
	const uint8_t *code = c->base + b->entry;
	struct cpu *cpu = c->cpu;

	LOG(LOG_EXEC, "%08x modes %#x budget %d", b->pc, b->modes, cpu->budget);
	if (c->interpret)
		return ir_run(cpu, (const struct ir_block *)code);
	return host_enter(c->host, cpu, code);
}

static bool wants_attention(const struct cpu *cpu)
{
	return cpu->event || cpu->halted || cpu->machine->request || cpu->machine->debug;
}

/* The code for cpu->pc, if the jump cache has it. */
static const void *jump_find(const struct cpu *cpu)
{
	const struct cpu_jump *j = &cpu->jumps[code_jump_hash(cpu->pc)];

	return j->tag == code_tag(cpu->pc, cpu->modes) ? j->code : NULL;
}

const void *code_next(struct cpu *cpu)
{
	if (wants_attention(cpu))
		return NULL;
	cpu->refund = 0;
	cpu->modes = cpu->guest->modes(cpu) | 1u << 31;
	return jump_find(cpu);
}

/* The block to enter next, in the jump cache from now on, linked from `from`. */
static struct block *next_block(struct code *c, struct link *from)
{
	struct block *b = block_at(c);

	if (may_link(c, b->pc)) {
		if (!c->interpret)
			code_remember_jump(c, b);
		if (from && may_link_from(from->from, b) && from->pc == b->pc)
			link_make(c, from, b);
	}
	return b;
}

void code_run(struct code *c)
{
	struct cpu *cpu = c->cpu;
	struct link *from = NULL;
	unsigned how = HOST_RUN;

	c->in_limited = false; /* cpu_raise may have left it */
	if (__builtin_expect(cpu->postponed, 0))
		cpu->guest->deliver_postponed(cpu);
	while (cpu->budget > 0) {
		if (how == HOST_RUN)
			cpu->modes = cpu->guest->modes(cpu) | 1u << 31;
		if (cpu->machine->breakpoint_count && cpu->machine->in_code &&
		    debug_stop_at(cpu->machine, cpu->pc & cpu->guest->pc_mask))
			return;
		const void *known = from || c->interpret ? NULL : jump_find(cpu);

		how = known ? host_enter(c->host, cpu, known) : enter(c, next_block(c, from));
		cpu->refund = 0;
		if (how == HOST_BUDGET) {
			if (!cpu->machine->exact || cpu->budget <= 0)
				return;
			how = run_limited(c);
			cpu->refund = 0;
			from = NULL;
			if (how >= HOST_LINK)
				how = HOST_LOOKUP;
		}
		if (how == HOST_RUN && wants_attention(cpu))
			return;
		from = how >= HOST_LINK && !c->interpret ? link_of(c, how) : NULL;
	}
}

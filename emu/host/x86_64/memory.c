/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Loads, stores and spans: the flat table's look-up (core/memory.h) in line, all that
 * isn't plain memory out of line.  A load of four bytes:
 *
 *		mov	ecx,A
 *		shr	ecx,12
 *		mov	rcx,[rcx*8+table]
 *		test	cl,1
 *		jz	slow
 *		test	A,3
 *		jnz	unaligned
 *	access:	mov	R,[rcx+A-1]
 *	back:	...
 *	unaligned:			; within the page it is plain memory as well
 *		lea	ecx,[A+3]
 *		xor	ecx,A
 *		shr	ecx,12
 *		jnz	slow
 *		mov	ecx,A ; shr ecx,12 ; mov rcx,[rcx*8+table] ; jmp access
 *	slow:	call	common
 *		struct site		; what is to be done with which registers
 *		jmp	back
 *
 * The common slow path keeps all registers but the result, and has host_slow do what
 * the site says.
 */
#include "emit.h"

#include <assert.h>
#include <string.h>

struct cold *cold_add(struct host *h, enum cold_kind kind)
{
	struct cold *c = &h->cold[h->colds++];

	assert(h->colds <= COLDS);
	memset(c, 0, sizeof *c);
	c->kind = (uint8_t)kind;
	return c;
}

void cold_from(struct cold *c, uint32_t field)
{
	assert(c->froms < 3);
	c->from[c->froms++] = field;
}

void site_here(struct host *h, struct cold *c, enum site_kind kind, struct ir_mem how)
{
	c->site.kind = (uint8_t)kind;
	c->site.how = how;
	c->site.pc = h->insn_pc;
	c->site.refund = (uint16_t)(h->block->insns - h->insn_index);
	c->site.a = c->site.b = c->site.d = NO_REG;
	c->x87 = x87_pending(h);
}

static void gen_entry_load(struct host *h, unsigned to, unsigned address, uint32_t table)
{
	enc_mov(h, W32, to, address);
	enc_shift(h, SHIFT_SHR, W32, to, PAGE_SHIFT);
	enc_load(h, W64, to, (struct place){ NO_REG, (uint8_t)to, 3, (int32_t)table });
}

/* Jumps to the slow path unless the entry is valid. */
static void gen_entry_check(struct host *h, struct cold *c, unsigned entry)
{
	enc_test_imm(h, W32, entry, 1);
	cold_from(c, enc_jcc(h, IR_CC_Z));
}

static struct place gen_lookup_const(struct host *h, struct cold *c, ir_value address,
				     struct ir_mem mem)
{
	uint32_t a = (uint32_t)op_of(h, address)->imm;
	unsigned bytes = 1u << mem.size;
	unsigned reg = a <= INT32_MAX ? NO_REG : reg_use(h, address);

	c->site.constant = a;
	if (a & ((1u << mem.align) - 1) || (a & PAGE_MASK) + bytes > PAGE_BYTES)
		cold_from(c, enc_jmp(h));
	enc_load(h, W64, c->scratch, place_absolute(c->table + (a >> PAGE_SHIFT) * 8));
	gen_entry_check(h, c, c->scratch);
	if (a <= INT32_MAX)
		return place_at(c->scratch, (int32_t)a - 1);
	return (struct place){ c->scratch, (uint8_t)reg, 0, -1 };
}

/* The look-up; returns where the bytes are. */
static struct place gen_lookup(struct host *h, struct cold *c, ir_value address, struct ir_mem mem)
{
	unsigned natural = (1u << mem.size) - 1, demand = (1u << mem.align) - 1;
	unsigned reg;

	c->bytes = (uint8_t)(natural + 1);
	c->vectors = reg_vectors_used(h);
	if (is_const(h, address))
		return gen_lookup_const(h, c, address, mem);
	reg = reg_use(h, address);
	c->site.a = (uint8_t)reg;
	gen_entry_load(h, c->scratch, reg, c->table);
	gen_entry_check(h, c, c->scratch);
	if (demand >= natural && demand) {
		enc_test_imm(h, W32, reg, (int32_t)demand);
		cold_from(c, enc_jcc(h, IR_CC_NZ));
	} else if (natural) {
		enc_test_imm(h, W32, reg, (int32_t)natural);
		c->unaligned = enc_jcc(h, IR_CC_NZ);
	}
	c->access = enc_here(h);
	return (struct place){ c->scratch, (uint8_t)reg, 0, -1 };
}

static uint32_t table_read(struct host *h, struct ir_mem mem)
{
	return (uint32_t)(uintptr_t)mem_read_table(h->cpu->mem, mem.space);
}

static uint32_t table_write(struct host *h, struct ir_mem mem)
{
	return (uint32_t)(uintptr_t)mem_write_table(h->cpu->mem, mem.space);
}

/* Loads from host memory to a general register. */
static void gen_raw_load(struct host *h, enum ir_type type, struct ir_mem mem, unsigned to,
			 struct place p)
{
	unsigned w = mem.sign ? width_of(type) : W32;
	bool big = mem.big && mem.size;

	if (mem.size == 0) {
		enc_rm(h, mem.sign ? 0x0fbe : 0x0fb6, w, to, p);
	} else if (mem.size == 1) {
		enc_rm(h, mem.sign && !big ? 0x0fbf : 0x0fb7, w, to, p);
	} else if (mem.size == 2) {
		bool extend = mem.sign && w && !big;

		enc_rm(h, extend ? 0x63 : 0x8b, extend ? W64 : W32, to, p);
	} else {
		enc_load(h, W64, to, p);
	}
	if (!big)
		return;
	enc_bswap(h, mem.size == 3 ? W64 : W32, to);
	if (mem.size == 1)
		enc_shift(h, mem.sign ? SHIFT_SAR : SHIFT_SHR, W32, to, 16);
	if (mem.sign && w && mem.size < 3)
		enc_rr(h, 0x63, W64, to, to);
}

/* The same to a vector register; big-endian ones by way of `general`. */
static void gen_raw_load_vector(struct host *h, enum ir_type type, struct ir_mem mem, unsigned to,
				unsigned general, struct place p)
{
	unsigned w = width_of(type);

	if (!mem.big) {
		enc_vector_load(h, type, to, p);
		return;
	}
	enc_load(h, w, general, p);
	enc_bswap(h, w, general);
	enc_rr(h, 0x66000f6e, w, to, general);
}

/* Stores a general register; big-endian ones by way of t. */
static void gen_raw_store(struct host *h, struct ir_mem mem, struct place p, unsigned from,
			  unsigned t)
{
	static const uint32_t opcode[4] = { 0x88, 0x66000089, 0x89, 0x89 };

	if (mem.big && mem.size) {
		enc_mov(h, W64, t, from);
		enc_bswap(h, mem.size == 3 ? W64 : W32, t);
		if (mem.size == 1)
			enc_shift(h, SHIFT_SHR, W32, t, 16);
		from = t;
	}
	enc_rm(h, opcode[mem.size], mem.size == 3 ? W64 : mem.size ? W32 : WBYTE, from, p);
}

static void gen_raw_store_imm(struct host *h, struct ir_mem mem, struct place p, uint64_t value)
{
	if (mem.big)
		value = __builtin_bswap64(value) >> (64 - (8 << mem.size));
	if (mem.size == 0) {
		enc_rm(h, 0xc6, W32, 0, p);
		enc_byte(h, value & 0xff);
	} else if (mem.size == 1) {
		enc_rm(h, 0x660000c7, W32, 0, p);
		enc_byte(h, value & 0xff);
		enc_byte(h, value >> 8 & 0xff);
	} else {
		enc_store_imm(h, mem.size == 3 ? W64 : W32, p, (int32_t)value);
	}
}

static bool stores_imm(const struct host *h, ir_value v, struct ir_mem mem)
{
	uint64_t imm = op_of(h, v)->imm;

	if (!is_const(h, v) || is_vector_type(type_of(h, v)))
		return false;
	if (mem.big && mem.size == 3)
		imm = __builtin_bswap64(imm);
	return mem.size < 3 || (int64_t)imm == (int32_t)imm;
}

/* Stores a value to host memory, whatever its kind.  It is in a register if it isn't
 * to be stored as a constant; t is only needed for big-endian ones. */
static void gen_raw_store_value(struct host *h, struct ir_mem mem, struct place p, ir_value v,
				unsigned t)
{
	unsigned from = h->value[v].reg;
	enum ir_type type = type_of(h, v);

	if (stores_imm(h, v, mem)) {
		gen_raw_store_imm(h, mem, p, op_of(h, v)->imm);
	} else if (!is_vector_type(type)) {
		gen_raw_store(h, mem, p, from, t);
	} else if (!mem.big) {
		enc_vector_store(h, type, p, from);
	} else {
		enc_rr(h, 0x66000f7e, width_of(type), from, t);
		enc_bswap(h, width_of(type), t);
		enc_store(h, width_of(type), p, t);
	}
}

void gen_load(struct host *h, const struct ir_op *op)
{
	enum ir_type type = (enum ir_type)op->type;
	bool vector = is_vector_type(type);
	struct cold *c = cold_add(h, COLD_SITE);
	struct place p;
	unsigned to;

	/* All registers are chosen before the first jump: that may emit code. */
	flags_clobber(h);
	site_here(h, c,
		  vector         ? SITE_LOAD_VECTOR :
		  type == IR_I64 ? SITE_LOAD64 :
				   SITE_LOAD32,
		  op->mem);
	c->table = table_read(h, op->mem);
	c->scratch = (uint8_t)reg_scratch(h);
	to = vector ? reg_scratch_vector(h) : reg_wanted(h);
	p = gen_lookup(h, c, op->arg[0], op->mem);
	if (vector) {
		c->vectors = true;
		if (type == IR_V128 && op->mem.big)
			cold_from(c, enc_jmp(h));
		else
			gen_raw_load_vector(h, type, op->mem, to, c->scratch, p);
	} else {
		if (to == NO_REG)
			to = c->scratch;
		gen_raw_load(h, type, op->mem, to, p);
	}
	c->site.d = (uint8_t)to;
	c->back = enc_here(h);
	reg_result(h, to);
}

void gen_store(struct host *h, const struct ir_op *op)
{
	ir_value v = op->arg[1];
	enum ir_type type = type_of(h, v);
	bool vector = is_vector_type(type);
	struct cold *c = cold_add(h, COLD_SITE);
	unsigned t = NO_REG;
	struct place p;

	flags_clobber(h);
	site_here(h, c, vector ? SITE_STORE_VECTOR : SITE_STORE, op->mem);
	c->table = table_write(h, op->mem);
	if (stores_imm(h, v, op->mem)) {
		c->constant = true;
		c->imm = op_of(h, v)->imm;
	} else {
		c->site.b = (uint8_t)reg_use(h, v);
	}
	c->scratch = (uint8_t)reg_scratch(h);
	if (c->constant)
		c->site.b = c->scratch;
	else if (op->mem.big)
		t = reg_scratch(h);
	p = gen_lookup(h, c, op->arg[0], op->mem);
	if (type == IR_V128 && op->mem.big)
		cold_from(c, enc_jmp(h));
	else
		gen_raw_store_value(h, op->mem, p, v, t);
	c->back = enc_here(h);
}

void gen_span(struct host *h, const struct ir_op *op)
{
	struct cold *c = cold_add(h, COLD_SITE);
	unsigned bytes = op->slot, address, crossing;

	flags_clobber(h);
	site_here(h, c, op->cc ? SITE_SPAN_WRITE : SITE_SPAN_READ, op->mem);
	c->table = op->cc ? table_write(h, op->mem) : table_read(h, op->mem);
	address = reg_use(h, op->arg[0]);
	c->scratch = (uint8_t)reg_scratch(h);
	crossing = reg_scratch(h);
	c->vectors = reg_vectors_used(h);
	c->site.a = (uint8_t)address;
	c->site.d = c->scratch;
	c->site.constant = bytes;
	gen_entry_load(h, c->scratch, address, c->table);
	gen_entry_check(h, c, c->scratch);
	if (op->mem.align) {
		enc_test_imm(h, W32, address, (1 << op->mem.align) - 1);
		cold_from(c, enc_jcc(h, IR_CC_NZ));
	}
	if (bytes > 1) {
		enc_lea(h, W32, crossing, place_at(address, (int32_t)bytes - 1));
		enc_alu(h, ALU_XOR, W32, crossing,
			&(struct operand){ .kind = OPERAND_REG, .reg = (uint8_t)address });
		enc_shift(h, SHIFT_SHR, W32, crossing, PAGE_SHIFT);
		cold_from(c, enc_jcc(h, IR_CC_NZ));
	}
	/* Only the addition is behind the table's entry, and loads wait for that. */
	enc_lea(h, W64, crossing, place_at(address, -1));
	enc_alu(h, ALU_ADD, W64, c->scratch,
		&(struct operand){ .kind = OPERAND_REG, .reg = (uint8_t)crossing });
	c->back = enc_here(h);
	reg_result(h, c->scratch);
}

void gen_span_end(struct host *h, const struct ir_op *op)
{
	struct cold *c = cold_add(h, COLD_SITE);
	struct operand bounce = { .kind = OPERAND_REG };
	unsigned span;

	flags_clobber(h);
	site_here(h, c, SITE_SPAN_END, op->mem);
	span = reg_use(h, op->arg[0]);
	c->site.a = (uint8_t)reg_use(h, op->arg[1]);
	c->site.constant = op->slot;
	bounce.reg = (uint8_t)reg_scratch(h);
	c->vectors = reg_vectors_used(h);
	enc_lea(h, W64, bounce.reg, place_field(h, CPU_FIELD(bounce)));
	enc_alu(h, ALU_CMP, W64, span, &bounce);
	cold_from(c, enc_jcc(h, IR_CC_Z));
	c->back = enc_here(h);
}

void gen_hload(struct host *h, const struct ir_op *op)
{
	enum ir_type type = (enum ir_type)op->type;
	unsigned span = reg_use(h, op->arg[0]);
	struct place p = place_at(span, op->slot);
	unsigned to;

	if (!is_vector_type(type)) {
		if (op->mem.big && op->mem.size == 1)
			flags_clobber(h);
		to = reg_target(h, op->arg[0]);
		gen_raw_load(h, type, op->mem, to, p);
	} else {
		to = reg_scratch_vector(h);
		gen_raw_load_vector(h, type, op->mem, to, op->mem.big ? reg_scratch(h) : 0, p);
	}
	reg_result(h, to);
}

void gen_hstore(struct host *h, const struct ir_op *op)
{
	unsigned span = reg_use(h, op->arg[0]);
	ir_value v = op->arg[1];

	if (op->mem.big && op->mem.size == 1)
		flags_clobber(h);
	if (!stores_imm(h, v, op->mem))
		reg_use(h, v);
	gen_raw_store_value(h, op->mem, place_at(span, op->slot), v,
			    op->mem.big ? reg_scratch(h) : NO_REG);
}

static void gen_unaligned(struct host *h, struct cold *c)
{
	unsigned t = c->scratch, address = c->site.a;
	unsigned demand = (1u << c->site.how.align) - 1;
	struct operand a = { .kind = OPERAND_REG, .reg = (uint8_t)address };
	uint32_t misaligned = 0, crossing;

	enc_patch_here(h, c->unaligned);
	if (demand) {
		enc_test_imm(h, W32, address, (int32_t)demand);
		misaligned = enc_jcc(h, IR_CC_NZ);
	}
	enc_lea(h, W32, t, place_at(address, c->bytes - 1));
	enc_alu(h, ALU_XOR, W32, t, &a);
	enc_shift(h, SHIFT_SHR, W32, t, PAGE_SHIFT);
	crossing = enc_jcc(h, IR_CC_NZ);
	gen_entry_load(h, t, address, c->table);
	enc_patch(h, enc_jmp(h), c->access);
	enc_patch_here(h, crossing);
	if (misaligned)
		enc_patch_here(h, misaligned);
}

/* Nothing but a test and a jump that is never taken. */
void gen_check(struct host *h, const struct ir_op *op)
{
	struct cold *c = cold_add(h, COLD_SITE);
	unsigned cc;

	site_here(h, c, SITE_CHECK, (struct ir_mem){ 0 });
	if (is_const(h, op->arg[1]))
		c->site.constant = (uint32_t)op_of(h, op->arg[1])->imm;
	else
		c->site.a = (uint8_t)reg_use(h, op->arg[1]);
	c->check = (struct site_check){ (ir_fn *)(uintptr_t)op->imm, op->slot };
	c->vectors = reg_vectors_used(h);
	cc = gen_condition(h, op->arg[0]);
	flags_clobber(h); /* the slow path does; saving changes none */
	cold_from(c, enc_jcc(h, cc));
	c->back = enc_here(h);
}

void gen_cold_site(struct host *h, struct cold *c)
{
	if (c->unaligned)
		gen_unaligned(h, c);
	for (unsigned i = 0; i < c->froms; i++)
		enc_patch_here(h, c->from[i]);
	if (c->constant)
		enc_imm(h, c->scratch, c->imm);
	if (c->x87)
		enc_store_imm(h, W32, place_field(h, CPU_FIELD(x87_pending)), (int32_t)c->x87);
	enc_call(h, c->vectors ? h->slow_vectors : h->slow);
	memcpy(h->out, &c->site, sizeof c->site);
	h->out += sizeof c->site;
	if (c->site.kind == SITE_CHECK) {
		memcpy(h->out, &c->check, sizeof c->check);
		h->out += sizeof c->check;
	}
	if (c->x87)
		enc_store_imm(h, W32, place_field(h, CPU_FIELD(x87_pending)), 0);
	enc_patch(h, enc_jmp(h), c->back);
}

static uint64_t saved_value(const struct saved *s, unsigned reg, bool wide)
{
	uint64_t value = reg < XMM0 ? s->general[reg] : s->vector[reg - XMM0][0];

	return wide ? value : (uint32_t)value;
}

static void slow_load(struct cpu *cpu, const struct site *site, struct saved *s, gva address)
{
	uint64_t *vector = s->vector[site->d & 15];

	switch (site->kind) {
	case SITE_LOAD32:
		s->general[site->d] = (uint32_t)mem_load(cpu, address, site->how);
		break;
	case SITE_LOAD64:
		s->general[site->d] = mem_load(cpu, address, site->how);
		break;
	default:
		if (site->how.size == 4)
			mem_load_vector(cpu, address, site->how, vector);
		else
			vector[0] = mem_load(cpu, address, site->how);
	}
}

static void slow_fp(struct cpu *cpu, const struct site *site, struct saved *s)
{
	uint64_t a = saved_value(s, site->a, site->refund & SITE_WIDE_A);
	uint64_t b = site->b == NO_REG ? 0 : saved_value(s, site->b, site->refund & SITE_WIDE_B);
	uint64_t result = site->fn(cpu, a, b);

	if (site->d >= XMM0)
		s->vector[site->d - XMM0][0] = result;
	else
		s->general[site->d] = site->refund & SITE_WIDE_D ? result : (uint32_t)result;
}

static void slow_memory(struct cpu *cpu, const struct site *site, struct saved *s)
{
	gva address = site->a == NO_REG ? site->constant : (gva)s->general[site->a];

	switch (site->kind) {
	case SITE_STORE:
		mem_store(cpu, address, site->how, s->general[site->b]);
		break;
	case SITE_STORE_VECTOR:
		if (site->how.size == 4)
			mem_store_vector(cpu, address, site->how, s->vector[site->b - XMM0]);
		else
			mem_store(cpu, address, site->how, s->vector[site->b - XMM0][0]);
		break;
	case SITE_SPAN_READ:
	case SITE_SPAN_WRITE:
		s->general[site->d] = (uintptr_t)mem_span(cpu, address, site->how, site->constant,
							  site->kind == SITE_SPAN_WRITE);
		break;
	case SITE_SPAN_END:
		mem_span_end(cpu, address, site->how, site->constant);
		break;
	default:
		slow_load(cpu, site, s, address);
	}
}

/* Returns where to go on. */
static const void *slow_check(struct cpu *cpu, const struct site *site, const struct site *at,
			      const struct saved *s)
{
	uint64_t x = site->a == NO_REG ? site->constant : (uint32_t)s->general[site->a];
	struct site_check check;

	memcpy(&check, at + 1, sizeof check);
	check.fn(cpu, x, check.y, 0, 0);
	return (const uint8_t *)(at + 1) + sizeof check;
}

/* Called by the common slow path, with all guest registers in their slots.  Returns
 * where to go on: after the site. */
const void *host_slow(struct cpu *cpu, const struct site *site, struct saved *saved)
{
	struct site copy;

	memcpy(&copy, site, sizeof copy); /* it lies in code, unaligned */
	if (copy.kind == SITE_FP) {
		slow_fp(cpu, &copy, saved);
		return site + 1;
	}
	cpu->pc = copy.pc;
	cpu->refund = copy.refund;
	if (copy.kind == SITE_CHECK)
		return slow_check(cpu, &copy, site, saved);
	slow_memory(cpu, &copy, saved);
	return site + 1;
}

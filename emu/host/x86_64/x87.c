/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The guest's x87 on the host's.
 *
 * A run is what is between an x87_begin and the last x87 operation before one that looks
 * at struct x87_state.  It begins with a test that the registers it pops or reads are there
 * and those it pushes are free, and with loading the former, ST(0) last; it ends with the
 * status word taken over and all registers stored, or dropped if they are as they were.
 * For a loop with a sum in ST(0):
 *
 *		mov	ecx,[top] ; movzx eax,byte [empty] ; ror al,cl
 *		and	eax,0x81 ; cmp eax,0x80 ; jne out of line	; one there, one free
 *		shl	ecx,4 ; fld tbyte [rcx+st]
 *		...
 *		mov	[operand],rax ; fld qword [operand]		; fld qword [esi]
 *		faddp	st(1),st
 *		fnstsw	ax ; ...					; to [status]
 *		fstp	tbyte [rcx+st] ; mov qword [rdx+st],0 ...	; what was popped
 *
 * In between the host's stack has a prefix of the guest's: ST(0) to ST(depth - 1).  At a
 * site in a run, cpu->x87_pending says what has to be done should it raise (x87_unwound).
 *
 * While translated code runs the host's control word is the guest's, with all exceptions
 * masked, and its exception flags are some of those that the guest has.
 */
#include "emit.h"

#include <assert.h>
#include <string.h>

#include "ir/x87.h"

#define FLAGS 0x3fu
#define C1 0x200u
#define CONDITION 0x4500u /* C0, C2, C3 */

/* What an instruction does to the stack. */
struct effect {
	uint8_t uses;   /* registers that must be there */
	uint8_t pops;   /* after all else */
	bool pushes;    /* before it writes */
	uint8_t writes; /* which register, of those before a pop; NONE */
	bool exchanges; /* ST(0) with ST(writes) */
	bool condition; /* sets C0, C2, C3 */
	bool compares;  /* sets EFLAGS */
};

#define NONE 0xff

static struct effect effect_of_memory(unsigned first, unsigned reg)
{
	struct effect e = { .uses = 1, .writes = NONE };

	if (!(first & 1)) { /* arithmetic, comparison */
		e.condition = (reg & 6) == 2;
		e.pops = reg == 3;
		if (!e.condition)
			e.writes = 0;
	} else if (reg == 0 || reg == 5) {
		e.uses = 0;
		e.pushes = true;
		e.writes = 0;
	} else {
		e.pops = reg & 1;
	}
	return e;
}

/* D9 E0 to FF. */
static struct effect effect_of_function(unsigned modrm)
{
	struct effect e = { .uses = 1 };

	switch (modrm) {
	case 0xe4: /* FTST, FXAM */
	case 0xe5:
		e.condition = true;
		e.writes = NONE;
		break;
	case 0xe8 ... 0xee:
		e.uses = 0;
		e.pushes = true;
		break;
	case 0xfd: /* FSCALE */
		e.uses = 2;
		break;
	default: /* FCHS, FABS, FSQRT, FRNDINT */
		break;
	}
	return e;
}

static struct effect effect_of(unsigned code)
{
	unsigned first = code >> 8, modrm = code & 0xff, reg = modrm >> 3 & 7, i = modrm & 7;
	struct effect e = { .uses = (uint8_t)(i + 1), .writes = NONE };

	if (modrm < 0xc0)
		return effect_of_memory(first, reg);
	switch (first) {
	case 0: /* ST(0), ST(i) */
		e.condition = (reg & 6) == 2;
		e.pops = reg == 3;
		if (!e.condition)
			e.writes = 0;
		break;
	case 1:
		if (reg >= 4)
			return effect_of_function(modrm);
		e.pushes = reg == 0;
		e.exchanges = reg == 1;
		e.writes = e.pushes ? 0 : (uint8_t)i;
		break;
	case 2: /* FUCOMPP */
		e.condition = true;
		e.pops = 2;
		break;
	case 3: /* FUCOMI, FCOMI; popping */
	case 7:
		e.compares = true;
		e.pops = first == 7;
		break;
	case 4: /* ST(i), ST(0); popping */
	case 6:
		e.condition = (reg & 6) == 2;
		e.pops = e.condition ? (uint8_t)(first == 6 ? 1 + (reg == 3) : reg == 3) :
				       first == 6;
		if (!e.condition)
			e.writes = (uint8_t)i;
		break;
	default: /* FST, FSTP, FUCOM, FUCOMP */
		e.condition = reg >= 4;
		e.pops = reg & 1;
		if (!e.condition)
			e.writes = (uint8_t)i;
	}
	return e;
}

/* --- What a run needs --------------------------------------------------------------- */

/* Going backwards.  What is ST(j) after an operation was ST(j + pops - pushes). */
void x87_look_back(struct host *h, const struct ir_op *op, unsigned at, struct x87_ahead *ahead)
{
	struct value *value = &h->value[at];
	struct effect e;
	int needs, room;

	if (op->op == IR_X87_BEGIN) {
		value->x87_needs = (uint8_t)ahead->needs;
		value->x87_room = (uint8_t)ahead->room;
		return;
	}
	e = effect_of(op->slot);
	value->x87_last = !ahead->more;
	needs = ahead->needs + e.pops - e.pushes;
	room = ahead->room - e.pops + e.pushes;
	ahead->needs = needs > e.uses ? (unsigned)needs : e.uses;
	ahead->room = room > (int)e.pushes ? (unsigned)room : e.pushes;
	ahead->more = true;
}

/* --- Emitting ----------------------------------------------------------------------- */

static struct place place_x87(const struct host *h, size_t field)
{
	return place_field(h, (int32_t)(h->block->x87 + field));
}

#define X87_FIELD(name) offsetof(struct x87_state, name)

/* The physical register i above the one that `top16` has times 16. */
static struct place place_register(struct host *h, unsigned top16, int i, unsigned scratch)
{
	struct place p = place_x87(h, X87_FIELD(st));

	p.base = (uint8_t)top16;
	if (i) {
		enc_lea(h, W32, scratch, place_at(top16, i * 16));
		enc_alu_imm(h, ALU_AND, W32, scratch, 0x70);
		p.base = (uint8_t)scratch;
	}
	return p;
}

static void enc_x87(struct host *h, unsigned first, unsigned modrm)
{
	enc_byte(h, 0xd8 + first);
	enc_byte(h, modrm);
}

static unsigned bits(unsigned n)
{
	return (1u << n) - 1;
}

/* Jumps out of line unless the registers needed are there and the others free. */
static void gen_stack_check(struct host *h, const struct ir_op *op, unsigned needs, unsigned room,
			    unsigned t)
{
	struct cold *c = cold_add(h, COLD_SITE);
	unsigned look = 0, must = 1; /* no stack is like that */

	if (needs + room <= 8) {
		must = bits(room) << (8 - room);
		look = must | bits(needs);
	}
	site_here(h, c, SITE_CHECK, (struct ir_mem){ 0 });
	c->check = (struct site_check){ (ir_fn *)(uintptr_t)op->imm, 0 };
	c->vectors = reg_vectors_used(h);
	enc_rm(h, 0x0fb6, W32, t, place_x87(h, X87_FIELD(empty)));
	enc_rr(h, 0xd2, WBYTE_RM, 1, t); /* ror t,cl */
	enc_alu_imm(h, ALU_AND, W32, t, (int32_t)look);
	enc_alu_imm(h, ALU_CMP, W32, t, (int32_t)must);
	cold_from(c, enc_jcc(h, IR_CC_NZ));
	c->back = enc_here(h);
}

void gen_x87_begin(struct host *h, const struct ir_op *op)
{
	struct x87_run *run = &h->x87;
	unsigned needs = h->value[h->at].x87_needs, room = h->value[h->at].x87_room, t;

	if (run->live || !(needs | room))
		return;
	flags_clobber(h);
	reg_clear_locked(h, RCX);
	t = reg_scratch(h);
	enc_load(h, W32, RCX, place_x87(h, X87_FIELD(top)));
	gen_stack_check(h, op, needs, room, t);
	*run = (struct x87_run){ .live = true, .refused = needs + room > 8 };
	if (run->refused)
		return;
	run->depth = (uint8_t)needs;
	enc_shift(h, SHIFT_SHL, W32, RCX, 4);
	for (unsigned i = needs; i-- > 0;) {
		enc_rm(h, 0xdb, W32, 5, place_register(h, RCX, (int)i, t));
		run->from[i] = (int8_t)i;
	}
}

#define NEW INT8_MAX

/* The model of the stack after an operation. */
static void x87_follow(struct x87_run *run, const struct effect *e)
{
	if (run->refused)
		return;
	run->begun = true;
	run->condition |= e->condition;
	run->no_c1 = e->compares;
	if (e->pushes) {
		assert(run->depth < 8);
		memmove(run->from + 1, run->from, run->depth);
		run->depth++;
		run->pushed++;
		if (run->most < run->pushed)
			run->most = run->pushed;
	}
	if (e->exchanges) {
		int8_t from = run->from[0];

		run->from[0] = run->from[e->writes];
		run->from[e->writes] = from;
	} else if (e->writes != NONE) {
		run->from[e->writes] = NEW;
	}
	run->depth = (uint8_t)(run->depth - e->pops);
	run->pushed = (int8_t)(run->pushed - e->pops);
	memmove(run->from, run->from + e->pops, run->depth);
}

/* Whether ST(i) is where and what it was at the run's beginning. */
static bool is_clean(const struct x87_run *run, unsigned i)
{
	return run->from[i] == (int)i - run->pushed;
}

/* Condition bits that were written, and what is wanted of the host's status word. */
static uint32_t status_written(const struct x87_run *run)
{
	return (run->begun ? C1 : 0) | (run->condition ? CONDITION : 0);
}

static uint32_t status_taken(const struct x87_run *run)
{
	return FLAGS | (status_written(run) & ~(run->no_c1 ? C1 : 0));
}

static void gen_status(struct host *h, unsigned t)
{
	struct operand host = { .kind = OPERAND_REG, .reg = RAX };
	struct place status = place_x87(h, X87_FIELD(status));

	enc_x87(h, 7, 0xe0); /* fnstsw ax */
	enc_load(h, W32, t, status);
	enc_alu_imm(h, ALU_AND, W32, RAX, (int32_t)status_taken(&h->x87));
	enc_alu_imm(h, ALU_AND, W32, t, (int32_t)~status_written(&h->x87));
	enc_alu(h, ALU_OR, W32, t, &host);
	enc_store(h, W32, status, t);
}

/* Those that are free now and weren't, or the other way round; cl: the new top. */
static void gen_empty(struct host *h, int pushed)
{
	struct place empty = place_x87(h, X87_FIELD(empty));
	unsigned popped = pushed < 0 ? (unsigned)-pushed : 0;

	enc_imm(h, RAX, pushed > 0 ? ~bits((unsigned)pushed) & 0xff : bits(popped) << (8 - popped));
	enc_rr(h, 0xd2, WBYTE_RM, 0, RAX); /* rol al,cl */
	enc_rm(h, pushed > 0 ? 0x20 : 0x08, WBYTE, RAX, empty);
}

static void gen_x87_end(struct host *h)
{
	struct x87_run *run = &h->x87;
	unsigned t;

	run->live = false;
	if (run->refused)
		return;
	h->locked = 0;
	flags_clobber(h);
	reg_origin_kill(h, h->block->x87, X87_STATE_BYTES);
	reg_clear_locked(h, RAX);
	reg_clear_locked(h, RCX);
	t = reg_scratch(h);
	gen_status(h, t);
	enc_load(h, W32, RCX, place_x87(h, X87_FIELD(top)));
	if (run->pushed) {
		enc_alu_imm(h, ALU_SUB, W32, RCX, run->pushed);
		enc_alu_imm(h, ALU_AND, W32, RCX, 7);
		enc_store(h, W32, place_x87(h, X87_FIELD(top)), RCX);
		gen_empty(h, run->pushed);
	}
	enc_shift(h, SHIFT_SHL, W32, RCX, 4);
	for (unsigned i = 0; i < run->depth; i++)
		if (is_clean(run, i))
			enc_x87(h, 5, 0xd8); /* fstp st(0) */
		else
			enc_rm(h, 0xdb, W32, 7, place_register(h, RCX, (int)i, t));
	for (int i = 1; i <= run->most - run->pushed; i++) {
		struct place p = place_register(h, RCX, -i, t);

		enc_store_imm(h, W64, p, 0);
		p.disp += 8;
		enc_store_imm(h, W64, p, 0);
	}
}

static void gen_operand(struct host *h, ir_value a)
{
	enum ir_type type = type_of(h, a);

	enc_store(h, width_of(type), place_field(h, CPU_FIELD(x87_operand)), reg_use(h, a));
}

/* What has been stored, or EFLAGS. */
static void gen_x87_result(struct host *h, const struct ir_op *op, bool compares)
{
	struct place p = place_field(h, CPU_FIELD(x87_operand));
	unsigned to;

	if (compares) {
		enc_byte(h, 0x9f);              /* lahf */
		enc_rr(h, 0x0fb6, W32, RAX, 4); /* movzx eax,ah */
		enc_alu_imm(h, ALU_AND, W32, RAX, 0x45);
		reg_result(h, RAX);
		return;
	}
	to = reg_target(h, IR_NONE);
	if (op->slot >> 8 == 7 && (op->slot & 0x38) != 0x38)
		enc_rm(h, 0x0fb7, W32, to, p); /* 16 bits */
	else
		enc_load(h, width_of((enum ir_type)op->type), to, p);
	reg_result(h, to);
}

void gen_x87(struct host *h, const struct ir_op *op)
{
	struct effect e = effect_of(op->slot);
	unsigned first = op->slot >> 8, modrm = op->slot & 0xff;

	assert(h->x87.live);
	if (op->arg[0] != IR_NONE && modrm < 0xc0)
		gen_operand(h, op->arg[0]);
	if (e.compares) {
		flags_clobber(h);
		reg_clear_locked(h, RAX);
	}
	if (modrm >= 0xc0)
		enc_x87(h, first, modrm);
	else
		enc_rm(h, 0xd8 + first, W32, modrm >> 3, place_field(h, CPU_FIELD(x87_operand)));
	x87_follow(&h->x87, &e);
	if (op->type != IR_VOID)
		gen_x87_result(h, op, e.compares);
	if (h->value[h->at].x87_last)
		gen_x87_end(h);
}

/* --- At sites ----------------------------------------------------------------------- */

/* From bit 0: depth; 4: most; 8: pushed + 8; 13: condition, no_c1, begun; 16: a bit for each
 * register that is clean; 31: there is a run. */
uint32_t x87_pending(const struct host *h)
{
	const struct x87_run *run = &h->x87;
	uint32_t clean = 0;

	if (!run->live || run->refused)
		return 0;
	for (unsigned i = 0; i < run->depth; i++)
		clean |= (uint32_t)is_clean(run, i) << i;
	return 1u << 31 | clean << 16 | (uint32_t)run->begun << 15 | (uint32_t)run->no_c1 << 14 |
	       (uint32_t)run->condition << 13 | (uint32_t)(run->pushed + 8) << 8 |
	       (uint32_t)run->most << 4 | run->depth;
}

static struct x87_state *state_of(struct cpu *cpu)
{
	return (struct x87_state *)((uint8_t *)cpu + cpu->guest->x87);
}

static uint32_t host_status(void)
{
	uint16_t status;

	__asm__ volatile("fnstsw %0" : "=a"(status));
	return status;
}

/* Translated code was left in a run: as gen_x87_end. */
static void x87_unwound(struct x87_state *s, uint32_t pending)
{
	int pushed = (int)(pending >> 8 & 31) - 8, most = (int)(pending >> 4 & 15);
	struct x87_run run = { .begun = pending >> 15 & 1,
			       .condition = pending >> 13 & 1,
			       .no_c1 = pending >> 14 & 1 };

	s->status = (s->status & ~status_written(&run)) | (host_status() & status_taken(&run));
	s->top = (s->top - (unsigned)pushed) & 7;
	for (int i = 0; i < pushed; i++)
		s->empty &= ~(1u << ((s->top + (unsigned)i) & 7));
	for (int i = 1; i <= -pushed; i++)
		s->empty |= 1u << ((s->top - (unsigned)i) & 7);
	for (unsigned i = 0; i < (pending & 15); i++)
		if (pending >> (16 + i) & 1)
			__asm__ volatile("fstp %st(0)");
		else
			__asm__ volatile("fstpt %0" : "=m"(s->st[(s->top + i) & 7]));
	for (int i = 1; i <= most - pushed; i++)
		memset(&s->st[(s->top - (unsigned)i) & 7], 0, sizeof s->st[0]);
}

void x87_enter(struct cpu *cpu)
{
	uint16_t control, wanted = (uint16_t)cpu->x87_control;

	if (!wanted)
		return;
	if (host_status() & FLAGS & ~state_of(cpu)->status)
		__asm__ volatile("fnclex");
	__asm__ volatile("fnstcw %0" : "=m"(control));
	if (control != wanted)
		__asm__ volatile("fldcw %0" : : "m"(wanted));
}

void x87_leave(struct cpu *cpu)
{
	if (!cpu->x87_pending)
		return;
	x87_unwound(state_of(cpu), cpu->x87_pending);
	cpu->x87_pending = 0;
}

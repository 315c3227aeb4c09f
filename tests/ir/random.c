/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The generator of random blocks.  It keeps the values made so far in a pool per type;
 * an action takes operands from the pools, recent ones more often, and adds its
 * results.  So values and tokens are used soon, late, often or never, and many are
 * live at once.
 */
#include "random.h"

#define SLOT(field) ((uint16_t)offsetof(struct fake, field))
#define NO_ARGS IR_NONE, IR_NONE, IR_NONE, IR_NONE
#define OPS_PER_ACTION 24
#define TYPES (IR_V128 + 1)

struct pool {
	ir_value value[IR_MAX_OPS];
	unsigned count;
};

struct generator {
	struct ir_block *b;
	uint64_t seed;
	unsigned options;
	struct pool typed[TYPES], bools, tokens;
};

static unsigned below(struct generator *g, unsigned limit)
{
	return (unsigned)(fake_random(&g->seed) >> 33) % limit;
}

static bool one_in(struct generator *g, unsigned n)
{
	return below(g, n) == 0;
}

/* Pools. */

static void add(struct pool *p, ir_value v)
{
	if (p->count < IR_MAX_OPS)
		p->value[p->count++] = v;
}

static void add_value(struct generator *g, ir_value v)
{
	add(&g->typed[ir_result(&g->b->op[v])], v);
}

static ir_value leaf(struct generator *g, enum ir_type type)
{
	ir_value v;

	if (one_in(g, 3))
		v = ir_const(g->b, type, fake_value(&g->seed, type));
	else if (type == IR_I32)
		v = ir_get(g->b, type, SLOT(r[0]) + 4 * below(g, 16));
	else if (type == IR_I64 && !one_in(g, 4))
		v = ir_get(g->b, type, SLOT(x[0]) + 8 * below(g, 4));
	else
		v = ir_get(g->b, type,
			   SLOT(v) + ir_type_bytes(type) * below(g, 64 / ir_type_bytes(type)));
	add_value(g, v);
	return v;
}

static ir_value from_pool(struct generator *g, const struct pool *p)
{
	unsigned recent = p->count < 6 ? p->count : 6;

	if (one_in(g, 3))
		return p->value[below(g, p->count)];
	return p->value[p->count - 1 - below(g, recent)];
}

static ir_value pick(struct generator *g, enum ir_type type)
{
	const struct pool *p = &g->typed[type];

	return p->count < 3 || one_in(g, 5) ? leaf(g, type) : from_pool(g, p);
}

static ir_value pick_bool(struct generator *g)
{
	if (g->bools.count == 0 || one_in(g, 6))
		add(&g->bools, ir_get(g->b, IR_I32, SLOT(flag[0]) + 4 * below(g, 4)));
	return from_pool(g, &g->bools);
}

static enum ir_type integer_type(struct generator *g)
{
	return one_in(g, 3) ? IR_I64 : IR_I32;
}

static enum ir_type float_type(struct generator *g)
{
	return one_in(g, 2) ? IR_F64 : IR_F32;
}

static enum ir_type any_type(struct generator *g)
{
	switch (below(g, 8)) {
	case 0:
		return g->options & IR_RANDOM_FLOAT ? float_type(g) : IR_I32;
	case 1:
		return g->options & IR_RANDOM_VECTOR ? IR_V128 : IR_I64;
	default:
		return integer_type(g);
	}
}

/* Actions. */

static void do_binary(struct generator *g)
{
	static const uint8_t ops[] = { IR_ADD, IR_SUB,  IR_AND,   IR_OR,   IR_XOR,  IR_ANDN,
				       IR_MUL, IR_UDIV, IR_SDIV,  IR_UREM, IR_SREM, IR_ADD,
				       IR_SUB, IR_AND,  IR_UMULH, IR_SMULH };
	enum ir_opcode op = ops[below(g, COUNT_OF(ops))];
	enum ir_type type = op == IR_UMULH || op == IR_SMULH ? IR_I64 : integer_type(g);
	ir_value x = pick(g, type);

	if (one_in(g, 3))
		add_value(g,
			  ir_binary_imm(g->b, op, type, x, (int32_t)fake_value(&g->seed, IR_I64)));
	else
		add_value(g, ir_binary(g->b, op, type, x, pick(g, type)));
}

static void do_unary(struct generator *g)
{
	static const uint8_t ops[] = { IR_NOT, IR_NEG, IR_CLZ, IR_CTZ, IR_BSWAP };
	enum ir_type type = integer_type(g);

	add_value(g, ir_unary(g->b, ops[below(g, COUNT_OF(ops))], type, pick(g, type)));
}

static void do_shift(struct generator *g)
{
	enum ir_opcode op = IR_SHL + below(g, 4);
	enum ir_type type = integer_type(g);
	ir_value x = pick(g, type);

	if (one_in(g, 2))
		add_value(g, ir_binary_imm(g->b, op, type, x, (int32_t)below(g, 70)));
	else
		add_value(g, ir_binary(g->b, op, type, x, pick(g, IR_I32)));
}

static void do_field(struct generator *g)
{
	enum ir_type type = integer_type(g);
	unsigned width = ir_type_bytes(type) * 8;
	unsigned pos = one_in(g, 3) ? 0 : one_in(g, 2) ? 8 * below(g, width / 8) : below(g, width);
	unsigned length = 1 + below(g, width - pos);
	ir_value x = pick(g, type);

	if (one_in(g, 3))
		length = width - pos < 8 ? width - pos : 8;
	switch (below(g, 3)) {
	case 0:
		add_value(g, ir_extract(g->b, type, x, pos, length));
		break;
	case 1:
		add_value(g, ir_sextract(g->b, type, x, pos, length));
		break;
	default:
		add_value(g, ir_deposit(g->b, type, x, pick(g, type), pos, length));
	}
}

static void do_convert(struct generator *g)
{
	ir_value v;

	switch (below(g, g->options & IR_RANDOM_FLOAT ? 6 : 4)) {
	case 0:
		v = ir_unary(g->b, IR_ZEXT, IR_I64, pick(g, IR_I32));
		break;
	case 1:
		v = ir_unary(g->b, IR_SEXT, IR_I64, pick(g, IR_I32));
		break;
	case 2:
		v = ir_unary(g->b, IR_TRUNC, IR_I32, pick(g, IR_I64));
		break;
	case 3:
		v = pick(g, IR_I32);
		v = ir_binary(g->b, IR_CONCAT, IR_I64, v, pick(g, IR_I32));
		break;
	case 4:
		v = one_in(g, 2) ? ir_unary(g->b, IR_BITCAST, IR_F32, pick(g, IR_I32)) :
				   ir_unary(g->b, IR_BITCAST, IR_F64, pick(g, IR_I64));
		break;
	default:
		v = one_in(g, 2) ? ir_unary(g->b, IR_BITCAST, IR_I32, pick(g, IR_F32)) :
				   ir_unary(g->b, IR_BITCAST, IR_I64, pick(g, IR_F64));
	}
	add_value(g, v);
}

/* Carry in without a token. */
static void do_adc(struct generator *g)
{
	enum ir_type type = integer_type(g);
	ir_value x = pick(g, type), y = pick(g, type);

	add_value(g, ir_adc(g->b, one_in(g, 2) ? IR_ADC : IR_SBB, type, x, y, pick_bool(g)));
}

static void do_flags(struct generator *g)
{
	enum ir_opcode op = IR_ADD + below(g, IR_XOR - IR_ADD + 1);
	enum ir_type type = integer_type(g);
	ir_value x = pick(g, type), y = pick(g, type);
	bool carry = op == IR_ADC || op == IR_SBB;
	ir_value v = ir_flags(g->b, op, type, x, y, carry ? pick_bool(g) : IR_NONE);

	add(&g->tokens, v);
	if (one_in(g, 2))
		add_value(g, v);
}

static void do_cond(struct generator *g)
{
	ir_value v;

	if (g->tokens.count == 0)
		do_flags(g);
	v = ir_cond(g->b, from_pool(g, &g->tokens), below(g, IR_CC_G + 1));
	add(&g->bools, v);
	if (one_in(g, 3))
		add_value(g, v);
}

/* AF of a logical operation may be anything. */
static void do_pack(struct generator *g)
{
	ir_value token, v;

	if (g->tokens.count == 0)
		do_flags(g);
	token = from_pool(g, &g->tokens);
	v = ir_pack(g->b, token);
	if (g->b->op[token].op >= IR_AND)
		v = ir_binary_imm(g->b, IR_AND, IR_I32, v, ~0x10);
	add_value(g, v);
}

static void do_setcc(struct generator *g)
{
	static const uint8_t conditions[] = { IR_CC_Z, IR_CC_NZ, IR_CC_B,  IR_CC_AE, IR_CC_BE,
					      IR_CC_A, IR_CC_L,  IR_CC_GE, IR_CC_LE, IR_CC_G };
	enum ir_cc cc = conditions[below(g, COUNT_OF(conditions))];
	enum ir_type type = integer_type(g);
	ir_value x = one_in(g, 4) && type == IR_I32 ? pick_bool(g) : pick(g, type);
	ir_value v;

	if (one_in(g, 2))
		v = ir_setcc_imm(g->b, cc, x,
				 one_in(g, 2) ? (int32_t)below(g, 2) :
						(int32_t)fake_value(&g->seed, IR_I64));
	else
		v = ir_setcc(g->b, cc, x, pick(g, type));
	add(&g->bools, v);
	if (one_in(g, 4))
		add_value(g, v);
}

static void do_select(struct generator *g)
{
	enum ir_type type = any_type(g);
	ir_value condition = one_in(g, 4) ? pick(g, IR_I32) : pick_bool(g);
	ir_value yes = pick(g, type);

	if (type == IR_I32 && one_in(g, 5)) {
		yes = ir_const32(g->b, below(g, 2));
		add_value(g, ir_select(g->b, condition, yes, ir_const32(g->b, below(g, 2))));
	} else {
		add_value(g, ir_select(g->b, condition, yes, pick(g, type)));
	}
}

static void do_get(struct generator *g)
{
	leaf(g, any_type(g));
}

static void do_set(struct generator *g)
{
	enum ir_type type = any_type(g);
	unsigned bytes = ir_type_bytes(type);

	if (one_in(g, 6))
		ir_set(g->b, IR_I32, SLOT(flag[0]) + 4 * below(g, 4), pick_bool(g));
	else if (type == IR_I32 && !one_in(g, 8))
		ir_set(g->b, type, SLOT(r[0]) + 4 * below(g, 16), pick(g, type));
	else if (type == IR_I64 && !one_in(g, 3))
		ir_set(g->b, type, SLOT(x[0]) + 8 * below(g, 4), pick(g, type));
	else
		ir_set(g->b, type, SLOT(v) + bytes * below(g, 64 / bytes), pick(g, type));
}

/* Moves a value between slots, as guests do; forwarding must see through it. */
static void do_move(struct generator *g)
{
	unsigned from = SLOT(r[0]) + 4 * below(g, 16), to = SLOT(r[0]) + 4 * below(g, 16);

	ir_set(g->b, IR_I32, to, ir_get(g->b, IR_I32, from));
}

static ir_value random_address(struct generator *g, unsigned bytes)
{
	uint32_t mask = FAKE_RAM_BYTES - 1;
	ir_value v;

	if (g->options & IR_RANDOM_ABSENT && one_in(g, 24))
		mask = 2 * FAKE_RAM_BYTES - 1;
	if (!one_in(g, 8))
		mask &= ~(bytes - 1);
	if (!(g->options & IR_RANDOM_ABSENT))
		mask &= ~0x200u; /* no access reaches the end */
	v = ir_binary(g->b, IR_AND, IR_I32, pick(g, IR_I32), ir_const32(g->b, mask));
	return ir_binary(g->b, IR_ADD, IR_I32, v, ir_const32(g->b, FAKE_RAM));
}

static struct ir_mem random_mem(struct generator *g, enum ir_type type)
{
	struct ir_mem mem = { 0 };

	switch (type) {
	case IR_I32:
		mem.size = below(g, 3) & 7;
		break;
	case IR_I64:
		mem.size = below(g, 4) & 7;
		break;
	case IR_F32:
		mem.size = 2;
		break;
	case IR_F64:
		mem.size = 3;
		break;
	default:
		mem.size = 4;
	}
	mem.sign = type <= IR_I64 && one_in(g, 3);
	mem.big = type != IR_V128 && one_in(g, 6);
	if (g->options & IR_RANDOM_ABSENT && one_in(g, 8))
		mem.align = mem.size;
	mem.space = (uint8_t)below(g, 4);
	return mem;
}

static void do_load(struct generator *g)
{
	enum ir_type type = any_type(g);
	struct ir_mem mem = random_mem(g, type);

	add_value(g, ir_load(g->b, type, mem, random_address(g, 1u << mem.size)));
}

static void do_store(struct generator *g)
{
	enum ir_type type = any_type(g);
	struct ir_mem mem = random_mem(g, type);
	ir_value address = random_address(g, 1u << mem.size);

	ir_store(g->b, type, mem, address, pick(g, type));
}

static void do_span_read(struct generator *g)
{
	unsigned bytes = 16 + 4 * below(g, 61);
	struct ir_mem span_mem = { .align = 2 * one_in(g, 4), .space = (uint8_t)below(g, 4) };
	ir_value h = ir_span(g->b, span_mem, random_address(g, 4), bytes, false);

	for (unsigned n = 1 + below(g, 6); n > 0; n--) {
		enum ir_type type = any_type(g);
		struct ir_mem mem = random_mem(g, type);

		mem.align = 0;
		add_value(g, ir_hload(g->b, type, mem, h, below(g, bytes + 1 - (1u << mem.size))));
	}
}

static void do_span_write(struct generator *g)
{
	static const uint8_t sizes[] = { IR_I32, IR_I64, IR_F32, IR_F64, IR_V128 };
	unsigned pieces = 1 + below(g, 6), piece[6], bytes = 0, at = 0;
	struct ir_mem span_mem = { .align = 2 * one_in(g, 4), .space = (uint8_t)below(g, 4) };
	ir_value address = random_address(g, 4), value[6], h;

	for (unsigned i = 0; i < pieces; i++) {
		piece[i] = sizes[below(g, COUNT_OF(sizes))];
		value[i] = pick(g, piece[i]);
		bytes += ir_type_bytes(piece[i]);
	}
	h = ir_span(g->b, span_mem, address, bytes, true);
	for (unsigned i = 0; i < pieces; i++) {
		struct ir_mem mem = random_mem(g, piece[i]);

		mem.align = 0;
		mem.size = ir_type_bytes(piece[i]) == 4 ? 2 : ir_type_bytes(piece[i]) == 8 ? 3 : 4;
		ir_hstore(g->b, piece[i], mem, h, at, value[i]);
		at += ir_type_bytes(piece[i]);
	}
	ir_span_end(g->b, span_mem, h, address, bytes);
}

static void do_fp(struct generator *g)
{
	static fp_fn *const functions[][2] = { { fake_fadd32, fake_fadd64 },
					       { fake_fsub32, fake_fsub64 },
					       { fake_fmul32, fake_fmul64 },
					       { fake_fdiv32, fake_fdiv64 },
					       { fake_fsqrt32, fake_fsqrt64 } };
	enum ir_type type = float_type(g);
	unsigned which = below(g, 5);
	ir_value x = pick(g, type), y = which < 4 ? pick(g, type) : IR_NONE;
	fp_fn *exact = functions[which][type == IR_F64];

	if (one_in(g, 2))
		add_value(g, ir_fp(g->b, IR_FADD + which, type, exact, x, y));
	else
		add_value(g, ir_fp_sse(g->b, IR_FADD + which, type, exact, x, y));
}

static void do_fp_sign(struct generator *g)
{
	enum ir_type type = float_type(g);

	add_value(g, ir_unary(g->b, one_in(g, 2) ? IR_FNEG : IR_FABS, type, pick(g, type)));
}

static void do_fcmp(struct generator *g)
{
	enum ir_type type = float_type(g);
	ir_value x = pick(g, type), y = pick(g, type);
	uint32_t four = (uint32_t)fake_random(&g->seed) & (one_in(g, 2) ? 0x01010101 : UINT32_MAX);
	ir_value v = ir_fcmp(g->b, x, y, one_in(g, 2), four & 0xff, four >> 8 & 0xff,
			     four >> 16 & 0xff, four >> 24);

	if (ir_result(&g->b->op[v]) == IR_I32)
		add_value(g, v);
}

static void do_fcvt(struct generator *g)
{
	enum ir_fcvt kind = below(g, IR_F64_TO_F32 + 1);
	enum ir_type wide = float_type(g), from = wide, to = wide;

	if (kind == IR_F32_TO_F64 || kind == IR_F64_TO_F32) {
		from = kind == IR_F32_TO_F64 ? IR_F32 : IR_F64;
		to = kind == IR_F32_TO_F64 ? IR_F64 : IR_F32;
	} else if (kind <= IR_S64_TO_F) {
		from = kind == IR_S64_TO_F ? IR_I64 : IR_I32;
	} else {
		to = IR_I32;
	}
	if (kind >= IR_F32_TO_F64 && one_in(g, 2))
		add_value(g, ir_fcvt_sse(g->b, kind, to, fake_fcvt(kind, wide == IR_F64),
					 pick(g, from)));
	else
		add_value(g,
			  ir_fcvt(g->b, kind, to, fake_fcvt(kind, wide == IR_F64), pick(g, from)));
}

static void do_vector(struct generator *g)
{
	enum ir_opcode op = IR_VAND + below(g, IR_VDUP - IR_VAND + 1);
	unsigned size = below(g, 4);
	ir_value x;

	if (op == IR_VDUP) {
		x = pick(g, size == 3 ? IR_I64 : IR_I32);
		add_value(g, ir_vector(g->b, op, size, x, IR_NONE));
	} else {
		x = pick(g, IR_V128);
		add_value(g, ir_vector(g->b, op, size, x, pick(g, IR_V128)));
	}
}

static void do_low(struct generator *g)
{
	static const enum ir_type types[] = { IR_I32, IR_I64, IR_F32, IR_F64 };
	enum ir_type type = types[below(g, COUNT_OF(types))];

	if (one_in(g, 2))
		add_value(g, ir_widen(g->b, pick(g, type)));
	else
		add_value(g, ir_low(g->b, type, pick(g, IR_V128)));
}

static void do_packed(struct generator *g)
{
	const struct fake_packed *p = &fake_packed[below(g, COUNT_OF(fake_packed))];
	uint8_t immediate = (uint8_t)(one_in(g, 2) ? below(g, 256) : below(g, 16));
	ir_value x = pick(g, IR_V128), y = pick(g, IR_V128);

	if (one_in(g, 4)) /* the upper half of a double isn't defined; this looks at the lower */
		add_value(g, ir_packed(g->b, fake_packed[3].fn, fake_packed[3].code, 0, x,
				       pick(g, IR_F64)));
	else
		add_value(g, ir_packed(g->b, p->fn, p->code, immediate, x, y));
	if (one_in(g, 2))
		add_value(g, ir_mask(g->b, below(g, 2) ? 0 : 2 + below(g, 2), x));
}

static void emit_call(struct generator *g, unsigned effects, ir_fn *fn)
{
	enum ir_type type = one_in(g, 4) && effects & CALL_WRITES ? IR_VOID : integer_type(g);
	ir_value arg[4] = { NO_ARGS };
	unsigned count = below(g, 5);
	ir_value v;

	for (unsigned i = 0; i < count; i++)
		arg[i] = pick(g, integer_type(g));
	v = ir_call(g->b, type, effects, fn, arg[0], arg[1], arg[2], arg[3]);
	if (type != IR_VOID)
		add_value(g, v);
}

static void do_call(struct generator *g)
{
	switch (below(g, 4)) {
	case 0:
		emit_call(g, CALL_PURE, fake_call_pure);
		break;
	case 1:
		emit_call(g, CALL_READS, fake_call_reads);
		break;
	case 2:
		emit_call(g, CALL_WRITES, fake_call_writes);
		break;
	default:
		emit_call(g, CALL_READS | CALL_WRITES, fake_call_both);
	}
}

static void do_site(struct generator *g)
{
	emit_call(g, CALL_SITE, fake_call_site);
}

static void do_check(struct generator *g)
{
	ir_value condition = one_in(g, 3) ? pick(g, IR_I32) : pick_bool(g);

	ir_check(g->b, condition, fake_check, one_in(g, 3) ? IR_NONE : pick(g, IR_I32),
		 below(g, 1u << 16));
}

static gva random_pc(struct generator *g)
{
	return one_in(g, 4) ? g->b->pc : (gva)fake_random(&g->seed) & ~1u;
}

static void do_exit_if(struct generator *g)
{
	ir_value condition = one_in(g, 4) ? pick(g, IR_I32) : pick_bool(g);

	/* Rarely taken, or few blocks would run to their end. */
	if (!one_in(g, 4))
		condition =
			ir_binary(g->b, IR_AND, IR_I32, condition,
				  ir_setcc_imm(g->b, IR_CC_Z,
					       ir_extract(g->b, IR_I32, pick(g, IR_I32), 0, 2), 1));
	ir_exit_if(g->b, condition, random_pc(g));
}

struct action {
	void (*act)(struct generator *g);
	unsigned weight, option;
};

static const struct action actions[] = {
	{ do_binary, 10, 0 },
	{ do_unary, 3, 0 },
	{ do_shift, 6, 0 },
	{ do_field, 5, 0 },
	{ do_convert, 4, 0 },
	{ do_adc, 2, 0 },
	{ do_flags, 7, 0 },
	{ do_cond, 7, 0 },
	{ do_pack, 1, 0 },
	{ do_setcc, 5, 0 },
	{ do_select, 5, 0 },
	{ do_get, 4, 0 },
	{ do_set, 16, 0 },
	{ do_move, 3, 0 },
	{ do_load, 5, IR_RANDOM_LOADS },
	{ do_store, 5, IR_RANDOM_LOADS },
	{ do_span_read, 2, IR_RANDOM_SPANS },
	{ do_span_write, 2, IR_RANDOM_SPANS },
	{ do_fp, 4, IR_RANDOM_FLOAT },
	{ do_fp_sign, 1, IR_RANDOM_FLOAT },
	{ do_fcmp, 2, IR_RANDOM_FLOAT },
	{ do_fcvt, 3, IR_RANDOM_FLOAT },
	{ do_vector, 4, IR_RANDOM_VECTOR },
	{ do_packed, 3, IR_RANDOM_VECTOR },
	{ do_low, 3, IR_RANDOM_VECTOR },
	{ do_call, 3, IR_RANDOM_CALLS },
	{ do_site, 1, IR_RANDOM_SITES },
	{ do_check, 2, IR_RANDOM_SITES },
	{ do_exit_if, 3, IR_RANDOM_EXITS },
};

static void act(struct generator *g)
{
	unsigned total = 0, choice;

	for (unsigned i = 0; i < COUNT_OF(actions); i++)
		total += actions[i].weight;
	choice = below(g, total);
	for (unsigned i = 0; i < COUNT_OF(actions); i++) {
		if (choice < actions[i].weight) {
			if ((actions[i].option & g->options) == actions[i].option)
				actions[i].act(g);
			return;
		}
		choice -= actions[i].weight;
	}
}

static void end_block(struct generator *g)
{
	switch (below(g, 8)) {
	case 0:
		ir_exit_call(g->b, random_pc(g), random_pc(g));
		break;
	case 1:
		ir_exit_indirect(g->b, pick(g, IR_I32));
		break;
	case 2:
		ir_exit_call_indirect(g->b, pick(g, IR_I32), random_pc(g));
		break;
	case 3:
		ir_exit_return(g->b, pick(g, IR_I32));
		break;
	case 4:
		ir_exit_run(g->b, pick(g, IR_I32));
		break;
	default:
		ir_exit(g->b, random_pc(g));
	}
}

void ir_random(struct ir_block *b, uint64_t seed, unsigned options)
{
	static _Thread_local struct generator g;
	unsigned insns;

	g.b = b;
	g.seed = seed * 0x2545f4914f6cdd1du + options;
	g.options = options;
	for (unsigned i = 0; i < TYPES; i++)
		g.typed[i].count = 0;
	g.bools.count = g.tokens.count = 0;
	ir_begin(b, 0x8000 + 4 * below(&g, 1000), 1u << 31, fake_guest.slots);
	insns = one_in(&g, 8) ? 1 + below(&g, 60) : 1 + below(&g, 12);
	for (unsigned i = 0; i < insns && ir_room(b); i++) {
		unsigned limit = b->count + IR_SPARE_OPS - OPS_PER_ACTION;
		unsigned exits = b->exits + IR_SPARE_EXITS - 2;

		ir_insn(b, b->pc + 4 * i);
		for (unsigned n = 1 + below(&g, 12); n > 0; n--)
			if (b->count < limit && b->exits < exits)
				act(&g);
	}
	b->guest_bytes = 4 * b->insns;
	end_block(&g);
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Intermediate code, by hand: what operations mean (values from the definitions in
 * ir.h, computed once by hand and by folding alike), what the builder and the
 * optimiser make of patterns front ends produce, what the verifier refuses, and how
 * blocks print.
 */
#include "fake_memory.h"
#include "host/host.h"
#include "ir/fp.h"
#include "tap.h"

#define SLOT(field) ((unsigned)offsetof(struct fake, field))
#define R(n) SLOT(r[n])

static struct ir_block b;
static char printed[2000];

static void begin(void)
{
	ir_begin(&b, 0x8000, 1u << 31, fake_guest.slots);
	ir_insn(&b, 0x8000);
}

static void add_line(const char *text)
{
	size_t length = strlen(printed);

	snprintf(printed + length, sizeof(printed) - length, "%s\n", text);
}

static const char *print_block(void)
{
	printed[0] = 0;
	ir_print(&b, add_line);
	return printed;
}

static unsigned count_ops(enum ir_opcode op)
{
	unsigned count = 0;

	for (unsigned i = 0; i < b.count; i++)
		count += b.op[i].op == op;
	return count;
}

static ir_value get32(unsigned n)
{
	return ir_get(&b, IR_I32, R(n));
}

static void set32(unsigned n, ir_value v)
{
	ir_set(&b, IR_I32, R(n), v);
}

static unsigned run_from(struct fake *f)
{
	const char *wrong = ir_verify(&b);

	if (wrong)
		diag("%s", wrong);
	return wrong ? UINT32_MAX : run_fake(f, &b);
}

/* Integer operations: with constants (folded) and with values from slots. */

struct integer_case {
	uint8_t op, type;
	uint64_t a, b, result;
};

#define TOP32 0x80000000u
#define TOP64 0x8000000000000000u

static const struct integer_case integer_cases[] = {
	{ IR_ADD, IR_I32, 0xffffffff, 2, 1 },
	{ IR_ADD, IR_I64, 0xffffffff, 2, 0x100000001 },
	{ IR_SUB, IR_I32, 1, 2, 0xffffffff },
	{ IR_AND, IR_I32, 0xf0f0, 0xff00, 0xf000 },
	{ IR_OR, IR_I64, TOP64, 1, TOP64 | 1 },
	{ IR_XOR, IR_I32, 0xffff0000, 0xff00ff00, 0x00ffff00 },
	{ IR_ANDN, IR_I32, 0xffffffff, 0xf, 0xfffffff0 },
	{ IR_MUL, IR_I32, 0x10001, 0x10001, 0x20001 },
	{ IR_MUL, IR_I64, 0x100000001, 0x100000001, 0x200000001 },
	{ IR_UMULH, IR_I64, UINT64_MAX, UINT64_MAX, UINT64_MAX - 1 },
	{ IR_SMULH, IR_I64, UINT64_MAX, 5, UINT64_MAX },
	{ IR_SMULH, IR_I64, TOP64, TOP64, 1ull << 62 },
	{ IR_UDIV, IR_I32, 7, 0, 0 },
	{ IR_UDIV, IR_I32, TOP32, 3, 0x2aaaaaaa },
	{ IR_SDIV, IR_I32, 7, 0, 0 },
	{ IR_SDIV, IR_I32, TOP32, 0xffffffff, TOP32 },
	{ IR_SDIV, IR_I64, TOP64, UINT64_MAX, TOP64 },
	{ IR_SDIV, IR_I32, 0xfffffff9, 2, 0xfffffffd },
	{ IR_UREM, IR_I32, 7, 0, 7 },
	{ IR_UREM, IR_I64, TOP64 + 5, TOP64, 5 },
	{ IR_SREM, IR_I32, TOP32, 0xffffffff, 0 },
	{ IR_SREM, IR_I32, 0xfffffff9, 4, 0xfffffffd },
	{ IR_SREM, IR_I64, 7, 0, 7 },
	{ IR_SHL, IR_I32, 3, 31, TOP32 },
	{ IR_SHL, IR_I32, 3, 33, 6 },
	{ IR_SHL, IR_I64, 3, 33, 0x600000000 },
	{ IR_SHR, IR_I32, TOP32, 31, 1 },
	{ IR_SAR, IR_I32, TOP32, 31, 0xffffffff },
	{ IR_SAR, IR_I64, TOP32, 31, 1 },
	{ IR_ROR, IR_I32, 0x12345678, 8, 0x78123456 },
	{ IR_ROR, IR_I64, 1, 65, TOP64 },
	{ IR_CLZ, IR_I32, 0, 0, 32 },
	{ IR_CLZ, IR_I32, 1, 0, 31 },
	{ IR_CLZ, IR_I64, 0, 0, 64 },
	{ IR_CTZ, IR_I32, 0, 0, 32 },
	{ IR_CTZ, IR_I64, 0, 0, 64 },
	{ IR_CTZ, IR_I32, 8, 0, 3 },
	{ IR_BSWAP, IR_I32, 0x12345678, 0, 0x78563412 },
	{ IR_BSWAP, IR_I64, 0x12345678, 0, 0x7856341200000000 },
	{ IR_NOT, IR_I32, 1, 0, 0xfffffffe },
	{ IR_NEG, IR_I64, 1, 0, UINT64_MAX },
};

static ir_value build_case(const struct integer_case *c, ir_value x, ir_value y)
{
	if (y == IR_NONE)
		return ir_unary(&b, c->op, c->type, x);
	return ir_binary(&b, c->op, c->type, x, y);
}

static void test_integer_case(const struct integer_case *c)
{
	bool unary = c->op == IR_NOT || c->op == IR_NEG || (c->op >= IR_CLZ && c->op <= IR_BSWAP);
	bool count = c->op >= IR_SHL && c->op <= IR_ROR;
	enum ir_type second = count ? IR_I32 : c->type;
	struct fake f = { .cpu.budget = 1, .x = { c->a, c->b } };
	ir_value x, y, folded;

	begin();
	x = ir_const(&b, c->type, c->a);
	y = unary ? IR_NONE : ir_const(&b, second, c->b);
	folded = build_case(c, x, y);
	ir_set(&b, c->type, SLOT(x[2]), folded);
	x = ir_get(&b, c->type, SLOT(x[0]));
	y = unary ? IR_NONE : ir_get(&b, second, SLOT(x[1]));
	ir_set(&b, c->type, SLOT(x[3]), build_case(c, x, y));
	ir_exit(&b, 0);
	run_from(&f);
	ok(b.op[folded].op == IR_CONST && f.x[2] == c->result && f.x[3] == c->result,
	   "%s.i%u %#llx %#llx", ir_info(c->op)->name, 8 * ir_type_bytes(c->type),
	   (unsigned long long)c->a, (unsigned long long)c->b);
	if (f.x[3] != c->result)
		diag("%#llx", (unsigned long long)f.x[3]);
}

static void test_fields(void)
{
	struct fake f = { .cpu.budget = 1, .r = { 0x12345678, 0xabcd }, .x = { TOP64 | 0x1ff } };

	begin();
	set32(2, ir_extract(&b, IR_I32, get32(0), 8, 12));
	set32(3, ir_sextract(&b, IR_I32, get32(1), 4, 4));
	set32(4, ir_deposit(&b, IR_I32, get32(0), get32(1), 4, 8));
	ir_set(&b, IR_I64, SLOT(x[1]),
	       ir_sextract(&b, IR_I64, ir_get(&b, IR_I64, SLOT(x[0])), 1, 63));
	ir_set(&b, IR_I64, SLOT(x[2]), ir_binary(&b, IR_CONCAT, IR_I64, get32(0), get32(1)));
	ir_set(&b, IR_I64, SLOT(x[3]), ir_unary(&b, IR_SEXT, IR_I64, ir_const32(&b, TOP32)));
	ir_exit(&b, 0);
	run_from(&f);
	is(f.r[2], 0x456, "extract");
	is(f.r[3], 0xfffffffc, "sextract");
	is(f.r[4], 0x12345cd8, "deposit");
	is(f.x[1], 0xc0000000000000ff, "sextract of i64");
	is(f.x[2], 0xabcd12345678, "concat");
	is(f.x[3], 0xffffffff80000000, "sext of a constant");
}

/* Flags of a op b with carry, as CF PF AF ZF SF OF. */
static unsigned flags_of(enum ir_opcode op, uint32_t x, uint32_t y, unsigned carry)
{
	struct fake f = { .cpu.budget = 1, .r = { x, y, carry } };
	bool carries = op == IR_ADC || op == IR_SBB;
	ir_value v[3];

	begin();
	for (unsigned i = 0; i < 3; i++)
		v[i] = get32(i);
	set32(3, ir_pack(&b, ir_flags(&b, op, IR_I32, v[0], v[1], carries ? v[2] : IR_NONE)));
	ir_exit(&b, 0);
	run_from(&f);
	return f.r[3];
}

static void test_flags(void)
{
	is(flags_of(IR_ADD, 0xffffffff, 1, 0), 0x1 | 0x4 | 0x10 | 0x40, "add: carry, half, zero");
	is(flags_of(IR_ADD, 0x7fffffff, 1, 0), 0x4 | 0x10 | 0x80 | 0x800, "add: overflow");
	is(flags_of(IR_SUB, 0, 1, 0), 0x1 | 0x4 | 0x10 | 0x80, "sub: borrow");
	is(flags_of(IR_SUB, TOP32, 1, 0), 0x4 | 0x10 | 0x800, "sub: overflow");
	is(flags_of(IR_ADC, 0xffffffff, 0, 1), 0x1 | 0x4 | 0x10 | 0x40, "adc: by the carry alone");
	is(flags_of(IR_SBB, 0, 0xffffffff, 1), 0x1 | 0x4 | 0x10 | 0x40, "sbb: all ones and borrow");
	is(flags_of(IR_AND, 0x80000001, 0x80000001, 0) & ~0x10u, 0x80, "and: sign, odd");
}

/* Conditions on a token of sub, and setcc, of 1, 2 and of -1, 2. */
static void test_conditions(void)
{
	static const struct {
		uint8_t cc;
		bool of_1_2, of_minus_1_2;
	} cases[] = {
		{ IR_CC_Z, 0, 0 },  { IR_CC_NZ, 1, 1 }, { IR_CC_B, 1, 0 }, { IR_CC_AE, 0, 1 },
		{ IR_CC_BE, 1, 0 }, { IR_CC_A, 0, 1 },  { IR_CC_L, 1, 1 }, { IR_CC_GE, 0, 0 },
		{ IR_CC_LE, 1, 1 }, { IR_CC_G, 0, 0 },  { IR_CC_N, 1, 1 }, { IR_CC_NN, 0, 0 },
		{ IR_CC_V, 0, 0 },  { IR_CC_NV, 1, 1 }, { IR_CC_P, 1, 0 }, { IR_CC_NP, 0, 1 },
	};

	for (unsigned i = 0; i < COUNT_OF(cases); i++) {
		struct fake f = { .cpu.budget = 1, .r = { 1, 0xffffffff } };
		ir_value two, x, y;
		bool compares = i < 10;

		begin();
		two = ir_const32(&b, 2);
		x = get32(0);
		y = get32(1);
		set32(2, ir_cond(&b, ir_flags(&b, IR_SUB, IR_I32, x, two, IR_NONE), cases[i].cc));
		set32(3, ir_cond(&b, ir_flags(&b, IR_SUB, IR_I32, y, two, IR_NONE), cases[i].cc));
		set32(4, compares ? ir_setcc(&b, cases[i].cc, x, two) : get32(2));
		set32(5, compares ? ir_setcc(&b, cases[i].cc, y, two) : get32(3));
		ir_exit(&b, 0);
		run_from(&f);
		ok(f.r[2] == cases[i].of_1_2 && f.r[3] == cases[i].of_minus_1_2 &&
			   f.r[4] == f.r[2] && f.r[5] == f.r[3],
		   "condition %u", cases[i].cc);
	}
}

static unsigned compare_floats(uint32_t x, uint32_t y, bool signalling, uint32_t *sticky)
{
	struct fake f = { .cpu.budget = 1, .v.s = { x, y } };
	ir_value v;

	begin();
	v = ir_get(&b, IR_F32, SLOT(v.s[0]));
	set32(0, ir_fcmp(&b, v, ir_get(&b, IR_F32, SLOT(v.s[1])), signalling, 10, 20, 30, 40));
	ir_exit(&b, 0);
	run_from(&f);
	*sticky = f.cpu.fp_sticky;
	return f.r[0];
}

static void test_fcmp(void)
{
	uint32_t sticky;

	is(compare_floats(0, TOP32, true, &sticky), 10, "fcmp: both zeros are equal");
	is(sticky, 0, "... without a flag");
	is(compare_floats(0xbf800000, 1, false, &sticky), 20, "fcmp: -1 is less than a denormal");
	is(compare_floats(0x7f800000, 0x7f7fffff, false, &sticky), 30, "fcmp: infinity is greater");
	is(compare_floats(0xbf800000, 0xc0000000, false, &sticky), 30,
	   "fcmp: -1 is greater than -2");
	is(compare_floats(0x7fc00000, 0, false, &sticky), 40, "fcmp: a NaN is unordered");
	is(sticky, 0, "... without a flag if quiet");
	compare_floats(0x7fc00000, 0, true, &sticky);
	is(sticky, FP_INVALID, "... invalid if the comparison signals");
	compare_floats(0, 0xff800001, false, &sticky);
	is(sticky, FP_INVALID, "... or if the NaN does");
}

static void test_vectors(void)
{
	struct fake f = { .cpu.budget = 1, .r = { 0x1ff } };
	ir_value x, y;

	f.v.q[0][0] = 0x00ff7f80017fff00;
	f.v.q[0][1] = TOP64;
	f.v.q[1][0] = 0x0101010101010101;
	f.v.q[1][1] = TOP64;
	begin();
	x = ir_get(&b, IR_V128, SLOT(v.q[0]));
	y = ir_get(&b, IR_V128, SLOT(v.q[1]));
	ir_set(&b, IR_V128, SLOT(v.q[2]), ir_vector(&b, IR_VADD, 0, x, y));
	ir_set(&b, IR_V128, SLOT(v.q[3]), ir_vector(&b, IR_VCGT, 0, x, y));
	ir_set(&b, IR_V128, SLOT(v.q[0]), ir_vector(&b, IR_VDUP, 0, get32(0), IR_NONE));
	ir_set(&b, IR_V128, SLOT(v.q[1]), ir_vector(&b, IR_VCEQ, 3, x, y));
	ir_exit(&b, 0);
	run_from(&f);
	ok(f.v.q[2][0] == 0x0100808102800001 && f.v.q[2][1] == 0x0000000000000000, "vadd of bytes");
	ok(f.v.q[3][0] == 0x0000ff0000ff0000 && f.v.q[3][1] == 0, "vcgt of bytes");
	ok(f.v.q[0][0] == UINT64_MAX && f.v.q[0][1] == UINT64_MAX, "vdup of a byte");
	ok(f.v.q[1][0] == 0 && f.v.q[1][1] == UINT64_MAX, "vceq of i64");
}

static void test_low_bits_of_vectors(void)
{
	struct fake f = { .cpu.budget = 1, .r = { 0x89abcdef } };
	ir_value low, x, y;

	f.v.q[1][0] = f.v.q[1][1] = 0xfedcba9876543210;
	begin();
	low = get32(0);
	x = ir_widen(&b, low);
	y = ir_get(&b, IR_V128, SLOT(v.q[1]));
	is(ir_low(&b, IR_I32, x), low, "what was widened, back");
	ir_set(&b, IR_V128, SLOT(v.q[0]), x);
	ir_set(&b, IR_V128, SLOT(v.q[2]), ir_widen(&b, ir_low(&b, IR_F64, y)));
	ir_set(&b, IR_V128, SLOT(v.q[3]), ir_widen(&b, ir_low(&b, IR_F32, y)));
	set32(1, ir_low(&b, IR_I32, y));
	ir_exit(&b, 0);
	run_from(&f);
	ok(f.v.q[0][0] == 0x89abcdef && f.v.q[0][1] == 0, "vwiden of i32");
	ok(f.v.q[2][0] == 0xfedcba9876543210 && f.v.q[2][1] == 0, "vwiden of f64");
	ok(f.v.q[3][0] == 0x76543210 && f.v.q[3][1] == 0, "vwiden of f32");
	ok(f.r[1] == 0x76543210, "vlow of i32");
}

/* A get yields what is known to be in a vector that was set before. */
static void test_low_bits_of_a_set_vector(void)
{
	struct fake f = { .cpu.budget = 1 };

	f.v.q[1][0] = 0xfedcba9876543210;
	begin();
	ir_set(&b, IR_V128, SLOT(v.q[0]), ir_get(&b, IR_V128, SLOT(v.q[1])));
	ir_set(&b, IR_F64, SLOT(v.q[2]), ir_get(&b, IR_F64, SLOT(v.q[0])));
	ir_exit(&b, 0);
	ir_optimise(&b);
	is(count_ops(IR_GET), 1, "what was set is known");
	run_from(&f);
	ok(f.v.q[2][0] == 0xfedcba9876543210, "the low half");
}

/* x87: what a back end without one does, and which x87_begin is needed. */

static uint64_t fake_x87(void *cpu, uint64_t operand, uint64_t how, uint64_t c, uint64_t d)
{
	(void)cpu, (void)c, (void)d;
	return (operand << 8 | how) + 0x100000000;
}

static void test_x87(void)
{
	struct fake f = { .cpu.budget = 1, .r = { 0x1234 } };

	begin();
	b.x87 = SLOT(v);
	ir_x87_begin(&b, fake_x87);
	set32(1, ir_x87(&b, IR_I32, fake_x87, 0x5d8, get32(0), 7));
	ir_x87_begin(&b, fake_x87);
	ir_x87(&b, IR_VOID, fake_x87, 0x1e0, IR_NONE, 0);
	ir_set(&b, IR_I32, SLOT(v.q[0]), get32(0));
	ir_x87_begin(&b, fake_x87);
	ir_x87(&b, IR_VOID, fake_x87, 0x1e0, IR_NONE, 0);
	ir_exit(&b, 0);
	is(count_ops(IR_X87_BEGIN), 3, "one for each instruction");
	ir_optimise(&b);
	is(count_ops(IR_X87_BEGIN), 2, "one at the beginning, and after what looks at the state");
	is(count_ops(IR_X87), 3, "none vanishes");
	run_from(&f);
	ok(f.r[1] == 0x123407, "its function's result, as i32");
}

static void test_what_ends_x87(void)
{
	struct ir_op call = { .op = IR_CALL, .cc = CALL_READS }, pure = { .op = IR_CALL };
	struct ir_op get = { .op = IR_GET, .type = IR_I64, .slot = (uint16_t)(SLOT(v) - 8) };

	begin();
	b.x87 = SLOT(v);
	ok(ir_ends_x87(&b, &call) && !ir_ends_x87(&b, &pure), "calls, but pure ones");
	ok(ir_ends_x87(&b, &(struct ir_op){ .op = IR_EXIT_IF }), "exits");
	ok(!ir_ends_x87(&b, &(struct ir_op){ .op = IR_LOAD }), "no load");
	ok(!ir_ends_x87(&b, &get), "no slot before");
	get.slot += 4;
	ok(ir_ends_x87(&b, &get), "a slot that overlaps");
}

/* Builder. */

static void test_folding(void)
{
	ir_value x, c, bit, token;

	begin();
	x = get32(0);
	is(ir_binary_imm(&b, IR_ADD, IR_I32, x, 0), x, "x + 0 is x");
	is(ir_binary(&b, IR_AND, IR_I32, ir_const32(&b, ~0u), x), x, "-1 & x is x");
	is(ir_binary_imm(&b, IR_SHL, IR_I32, x, 32), x, "x << 32 is x");
	is(ir_binary_imm(&b, IR_MUL, IR_I32, x, 1), x, "x * 1 is x");
	is(ir_extract(&b, IR_I32, x, 0, 32), x, "the whole field is x");
	is(ir_select(&b, ir_const32(&b, 5), x, get32(1)), x, "a constant selects");
	is(ir_unary(&b, IR_TRUNC, IR_I32, ir_unary(&b, IR_ZEXT, IR_I64, x)), x, "trunc of zext");
	c = ir_setcc_imm(&b, IR_CC_B, x, 7);
	is(ir_setcc_imm(&b, IR_CC_NZ, c, 0), c, "a condition that isn't 0 is itself");
	bit = ir_setcc_imm(&b, IR_CC_Z, c, 0);
	ok(b.op[bit].op == IR_SETCC && b.op[bit].cc == IR_CC_AE, "one that is 0 is its opposite");
	is(ir_select(&b, c, ir_const32(&b, 1), ir_const32(&b, 0)), c, "c ? 1 : 0 is c");
	bit = ir_extract(&b, IR_I32, ir_extract(&b, IR_I32, x, 8, 8), 4, 8);
	is(b.op[bit].slot, 12 | 4 << 8, "a field of a field is one field");
	token = ir_flags(&b, IR_ADD, IR_I32, ir_const32(&b, 1), ir_const32(&b, 2), IR_NONE);
	is(b.op[token].op, IR_ADD, "what makes a token isn't folded");
}

/* Optimiser. */

static void test_forwarding(void)
{
	begin();
	set32(0, ir_binary_imm(&b, IR_ADD, IR_I32, get32(0), 4));
	ir_insn(&b, 0x8004);
	set32(0, ir_binary_imm(&b, IR_ADD, IR_I32, get32(0), 4));
	ir_exit(&b, 0x8008);
	ir_optimise(&b);
	is(count_ops(IR_GET), 1, "a get after a set of the slot takes the value");
	is(count_ops(IR_SET), 1, "a set that is overwritten vanishes");
	is(count_ops(IR_CONST), 1, "equal constants are shared");
}

static void test_sets_at_sites(void)
{
	struct ir_mem word = { .size = 2 };

	begin();
	set32(0, get32(1));
	ir_load(&b, IR_I32, word, get32(2));
	set32(0, get32(3));
	ir_call(&b, IR_VOID, CALL_READS | CALL_WRITES, (ir_fn *)(uintptr_t)1, IR_NONE, IR_NONE,
		IR_NONE, IR_NONE);
	set32(0, get32(3));
	ir_exit_if(&b, get32(4), 0);
	set32(0, get32(5));
	ir_exit(&b, 0);
	ir_optimise(&b);
	is(count_ops(IR_SET), 4, "sets before loads, calls and exits stay");
	is(count_ops(IR_GET), 6, "a call that writes makes slots unknown");
	is(count_ops(IR_LOAD), 1, "a load stays though its value is unused");
}

static void test_overlapping_slots(void)
{
	begin();
	ir_set(&b, IR_I32, SLOT(v.s[1]), get32(0));
	ir_set(&b, IR_I64, SLOT(v.d[0]), ir_get(&b, IR_I64, SLOT(x[0])));
	set32(1, ir_get(&b, IR_I32, SLOT(v.s[1])));
	set32(2, ir_get(&b, IR_I32, SLOT(v.s[0])));
	ir_exit(&b, 0);
	ir_optimise(&b);
	is(count_ops(IR_SET), 3, "a set is dead if a wider one overwrites it");
	is(count_ops(IR_GET), 2, "the upper half is read anew");
	is(count_ops(IR_TRUNC), 1, "the lower half is cut from the wide value");
}

static void test_flag_slots(void)
{
	ir_value token;

	begin();
	for (unsigned i = 0; i < 2; i++) {
		token = ir_flags(&b, IR_SUB, IR_I32, get32(0), get32(1 + i), IR_NONE);
		set32(12, token);
		ir_set(&b, IR_I32, SLOT(flag[0]), ir_cond(&b, token, IR_CC_AE));
		ir_set(&b, IR_I32, SLOT(flag[1]), ir_cond(&b, token, IR_CC_V));
		ir_insn(&b, 0x8004 + 4 * i);
	}
	ir_exit_if(&b, ir_setcc_imm(&b, IR_CC_Z, ir_get(&b, IR_I32, SLOT(flag[0])), 0), 0);
	ir_exit(&b, 0);
	ir_optimise(&b);
	is(count_ops(IR_SUB), 1, "flags overwritten by the next instruction aren't made");
	is(count_ops(IR_COND), 3, "a flag read back is the condition, negated without more ado");
	is(count_ops(IR_SETCC), 0, "... and not compared");
	ok(!ir_verify(&b), "the block is still right");
}

static void test_constant_exits(void)
{
	begin();
	ir_exit_if(&b, ir_const32(&b, 0), 0x1000);
	ir_insn(&b, 0x8004);
	set32(0, ir_const32(&b, 1));
	ir_exit_if(&b, get32(0), 0x2000);
	ir_insn(&b, 0x8008);
	ir_exit(&b, 0x3000);
	ir_optimise(&b);
	ok(!ir_verify(&b), "exits with constant conditions: the block is right");
	is(b.exits, 1, "... the one never taken is gone, the one always taken ends the block");
	is(b.insns, 2, "... and the instructions behind it are gone");
}

/* Exits and budget. */

static unsigned leave(void (*end)(void), struct fake *f, uint32_t condition)
{
	*f = (struct fake){ .cpu.budget = 10, .r = { 0x4000, condition } };
	begin();
	ir_exit_if(&b, get32(1), 0x1000);
	end();
	return run_from(f);
}

static void end_exit(void)
{
	ir_exit(&b, 0x2000);
}

static void end_call(void)
{
	ir_exit_call(&b, 0x3000, 0x8004);
}

static void end_indirect(void)
{
	ir_exit_indirect(&b, get32(0));
}

static void end_call_indirect(void)
{
	ir_exit_call_indirect(&b, get32(0), 0x8004);
}

static void end_return(void)
{
	ir_exit_return(&b, get32(0));
}

static void end_run(void)
{
	ir_exit_run(&b, get32(0));
}

static void test_exits(void)
{
	struct fake f;

	is(leave(end_exit, &f, 1), HOST_LINK + 0, "exit_if has the first link number");
	is(f.cpu.pc, 0x1000, "... and sets the pc");
	is(f.cpu.budget, 9, "... and one instruction was taken from the budget");
	is(leave(end_exit, &f, 0), HOST_LINK + 1, "exit has the next one");
	is(b.exits, 2, "... two in all");
	is(leave(end_call, &f, 0), HOST_LINK + 1, "exit_call's target too");
	is(f.cpu.pc, 0x3000, "... and sets the pc");
	is(b.exits, 3, "... its return point has one of its own");
	is(leave(end_indirect, &f, 0), HOST_LOOKUP, "exit_indirect");
	is(f.cpu.pc, 0x4000, "... sets the pc");
	is(leave(end_call_indirect, &f, 0), HOST_LOOKUP, "exit_call_indirect");
	is(b.exits, 2, "... its return point has a link number");
	is(leave(end_return, &f, 0), HOST_LOOKUP, "exit_return");
	is(leave(end_run, &f, 0), HOST_RUN, "exit_run");
	is(f.cpu.pc, 0x4000, "... sets the pc");
}

static void test_raise(void)
{
	struct fake f = { .cpu.budget = 5, .r = { FAKE_ABSENT, 7 } };

	begin();
	set32(2, ir_const32(&b, 1));
	ir_insn(&b, 0x8004);
	set32(3, ir_const32(&b, 2));
	set32(1, ir_load(&b, IR_I32, (struct ir_mem){ .size = 2 }, get32(0)));
	ir_insn(&b, 0x8008);
	set32(4, ir_const32(&b, 3));
	ir_exit(&b, 0x800c);
	is(run_from(&f), FAKE_RAISED, "a load from nowhere raises");
	is(f.cpu.pc, 0x8004, "... at its instruction");
	is(f.cpu.budget, 4, "... which isn't counted");
	ok(f.r[2] == 1 && f.r[3] == 2 && f.r[1] == 7 && f.r[4] == 0, "... with exact slots");
}

static uint64_t take_budget(void *cpu, uint64_t p, uint64_t q, uint64_t r, uint64_t s)
{
	((struct cpu *)cpu)->budget = (int32_t)(p + q + r + s);
	return 0;
}

static void test_budget(void)
{
	struct fake f = { .cpu.budget = 2 };

	begin();
	ir_call(&b, IR_VOID, CALL_SITE, take_budget, IR_NONE, IR_NONE, IR_NONE, IR_NONE);
	ir_insn(&b, 0x8004);
	ir_exit(&b, 0x8008);
	is(run_from(&f), HOST_LINK, "a block goes on though its budget is taken away");
	is(f.cpu.budget, 0, "... and takes no more of it");
	is(f.cpu.refund, 2, "the site told what wasn't done yet");
	f.cpu.budget = 1;
	is(run_from(&f), HOST_BUDGET, "a block that can't be finished isn't begun");
	is(f.cpu.pc, 0x8000, "... its pc is told");
	is(f.cpu.budget, 1, "... and no budget taken");
}

/* Verifier: each breaks a good block in one way. */

static unsigned span_at, token_at, cond_at, load_at, wide_at;

static void good_block(void)
{
	struct ir_mem word = { .size = 2 };
	ir_value address, span;

	begin();
	address = get32(0);
	token_at = ir_flags(&b, IR_SUB, IR_I32, address, get32(1), IR_NONE);
	cond_at = ir_cond(&b, token_at, IR_CC_Z);
	load_at = ir_load(&b, IR_I32, word, address);
	ir_get(&b, IR_V128, SLOT(v.q[0]));
	wide_at = ir_widen(&b, address);
	span = ir_span(&b, word, address, 8, true);
	span_at = span;
	ir_hstore(&b, IR_I32, word, span, 0, address);
	ir_hstore(&b, IR_I32, word, span, 4, address);
	ir_span_end(&b, word, span, address, 8);
	set32(2, cond_at);
	ir_exit(&b, 0);
}

static void refuses(const char *part)
{
	const char *wrong = ir_verify(&b);

	ok(wrong && strstr(wrong, part), "the verifier finds: %s", part);
	if (wrong && !strstr(wrong, part))
		diag("%s", wrong);
	good_block();
}

static void test_verifier(void)
{
	good_block();
	ok(!ir_verify(&b), "a good block is accepted");
	b.op[token_at].flags = 0;
	refuses("makes no token");
	b.op[cond_at].arg[0] = (ir_value)load_at;
	refuses("isn't earlier");
	b.op[token_at].type = IR_I64;
	refuses("has type");
	b.op[token_at].arg[1] = IR_NONE;
	refuses("is missing");
	b.op[load_at].op = IR_NOP;
	b.op[span_at].arg[0] = (ir_value)load_at;
	refuses("has no value");
	b.op[load_at].mem.size = 3;
	refuses("doesn't fit");
	b.op[load_at].mem.space = 4;
	refuses("space 4");
	b.op[span_at + 1].slot = 6;
	refuses("exceed");
	b.op[span_at + 2].op = IR_NOP;
	refuses("isn't written");
	b.op[span_at + 3].op = IR_NOP;
	refuses("is open");
	b.op[span_at + 3].slot = 4;
	refuses("isn't like its span");
	b.op[1].slot = 2;
	refuses("aligned");
	b.op[b.count - 2].slot = 0;
	refuses("sets the pc");
	b.op[wide_at] = (struct ir_op){ .op = IR_X87,
					.imm = 1,
					.arg = { IR_NONE, IR_NONE, IR_NONE, IR_NONE } };
	refuses("code");
	b.x87 = SLOT(v);
	b.op[wide_at] = (struct ir_op){ .op = IR_X87,
					.imm = 1,
					.arg = { IR_NONE, IR_NONE, IR_NONE, IR_NONE } };
	refuses("without x87_begin");
	b.op[wide_at].arg[0] = (ir_value)(wide_at - 1);
	refuses("as wide");
	b.count--;
	refuses("no end");
	b.op[b.count - 2] = b.op[b.count - 1];
	refuses("after the end");
	b.op[0].op = IR_NOP;
	refuses("before the first insn");
	b.exits = 7;
	refuses("exits");
	b.op[1].op = IR_OPCODES;
	refuses("no such operation");
}

static void test_printer(void)
{
	struct ir_mem half = { .size = 1, .sign = 1, .big = 1, .align = 1 };
	ir_value x, y;

	begin();
	x = get32(0);
	y = ir_flags(&b, IR_ADD, IR_I32, x, get32(1), IR_NONE);
	set32(0, y);
	ir_load(&b, IR_I32, half, x);
	ir_get(&b, IR_I32, SLOT(cpu.fp_sticky));
	ir_exit_if(&b, ir_cond(&b, y, IR_CC_Z), 0x8010);
	ir_exit(&b, 0x8004);
	is_string(print_block(),
		  "0\tinsn\t0x8000\n"
		  "1\tget.i32\tr0\n"
		  "2\tget.i32\tr1\n"
		  "3\tadd.i32\t%1 %2 flags\n"
		  "4\tset.i32\tr0 %3\n"
		  "5\tload.i32\t%1 16s big align 2\n"
		  "6\tget.i32\t+0x10\n"
		  "7\tcond\t%3 z\n"
		  "8\texit_if\t%7 0x8010\n"
		  "9\texit\t0x8004\n",
		  "a block prints");
	is(ir_print_op(&b, 3, printed, 5), strlen("3\tadd.i32\t%1 %2 flags"), "the length is told");
	is_string(printed, "3\tad", "... and the text cut");
}

int main(void)
{
	for (unsigned i = 0; i < COUNT_OF(integer_cases); i++)
		test_integer_case(&integer_cases[i]);
	test_fields();
	test_flags();
	test_conditions();
	test_fcmp();
	test_vectors();
	test_low_bits_of_vectors();
	test_low_bits_of_a_set_vector();
	test_x87();
	test_what_ends_x87();
	test_folding();
	test_forwarding();
	test_sets_at_sites();
	test_overlapping_slots();
	test_flag_slots();
	test_constant_exits();
	test_exits();
	test_raise();
	test_budget();
	test_verifier();
	test_printer();
	return done();
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Translates VFP: VFPv3 with 16 or 32 double registers, half precision, and VFPv4's
 * fused operations if the model has them (ARM DDI 0406C, A7.5 to A7.9).
 *
 * Arithmetic becomes IR floating point, exact by arm_fp_*; with FPSCR.FZ or DN
 * (ARM_MODE_FP_SLOW) calls of the same functions.  Short vectors are left to the guest's
 * software as Cortex-A7 and A9 do, see vfp_help.c.  Encodings that are UNPREDICTABLE
 * (registers beyond the last, r15) are undefined here.
 */
#include "guest/arm/neon.h"

#define BITS(x, high, low) ((x) >> (low) & ((2u << ((high) - (low))) - 1))
#define BIT(x, n) ((x) >> (n)&1u)

enum { VFP_SINGLE, VFP_DOUBLE };

/* The three register fields: four bits and one apart, which is the lowest bit of a
 * single's number and the highest of a double's. */
static unsigned vfp_number(unsigned four, unsigned one, bool wide)
{
	return wide ? one << 4 | four : four << 1 | one;
}

static unsigned vfp_d(uint32_t i, bool wide)
{
	return vfp_number(BITS(i, 15, 12), BIT(i, 22), wide);
}

static unsigned vfp_n(uint32_t i, bool wide)
{
	return vfp_number(BITS(i, 19, 16), BIT(i, 7), wide);
}

static unsigned vfp_m(uint32_t i, bool wide)
{
	return vfp_number(BITS(i, 3, 0), BIT(i, 5), wide);
}

static bool vfp_has_double(const struct arm_unit *u, unsigned number)
{
	return number < ((u->arm->model->mvfr[0] & 0xf) >= 2 ? 32u : 16u);
}

static bool vfp_has(const struct arm_unit *u, unsigned number, bool wide)
{
	return !wide || vfp_has_double(u, number);
}

static unsigned vfp_slot(unsigned number, bool wide)
{
	return wide ? ARM_SLOT(v.d) + 8 * number : ARM_SLOT(v.s) + 4 * number;
}

static enum ir_type vfp_float(bool wide)
{
	return wide ? IR_F64 : IR_F32;
}

static enum ir_type vfp_bits(bool wide)
{
	return wide ? IR_I64 : IR_I32;
}

static ir_value vfp_get(struct arm_unit *u, unsigned number, bool wide)
{
	return ir_get(u->ir, vfp_float(wide), vfp_slot(number, wide));
}

static void vfp_set(struct arm_unit *u, unsigned number, bool wide, ir_value value)
{
	ir_set(u->ir, vfp_float(wide), vfp_slot(number, wide), value);
}

static ir_value vfp_get_bits(struct arm_unit *u, unsigned number, bool wide)
{
	return ir_get(u->ir, vfp_bits(wide), vfp_slot(number, wide));
}

static void vfp_set_bits(struct arm_unit *u, unsigned number, bool wide, ir_value value)
{
	ir_set(u->ir, vfp_bits(wide), vfp_slot(number, wide), value);
}

static ir_value vfp_call_fp(struct arm_unit *u, enum ir_type type, fp_fn *fn, ir_value a,
			    ir_value b)
{
	ir_value function = ir_const64(u->ir, (uintptr_t)fn);

	return ir_call(u->ir, type, CALL_READS | CALL_WRITES, arm_help_fp, function, a, b, IR_NONE);
}

static ir_value vfp_to_bits(struct arm_unit *u, bool wide, ir_value a)
{
	return a == IR_NONE ? a : ir_unary(u->ir, IR_BITCAST, vfp_bits(wide), a);
}

static ir_value vfp_to_float(struct arm_unit *u, bool wide, ir_value a)
{
	return ir_unary(u->ir, IR_BITCAST, vfp_float(wide), a);
}

/* An arithmetic operation in the way the mode demands; y IR_NONE: one operand. */
static ir_value vfp_compute(struct arm_unit *u, bool wide, enum ir_opcode op, fp_fn *const *exact,
			    ir_value x, ir_value y)
{
	ir_value result;

	if (!(u->modes & ARM_MODE_FP_SLOW))
		return ir_fp(u->ir, op, vfp_float(wide), exact[wide], x, y);
	result = vfp_call_fp(u, vfp_bits(wide), exact[wide], vfp_to_bits(u, wide, x),
			     vfp_to_bits(u, wide, y));
	return vfp_to_float(u, wide, result);
}

static ir_value vfp_negate(struct arm_unit *u, bool wide, ir_value a)
{
	return ir_unary(u->ir, IR_FNEG, vfp_float(wide), a);
}

/* Operations that short vectors concern: the destination outside bank 0 makes a vector
 * of them, unless FPSCR.LEN is 0. */
static void vfp_check_vector(struct arm_unit *u, unsigned d, bool wide)
{
	if (u->modes & ARM_MODE_VECTOR && d & (wide ? 0xcu : 0x18u))
		ir_call(u->ir, IR_VOID, CALL_SITE, arm_help_vfp_vector, IR_NONE, IR_NONE, IR_NONE,
			IR_NONE);
}

/* VMLA VMLS VNMLA VNMLS: not fused. */
static void vfp_multiply_add(struct arm_unit *u, uint32_t i, bool wide, bool negate_product,
			     bool negate_addend)
{
	unsigned d = vfp_d(i, wide);
	ir_value product =
		vfp_compute(u, wide, IR_FMUL, arm_fp_mul, vfp_get(u, vfp_n(i, wide), wide),
			    vfp_get(u, vfp_m(i, wide), wide));
	ir_value addend = vfp_get(u, d, wide);

	if (negate_product)
		product = vfp_negate(u, wide, product);
	if (negate_addend)
		addend = vfp_negate(u, wide, addend);
	vfp_set(u, d, wide, vfp_compute(u, wide, IR_FADD, arm_fp_add, addend, product));
}

/* VFMA VFMS VFNMA VFNMS. */
static void vfp_fused(struct arm_unit *u, uint32_t i, bool wide, bool negate_n, bool negate_addend)
{
	unsigned d = vfp_d(i, wide);
	ir_value n = vfp_get(u, vfp_n(i, wide), wide), addend = vfp_get(u, d, wide);
	ir_value m = vfp_get_bits(u, vfp_m(i, wide), wide);
	ir_value result;

	if (negate_n)
		n = vfp_negate(u, wide, n);
	if (negate_addend)
		addend = vfp_negate(u, wide, addend);
	result = ir_call(u->ir, vfp_bits(wide), CALL_READS | CALL_WRITES,
			 wide ? arm_help_fma_double : arm_help_fma_single, vfp_to_bits(u, wide, n),
			 m, vfp_to_bits(u, wide, addend), IR_NONE);
	vfp_set_bits(u, d, wide, result);
}

static void vfp_arithmetic(struct arm_unit *u, uint32_t i, bool wide, enum ir_opcode op,
			   fp_fn *const *exact, bool negate)
{
	ir_value result = vfp_compute(u, wide, op, exact, vfp_get(u, vfp_n(i, wide), wide),
				      vfp_get(u, vfp_m(i, wide), wide));

	if (negate)
		result = vfp_negate(u, wide, result);
	vfp_set(u, vfp_d(i, wide), wide, result);
}

/* Opcode bits 23, 21, 20 and 6. */
static bool vfp_three_registers(struct arm_unit *u, uint32_t i, bool wide)
{
	unsigned op = BIT(i, 23) << 3 | BITS(i, 21, 20) << 1 | BIT(i, 6);
	unsigned d = vfp_d(i, wide);

	if (!vfp_has(u, d, wide) || !vfp_has(u, vfp_n(i, wide), wide) ||
	    !vfp_has(u, vfp_m(i, wide), wide) || op == 9 || op >= 14 ||
	    (op >= 10 && !u->arm->model->fma))
		return false;
	vfp_check_vector(u, d, wide);
	switch (op) {
	case 0: /* VMLA */
	case 1: /* VMLS */
		vfp_multiply_add(u, i, wide, op == 1, false);
		break;
	case 2: /* VNMLS */
	case 3: /* VNMLA */
		vfp_multiply_add(u, i, wide, op == 3, true);
		break;
	case 4: /* VMUL */
	case 5: /* VNMUL */
		vfp_arithmetic(u, i, wide, IR_FMUL, arm_fp_mul, op == 5);
		break;
	case 6: /* VADD */
		vfp_arithmetic(u, i, wide, IR_FADD, arm_fp_add, false);
		break;
	case 7: /* VSUB */
		vfp_arithmetic(u, i, wide, IR_FSUB, arm_fp_sub, false);
		break;
	case 8: /* VDIV */
		vfp_arithmetic(u, i, wide, IR_FDIV, arm_fp_div, false);
		break;
	case 10: /* VFNMS */
	case 11: /* VFNMA */
		vfp_fused(u, i, wide, op == 11, true);
		break;
	default: /* VFMA, VFMS */
		vfp_fused(u, i, wide, op == 13, false);
		break;
	}
	return true;
}

/* VFPExpandImm of the manual: sign, three bits of exponent, four of fraction. */
static uint64_t vfp_immediate(unsigned imm8, bool wide)
{
	uint64_t sign = BIT(imm8, 7), middle = BIT(imm8, 6), low = BITS(imm8, 5, 0);

	if (wide)
		return sign << 63 | (middle ? 0x3fc0000000000000 : 0x4000000000000000) | low << 48;
	return sign << 31 | (middle ? 0x3e000000 : 0x40000000) | low << 19;
}

static bool vfp_move_immediate(struct arm_unit *u, uint32_t i, bool wide)
{
	unsigned d = vfp_d(i, wide), imm8 = BITS(i, 19, 16) << 4 | BITS(i, 3, 0);

	if (!vfp_has(u, d, wide) || i & 0xa0)
		return false;
	vfp_check_vector(u, d, wide);
	vfp_set_bits(u, d, wide, ir_const(u->ir, vfp_bits(wide), vfp_immediate(imm8, wide)));
	return true;
}

/* VMOV VABS VNEG VSQRT. */
static bool vfp_unary(struct arm_unit *u, uint32_t i, bool wide)
{
	unsigned d = vfp_d(i, wide), m = vfp_m(i, wide);
	ir_value a;

	if (!vfp_has(u, d, wide) || !vfp_has(u, m, wide))
		return false;
	vfp_check_vector(u, d, wide);
	a = vfp_get(u, m, wide);
	switch (BIT(i, 16) << 1 | BIT(i, 7)) {
	case 1:
		a = ir_unary(u->ir, IR_FABS, vfp_float(wide), a);
		break;
	case 2:
		a = vfp_negate(u, wide, a);
		break;
	case 3:
		a = vfp_compute(u, wide, IR_FSQRT, arm_fp_sqrt, a, IR_NONE);
		break;
	}
	vfp_set(u, d, wide, a);
	return true;
}

/* VCVTB VCVTT: between singles and a half of a single register. */
static bool vfp_half(struct arm_unit *u, uint32_t i, bool wide)
{
	unsigned d = vfp_d(i, false), m = vfp_m(i, false), place = BIT(i, 7) * 16;
	ir_value a = IR_NONE;

	if (wide || !(u->arm->model->mvfr[1] >> 24 & 0xf))
		return false;
	a = vfp_get_bits(u, m, false);
	if (BIT(i, 16)) {
		a = ir_call(u->ir, IR_I32, CALL_READS | CALL_WRITES, arm_help_single_to_half, a,
			    IR_NONE, IR_NONE, IR_NONE);
		a = ir_deposit(u->ir, IR_I32, vfp_get_bits(u, d, false), a, place, 16);
	} else {
		a = ir_extract(u->ir, IR_I32, a, place, 16);
		a = ir_call(u->ir, IR_I32, CALL_READS | CALL_WRITES, arm_help_half_to_single, a,
			    IR_NONE, IR_NONE, IR_NONE);
	}
	vfp_set_bits(u, d, false, a);
	return true;
}

static bool vfp_compare(struct arm_unit *u, uint32_t i, bool wide)
{
	unsigned d = vfp_d(i, wide), m = vfp_m(i, wide);
	bool zero = BIT(i, 16), signalling = BIT(i, 7);
	ir_value x, y, flags;

	if (!vfp_has(u, d, wide) || (!zero && !vfp_has(u, m, wide)) || (zero && i & 0x2f))
		return false;
	x = vfp_get(u, d, wide);
	y = zero ? ir_const(u->ir, vfp_float(wide), 0) : vfp_get(u, m, wide);
	if (u->modes & ARM_MODE_FP_SLOW)
		flags = vfp_call_fp(u, IR_I32, arm_fp_compare[wide][signalling],
				    vfp_to_bits(u, wide, x), vfp_to_bits(u, wide, y));
	else
		flags = ir_fcmp(u->ir, x, y, signalling, 6, 8, 2, 3);
	flags = ir_binary_imm(u->ir, IR_SHL, IR_I32, flags, 28);
	ir_set(u->ir, IR_I32, ARM_SLOT(fpscr_nzcv), flags);
	return true;
}

/* VCVT between singles and doubles; sz is the operand's. */
static bool vfp_convert(struct arm_unit *u, uint32_t i, bool wide)
{
	unsigned d = vfp_d(i, !wide), m = vfp_m(i, wide);
	ir_value a;

	if (!vfp_has(u, d, !wide) || !vfp_has(u, m, wide))
		return false;
	a = vfp_get(u, m, wide);
	if (u->modes & ARM_MODE_FP_SLOW)
		a = vfp_to_float(u, !wide,
				 vfp_call_fp(u, vfp_bits(!wide), arm_fp_convert[wide],
					     vfp_to_bits(u, wide, a), IR_NONE));
	else
		a = ir_fcvt(u->ir, wide ? IR_F64_TO_F32 : IR_F32_TO_F64, vfp_float(!wide),
			    arm_fp_convert[wide], a);
	vfp_set(u, d, !wide, a);
	return true;
}

static bool vfp_from_integer(struct arm_unit *u, uint32_t i, bool wide)
{
	unsigned d = vfp_d(i, wide);
	bool is_signed = BIT(i, 7);
	ir_value a;

	if (!vfp_has(u, d, wide))
		return false;
	a = vfp_get_bits(u, vfp_m(i, false), false);
	/* Never a matter of flushing: integers are no denormals. */
	a = ir_fcvt(u->ir, is_signed ? IR_S32_TO_F : IR_U32_TO_F, vfp_float(wide),
		    arm_fp_from_int[wide][is_signed], a);
	vfp_set(u, d, wide, a);
	return true;
}

static bool vfp_to_integer(struct arm_unit *u, uint32_t i, bool wide)
{
	static const uint8_t kinds[2][2] = { { IR_F_TO_U32_ZERO, IR_F_TO_U32 },
					     { IR_F_TO_S32_ZERO, IR_F_TO_S32 } };
	unsigned m = vfp_m(i, wide);
	bool is_signed = BIT(i, 16), rounded = !BIT(i, 7);
	fp_fn *exact = arm_fp_to_int[wide][is_signed][rounded];
	ir_value a;

	if (!vfp_has(u, m, wide))
		return false;
	a = vfp_get(u, m, wide);
	if (u->modes & ARM_MODE_FP_SLOW)
		a = vfp_call_fp(u, IR_I32, exact, vfp_to_bits(u, wide, a), IR_NONE);
	else
		a = ir_fcvt(u->ir, kinds[is_signed][rounded], IR_I32, exact, a);
	vfp_set_bits(u, vfp_d(i, false), false, a);
	return true;
}

/* VCVT between floating and fixed point, in place. */
static bool vfp_fixed(struct arm_unit *u, uint32_t i, bool wide)
{
	unsigned d = vfp_d(i, wide), bits = BIT(i, 7) ? 32 : 16;
	unsigned imm5 = BITS(i, 3, 0) << 1 | BIT(i, 5);
	ir_fn *fn = BIT(i, 18) ? arm_help_to_fixed : arm_help_from_fixed;
	ir_value a;

	if (!vfp_has(u, d, wide) || imm5 > bits)
		return false;
	a = vfp_get_bits(u, d, wide);
	a = ir_call(u->ir, vfp_bits(wide), CALL_READS | CALL_WRITES, fn, a,
		    ir_const32(u->ir, bits - imm5), ir_const32(u->ir, bits),
		    ir_const32(u->ir, (BIT(i, 16) ^ 1) | (unsigned)wide << 1));
	vfp_set_bits(u, d, wide, a);
	return true;
}

static bool vfp_data_processing(struct arm_unit *u, uint32_t i)
{
	bool wide = BIT(i, 8);

	if ((i & 0x00b00000) != 0x00b00000)
		return vfp_three_registers(u, i, wide);
	if (!BIT(i, 6))
		return vfp_move_immediate(u, i, wide);
	switch (BITS(i, 19, 16)) {
	case 0:
	case 1:
		return vfp_unary(u, i, wide);
	case 2:
	case 3:
		return vfp_half(u, i, wide);
	case 4:
	case 5:
		return vfp_compare(u, i, wide);
	case 7:
		return BIT(i, 7) && vfp_convert(u, i, wide);
	case 8:
		return vfp_from_integer(u, i, wide);
	case 10:
	case 11:
	case 14:
	case 15:
		return vfp_fixed(u, i, wide);
	case 12:
	case 13:
		return vfp_to_integer(u, i, wide);
	default:
		return false;
	}
}

/* VMOV between two core registers and a double or two singles. */
static bool vfp_move_pair(struct arm_unit *u, uint32_t i)
{
	bool wide = BIT(i, 8), to_core = BIT(i, 20);
	unsigned t = BITS(i, 15, 12), t2 = BITS(i, 19, 16), m = vfp_m(i, wide);
	/* A double is moved as its two singles, if it has any. */
	unsigned slot = vfp_slot(m, wide);

	if (t == 15 || t2 == 15 || (to_core && t == t2) || !vfp_has(u, m, wide) ||
	    (!wide && m == 31))
		return false;
	if (to_core) {
		ir_value low = ir_get(u->ir, IR_I32, slot);
		ir_value high = ir_get(u->ir, IR_I32, slot + 4);

		arm_set_reg(u, t, low);
		arm_set_reg(u, t2, high);
	} else if (wide) {
		ir_set(u->ir, IR_I64, slot,
		       ir_binary(u->ir, IR_CONCAT, IR_I64, arm_reg(u, t), arm_reg(u, t2)));
	} else {
		ir_set(u->ir, IR_I32, slot, arm_reg(u, t));
		ir_set(u->ir, IR_I32, slot + 4, arm_reg(u, t2));
	}
	return true;
}

/* VMRS of FPSCR into the flags. */
static void vfp_flags_to_core(struct arm_unit *u)
{
	ir_value flags = ir_get(u->ir, IR_I32, ARM_SLOT(fpscr_nzcv));
	ir_value z = ir_extract(u->ir, IR_I32, flags, 30, 1);

	ir_set(u->ir, IR_I32, ARM_SLOT(nf), flags);
	ir_set(u->ir, IR_I32, ARM_SLOT(zf), ir_binary_imm(u->ir, IR_XOR, IR_I32, z, 1));
	ir_set(u->ir, IR_I32, ARM_SLOT(cf), ir_extract(u->ir, IR_I32, flags, 29, 1));
	ir_set(u->ir, IR_I32, ARM_SLOT(vf), ir_extract(u->ir, IR_I32, flags, 28, 1));
	arm_flags_changed(u);
}

/* VMRS and VMSR.  FPSCR needs the unit enabled, the others only privilege. */
static bool vfp_system(struct arm_unit *u, uint32_t i)
{
	unsigned reg = BITS(i, 19, 16), t = BITS(i, 15, 12);
	bool read = BIT(i, 20), is_fpscr = reg == 1;
	bool allowed = is_fpscr ? u->modes & ARM_MODE_VFP : u->modes & ARM_MODE_PRIVILEGED;
	bool known = reg == 0 || is_fpscr || reg == 8 || (read && (reg == 6 || reg == 7));
	ir_value number;

	if (i & 0xef || !allowed || !known || (t == 15 && !(read && is_fpscr)))
		return false;
	if (t == 15) {
		vfp_flags_to_core(u);
		return true;
	}
	number = ir_const32(u->ir, reg);
	if (read) {
		arm_set_reg(u, t,
			    ir_call(u->ir, IR_I32, CALL_SITE, arm_help_vmrs, number, IR_NONE,
				    IR_NONE, IR_NONE));
	} else {
		ir_call(u->ir, IR_VOID, CALL_SITE, arm_help_vmsr, number, arm_reg(u, t), IR_NONE,
			IR_NONE);
		arm_end_block(u);
	}
	return true;
}

/* VMOV between a core register and a lane: byte offset within the double and log2 of
 * the lane's bytes, from opc1's low two bits and opc2.  False: undefined. */
static bool vfp_lane(uint32_t i, unsigned *offset, unsigned *size)
{
	unsigned opc1 = BITS(i, 22, 21), opc2 = BITS(i, 6, 5);

	*offset = (opc1 & 1) << 2;
	if (opc1 & 2) {
		*size = 0;
		*offset |= opc2;
	} else if (opc2 & 1) {
		*size = 1;
		*offset |= opc2 & 2;
	} else {
		*size = 2;
	}
	return *size != 2 || !opc2;
}

static bool vfp_lane_to_core(struct arm_unit *u, uint32_t i)
{
	unsigned n = vfp_n(i, true), t = BITS(i, 15, 12), offset, size, place;
	bool zero = BIT(i, 23);
	ir_value word;

	if (!vfp_lane(i, &offset, &size) || t == 15 || (size == 2 && zero) || !vfp_has_double(u, n))
		return false;
	word = ir_get(u->ir, IR_I32, vfp_slot(n, true) + (offset & 4));
	place = 8 * (offset & 3);
	if (size < 2)
		word = zero ? ir_extract(u->ir, IR_I32, word, place, 8u << size) :
			      ir_sextract(u->ir, IR_I32, word, place, 8u << size);
	arm_set_reg(u, t, word);
	return true;
}

static bool vfp_core_to_lane(struct arm_unit *u, uint32_t i)
{
	unsigned n = vfp_n(i, true), t = BITS(i, 15, 12), offset, size, slot;
	ir_value value;

	if (!vfp_lane(i, &offset, &size) || t == 15 || !vfp_has_double(u, n))
		return false;
	slot = vfp_slot(n, true) + (offset & 4);
	value = arm_reg(u, t);
	if (size < 2)
		value = ir_deposit(u->ir, IR_I32, ir_get(u->ir, IR_I32, slot), value,
				   8 * (offset & 3), 8u << size);
	ir_set(u->ir, IR_I32, slot, value);
	return true;
}

/* VDUP from a core register (Advanced SIMD). */
static bool vfp_duplicate(struct arm_unit *u, uint32_t i)
{
	unsigned n = vfp_n(i, true), t = BITS(i, 15, 12), be = BIT(i, 22) << 1 | BIT(i, 5);
	bool quad = BIT(i, 21);
	unsigned size = be == 0 ? 2 : be == 1 ? 1 : 0;

	if (be == 3 || t == 15 || BIT(i, 6) || (quad && n & 1) || !vfp_has_double(u, n))
		return false;
	arm_emit_duplicate(u, n, quad, size, arm_reg(u, t));
	return true;
}

/* One register between core and extension registers. */
static bool vfp_transfer(struct arm_unit *u, uint32_t i)
{
	unsigned t = BITS(i, 15, 12), opc1 = BITS(i, 23, 21), s = vfp_n(i, false);

	if (!BIT(i, 8)) { /* vfp_system has had opc1 7 */
		if (opc1 || t == 15 || i & 0x6f)
			return false;
		if (BIT(i, 20))
			arm_set_reg(u, t, vfp_get_bits(u, s, false));
		else
			vfp_set_bits(u, s, false, arm_reg(u, t));
		return true;
	}
	if (i & 0xf)
		return false;
	if (BIT(i, 20))
		return vfp_lane_to_core(u, i);
	return opc1 & 4 ? vfp_duplicate(u, i) : vfp_core_to_lane(u, i);
}

/* The base of a load or store; r15 is the word-aligned pc. */
static ir_value vfp_base(struct arm_unit *u, unsigned n)
{
	ir_value base = arm_reg(u, n);

	return n == 15 ? ir_binary_imm(u->ir, IR_AND, IR_I32, base, -4) : base;
}

/* Words' alignment is demanded, never more. */
static struct ir_mem vfp_mem(const struct arm_unit *u, bool wide)
{
	struct ir_mem how = arm_mem(u, 2, 2);

	how.size = wide ? 3 : 2;
	return how;
}

static bool vfp_load_store(struct arm_unit *u, uint32_t i)
{
	bool wide = BIT(i, 8);
	unsigned d = vfp_d(i, wide);
	int32_t offset = (int32_t)BITS(i, 7, 0) * 4;
	enum ir_type type = vfp_bits(wide);
	struct ir_mem how = vfp_mem(u, wide);
	ir_value address;

	if (!vfp_has(u, d, wide))
		return false;
	address = ir_binary_imm(u->ir, IR_ADD, IR_I32, vfp_base(u, BITS(i, 19, 16)),
				BIT(i, 23) ? offset : -offset);
	if (BIT(i, 20))
		vfp_set_bits(u, d, wide, ir_load(u->ir, type, how, address));
	else
		ir_store(u->ir, type, how, address, vfp_get_bits(u, d, wide));
	return true;
}

static void vfp_span_move(struct arm_unit *u, ir_value address, unsigned d, bool wide,
			  unsigned count, bool load)
{
	unsigned log = wide ? 3 : 2;
	enum ir_type type = vfp_bits(wide);
	struct ir_mem how = vfp_mem(u, wide);
	ir_value span = ir_span(u->ir, how, address, count << log, !load);

	for (unsigned k = 0; k < count; k++)
		if (load)
			vfp_set_bits(u, d + k, wide, ir_hload(u->ir, type, how, span, k << log));
		else
			ir_hstore(u->ir, type, how, span, k << log, vfp_get_bits(u, d + k, wide));
	if (!load)
		ir_span_end(u->ir, how, span, address, count << log);
}

/* VLDM VSTM VPUSH VPOP; an odd count of doubles' words is FLDMX, FSTMX: the last word
 * is only skipped. */
static bool vfp_multiple(struct arm_unit *u, uint32_t i)
{
	bool wide = BIT(i, 8), add = BIT(i, 23), write_back = BIT(i, 21), load = BIT(i, 20);
	unsigned d = vfp_d(i, wide), n = BITS(i, 19, 16), words = BITS(i, 7, 0);
	unsigned count = wide ? words / 2 : words;
	ir_value base, down;

	if (!count || d + count > 32 || count > (wide ? 16 : 32) || (n == 15 && write_back) ||
	    !vfp_has(u, d + count - 1, wide))
		return false;
	base = vfp_base(u, n);
	down = ir_binary_imm(u->ir, IR_SUB, IR_I32, base, (int32_t)words * 4);
	vfp_span_move(u, add ? base : down, d, wide, count, load);
	if (write_back)
		arm_set_reg(u, n,
			    add ? ir_binary_imm(u->ir, IR_ADD, IR_I32, base, (int32_t)words * 4) :
				  down);
	return true;
}

static bool vfp_memory(struct arm_unit *u, uint32_t i)
{
	switch (BITS(i, 24, 23) << 1 | BIT(i, 21)) {
	case 2: /* increment after */
	case 3:
	case 5: /* decrement before, always with write-back */
		return vfp_multiple(u, i);
	case 4:
	case 6:
		return vfp_load_store(u, i);
	default:
		return false;
	}
}

bool arm_translate_vfp(struct arm_unit *u, uint32_t i)
{
	bool registers = (i & 0x0f000000) == 0x0e000000;

	if ((i & 0xe00) != 0xa00 || i >> 28 == 15)
		return false;
	if (registers && (i & 0x00e00110) == 0x00e00010)
		return vfp_system(u, i);
	if (!(u->modes & ARM_MODE_VFP))
		return false;
	if (registers)
		return BIT(i, 4) ? vfp_transfer(u, i) : vfp_data_processing(u, i);
	if ((i & 0x0fe00000) == 0x0c400000)
		return (i & 0xd0) == 0x10 && vfp_move_pair(u, i);
	return (i & 0x0e000000) == 0x0c000000 && vfp_memory(u, i);
}

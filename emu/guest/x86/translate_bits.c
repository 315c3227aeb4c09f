/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Bit tests and scans, byte swap, conditional moves and sets, flags as data (Intel SDM 1,
 * 7.3.7, 7.3.14).
 *
 * BT and its kin change CF alone.  BSF and BSR of 0 leave the destination, as all CPUs do;
 * their flags but ZF, undefined, are those of a comparison of the source with 0.
 */
#include "guest/x86/emit.h"

/* A bit number in a register reaches beyond the operand in memory. */
static ir_value bit_address(struct x86_unit *u, const struct x86_insn *i, ir_value number)
{
	unsigned log2 = i->size == 4 ? 5 : 4;
	ir_value offset = x86_offset(u, i), units = x86_signed(u, number, i->size);

	units = x86_op_imm(u, IR_SHL, x86_op_imm(u, IR_SAR, units, log2), log2 - 3);
	offset = x86_low(u, x86_op(u, IR_ADD, offset, units), i->address);
	return x86_linear(u, i->segment_of, offset, i->size, i->arg != BIT_TEST);
}

static ir_value bit_change(struct x86_unit *u, enum x86_bit how, ir_value value, ir_value bit)
{
	switch (how) {
	case BIT_SET:
		return x86_op(u, IR_OR, value, bit);
	case BIT_RESET:
		return x86_op(u, IR_ANDN, value, bit);
	default:
		return x86_op(u, IR_XOR, value, bit);
	}
}

void x86_emit_bt(struct x86_unit *u, const struct x86_insn *i)
{
	bool immediate = i->row->operand[1] == OP_IB;
	ir_value number = immediate ? x86_const(u, i->immediate) : x86_read(u, i, 1);
	ir_value value, carry;

	if (i->is_memory && !immediate)
		u->e_address = bit_address(u, i, number);
	else if (i->arg != BIT_TEST)
		x86_prepare_write(u, i, i->size);
	number = x86_op_imm(u, IR_AND, number, 8 * i->size - 1);
	if (i->is_memory && i->arg == BIT_TEST && !immediate)
		value = x86_load(u, u->e_address, i->size);
	else
		value = x86_read_e(u, i, i->size);
	carry = x86_op_imm(u, IR_AND, x86_op(u, IR_SHR, value, number), 1);
	if (i->arg != BIT_TEST)
		x86_write_e(u, i, i->size,
			    bit_change(u, (enum x86_bit)i->arg, value,
				       x86_op(u, IR_SHL, x86_const(u, 1), number)));
	x86_set_carry(u, carry);
}

void x86_emit_bsf(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value value = x86_read(u, i, 1), bit;

	if (i->arg)
		bit = x86_op(u, IR_XOR, ir_unary(u->ir, IR_CLZ, IR_I32, value), x86_const(u, 31));
	else
		bit = ir_unary(u->ir, IR_CTZ, IR_I32, value);
	x86_write(u, i, 0, ir_select(u->ir, value, bit, x86_read(u, i, 0)));
	x86_flags_logic(u, i->size, value, IR_NONE);
}

/* Of a word: undefined; zero, as CPUs have it. */
void x86_emit_bswap(struct x86_unit *u, const struct x86_insn *i)
{
	if (i->size == 2)
		x86_write(u, i, 0, x86_const(u, 0));
	else
		x86_write(u, i, 0, ir_unary(u->ir, IR_BSWAP, IR_I32, x86_read(u, i, 0)));
}

void x86_emit_setcc(struct x86_unit *u, const struct x86_insn *i)
{
	x86_prepare_write(u, i, 1);
	x86_write(u, i, 0, x86_condition(u, i->arg));
}

/* The source is read in any case. */
void x86_emit_cmov(struct x86_unit *u, const struct x86_insn *i)
{
	ir_value value = x86_read(u, i, 1), condition = x86_condition(u, i->arg);

	x86_write(u, i, 0, ir_select(u->ir, condition, value, x86_read(u, i, 0)));
}

void x86_emit_carry(struct x86_unit *u, const struct x86_insn *i)
{
	if (i->arg < 2)
		x86_set_carry(u, x86_const(u, i->arg));
	else
		x86_set_carry(u, x86_op_imm(u, IR_XOR, x86_carry(u), 1));
}

static ir_value bits_flags(struct x86_unit *u)
{
	return x86_call_plain(u, CALL_READS, x86_help_flags, IR_NONE, IR_NONE, IR_NONE, IR_NONE);
}

void x86_emit_lahf(struct x86_unit *u, const struct x86_insn *i)
{
	(void)i;
	x86_set_reg(u, X86_ESP, 1, x86_op_imm(u, IR_OR, bits_flags(u), 2)); /* number 4: AH */
}

void x86_emit_sahf(struct x86_unit *u, const struct x86_insn *i)
{
	const uint32_t low = X86_CF | X86_PF | X86_AF | X86_ZF | X86_SF;
	ir_value others = x86_op_imm(u, IR_AND, bits_flags(u), X86_OF);

	(void)i;
	x86_set_flags_plain(
		u, x86_op(u, IR_OR, others, x86_op_imm(u, IR_AND, x86_reg(u, X86_ESP, 1), low)));
}

/* Not in the manual: AL is set to CF in all bits. */
void x86_emit_salc(struct x86_unit *u, const struct x86_insn *i)
{
	(void)i;
	x86_set_reg(u, X86_EAX, 1, ir_unary(u->ir, IR_NEG, IR_I32, x86_carry(u)));
}

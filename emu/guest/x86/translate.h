/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Inside the x86 front end: what its parts share while one block is translated.
 *
 * Order within an instruction: everything that may fault before anything it changes
 * (registers, flags); pushes store before ESP is set.
 */
#ifndef EMU_GUEST_X86_TRANSLATE_H
#define EMU_GUEST_X86_TRANSLATE_H

#include "guest/x86/decode.h"
#include "guest/x86/flags.h"
#include "guest/x86/state.h"

#define X86_SLOT(field) ((unsigned)offsetof(struct x86, field))

/* What is known, in the block, of an operation that set flags. */
struct x86_flags_record {
	uint8_t kind;      /* enum x86_flags without size; 0xff: nothing is known */
	uint8_t bits;      /* 8, 16, 32 */
	uint8_t token_ccs; /* conditions (/ 2) that the token is right for */
	ir_value token;    /* IR_NONE: none */
	ir_value result;   /* may have more than `bits` */
	ir_value x, y;     /* SUB, CMP: the operands, zero-extended */
	unsigned end;      /* operations when it was complete */
};

struct x86_unit {
	struct ir_block *ir;
	struct x86 *x86; /* only for what the modes say: code segments by number, CPU model */
	struct fetch *fetch;
	uint32_t modes;
	struct x86_code_segment code; /* of the block */
	gva pc;                       /* of the instruction, linear */
	gva next;                     /* of the one after it */
	bool ended;                   /* an exit that isn't exit_if has been emitted */

	/* translate_flags.c's. */
	uint32_t flags_kind, flags_inc; /* as the slots are; ~0: not known */
	struct x86_flags_record zero;   /* for all but CF */
	struct x86_flags_record carry;  /* for CF, unless: */
	ir_value carry_value;           /* IR_NONE: not known as 0 or 1 */

	/* translate_operands.c's: where ModRM's memory operand is, if it is needed twice. */
	ir_value e_address;
	bool no_trap; /* loads of SS: no single-step trap after it */

	/* translate_fpu.c's, translate_sse.c's; 0 at the block's beginning. */
	bool mmx_ready;     /* top is 0 and all registers are valid */
	uint8_t xmm_scalar; /* registers whose halves were written apart */
	uint8_t xmm_whole;  /* registers written as a whole */
};

/* EIP of the instruction and the next. */
static inline uint32_t unit_eip(const struct x86_unit *u)
{
	return u->pc - u->code.base;
}
static inline uint32_t unit_next_eip(const struct x86_unit *u)
{
	return u->next - u->code.base;
}

/* Registers: size 1 (AL CL DL BL AH CH DH BH), 2 or 4; values zero-extended. */
ir_value x86_reg(struct x86_unit *u, unsigned n, unsigned size);
void x86_set_reg(struct x86_unit *u, unsigned n, unsigned size, ir_value value);

/* The offset of i's memory operand (LEA), and its linear address for an access of
 * `bytes` (1..16, or any with x86_linear_range), limits checked. */
ir_value x86_offset(struct x86_unit *u, const struct x86_insn *i);
ir_value x86_linear(struct x86_unit *u, unsigned segment, ir_value offset, unsigned bytes,
		    bool write);
ir_value x86_address(struct x86_unit *u, const struct x86_insn *i, unsigned bytes, bool write);
/* How ordinary data accesses are made: size log2, #AC if that is on. */
struct ir_mem x86_mem(const struct x86_unit *u, unsigned log2);

/* Before a read that a write follows: the address is checked for both. */
void x86_prepare_write(struct x86_unit *u, const struct x86_insn *i, unsigned size);
/* ModRM operand E of 1, 2 or 4 bytes. */
ir_value x86_read_e(struct x86_unit *u, const struct x86_insn *i, unsigned size);
void x86_write_e(struct x86_unit *u, const struct x86_insn *i, unsigned size, ir_value value);

/* Flags have been changed by a function or are to be taken from the slots. */
void x86_flags_unknown(struct x86_unit *u);
/* Sets all arithmetic flags from a value with EFLAGS bits. */
void x86_set_flags_plain(struct x86_unit *u, ir_value bits);
/* EFLAGS' arithmetic bits. */
ir_value x86_all_flags(struct x86_unit *u);
/* CF alone, as 0 or 1. */
void x86_set_carry(struct x86_unit *u, ir_value carry);
ir_value x86_carry(struct x86_unit *u);
/* Condition 0..15 of Jcc, as 0 or 1. */
ir_value x86_condition(struct x86_unit *u, unsigned condition);

/* A function at a site: slots exact, cpu.pc the instruction; may raise.  x86_call_next
 * puts cpu.pc after it first (for traps). */
ir_value x86_call(struct x86_unit *u, enum ir_type type, ir_fn *fn, ir_value a, ir_value b,
		  ir_value c, ir_value d);

/* #UD and others, known at translation; ends the block. */
void x86_emit_raise(struct x86_unit *u, enum x86_vector vector); /* code 0 if it has one */
x86_emit x86_emit_undefined;
/* Goes on at the next instruction through the run loop: modes may have changed. */
void x86_end_block(struct x86_unit *u);
/* Likewise, but only if a value isn't 0; the block ends. */
void x86_end_block_if(struct x86_unit *u, ir_value changed);

static inline ir_value x86_const(struct x86_unit *u, uint32_t value)
{
	return ir_const32(u->ir, value);
}

/* translate_fpu.c: 9B. */
x86_emit x86_emit_fwait;

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the rows of decode_x87.c emit (translate_fpu.c); their `arg` in brackets.
 */
#ifndef EMU_GUEST_X86_EMIT_FPU_H
#define EMU_GUEST_X86_EMIT_FPU_H

#include "guest/x86/translate.h"
#include "guest/x86/x87.h"

/* Memory operands of instructions. */
enum x87_kind { X87_M32, X87_M64, X87_M16I, X87_M32I, X87_M64I, X87_M80, X87_MBCD };

/* [operation 0..7 | kind << 4] */
x86_emit x87_emit_arithmetic_memory, x87_emit_compare_memory /* [pops | kind << 4] */;
/* [operation]: to ST(0), to ST(i), and popping. */
x86_emit x87_emit_st0, x87_emit_sti, x87_emit_sti_pop;
x86_emit x87_emit_compare, x87_emit_compare_flags; /* [pops | X87_QUIET] */
x86_emit x87_emit_load, x87_emit_store;            /* [pop | kind << 4] */
x86_emit x87_emit_load_sti, x87_emit_constant /* [number] */;
x86_emit x87_emit_store_sti, x87_emit_exchange, x87_emit_free; /* [pop] */
x86_emit x87_emit_cmov;                                        /* [condition] */
x86_emit x87_emit_function;                                    /* [enum x87_function] */
x86_emit x87_emit_step;                                        /* [1 or 7] */
x86_emit x87_emit_chs, x87_emit_abs, x87_emit_tst, x87_emit_xam;
x86_emit x87_emit_nop /* [1: waits] */, x87_emit_init, x87_emit_clex;
x86_emit x87_emit_ldcw, x87_emit_stcw, x87_emit_stsw, x87_emit_stsw_ax;
x86_emit x87_emit_ldenv, x87_emit_stenv, x87_emit_rstor, x87_emit_save;
x86_emit x87_emit_fxsave, x87_emit_fxrstor;

/* Before an instruction of the x87 (`waiting`), of MMX; after it. */
void x87_begin(struct x86_unit *u, bool waiting);
void x87_begin_mmx(struct x86_unit *u);
void x87_end(struct x86_unit *u);

/* The linear address of bytes that may be more than 16. */
ir_value x86_address_range(struct x86_unit *u, const struct x86_insn *i, unsigned bytes,
			   bool write);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * In place of x87, MMX and SSE, for tests of the integer part.
 */
#include "run.h"

#include "guest/x86/emit.h"
#include "guest/x86/emit_fpu.h"

const struct x86_row x86_rows_0f_simd[256], x86_rows_x87[8][72];

#define NOTHING(name)                                                                              \
	void name(struct x86_unit *u, const struct x86_insn *i)                                    \
	{                                                                                          \
		(void)u, (void)i;                                                                  \
	}

/* clang-format off */
NOTHING(x86_emit_fwait)
/* Those that not every model has. */
NOTHING(x87_emit_cmov) NOTHING(x87_emit_compare_flags)
NOTHING(x87_emit_fxsave) NOTHING(x87_emit_fxrstor)

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * In place of x87, MMX and SSE, for tests of the integer part.
 */
#include "run.h"

#include "guest/x86/emit.h"

const struct x86_row x86_rows_0f_simd[256], x86_rows_x87[8][72];

void x86_emit_fwait(struct x86_unit *u, const struct x86_insn *i)
{
	(void)u, (void)i;
}

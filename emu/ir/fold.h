/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Simplification of one operation by what is known about its operands; the builder
 * does it as operations appear, the optimiser again when it has found out more.
 */
#ifndef EMU_IR_FOLD_H
#define EMU_IR_FOLD_H

#include "ir/ir.h"

/* `op`'s operands are values of `b`; `op` itself is in b or about to be appended.  If
 * an earlier value is the same, returns that.  Else returns IR_NONE and may have
 * changed *op to a simpler operation of the same meaning, IR_CONST for one.  An
 * operation that makes a token is left alone. */
ir_value ir_fold(const struct ir_block *b, struct ir_op *op);

/* Whether a value can only be 0 or 1. */
bool ir_is_bool(const struct ir_block *b, ir_value v);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The arithmetic flags as the last operation that set them.  Translated code stores kind,
 * result and what else the kind needs; conditions in the same block use IR tokens and
 * comparisons, all else x86_flags, which works out EFLAGS bits.
 *
 * Results and sources of 8 and 16 bits may have anything above.
 *
 * INC and DEC leave CF alone, rotations and bit tests all else, and neither needs to know
 * what it leaves:
 *	- flags_inc is 0, or X86_FLAGS_INC or X86_FLAGS_DEC + log2 of the bytes: then all
 *	  but CF are those of flags_inc_result;
 *	- X86_FLAGS_CF in flags_kind: CF is flags_carry, whatever the kind says.
 */
#ifndef EMU_GUEST_X86_FLAGS_H
#define EMU_GUEST_X86_FLAGS_H

#include "guest/x86/state.h"

/* Kinds but the first come in three sizes: kind + log2 of the bytes. */
enum x86_flags {
	X86_FLAGS_PLAIN = 0,  /* result: the bits of EFLAGS, the others 0 */
	X86_FLAGS_ADD = 4,    /* result, source: the second operand */
	X86_FLAGS_SUB = 8,    /* likewise; CMP, NEG (whose first operand is 0) */
	X86_FLAGS_ADC = 12,   /* and carry: CF before */
	X86_FLAGS_SBB = 16,   /* and carry: CF before */
	X86_FLAGS_INC = 20,   /* only in flags_inc */
	X86_FLAGS_DEC = 24,   /* likewise */
	X86_FLAGS_LOGIC = 28, /* result; CF = OF = AF = 0 */
	X86_FLAGS_SHL = 32,   /* result, source: the operand shifted by count - 1 */
	X86_FLAGS_SHR = 36,   /* likewise, unsigned; OF: the source's sign ^ the result's */
	X86_FLAGS_SAR = 40,   /* likewise, signed; OF = 0 */
	X86_FLAGS_MUL = 44,   /* result: low half; CF = OF = source, 0 or 1 */
	X86_FLAGS_CMP = 48,   /* result: the first operand, source: the second */
	X86_FLAGS_CF = 64,    /* with another: CF is carry; not with ADC, SBB */
};

/* X86_ARITHMETIC bits of EFLAGS. */
uint32_t x86_flags(const struct x86 *x);
void x86_set_flags(struct x86 *x, uint32_t eflags); /* takes those; others are ignored */

/* The whole register: flags, eflags and the bit that is always 1. */
uint32_t x86_eflags(const struct x86 *x);

#endif

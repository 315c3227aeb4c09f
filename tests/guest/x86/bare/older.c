/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A Pentium: what came after it is undefined (SDM 1, 5.1.2, 5.1.13, 8.1.2, 10.5.1).
 */
#include "bare.h"

CODE(moves, "	cmove %eax, %eax" END);
CODE(moves_st, "	fninit\n	fldz\n	fld1\n	fcmove %st(1), %st" END);
CODE(compares, "	fninit\n	fldz\n	fld1\n	fcomi %st(1), %st" END);
CODE(compares_pop, "	fninit\n	fldz\n	fld1\n	fucomip %st(1), %st" END);
CODE(saves, "	fxsave 0x600000" END);
CODE(restores, "	fxrstor 0x600000" END);

static void undefined(const uint8_t *code, const char *name)
{
	struct regs r = regs_kernel(code);

	run(&r);
	trapped(6, NO_CODE, name);
}

int main(void)
{
	undefined(moves, "CMOV");
	undefined(moves_st, "FCMOV");
	undefined(compares, "FCOMI");
	undefined(compares_pop, "FUCOMIP");
	undefined(saves, "FXSAVE");
	undefined(restores, "FXRSTOR");
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * When interrupts are taken (SDM 3, 6.8; SDM 2: STI, HLT, IRET): after which instruction, with
 * which IF, and that repeated instructions go on after one.  The timer's has been asked for before
 * it may come, so that the place is known.
 */
#include "bare.h"

#define IF 0x200u
#define TIMER 0x40u /* vector */

CODE(by_sti, "	sti\n	nop\n	nop\n	cli" END);
CODE(by_sti_again, "	sti\n	sti\n	nop\n	cli" END);
CODE(by_sti_cli, "	sti\n	cli\n	nop" END);
CODE(by_popf, "	push $0x202\n	popf\n	nop\n	cli" END);
CODE(by_hlt, "	sti\n	hlt\n	nop\n	cli" END);
CODE(by_iret, "	push $0x202\n	push %cs\n	push $1f\n	iret\n1:	nop\n	cli" END);
CODE(repeated, "	mov $-1, %ecx\n	mov $0x600000, %edi\n	mov $0x600000, %esi\n	sti\n"
	       "1:	mov $0x100000, %ecx\n	mov $0x600000, %edi\n	rep stosb\n	jmp 1b");
CODE(nothing, "	nop" END);

static void start_controllers(void)
{
	static const uint8_t icw[2][4] = { { 0x11, TIMER, 4, 1 }, { 0x11, TIMER + 8, 2, 1 } };

	for (unsigned i = 0; i < 2; i++)
		for (unsigned n = 0; n < 4; n++)
			out8((uint16_t)((i ? 0xa0 : 0x20) + (n > 0)), icw[i][n]);
	out8(0x21, 0xfe);
	out8(0xa1, 0xff);
}

static void set_timer(uint16_t count)
{
	out8(0x43, 0x30);
	out8(0x40, count & 0xff);
	out8(0x40, (uint8_t)(count >> 8));
}

static bool is_requested(void)
{
	out8(0x20, 0x0a);
	return in8(0x20) & 1;
}

static void pending(void)
{
	set_timer(10);
	while (!is_requested())
		;
}

/* Where the interrupt came, counted from the code's beginning. */
static void check(const uint8_t *code, uint32_t offset, const char *name)
{
	struct regs r = regs_kernel(code);

	pending();
	run(&r);
	if (last.vector != TIMER)
		trapped(TIMER, NO_CODE, name);
	else
		is(last.eip - (uint32_t)code, offset, name);
	out8(0x20, 0x20);
}

int main(void)
{
	struct regs r;

	start_controllers();
	check(by_sti, 2, "STI holds it back for one instruction");
	ok(last.eflags & IF, "IF is saved");
	r = regs_kernel(nothing);
	run(&r);
	is(last.eflags & IF, 0, "and clear in what comes next");
	check(by_sti_again, 2, "a second STI doesn't hold back");
	check(by_popf, 6, "POPF doesn't hold back");
	check(by_hlt, 2, "HLT after STI is woken");
	check(by_iret, 12, "IRET doesn't hold back");
	pending();
	r = regs_kernel(by_sti_cli);
	run(&r);
	trapped(DONE, NO_CODE, "CLI after STI: none");
	ok(is_requested(), "it still waits");
	r = regs_kernel(by_sti);
	run(&r);
	trapped(TIMER, NO_CODE, "and comes later");
	out8(0x20, 0x20);
	set_timer(20000);
	r = regs_kernel(repeated);
	run(&r);
	trapped(TIMER, NO_CODE, "one while an instruction repeats itself");
	ok(last.edi - 0x600000 + last.ecx == 0x100000 || last.edi == 0x600000 ||
		   last.ecx == 0x100000,
	   "finds its registers in step");
	out8(0x20, 0x20);
	out8(0x21, 0xff);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * x87, MMX and SSE under an operating system (SDM 3, chapters 2.5, 12 and 13): #NM, #UD, #MF,
 * #XM, #AC, errors as interrupt 13, and state in memory.
 */
#include "bare.h"

CODE(x87, "	fld1" END);
CODE(wait, "	fwait" END);
CODE(mmx, "	.byte 0x0f, 0xef, 0xc0" END); /* pxor mm0, mm0 */
CODE(sse, "	.byte 0x0f, 0x57, 0xc0" END); /* xorps xmm0, xmm0 */
CODE(fxsave, "	.byte 0x0f, 0xae, 0x03" END); /* [ebx] */
CODE(fxrstor, "	.byte 0x0f, 0xae, 0x0b" END);

static void check(const uint8_t *code, uint32_t cr0, unsigned vector, const char *name)
{
	struct regs r = regs_kernel(code);

	r.ebx = SPARE;
	write_cr0((read_cr0() & ~(CR0_EM | CR0_TS | CR0_MP)) | cr0);
	run(&r);
	write_cr0(read_cr0() & ~(CR0_EM | CR0_TS | CR0_MP));
	trapped(vector, NO_CODE, name);
}

static void test_absent(void)
{
	__asm__ volatile("fninit");
	check(x87, 0, DONE, "x87");
	check(x87, CR0_TS, 7, "x87 with TS");
	check(x87, CR0_EM, 7, "x87 with EM");
	check(wait, CR0_TS, DONE, "WAIT with TS");
	check(wait, CR0_MP, DONE, "WAIT with MP");
	check(wait, CR0_TS | CR0_MP, 7, "WAIT with both");
	check(wait, CR0_EM, DONE, "WAIT with EM");
	check(mmx, 0, DONE, "MMX");
	check(mmx, CR0_TS, 7, "MMX with TS");
	check(mmx, CR0_EM, 6, "MMX with EM");
	check(sse, 0, 6, "SSE without OSFXSR");
	check(fxsave, CR0_TS, 7, "FXSAVE with TS");
	write_cr4(0x200);
	check(sse, 0, DONE, "SSE");
	check(sse, CR0_TS, 7, "SSE with TS");
	check(sse, CR0_EM, 6, "SSE with EM");
	__asm__ volatile("fninit");
}

/* Unmasked: a division by 0, then an instruction that waits, one that doesn't. */
CODE(divides, "	fninit\n	push $0x33b\n	fldcw (%esp)\n	fld1\n	fldz\n"
	      "	.byte 0xde, 0xf9\n	fnstsw %ax\n	nop\n	fld1" END);
CODE(waits, "	fwait" END);

static void test_errors(void)
{
	struct regs r = regs_kernel(divides);
	uint32_t environment[7];

	write_cr0(read_cr0() | CR0_NE);
	run(&r);
	trapped(16, NO_CODE, "#MF");
	is(last.eax & 0x84, 0x84, "after an instruction that doesn't wait has seen it");
	ok(*(const uint8_t *)last.eip == 0xd9, "at the next one that waits");
	__asm__ volatile("fnstenv %0" : "=m"(environment));
	ok(environment[3] > (uint32_t)divides && environment[3] < last.eip &&
		   *(const uint8_t *)environment[3] == 0xde,
	   "the environment tells which it was");
	r = regs_kernel(waits);
	run(&r);
	trapped(DONE, NO_CODE, "FNSTENV has masked it");
	__asm__ volatile("fldenv %0" : : "m"(environment));
	run(&r);
	trapped(16, NO_CODE, "FLDENV brings it back, for WAIT too");
	__asm__ volatile("fninit");
}

/* By interrupt 13: the slave's input 5.  The handler's end is the test's. */
CODE(divides_at, "	fninit\n	push $0x33b\n	fldcw (%esp)\n	fld1\n	fldz\n"
		 "	.byte 0xde, 0xf9\n	sti\n	nop\n	fld1\n	cli" END);
CODE(goes_on,
     "	mov $0x20, %al\n	out %al, $0xa0\n	out %al, $0x20\n	xor %eax, %eax\n"
     "	out %al, $0xf0\n	fld1\n	fnstsw %ax\n	fnclex" END);

static void test_interrupt(void)
{
	static const uint8_t icw[2][4] = { { 0x11, 0x40, 4, 1 }, { 0x11, 0x48, 2, 1 } };
	struct regs r = regs_kernel(divides_at);

	write_cr0(read_cr0() & ~CR0_NE);
	for (unsigned i = 0; i < 2; i++)
		for (unsigned n = 0; n < 4; n++)
			out8((uint16_t)((i ? 0xa0 : 0x20) + (n > 0)), icw[i][n]);
	out8(0x21, 0xfb);
	out8(0xa1, 0xdf);
	run(&r);
	trapped(0x4d, NO_CODE, "interrupt 13");
	ok(*(const uint8_t *)last.eip == 0xd9 && *(const uint8_t *)(last.eip + 1) == 0xe8,
	   "before the instruction that waits");
	r = regs_kernel(goes_on);
	run(&r);
	ok(last.vector == DONE && last.eax & 0x80, "port F0 has it go on with the error");
	out8(0x20, 0x20);
	r = regs_kernel(divides_at);
	run(&r);
	trapped(0x4d, NO_CODE, "the next error interrupts again");
	out8(0xf0, 0);
	out8(0xa0, 0x20);
	out8(0x20, 0x20);
	__asm__ volatile("fninit");
	out8(0x21, 0xff);
	out8(0xa1, 0xff);
	write_cr0(read_cr0() | CR0_NE);
}

CODE(sse_divides, "	push $0x1d80\n	.byte 0x0f, 0xae, 0x14, 0x24\n" /* ldmxcsr [esp] */
		  "	.byte 0xf3, 0x0f, 0x5e, 0xc1" END);             /* divss xmm0, xmm1 */

/* 1.0 / 0 */
static void test_sse(void)
{
	static uint32_t one[4] __attribute__((aligned(16))) = { 0x3f800000 };
	struct regs r = regs_kernel(sse_divides);

	__asm__ volatile(".byte 0x0f, 0x28, 0x00, 0x0f, 0x57, 0xc9"
			 :
			 : "a"(one)); /* movaps, xorps */
	write_cr4(0x200);
	run(&r);
	trapped(6, NO_CODE, "an SSE exception without OSXMMEXCPT");
	write_cr4(0x600);
	run(&r);
	trapped(19, NO_CODE, "with it");
	r = regs_kernel(sse_divides + 5);
	r.esp -= 4;
	*(volatile uint32_t *)r.esp = 0x10000;
	run(&r);
	trapped(13, 0, "LDMXCSR: reserved bits");
	r = regs_kernel(fxrstor);
	r.ebx = SPARE + 8;
	run(&r);
	trapped(13, 0, "FXRSTOR: misaligned");
}

/* State out and in again. */
static void test_state(void)
{
	static uint8_t first[512] __attribute__((aligned(16))),
		second[512] __attribute__((aligned(16)));
	static uint32_t saved[27], again[27];
	static const uint16_t control = 0x27f;
	bool same = true;

	__asm__ volatile("fninit\n\tfldcw %0\n\tfldpi\n\tfld1\n\tfldl2e" : : "m"(control));
	__asm__ volatile(".byte 0x0f, 0xae, 0x00" : : "a"(first) : "memory");
	__asm__ volatile("fnsave %0" : "=m"(saved) : : "memory");
	is(saved[0] & 0xffff, 0x27f, "FNSAVE: control");
	is(saved[1] & 0x3800, 5 << 11, "top");
	is(saved[2] & 0xffff, 0x03ff, "tags");
	ok(saved[7] == 0x5c17f0bc && (saved[9] & 0xffff) == 0x3fff, "log2 e is on top");
	__asm__ volatile("frstor %0\n\tfnsave %1" : : "m"(saved), "m"(again) : "memory");
	for (unsigned i = 0; i < 27; i++)
		same &= saved[i] == again[i];
	ok(same, "FRSTOR brings all of it back");
	is(*(uint16_t *)(first + 4), 0xe0, "FXSAVE: tags");
	__asm__ volatile(".byte 0x0f, 0xae, 0x08" : : "a"(first) : "memory");
	__asm__ volatile(".byte 0x0f, 0xae, 0x00" : : "a"(second) : "memory");
	same = true;
	for (unsigned i = 0; i < 288; i++)
		same &= first[i] == second[i];
	ok(same, "FXRSTOR, too");
	__asm__ volatile("fninit");
}

CODE(misaligned, "	pushf\n	orl $0x40000, (%esp)\n	popf\n	mov stack_user + 1, %eax" END);
CODE(aligned, "	pushf\n	orl $0x40000, (%esp)\n	popf\n	mov stack_user + 4, %eax" END);

static void test_alignment(void)
{
	struct regs r = regs_user(misaligned);

	run(&r);
	trapped(DONE, NO_CODE, "a misaligned access without AM");
	write_cr0(read_cr0() | CR0_AM);
	run(&r);
	trapped(17, 0, "with AM and AC");
	r = regs_user(aligned);
	run(&r);
	trapped(DONE, NO_CODE, "an aligned one");
	r = regs_kernel(misaligned);
	run(&r);
	trapped(DONE, NO_CODE, "at level 0");
	write_cr0(read_cr0() & ~CR0_AM);
}

int main(void)
{
	test_absent();
	test_errors();
	test_interrupt();
	test_sse();
	test_state();
	test_alignment();
	return 0;
}

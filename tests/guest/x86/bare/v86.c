/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Virtual-8086 mode (SDM 3, chapter 20): the way in and out, what IOPL guards, ports, segments,
 * and IRET's checks at other levels.
 */
#include "bare.h"

#define VM 0x20000u
#define IOPL3 0x3000u
#define IF 0x200u
#define SEGMENT 0x1000u /* 64 KiB from 0x10000 on */
#define BASE (SEGMENT << 4)

static struct regs regs_v86(const uint8_t *code, unsigned bytes)
{
	struct regs r = { .eip = 0x100,
			  .cs = SEGMENT,
			  .eflags = 2 | VM,
			  .esp = 0xff00,
			  .ss = SEGMENT,
			  .v86_es = SEGMENT,
			  .v86_ds = SEGMENT,
			  .v86_fs = SEGMENT + 1,
			  .v86_gs = SEGMENT + 2 };

	for (unsigned i = 0; i < bytes; i++)
		*(volatile uint8_t *)(BASE + 0x100 + i) = code[i];
	r.ds = r.es = r.fs = r.gs = SEL_DATA;
	return r;
}

/* Runs bytes; ends with INT 30, whose gate is DPL 3's. */
#define RUN(flags, ...)                                                                            \
	do {                                                                                       \
		static const uint8_t code[] = { __VA_ARGS__, 0xcd, 0x30 };                         \
		struct regs r = regs_v86(code, sizeof code);                                       \
                                                                                                   \
		r.eflags |= (flags);                                                               \
		run(&r);                                                                           \
	} while (0)

static uint32_t at(void)
{
	return last.eip - 0x100;
}

static void test_way(void)
{
	RUN(IOPL3, 0x8c, 0xd8, 0x8c, 0xe3); /* mov ax, ds; mov bx, fs */
	trapped(DONE, NO_CODE, "INT with IOPL 3");
	ok(last.eflags & VM && last.cs == SEGMENT && last.ss == SEGMENT && last.esp == 0xff00,
	   "saves where it was");
	ok(last.v86_es == SEGMENT && last.v86_ds == SEGMENT && last.v86_fs == SEGMENT + 1 &&
		   last.v86_gs == SEGMENT + 2,
	   "and all segments");
	ok((last.eax & 0xffff) == SEGMENT && (last.ebx & 0xffff) == SEGMENT + 1,
	   "which are paragraphs");
	is(last.ds, 0, "the handler finds null selectors");
	RUN(0, 0x90);
	trapped(13, 0, "INT with IOPL 0");
	is(at(), 1, "is where it happens");
	RUN(0, 0xcc);
	trapped(3, NO_CODE, "INT3 doesn't ask for IOPL");
	RUN(IOPL3, 0xcd, 0x31);
	trapped(13, 0x31 * 8 + 2, "through a gate of level 0");
}

/* Before the stack's faults. */
static void test_popf_first(void)
{
	static const uint8_t code[] = { 0x9d, 0xcd, 0x30 };
	struct regs r = regs_v86(code, sizeof code);

	r.esp = 0xffff;
	run(&r);
	trapped(13, 0, "POPF over the end of the stack");
	r.eflags |= IOPL3;
	run(&r);
	trapped(12, 0, "with IOPL 3 it faults");
}

static void test_guarded(void)
{
	RUN(0, 0xfa);
	trapped(13, 0, "CLI with IOPL 0");
	RUN(0, 0xfb);
	trapped(13, 0, "STI");
	RUN(0, 0x9c);
	trapped(13, 0, "PUSHF");
	RUN(0, 0x9d);
	trapped(13, 0, "POPF");
	RUN(0, 0xcf);
	trapped(13, 0, "IRET");
	RUN(IOPL3, 0x9c, 0x58); /* pushf; pop ax */
	ok(last.vector == DONE && (last.eax & 0x7002) == 0x3002, "PUSHF with IOPL 3");
	RUN(IOPL3, 0x6a, 0x02, 0x9d, 0x9c, 0x58); /* push 2; popf; pushf; pop ax */
	is(last.eax & 0x3000, 0x3000, "POPF leaves IOPL alone");
	RUN(IOPL3 | IF, 0xfa, 0x90);
	is(last.eflags & IF, 0, "CLI with IOPL 3");
	RUN(0, 0xf4);
	trapped(13, 0, "HLT");
	RUN(IOPL3, 0x0f, 0x20, 0xc0);
	trapped(13, 0, "control registers");
	RUN(IOPL3, 0x0f, 0x01, 0x16, 0, 0);
	trapped(13, 0, "LGDT");
	RUN(IOPL3, 0x0f, 0x00, 0xc0);
	trapped(6, NO_CODE, "SLDT isn't there");
	RUN(IOPL3, 0x0f, 0x02, 0xc0);
	trapped(6, NO_CODE, "nor is LAR");
	RUN(IOPL3, 0x63, 0xc0);
	trapped(6, NO_CODE, "nor ARPL");
}

/* Whatever IOPL is, the bitmap counts. */
static void test_ports(void)
{
	RUN(IOPL3, 0xe4, 0x80);
	trapped(13, 0, "a port that isn't allowed");
	tss.bits[0x10] = 0xfe;
	RUN(0, 0xe4, 0x80);
	trapped(13, 0, "INT again, after a port that is");
	is(at(), 2, "which was read");
	RUN(IOPL3, 0xe5, 0x80);
	trapped(13, 0, "a word of which one byte isn't");
	tss.bits[0x10] = 0xfc;
	RUN(IOPL3, 0xe5, 0x80);
	trapped(DONE, NO_CODE, "both are");
	tss.bits[0x10] = 0xff;
	tss.map = sizeof tss;
	RUN(IOPL3, 0xe4, 0x80);
	trapped(13, 0, "no bitmap");
	tss.map = 0x68;
}

static void test_segments(void)
{
	RUN(IOPL3, 0xb8, 0x00, 0x20, 0x8e, 0xc0, 0x26, 0xc7, 0x06, 0x10, 0, 0x34, 0x12);
	is(load32(0x20010) & 0xffff, 0x1234, "segments are loaded without descriptors");
	*(volatile uint32_t *)0x20300 = 0x000030cd;           /* int 30 */
	RUN(IOPL3, 0x68, 0x00, 0x20, 0x68, 0x00, 0x03, 0xcb); /* push 2000; push 300; retf */
	ok(last.vector == DONE && last.cs == 0x2000 && last.eip == 0x302, "a far return");
	*(volatile uint32_t *)0x20400 = 0x000030cd;
	RUN(IOPL3, 0xea, 0x00, 0x04, 0x00, 0x20);
	ok(last.vector == DONE && last.cs == 0x2000 && last.eip == 0x402, "a far jump");
}

/* To virtual-8086 mode from level 0 only; with EIP beyond 64 KiB not at all. */
CODE(iret_v86, "	push $0x20002\n	push $0x1000\n	push $0x100\n	iret" END);

static void test_returns(void)
{
	struct regs r = regs_user(iret_v86);

	run(&r);
	ok(last.vector == 13 && !(last.eflags & VM), "user mode can't enter it");
	r = regs_v86((const uint8_t[]){ 0x90 }, 1);
	r.eip = 0x10000;
	run(&r);
	ok(last.vector == 13 && last.error == 0, "EIP beyond the segment");
}

/* POPF and IRET in protected mode. */
CODE(popf_all, "	push $0x3200\n	popf\n	pushf\n	pop %eax" END);
CODE(popf_some, "	push $0\n	popf\n	pushf\n	pop %eax" END);

static void test_flags(void)
{
	struct regs r = regs_user(popf_all);

	run(&r);
	is(last.eax & 0x3200, 0, "POPF at level 3 leaves IF and IOPL");
	r.eflags |= IOPL3;
	run(&r);
	is(last.eax & 0x3200, 0x3200, "with IOPL 3 it sets IF");
	r = regs_user(popf_some);
	r.eflags |= IOPL3 | IF;
	run(&r);
	is(last.eax & 0x3200, 0x3000, "but never IOPL");
	r = regs_kernel(popf_all);
	run(&r);
	is(last.eax & 0x3200, 0x3200, "level 0 sets both");
}

int main(void)
{
	test_way();
	test_guarded();
	test_popf_first();
	test_ports();
	test_segments();
	test_returns();
	test_flags();
	return 0;
}

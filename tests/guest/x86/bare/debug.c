/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Debugging (SDM 3, chapter 17): single steps, breakpoints on code, data and ports, and what
 * holds them back.
 */
#include "bare.h"

#define TF 0x100u
#define RF 0x10000u
#define DR6_BS 0x4000u
#define DR6_NONE 0xffff0ff0u
/* DR7: enable 0 and 1; what and how long. */
#define EXECUTE 0u
#define WRITE 1u
#define PORT 2u
#define ACCESS 3u
#define BREAK(n, what, bytes)                                                                      \
	(2u << 2 * (n) | (what) << (16 + 4 * (n)) | ((bytes)-1) << (18 + 4 * (n)))

static uint32_t data[4] __attribute__((aligned(16), used));

CODE(steps, "	nop\n	mov $3, %ecx\n	mov $data, %edi\n	rep stosb\n	nop" END);
CODE(to_ss, "	mov %ss, %ax\n	mov %ax, %ss\n	nop\n	nop" END);
CODE(to_flags, "	pushf\n	orl $0x100, (%esp)\n	popf\n	nop\n	nop" END);
CODE(does_int, "	int $0x31\n	nop" END);

/* Runs with TF until a trap; how far it got. */
static uint32_t step(struct regs *r)
{
	r->eflags |= TF;
	run(r);
	*r = last;
	return r->eip;
}

static void test_steps(void)
{
	struct regs r = regs_kernel(steps);
	const uint32_t at = (uint32_t)steps;

	write_dr6(DR6_NONE);
	is(step(&r) - at, 1, "a step");
	trapped(1, NO_CODE, "is a trap");
	ok(last_dr6 & DR6_BS && last.eflags & TF, "that DR6 tells, with TF saved");
	is(step(&r) - at, 6, "the next");
	is(step(&r) - at, 11, "and the next");
	is(step(&r) - at, 11, "a repeated instruction: one turn");
	is(r.ecx, 2, "each");
	step(&r);
	is(step(&r) - at, 13, "until it is done");
	r = regs_kernel(to_ss);
	step(&r);
	is(step(&r) - (uint32_t)to_ss, 6, "a load of SS takes the next instruction with it");
	r = regs_kernel(to_flags);
	run(&r);
	is(last.eip - (uint32_t)to_flags, 10, "TF counts from the instruction after POPF");
	r = regs_user(steps);
	is(step(&r) - at, 1, "in user mode");
	is(last.cs, SEL_CODE3, "from there");
	r = regs_kernel(does_int);
	r.eflags |= TF;
	run(&r);
	trapped(0x31, NO_CODE, "INT isn't stepped into");
	ok(last.eflags & TF, "and saves TF");
}

/* With breakpoints; which are hit, and where it goes on then. */
static void breakpoint(const uint8_t *code, uint32_t dr7, uint32_t dr6, uint32_t offset,
		       const char *name)
{
	struct regs r = regs_kernel(code);

	write_dr6(DR6_NONE);
	write_dr7(dr7);
	run(&r);
	write_dr7(0);
	if (!dr6)
		trapped(DONE, NO_CODE, name);
	else
		ok(last.vector == 1 && (last_dr6 & 0xe00f) == dr6 &&
			   last.eip == (uint32_t)code + offset,
		   name);
}

CODE(some, "	nop\n	inc %eax\n	nop" END);
CODE(long_rep,
     "	mov $20000, %ecx\n	mov $0x600000, %edi\n	xor %eax, %eax\n	rep stosb" END);

static void test_code(void)
{
	const uint32_t at = (uint32_t)some;
	struct regs r = regs_kernel(some);

	write_dr0(at + 1);
	breakpoint(some, BREAK(0, EXECUTE, 1), 1, 1, "a breakpoint on code");
	ok(!(last.eflags & RF), "comes before the instruction");
	write_dr0(at + 20);
	breakpoint(some, BREAK(0, EXECUTE, 1), 0, 0, "and nowhere else");
	write_dr0(at + 1);
	write_dr7(BREAK(0, EXECUTE, 1));
	r.eip = at + 1;
	r.eflags |= RF;
	run(&r);
	write_dr7(0);
	trapped(DONE, NO_CODE, "RF passes it");
	r = regs_kernel(long_rep);
	r.eip = (uint32_t)long_rep + 12;
	r.ecx = 20000;
	r.edi = 0x600000;
	r.eflags |= RF;
	write_dr0((uint32_t)long_rep + 12);
	write_dr7(BREAK(0, EXECUTE, 1));
	run(&r);
	write_dr7(0);
	ok(last.vector == DONE && last.ecx == 0, "also for all turns of a repeated instruction");
}

CODE(writes, "	nop\n	movl $1, data\n	nop" END);                 /* ends at 11 */
CODE(reads, "	nop\n	movl data, %eax\n	nop" END);         /* 6 */
CODE(adds, "	nop\n	addl $1, data\n	nop" END);                 /* 8 */
CODE(pushes, "	mov $data + 4, %esp\n	push %eax\n	nop" END); /* 6 */
CODE(crosses, "	nop\n	movl %eax, data - 3\n	nop" END);         /* 6 */
CODE(behind, "	nop\n	movl %eax, data + 4\n	nop" END);
CODE(moves, "	mov $data - 2, %edi\n	mov $4, %ecx\n	rep stosb\n	nop" END); /* at 10 */
CODE(both, "	movl $data, %esi\n	movl $data + 4, %edi\n	movsl\n	nop" END); /* 11 */
CODE(faults,
     "	movl data, %eax\n	xor %edx, %edx\n	xor %ecx, %ecx\n	div %ecx" END);

static void test_data(void)
{
	const uint32_t at = (uint32_t)data;
	struct regs r;

	write_dr0(at);
	breakpoint(writes, BREAK(0, WRITE, 4), 1, 11, "a write");
	is(data[0], 1, "has been made");
	breakpoint(reads, BREAK(0, WRITE, 4), 0, 0, "a read isn't one");
	breakpoint(reads, BREAK(0, ACCESS, 4), 1, 6, "an access");
	breakpoint(adds, BREAK(0, WRITE, 4), 1, 8, "a change");
	breakpoint(pushes, BREAK(0, WRITE, 4), 1, 6, "by PUSH");
	breakpoint(crosses, BREAK(0, WRITE, 1), 1, 6, "its last byte");
	breakpoint(behind, BREAK(0, WRITE, 4), 0, 0, "a write behind it");
	write_dr0(at + 6);
	breakpoint(behind, BREAK(0, WRITE, 2), 1, 6, "two bytes");
	write_dr0(at);
	breakpoint(moves, BREAK(0, WRITE, 1), 1, 10, "in a repeated store");
	is(last.ecx, 1, "after the turn that hit it");
	write_dr1(at + 4);
	breakpoint(both, BREAK(0, ACCESS, 4) | BREAK(1, WRITE, 4), 3, 11, "two at once");
	r = regs_user(writes);
	write_dr6(DR6_NONE);
	write_dr7(BREAK(0, WRITE, 4));
	run(&r);
	write_dr7(0);
	ok(last.vector == 1 && last.cs == SEL_CODE3, "in user mode");
	paging_on();
	page_tables[1][0x300] = (at & ~0xfffu) | 7;
	invlpg(0x700000);
	write_dr0(0x700000 + (at & 0xfff));
	breakpoint(writes, BREAK(0, WRITE, 4), 0, 0, "addresses are linear ones");
	paging_off();
}

CODE(port, "	in $0x80, %al\n	nop" END);
CODE(port_out, "	out %al, $0x81\n	nop" END);

static void test_ports(void)
{
	write_cr4(8);
	write_dr0(0x80);
	breakpoint(port, BREAK(0, PORT, 1), 1, 2, "a port is read");
	breakpoint(port_out, BREAK(0, PORT, 2), 1, 2, "or written");
	write_dr0(0x82);
	breakpoint(port, BREAK(0, PORT, 1), 0, 0, "another one");
	write_cr4(0);
	write_dr0(0x80);
	breakpoint(port, BREAK(0, PORT, 1), 0, 0, "without DE");
}

CODE(int1, "	.byte 0xf1\n	nop" END);
CODE(reads_dr, "	mov %dr0, %eax" END);

static void test_others(void)
{
	struct regs r = regs_user(int1);

	run(&r);
	ok(last.vector == 1 && last.eip == (uint32_t)int1 + 1, "INT1 at any level");
	r = regs_user(reads_dr);
	run(&r);
	trapped(13, 0, "debug registers are level 0's");
	r = regs_kernel(reads_dr);
	write_dr6(DR6_NONE);
	write_dr7(0x2000);
	run(&r);
	trapped(1, NO_CODE, "general detect");
	ok(last_dr6 & 0x2000 && last.eip == (uint32_t)reads_dr, "before the access");
	is(read_dr7(), 0x400, "and is off then");
	write_dr6(DR6_NONE);
	write_dr7(0x2000);
	r = regs_kernel(steps);
	r.eflags |= TF;
	run(&r);
	ok(last.vector == 1 && last.eip == (uint32_t)steps + 1 && read_dr7() == 0x400,
	   "as it is after any #DB");
	write_dr6(DR6_NONE);
}

int main(void)
{
	test_steps();
	test_code();
	test_data();
	test_ports();
	test_others();
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hardware task switches (SDM 3, chapter 7): jumps, calls and returns, task gates, busy bits,
 * back links, NT and TS, the T bit, and faults before and after the switch.
 */
#include "bare.h"

enum {
	SEL_OTHER = SEL_FREE, /* the other task's TSS */
	SEL_GATE = 0x4b,      /* a task gate to it, DPL 3 */
	SEL_SHORT = 0x50,     /* a TSS that is too small */
	SEL_GONE = 0x58,      /* one that isn't present */
	SEL_MISSING = 0x60,   /* data, not present */
	SEL_RESCUE = 0x68,    /* the task for double faults */
};

#define EFLAGS_NT 0x4000u
#define BUSY 2u

static struct tss other, rescue;
static uint8_t other_stack[1024] __attribute__((aligned(16)));
static uint8_t rescue_stack[1024] __attribute__((aligned(16)));

/* The other task; it goes on after its IRET when it is entered again. */
CODE(other_code, "1:	inc %eax\n	mov %ds, %ebx\n	iret\n	jmp 1b");
CODE(other_end, "	mov $0x77, %eax" END);
CODE(nested_return, "	pushf\n	orl $0x4000, (%esp)\n	popf\n	iret" END);

static unsigned type_of(unsigned selector)
{
	return gdt[selector / 8] >> 40 & 15;
}

static void reset_other(const uint8_t *code)
{
	other = (struct tss){ .eip = (uint32_t)code,
			      .eflags = 2,
			      .cs = SEL_CODE,
			      .ss = SEL_DATA,
			      .ds = SEL_DATA3,
			      .es = SEL_DATA,
			      .map = 0x68 };
	other.r[0] = 0x100;
	other.r[4] = (uint32_t)other_stack + sizeof other_stack - 16;
	set_descriptor(SEL_OTHER, descriptor((uint32_t)&other, 0x67, 0x89, 0));
	set_descriptor(SEL_TSS, descriptor((uint32_t)&tss, sizeof tss - 1, 0x89, 0));
	__asm__ volatile("ltr %w0" : : "r"(SEL_TSS));
	set_descriptor(SEL_GATE, gate(SEL_OTHER, 0, 0xe5, 0));
	set_descriptor(SEL_SHORT, descriptor((uint32_t)&other, 0x66, 0x89, 0));
	set_descriptor(SEL_GONE, descriptor((uint32_t)&other, 0x67, 0x09, 0));
	set_descriptor(SEL_MISSING, descriptor(0, 0xfffff, 0x13, 0xc));
}

CODE(call_task, "	mov $0x11, %eax\n	lcall *task_pointer\n	mov $0x22, %ecx" END);
CODE(jump_task, "	mov $0x11, %eax\n	ljmp *task_pointer\n	mov $0x22, %ecx" END);
struct __attribute__((packed)) {
	uint32_t offset;
	uint16_t selector;
} task_pointer __attribute__((used));

static void enter_task(const uint8_t *how, unsigned selector)
{
	struct regs r = regs_kernel(how);

	task_pointer.selector = (uint16_t)selector;
	run(&r);
}

static void test_call(void)
{
	reset_other(other_code);
	write_cr0(read_cr0() & ~CR0_TS);
	enter_task(call_task, SEL_OTHER);
	trapped(DONE, NO_CODE, "a task is called and returns");
	ok(last.eax == 0x11 && last.ecx == 0x22, "this one's registers come back");
	ok(other.r[0] == 0x101 && other.r[3] == SEL_DATA3, "the other one's were its own");
	is(other.link, SEL_TSS, "it has a back link");
	is(other.eflags & EFLAGS_NT, 0, "and has lost NT when it returns");
	is(type_of(SEL_OTHER), 9, "it isn't busy any more");
	is(type_of(SEL_TSS), 11, "this one is");
	ok(read_cr0() & CR0_TS, "TS is set");
	enter_task(call_task, SEL_OTHER);
	is(other.r[0], 0x102, "called again it goes on where it was");
	enter_task(call_task, SEL_GATE & ~3u);
	is(other.r[0], 0x103, "also through a task gate");
}

static void test_jump(void)
{
	reset_other(other_end);
	enter_task(jump_task, SEL_OTHER);
	ok(last.vector == DONE && last.eax == 0x77, "a jump to a task");
	is(type_of(SEL_OTHER), 11, "makes it busy");
	is(type_of(SEL_TSS), 9, "and the old one not");
	is(tss.r[0], 0x11, "which is saved");
	is(last.eflags & EFLAGS_NT, 0, "without NT");
	reset_other(other_end);
	enter_task(call_task, SEL_OTHER);
	ok(last.vector == DONE && last.eax == 0x77, "a call of a task");
	ok(type_of(SEL_OTHER) == 11 && type_of(SEL_TSS) == 11, "leaves both busy");
	is(last.eflags & EFLAGS_NT, EFLAGS_NT, "with NT");
}

static void fault(unsigned selector, unsigned vector, uint32_t error, const char *name)
{
	enter_task(jump_task, selector);
	trapped(vector, error, name);
}

/* Before the switch: the old task's. */
static void test_refused(void)
{
	reset_other(other_end);
	fault(SEL_TSS, 13, SEL_TSS, "the task itself is busy");
	fault(SEL_SHORT, 10, SEL_SHORT, "a TSS that is too small");
	fault(SEL_GONE, 11, SEL_GONE, "a TSS that isn't present");
	ok(type_of(SEL_OTHER) == 9 && read_cr0() & CR0_PE, "nothing has been switched");
	reset_other(other_end);
	tss.link = SEL_OTHER;
	enter_task(nested_return, 0);
	trapped(10, SEL_OTHER, "a link to a task that isn't busy");
	tss.link = SEL_DATA;
	enter_task(nested_return, 0);
	trapped(10, SEL_DATA, "or to none");
}

/* After it: the new one's. */
static void test_bad_state(void)
{
	uint16_t self;

	reset_other(other_end);
	other.es = SEL_TSS;
	fault(SEL_OTHER, 10, SEL_TSS, "a TSS as data");
	__asm__ volatile("str %0" : "=r"(self));
	is(self, SEL_OTHER, "is the new task's fault");
	is(last.eip, (uint32_t)other_end, "at its first instruction");
	reset_other(other_end);
	other.cs = SEL_DATA;
	fault(SEL_OTHER, 10, SEL_DATA, "data as code");
	reset_other(other_end);
	other.ds = SEL_MISSING;
	fault(SEL_OTHER, 11, SEL_MISSING, "data that isn't present");
	reset_other(other_end);
	other.trap = 1;
	fault(SEL_OTHER, 1, NO_CODE, "the T bit");
	ok(last_dr6 & 0x8000 && last.eip == (uint32_t)other_end, "traps before its first one");
	write_dr6(0xffff0ff0);
}

/* Where the new task has no stack to push to, its fault is a double one, which a task gate
 * survives. */
CODE(rescue_code, "	pop %ebx\n	mov $0x99, %eax" END);

static void rescued(const char *name)
{
	rescue = (struct tss){ .eip = (uint32_t)rescue_code,
			       .eflags = 2,
			       .cs = SEL_CODE,
			       .ss = SEL_DATA,
			       .ds = SEL_DATA,
			       .es = SEL_DATA };
	rescue.r[4] = (uint32_t)rescue_stack + sizeof rescue_stack - 16;
	set_descriptor(SEL_RESCUE, descriptor((uint32_t)&rescue, 0x67, 0x89, 0));
	enter_task(jump_task, SEL_OTHER);
	ok(last.vector == DONE && last.eax == 0x99 && last.ebx == 0, name);
}

static void test_double_faults(void)
{
	uint64_t old = idt[8];

	idt[8] = gate(SEL_RESCUE, 0, 0x85, 0);
	reset_other(other_end);
	other.ss = SEL_DATA3;
	rescued("a stack of another level");
	is(rescue.link, SEL_OTHER, "is the new task's fault, too");
	reset_other(other_end);
	other.ldt = SEL_DATA;
	rescued("data as LDT");
	idt[8] = old;
}

CODE(divides, "	xor %edx, %edx\n	xor %ecx, %ecx\n	div %ecx" END);
CODE(divide_handler, "	int $0x30");
CODE(int_40, "	int $0x40");

static void test_gates(void)
{
	uint64_t divide = idt[0], protection = idt[13];
	struct regs r = regs_kernel(divides);

	reset_other(divide_handler);
	idt[0] = gate(SEL_OTHER, 0, 0x85, 0);
	run(&r);
	trapped(DONE, NO_CODE, "#DE by a task gate");
	is(tss.eip, (uint32_t)divides + 4, "saves where it was");
	is(other.link, SEL_TSS, "and links back");
	reset_other(divide_handler);
	other.trap = 1;
	run(&r);
	trapped(1, NO_CODE, "#DE by a task gate to a task with T");
	ok(last_dr6 & 0x8000 && last.eip == (uint32_t)divide_handler, "traps before its first one");
	write_dr6(0xffff0ff0);
	idt[0] = divide;
	/* #GP with an error code, from INT through a gate of level 0. */
	reset_other(other_end);
	idt[13] = gate(SEL_OTHER, 0, 0x85, 0);
	idt[0x40] = gate(SEL_CODE, (uint32_t)other_end, 0x8e, 0);
	r = regs_user(int_40);
	run(&r);
	trapped(DONE, NO_CODE, "#GP by a task gate");
	is(load32((uint32_t)other_stack + sizeof other_stack - 20), 0x40 * 8 + 2,
	   "with its error code on the new stack");
	is(tss.cs, SEL_CODE3, "from user mode");
	idt[13] = protection;
	reset_other(other_end);
}

int main(void)
{
	test_call();
	test_jump();
	test_refused();
	test_bad_state();
	test_double_faults();
	test_gates();
	return 0;
}

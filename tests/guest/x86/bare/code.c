/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Code that changes (SDM 3, 8.1.3 and 11.6): a store counts for the very next instruction,
 * whichever instruction makes it and wherever it lands; and code that a device has written.
 */
#include "bare.h"

/* The immediate of the next instruction. */
CODE(next_one, "	movl $0x55, 1f + 1\n1:	mov $0x11, %eax" END);
CODE(next_byte, "	movb $0x43, 1f\n1:	inc %eax\n	nop" END); /* becomes INC EBX */
/* Of one some instructions further, after an instruction between. */
CODE(later_one, "	xor %ebx, %ebx\n	movl $0x66, 1f + 1\n	inc %ebx\n	inc %ebx\n"
		"1:	mov $0x11, %eax" END);
/* A loop whose body changes in each turn. */
CODE(in_loop, "	xor %eax, %eax\n	mov $10, %ecx\n1:	add $0, %eax\n	incb 1b + 2\n"
	      "	dec %ecx\n	jnz 1b" END);
/* What has been executed before, backwards. */
CODE(backwards, "	jmp 2f\n1:	mov $1, %eax\n	int $0x30\n2:	movb $7, 1b + 1\n	"
		"jmp 1b");
/* By read-modify-write, by PUSH, by XCHG, by CMPXCHG, by STOS. */
CODE(by_add, "	addl $0x22, 1f + 1\n1:	mov $0x11, %eax" END);
CODE(by_push, "	mov %esp, %ebp\n	mov $1f + 5, %esp\n	push $0x77\n1:	mov $0x11, %eax\n"
	      "	mov %ebp, %esp" END);
CODE(by_xchg, "	mov $0x33, %edx\n	xchg %edx, 1f + 1\n1:	mov $0x11, %eax" END);
CODE(by_stos, "	mov $1f, %edi\n	mov $0x90, %al\n	stosb\n1:	inc %ebx" END);
/* By FISTP, which pops once. */
CODE(by_fistp, "	fninit\n	fldz\n	push $0x55\n	fildl (%esp)\n	pop %edx\n"
	       "	fistpl 1f + 1\n1:	mov $0x11, %edx\n	fnstsw %ax" END);
/* By a repeated store that begins before itself and goes over what comes next; INC EAX is 40,
 * and the count's rest is what it was. */
CODE(by_rep_stos,
     "	mov $2f, %edi\n	mov $4, %ecx\n	xor %edx, %edx\n	mov $0x42424242, %eax\n"
     "	rep stosb\n2:	nop\n	nop\n	nop\n	nop" END);
/* By a repeated move over itself: the bytes that make it one are overwritten by themselves, those
 * after it by others. */
CODE(by_rep_movs, "	mov $3f, %esi\n	mov $2f, %edi\n	mov $8, %ecx\n	xor %edx, %edx\n"
		  "2:	rep movsb\n	nop\n	nop\n	nop\n	nop\n	nop\n	nop" END
		  "3:	.byte 0xf3, 0xa4, 0x42, 0x42, 0x42, 0x90, 0x90, 0x90");

static void check(const uint8_t *code, uint32_t eax, uint32_t ebx, uint32_t edx, const char *name)
{
	struct regs r = regs_kernel(code);

	r.ebx = 0x100;
	r.edx = 0x200;
	run(&r);
	ok(last.vector == DONE && last.eax == eax && last.ebx == ebx && last.edx == edx, name);
}

static void test_stores(void)
{
	check(next_one, 0x55, 0x100, 0x200, "a store into the next instruction");
	check(next_byte, 0, 0x101, 0x200, "which becomes another one");
	check(later_one, 0x66, 2, 0x200, "into one of the same block");
	check(in_loop, 45, 0x100, 0x200, "into a loop's body, in each turn");
	check(backwards, 7, 0x100, 0x200, "into what has been executed before");
	check(by_add, 0x33, 0x100, 0x200, "by ADD");
	check(by_push, 0x77, 0x100, 0x200, "by PUSH");
	check(by_xchg, 0x33, 0x100, 0x11, "by XCHG");
	check(by_stos, 0x90, 0x100, 0x200, "by STOS");
	check(by_fistp, 7 << 11, 0x100, 0x55, "by FISTP, which pops once");
	check(by_rep_stos, 0x42424242, 0x100, 4, "by REP STOS");
	check(by_rep_movs, 0, 0x100, 3, "by REP MOVS over itself");
}

/* An instruction and its patch in two pages: mov $0x11111111, %eax; int $0x30 */
static void test_pages(void)
{
	static const uint8_t code[] = { 0xb8, 0x11, 0x11, 0x11, 0x11, 0xcd, DONE };
	uint8_t *page = (uint8_t *)SPARE + 0x1000;
	volatile uint32_t *immediate = (volatile uint32_t *)(page - 2);
	struct regs r;

	for (unsigned i = 0; i < sizeof code; i++)
		page[(int)i - 3] = code[i];
	r = regs_kernel(page - 3);
	run(&r);
	is(last.eax, 0x11111111, "an instruction across pages");
	*(volatile uint8_t *)(page + 1) = 0x22;
	run(&r);
	is(last.eax, 0x22111111, "changed in the second");
	*(volatile uint8_t *)(page - 1) = 0x33;
	run(&r);
	is(last.eax, 0x22113311, "and the first");
	*immediate = 0x44556677;
	run(&r);
	is(last.eax, 0x44556677, "and across");
}

/* Through another mapping of the same memory. */
static void test_alias(void)
{
	static const uint8_t code[] = { 0xb8, 1, 0,    0, 0, 0xc6, 0x05, 0x0d, 0x20, 0x71,
					0,    9, 0xb8, 2, 0, 0,    0,    0xcd, DONE };
	uint8_t *page = (uint8_t *)SPARE;
	struct regs r = regs_kernel(page);

	paging_on();
	page_tables[1][0x312] = SPARE | 7; /* 0x712000 */
	invlpg(0x712000);
	for (unsigned i = 0; i < sizeof code; i++)
		page[i] = code[i];
	run(&r);
	is(last.eax, 9, "a store through another address counts at once");
	paging_off();
}

/* The first DMA channel pair, memory to memory, isn't on all PCs; a disk is a matter of
 * drivers: the firmware configuration's DMA writes its signature. */
static void test_dma(void)
{
	static const uint8_t code[] = { 0xb8, 1, 1, 1, 1, 0xcd, DONE };
	struct __attribute__((packed)) {
		uint32_t control, length, high, low;
	} volatile access;
	uint8_t *page = (uint8_t *)SPARE + 0x2000;
	struct regs r = regs_kernel(page);

	for (unsigned i = 0; i < sizeof code; i++)
		page[i] = code[i];
	run(&r);
	/* Select item 0, read: big-endian. */
	access.control = __builtin_bswap32(0 << 16 | 8 | 2);
	access.length = __builtin_bswap32(4);
	access.high = 0;
	access.low = __builtin_bswap32((uint32_t)page + 1);
	__asm__ volatile("outl %0, %w1" : : "a"(0), "d"(0x514) : "memory");
	__asm__ volatile("outl %0, %w1"
			 :
			 : "a"(__builtin_bswap32((uint32_t)&access)), "d"(0x518)
			 : "memory");
	while (access.control & ~__builtin_bswap32(1))
		;
	run(&r);
	is(last.eax, 0x554d4551, "code that a device has written");
}

/* An exception in the middle of a block, with the stack right before it.  What was executed
 * last isn't near. */
#define AROUND "	.balign 64\n	.space 544, 0x90\n"
#define BEHIND "	nop\n	nop\n	nop" END "	.space 544, 0x90\n"
__asm__(".text\n" AROUND);
CODE(divides, "	xor %eax, %eax\n	xor %edx, %edx\n	div %eax\n" BEHIND);
CODE(misses, "	nop\n	mov %cr0, %eax\n	movl 0x713000, %eax\n" BEHIND);
CODE(detected, "	nop\n	mov %dr0, %eax\n" BEHIND);

static void fault(const uint8_t *code, unsigned vector, uint32_t eip, const char *name)
{
	struct regs r = regs_kernel(code);

	r.esp = (uint32_t)code & ~3u;
	run(&r);
	ok(last.vector == vector && last.eip == (uint32_t)code + eip, name);
}

static void test_faults(void)
{
	fault(divides, 0, 4, "#DE pushes to the code's line");
	write_dr6(0xffff0ff0);
	write_dr7(0x2400);
	fault(detected, 1, 1, "general detect, too");
	ok(last_dr6 & 0x2000, "which DR6 tells");
	write_dr7(0x400);
	paging_on();
	page_tables[1][0x313] = 0;
	invlpg(0x713000);
	fault(misses, 14, 4, "#PF, too");
	is(last_cr2, 0x713000, "with its address");
	paging_off();
}

int main(void)
{
	test_stores();
	test_faults();
	test_pages();
	test_alias();
	test_dma();
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Code that is written while it is used (with the maintenance the manual asks for, ARM
 * DDI 0406C, B2.2.9): in place, in the page being executed, over pages' ends; and
 * instructions and IT blocks that cross pages.
 */
#include "bare.h"

#define CODE RAM_SPARE
#define MOV_R0(n) (0xe3a00000u | (n)) /* mov r0, #n */
#define ADD_R0(n) (0xe2800000u | (n)) /* add r0, r0, #n */
#define BX_LR 0xe12fff1eu
#define AT 0x60000000u

typedef uint32_t code(uint32_t);

static void put(uint32_t address, uint32_t instruction)
{
	store32(address, instruction);
	sync_code((void *)address, 4);
}

static void put_half(uint32_t address, uint16_t half)
{
	*(volatile uint16_t *)address = half;
	sync_code((void *)address, 2);
}

static uint32_t run(uint32_t address)
{
	return ((code *)address)(0);
}

static void check_in_place(void)
{
	uint32_t good = 0;

	put(CODE, MOV_R0(0));
	put(CODE + 4, BX_LR);
	for (uint32_t i = 0; i < 200; i++) {
		put(CODE, MOV_R0(i));
		good += run(CODE) == i;
		good += run(CODE) == i;
	}
	is(good, 400, "an instruction replaced 200 times");
	/* Data beside the code. */
	good = 0;
	for (uint32_t i = 0; i < 200; i++) {
		store32(CODE + 8 + 4 * (i % 100), i);
		good += run(CODE) == 199;
	}
	is(good, 200, "data written beside it");
	/* By bytes, halfwords, doublewords, LDM. */
	store8(CODE, 77);
	sync_code((void *)CODE, 4);
	is(run(CODE), 77, "one byte of it replaced");
	*(volatile uint16_t *)(CODE + 2) = 0xe3e0; /* mvn r0, #77 */
	sync_code((void *)CODE, 4);
	is(run(CODE), ~77u, "a halfword of it replaced");
	__asm__ volatile("stm %0, {%1, %2}" : : "r"(CODE), "r"(MOV_R0(5)), "r"(BX_LR) : "memory");
	sync_code((void *)CODE, 8);
	is(run(CODE), 5, "replaced by STM");
	__asm__ volatile("mov r2, %1\n\tmov r3, %2\n\tstrd r2, r3, [%0]"
			 :
			 : "r"(CODE), "r"(MOV_R0(6)), "r"(BX_LR)
			 : "r2", "r3", "memory");
	sync_code((void *)CODE, 8);
	is(run(CODE), 6, "replaced by STRD");
	__asm__ volatile("ldrex r2, [%0]\n\tstrex r3, %1, [%0]"
			 :
			 : "r"(CODE), "r"(MOV_R0(7))
			 : "r2", "r3", "memory");
	sync_code((void *)CODE, 8);
	is(run(CODE), 7, "replaced by STREX");
}

/* Code that writes the instructions behind itself, in the same page: r0 a number, r1
 * where.  It is position independent. */
__asm__(".text\n.balign 4\n"
	".global writer, writer_patch, writer_end\n"
	"writer:\n"
	"	adr r1, writer_patch\n"
	"	ldr r2, =0xe3a00000\n"
	"	orr r2, r2, r0\n"
	"	str r2, [r1]\n"
	"	mcr p15, 0, r1, c7, c11, 1\n"
	"	dsb\n"
	"	mcr p15, 0, r1, c7, c5, 1\n"
	"	mcr p15, 0, r1, c7, c5, 6\n"
	"	dsb\n"
	"	isb\n"
	"writer_patch:\n"
	"	mov r0, #255\n"
	"	bx lr\n"
	"	.ltorg\n"
	"writer_end:\n"
	/* A loop that changes its own body each time around. */
	".global looper, looper_end\n"
	"looper:\n"
	"	mov r3, #0\n"
	"	adr r1, 2f\n"
	"1:	ldr r2, [r1]\n"
	"	add r2, r2, #1\n"
	"	str r2, [r1]\n"
	"	mcr p15, 0, r1, c7, c11, 1\n"
	"	dsb\n"
	"	mcr p15, 0, r1, c7, c5, 1\n"
	"	mcr p15, 0, r1, c7, c5, 6\n"
	"	dsb\n"
	"	isb\n"
	"2:	add r3, r3, #0\n"
	"	subs r0, r0, #1\n"
	"	bne 1b\n"
	"	mov r0, r3\n"
	"	bx lr\n"
	"looper_end:\n");
extern uint32_t writer[], writer_end[], looper[], looper_end[];

static void copy_code(uint32_t to, const uint32_t *from, const uint32_t *end)
{
	for (uint32_t at = to; from < end; at += 4)
		put(at, *from++);
}

static void check_own_page(void)
{
	uint32_t good = 0;

	copy_code(CODE + 0x100, writer, writer_end);
	for (uint32_t i = 0; i < 50; i++)
		good += ((code *)(CODE + 0x100))(i) == i;
	is(good, 50, "code that changes what it executes next");
	copy_code(CODE + 0x200, looper, looper_end);
	is(((code *)(CODE + 0x200))(100), 5050, "a loop that changes its own body");
	/* The same with the code across a page's end. */
	good = 0;
	for (uint32_t shift = 4; shift <= 48; shift += 4) {
		copy_code(CODE + PAGE - shift, writer, writer_end);
		good += ((code *)(CODE + PAGE - shift))(shift) == shift;
	}
	is(good, 12, "and at the end of a page");
}

/* Straight code from one page into the next. */
static void check_across(void)
{
	uint32_t good = 0;

	for (uint32_t i = 0; i < 8; i++)
		put(CODE + PAGE - 16 + 4 * i, ADD_R0(1u << i));
	put(CODE + PAGE + 16, BX_LR);
	is(run(CODE + PAGE - 16), 255, "code across a page's end");
	put(CODE + PAGE, ADD_R0(0));
	is(run(CODE + PAGE - 16), 255 - 16, "its second page was written");
	put(CODE + PAGE - 4, ADD_R0(0));
	is(run(CODE + PAGE - 16), 255 - 16 - 8, "its first page was written");
	for (uint32_t i = 0; i < 20; i++) {
		put(CODE + PAGE + 4 * (i & 3), ADD_R0(i));
		good += run(CODE + PAGE - 16) > 0;
	}
	is(run(CODE + PAGE - 16), 7 + 16 + 17 + 18 + 19, "often");
	is(good, 20, "each ran");
}

/* A 32-bit Thumb instruction of which half is in each page. */
static void check_wide_across(void)
{
	const uint32_t first = RAM_SPARE + 0x5000, second = RAM_SPARE + 0x9000,
		       third = RAM_SPARE + 0xa000, start = AT + PAGE - 2;

	map_page(AT, first | SMALL | AP_PAGE(AP_ALL));
	map_page(AT + PAGE, second | SMALL | AP_PAGE(AP_ALL));
	put_half(first + PAGE - 2, 0xf240); /* movw r0, #0x123 */
	put_half(second, 0x1023);
	put_half(second + 2, 0x4770); /* bx lr */
	put_half(third, 0x1024);
	put_half(third + 2, 0x4770);
	is(run(start | 1), 0x123, "a Thumb instruction across pages");
	put_half(second, 0x1045);
	is(run(start | 1), 0x145, "its second half written");
	map_page(AT + PAGE, third | SMALL | AP_PAGE(AP_ALL));
	is(run(start | 1), 0x124, "its second half remapped");
	put_half(second, 0x1046);
	map_page(AT + PAGE, second | SMALL | AP_PAGE(AP_ALL));
	is(run(start | 1), 0x146, "back, and written meanwhile");
	put_half(first + PAGE - 2, 0xf24f); /* movw r0, #0xf146 */
	is(run(start | 1), 0xf146, "its first half written");
	map_page(AT + PAGE, 0);
	last.count = 0;
	run(start | 1);
	aborted(PREFETCH, 0x7, AT + PAGE, "its second page missing: IFAR is where that begins");
	is(last.pc, start, "LR_abt - 4 is the instruction");
	map_page(AT + PAGE, second | SMALL | SMALL_XN | AP_PAGE(AP_ALL));
	run(start | 1);
	aborted(PREFETCH, 0xf, AT + PAGE, "its second page not executable");
	map_page(AT + PAGE, second | SMALL | AP_PAGE(AP_ALL));
	is(run(start | 1), 0xf146, "allowed again");
}

/* A fall from an executable page into a missing one. */
static void check_run_off(void)
{
	const uint32_t first = RAM_SPARE + 0x5000;
	uint32_t value;

	map_page(AT, first | SMALL | AP_PAGE(AP_ALL));
	map_page(AT + PAGE, 0);
	put(first + PAGE - 8, MOV_R0(3));
	put(first + PAGE - 4, ADD_R0(4));
	last.count = 0;
	value = run(AT + PAGE - 8);
	aborted(PREFETCH, 0x7, AT + PAGE, "running off a page");
	is(last.pc, AT + PAGE, "LR_abt - 4 is the next page");
	is(value, 7, "all before it was done");
}

/* An IT block whose halves are in two pages; r0 1: then, 0: else. */
static void check_it_across(void)
{
	static const uint16_t text[] = {
		0x2801, /* cmp r0, #1 */
		0xbf02, /* ittt eq */
		0x2010, /* moveq r0, #16 */
		0x3001, /* addeq r0, #1 */
		0x3002, /* addeq r0, #2 */
		0x3004, /* adds r0, #4 */
		0x4770,
	};
	uint32_t good = 0;

	for (uint32_t shift = 0; shift < 7; shift++) {
		uint32_t at = CODE + 4 * PAGE - 2 * shift;

		for (uint32_t i = 0; i < 7; i++)
			put_half(at + 2 * i, text[i]);
		good += ((code *)(at | 1))(1) == 16 + 1 + 2 + 4;
		good += ((code *)(at | 1))(0) == 4;
		good += ((code *)(at | 1))(1) == 16 + 1 + 2 + 4;
	}
	is(good, 21, "IT blocks at a page's end");
}

/* Written through another name of the page, and by another mode's mapping. */
static void check_other_name(void)
{
	const uint32_t page = RAM_SPARE + 0xb000;

	map_page(AT, page | SMALL | AP_PAGE(AP_ALL));
	map_page(AT + PAGE, page | SMALL | AP_PAGE(AP_ALL));
	put(AT, MOV_R0(1));
	put(AT + 4, BX_LR);
	is(run(AT) + run(AT + PAGE), 2, "one page executed under two names");
	put(AT + PAGE, MOV_R0(2));
	is(run(AT) + run(AT + PAGE), 4, "written under one of them");
	put(page, MOV_R0(3));
	is(run(AT) + run(AT + PAGE), 6, "written under a third");
	is(in_user((code *)AT, 0), 3, "in user mode");
	put(page, MOV_R0(4));
	is(in_user((code *)AT, 0), 4, "in user mode, written");
	/* The same bytes as ARM and as Thumb instructions. */
	put(page, 0x47702005); /* Thumb: movs r0, #5; bx lr */
	is(run(AT | 1), 5, "as Thumb code");
	put(page, MOV_R0(6));
	is(run(AT), 6, "as ARM code");
}

/* Many pages of code, more than a small code cache holds. */
static void check_many(void)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < 4000; i++) {
		store32(CODE + 16 * i, ADD_R0(i & 255));
		store32(CODE + 16 * i + 4, ADD_R0(1));
		store32(CODE + 16 * i + 8, 0xea000000); /* b .+8: the next but one */
		store32(CODE + 16 * i + 12, 0xe7f000f0);
	}
	store32(CODE + 16 * 4000, BX_LR);
	sync_code((void *)CODE, 64004);
	for (uint32_t i = 0; i < 4; i++)
		sum += run(CODE);
	is(sum, 4 * (15 * 32640 + 160 * 159 / 2 + 4000), "4000 blocks four times");
	put(CODE + 16 * 3000, ADD_R0(0));
	is(run(CODE), 15 * 32640 + 160 * 159 / 2 + 4000 - (3000 & 255), "one of them written");
}

int main(void)
{
	mmu_start();
	check_in_place();
	check_own_page();
	check_across();
	check_wide_across();
	check_run_off();
	check_it_across();
	check_other_name();
	check_many();
	mmu_stop();
	check_in_place();
	check_own_page();
	return 0;
}

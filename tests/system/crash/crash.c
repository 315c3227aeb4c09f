/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that crashes in the way CRASH says, with a pattern in a register by
 * which the report is recognized.
 */
#include <l4/types.h>
#include <stdio.h>

enum crash_kind {
	CRASH_write,      /* page fault: write to an address that is not its own */
	CRASH_read,       /* the same, read, in the last page but one of user space */
	CRASH_jump,       /* the same, execute */
	CRASH_opcode,     /* invalid opcode */
	CRASH_divide,     /* divide error */
	CRASH_privileged, /* general protection: halting the CPU */
	CRASH_stack,      /* endless recursion */
};

#define NOWHERE 0xdead000ull
#define HIGH_NOWHERE 0x7fffffffe123ull
#define PATTERN 0x1badcafe1badcafeull

static l4_word_t crash_recurse(l4_word_t depth)
{
	volatile l4_word_t frame[64] = { depth };

	if (depth == ~0ull) /* never; the compiler must not see that it is endless */
		return 0;
	return crash_recurse(depth + 1) + frame[depth & 63];
}

static void crash_now(void)
{
	switch ((enum crash_kind)CRASH) {
	case CRASH_write:
		__asm__ volatile("movb $1, (%0)" : : "r"(NOWHERE), "b"(PATTERN) : "memory");
		break;
	case CRASH_read:
		__asm__ volatile("movb (%0), %%al" : : "r"(HIGH_NOWHERE), "b"(PATTERN) : "rax");
		break;
	case CRASH_jump:
		__asm__ volatile("jmp *%0" : : "r"(NOWHERE), "b"(PATTERN));
		break;
	case CRASH_opcode:
		__asm__ volatile("ud2" : : "b"(PATTERN));
		break;
	case CRASH_divide:
		__asm__ volatile("xor %%ecx, %%ecx\n\tdiv %%ecx"
				 :
				 : "b"(PATTERN)
				 : "rax", "rcx", "rdx");
		break;
	case CRASH_privileged:
		__asm__ volatile("hlt" : : "b"(PATTERN));
		break;
	case CRASH_stack:
		crash_recurse(0);
		break;
	}
}

int main(void)
{
	crash_now();
	printf("still alive\n");
	return 0;
}

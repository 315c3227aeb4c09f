/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The measured loops, with the registers of the amd64 binding (to RSI, from
 * RDX, timeouts R8, MR0 R9, MR1 RAX, MR2 RBX, MR3 R10, MR4-7 R12-R15, UTCB RDI),
 * as a careful user would write them: the kernel destroys every other register
 * but RSP, so a loop loads again what it needs and keeps its state on the stack
 * or in memory; RSI and RDI come back as the partner and the UTCB, so they are
 * not loaded.  Loops that don't return are entry points of threads.
 */
#ifndef BENCH_IPC_LOOP_H
#define BENCH_IPC_LOOP_H

#include <l4/types.h>

extern l4_word_t bench_ipc;       /* address of the Ipc call, from the KIP */
extern l4_word_t bench_reply_tag; /* what loop_serve() answers */

/* The time stamp counter to RAX; destroys RDX. */
#define LOOP_RDTSC "rdtsc; shl $32, %%rdx; or %%rdx, %%rax\n\t"

/* Around a loop in the middle of C: skips the red zone and keeps RBP. */
#define LOOP_ENTER "lea -128(%%rsp), %%rsp; push %%rbp\n\t"
#define LOOP_LEAVE "pop %%rbp; lea 128(%%rsp), %%rsp\n\t"

#define LOOP_CLOBBERS                                                                              \
	"rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc"

/* One instruction string to a line: */
/* clang-format off */

/* What two readings of the counter cost by themselves. */
static inline uint64_t loop_overhead(void)
{
	uint64_t ticks;

	__asm__ volatile(LOOP_RDTSC
			 "mov %%rax, %%rcx\n\t"
			 LOOP_RDTSC
			 "sub %%rcx, %%rax"
			 : "=a"(ticks) : : "rcx", "rdx", "cc");
	return ticks;
}

/* A thousand instructions, to see what the counter counts. */
static inline uint64_t loop_thousand(void)
{
	uint64_t ticks;

	__asm__ volatile(LOOP_RDTSC
			 "mov %%rax, %%rcx\n\t"
			 ".rept 1000\n\tnop\n\t.endr\n\t"
			 LOOP_RDTSC
			 "sub %%rcx, %%rax"
			 : "=a"(ticks) : : "rcx", "rdx", "cc");
	return ticks;
}

static inline uint64_t loop_tsc(void)
{
	uint64_t now;

	__asm__ volatile(LOOP_RDTSC : "=a"(now) : : "rdx", "memory", "cc");
	return now;
}

/*
 * Calls `to` `rounds` times with the tag *tag and the message registers as they
 * are.  Returns the ticks it took; *tag is the last answer's.
 */
static inline uint64_t loop_call(struct l4_thread_id to, l4_word_t *utcb, l4_word_t *tag,
				 uint64_t rounds)
{
	uint64_t ticks, partner = to.raw, words = *tag;

	__asm__ volatile(LOOP_ENTER
			 "push %%rbx; push %%rax\n\t"
			 LOOP_RDTSC
			 "push %%rax\n"
			 "1:\tmov %%rsi, %%rdx\n\t"
			 "xor %%r8d, %%r8d\n\t"
			 "mov 16(%%rsp), %%r9\n\t"
			 "call *bench_ipc(%%rip)\n\t"
			 "decq 8(%%rsp)\n\t"
			 "jnz 1b\n\t"
			 LOOP_RDTSC
			 "pop %%rdx\n\t"
			 "sub %%rdx, %%rax\n\t"
			 "mov %%r9, %%rbx\n\t"
			 "add $16, %%rsp\n\t"
			 LOOP_LEAVE
			 : "=a"(ticks), "+b"(words), "+S"(partner), "+D"(utcb)
			 : "0"(rounds)
			 : LOOP_CLOBBERS);
	*tag = words;
	return ticks;
}

/* Thread: answers every message with the same words. */
static inline _Noreturn void loop_serve(l4_word_t *utcb)
{
	__asm__ volatile("xor %%esi, %%esi\n"
			 "1:\tmov $-1, %%rdx\n\t"
			 "xor %%r8d, %%r8d\n\t"
			 "mov bench_reply_tag(%%rip), %%r9\n\t"
			 "call *bench_ipc(%%rip)\n\t"
			 "jmp 1b"
			 : : "D"(utcb) : "memory");
	__builtin_unreachable();
}

/* Sends a map item to a thread in loop_stamp(); the ticks until it has it. */
static inline uint64_t loop_map(struct l4_thread_id to, l4_word_t *utcb, l4_word_t base,
				l4_word_t fpage)
{
	uint64_t ticks, partner = to.raw;

	__asm__ volatile(LOOP_ENTER
			 "push %%rbx; push %%rax\n\t"
			 LOOP_RDTSC
			 "push %%rax\n\t"
			 "mov 8(%%rsp), %%rax\n\t"
			 "mov 16(%%rsp), %%rbx\n\t"
			 "mov %%rsi, %%rdx\n\t"
			 "xor %%r8d, %%r8d\n\t"
			 "mov $2 << 6, %%r9d\n\t"
			 "call *bench_ipc(%%rip)\n\t"
			 "pop %%rdx\n\t"
			 "sub %%rdx, %%rax\n\t"
			 "add $16, %%rsp\n\t"
			 LOOP_LEAVE
			 : "=a"(ticks), "+b"(fpage), "+S"(partner), "+D"(utcb)
			 : "0"(base)
			 : LOOP_CLOBBERS);
	return ticks;
}

/* Thread: answers every message with the time it came. */
static inline _Noreturn void loop_stamp(l4_word_t *utcb)
{
	__asm__ volatile("xor %%esi, %%esi\n"
			 "1:\tmov $-1, %%rdx\n\t"
			 "xor %%r8d, %%r8d\n\t"
			 "mov $1, %%r9d\n\t"
			 "call *bench_ipc(%%rip)\n\t"
			 LOOP_RDTSC
			 "jmp 1b"
			 : : "D"(utcb) : "memory");
	__builtin_unreachable();
}

/* The ticks of reading one byte. */
static inline uint64_t loop_touch(const char *address)
{
	uint64_t ticks;

	__asm__ volatile(LOOP_RDTSC
			 "mov %%rax, %%rcx\n\t"
			 "movb (%1), %%al\n\t"
			 LOOP_RDTSC
			 "sub %%rcx, %%rax"
			 : "=a"(ticks) : "r"(address) : "rcx", "rdx", "cc");
	return ticks;
}

/*
 * Thread: the pager.  A fault (the tag is negative) is answered with our own page
 * at the same address; any other message (MR1 thread, MR2 IP, MR3 SP) starts a
 * thread; after an error (nobody takes the answer) it waits.
 */
static inline _Noreturn void loop_pager(l4_word_t *utcb)
{
	__asm__ volatile("xor %%esi, %%esi\n"
			 "1:\tmov $-1, %%rdx\n\t"
			 "xor %%r8d, %%r8d\n\t"
			 "call *bench_ipc(%%rip)\n\t"
			 "test %%r9, %%r9\n\t"
			 "jns 2f\n\t"
			 "and $-4096, %%rax\n\t"
			 "lea (12 << 4 | 7)(%%rax), %%rbx\n\t"
			 "or $8, %%rax\n\t"
			 "mov $2 << 6, %%r9d\n\t"
			 "jmp 1b\n"
			 "2:\tbt $15, %%r9\n\t"
			 "jc 3f\n\t"
			 "mov %%rax, %%rsi\n\t"
			 "mov %%rbx, %%rax\n\t"
			 "mov %%r10, %%rbx\n\t"
			 "mov $2, %%r9d\n\t"
			 "jmp 1b\n"
			 "3:\txor %%esi, %%esi\n\t"
			 "jmp 1b"
			 : : "D"(utcb) : "memory");
	__builtin_unreachable();
}

/* clang-format on */

#endif

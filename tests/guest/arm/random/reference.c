/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions, the reference: a program for ARM Linux, run by qemu-arm, that
 * reads batches of cases from standard input and writes their results.
 *
 * Each case's registers are loaded from its structure, then a jump enters its code; the
 * exception that ends it arrives as a signal, whose frame has all registers.  The last
 * step of entering, when every register but pc is a case's, is a load of pc from a
 * place next to the code that does it.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ucontext.h>
#include <ucontext.h>
#include <unistd.h>

#include "case.h"

#define ENTER 0x48200000u /* code; its literal is in the page after it */
#define VFP_MAGIC 0x56465001u

struct vfp_frame {
	uint32_t magic, size;
	uint64_t d[32];
	uint32_t fpscr, fpexc, fpinst, fpinst2;
};

static struct random_case cases[CASE_BATCH];
static struct random_result results[CASE_BATCH], *current;
static uint32_t template[CASE_WINDOW_WORDS];
static jmp_buf back;

static void copy_vfp(const ucontext_t *context)
{
	const struct vfp_frame *f = (const void *)context->uc_regspace;

	if (f->magic != VFP_MAGIC) {
		fputs("no VFP state in the signal frame\n", stderr);
		_exit(2);
	}
	memcpy(current->d, f->d, sizeof f->d);
	current->fpscr = f->fpscr;
}

static void on_signal(int signal, siginfo_t *info, void *frame)
{
	const ucontext_t *context = frame;
	const mcontext_t *m = &context->uc_mcontext;

	(void)info;
	memcpy(current->r, &m->arm_r0, sizeof current->r);
	current->pc = m->arm_pc;
	current->cpsr = m->arm_cpsr & CASE_CPSR_MASK;
	copy_vfp(context);
	if (signal == SIGILL)
		current->end = END_UNDEFINED;
	else if (signal == SIGSEGV || signal == SIGBUS)
		current->end =
			info->si_addr == (void *)m->arm_pc ? END_PREFETCH_ABORT : END_DATA_ABORT;
	else
		current->end = END_OTHER;
	_longjmp(back, 1);
}

static void catch_signals(void)
{
	static const int signals[] = { SIGILL, SIGSEGV, SIGBUS, SIGTRAP, SIGFPE };
	static uint8_t stack[64 << 10] __attribute__((aligned(16)));
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
	struct sigaction action = { .sa_sigaction = on_signal,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };

	sigaltstack(&alternate, NULL);
	for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaction(signals[i], &action, NULL);
}

static void *map(uint32_t address, size_t bytes)
{
	void *p = mmap((void *)address, bytes, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (p != (void *)address) {
		perror("mmap");
		exit(2);
	}
	return p;
}

static void make_entrance(void)
{
	uint32_t *code = map(ENTER, 0x2000);

	code[0] = 0xe8907fff;                    /* ldmia r0, {r0-r14} */
	code[1] = 0xe59ff000 | (0x1000 - 4 - 8); /* ldr pc, [pc, ...]: the next page's start */
	__builtin___clear_cache((char *)code, (char *)(code + 2));
}

static __attribute__((noinline, noreturn)) void enter(const struct random_case *c)
{
	*(volatile uint32_t *)(ENTER + 0x1000) = c->pc;
	__asm__ volatile("vldmia %1!, {d0-d15}\n\t"
			 "vldmia %1, {d16-d31}\n\t"
			 "vmsr fpscr, %2\n\t"
			 "msr cpsr_fs, %3\n\t"
			 "clrex\n\t"
			 "mov r0, %0\n\t"
			 "mov pc, %4"
			 :
			 : "r"(c->r), "r"(c->d), "r"(c->fpscr), "r"(c->cpsr), "r"(ENTER)
			 : "memory", "r0", "cc");
	__builtin_unreachable();
}

static void run_case(unsigned i)
{
	uint32_t *window = (uint32_t *)CASE_WINDOW;

	current = &results[i];
	memcpy(window, template, sizeof template);
	if (!_setjmp(back))
		enter(&cases[i]);
	__asm__ volatile("vmsr fpscr, %0" ::"r"(0));
	current->hash = case_window_hash(window);
}

int main(void)
{
	char *code = map(CASE_CODE, CASE_CODE_BYTES);

	map(CASE_WINDOW, CASE_WINDOW_BYTES);
	make_entrance();
	catch_signals();
	case_window_fill(template);
	while (fread(cases, sizeof cases, 1, stdin) == 1) {
		for (unsigned i = 0; i < CASE_BATCH; i++)
			memcpy((void *)case_slot(i), cases[i].code, CASE_SLOT_BYTES);
		__builtin___clear_cache(code, code + CASE_CODE_BYTES);
		for (unsigned i = 0; i < CASE_BATCH; i++)
			run_case(i);
		if (fwrite(results, sizeof results, 1, stdout) != 1 || fflush(stdout))
			return 2;
	}
	return 0;
}

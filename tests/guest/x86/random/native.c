/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random x86 instructions, the reference: runs the 64-bit forms of cases (case.h) on the CPU
 * it is executed by.  A program of its own, built without sanitizers and position-independent,
 * so that nothing but the cases' memory is at addresses below 4 GiB.
 *
 *	random-native FD	(memory of struct case_exchange; commands on standard input)
 *
 * A case is entered with its state loaded; its last instruction jumps to native_exit through
 * r15, which points to the frame.  Exceptions are signals: the state is in the signal's frame.
 */
#define _GNU_SOURCE
#include "case.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

/* By offset in the code below: r at 0, flags at 32, exit at 40, stack at 48, FXSAVE at 512. */
struct native_frame {
	uint32_t r[8];
	uint64_t flags;
	void *exit;
	uint64_t stack;
	uint8_t reserved[512 - 56];
	uint8_t fpu[512];
	uint8_t private_stack[1024]; /* r13: its top */
	uint8_t scratch[512] __attribute__((aligned(16)));
	uint8_t rest[4096 - 2560];
} __attribute__((aligned(4096)));

_Static_assert(offsetof(struct native_frame, fpu) == 512, "fpu");
_Static_assert(offsetof(struct native_frame, scratch) == CASE_SCRATCH, "scratch");

static struct native_frame frame;
static struct random_result *result; /* of the case that runs */
static uint8_t *native_code;

void native_enter(struct native_frame *f, const void *code);
void native_exit(void);
void native_resume(void);

__asm__("	.text\n"
	"native_enter:\n"
	"	push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
	"	mov %rdi, %r15; lea 2048(%rdi), %r13; mov %rdi, %r14; mov %rsi, %r12\n"
	"	mov %rsp, 48(%r15)\n"
	"	fxrstor 512(%r15)\n"
	"	push 32(%r15); popfq\n"
	"	mov 0(%r15), %eax; mov 4(%r15), %ecx; mov 8(%r15), %edx; mov 12(%r15), %ebx\n"
	"	mov 20(%r15), %ebp; mov 24(%r15), %esi; mov 28(%r15), %edi\n"
	"	mov 16(%r15), %esp\n"
	"	jmp *%r12\n"
	"native_exit:\n"
	"	mov %eax, 0(%r15); mov %ecx, 4(%r15); mov %edx, 8(%r15); mov %ebx, 12(%r15)\n"
	"	mov %esp, 16(%r15); mov %ebp, 20(%r15); mov %esi, 24(%r15); mov %edi, 28(%r15)\n"
	"	fxsave 512(%r15)\n"
	"	mov 48(%r15), %rsp\n"
	"	pushfq; pop 32(%r15)\n"
	"native_resume:\n"
	"	cld; fninit\n"
	"	movl $0x1f80, -8(%rsp); ldmxcsr -8(%rsp)\n"
	"	pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
	"	ret\n");

static void on_signal(int number, siginfo_t *info, void *context)
{
	static const uint8_t order[8] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX,
					  REG_RSP, REG_RBP, REG_RSI, REG_RDI };
	ucontext_t *u = context;
	greg_t *g = u->uc_mcontext.gregs;

	(void)number, (void)info;
	if ((uint64_t)g[REG_RIP] - (uint64_t)native_code >= CASE_NATIVE_BYTES) {
		dprintf(2, "signal %d at %#llx outside of a case\n", number,
			(unsigned long long)g[REG_RIP]);
		_exit(1);
	}
	for (unsigned i = 0; i < 8; i++)
		frame.r[i] = (uint32_t)g[order[i]];
	frame.flags = (uint64_t)g[REG_EFL];
	memcpy(frame.fpu, u->uc_mcontext.fpregs, sizeof frame.fpu);
	result->vector = (uint32_t)g[REG_TRAPNO];
	result->error = (uint32_t)g[REG_ERR];
	result->address = (uint32_t)g[REG_CR2];
	result->eip = (uint32_t)((uint64_t)g[REG_RIP] - (uint64_t)native_code);
	g[REG_RIP] = (greg_t)(uintptr_t)native_resume;
	g[REG_RSP] = (greg_t)frame.stack;
	g[REG_EFL] = 0x202;
}

/* The guest's address of the instruction that a place in native code belongs to. */
static uint32_t guest_eip(const struct random_case *c, unsigned n, uint32_t at)
{
	unsigned i = 0;

	while (i < c->ops && c->native_at[i + 1] <= at)
		i++;
	return case_slot(n) + c->guest_at[i];
}

static void run(struct case_exchange *x, unsigned n)
{
	const struct random_case *c = &x->cases[n];
	uint32_t code = (uint32_t)(uintptr_t)native_code;

	result = &x->results[n];
	memcpy((void *)(uintptr_t)CASE_WINDOW, x->window, sizeof x->window);
	memcpy(native_code, c->native, sizeof c->native);
	memset(frame.fpu, 0, sizeof frame.fpu);
	memcpy(frame.fpu, &c->fpu, sizeof c->fpu);
	memcpy(frame.r, c->r, sizeof frame.r);
	frame.flags = c->eflags;
	frame.exit = native_exit;
	result->vector = CASE_END;
	result->error = result->address = 0;
	result->eip = c->native_at[c->ops];
	native_enter(&frame, native_code);
	memcpy(result->r, frame.r, sizeof frame.r);
	result->eflags = (uint32_t)frame.flags;
	result->eip = guest_eip(c, n, result->eip);
	memcpy(&result->fpu, frame.fpu, sizeof result->fpu);
	result->native_ip = result->fpu.ip;
	if (result->fpu.ip - code < CASE_NATIVE_BYTES)
		result->fpu.ip = guest_eip(c, n, result->fpu.ip - code);
	memcpy(result->window, (void *)(uintptr_t)CASE_WINDOW, sizeof result->window);
}

static bool place(uint32_t address, size_t bytes, int rights)
{
	void *at = (void *)(uintptr_t)address;

	return mmap(at, bytes, rights, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) ==
	       at;
}

/* Guest code is there to be read. */
static void show_code(const struct case_exchange *x)
{
	uint8_t *at = (uint8_t *)(uintptr_t)CASE_CODE;

	mprotect(at, CASE_CODE_BYTES, PROT_READ | PROT_WRITE);
	for (unsigned n = 0; n < CASE_BATCH; n++)
		memcpy((uint8_t *)(uintptr_t)case_slot(n), x->cases[n].guest, CASE_GUEST_BYTES);
	mprotect(at, CASE_CODE_BYTES, PROT_READ);
}

static bool prepare(void)
{
	static uint8_t stack[65536];
	static const int signals[] = { SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGTRAP };
	struct sigaction action = { .sa_sigaction = on_signal,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	const stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };

	if (sigaltstack(&alternate, NULL))
		return false;
	for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
		if (sigaction(signals[i], &action, NULL))
			return false;
	native_code = mmap(NULL, CASE_NATIVE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return native_code != MAP_FAILED && place(CASE_CODE, CASE_CODE_BYTES, PROT_READ) &&
	       place(CASE_WINDOW, CASE_WINDOW_BYTES, PROT_READ | PROT_WRITE) &&
	       place(CASE_CONSTANT, 4096, PROT_READ | PROT_WRITE) &&
	       place(CASE_COUNTER, 4096, PROT_READ | PROT_WRITE);
}

int main(int argc, char **argv)
{
	struct case_exchange *x;
	char command;

	if (argc != 2 || !prepare())
		return 1;
	x = mmap(NULL, sizeof *x, PROT_READ | PROT_WRITE, MAP_SHARED, atoi(argv[1]), 0);
	if (x == MAP_FAILED)
		return 1;
	while (read(0, &command, 1) == 1) {
		mprotect((void *)(uintptr_t)CASE_CONSTANT, 4096, PROT_READ | PROT_WRITE);
		memcpy((void *)(uintptr_t)CASE_CONSTANT, x->constant, 4096);
		mprotect((void *)(uintptr_t)CASE_CONSTANT, 4096, PROT_READ);
		show_code(x);
		for (unsigned n = 0; n < CASE_BATCH; n++)
			run(x, n);
		if (write(1, &command, 1) != 1)
			return 1;
	}
	return 0;
}

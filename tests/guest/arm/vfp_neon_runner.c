/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Runs cases of the VFP and NEON test on an ARM processor, or under qemu-arm: reads
 * struct vfp_neon_case from standard input, executes the instruction in that state,
 * writes the state after it.  See vfp_neon_record.sh.
 *
 *	arm-linux-gnueabihf-gcc -static -O1 -marm -mfpu=neon-vfpv4
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "vfp_neon_case.h"

/* Instructions are put here, within a branch's reach of their return. */
#define STUBS ((uint32_t *)0x00800000)
#define STUB_COUNT 1024

static sigjmp_buf trapped;
static struct vfp_neon_case current;

/* Loads the state, sp being its address, runs the stub, saves the state. */
void run_stub(struct vfp_neon_case *state, uint32_t *stub);
extern uint32_t run_return[];
__asm__(".text\n.arm\n.global run_stub, run_return\n"
	"run_stub:\n"
	"	push {r4-r11, lr}\n"
	"	vpush {d8-d15}\n"
	"	ldr r2, =saved\n"
	"	str sp, [r2]\n"
	"	str r1, [r2, #4]\n"
	"	mov sp, r0\n"
	"	add r1, r0, #72\n"
	"	vldm r1!, {d0-d15}\n"
	"	vldm r1, {d16-d31}\n"
	"	ldr r1, [sp, #8]\n"
	"	vmsr fpscr, r1\n"
	"	ldr r1, [sp, #12]\n"
	"	msr cpsr_f, r1\n"
	"	add lr, sp, #16\n"
	"	ldm lr, {r0-r12}\n"
	"	ldr lr, =saved\n"
	"	ldr pc, [lr, #4]\n"
	"run_return:\n"
	"	add lr, sp, #16\n"
	"	stm lr, {r0-r12}\n"
	"	mrs r1, cpsr\n"
	"	str r1, [sp, #12]\n"
	"	vmrs r1, fpscr\n"
	"	str r1, [sp, #8]\n"
	"	add r1, sp, #72\n"
	"	vstm r1!, {d0-d15}\n"
	"	vstm r1, {d16-d31}\n"
	"	ldr r2, =saved\n"
	"	ldr sp, [r2]\n"
	"	vpop {d8-d15}\n"
	"	pop {r4-r11, pc}\n"
	".ltorg\n"
	".data\n.align 3\nsaved: .word 0, 0\n.text\n");

static void on_trap(int number)
{
	(void)number;
	siglongjmp(trapped, 1);
}

static void run_case(unsigned stub)
{
	memcpy((void *)CASE_MEMORY, current.memory, CASE_MEMORY_BYTES);
	if (sigsetjmp(trapped, 1))
		current.undefined = 1;
	else
		run_stub(&current, STUBS + 2 * stub);
	current.cpsr &= 0xf0000000;
	memcpy(current.memory, (void *)CASE_MEMORY, CASE_MEMORY_BYTES);
}

int main(void)
{
	static struct vfp_neon_case cases[STUB_COUNT];
	static char stack[65536];
	struct sigaction action = { .sa_handler = on_trap, .sa_flags = SA_ONSTACK };
	stack_t signal_stack = { .ss_sp = stack, .ss_size = sizeof stack };
	size_t count;

	sigaltstack(&signal_stack, NULL);
	sigaction(SIGILL, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	mmap((void *)CASE_MEMORY, 4096, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	mmap(STUBS, 8 * STUB_COUNT, PROT_READ | PROT_WRITE | PROT_EXEC,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	while ((count = fread(cases, sizeof cases[0], STUB_COUNT, stdin))) {
		for (unsigned i = 0; i < count; i++) {
			uint32_t distance =
				(uint32_t)run_return - (uint32_t)(STUBS + 2 * i + 1) - 8;

			STUBS[2 * i] = cases[i].insn;
			STUBS[2 * i + 1] = 0xea000000 | (distance >> 2 & 0xffffff);
		}
		__builtin___clear_cache((char *)STUBS, (char *)(STUBS + 2 * count));
		for (unsigned i = 0; i < count; i++) {
			current = cases[i];
			run_case(i);
			fwrite(&current, sizeof current, 1, stdout);
		}
	}
	return 0;
}

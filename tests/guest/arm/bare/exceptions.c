/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Exceptions (ARM DDI 0406C, B1.8, B1.9): entry and return in all modes and both
 * instruction sets, banked registers, IT state, other vectors.
 */
#include "bare.h"

#define MODES 6
static const uint8_t modes[MODES] = { MODE_FIQ, MODE_IRQ, MODE_SVC, MODE_ABT, MODE_UND, MODE_SYS };

/* Assembler: faulting instructions under labels, ITs, returns. */
__asm__(".text\n.arm\n"
	".global arm_udf, arm_udf_at\n"
	"arm_udf:	mov r0, #1\n"
	"arm_udf_at:	udf #0\n"
	"		add r0, r0, #2\n"
	"		bx lr\n"
	".global arm_svc, arm_svc_next\n"
	"arm_svc:	push {r4, lr}\n"
	"		cmp r0, r0\n" /* Z C */
	"		svc #77\n"
	"arm_svc_next:	moveq r0, #5\n"
	"		movne r0, #6\n"
	"		pop {r4, pc}\n"
	".global arm_bkpt, arm_bkpt_at\n"
	"arm_bkpt:	mov r0, #1\n"
	"arm_bkpt_at:	bkpt #3\n"
	"		add r0, r0, #2\n"
	"		bx lr\n"
	".thumb\n"
	".global thumb_udf16, thumb_udf16_at, thumb_udf32, thumb_udf32_at\n"
	".thumb_func\nthumb_udf16:	movs r0, #1\n"
	"thumb_udf16_at:	udf #0\n"
	"		adds r0, #2\n"
	"		bx lr\n"
	".thumb_func\nthumb_udf32:	movs r0, #1\n"
	"thumb_udf32_at:	udf.w #0\n"
	"		adds r0, #2\n"
	"		bx lr\n"
	".global thumb_svc, thumb_svc_next\n"
	".thumb_func\nthumb_svc:	push {r4, lr}\n"
	"		svc #7\n"
	"thumb_svc_next:	movs r0, #9\n"
	"		pop {r4, pc}\n"
	/* IT blocks whose every instruction traps; r0 gets a bit from each in between. */
	".global thumb_it_eq, thumb_it_ne, thumb_it_svc, thumb_it_data\n"
	".thumb_func\nthumb_it_eq: cmp r0, r0\n"
	"		mov r0, #0\n"
	"		itete eq\n"
	"		udfeq #1\n"
	"		orrne r0, r0, #1\n"
	"		orreq r0, r0, #2\n"
	"		orrne r0, r0, #4\n"
	"		orr r0, r0, #16\n"
	"		bx lr\n"
	".thumb_func\nthumb_it_ne: cmp r0, r0\n"
	"		mov r0, #0\n"
	"		ittee ne\n"
	"		udfne #1\n"
	"		orrne r0, r0, #1\n"
	"		udfeq.w #2\n"
	"		orreq r0, r0, #4\n"
	"		orr r0, r0, #16\n"
	"		bx lr\n"
	".thumb_func\nthumb_it_svc: push {r4, lr}\n"
	"		cmp r0, r0\n"
	"		mov r0, #0\n"
	"		itttt eq\n"
	"		orreq r0, r0, #1\n"
	"		svceq #9\n"
	"		orreq r0, r0, #2\n"
	"		svceq #10\n"
	"		itee ne\n"
	"		orrne r0, r0, #4\n"
	"		svceq #11\n"
	"		orreq r0, r0, #8\n"
	"		pop {r4, pc}\n"
	".thumb_func\nthumb_it_data: mov r2, r0\n"
	"		cmp r0, r0\n"
	"		mov r0, #0\n"
	"		ittte eq\n"
	"		ldrexeq r1, [r2]\n"
	"		orreq r0, r0, #1\n"
	"		ldrexeq r1, [r2]\n"
	"		ldrexne r1, [r2]\n"
	"		orr r0, r0, #2\n"
	"		bx lr\n"
	".arm\n");

typedef uint32_t code(uint32_t);
code arm_udf, arm_svc, arm_bkpt, thumb_udf16, thumb_udf32, thumb_svc;
code thumb_it_eq, thumb_it_ne, thumb_it_svc, thumb_it_data;
extern char arm_udf_at[], arm_svc_next[], arm_bkpt_at[], thumb_udf16_at[], thumb_udf32_at[],
	thumb_svc_next[];

static unsigned its_seen;
static uint32_t its[8];

static void note_it(struct trap *trap)
{
	its[its_seen++ & 7] = (trap->cpsr >> 25 & 3) | (trap->cpsr >> 8 & 0xfc);
	if (trap->vector != SVC)
		trap_default(trap);
}

static void stay_in_mode(struct trap *trap)
{
	(void)trap;
}

static void check_undefined(void)
{
	last.count = 0;
	is(arm_udf(0), 3, "execution goes on behind a skipped undefined instruction");
	trapped(UNDEFINED, (uint32_t)arm_udf_at, "UDF, ARM: its own address is LR - 4");
	is(last.handler & 0xff, PSR_I | PSR_F | MODE_UND, "UND mode, interrupts masked, ARM state");
	is(last.cpsr & 0x3f, MODE_SYS, "SPSR has the interrupted mode");
	is(thumb_udf16(0), 3, "Thumb UDF skipped");
	trapped(UNDEFINED, (uint32_t)thumb_udf16_at, "UDF, Thumb, 16 bits: LR - 2");
	is(last.cpsr & 0x3f, MODE_SYS | PSR_T, "SPSR has T");
	is(last.handler & PSR_T, 0, "the handler is in ARM state");
	is(thumb_udf32(0), 3, "UDF.W skipped");
	trapped(UNDEFINED, (uint32_t)thumb_udf32_at, "UDF, Thumb, 32 bits: LR - 2");
	is(in_user(arm_udf, 0), 3, "UDF in user mode");
	trapped(UNDEFINED, (uint32_t)arm_udf_at, "UDF in user mode: address");
	is(last.cpsr & 0x3f, MODE_USR, "SPSR has user mode");
}

static void check_svc(void)
{
	trap_hook[SVC] = stay_in_mode;
	last.count = 0;
	is(arm_svc(0), 5, "flags are kept over SVC");
	trapped(SVC, (uint32_t)arm_svc_next, "SVC, ARM: LR is the next instruction's");
	is(last.handler & 0x3f, MODE_SVC, "SVC mode");
	is(last.cpsr & 0xf000003f, 0x60000000 | MODE_SYS, "SPSR has the flags");
	is(thumb_svc(0), 9, "SVC returns to Thumb");
	trapped(SVC, (uint32_t)thumb_svc_next, "SVC, Thumb: LR is the next instruction's");
	trap_hook[SVC] = NULL;
	is(arm_bkpt(0), 3, "BKPT skipped");
	ok(last.count == 1 && last.vector == PREFETCH && last.pc == (uint32_t)arm_bkpt_at,
	   "BKPT is a prefetch abort");
	is(last.ifsr & 0x40f, 2, "BKPT: debug event");
	is(last.handler & 0x1df, PSR_A | PSR_I | PSR_F | MODE_ABT, "ABT mode, A and I set");
	last.count = 0;
}

static void check_it_state(void)
{
	trap_hook[UNDEFINED] = trap_hook[DATA] = note_it;
	its_seen = 0;
	is(thumb_it_eq(0), 0x12, "ITETE EQ: goes on in the block after a trap");
	is(its_seen, 1, "one trap");
	is(its[0], 0x0b, "SPSR.IT at the first instruction of ITETE EQ");
	its_seen = 0;
	is(thumb_it_ne(0), 0x14, "ITTEE NE: first two skipped, third traps, fourth done");
	is(its_seen, 1, "one trap, of the third instruction");
	is(its[0], 0x04, "SPSR.IT at the third");
	last.count = its_seen = 0;
	is(thumb_it_data((uint32_t)its + 1), 3, "ITTTE EQ: data aborts within");
	is(its_seen, 2, "two data aborts");
	is(its[0] << 8 | its[1], 0x030c, "SPSR.IT at the first and third instruction");
	trap_hook[UNDEFINED] = trap_hook[DATA] = NULL;
	trap_hook[SVC] = note_it;
	its_seen = 0;
	is(thumb_it_svc(0), 0xb, "SVC within IT blocks");
	is(its_seen, 3, "three SVCs");
	is(its[0], 0x04, "SPSR.IT of SVC: that of the next instruction");
	is(its[1], 0x00, "SPSR.IT of SVC at the end of the block");
	is(its[2], 0x08, "SPSR.IT of SVC in the second block");
	trap_hook[SVC] = NULL;
	last.count = 0;
}

/* Writes sp, lr and spsr of a mode, or reads one; interrupts are masked. */
#define IN_MODE(mode, text, ...)                                                                   \
	__asm__ volatile("cps #" #mode "\n\t" text "\n\tcps #0x1f"                                 \
			 : __VA_ARGS__                                                             \
			 : "memory", "r8", "r9", "r10", "r11", "r12", "lr")
#define SET_BANK(mode, s, l, p)                                                                    \
	IN_MODE(mode, "mov sp, %0\n\tmov lr, %1\n\tmsr spsr_fsxc, %2", : "r"(s), "r"(l), "r"(p))
#define GET_BANK(mode, s, l, p)                                                                    \
	IN_MODE(mode, "mov %0, sp\n\tmov %1, lr\n\tmrs %2, spsr", "=&r"(s), "=&r"(l), "=&r"(p) :)

#define EACH_BANK(do)                                                                              \
	do                                                                                         \
	(0x11) do(0x12) do(0x13) do(0x17) do(0x1b)

static void check_banks(void)
{
	static uint32_t saved[32][3];
	uint32_t s, l, p;
	bool good = true;

#define SAVE(m) GET_BANK(m, saved[m & 31][0], saved[m & 31][1], saved[m & 31][2]);
	EACH_BANK(SAVE)
#define SET(m) SET_BANK(m, 0x1000u + m, 0x2000u + m, 0x30000000u + m);
	EACH_BANK(SET)
#define GET(m)                                                                                     \
	GET_BANK(m, s, l, p);                                                                      \
	good = good && s == 0x1000u + m && l == 0x2000u + m && p == 0x30000000u + m;
	EACH_BANK(GET)
#define RESTORE(m) SET_BANK(m, saved[m & 31][0], saved[m & 31][1], saved[m & 31][2]);
	EACH_BANK(RESTORE)
	ok(good, "SP, LR and SPSR of five modes are separate");
}

/* Sets r8..r12 of FIQ mode and the others' apart, and reads both sets. */
static void check_fiq_registers(void)
{
	static uint32_t out[20];
	uint32_t *at = out;

	__asm__ volatile(
		"mov r4, %0\n\t"
		"mov r8, #18\n\tmov r9, #19\n\tmov r10, #20\n\tmov r11, #21\n\tmov r12, #22\n\t"
		"cps #0x11\n\t"
		"mov r8, #8\n\tmov r9, #9\n\tmov r10, #10\n\tmov r11, #11\n\tmov r12, #12\n\t"
		"cps #0x12\n\t"
		"stmia r4!, {r8-r12}\n\t"
		"cps #0x11\n\t"
		"stmia r4!, {r8-r12}\n\t"
		"stmia r4, {r8-r12}^\n\t"
		"add r4, r4, #20\n\t"
		"sub r5, r4, #40\n\t"
		"ldmia r5, {r8-r12}^\n\t" /* user's := FIQ's values */
		"nop\n\t"
		"cps #0x1f\n\t"
		"stmia r4!, {r8-r12}"
		:
		: "r"(at)
		: "memory", "r4", "r5", "r8", "r9", "r10", "r11", "r12");
	is(out[0] << 16 | out[4], 18 << 16 | 22, "IRQ mode has user mode's r8 and r12");
	is(out[5] << 16 | out[9], 8 << 16 | 12, "FIQ mode has its own");
	is(out[10] << 16 | out[14], 18 << 16 | 22, "STM ^ in FIQ mode stores user mode's");
	is(out[15] << 16 | out[19], 8 << 16 | 12, "LDM ^ in FIQ mode loads user mode's");
}

static void check_user_sp(void)
{
	uint32_t sp, lr, buffer[2] = { 0, 0 }, seen[2];

	__asm__ volatile("mov r3, lr\n\t"
			 "mov lr, #77\n\t"
			 "mov %0, sp\n\t"
			 "cps #0x13\n\t"
			 "stmia %2, {sp, lr}^\n\t"
			 "nop\n\t"
			 "ldr %1, [%2, #4]\n\t"
			 "cps #0x1f\n\t"
			 "mov lr, r3"
			 : "=&r"(sp), "=&r"(lr)
			 : "r"(buffer)
			 : "r3", "lr", "memory");
	is(lr, 77, "STM ^ in SVC mode stores user LR");
	is(buffer[0], sp, "STM ^ in SVC mode stores user SP");
	buffer[1] = 99;
	__asm__ volatile("mov r3, lr\n\t"
			 "cps #0x13\n\t"
			 "ldmia %1, {sp, lr}^\n\t"
			 "nop\n\t"
			 "cps #0x1f\n\t"
			 "mov r2, lr\n\t"
			 "mov lr, r3\n\t"
			 "str r2, [%0]\n\t"
			 "str sp, [%0, #4]"
			 :
			 : "r"(seen), "r"(buffer)
			 : "r2", "r3", "lr", "memory");
	is(seen[0], 99, "LDM ^ in SVC mode loads user LR");
	is(seen[1], sp, "LDM ^ in SVC mode loads user SP");
}

/* Exception returns of all kinds, to a label in Thumb or ARM state with flags. */
#define RETURN_BY(name, set_up, instruction)                                                       \
	static uint32_t return_##name(uint32_t psr)                                                \
	{                                                                                          \
		uint32_t result;                                                                   \
		static uint32_t frame[4];                                                          \
                                                                                                   \
		__asm__ volatile("mov r4, %2\n\t"                                                  \
				 "mov r5, %1\n\t"                                                  \
				 "cps #0x13\n\t"                                                   \
				 "mov r6, sp\n\t"                                                  \
				 "msr spsr_fsxc, r5\n\t"                                           \
				 "adr lr, 1f\n\t" set_up "\n\t" instruction "\n\t"                 \
				 "udf #0\n\t"                                                      \
				 ".align 2\n"                                                      \
				 "1:	mov r3, r3\n\t" /* two instructions in Thumb */            \
				 "mrs r2, cpsr\n\t"                                                \
				 "cps #0x13\n\t"                                                   \
				 "mov sp, r6\n\t"                                                  \
				 "cps #0x1f\n\t"                                                   \
				 "mov %0, r2"                                                      \
				 : "=r"(result)                                                    \
				 : "r"(psr), "r"(frame)                                            \
				 : "r2", "r3", "r4", "r5", "r6", "r12", "lr", "cc", "memory");     \
		return result;                                                                     \
	}

RETURN_BY(movs, "", "movs pc, lr")
RETURN_BY(subs, "add lr, lr, #4", "subs pc, lr, #4")
RETURN_BY(ldm, "str lr, [r4]", "ldm r4, {pc}^")
RETURN_BY(ldm_stack, "mov sp, r4\n\tstr lr, [r4, #4]", "ldm sp!, {r12, pc}^")
RETURN_BY(rfeia, "stm r4, {r5}\n\tstr lr, [r4]\n\tstr r5, [r4, #4]", "rfeia r4")
RETURN_BY(rfeib, "str lr, [r4, #4]\n\tstr r5, [r4, #8]", "rfeib r4!")
RETURN_BY(rfeda, "str lr, [r4]\n\tstr r5, [r4, #4]\n\tadd r4, r4, #4", "rfeda r4")
RETURN_BY(rfedb, "str lr, [r4]\n\tstr r5, [r4, #4]\n\tadd r4, r4, #8", "rfedb r4!")
RETURN_BY(srs_rfe, "mov sp, r4\n\tadd sp, sp, #16\n\tsrsdb sp!, #0x13", "rfeia sp!")

static void check_returns(void)
{
	static const struct {
		uint32_t (*by)(uint32_t);
		const char *name;
	} returns[] = {
		{ return_movs, "MOVS PC, LR" },
		{ return_subs, "SUBS PC, LR, #4" },
		{ return_ldm, "LDM {PC}^" },
		{ return_ldm_stack, "LDM SP!, {R12, PC}^" },
		{ return_rfeia, "RFEIA" },
		{ return_rfeib, "RFEIB" },
		{ return_rfeda, "RFEDA" },
		{ return_rfedb, "RFEDB" },
		{ return_srs_rfe, "SRSDB then RFEIA" },
	};

	for (unsigned i = 0; i < sizeof returns / sizeof returns[0]; i++)
		for (unsigned m = 0; m < MODES; m++) {
			uint32_t psr = 0xa8050000 | PSR_A | PSR_I | PSR_F | modes[m];

			if (returns[i].by(psr) != psr) {
				is(returns[i].by(psr), psr, returns[i].name);
				return;
			}
		}
	ok(true, "nine ways to return to six modes restore CPSR");
}

static void check_srs(void)
{
	static uint32_t frame[8];
	uint32_t sp;

	/* From SVC mode onto the stack of ABT mode. */
	for (unsigned i = 0; i < 8; i++)
		frame[i] = 0;
	__asm__ volatile("cps #0x17\n\t"
			 "mov r3, sp\n\t"
			 "mov sp, %1\n\t"
			 "cps #0x13\n\t"
			 "mov r2, lr\n\t"
			 "mov lr, #0x55\n\t"
			 "mov r1, #0xd3\n\t"
			 "msr spsr_fsxc, r1\n\t"
			 "srsia sp, #0x17\n\t"
			 "srsib sp!, #0x17\n\t"
			 "mov lr, r2\n\t"
			 "cps #0x17\n\t"
			 "mov %0, sp\n\t"
			 "mov sp, r3\n\t"
			 "cps #0x1f"
			 : "=&r"(sp)
			 : "r"(frame)
			 : "r1", "r2", "r3", "lr", "memory");
	ok(frame[0] == 0x55 && frame[1] == 0x55 && frame[2] == 0xd3,
	   "SRSIA and SRSIB store LR and SPSR on another mode's stack");
	is(sp, (uint32_t)frame + 8, "SRSIB with write-back changes that mode's SP");
}

/* Program status by MSR and CPS. */
static uint32_t user_msr(uint32_t value)
{
	uint32_t result;

	__asm__ volatile("msr cpsr_fsxc, %1\n\tcpsie aif\n\tmrs %0, cpsr\n\tmsr cpsr_f, #0"
			 : "=r"(result)
			 : "r"(value)
			 : "cc");
	return result;
}

static uint32_t user_cps(uint32_t unused)
{
	(void)unused;
	__asm__ volatile("cps #0x13" : : : "memory");
	return 4;
}

static void check_status(void)
{
	uint32_t value;

	is(in_user(user_msr, 0xf80f0000 | MODE_SVC) & 0xf80f01c0,
	   0xf80f0000 | PSR_A | PSR_I | PSR_F,
	   "MSR in user mode writes flags, Q and GE but no masks");
	is(in_user(user_cps, 0), 4, "CPS in user mode does nothing");
	is(last.count, 0, "neither traps");
	__asm__ volatile("msr cpsr_s, %1\n\tmrs %0, cpsr" : "=r"(value) : "r"(0x00050000));
	is(value >> 16 & 15, 5, "MSR CPSR_s writes GE");
	__asm__ volatile("msr cpsr_c, %1\n\tmrs %0, cpsr\n\tmsr cpsr_c, %2"
			 : "=&r"(value)
			 : "r"(PSR_I | PSR_F | MODE_ABT), "r"(PSR_I | PSR_F | MODE_SYS)
			 : "memory");
	is(value & 0x1f, MODE_ABT, "MSR CPSR_c changes the mode");
	__asm__ volatile("cps #0x13\n\tmsr spsr_fsxc, %1\n\tmsr spsr_f, %2\n\tmrs %0, spsr\n\t"
			 "cps #0x1f"
			 : "=&r"(value)
			 : "r"(0x000f03d3), "r"(0xf0000000)
			 : "memory");
	is(value, 0xf00f03d3, "MSR SPSR_f leaves the other bytes");
	__asm__ volatile("cpsid a, #0x1f\n\tmrs %0, cpsr\n\tcpsie a" : "=&r"(value) : : "memory");
	is(value & PSR_A, PSR_A, "CPSID A");
	is(read_cpsr() & PSR_A, 0, "CPSIE A");
}

/* Traps within handlers. */
static uint32_t nested[3];

static void undefined_within(struct trap *trap)
{
	nested[0] = trap->cpsr & 0x1f;
	arm_svc(0); /* from UND mode into SVC mode */
	trap->pc += 4;
}

static void svc_within(struct trap *trap)
{
	uint32_t value, *odd = (uint32_t *)((uint32_t)nested + 1);

	nested[1] = trap->cpsr & 0x1f;
	__asm__ volatile("ldrex %0, [%1]" : "=&r"(value) : "r"(odd) : "memory");
	nested[2] = last.cpsr & 0x1f;
	trap->r[0] = 41;
}

static void check_nesting(void)
{
	trap_hook[UNDEFINED] = undefined_within;
	trap_hook[SVC] = svc_within;
	last.count = 0;
	is(arm_udf(0), 3, "registers survive three nested exceptions");
	is(last.count, 3, "undefined instruction, SVC, data abort");
	ok(nested[0] == MODE_SYS && nested[1] == MODE_UND && nested[2] == MODE_SVC,
	   "each SPSR has the mode before");
	trap_hook[UNDEFINED] = trap_hook[SVC] = NULL;
	last.count = 0;
}

/* Other vectors.  Thumb ones go to the usual place through ARM state. */
__asm__(".text\n.balign 32\n.thumb\n"
	".global thumb_vectors\n"
	"thumb_vectors:\n"
	".irp n, 0, 4, 8, 12, 16, 20, 24, 28\n"
	"	b.w thumb_vector_\\n\n"
	".endr\n"
	".irp n, 0, 4, 8, 12, 16, 20, 24, 28\n"
	".balign 4\n"
	"thumb_vector_\\n:\n"
	"	bx pc\n"
	"	nop\n"
	".arm\n"
	"	b vectors + \\n\n"
	".thumb\n"
	".endr\n"
	".arm\n");
extern uint32_t thumb_vectors[];

static uint32_t handler_was_thumb;

static void note_thumb(struct trap *trap)
{
	trap_default(trap);
	handler_was_thumb++;
}

static void check_thumb_vectors(void)
{
	CP_WRITE(c12, 0, c0, 0, thumb_vectors);
	WRITE_SCTLR(READ_SCTLR() | SCTLR_TE);
	trap_hook[UNDEFINED] = note_thumb;
	last.count = 0;
	is(arm_udf(0) + thumb_udf32(0), 6, "SCTLR.TE: exceptions are taken in Thumb state");
	is(last.count, 2, "both came to the handler");
	trap_hook[UNDEFINED] = NULL;
	WRITE_SCTLR(READ_SCTLR() & ~SCTLR_TE);
	CP_WRITE(c12, 0, c0, 0, vectors);
}

__asm__(".text\n.balign 32\n"
	"big_vectors:\n"
	"	b .\n"
	"	b 1f\n" /* undefined */
	"	b .\n	b .\n	b .\n	b .\n	b .\n	b .\n"
	"1:	mrs r0, cpsr\n"
	"	movs pc, lr\n"
	".global big_udf\n"
	"big_udf: udf #0\n"
	"	bx lr\n");
extern uint32_t big_vectors[];
code big_udf;

static void check_big_endian_entry(void)
{
	uint32_t cpsr;

	CP_WRITE(c12, 0, c0, 0, big_vectors);
	WRITE_SCTLR(READ_SCTLR() | SCTLR_EE);
	cpsr = big_udf(0);
	WRITE_SCTLR(READ_SCTLR() & ~SCTLR_EE);
	CP_WRITE(c12, 0, c0, 0, vectors);
	is(cpsr & (PSR_E | 0x1f), PSR_E | MODE_UND, "SCTLR.EE: CPSR.E is set at the vector");
	is(read_cpsr() & PSR_E, 0, "and as it was after the return");
}

static void check_high_vectors(void)
{
	uint32_t *copy = (uint32_t *)(RAM_SPARE + 0xf0000);

	mmu_start();
	map_section(0xfff00000, RAM_SPARE | SECTION | AP_SECTION(AP_ALL));
	for (unsigned i = 0; i < 8; i++) {
		copy[i] = 0xe59ff018; /* ldr pc, [pc, #24] */
		copy[i + 8] = (uint32_t)(vectors + i);
	}
	sync_code(copy, 64);
	CP_WRITE(c12, 0, c0, 0, RAM_SPARE); /* not used now */
	WRITE_SCTLR(READ_SCTLR() | SCTLR_V);
	last.count = 0;
	is(arm_udf(0), 3, "SCTLR.V: vectors at 0xffff0000");
	trapped(UNDEFINED, (uint32_t)arm_udf_at, "undefined instruction through high vectors");
	WRITE_SCTLR(READ_SCTLR() & ~SCTLR_V);
	CP_WRITE(c12, 0, c0, 0, vectors);
	mmu_stop();
}

int main(void)
{
	check_undefined();
	check_svc();
	check_it_state();
	check_banks();
	check_fiq_registers();
	check_user_sp();
	check_returns();
	check_srs();
	check_status();
	check_nesting();
	check_thumb_vectors();
	check_big_endian_entry();
	check_high_vectors();
	return 0;
}

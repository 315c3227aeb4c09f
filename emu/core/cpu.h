/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The part of a guest CPU's state that all guests share, and what front ends,
 * helpers and chips of the CPU may ask of the core.  A guest's state begins with
 * struct cpu; all of it is one block of memory whose fields are IR slots.
 *
 * vCPU thread only, but for cpu_poke.
 *
 * Control leaves translated code in two ways: by an exit, or by cpu_raise from a
 * function that was called at a site (a load, a store, a span, CALL_SITE): there
 * cpu->pc and cpu->refund have been set, all slots are in memory.
 */
#ifndef EMU_CORE_CPU_H
#define EMU_CORE_CPU_H

#include <emu/types.h>

struct archive;
struct bus;
struct clock;
struct code;
struct guest;
struct machine;
struct mem;

#define CPU_BOUNCE_BYTES 256
#define CPU_RETURNS 16    /* return predictor's entries */
#define CPU_JUMPS_LOG2 12 /* jump cache's entries */
#define CPU_JUMPS (1u << CPU_JUMPS_LOG2)

/* Identifies code: pc in the low half, mode flags in the high.  0 never occurs as a
 * valid tag (modes always have bit 31 set). */
typedef uint64_t block_tag;

struct cpu_jump {
	block_tag tag;
	const void *code;
};

struct cpu {
	/* Slots, and fields that translated code knows by offset. */
	uint32_t pc;            /* of the next instruction; with the guest's mode bit, if any */
	int32_t budget;         /* instructions that may still start; in a host register
			    * within translated code, here at sites */
	uint32_t refund;        /* at a site: instructions of the running block not yet done,
			    * the current one included */
	uint32_t fp_rounding;   /* enum fp_rounding */
	uint32_t fp_sticky;     /* enum fp_sticky */
	uint32_t fp_denormal;   /* FP_DENORMAL if the host's flag counts as the guest's, else 0 */
	uint32_t return_top;    /* index * sizeof(struct cpu_jump) */
	uint32_t host_control;  /* the host's: saved floating-point environment ... */
	uint32_t guest_control; /* ... and the one for translated code */
	uint32_t x87_control;   /* control word for translated code; 0: it uses no x87 */
	uint32_t x87_pending;   /* at a site: what of the x87 is in the host's, else 0 */
	uint64_t x87_operand;   /* the back end's */
	void *host_stack;       /* the host's */
	struct cpu_jump returns[CPU_RETURNS];
	struct cpu_jump *jumps; /* jump cache: CPU_JUMPS entries, see code.h */
	/* At an exit_run, with cpu->pc set: where to go on at once, or NULL: to the run loop.
	 * The field may be NULL. */
	const void *(*next)(struct cpu *cpu);
	uint8_t bounce[CPU_BOUNCE_BYTES] __attribute__((aligned(16)));

	/* Not known to translated code. */
	const struct guest *guest;
	struct machine *machine;
	struct mem *mem;
	struct bus *bus;
	struct clock *clock;
	struct code *code;
	uint32_t modes;    /* of the running block */
	bool halted;       /* waits for an interrupt (WFI, HLT) */
	bool event;        /* a pending interrupt or debug event may be deliverable: the run
			     * loop asks guest->interrupt */
	bool postponed;    /* exceptions whose delivery raises go on and on: before the next
			     * instruction the run loop calls guest->deliver_postponed */
	uint64_t event_at; /* deterministic: not before this many instructions */
	uint64_t done;     /* instructions finished before this slice */
	int32_t slice;     /* budget at the slice's start */
	uint64_t exceptions, interrupts; /* statistics */
	void *unwind[5];                 /* of __builtin_setjmp */
};

/* Instructions executed so far; exact at sites and between blocks. */
uint64_t cpu_executed(const struct cpu *cpu);

/* Abandons the current instruction and goes on at cpu->pc, which the caller has set
 * along with the rest of the state.  Only from a site. */
_Noreturn void cpu_raise(struct cpu *cpu);

/* Likewise, but the instruction is run again and hasn't counted. */
_Noreturn void cpu_retry(struct cpu *cpu);

/* At a site: nothing of the running block after the current instruction will be executed, an
 * event is being entered.  So no store from here on makes the instruction run again. */
void cpu_leave_block(struct cpu *cpu);

/* An interrupt input of the CPU has risen, or something else the run loop must look
 * at: it will ask guest->interrupt soon; in deterministic mode after a fixed number of
 * instructions, so that it doesn't depend on how code was cut into blocks. */
void cpu_notice(struct cpu *cpu);

/* The running instruction, a block's last, has unmasked an interrupt that is pending: the
 * run loop will ask guest->interrupt before the next one, in deterministic mode too. */
void cpu_unmask(struct cpu *cpu);

/* Ends the slice at the next block boundary; from the vCPU thread. */
void cpu_end_slice(struct cpu *cpu);

/* Throws away all translated code: what numbers in its mode flags stand for has changed.
 * At sites, too; the running block must end with exit_run, or raise. */
void cpu_forget_code(struct cpu *cpu);

/* Sleeps until the next interrupt: sets halted and ends the slice; the block must end
 * after it (exit_run). */
void cpu_halt(struct cpu *cpu);

/* Asks the machine for power-off or reset; takes effect at the next block boundary. */
void cpu_request_off(struct cpu *cpu);
void cpu_request_reset(struct cpu *cpu);

#endif

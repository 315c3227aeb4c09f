/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Inside the x86 guest's system part: descriptors, stacks, events, EFLAGS, and what its
 * files are to each other.  (SDM: Intel's Software Developer's Manual, by volume and
 * section.)
 *
 * Everything here may raise where it touches guest memory.  The order in all of it is
 * check, store, commit: registers change when nothing can fail any more, except in task
 * switches, which have a point of no return (task.c).
 */
#ifndef EMU_GUEST_X86_PROTECT_H
#define EMU_GUEST_X86_PROTECT_H

#include "guest/x86/system.h"

/* Bits of a descriptor's second word, and of struct x86_segment's access (SDM 3, 3.4.5). */
#define X86_ACCESSED (1u << 8)
#define X86_WRITABLE (1u << 9) /* data */
#define X86_READABLE (1u << 9) /* code */
#define X86_DOWN (1u << 10)    /* data: expand-down */
#define X86_CONFORMING (1u << 10)
#define X86_CODE (1u << 11)
#define X86_BUSY (1u << 9) /* TSS */
#define X86_ORDINARY (1u << 12)
#define X86_DPL(high) ((high) >> 13 & 3)
#define X86_PRESENT (1u << 15)
#define X86_BIG (1u << 22)
#define X86_GRANULAR (1u << 23)
#define X86_ACCESS_MASK 0x00f0ff00u
#define X86_TYPE(high) ((high) >> 8 & 31) /* S included: system types are 0..15 */

/* Access of segments in real and virtual-8086 mode. */
#define X86_REAL_ACCESS (X86_PRESENT | X86_ORDINARY | X86_WRITABLE | X86_ACCESSED)
#define X86_V86_ACCESS (X86_REAL_ACCESS | 3u << 13)

/* System types (SDM 3, 3.5). */
enum x86_system_type {
	X86_TSS16 = 1,
	X86_LDT = 2,
	X86_TSS16_BUSY = 3,
	X86_CALL_GATE16 = 4,
	X86_TASK_GATE = 5,
	X86_INTERRUPT_GATE16 = 6,
	X86_TRAP_GATE16 = 7,
	X86_TSS32 = 9,
	X86_TSS32_BUSY = 11,
	X86_CALL_GATE32 = 12,
	X86_INTERRUPT_GATE32 = 14,
	X86_TRAP_GATE32 = 15,
};

#define X86_NULL(selector) (((selector)&0xfffcu) == 0)
#define X86_RPL(selector) ((selector)&3u)
#define X86_IN_LDT(selector) ((selector)&4u)

static inline bool x86_protected(const struct x86 *x)
{
	return x->cr0 & X86_CR0_PE && !(x->eflags & X86_VM);
}

static inline bool x86_v86(const struct x86 *x)
{
	return x->eflags & X86_VM;
}

static inline unsigned x86_iopl(const struct x86 *x)
{
	return x->eflags >> 12 & 3;
}

/* Accesses by linear address; log2 of bytes: 0 to 2. */
static inline uint32_t x86_load(struct x86 *x, uint32_t linear, unsigned log2)
{
	struct ir_mem how = { .size = log2 & 7, .space = X86_SPACE_KERNEL };

	return (uint32_t)mem_load(&x->cpu, linear, how);
}

static inline void x86_store(struct x86 *x, uint32_t linear, unsigned log2, uint32_t value)
{
	struct ir_mem how = { .size = log2 & 7, .space = X86_SPACE_KERNEL };

	mem_store(&x->cpu, linear, how, value);
}

/* Raises with a selector as error code. */
static inline _Noreturn void x86_raise_selector(struct x86 *x, enum x86_vector vector,
						uint32_t selector)
{
	x86_raise_code(x, vector, selector & 0xfffc);
}

/* Unless CPL is 0: #GP(0). */
static inline void x86_require_cpl0(struct x86 *x)
{
	if (x86_cpl(x) != 0)
		x86_raise_code(x, X86_GP, 0);
}

/* descriptors.c */
struct x86_descriptor {
	uint16_t selector;
	uint32_t low, high;
};

/* False: beyond its table's limit.  Null selectors are the caller's matter. */
bool x86_descriptor_read(struct x86 *x, uint32_t selector, struct x86_descriptor *d);
uint32_t x86_descriptor_base(const struct x86_descriptor *d);
uint32_t x86_descriptor_limit(const struct x86_descriptor *d);
/* Changes bits of the second word, in memory too. */
void x86_descriptor_change(struct x86 *x, struct x86_descriptor *d, uint32_t clear, uint32_t set);
/* As a segment register holds it, marked as accessed. */
struct x86_segment x86_descriptor_segment(const struct x86_descriptor *d);

static inline bool x86_is_code(uint32_t high)
{
	return (high & (X86_ORDINARY | X86_CODE)) == (X86_ORDINARY | X86_CODE);
}

static inline bool x86_is_writable(uint32_t high)
{
	return (high & (X86_ORDINARY | X86_CODE | X86_WRITABLE)) == (X86_ORDINARY | X86_WRITABLE);
}

static inline bool x86_is_conforming(uint32_t high)
{
	return high & X86_CONFORMING;
}

static inline bool x86_is_tss32(uint32_t access)
{
	return access & 1u << 11;
}

/* segment.c: whether bytes at an offset are within the segment's limits. */
bool x86_within(const struct x86_segment *s, uint32_t offset, uint32_t bytes);

/* A stack that is being worked with; nothing of it is in the registers yet. */
struct x86_stack {
	struct x86_segment segment;
	uint32_t esp, mask; /* mask: of the bits of esp that count */
	uint32_t code;      /* #SS's error code if it is too small */
	unsigned space;
	bool aligned; /* #AC */
};

struct x86_stack x86_stack_current(const struct x86 *x);
struct x86_stack x86_stack_of(const struct x86_segment *segment, uint32_t esp, unsigned cpl);
/* Room for `count` items of `size` (2, 4) bytes, else #SS. */
void x86_stack_room(struct x86 *x, const struct x86_stack *s, unsigned count, unsigned size);
void x86_push(struct x86 *x, struct x86_stack *s, unsigned size, uint32_t value);
uint32_t x86_pop(struct x86 *x, struct x86_stack *s, unsigned size);
/* Pops and forgets. */
void x86_stack_release(struct x86_stack *s, uint32_t bytes);
/* Into SS and ESP, or ESP alone; of ESP what the stack's size has. */
void x86_stack_commit(struct x86 *x, const struct x86_stack *s);
void x86_stack_commit_esp(struct x86 *x, const struct x86_stack *s);

/* segment_load.c: segment registers' checks, with `bad` (#GP or #TS) if it is the selector
 * that is wrong; the descriptors are marked as accessed. */
struct x86_segment x86_check_stack_segment(struct x86 *x, uint32_t selector, unsigned cpl,
					   enum x86_vector bad);
struct x86_segment x86_check_data_segment(struct x86 *x, uint32_t selector, unsigned cpl,
					  enum x86_vector bad);
void x86_load_real_segment(struct x86 *x, unsigned segment, uint16_t selector);
void x86_load_v86_segment(struct x86 *x, unsigned segment, uint16_t selector);
void x86_load_null_segment(struct x86 *x, unsigned segment, uint16_t selector);
/* Real or virtual-8086, by mode. */
void x86_load_plain_segment(struct x86 *x, unsigned segment, uint16_t selector);
static inline void x86_put_segment(struct x86 *x, unsigned segment, const struct x86_segment *s)
{
	x86_set_segment(x, segment, s->selector, s->base, s->limit, s->access);
}

/* far.c.  The stack for a more privileged level from the TSS; #TS. */
struct x86_stack x86_inner_stack(struct x86 *x, unsigned cpl);
/* A far jump's or call's target, in bits 0..15 of `selector` the code segment's. */
struct x86_target {
	struct x86_segment segment;
	uint32_t eip;
};
/* #GP(0) if it is beyond the limit. */
void x86_check_target(struct x86 *x, const struct x86_target *t);
/* CS with RPL = CPL; yields the linear pc. */
uint32_t x86_enter_target(struct x86 *x, const struct x86_target *t, unsigned cpl);

/* task.c */
enum x86_task_reason { X86_TASK_JUMP, X86_TASK_CALL, X86_TASK_RETURN };

/* A task gate's or far pointer's TSS; #GP (or `bad`), #NP. */
struct x86_descriptor x86_check_tss(struct x86 *x, uint32_t selector, bool busy,
				    enum x86_vector bad);
/* Goes on in the other task; the current one is saved as going on at `eip` with these
 * bits more in EFLAGS.  Yields the linear pc. */
uint32_t x86_task_switch(struct x86 *x, struct x86_descriptor *tss, enum x86_task_reason reason,
			 uint32_t eip, uint32_t eflags);
/* #DB if the task just entered asks for it (T). */
void x86_task_trap(struct x86 *x, uint32_t pc);

/* eflags.c: all of those bits of `mask` that this CPU has.  Interrupts and traps that
 * become possible are seen to. */
void x86_write_eflags(struct x86 *x, uint32_t value, uint32_t mask);
#define X86_IRET_FLAGS                                                                             \
	(X86_ARITHMETIC | X86_TF | X86_DF | X86_NT | X86_RF | X86_AC | X86_ID) /* always */

/* exception.c */
enum x86_delivery {
	X86_DELIVERY_NONE,
	X86_DELIVERY_BENIGN,
	X86_DELIVERY_CONTRIBUTORY,
	X86_DELIVERY_PAGE_FAULT,
	X86_DELIVERY_DOUBLE_FAULT,
};

struct x86_event {
	uint8_t vector;
	bool software; /* INT n, INT3, INTO: the gate's DPL counts, EXT is 0 */
	bool external; /* interrupt: benign whatever its vector */
	bool fault;    /* RF in the saved EFLAGS */
	bool has_code;
	uint32_t code;
	uint32_t eip; /* to return to */
};

/* Enters the handler; yields its linear pc, which is in cpu.pc too. */
uint32_t x86_deliver(struct x86 *x, const struct x86_event *e);
/* deliver.c: what the mode demands. */
uint32_t x86_deliver_real(struct x86 *x, const struct x86_event *e);
uint32_t x86_deliver_protected(struct x86 *x, const struct x86_event *e);

/* control.c, mmu.c */
bool x86_load_directory(struct x86 *x, uint32_t cr3); /* PAE; false: reserved bits */
void x86_set_cr3(struct x86 *x, uint32_t value);      /* as a MOV; #GP(0) */

/* msr.c */
void x86_msr_reset(struct x86 *x);
uint64_t x86_tsc(struct x86 *x);

/* model.c */
const struct x86_model *x86_model_find(const char *name);

/* debug.c */
#define X86_DR6_BD (1u << 13)
#define X86_DR6_BS (1u << 14)
#define X86_DR6_BT (1u << 15)
#define X86_DR7_GD (1u << 13)
bool x86_breaks_code(const struct x86 *x);
bool x86_breaks_data(const struct x86 *x);
/* The breakpoint is of a kind (DR7.RWn) and enabled. */
enum x86_break_kind { X86_BREAK_CODE, X86_BREAK_WRITE, X86_BREAK_IO, X86_BREAK_ACCESS };
bool x86_break_is(const struct x86 *x, unsigned n, enum x86_break_kind kind);
unsigned x86_break_bytes(const struct x86 *x, unsigned n);
/* IN and OUT: noted for the trap after the instruction. */
void x86_note_io(struct x86 *x, unsigned port, unsigned bytes);
void x86_debug_reset(struct x86 *x);
/* Data breakpoints have changed. */
void x86_watch(struct x86 *x);

/* modes.c: forgets all numbers of code segments but CS's. */
void x86_reset_code_segments(struct x86 *x);

/* x86.c: INIT#, which leaves FPU, MTRRs, TSC, and the cache (CR0.CD, CR0.NW) alone. */
void x86_init(struct x86 *x);

#endif

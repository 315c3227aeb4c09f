/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The x87 FPU (Intel SDM 1, chapter 8) inside.
 *
 * With all exceptions masked, instructions that are common are IR's (ir_x87), which the back
 * end leaves to the host's x87; cpu.x87_control is the control word for that, and a stack fault
 * that may come makes blocks be translated otherwise (fpu.distrusted).
 *
 * Functions here do all the rest, and the same for the interpreter.  What is common - normal
 * numbers and zeros, no exception but an inexact result that is masked - is computed on integers
 * (x87_fast.h); all else by the host's instruction in the guest's control word (x87_host.h),
 * masked and unmasked responses included.
 *
 * Exceptions.  An unmasked one sets ES, and the next waiting instruction raises it.  While
 * ES is set X86_MODE_NO_FPU is, so translated code needn't look.  Hence an instruction
 * that sets ES ends its block: x87_stop.  All functions here are called at sites,
 * but the first steps of struct x87_quick.
 */
#ifndef EMU_GUEST_X86_X87_H
#define EMU_GUEST_X86_X87_H

#include "guest/x86/system.h"

#define X87_LIKELY(x) __builtin_expect(!!(x), 1)
#define X87_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Status word. */
#define X87_IE 0x01u
#define X87_DE 0x02u
#define X87_ZE 0x04u
#define X87_OE 0x08u
#define X87_UE 0x10u
#define X87_PE 0x20u
#define X87_EXCEPTIONS 0x3fu
#define X87_SF 0x40u
#define X87_ES 0x80u
#define X87_C0 0x100u
#define X87_C1 0x200u
#define X87_C2 0x400u
#define X87_C3 0x4000u
#define X87_B 0x8000u
#define X87_CONDITION (X87_C0 | X87_C1 | X87_C2 | X87_C3)
/* Detected before the result is known: unmasked, nothing is stored, nothing popped. */
#define X87_BEFORE (X87_IE | X87_DE | X87_ZE)

/* Control word: masks in the low 6 bits, then precision and rounding. */
#define X87_PRECISION(control) ((control) >> 8 & 3)
#define X87_ROUNDING(control) ((control) >> 10 & 3)
#define X87_CONTROL_INIT 0x37fu
#define X87_CONTROL_KEPT 0x1f7fu

/* A register's value. */
struct x87_value {
	uint64_t significand;
	uint32_t exponent; /* 16 bits: sign, biased exponent */
};

#define X87_INDEFINITE ((struct x87_value){ 0xc000000000000000, 0xffff })

static inline unsigned x87_index(const struct x86_fpu *f, unsigned i)
{
	return (f->top + i) & 7;
}

static inline bool x87_is_empty(const struct x86_fpu *f, unsigned i)
{
	return f->empty >> x87_index(f, i) & 1;
}

static inline struct x87_value x87_get(const struct x86_fpu *f, unsigned i)
{
	const union x86_vector_register *r = &f->st[x87_index(f, i)];

	return (struct x87_value){ r->u64[0], r->u16[4] };
}

static inline void x87_set(struct x86_fpu *f, unsigned i, struct x87_value v)
{
	union x86_vector_register *r = &f->st[x87_index(f, i)];

	r->u64[0] = v.significand;
	r->u64[1] = v.exponent;
}

static inline void x87_pop(struct x86_fpu *f)
{
	f->empty |= 1u << f->top;
	x87_set(f, 0, (struct x87_value){ 0, 0 });
	f->top = (f->top + 1) & 7;
}

static inline void x87_push(struct x86_fpu *f, struct x87_value v)
{
	f->top = (f->top - 1) & 7;
	f->empty &= ~(1u << f->top);
	x87_set(f, 0, v);
}

/* The status word as the guest sees it. */
static inline uint32_t x87_status(const struct x86_fpu *f)
{
	return f->status | f->top << 11;
}

/* Exceptions (bits of the status word, SF too) of an instruction that is otherwise done;
 * `c1` is X87_C1 or 0.  Doesn't return if one of them is unmasked. */
void x87_exceptions(struct x86 *x, uint32_t flags, uint32_t c1);
/* Whether an instruction with these may not store or pop. */
static inline bool x87_suppressed(const struct x86_fpu *f, uint32_t flags)
{
	return flags & ~f->control & X87_BEFORE;
}
/* Computes ES from flags and masks, and whether it changed. */
bool x87_summarise(struct x86_fpu *f);
/* Goes on at the next instruction through the run loop. */
_Noreturn void x87_stop(struct x86 *x, unsigned length);

/* The space that the running block's data accesses are made in. */
static inline uint8_t x86_data_space(const struct x86 *x)
{
	return x->cpu.modes & X86_MODE_USER ? X86_SPACE_USER : X86_SPACE_KERNEL;
}

/* Control or status word have changed: the host's x87 follows in translated code, but masks
 * all exceptions: with one unmasked, instructions are calls. */
void x87_host_follows(struct x86 *x);
/* Likewise, by an instruction of this length, which is otherwise done. */
void x87_control_changed(struct x86 *x, unsigned length);

/* Translated code's view: arguments of ir_fn.
 *
 * Before an instruction with X86_MODE_NO_FPU: waiting, not waiting, MMX, FWAIT. */
ir_fn x87_help_wait, x87_help_enter, x87_help_mmx, x87_help_fwait;
/* A stack fault may come: from now on instructions are calls. */
ir_fn x87_help_distrust;

/* What is common in two steps.  `fn` isn't called at a site, sees none of the pinned slots,
 * and yields 1 with nothing done if the case isn't simple; then `again` is called at a site
 * and does all: a: as said, b as for fn; fn's a is in fpu.operand (x87_refuse).
 * `whole` is both, for ir_x87; it yields what that wants. */
struct x87_quick {
	ir_fn *fn, *again, *whole;
};
#define X87_QUICK(name)                                                                            \
	{                                                                                          \
		name, name##_again, name##_whole                                                   \
	}
#define X87_WHOLE(name, first, second, result)                                                     \
	static uint64_t name##_whole(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)    \
	{                                                                                          \
		if (X87_UNLIKELY(first(cpu, a, b, c, d)))                                          \
			second(cpu, 0, b, c, d);                                                   \
		return result;                                                                     \
	}

static inline uint64_t x87_refuse(struct x86_fpu *f, uint64_t a)
{
	f->operand.u64[0] = a;
	return 1;
}

static inline uint64_t x87_refused(const struct x86 *x)
{
	return x->fpu.operand.u64[0];
}

/* x87_arithmetic.c: [operation: add mul - - sub subr div divr]; a: operand's bits or i. */
extern const struct x87_quick x87_quick_m32[8], x87_quick_m64[8], x87_quick_int[8];
extern const struct x87_quick x87_quick_st0[8], x87_quick_sti[8], x87_quick_sti_pop[8];

/* x87_move.c.  Loads; a: bits (integers: sign-extended). */
extern const struct x87_quick x87_quick_fld32, x87_quick_fld64, x87_quick_fild;
extern const struct x87_quick x87_quick_fld_st; /* a: i */
ir_fn x87_help_fld80, x87_help_fbld;            /* 10 bytes from fpu.operand */
ir_fn x87_help_fld_constant;                    /* a: 0..6, 1 l2t l2e pi lg2 ln2 z */
/* What is to be stored comes to fpu.operand, the status to be to fpu.next_status.  `again`'s
 * a: linear address; b: 1 if it pops. */
extern const struct x87_quick x87_quick_fst32, x87_quick_fst64;
extern const struct x87_quick x87_quick_fist16, x87_quick_fist32, x87_quick_fist64;
ir_fn x87_help_fst80, x87_help_fbst;            /* likewise; a: linear address */
extern const struct x87_quick x87_quick_fst_st; /* a: i, b: 1 to pop, 2 as FSTP1 */
extern const struct x87_quick x87_quick_fxch;   /* a: i */
ir_fn x87_help_ffree;                           /* a: i, b: 1 to pop (FFREEP) */
ir_fn x87_help_fcmov;                           /* a: i, b: condition */
extern const struct x87_quick x87_quick_fchs, x87_quick_fabs;
ir_fn x87_help_step /* a: 1 or 7 */;
ir_fn x87_help_pop; /* after a store by `fn` or `again` */

/* x87_compare.c; b: registers to pop | X87_QUIET.  FCOMI's bits for EFLAGS come to
 * fpu.result. */
#define X87_QUIET 4
extern const struct x87_quick x87_quick_fcom, x87_quick_fcomi;    /* a: i */
extern const struct x87_quick x87_quick_fcom_int;                 /* a: value */
extern const struct x87_quick x87_quick_fcom32, x87_quick_fcom64; /* a: bits */
ir_fn x87_help_ftst, x87_help_fxam;

/* x87_function.c: a: enum x87_function. */
enum x87_function {
	X87_F2XM1,
	X87_FYL2X,
	X87_FPTAN,
	X87_FPATAN,
	X87_FXTRACT,
	X87_FPREM1,
	X87_FPREM,
	X87_FYL2XP1,
	X87_FSQRT,
	X87_FSINCOS,
	X87_FRNDINT,
	X87_FSCALE,
	X87_FSIN,
	X87_FCOS,
};
ir_fn x87_help_function;

/* x87_control.c: a: value, b: the instruction's length. */
ir_fn x87_help_fldcw, x87_help_fninit, x87_help_fnclex;
/* x87_environment.c: a: linear address; b: operand size | length << 8. */
ir_fn x87_help_fldenv, x87_help_fnstenv, x87_help_frstor, x87_help_fnsave;
ir_fn x87_help_fxsave, x87_help_fxrstor;

#endif

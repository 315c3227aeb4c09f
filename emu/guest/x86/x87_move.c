/* SPDX-License-Identifier: BSD-2-Clause
 *
 * x87 loads, stores and moves (SDM 1, 8.3.3 and 8.3.4).
 *
 * A store takes three steps, as the memory access may fault: a function here computes
 * what is stored, in fpu.operand, with the status word to be in fpu.next_status; translated
 * code stores it, then takes the status over and pops.  An exception that suppresses the store ends
 * the instruction in the first step.
 */
#include "guest/x86/x87_fast.h"
#include "guest/x86/x87_host.h"

/* --- Loads -------------------------------------------------------------------------- */

static void stack_overflow(struct x86 *x)
{
	if (x->fpu.control & X87_IE)
		x87_push(&x->fpu, X87_INDEFINITE);
	x87_exceptions(x, X87_IE | X87_SF, X87_C1);
}

static uint64_t push_fast(struct x86 *x, struct x87_value v)
{
	struct x86_fpu *f = &x->fpu;

	if (X87_UNLIKELY(!x87_is_empty(f, 7))) {
		stack_overflow(x);
		return 0;
	}
	f->status &= ~X87_C1;
	x87_push(f, v);
	return 0;
}

static uint64_t push_host(struct x86 *x, void *from, x87_host_fn *fn)
{
	struct x86_fpu *f = &x->fpu;
	struct x87_host h = { .control = f->control, .known = f->status, .memory = from };

	if (!x87_is_empty(f, 7)) {
		stack_overflow(x);
		return 0;
	}
	x87_host_run(&h, fn);
	if (h.depth)
		x87_push(f, h.out[0]);
	x87_exceptions(x, h.status & X87_EXCEPTIONS, h.status & X87_C1);
	return 0;
}

X87_HOST(host_flds, "flds (%0)")
X87_HOST(host_fldl, "fldl (%0)")
X87_HOST(host_fbld, "fbld (%0)")

X87_HOST(host_fildll, "fildll (%0)")

/* A load by `convert`, else by the host. */
#define LOAD(name, convert, host)                                                                  \
	static uint64_t name(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)            \
	{                                                                                          \
		struct x86_fpu *f = &((struct x86 *)cpu)->fpu;                                     \
		struct x87_value v;                                                                \
                                                                                                   \
		(void)b, (void)c, (void)d;                                                         \
		if (X87_UNLIKELY(!x87_is_empty(f, 7) || !convert))                                 \
			return x87_refuse(f, a);                                                   \
		f->status &= ~X87_C1;                                                              \
		x87_push(f, v);                                                                    \
		return 0;                                                                          \
	}                                                                                          \
	static uint64_t name##_again(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)    \
	{                                                                                          \
		(void)b, (void)c, (void)d;                                                         \
		a = x87_refused(cpu);                                                              \
		return push_host(cpu, &a, host);                                                   \
	}                                                                                          \
	X87_WHOLE(name, name, name##_again, 0)                                                     \
	const struct x87_quick x87_quick_##name = X87_QUICK(name);
LOAD(fld32, x87_from_single(&v, (uint32_t)a), host_flds)
LOAD(fld64, x87_from_double(&v, a), host_fldl)
LOAD(fild, (v = x87_from_integer((int64_t)a), true), host_fildll)

uint64_t x87_help_fld80(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	const union x86_vector_register *m = &x->fpu.operand;

	(void)a, (void)b, (void)c, (void)d;
	return push_fast(x, (struct x87_value){ m->u64[0], m->u16[4] });
}

uint64_t x87_help_fbld(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	return push_host(x, &x->fpu.operand, host_fbld);
}

static uint64_t fld_st(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86_fpu *f = &((struct x86 *)cpu)->fpu;

	(void)b, (void)c, (void)d;
	if (X87_UNLIKELY(!x87_is_empty(f, 7) || x87_is_empty(f, (unsigned)a)))
		return x87_refuse(f, a);
	f->status &= ~X87_C1;
	x87_push(f, x87_get(f, (unsigned)a));
	return 0;
}

static uint64_t fld_st_again(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_fpu *f = &x->fpu;

	(void)b, (void)c, (void)d;
	a = x87_refused(x);
	if (X87_LIKELY(!x87_is_empty(f, (unsigned)a)))
		return push_fast(x, x87_get(f, (unsigned)a));
	if (f->control & X87_IE)
		x87_push(f, X87_INDEFINITE);
	x87_exceptions(x, X87_IE | X87_SF, 0);
	return 0;
}

X87_WHOLE(fld_st, fld_st, fld_st_again, 0)
const struct x87_quick x87_quick_fld_st = X87_QUICK(fld_st);

#define CONSTANT(name) X87_HOST(host_##name, #name)
CONSTANT(fld1)
CONSTANT(fldl2t)
CONSTANT(fldl2e)
CONSTANT(fldpi)
CONSTANT(fldlg2)
CONSTANT(fldln2)
CONSTANT(fldz)

uint64_t x87_help_fld_constant(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	static x87_host_fn *const constants[7] = { host_fld1,  host_fldl2t, host_fldl2e,
						   host_fldpi, host_fldlg2, host_fldln2,
						   host_fldz };

	(void)b, (void)c, (void)d;
	if (a == 0)
		return push_fast(cpu, (struct x87_value){ X87_INTEGER_BIT, X87_BIAS });
	if (a == 6)
		return push_fast(cpu, (struct x87_value){ 0, 0 });
	return push_host(cpu, NULL, constants[a]);
}

/* --- Stores ------------------------------------------------------------------------- */

struct x87_store {
	gva address;
	unsigned log2; /* of the bytes; 4: 10 bytes */
	bool pop;
};

static unsigned store_bytes(const struct x87_store *s)
{
	return s->log2 <= 3 ? 1u << s->log2 : 10;
}

static struct ir_mem store_mem(const struct x86 *x, const struct x87_store *s)
{
	unsigned log2 = s->log2 <= 3 ? s->log2 : 3;

	return (struct ir_mem){ .size = log2 & 7,
				.align = x->cpu.modes & X86_MODE_ALIGN ? log2 & 7 : 0,
				.space = x86_data_space(x) };
}

/* Nothing is stored, but where it would have been must be writable. */
static void store_suppressed(struct x86 *x, const struct x87_store *s, uint32_t flags, uint32_t c1)
{
	mem_span(&x->cpu, s->address, store_mem(x, s), store_bytes(s), true);
	x87_exceptions(x, flags, c1);
}

/* What a store of an empty register does. */
static void store_underflow(struct x86 *x, const struct x87_store *s)
{
	if (!(x->fpu.control & X87_IE))
		store_suppressed(x, s, X87_IE | X87_SF, 0);
	x->fpu.next_status = (x->fpu.status & ~X87_C1) | X87_IE | X87_SF;
}

/* The store is made and something unmasked is raised (an inexact result): all in one. */
static _Noreturn void store_and_stop(struct x86 *x, const struct x87_store *s, const void *from,
				     uint32_t flags, uint32_t c1)
{
	struct ir_mem how = store_mem(x, s);
	uint64_t value = 0;

	if (s->log2 <= 3) {
		__builtin_memcpy(&value, from, (size_t)1 << s->log2);
		mem_store(&x->cpu, s->address, how, value);
	} else {
		hva to = mem_span(&x->cpu, s->address, how, 10, true);

		__builtin_memcpy((void *)to, from, 10);
		mem_span_end(&x->cpu, s->address, how, 10);
	}
	if (s->pop)
		x87_pop(&x->fpu);
	x87_exceptions(x, flags, c1);
	__builtin_unreachable();
}

/* By the host: stores to `to`. */
static void store_host(struct x86 *x, const struct x87_store *s, void *to, x87_host_fn *fn)
{
	struct x86_fpu *f = &x->fpu;
	struct x87_host h = { .in = { x87_get(f, 0) },
			      .count = 1,
			      .control = f->control,
			      .known = f->status,
			      .memory = to };
	uint32_t flags;

	x87_host_run(&h, fn);
	flags = h.status & X87_EXCEPTIONS;
	if (flags & ~f->control & (X87_BEFORE | X87_OE | X87_UE))
		store_suppressed(x, s, flags, h.status & X87_C1);
	if (flags & ~f->control)
		store_and_stop(x, s, to, flags, h.status & X87_C1);
	f->next_status = (f->status & ~X87_C1) | flags | (h.status & X87_C1);
}

X87_HOST(host_fsts, "fsts (%0)")
X87_HOST(host_fstl, "fstl (%0)")
X87_HOST(host_fists, "fists (%0)")
X87_HOST(host_fistl, "fistl (%0)")
/* These two have no form that doesn't pop; whether they pop isn't asked for. */
X87_HOST(host_fistpll, "fistpll (%0)")
X87_HOST(host_fbstp, "fbstp (%0)")

static inline __attribute__((always_inline)) uint64_t
store_float(struct x86_fpu *f, unsigned precision, unsigned exponents)
{
	struct x87_value v = x87_get(f, 0);
	uint64_t bits;
	uint32_t flags;

	if (X87_UNLIKELY(x87_is_empty(f, 0) ||
			 !x87_to_format(&bits, &flags, v, f->control, precision, exponents)))
		return 1;
	f->next_status = (f->status & ~X87_C1) | flags;
	f->operand.u64[0] = bits | (uint64_t)(v.exponent >> 15) << (precision == 53 ? 63 : 31);
	return 0;
}

static inline __attribute__((always_inline)) uint64_t store_integer(struct x86_fpu *f,
								    unsigned width)
{
	uint64_t value;
	uint32_t flags;

	if (X87_UNLIKELY(x87_is_empty(f, 0) ||
			 !x87_to_integer(&value, &flags, x87_get(f, 0), f->control, width)))
		return 1;
	f->next_status = (f->status & ~X87_C1) | flags;
	f->operand.u64[0] = value;
	return 0;
}

/* All cases. */
static uint64_t store_again(struct x86 *x, const struct x87_store *s, uint64_t indefinite,
			    x87_host_fn *fn)
{
	x->fpu.operand.u64[0] = indefinite;
	if (x87_is_empty(&x->fpu, 0))
		store_underflow(x, s);
	else
		store_host(x, s, &x->fpu.operand, fn);
	return 0;
}

/* What is to be stored, with the rest of the instruction done. */
static uint64_t store_whole(struct x86 *x, bool pop)
{
	x->fpu.status = x->fpu.next_status;
	if (pop)
		x87_pop(&x->fpu);
	return x->fpu.operand.u64[0];
}

#define STORE(name, quick, log2, indefinite, host)                                                 \
	static uint64_t name(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)            \
	{                                                                                          \
		struct x86_fpu *f = &((struct x86 *)cpu)->fpu;                                     \
                                                                                                   \
		(void)a, (void)b, (void)c, (void)d;                                                \
		return quick;                                                                      \
	}                                                                                          \
	static uint64_t name##_again(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)    \
	{                                                                                          \
		struct x87_store s = { (gva)a, log2, b };                                          \
                                                                                                   \
		(void)c, (void)d;                                                                  \
		return store_again(cpu, &s, indefinite, host);                                     \
	}                                                                                          \
	X87_WHOLE(name, name, name##_again, store_whole(cpu, b))                                   \
	const struct x87_quick x87_quick_##name = X87_QUICK(name);
STORE(fst32, store_float(f, 24, 0xff), 2, 0xffc00000, host_fsts)
STORE(fst64, store_float(f, 53, 0x7ff), 3, 0xfff8000000000000, host_fstl)
STORE(fist16, store_integer(f, 16), 1, 0x8000, host_fists)
STORE(fist32, store_integer(f, 32), 2, 0x80000000, host_fistl)
STORE(fist64, store_integer(f, 64), 3, 0x8000000000000000, host_fistpll)

uint64_t x87_help_fst80(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_fpu *f = &x->fpu;
	struct x87_value v = x87_get(f, 0);

	(void)b, (void)c, (void)d;
	if (X87_UNLIKELY(x87_is_empty(f, 0))) {
		store_underflow(x, &(struct x87_store){ .address = (gva)a, .log2 = 4 });
		v = X87_INDEFINITE;
	} else {
		f->next_status = f->status & ~X87_C1;
	}
	f->operand.u64[0] = v.significand;
	f->operand.u64[1] = v.exponent;
	return 0;
}

uint64_t x87_help_fbst(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_fpu *f = &x->fpu;
	struct x87_store s = { (gva)a, 4, true };

	(void)b, (void)c, (void)d;
	f->operand.u64[0] = 0xc000000000000000;
	f->operand.u64[1] = 0xffff;
	if (x87_is_empty(f, 0))
		store_underflow(x, &s);
	else
		store_host(x, &s, &f->operand, host_fbstp);
	return 0;
}

/* --- Between registers -------------------------------------------------------------- */

static uint64_t fst_st(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86_fpu *f = &((struct x86 *)cpu)->fpu;

	(void)c, (void)d;
	if (X87_UNLIKELY(x87_is_empty(f, 0)))
		return x87_refuse(f, a);
	x87_set(f, (unsigned)a, x87_get(f, 0));
	f->empty &= ~(1u << x87_index(f, (unsigned)a));
	if (b)
		x87_pop(f);
	f->status &= ~X87_C1;
	return 0;
}

static uint64_t fst_st_again(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_fpu *f = &x->fpu;
	bool empty = x87_is_empty(f, 0);

	(void)c, (void)d;
	a = x87_refused(x);
	if (empty && b == 2) { /* FSTP1 just pops */
		f->status &= ~X87_C1;
		x87_pop(f);
		return 0;
	}
	if (X87_LIKELY(!empty || f->control & X87_IE)) {
		x87_set(f, (unsigned)a, empty ? X87_INDEFINITE : x87_get(f, 0));
		f->empty &= ~(1u << x87_index(f, (unsigned)a));
		if (b)
			x87_pop(f);
	}
	if (X87_LIKELY(!empty))
		f->status &= ~X87_C1;
	else
		x87_exceptions(x, X87_IE | X87_SF, 0);
	return 0;
}

X87_WHOLE(fst_st, fst_st, fst_st_again, 0)
const struct x87_quick x87_quick_fst_st = X87_QUICK(fst_st);

/* Empty registers that are operands: with the exception masked they become indefinite. */
static bool fill_empty(struct x86_fpu *f, unsigned i)
{
	if (X87_LIKELY(!x87_is_empty(f, i)))
		return false;
	if (f->control & X87_IE) {
		x87_set(f, i, X87_INDEFINITE);
		f->empty &= ~(1u << x87_index(f, i));
	}
	return true;
}

static uint64_t fxch(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86_fpu *f = &((struct x86 *)cpu)->fpu;
	unsigned i = (unsigned)a;
	struct x87_value v = x87_get(f, 0);

	(void)b, (void)c, (void)d;
	if (X87_UNLIKELY(x87_is_empty(f, 0) || x87_is_empty(f, i)))
		return x87_refuse(f, a);
	x87_set(f, 0, x87_get(f, i));
	x87_set(f, i, v);
	f->status &= ~X87_C1;
	return 0;
}

static uint64_t fxch_again(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_fpu *f = &x->fpu;
	unsigned i = (unsigned)x87_refused(x);
	bool fault = fill_empty(f, 0), other = fill_empty(f, i);
	struct x87_value v = x87_get(f, 0);

	(void)a, (void)b, (void)c, (void)d;
	fault |= other;
	if (X87_LIKELY(!fault || f->control & X87_IE)) {
		x87_set(f, 0, x87_get(f, i));
		x87_set(f, i, v);
	}
	if (X87_LIKELY(!fault))
		f->status &= ~X87_C1;
	else
		x87_exceptions(x, X87_IE | X87_SF, 0);
	return 0;
}

X87_WHOLE(fxch, fxch, fxch_again, 0)
const struct x87_quick x87_quick_fxch = X87_QUICK(fxch);

uint64_t x87_help_ffree(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86_fpu *f = &((struct x86 *)cpu)->fpu;

	(void)c, (void)d;
	f->empty |= 1u << x87_index(f, (unsigned)a);
	if (b)
		x87_pop(f);
	f->status &= ~X87_C1;
	return 0;
}

uint64_t x87_help_fcmov(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_fpu *f = &x->fpu;

	(void)c, (void)d;
	if (X87_UNLIKELY(x87_is_empty(f, 0) || x87_is_empty(f, (unsigned)a))) {
		if (f->control & X87_IE) {
			x87_set(f, 0, X87_INDEFINITE);
			f->empty &= ~(1u << f->top);
		}
		x87_exceptions(x, X87_IE | X87_SF, 0);
		return 0;
	}
	if (b)
		x87_set(f, 0, x87_get(f, (unsigned)a));
	return 0;
}

static uint64_t change_sign(struct x86_fpu *f, uint32_t clear, uint32_t flip)
{
	struct x87_value v = x87_get(f, 0);

	if (X87_UNLIKELY(x87_is_empty(f, 0)))
		return 1;
	v.exponent = (v.exponent & ~clear) ^ flip;
	x87_set(f, 0, v);
	f->status &= ~X87_C1;
	return 0;
}

/* Of an empty register. */
static uint64_t change_sign_again(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	fill_empty(&x->fpu, 0);
	x87_exceptions(x, X87_IE | X87_SF, 0);
	return 0;
}

static uint64_t fchs(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	return change_sign(&((struct x86 *)cpu)->fpu, 0, X87_SIGN);
}

static uint64_t fabs_st(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	return change_sign(&((struct x86 *)cpu)->fpu, X87_SIGN, 0);
}

X87_WHOLE(fchs, fchs, change_sign_again, 0)
X87_WHOLE(fabs_st, fabs_st, change_sign_again, 0)
const struct x87_quick x87_quick_fchs = { fchs, change_sign_again, fchs_whole };
const struct x87_quick x87_quick_fabs = { fabs_st, change_sign_again, fabs_st_whole };

uint64_t x87_help_pop(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	x87_pop(&((struct x86 *)cpu)->fpu);
	return 0;
}

uint64_t x87_help_step(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86_fpu *f = &((struct x86 *)cpu)->fpu;

	(void)b, (void)c, (void)d;
	f->top = (f->top + (uint32_t)a) & 7;
	f->status &= ~X87_C1;
	return 0;
}

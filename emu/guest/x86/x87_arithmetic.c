/* SPDX-License-Identifier: BSD-2-Clause
 *
 * x87 addition, subtraction, multiplication, division (SDM 1, 8.3.5): a struct x87_quick
 * per operation and kind of operand.
 */
#include "guest/x86/x87_fast.h"
#include "guest/x86/x87_host.h"

enum arithmetic { ADD, MUL, SUB = 4, SUBR, DIV, DIVR };
enum operand { M32, M64, INTEGER, ST0_STI, STI_ST0, STI_ST0_POP };

#define ARITHMETIC_HOST(name, text)                                                                \
	X87_HOST(host_##name, text " %%st(1), %%st")                                               \
	X87_HOST(host_##name##_m32, text "s (%0)")                                                 \
	X87_HOST(host_##name##_m64, text "l (%0)")

ARITHMETIC_HOST(add, "fadd")
ARITHMETIC_HOST(mul, "fmul")
ARITHMETIC_HOST(sub, "fsub")
ARITHMETIC_HOST(subr, "fsubr")
ARITHMETIC_HOST(div, "fdiv")
ARITHMETIC_HOST(divr, "fdivr")

#define HOSTS(name)                                                                                \
	{                                                                                          \
		host_##name##_m32, host_##name##_m64, host_##name                                  \
	}
static x87_host_fn *const arithmetic_host[8][3] = {
	[ADD] = HOSTS(add),   [MUL] = HOSTS(mul), [SUB] = HOSTS(sub),
	[SUBR] = HOSTS(subr), [DIV] = HOSTS(div), [DIVR] = HOSTS(divr),
};

static bool is_register(enum operand kind)
{
	return kind >= ST0_STI;
}

/* The first result with flags of the instruction itself. */
static void arithmetic_finish(struct x86 *x, enum operand kind, unsigned i, struct x87_value v,
			      uint32_t flags, uint32_t c1)
{
	struct x86_fpu *f = &x->fpu;
	unsigned to = kind == STI_ST0 || kind == STI_ST0_POP ? i : 0;

	if (!x87_suppressed(f, flags)) {
		x87_set(f, to, v);
		f->empty &= ~(1u << x87_index(f, to));
		if (kind == STI_ST0_POP)
			x87_pop(f);
	}
	x87_exceptions(x, flags, c1);
}

static uint64_t arithmetic_slow(struct x86 *x, enum arithmetic operation, enum operand kind,
				uint64_t a)
{
	struct x86_fpu *f = &x->fpu;
	struct x87_host h = {
		.in = { x87_get(f, 0) }, .count = 2, .control = f->control, .known = f->status
	};
	unsigned i = is_register(kind) ? (unsigned)a : 0, form = 2;

	if (x87_is_empty(f, 0) || (is_register(kind) && x87_is_empty(f, i))) {
		arithmetic_finish(x, kind, i, X87_INDEFINITE, X87_IE | X87_SF, 0);
		return 0;
	}
	if (is_register(kind)) {
		h.in[1] = x87_get(f, i);
	} else if (kind == INTEGER) {
		h.in[1] = x87_from_integer((int64_t)a);
	} else {
		form = kind == M64;
		h.count = 1;
		h.memory = &a;
	}
	x87_host_run(&h, arithmetic_host[operation][form]);
	arithmetic_finish(x, kind, i, h.out[0], h.status & X87_EXCEPTIONS, h.status & X87_C1);
	return 0;
}

static inline bool arithmetic_fast(struct x87_result *r, enum arithmetic operation,
				   struct x87_value a, struct x87_value b, unsigned cut)
{
	if (operation == SUBR || operation == DIVR) {
		struct x87_value t = a;

		a = b;
		b = t;
	}
	switch (operation) {
	case SUB:
	case SUBR:
		b.exponent ^= X87_SIGN;
		return x87_fast_add(r, a, b, cut);
	case ADD:
		return x87_fast_add(r, a, b, cut);
	case MUL:
		return x87_fast_mul(r, a, b, cut);
	default:
		return x87_fast_div(r, a, b, cut);
	}
}

static inline bool arithmetic_operand(const struct x86_fpu *f, struct x87_value *v,
				      enum operand kind, uint64_t a)
{
	switch (kind) {
	case M32:
		return x87_from_single(v, (uint32_t)a);
	case M64:
		return x87_from_double(v, a);
	case INTEGER:
		*v = x87_from_integer((int64_t)a);
		return true;
	default:
		*v = x87_get(f, (unsigned)a);
		return true;
	}
}

/* Inlined with constants for operation and kind. */
static inline __attribute__((always_inline)) uint64_t
arithmetic_do(struct x86 *x, enum arithmetic operation, enum operand kind, uint64_t a)
{
	struct x86_fpu *f = &x->fpu;
	unsigned cut = x87_cut(f->control);
	uint32_t used = 1u << f->top;
	struct x87_value b;
	struct x87_result r;

	if (is_register(kind))
		used |= 1u << x87_index(f, (unsigned)a);
	if (X87_UNLIKELY(cut == 64 || f->empty & used || !arithmetic_operand(f, &b, kind, a) ||
			 !arithmetic_fast(&r, operation, x87_get(f, 0), b, cut)))
		return x87_refuse(f, a);
	f->status = (f->status & ~X87_C1) | r.flags;
	x87_set(f, kind == STI_ST0 || kind == STI_ST0_POP ? (unsigned)a : 0, r.v);
	if (kind == STI_ST0_POP)
		x87_pop(f);
	return 0;
}

#define ARITHMETIC(name, operation, kind)                                                          \
	static uint64_t name(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)            \
	{                                                                                          \
		(void)b, (void)c, (void)d;                                                         \
		return arithmetic_do(cpu, operation, kind, a);                                     \
	}                                                                                          \
	static uint64_t name##_again(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)    \
	{                                                                                          \
		(void)a, (void)b, (void)c, (void)d;                                                \
		return arithmetic_slow(cpu, operation, kind, x87_refused(cpu));                    \
	}                                                                                          \
	X87_WHOLE(name, name, name##_again, 0)
#define ARITHMETIC_ALL(suffix, kind)                                                               \
	ARITHMETIC(add_##suffix, ADD, kind)                                                        \
	ARITHMETIC(mul_##suffix, MUL, kind)                                                        \
	ARITHMETIC(sub_##suffix, SUB, kind)                                                        \
	ARITHMETIC(subr_##suffix, SUBR, kind)                                                      \
	ARITHMETIC(div_##suffix, DIV, kind)                                                        \
	ARITHMETIC(divr_##suffix, DIVR, kind)                                                      \
	const struct x87_quick x87_quick_##suffix[8] = {                                           \
		[ADD] = X87_QUICK(add_##suffix), [MUL] = X87_QUICK(mul_##suffix),                  \
		[SUB] = X87_QUICK(sub_##suffix), [SUBR] = X87_QUICK(subr_##suffix),                \
		[DIV] = X87_QUICK(div_##suffix), [DIVR] = X87_QUICK(divr_##suffix)                 \
	};

ARITHMETIC_ALL(m32, M32)
ARITHMETIC_ALL(m64, M64)
ARITHMETIC_ALL(int, INTEGER)
ARITHMETIC_ALL(st0, ST0_STI)
ARITHMETIC_ALL(sti, STI_ST0)
ARITHMETIC_ALL(sti_pop, STI_ST0_POP)

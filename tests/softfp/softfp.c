/* SPDX-License-Identifier: BSD-2-Clause
 *
 * emu/softfp against the host's SSE: random and special operands, four rounding
 * modes, results and flags; NaN rules, halves and fixed point against tables.
 *
 *	softfp [count [seed]]	operands per operation, 300000 unless told
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xmmintrin.h>

#include "softfp/softfp.h"

#include "../tap.h"

static uint64_t random_state;

static uint64_t random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * 0x2545f4914f6cdd1d;
}

/* Every kind of operand often: any bits, few bits set, near 1, around the smallest
 * normal number, the largest, NaNs, and close to the previous one. */
static uint64_t random_operand(const struct soft_format *f, uint64_t other)
{
	unsigned place = f->precision - 1u;
	uint64_t sign = random64() << (f->exponent_bits + place);
	uint64_t mask = ((uint64_t)1 << place) - 1, field = (1u << f->exponent_bits) - 1u;
	uint64_t fraction = random64() & mask, choice = random64();
	uint64_t exponent = random64() & field;

	if (choice & 1)
		fraction = choice & 2 ? 0 : fraction & random64() & random64() & random64();
	if ((choice & 0xc) == 4)
		fraction = ~fraction & mask;
	choice >>= 8;
	switch (choice % 16) {
	case 0:
		exponent = 0;
		break;
	case 1:
		exponent = field;
		break;
	case 2:
		exponent = field - 1 - (random64() & 1);
		break;
	case 3:
		exponent = 1 + (random64() & 3);
		break;
	case 4 ... 7:
		exponent = field / 2 + random64() % 70 - 4;
		break;
	case 8 ... 10:
		exponent = (other >> place & field) + random64() % 5 - 2;
		break;
	case 11:
		return other ^ (random64() & 3) ^ (random64() & 1) << (f->exponent_bits + place);
	}
	exponent &= field;
	fraction |= exponent << place;
	sign &= (uint64_t)1 << (f->exponent_bits + place);
	return sign | fraction;
}

enum operation {
	ADD,
	SUB,
	MUL,
	DIV,
	SQRT,
	FMA,
	COMPARE,
	CONVERT,
	TO_S32,
	FROM_S32,
	TO_S64,
	FROM_S64,
	OPERATIONS
};

static const char *const operation_names[OPERATIONS] = {
	"add",     "sub",     "mul",      "div",        "sqrt",     "fma",
	"compare", "convert", "to int32", "from int32", "to int64", "from int64",
};

static double as_double(uint64_t bits)
{
	double x;

	memcpy(&x, &bits, sizeof x);
	return x;
}

static float as_single(uint64_t bits)
{
	uint32_t low = (uint32_t)bits;
	float x;

	memcpy(&x, &low, sizeof x);
	return x;
}

static uint64_t of_double(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof bits);
	return bits;
}

static uint64_t of_single(float x)
{
	uint32_t bits;

	memcpy(&bits, &x, sizeof bits);
	return bits;
}

/* One SSE instruction with two operands; asm, so that no compiler moves or folds it. */
#define HOST2(instruction, type, a, b)                                                             \
	({                                                                                         \
		type result = (a);                                                                 \
		__asm__ volatile(instruction " %1, %0" : "+x"(result) : "x"(b));                   \
		result;                                                                            \
	})
#define HOST3(instruction, type, a, b, c)                                                          \
	({                                                                                         \
		type result = (a);                                                                 \
		__asm__ volatile(instruction " %1, %2, %0" : "+x"(result) : "x"(b), "x"(c));       \
		result;                                                                            \
	})
#define HOST1(instruction, from, to, class, a)                                                     \
	({                                                                                         \
		to result;                                                                         \
		from operand = (a);                                                                \
		__asm__ volatile(instruction " %1, %0" : "=" class(result) : "x"(operand));        \
		result;                                                                            \
	})
#define HOST_FROM(instruction, to, type, a)                                                        \
	({                                                                                         \
		to result = 0;                                                                     \
		type operand = (a);                                                                \
		__asm__ volatile(instruction " %1, %0" : "+x"(result) : "r"(operand));             \
		result;                                                                            \
	})

#define COMPARED(instruction, a, b)                                                                \
	({                                                                                         \
		bool below, equal, unordered;                                                      \
		__asm__ volatile(instruction " %4, %3; setb %0; sete %1; setp %2"                  \
				 : "=q"(below), "=q"(equal), "=q"(unordered)                       \
				 : "x"(a), "x"(b)                                                  \
				 : "cc");                                                          \
		enum soft_order order = below ? SOFT_LESS : SOFT_GREATER;                          \
		unordered ? SOFT_UNORDERED : equal ? SOFT_EQUAL : order;                           \
	})

static uint64_t host_single(enum operation op, uint64_t x, uint64_t y, uint64_t z)
{
	volatile float a = as_single(x), b = as_single(y), c = as_single(z);

	switch (op) {
	case ADD:
		return of_single(HOST2("addss", float, a, b));
	case SUB:
		return of_single(HOST2("subss", float, a, b));
	case MUL:
		return of_single(HOST2("mulss", float, a, b));
	case DIV:
		return of_single(HOST2("divss", float, a, b));
	case SQRT:
		return of_single(HOST1("sqrtss", float, float, "x", a));
	case FMA:
		return of_single(HOST3("vfmadd132ss", float, a, b, c));
	case COMPARE:
		return COMPARED("comiss", a, b);
	case CONVERT:
		return of_double(HOST1("cvtss2sd", float, double, "x", a));
	case TO_S32:
		return (uint64_t)HOST1("cvtss2si", float, int32_t, "r", a);
	case FROM_S32:
		return of_single(HOST_FROM("cvtsi2ss", float, int32_t, (int32_t)x));
	case TO_S64:
		return (uint64_t)HOST1("cvtss2si", float, int64_t, "r", a);
	default:
		return of_single(HOST_FROM("cvtsi2ss", float, int64_t, (int64_t)x));
	}
}

static uint64_t host_double(enum operation op, uint64_t x, uint64_t y, uint64_t z)
{
	volatile double a = as_double(x), b = as_double(y), c = as_double(z);

	switch (op) {
	case ADD:
		return of_double(HOST2("addsd", double, a, b));
	case SUB:
		return of_double(HOST2("subsd", double, a, b));
	case MUL:
		return of_double(HOST2("mulsd", double, a, b));
	case DIV:
		return of_double(HOST2("divsd", double, a, b));
	case SQRT:
		return of_double(HOST1("sqrtsd", double, double, "x", a));
	case FMA:
		return of_double(HOST3("vfmadd132sd", double, a, b, c));
	case COMPARE:
		return COMPARED("comisd", a, b);
	case CONVERT:
		return of_single(HOST1("cvtsd2ss", double, float, "x", a));
	case TO_S32:
		return (uint64_t)HOST1("cvtsd2si", double, int32_t, "r", a);
	case FROM_S32:
		return of_double(HOST_FROM("cvtsi2sd", double, int32_t, (int32_t)x));
	case TO_S64:
		return (uint64_t)HOST1("cvtsd2si", double, int64_t, "r", a);
	default:
		return of_double(HOST_FROM("cvtsi2sd", double, int64_t, (int64_t)x));
	}
}

/* x86 yields the most negative integer where softfp saturates. */
static uint64_t soft_indefinite(struct soft_env *env, const struct soft_format *f, uint64_t x,
				unsigned bits)
{
	struct soft_fixed to = { .bits = (uint8_t)bits, .is_signed = true };
	uint64_t value = soft_to_fixed(env, f, x, to);

	return env->flags & FP_INVALID ? -((uint64_t)1 << (bits - 1)) : value;
}

static uint64_t soft_result(enum operation op, struct soft_env *env, const struct soft_format *f,
			    uint64_t x, uint64_t y, uint64_t z)
{
	const struct soft_format *other = f == &soft_single ? &soft_double : &soft_single;

	switch (op) {
	case ADD:
		return soft_add(env, f, x, y);
	case SUB:
		return soft_sub(env, f, x, y);
	case MUL:
		return soft_mul(env, f, x, y);
	case DIV:
		return soft_div(env, f, x, y);
	case SQRT:
		return soft_sqrt(env, f, x);
	case FMA:
		return soft_fma(env, f, x, y, z);
	case COMPARE:
		return soft_compare(env, f, x, y, true);
	case CONVERT:
		return soft_convert(env, f, other, x);
	case TO_S32:
		return soft_indefinite(env, f, x, 32);
	case TO_S64:
		return soft_indefinite(env, f, x, 64);
	case FROM_S32:
	default:
		return soft_from_fixed(
			env, f, x,
			(struct soft_fixed){ .bits = op == FROM_S32 ? 32 : 64, .is_signed = true });
	}
}

static bool same_as_host(enum operation op, const struct soft_format *f, unsigned mode)
{
	bool narrow = f == &soft_single;
	uint64_t x = random_operand(f, random64()), y = random_operand(f, x);
	uint64_t z = random_operand(f, random64() & 1 ? x : random64());
	struct soft_env env = { .rounding = (uint8_t)mode, .nan_rule = SOFT_NAN_SSE };
	uint64_t host, soft;
	unsigned flags;

	if (op == FROM_S32 || op == FROM_S64)
		x = random64() >> (random64() & 63);
	if (op == FMA && !__builtin_cpu_supports("fma"))
		return true;
	_mm_setcsr(0x1f80 | mode << 13);
	host = narrow ? host_single(op, x, y, z) : host_double(op, x, y, z);
	flags = _mm_getcsr() & 0x3d;
	_mm_setcsr(0x1f80);
	soft = soft_result(op, &env, f, x, y, z);
	if (soft == host && env.flags == flags)
		return true;
	diag("%s %s mode %u: %016" PRIx64 " %016" PRIx64 " %016" PRIx64 ": soft %016" PRIx64
	     " %02x, host %016" PRIx64 " %02x",
	     operation_names[op], narrow ? "single" : "double", mode, x, y, z, soft, env.flags,
	     host, flags);
	return false;
}

static void check_against_host(unsigned count)
{
	for (enum operation op = 0; op < OPERATIONS; op++)
		for (unsigned wide = 0; wide < 2; wide++) {
			const struct soft_format *f = wide ? &soft_double : &soft_single;
			unsigned wrong = 0;

			for (unsigned i = 0; i < count && wrong < 5; i++)
				wrong += !same_as_host(op, f, i & 3);
			is(wrong, 0, "%s of %s as the host", operation_names[op],
			   wide ? "doubles" : "singles");
		}
}

struct two_case {
	const char *what;
	struct soft_env env;
	uint64_t (*operation)(struct soft_env *, const struct soft_format *, uint64_t, uint64_t);
	uint32_t a, b, result;
	uint8_t flags;
};

#define ARM_ENV .nan_rule = SOFT_NAN_ARM, .tiny_before = true
#define ARM_FLUSH ARM_ENV, .flush_inputs = true, .flush_outputs = true

static const struct two_case two_cases[] = {
	{ "ARM: signalling second before quiet first",
	  { ARM_ENV },
	  soft_add,
	  0x7fc00001,
	  0xff800002,
	  0xffc00002,
	  FP_INVALID },
	{ "ARM: first of two quiet", { ARM_ENV }, soft_mul, 0x7fc00001, 0xffc00002, 0x7fc00001, 0 },
	{ "ARM: quiet second", { ARM_ENV }, soft_div, 0x3f800000, 0xffc00002, 0xffc00002, 0 },
	{ "ARM: default NaN",
	  { ARM_ENV, .default_nan = true },
	  soft_sub,
	  0xffc00002,
	  0x3f800000,
	  0x7fc00000,
	  0 },
	{ "ARM: made NaN", { ARM_ENV }, soft_mul, 0x7f800000, 0x80000000, 0x7fc00000, FP_INVALID },
	{ "SSE: first, even if the second signals",
	  { .nan_rule = SOFT_NAN_SSE },
	  soft_add,
	  0x7fc00001,
	  0xff800002,
	  0x7fc00001,
	  FP_INVALID },
	{ "SSE: made NaN",
	  { .nan_rule = SOFT_NAN_SSE },
	  soft_sub,
	  0x7f800000,
	  0x7f800000,
	  0xffc00000,
	  FP_INVALID },
	{ "tiny before rounding",
	  { ARM_ENV },
	  soft_mul,
	  0x007fffff,
	  0x3f800001,
	  0x00800000,
	  FP_UNDERFLOW | FP_INEXACT },
	{ "ARM flushes the operand",
	  { ARM_FLUSH },
	  soft_add,
	  0x00000001,
	  0x80000000,
	  0,
	  FP_DENORMAL },
	{ "ARM flushes the result",
	  { ARM_FLUSH },
	  soft_mul,
	  0x80800000,
	  0x3f000000,
	  0x80000000,
	  FP_UNDERFLOW },
	{ "ARM flushes before rounding",
	  { ARM_FLUSH },
	  soft_mul,
	  0x00ffffff,
	  0x3f000000,
	  0,
	  FP_UNDERFLOW },
	{ "x86 flushes the result after rounding",
	  { .nan_rule = SOFT_NAN_SSE, .flush_outputs = true },
	  soft_mul,
	  0x80800000,
	  0x3f000000,
	  0x80000000,
	  FP_UNDERFLOW | FP_INEXACT },
	{ "x86 keeps what rounds to normal",
	  { .nan_rule = SOFT_NAN_SSE, .flush_outputs = true },
	  soft_mul,
	  0x00800001,
	  0x3f7ffffe,
	  0x00800000,
	  FP_INEXACT },
	{ "exact zero, down",
	  { ARM_ENV, .rounding = SOFT_DOWN },
	  soft_sub,
	  0x3f800000,
	  0x3f800000,
	  0x80000000,
	  0 },
	{ "ties away",
	  { ARM_ENV, .rounding = SOFT_AWAY },
	  soft_add,
	  0x4b800000,
	  0x3f800000,
	  0x4b800001,
	  FP_INEXACT },
};

static void check_rules(void)
{
	for (unsigned i = 0; i < sizeof two_cases / sizeof two_cases[0]; i++) {
		const struct two_case *c = &two_cases[i];
		struct soft_env env = c->env;

		is(c->operation(&env, &soft_single, c->a, c->b), c->result, "%s", c->what);
		is(env.flags, c->flags, "%s: flags", c->what);
	}
}

struct half_case {
	uint32_t single;
	uint16_t half, alternative;
	uint8_t flags, alternative_flags;
};

static const struct half_case half_cases[] = {
	{ 0x3f800000, 0x3c00, 0x3c00, 0, 0 },
	{ 0xc7800000, 0xfc00, 0xfc00, FP_OVERFLOW | FP_INEXACT, 0 }, /* -65536 */
	{ 0x477fefff, 0x7bff, 0x7bff, FP_INEXACT, FP_INEXACT },
	{ 0x48000000, 0x7c00, 0x7fff, FP_OVERFLOW | FP_INEXACT, FP_INVALID },
	{ 0x7f800000, 0x7c00, 0x7fff, 0, FP_INVALID },
	{ 0xffc02000, 0xfe01, 0x8000, 0, FP_INVALID },
	{ 0x7f802000, 0x7e01, 0x0000, FP_INVALID, FP_INVALID },
	{ 0x33800000, 0x0001, 0x0001, 0, 0 },
	{ 0x33000000, 0x0000, 0x0000, FP_UNDERFLOW | FP_INEXACT, FP_UNDERFLOW | FP_INEXACT },
};

static void check_halves(void)
{
	unsigned wrong = 0;

	for (unsigned i = 0; i < sizeof half_cases / sizeof half_cases[0]; i++) {
		const struct half_case *c = &half_cases[i];
		struct soft_env env = { ARM_ENV }, other = { ARM_ENV };

		is(soft_convert(&env, &soft_single, &soft_half, c->single), c->half, "%08x to half",
		   c->single);
		is(env.flags, c->flags, "%08x to half: flags", c->single);
		is(soft_convert(&other, &soft_single, &soft_alternative_half, c->single),
		   c->alternative, "%08x to alternative half", c->single);
		is(other.flags, c->alternative_flags, "%08x to alternative half: flags", c->single);
	}
	for (unsigned half = 0; half < 0x10000; half++) {
		struct soft_env env = { ARM_ENV };
		uint64_t single = soft_convert(&env, &soft_half, &soft_single, half);
		uint64_t back = soft_convert(&env, &soft_single, &soft_half, single);
		bool signalling = (half & 0x7e00) == 0x7c00 && half & 0x1ff;

		wrong += back != (half | (signalling ? 0x200u : 0)) ||
			 env.flags != (signalling ? FP_INVALID : 0);
		single = soft_convert(&env, &soft_alternative_half, &soft_single, half);
		wrong += soft_convert(&env, &soft_single, &soft_alternative_half, single) != half;
	}
	is(wrong, 0, "every half to single and back");
}

struct fixed_case {
	uint32_t single;
	struct soft_fixed fixed;
	uint64_t value;
	uint8_t flags;
};

static const struct fixed_case fixed_cases[] = {
	{ 0x3fc00000, { 32, 0, true }, 1, FP_INEXACT },
	{ 0x3fc00000, { 16, 1, true }, 3, 0 },
	{ 0xbf800000, { 32, 0, false }, 0, FP_INVALID },
	{ 0xbf000000, { 32, 0, false }, 0, FP_INEXACT },
	{ 0x47000000, { 16, 0, true }, 0x7fff, FP_INVALID },
	{ 0xc7000000, { 16, 0, true }, (uint64_t)-0x8000, 0 },
	{ 0x4f800000, { 32, 0, false }, 0xffffffff, FP_INVALID },
	{ 0x5f000000, { 64, 0, false }, 0x8000000000000000, 0 },
	{ 0x5f800000, { 64, 0, false }, ~0ull, FP_INVALID },
	{ 0xdf000000, { 64, 0, true }, 0x8000000000000000, 0 },
	{ 0x7fc00000, { 32, 0, true }, 0, FP_INVALID },
	{ 0xff800000, { 32, 0, true }, (uint64_t)-0x80000000ll, FP_INVALID },
	{ 0x00000001, { 32, 32, true }, 0, FP_INEXACT },
};

static void check_fixed(void)
{
	for (unsigned i = 0; i < sizeof fixed_cases / sizeof fixed_cases[0]; i++) {
		const struct fixed_case *c = &fixed_cases[i];
		struct soft_env env = { ARM_ENV, .rounding = SOFT_TRUNCATE };

		is(soft_to_fixed(&env, &soft_single, c->single, c->fixed), c->value,
		   "%08x to fixed %u.%u", c->single, c->fixed.bits, c->fixed.fraction);
		is(env.flags, c->flags, "%08x to fixed: flags", c->single);
		env.flags = 0;
		if (!c->flags)
			is(soft_from_fixed(&env, &soft_single, c->value, c->fixed), c->single,
			   "fixed to %08x", c->single);
	}
}

static double host_round(double a, unsigned mode)
{
	double result = 0;

	_mm_setcsr(0x1f80 | mode << 13);
	__asm__ volatile("roundsd $4, %1, %0" : "+x"(result) : "x"(a));
	return result;
}

static void check_round(void)
{
	static const double away[][2] = { { 0.5, 1 },    { -0.5, -1 },
					  { 2.5, 3 },    { 0.49, 0 },
					  { -1.51, -2 }, { 4503599627370495.5, 4503599627370496 } };
	struct soft_env env = { ARM_ENV, .rounding = SOFT_AWAY };
	unsigned wrong = 0;

	for (unsigned i = 0; i < sizeof away / sizeof away[0]; i++)
		wrong += soft_round(&env, &soft_double, of_double(away[i][0]), true) !=
			 of_double(away[i][1]);
	is(wrong, 0, "rounding to integral values, ties away");
	if (!__builtin_cpu_supports("sse4.1"))
		return skip(1, "no SSE 4.1");
	for (unsigned i = 0; i < 200000; i++) {
		uint64_t x = random_operand(&soft_double, 0), host, soft;
		unsigned flags;

		env = (struct soft_env){ .nan_rule = SOFT_NAN_SSE, .rounding = i & 3 };
		host = of_double(host_round(as_double(x), i & 3));
		flags = _mm_getcsr() & 0x3d;
		_mm_setcsr(0x1f80);
		soft = soft_round(&env, &soft_double, x, true);
		wrong += soft != host || flags != env.flags;
	}
	is(wrong, 0, "rounding to integral values as the host");
}

int main(int count, char **arguments)
{
	unsigned operands = count > 1 ? (unsigned)strtoul(arguments[1], NULL, 0) : 300000;

	random_state = count > 2 ? strtoull(arguments[2], NULL, 0) : (uint64_t)time(NULL) << 16 | 1;
	diag("seed %" PRIu64, random_state);
	check_against_host(operands);
	check_rules();
	check_halves();
	check_fixed();
	check_round();
	return done();
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * VFP at run time: arithmetic by emu/softfp, FPSCR and the other registers of the unit
 * (ARM DDI 0406C, A2.7, B4.1.56 ff.).
 *
 * Not modelled, as on Cortex-A7 and A9: trapped exceptions (their enable bits read as
 * 0), short vectors (an operation with FPSCR.LEN not 0 and a destination outside the
 * first bank is undefined with FPEXC.DEX set, and system software emulates it).
 */
#include "guest/arm/vfp_help.h"

struct soft_env arm_fp_env(const struct arm *arm)
{
	bool flush = arm->fpscr & ARM_FPSCR_FZ;

	return (struct soft_env){ .rounding = (uint8_t)arm->cpu.fp_rounding,
				  .nan_rule = SOFT_NAN_ARM,
				  .tiny_before = true,
				  .flush_inputs = flush,
				  .flush_outputs = flush,
				  .default_nan = arm->fpscr & ARM_FPSCR_DN };
}

const struct soft_env arm_fp_standard_env = { .rounding = SOFT_NEAREST,
					      .nan_rule = SOFT_NAN_ARM,
					      .tiny_before = true,
					      .flush_inputs = true,
					      .flush_outputs = true,
					      .default_nan = true };

/* Functions of two operands, or of one. */
#define ARM_FP(name, format, result)                                                               \
	static uint64_t name(void *cpu, uint64_t a, uint64_t b)                                    \
	{                                                                                          \
		struct soft_env env = arm_fp_env(cpu);                                             \
		const struct soft_format *f = &format;                                             \
		uint64_t value = (result);                                                         \
                                                                                                   \
		(void)b;                                                                           \
		(void)f;                                                                           \
		((struct cpu *)cpu)->fp_sticky |= env.flags;                                       \
		return value;                                                                      \
	}
#define ARM_FP_BOTH(name, result)                                                                  \
	ARM_FP(arm_fp_##name##_single, soft_single, result)                                        \
	ARM_FP(arm_fp_##name##_double, soft_double, result)
#define ARM_FP_PAIR(name)                                                                          \
	{                                                                                          \
		arm_fp_##name##_single, arm_fp_##name##_double                                     \
	}

ARM_FP_BOTH(add, soft_add(&env, f, a, b))
ARM_FP_BOTH(sub, soft_sub(&env, f, a, b))
ARM_FP_BOTH(mul, soft_mul(&env, f, a, b))
ARM_FP_BOTH(div, soft_div(&env, f, a, b))
ARM_FP_BOTH(sqrt, soft_sqrt(&env, f, a))
ARM_FP(arm_fp_convert_single, soft_single, soft_convert(&env, f, &soft_double, a))
ARM_FP(arm_fp_convert_double, soft_double, soft_convert(&env, f, &soft_single, a))

fp_fn *const arm_fp_add[2] = ARM_FP_PAIR(add);
fp_fn *const arm_fp_sub[2] = ARM_FP_PAIR(sub);
fp_fn *const arm_fp_mul[2] = ARM_FP_PAIR(mul);
fp_fn *const arm_fp_div[2] = ARM_FP_PAIR(div);
fp_fn *const arm_fp_sqrt[2] = ARM_FP_PAIR(sqrt);
fp_fn *const arm_fp_convert[2] = ARM_FP_PAIR(convert);

static const struct soft_fixed arm_fp_s32 = { .bits = 32, .is_signed = true };
static const struct soft_fixed arm_fp_u32 = { .bits = 32 };

static uint64_t arm_fp_truncate(struct soft_env *env, const struct soft_format *f, uint64_t a,
				struct soft_fixed to)
{
	env->rounding = SOFT_TRUNCATE;
	return (uint32_t)soft_to_fixed(env, f, a, to);
}

ARM_FP_BOTH(from_s32, soft_from_fixed(&env, f, a, arm_fp_s32))
ARM_FP_BOTH(from_u32, soft_from_fixed(&env, f, a, arm_fp_u32))
ARM_FP_BOTH(to_s32_truncated, arm_fp_truncate(&env, f, a, arm_fp_s32))
ARM_FP_BOTH(to_u32_truncated, arm_fp_truncate(&env, f, a, arm_fp_u32))
ARM_FP_BOTH(to_s32, (uint32_t)soft_to_fixed(&env, f, a, arm_fp_s32))
ARM_FP_BOTH(to_u32, (uint32_t)soft_to_fixed(&env, f, a, arm_fp_u32))

fp_fn *const arm_fp_from_int[2][2] = {
	{ arm_fp_from_u32_single, arm_fp_from_s32_single },
	{ arm_fp_from_u32_double, arm_fp_from_s32_double },
};
fp_fn *const arm_fp_to_int[2][2][2] = {
	{ { arm_fp_to_u32_truncated_single, arm_fp_to_u32_single },
	  { arm_fp_to_s32_truncated_single, arm_fp_to_s32_single } },
	{ { arm_fp_to_u32_truncated_double, arm_fp_to_u32_double },
	  { arm_fp_to_s32_truncated_double, arm_fp_to_s32_double } },
};

static const uint8_t arm_fp_nzcv[] = {
	[SOFT_EQUAL] = 6, [SOFT_LESS] = 8, [SOFT_GREATER] = 2, [SOFT_UNORDERED] = 3
};

ARM_FP_BOTH(quiet, arm_fp_nzcv[soft_compare(&env, f, a, b, false)])
ARM_FP_BOTH(signalling, arm_fp_nzcv[soft_compare(&env, f, a, b, true)])

fp_fn *const arm_fp_compare[2][2] = {
	{ arm_fp_quiet_single, arm_fp_signalling_single },
	{ arm_fp_quiet_double, arm_fp_signalling_double },
};

uint64_t arm_help_fp(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)d;
	return ((fp_fn *)(uintptr_t)a)(cpu, b, c);
}

static uint64_t arm_fp_fma(struct arm *arm, const struct soft_format *f, uint64_t a, uint64_t b,
			   uint64_t c)
{
	struct soft_env env = arm_fp_env(arm);
	uint64_t value = soft_fma(&env, f, a, b, c);

	arm->cpu.fp_sticky |= env.flags;
	return value;
}

uint64_t arm_help_fma_single(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)d;
	return arm_fp_fma(cpu, &soft_single, a, b, c);
}

uint64_t arm_help_fma_double(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)d;
	return arm_fp_fma(cpu, &soft_double, a, b, c);
}

static uint64_t arm_fp_half(struct arm *arm, uint64_t a, bool to_half)
{
	struct soft_env env = arm_fp_env(arm);
	const struct soft_format *half =
		arm->fpscr & ARM_FPSCR_AHP ? &soft_alternative_half : &soft_half;
	uint64_t value = to_half ? soft_convert(&env, &soft_single, half, a) :
				   soft_convert(&env, half, &soft_single, a);

	arm->cpu.fp_sticky |= env.flags;
	return value;
}

uint64_t arm_help_half_to_single(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)b, (void)c, (void)d;
	return arm_fp_half(cpu, a & 0xffff, false);
}

uint64_t arm_help_single_to_half(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)b, (void)c, (void)d;
	return arm_fp_half(cpu, a, true);
}

uint64_t arm_help_to_fixed(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;
	struct soft_env env = arm_fp_env(arm);
	struct soft_fixed to = { .bits = (uint8_t)c, .fraction = (uint8_t)b, .is_signed = d & 1 };
	uint64_t value;

	env.rounding = SOFT_TRUNCATE;
	value = soft_to_fixed(&env, d & 2 ? &soft_double : &soft_single, a, to);
	arm->cpu.fp_sticky |= env.flags;
	return value;
}

uint64_t arm_help_from_fixed(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;
	struct soft_env env = arm_fp_env(arm);
	struct soft_fixed from = { .bits = (uint8_t)c, .fraction = (uint8_t)b, .is_signed = d & 1 };
	uint64_t value;

	env.rounding = SOFT_NEAREST;
	value = soft_from_fixed(&env, d & 2 ? &soft_double : &soft_single, a, from);
	arm->cpu.fp_sticky |= env.flags;
	return value;
}

/* FPSCR's cumulative flag per enum fp_sticky, and RMode per enum fp_rounding. */
static const struct {
	uint8_t sticky, fpscr;
} arm_fp_flags[] = {
	{ FP_INVALID, 1 << 0 },   { FP_DIVIDE, 1 << 1 },  { FP_OVERFLOW, 1 << 2 },
	{ FP_UNDERFLOW, 1 << 3 }, { FP_INEXACT, 1 << 4 }, { FP_DENORMAL, 1 << 7 },
};
static const uint8_t arm_fp_rounding[4] = { FP_NEAREST, FP_UP, FP_DOWN, FP_ZERO };

uint32_t arm_fpscr_read(struct arm *arm)
{
	uint32_t value = arm->fpscr | arm->fpscr_nzcv | (arm->qc ? ARM_FPSCR_QC : 0);

	fp_collect(&arm->cpu);
	for (unsigned i = 0; i < sizeof arm_fp_flags / sizeof arm_fp_flags[0]; i++)
		if (arm->cpu.fp_sticky & arm_fp_flags[i].sticky)
			value |= arm_fp_flags[i].fpscr;
	return value;
}

void arm_fpscr_write(struct arm *arm, uint32_t value)
{
	uint32_t sticky = 0;

	fp_collect(&arm->cpu);
	for (unsigned i = 0; i < sizeof arm_fp_flags / sizeof arm_fp_flags[0]; i++)
		if (value & arm_fp_flags[i].fpscr)
			sticky |= arm_fp_flags[i].sticky;
	arm->cpu.fp_sticky = sticky;
	arm->cpu.fp_rounding = arm_fp_rounding[value >> 22 & 3];
	arm->fpscr = value & ARM_FPSCR_KEPT;
	arm->fpscr_nzcv = value & ARM_FPSCR_NZCV;
	arm->qc = value & ARM_FPSCR_QC;
}

enum arm_fp_register { FPSID = 0, FPSCR = 1, MVFR1 = 6, MVFR0 = 7, FPEXC = 8 };

/* CPACR's field for coprocessors 10 and 11 lets privileged modes in. */
static void arm_fp_check(struct arm *arm)
{
	if (!(arm->c15.cpacr >> 20 & 1))
		arm_raise_undefined(arm);
}

uint64_t arm_help_vmrs(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;

	(void)b, (void)c, (void)d;
	arm_fp_check(arm);
	switch (a) {
	case FPSID:
		return arm->model->fpsid;
	case FPSCR:
		return arm_fpscr_read(arm);
	case MVFR1:
		return arm->model->mvfr[1];
	case MVFR0:
		return arm->model->mvfr[0];
	default:
		return arm->fpexc;
	}
}

uint64_t arm_help_vmsr(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;

	(void)c, (void)d;
	arm_fp_check(arm);
	if (a == FPSCR)
		arm_fpscr_write(arm, (uint32_t)b);
	else if (a == FPEXC)
		arm->fpexc = (uint32_t)b & (ARM_FPEXC_EN | ARM_FPEXC_DEX);
	return 0;
}

uint64_t arm_help_vfp_vector(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;

	(void)a, (void)b, (void)c, (void)d;
	if (!(arm->fpscr & ARM_FPSCR_LEN))
		return 0;
	arm->fpexc |= ARM_FPEXC_DEX;
	arm_raise_undefined(arm);
}

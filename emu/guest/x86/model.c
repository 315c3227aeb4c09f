/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CPU models and CPUID (SDM 2: CPUID).  Feature bits say what is modelled; so a model may
 * have less than its namesake (no VME, no machine check, no APIC), and pentium3 has more:
 * SSE2 and, by extended leaves, NX.
 */
#include "guest/x86/protect.h"

#include <string.h>

#define FEATURES_PENTIUM                                                                           \
	(X86_FEATURE_FPU | X86_FEATURE_DE | X86_FEATURE_PSE | X86_FEATURE_TSC | X86_FEATURE_MSR |  \
	 X86_FEATURE_CX8)
#define FEATURES_PENTIUM3                                                                          \
	(FEATURES_PENTIUM | X86_FEATURE_PAE | X86_FEATURE_SEP | X86_FEATURE_MTRR |                 \
	 X86_FEATURE_PGE | X86_FEATURE_CMOV | X86_FEATURE_PAT | X86_FEATURE_PSE36 |                \
	 X86_FEATURE_MMX | X86_FEATURE_FXSR | X86_FEATURE_SSE | X86_FEATURE_SSE2)
#define NX (1u << 20)
#define EXTENDED 0x80000000u
#define EXTENDED_LAST (EXTENDED + 4)

/* The first is the default. */
static const struct x86_model x86_models[] = {
	{
		.name = "pentium3",
		.family = 6,
		.cpuid = true,
		.nx = true,
		.signature = 0x683,
		.features = FEATURES_PENTIUM3,
		.brand = 2,
		.leaves = 2,
		/* 4 KiB and 4 MiB TLBs, 16 + 16 KiB L1, 256 KiB L2 with lines of 32 bytes */
		.caches = { 0x03020101, 0, 0, 0x0c040882 },
		.brand_name = "L4VM Pentium III",
	},
	{
		.name = "pentium",
		.family = 5,
		.cpuid = true,
		.signature = 0x52c,
		.features = FEATURES_PENTIUM,
		.leaves = 1,
	},
	{
		.name = "i486",
		.family = 4,
		.cpuid = true,
		.signature = 0x480,
		.features = X86_FEATURE_FPU,
		.leaves = 1,
	},
	{
		.name = "i386",
		.family = 3,
		.signature = 0x308,
		.features = X86_FEATURE_FPU,
	},
};

const struct x86_model *x86_model_find(const char *name)
{
	if (!name)
		return &x86_models[0];
	for (size_t i = 0; i < COUNT_OF(x86_models); i++)
		if (!strcmp(x86_models[i].name, name))
			return &x86_models[i];
	return NULL;
}

static void put_leaf(struct x86 *x, uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx)
{
	x->r[X86_EAX] = eax;
	x->r[X86_EBX] = ebx;
	x->r[X86_ECX] = ecx;
	x->r[X86_EDX] = edx;
}

static void basic_leaf(struct x86 *x, uint32_t leaf)
{
	const struct x86_model *m = x->model;

	switch (leaf) {
	case 0: /* GenuineIntel */
		put_leaf(x, m->leaves, 0x756e6547, 0x6c65746e, 0x49656e69);
		break;
	case 1:
		put_leaf(x, m->signature, m->brand, 0, m->features);
		break;
	default:
		put_leaf(x, m->caches[0], m->caches[1], m->caches[2], m->caches[3]);
		break;
	}
}

/* 16 of the name's 48 bytes. */
static void brand_leaf(struct x86 *x, unsigned part)
{
	size_t length = strlen(x->model->brand_name);
	uint32_t word[4] = { 0 };

	for (size_t i = 0; i < sizeof word && part * 16 + i < length; i++)
		word[i / 4] |= (uint32_t)(uint8_t)x->model->brand_name[part * 16 + i]
			       << (8 * (i % 4));
	put_leaf(x, word[0], word[1], word[2], word[3]);
}

static void extended_leaf(struct x86 *x, uint32_t leaf)
{
	switch (leaf) {
	case EXTENDED:
		put_leaf(x, EXTENDED_LAST, 0, 0, 0);
		break;
	case EXTENDED + 1:
		put_leaf(x, 0, 0, 0, x->model->nx ? NX : 0);
		break;
	default:
		brand_leaf(x, leaf - EXTENDED - 2);
		break;
	}
}

/* Leaves that don't exist show the highest basic one. */
uint64_t x86_help_cpuid(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint32_t leaf = x->r[X86_EAX];

	(void)a, (void)b, (void)c, (void)d;
	if (!x->model->cpuid)
		x86_raise(x, X86_UD);
	if (x->model->brand_name && leaf >= EXTENDED && leaf <= EXTENDED_LAST)
		extended_leaf(x, leaf);
	else
		basic_leaf(x, leaf < x->model->leaves ? leaf : x->model->leaves);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * MMX's and SSE2's integer instructions (SDM 1, 9.4 and 11.4.2): the host's.  MMX's are
 * made of SSE2's on the low halves of registers, so that the host's x87 isn't touched.
 */
#include "guest/x86/sse.h"

static void *register_at(void *cpu, uint64_t offset)
{
	return (uint8_t *)cpu + offset;
}

#define SSE_TWO(name)                                                                              \
	static uint64_t sse_##name(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)      \
	{                                                                                          \
		(void)c, (void)d;                                                                  \
		__asm__ volatile("movdqa (%0), %%xmm0\n\t" #name " (%1), %%xmm0\n\t"               \
				 "movdqa %%xmm0, (%0)"                                             \
				 :                                                                 \
				 : "r"(register_at(cpu, a)), "r"(register_at(cpu, b))              \
				 : X86_SSE_CLOBBERS);                                              \
		return 0;                                                                          \
	}
#define MMX_TWO(name, text)                                                                        \
	static uint64_t mmx_##name(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)      \
	{                                                                                          \
		(void)cpu, (void)c, (void)d;                                                       \
		__asm__ volatile("movq %0, %%xmm0\n\tmovq %1, %%xmm1\n\t" text                     \
				 "\n\tmovq %%xmm0, %0"                                             \
				 : "+r"(a)                                                         \
				 : "r"(b)                                                          \
				 : X86_SSE_CLOBBERS);                                              \
		return a;                                                                          \
	}

#define SAME(name) SSE_TWO(name) MMX_TWO(name, #name " %%xmm1, %%xmm0")
#define PACK(name)                                                                                 \
	SSE_TWO(name) MMX_TWO(name, "punpcklqdq %%xmm1, %%xmm0\n\t" #name " %%xmm0, %%xmm0")
#define HIGH(name, low) SSE_TWO(name) MMX_TWO(name, #low " %%xmm1, %%xmm0\n\tpsrldq $8, %%xmm0")
X86_SIMD_INTEGER(SAME, PACK, HIGH)

#define SSE_NAME(name) [X86_SIMD_##name] = sse_##name,
#define SSE_NAME2(name, low) [X86_SIMD_##name] = sse_##name,
#define MMX_NAME(name) [X86_SIMD_##name] = mmx_##name,
#define MMX_NAME2(name, low) [X86_SIMD_##name] = mmx_##name,

ir_fn *const x86_simd_sse[X86_SIMD_COUNT] = { X86_SIMD_INTEGER(SSE_NAME, SSE_NAME, SSE_NAME2) };
ir_fn *const x86_simd_mmx[X86_SIMD_COUNT] = { X86_SIMD_INTEGER(MMX_NAME, MMX_NAME, MMX_NAME2) };

/* By an immediate. */
#define SHIFT_BY(name)                                                                             \
	static uint64_t sse_by_##name(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)   \
	{                                                                                          \
		union x86_vector_register count                                                    \
			__attribute__((aligned(16))) = { .u64 = { c, 0 } };                        \
                                                                                                   \
		(void)b, (void)d;                                                                  \
		return sse_##name(cpu, a, (uintptr_t)&count - (uintptr_t)cpu, 0, 0);               \
	}
#define BY_NAME(name) [X86_SIMD_##name] = sse_by_##name,
#define SHIFTS(X) X(psrlw) X(psraw) X(psllw) X(psrld) X(psrad) X(pslld) X(psrlq) X(psllq)
SHIFTS(SHIFT_BY)

ir_fn *const x86_simd_sse_by[X86_SIMD_COUNT] = { SHIFTS(BY_NAME) };

/* --- Shuffles with an immediate ----------------------------------------------------- */

/* Stored as 16 bytes at once, which is what will be loaded. */
static void set_register(void *d, uint64_t low, uint64_t high)
{
	__asm__ volatile("movq %1, %%xmm0\n\tmovq %2, %%xmm1\n\tpunpcklqdq %%xmm1, %%xmm0\n\t"
			 "movdqa %%xmm0, (%0)"
			 :
			 : "r"(d), "r"(low), "r"(high)
			 : X86_SSE_CLOBBERS);
}

static uint64_t pair(const union x86_vector_register *r, unsigned first, unsigned second)
{
	return r->u32[first & 3] | (uint64_t)r->u32[second & 3] << 32;
}

static uint64_t shuffle_words(uint64_t v, unsigned control)
{
	uint64_t result = 0;

	for (unsigned i = 0; i < 4; i++)
		result |= (v >> 16 * (control >> 2 * i & 3) & 0xffff) << 16 * i;
	return result;
}

uint64_t x86_help_shufps(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	const union x86_vector_register *x = register_at(cpu, a), *y = register_at(cpu, b);
	unsigned control = (unsigned)c;

	(void)d;
	set_register(register_at(cpu, a), pair(x, control, control >> 2),
		     pair(y, control >> 4, control >> 6));
	return 0;
}

uint64_t x86_help_shufpd(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	const union x86_vector_register *x = register_at(cpu, a), *y = register_at(cpu, b);

	(void)d;
	set_register(register_at(cpu, a), x->u64[c & 1], y->u64[c >> 1 & 1]);
	return 0;
}

uint64_t x86_help_pshufd(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	const union x86_vector_register *y = register_at(cpu, b);
	unsigned control = (unsigned)c;

	(void)d;
	set_register(register_at(cpu, a), pair(y, control, control >> 2),
		     pair(y, control >> 4, control >> 6));
	return 0;
}

uint64_t x86_help_pshuflw(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	const union x86_vector_register *y = register_at(cpu, b);

	(void)d;
	set_register(register_at(cpu, a), shuffle_words(y->u64[0], (unsigned)c), y->u64[1]);
	return 0;
}

uint64_t x86_help_pshufhw(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	const union x86_vector_register *y = register_at(cpu, b);

	(void)d;
	set_register(register_at(cpu, a), y->u64[0], shuffle_words(y->u64[1], (unsigned)c));
	return 0;
}

uint64_t x86_help_pshufw(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)cpu, (void)c, (void)d;
	return shuffle_words(a, (unsigned)b);
}

static unsigned __int128 whole(const union x86_vector_register *r)
{
	return (unsigned __int128)r->u64[1] << 64 | r->u64[0];
}

uint64_t x86_help_psrldq(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	unsigned __int128 v = c < 16 ? whole(register_at(cpu, b)) >> 8 * c : 0;

	(void)d;
	set_register(register_at(cpu, a), (uint64_t)v, (uint64_t)(v >> 64));
	return 0;
}

uint64_t x86_help_pslldq(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	unsigned __int128 v = c < 16 ? whole(register_at(cpu, b)) << 8 * c : 0;

	(void)d;
	set_register(register_at(cpu, a), (uint64_t)v, (uint64_t)(v >> 64));
	return 0;
}

/* --- Masks ------------------------------------------------------------------------- */

uint64_t x86_help_pmovmskb8(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)cpu, (void)b, (void)c, (void)d;
	return (a & 0x8080808080808080) * 0x0002040810204081 >> 56;
}

uint64_t x86_help_maskmov(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct ir_mem how = { .space = x->cpu.modes & X86_MODE_USER ? X86_SPACE_USER :
								      X86_SPACE_KERNEL };
	const uint8_t *bytes = register_at(cpu, b), *mask = register_at(cpu, c);

	for (unsigned i = 0; i < d; i++)
		if (mask[i] & 0x80)
			mem_store(&x->cpu, (gva)a + i, how, bytes[i]);
	return 0;
}

uint64_t x86_help_misaligned(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	x86_raise_code(cpu, X86_GP, 0);
}

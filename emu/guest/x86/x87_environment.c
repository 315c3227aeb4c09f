/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The x87's state in memory (SDM 1, 8.1.10, 8.1.11, 10.5): FLDENV, FNSTENV, FRSTOR, FNSAVE in
 * four formats, by operand size and mode; FXSAVE, FXRSTOR.
 *
 * In real and virtual-8086 mode pointers are linear, 20 bits with 16-bit operands.  FXSAVE
 * writes 288 bytes; it doesn't touch the reserved ones after XMM7.
 */
#include "guest/x86/x87.h"

#include <string.h>

#define FXSAVE_BYTES 288
#define FXSAVE_XMM 160
#define MXCSR_MASK 0xffffu
#define SPAN_MAX 256u

/* b of all functions here: operand size, length of the instruction. */
#define SIZE(b) ((unsigned)(b)&0xff)
#define LENGTH(b) ((unsigned)(b) >> 8)

static struct ir_mem state_mem(const struct x86 *x)
{
	return (struct ir_mem){ .space = x86_data_space(x) };
}

static void state_read(struct x86 *x, gva address, void *to, unsigned bytes)
{
	for (unsigned at = 0; at < bytes; at += SPAN_MAX) {
		unsigned n = bytes - at < SPAN_MAX ? bytes - at : SPAN_MAX;
		hva from = mem_span(&x->cpu, address + at, state_mem(x), n, false);

		memcpy((uint8_t *)to + at, (const void *)from, n);
	}
}

/* All or nothing: the last part is checked before the first is written. */
static void state_write(struct x86 *x, gva address, const void *from, unsigned bytes)
{
	if (bytes > SPAN_MAX)
		mem_span(&x->cpu, address + SPAN_MAX, state_mem(x), bytes - SPAN_MAX, true);
	for (unsigned at = 0; at < bytes; at += SPAN_MAX) {
		unsigned n = bytes - at < SPAN_MAX ? bytes - at : SPAN_MAX;
		hva to = mem_span(&x->cpu, address + at, state_mem(x), n, true);

		memcpy((void *)to, (const uint8_t *)from + at, n);
		mem_span_end(&x->cpu, address + at, state_mem(x), n);
	}
}

static void put16(uint8_t *p, uint32_t value)
{
	uint16_t v = (uint16_t)value;

	memcpy(p, &v, sizeof v);
}

static void put32(uint8_t *p, uint32_t value)
{
	memcpy(p, &value, sizeof value);
}

static uint32_t get16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* 0 valid, 1 zero, 2 special, 3 empty. */
static uint32_t tag_of(const struct x86_fpu *f, unsigned physical)
{
	const union x86_vector_register *r = &f->st[physical];
	uint32_t exponent = r->u16[4] & 0x7fff;

	if (f->empty >> physical & 1)
		return 3;
	if (!exponent && !r->u64[0])
		return 1;
	return exponent == 0x7fff || !exponent || !(r->u64[0] >> 63) ? 2 : 0;
}

static uint32_t tag_word(const struct x86_fpu *f)
{
	uint32_t tags = 0;

	for (unsigned i = 0; i < 8; i++)
		tags |= tag_of(f, i) << 2 * i;
	return tags;
}

/* --- The environment ---------------------------------------------------------------- */

static unsigned environment_bytes(unsigned size)
{
	return size == 2 ? 14 : 28;
}

static void environment_store(struct x86 *x, uint8_t *p, unsigned size)
{
	struct x86_fpu *f = &x->fpu;
	unsigned n = size == 2 ? 2 : 4;
	bool real = x->cpu.modes & X86_MODE_REAL;
	uint32_t ip = f->last_ip, data = f->last_data, opcode = f->last & 0x7ff;

	x86_fpu_keep_selectors(x);
	memset(p, 0xff, environment_bytes(size));
	put16(p, f->control);
	put16(p + n, x87_status(f));
	put16(p + 2 * n, tag_word(f));
	if (real) {
		ip += (uint32_t)f->last_cs << 4;
		data += (uint32_t)f->last_ds << 4;
	}
	if (size == 2 || real) {
		put16(p + 3 * n, ip);
		put16(p + 5 * n, data);
	} else {
		put32(p + 12, ip);
		put32(p + 20, data);
	}
	if (!real) {
		put16(p + 4 * n, f->last_cs);
		put16(p + 6 * n, f->last_ds);
		if (size == 4)
			put16(p + 18, opcode);
	} else if (size == 2) {
		put16(p + 8, (ip >> 16 & 15) << 12 | opcode);
		put16(p + 12, (data >> 16 & 15) << 12);
	} else {
		put32(p + 16, ip >> 16 << 12 | opcode);
		put32(p + 24, data >> 16 << 12);
	}
}

static void environment_pointers(struct x86 *x, const uint8_t *p, unsigned size)
{
	struct x86_fpu *f = &x->fpu;
	unsigned n = size == 2 ? 2 : 4;

	f->last = X86_FPU_LAST_KEPT;
	f->last_cs = f->last_ds = 0;
	f->last_ip = get16(p + 3 * n);
	f->last_data = get16(p + 5 * n);
	if (x->cpu.modes & X86_MODE_REAL) {
		uint32_t high = size == 2 ? get16(p + 8) : get32(p + 16);

		f->last |= high & 0x7ff;
		f->last_ip |= (high >> 12) << 16;
		f->last_data |= ((size == 2 ? get16(p + 12) : get32(p + 24)) >> 12) << 16;
		return;
	}
	f->last_cs = (uint16_t)get16(p + 4 * n);
	f->last_ds = (uint16_t)get16(p + 6 * n);
	if (size == 4) {
		f->last_ip = get32(p + 12);
		f->last_data = get32(p + 20);
		f->last |= get16(p + 18) & 0x7ff;
	}
}

static void set_status(struct x86_fpu *f, uint32_t control, uint32_t status)
{
	f->control = (control & X87_CONTROL_KEPT) | 0x40;
	f->status = status & 0xffff & ~(7u << 11);
	f->top = status >> 11 & 7;
}

static void environment_load(struct x86 *x, const uint8_t *p, unsigned size)
{
	struct x86_fpu *f = &x->fpu;
	unsigned n = size == 2 ? 2 : 4;
	uint32_t tags = get16(p + 2 * n);

	set_status(f, get16(p), get16(p + n));
	f->distrusted = false;
	f->empty = 0;
	for (unsigned i = 0; i < 8; i++)
		if ((tags >> 2 * i & 3) == 3)
			f->empty |= 1u << i;
	environment_pointers(x, p, size);
}

uint64_t x87_help_fldenv(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint8_t image[28];

	(void)c, (void)d;
	state_read(x, (gva)a, image, environment_bytes(SIZE(b)));
	environment_load(x, image, SIZE(b));
	x87_control_changed(x, LENGTH(b));
	return 0;
}

uint64_t x87_help_fnstenv(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint8_t image[28];

	(void)c, (void)d;
	environment_store(x, image, SIZE(b));
	state_write(x, (gva)a, image, environment_bytes(SIZE(b)));
	x->fpu.control |= X87_EXCEPTIONS;
	x87_control_changed(x, LENGTH(b));
	return 0;
}

uint64_t x87_help_frstor(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	unsigned n = environment_bytes(SIZE(b));
	uint8_t image[28 + 80];

	(void)c, (void)d;
	state_read(x, (gva)a, image, n + 80);
	environment_load(x, image, SIZE(b));
	for (unsigned i = 0; i < 8; i++) {
		struct x87_value v;

		memcpy(&v.significand, image + n + 10 * i, 8);
		v.exponent = get16(image + n + 10 * i + 8);
		x87_set(&x->fpu, i, v);
	}
	x87_control_changed(x, LENGTH(b));
	return 0;
}

uint64_t x87_help_fnsave(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	unsigned n = environment_bytes(SIZE(b));
	uint8_t image[28 + 80];

	(void)c, (void)d;
	environment_store(x, image, SIZE(b));
	for (unsigned i = 0; i < 8; i++) {
		struct x87_value v = x87_get(&x->fpu, i);

		memcpy(image + n + 10 * i, &v.significand, 8);
		put16(image + n + 10 * i + 8, v.exponent);
	}
	state_write(x, (gva)a, image, n + 80);
	return x87_help_fninit(x, 0, LENGTH(b), 0, 0);
}

/* --- FXSAVE, FXRSTOR ---------------------------------------------------------------- */

uint64_t x87_help_fxsave(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_fpu *f = &x->fpu;
	bool sse = x->cr4 & X86_CR4_OSFXSR;
	uint8_t image[FXSAVE_BYTES] = { 0 };

	(void)b, (void)c, (void)d;
	if (a & 15)
		x86_raise_code(x, X86_GP, 0);
	x86_fpu_keep_selectors(x);
	put16(image, f->control);
	put16(image + 2, x87_status(f));
	image[4] = (uint8_t)~f->empty;
	put16(image + 6, f->last & 0x7ff);
	put32(image + 8, f->last_ip);
	put16(image + 12, f->last_cs);
	put32(image + 16, f->last_data);
	put16(image + 20, f->last_ds);
	put32(image + 24, x86_mxcsr_read(x));
	put32(image + 28, MXCSR_MASK);
	for (unsigned i = 0; i < 8; i++)
		memcpy(image + 32 + 16 * i, &f->st[x87_index(f, i)], 10);
	if (sse)
		memcpy(image + FXSAVE_XMM, x->xmm, sizeof x->xmm);
	state_write(x, (gva)a, image, sse ? FXSAVE_BYTES : FXSAVE_XMM);
	return 0;
}

uint64_t x87_help_fxrstor(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct x86_fpu *f = &x->fpu;
	bool sse = x->cr4 & X86_CR4_OSFXSR;
	uint8_t image[FXSAVE_BYTES];

	(void)c, (void)d;
	if (a & 15)
		x86_raise_code(x, X86_GP, 0);
	state_read(x, (gva)a, image, FXSAVE_BYTES);
	if (sse && get32(image + 24) & ~MXCSR_MASK)
		x86_raise_code(x, X86_GP, 0);
	set_status(f, get16(image), get16(image + 2));
	f->empty = (uint8_t)~image[4];
	f->distrusted = false;
	f->last = X86_FPU_LAST_KEPT | (get16(image + 6) & 0x7ff);
	f->last_ip = get32(image + 8);
	f->last_cs = (uint16_t)get16(image + 12);
	f->last_data = get32(image + 16);
	f->last_ds = (uint16_t)get16(image + 20);
	for (unsigned i = 0; i < 8; i++) {
		struct x87_value v;

		memcpy(&v.significand, image + 32 + 16 * i, 8);
		v.exponent = get16(image + 32 + 16 * i + 8);
		x87_set(f, i, v);
	}
	if (sse) {
		memcpy(x->xmm, image + FXSAVE_XMM, sizeof x->xmm);
		x86_mxcsr_write(x, get32(image + 24));
	}
	x87_control_changed(x, LENGTH(b));
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Helpers of translated integer code: conditions of flags that the block doesn't know,
 * rotations, decimal adjustment, nested frames.  emit.h says what the arguments are.
 */
#include "guest/x86/emit.h"

uint64_t x86_help_flags(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	return x86_flags(cpu);
}

uint64_t x86_help_parity(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)cpu, (void)b, (void)c, (void)d;
	return !__builtin_parity((unsigned)a & 0xff);
}

uint64_t x86_help_condition(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	uint32_t f = x86_flags(cpu);
	bool less = !(f & X86_SF) != !(f & X86_OF), value;

	(void)b, (void)c, (void)d;
	switch (a >> 1) {
	case 0:
		value = f & X86_OF;
		break;
	case 1:
		value = f & X86_CF;
		break;
	case 2:
		value = f & X86_ZF;
		break;
	case 3:
		value = f & (X86_CF | X86_ZF);
		break;
	case 4:
		value = f & X86_SF;
		break;
	case 5:
		value = f & X86_PF;
		break;
	case 6:
		value = less;
		break;
	default:
		value = less || f & X86_ZF;
		break;
	}
	return value != (a & 1);
}

uint64_t x86_check_segment(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)c, (void)d;
	return x86_help_segment(cpu, b & 7, a, b >> 4, b >> 3 & 1);
}

/* Rotations (SDM 2, RCL/RCR/ROL/ROR). */

struct rotation {
	uint32_t value, bits;
	bool carry;
};

static void rotate_step(struct rotation *r, enum x86_shift kind)
{
	uint32_t top = r->value >> (r->bits - 1) & 1, low = r->value & 1, in;

	if (kind == SHIFT_ROL || kind == SHIFT_RCL) {
		in = kind == SHIFT_ROL ? top : r->carry;
		r->value = r->value << 1 | in;
		r->carry = top;
	} else {
		in = kind == SHIFT_ROR ? low : r->carry;
		r->value = r->value >> 1 | in << (r->bits - 1);
		r->carry = low;
	}
	if (r->bits < 32)
		r->value &= (1u << r->bits) - 1;
}

/* OF, defined for one step: whether the sign changed; to the left, the sign is CF then. */
static bool rotate_overflow(const struct rotation *r, enum x86_shift kind)
{
	bool top = r->value >> (r->bits - 1) & 1, next = r->value >> (r->bits - 2) & 1;

	return kind == SHIFT_ROL || kind == SHIFT_RCL ? top != r->carry : top != next;
}

uint64_t x86_help_rotate(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct rotation r = { (uint32_t)a, (uint32_t)d, false };
	uint32_t flags = x86_flags(cpu), count = (uint32_t)b;
	enum x86_shift kind = (enum x86_shift)c;

	if (!count)
		return a;
	r.carry = flags & X86_CF;
	for (uint32_t n = 0; n < count; n++)
		rotate_step(&r, kind);
	flags = (flags & ~X86_CF) | (r.carry ? X86_CF : 0);
	if (count == 1)
		flags = (flags & ~X86_OF) | (rotate_overflow(&r, kind) ? X86_OF : 0);
	x86_set_flags(cpu, flags);
	return r.value;
}

/* Decimal adjustment (SDM 2, DAA DAS AAA AAS). */

static uint32_t bcd_result_flags(uint8_t al)
{
	return (al ? 0 : X86_ZF) | (al & 0x80 ? X86_SF : 0) | (__builtin_parity(al) ? 0 : X86_PF);
}

static void bcd_packed(struct x86 *x, bool subtract)
{
	uint32_t flags = x86_flags(x), set = 0;
	uint8_t al = (uint8_t)x->r[X86_EAX], before = al;

	if ((al & 15) > 9 || flags & X86_AF) {
		if (subtract ? al < 6 : al > 0xf9)
			set |= X86_CF;
		al = (uint8_t)(subtract ? al - 6 : al + 6);
		set |= X86_AF;
		if (flags & X86_CF)
			set |= X86_CF;
	}
	if (before > 0x99 || flags & X86_CF) {
		al = (uint8_t)(subtract ? al - 0x60 : al + 0x60);
		set |= X86_CF;
	} else if (!subtract) {
		set &= ~X86_CF;
	}
	x->r[X86_EAX] = (x->r[X86_EAX] & ~0xffu) | al;
	x86_set_flags(x, set | bcd_result_flags(al));
}

static void bcd_unpacked(struct x86 *x, bool subtract)
{
	uint32_t flags = x86_flags(x), ax = x->r[X86_EAX] & 0xffff, set = 0;

	if ((ax & 15) > 9 || flags & X86_AF) {
		ax = subtract ? ax - 0x106 : ax + 0x106;
		set = X86_AF | X86_CF;
	}
	ax &= 0xff0f;
	x->r[X86_EAX] = (x->r[X86_EAX] & ~0xffffu) | ax;
	x86_set_flags(x, set | bcd_result_flags((uint8_t)ax));
}

uint64_t x86_help_bcd(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)b, (void)c, (void)d;
	if (a <= BCD_DAS)
		bcd_packed(cpu, a == BCD_DAS);
	else
		bcd_unpacked(cpu, a == BCD_AAS);
	return 0;
}

uint64_t x86_help_into(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	gva next = x->segment[X86_CS].base + (uint32_t)b;

	(void)c, (void)d;
	if (a)
		return x86_help_int(x, X86_OF_TRAP, b, 1, 0);
	if (x->cpu.modes & X86_MODE_TRAP)
		x86_help_trap(x, next, 0, 0, 0);
	return next;
}

/* ENTER (SDM 2) with nesting: the caller's frame pointers are copied. */

struct frame {
	struct x86 *x;
	uint32_t mask;
	struct ir_mem mem;
	uint32_t size, top; /* the last offset that was pushed to */
};

static gva frame_linear(const struct frame *f, uint32_t offset, bool write)
{
	if (!(f->x->cpu.modes & X86_MODE_FREE(X86_SS)))
		x86_help_segment(f->x, X86_SS, offset, f->size, write);
	return f->x->segment[X86_SS].base + offset;
}

static void frame_push(struct frame *f, uint32_t value)
{
	f->top = (f->top - f->size) & f->mask;
	mem_store(&f->x->cpu, frame_linear(f, f->top, true), f->mem, value);
}

uint64_t x86_help_enter(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	uint32_t modes = x->cpu.modes;
	unsigned log2 = x86_log2((unsigned)a);
	struct frame f = {
		.x = x,
		.mask = modes & X86_MODE_STACK32 ? 0xffffffff : 0xffff,
		.mem = { .size = log2 & 7,
			 .align = modes & X86_MODE_ALIGN ? log2 & 7 : 0,
			 .space = modes & X86_MODE_USER ? X86_SPACE_USER : X86_SPACE_KERNEL },
		.size = (uint32_t)a,
		.top = x->r[X86_ESP],
	};

	(void)d;
	frame_push(&f, x->r[X86_EBP]);
	for (uint32_t n = 1; n < b; n++) {
		uint32_t offset = (x->r[X86_EBP] - n * f.size) & f.mask;

		frame_push(&f, (uint32_t)mem_load(cpu, frame_linear(&f, offset, false), f.mem));
	}
	frame_push(&f, (uint32_t)c);
	return 0;
}

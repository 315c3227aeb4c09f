/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random ARM instructions: a case's code.
 *
 * Most of it are instructions from the patterns.  Between them stand branches forward
 * over the next few instructions, IT blocks, and short sequences that compute an address
 * and go there in one of the many ways to write pc, also to the other instruction set;
 * these go on right after themselves.
 */
#include "generate.h"

#include <string.h>

#include "pattern.h"

#define ROOM (CASE_SLOT_BYTES - 8) /* what follows: an alignment, the end */
#define MOST_PENDING 4

enum branch { BRANCH_ARM, BRANCH_T16, BRANCH_T16_COND, BRANCH_T32, BRANCH_T32_COND, BRANCH_CBZ };

struct pending {
	unsigned at;   /* of the branch */
	unsigned left; /* items until its target */
	enum branch kind;
};

struct block {
	struct random_source *random;
	struct random_case *c;
	struct case_layout *layout;
	enum flavour flavour;
	bool thumb;
	unsigned exclusive; /* size log2 of load- and store-exclusive */
	unsigned at, insns;
	struct pending pending[MOST_PENDING];
	unsigned pending_count;
};

static void put_half(struct block *b, uint32_t half)
{
	b->c->code[b->at++] = (uint8_t)half;
	b->c->code[b->at++] = (uint8_t)(half >> 8);
}

static void note_insn(struct block *b, unsigned bytes, bool thumb)
{
	b->layout->insn[b->layout->count++] =
		(struct case_insn){ .at = (uint8_t)b->at, .bytes = (uint8_t)bytes, .thumb = thumb };
}

static void put16(struct block *b, uint32_t half)
{
	note_insn(b, 2, true);
	put_half(b, half);
}

static void put_arm(struct block *b, uint32_t word)
{
	note_insn(b, 4, false);
	put_half(b, word & 0xffff);
	put_half(b, word >> 16);
}

static void put_t32(struct block *b, uint32_t word)
{
	note_insn(b, 4, true);
	put_half(b, word >> 16);
	put_half(b, word & 0xffff);
}

static uint32_t get16(const struct block *b, unsigned at)
{
	return b->c->code[at] | (uint32_t)b->c->code[at + 1] << 8;
}

static void or16(struct block *b, unsigned at, uint32_t bits)
{
	bits |= get16(b, at);
	b->c->code[at] = (uint8_t)bits;
	b->c->code[at + 1] = (uint8_t)(bits >> 8);
}

static unsigned draw_set(struct block *b)
{
	unsigned other = random_below(b->random, 100);

	if (b->flavour == FLAVOUR_SYSTEM && other < 35)
		return SET_A32_SYSTEM;
	if (b->flavour == FLAVOUR_VFP)
		return other < 85 ? SET_VFP : other < 93 ? SET_NEON : SET_A32;
	if (b->flavour == FLAVOUR_NEON)
		return other < 85 ? SET_NEON : other < 93 ? SET_VFP : SET_A32;
	if (other < 5)
		return SET_EXCLUSIVE + b->exclusive;
	return other < 96 ? SET_A32 : other < 98 ? SET_VFP : SET_NEON;
}

static void put_random(struct block *b)
{
	uint32_t i = random_next(b->random);

	if (!b->thumb && pattern_harmless_a32(i))
		put_arm(b, i);
	else if (b->thumb && pattern_harmless_t16(i & 0xffff))
		put16(b, i & 0xffff);
	else if (b->thumb && pattern_harmless_t32(i |= 0xe8000000))
		put_t32(b, i);
}

static void put_plain(struct block *b, unsigned without)
{
	unsigned set = draw_set(b);
	bool narrow;
	uint32_t i;

	b->insns++;
	if (b->flavour == FLAVOUR_SYSTEM && random_below(b->random, 5) == 0) {
		put_random(b);
		return;
	}
	if (!b->thumb) {
		i = pattern_draw(b->random, set, false, without);
		put_arm(b, (i & 0x0fff0000) == 0x03200000 ? i & ~0xfeu : i); /* no WFI */
		return;
	}
	narrow = random_next(b->random) & 1;
	if (set == SET_A32)
		set = narrow ? SET_T16 : SET_T32;
	if (set == SET_A32_SYSTEM)
		set = narrow ? SET_T16_SYSTEM : SET_T32_SYSTEM;
	i = pattern_draw(b->random, set, true, without);
	if (set == SET_T16_SYSTEM && !pattern_harmless_t16(i))
		i = 0xbf00;
	if (set == SET_T16 || set == SET_T16_SYSTEM)
		put16(b, i);
	else
		put_t32(b, i);
}

static void put_it_block(struct block *b)
{
	struct random_source *r = b->random;
	uint32_t condition = random_below(r, 15), mask = 1 + random_below(r, 15);
	unsigned count = 4 - (unsigned)__builtin_ctz(mask);

	if (condition == 14)
		mask &= -mask; /* AL has no "else" */
	put16(b, 0xbf00 | condition << 4 | mask);
	b->insns++;
	while (count-- > 0)
		put_plain(b, ROW_NOT_IN_IT);
}

static void put_branch(struct block *b)
{
	struct random_source *r = b->random;
	struct pending *p = &b->pending[b->pending_count++];
	uint32_t condition = random_below(r, 14);

	p->at = b->at;
	p->left = 1 + random_below(r, 4);
	b->insns++;
	if (!b->thumb) {
		p->kind = BRANCH_ARM;
		condition = random_next(r) & 3 ? condition : 14;
		put_arm(b, condition << 28 | (random_next(r) & 3 ? 0x0a000000 : 0x0b000000));
		return;
	}
	p->kind = BRANCH_T16 + random_below(r, 5);
	switch (p->kind) {
	case BRANCH_T16:
		put16(b, 0xe000);
		break;
	case BRANCH_T16_COND:
		put16(b, 0xd000 | condition << 8);
		break;
	case BRANCH_T32: /* B or BL: J1 and J2 are 1 for short distances */
		put_t32(b, random_next(r) & 1 ? 0xf000b800 : 0xf000f800);
		break;
	case BRANCH_T32_COND:
		put_t32(b, 0xf0008000 | condition << 22);
		break;
	default:
		put16(b, 0xb100 | (random_next(r) & 0x807));
		break;
	}
}

/* The branch's target is here. */
static void land(struct block *b, const struct pending *p)
{
	unsigned offset = b->at - p->at - 4;

	switch (p->kind) {
	case BRANCH_ARM:
		offset = (offset - 4) >> 2;
		or16(b, p->at, offset & 0xffff);
		or16(b, p->at + 2, offset >> 16 & 0xff);
		break;
	case BRANCH_T16:
		or16(b, p->at, offset >> 1 & 0x7ff);
		break;
	case BRANCH_T16_COND:
		or16(b, p->at, offset >> 1 & 0xff);
		break;
	case BRANCH_T32:
	case BRANCH_T32_COND:
		or16(b, p->at + 2, offset >> 1 & 0x7ff);
		break;
	case BRANCH_CBZ:
		or16(b, p->at, (offset >> 1 & 31) << 3 | (offset >> 6 & 1) << 9);
		break;
	}
}

static void land_pending(struct block *b, bool all)
{
	for (unsigned i = 0; i < b->pending_count;) {
		if (all || b->pending[i].left == 0) {
			land(b, &b->pending[i]);
			b->pending[i] = b->pending[--b->pending_count];
		} else {
			b->pending[i++].left--;
		}
	}
}

static void arm_jump(struct block *b)
{
	uint32_t d = random_below(b->random, 6), thumb = random_next(b->random) & 1;

	b->insns += 2;
	switch (random_below(b->random, 7)) {
	case 0: /* add d, pc, #thumb; bx d */
		put_arm(b, 0xe28f0000 | d << 12 | thumb);
		put_arm(b, 0xe12fff10 | d);
		break;
	case 1: /* blx d */
		put_arm(b, 0xe28f0000 | d << 12 | thumb);
		put_arm(b, 0xe12fff30 | d);
		break;
	case 2: /* blx to the next instruction */
		put_arm(b, 0xfaffffff);
		thumb = 1;
		break;
	case 3: /* mov pc, d */
		put_arm(b, 0xe28f0000 | d << 12 | thumb);
		put_arm(b, 0xe1a0f000 | d);
		break;
	case 4: /* add d, pc, #4 + thumb; str d, [r11]; ldr pc, [r11] */
		put_arm(b, 0xe28f0004 | d << 12 | thumb);
		put_arm(b, 0xe58b0000 | d << 12);
		put_arm(b, 0xe59bf000);
		break;
	case 5: /* add d, pc, #4 + thumb; str d, [r11, #4]; ldm r11, {d, pc} */
		put_arm(b, 0xe28f0004 | d << 12 | thumb);
		put_arm(b, 0xe58b0004 | d << 12);
		put_arm(b, 0xe89b8000 | 1u << d);
		break;
	default: /* sub pc, pc, #4 */
		put_arm(b, 0xe24ff004);
		thumb = 0;
		break;
	}
	b->thumb = thumb;
}

static void thumb_align(struct block *b)
{
	if (b->at & 2)
		put16(b, 0xbf00);
}

/* mov sp, r11; add d, pc, #0; adds d, #7 or 8; push {d}; pop {pc} */
static void thumb_pop(struct block *b, uint32_t d, bool to_thumb)
{
	put16(b, 0x46dd);
	put16(b, 0xa000 | d << 8);
	put16(b, 0x3000 | d << 8 | (to_thumb ? 7 : 8));
	put16(b, 0xb400 | 1u << d);
	put16(b, 0xbd00);
	if (!to_thumb)
		put16(b, 0xbf00);
	b->insns += 3;
}

/* movs d, #0 or 1; tbb [pc, d]; the table; a nop that is skipped or not */
static void thumb_table(struct block *b, uint32_t d)
{
	put16(b, 0x2000 | d << 8 | (random_next(b->random) & 1));
	put_t32(b, 0xe8dff000 | d);
	put_half(b, 0x0201);
	put16(b, 0xbf00);
}

static void thumb_jump(struct block *b)
{
	uint32_t d = random_below(b->random, 6), to_thumb = random_next(b->random) & 1;

	thumb_align(b);
	b->insns += 2;
	switch (random_below(b->random, 5)) {
	case 0: /* add d, pc, #0; bx d or blx d */
		put16(b, 0xa000 | d << 8);
		put16(b, (random_next(b->random) & 1 ? 0x4700 : 0x4780) | d << 3);
		to_thumb = 0;
		break;
	case 1: /* add d, pc, #0; mov pc, d */
		put16(b, 0xa000 | d << 8);
		put16(b, 0x4687 | d << 3);
		to_thumb = 1;
		break;
	case 2: /* blx to the next instruction */
		put_t32(b, 0xf000e800);
		to_thumb = 0;
		break;
	case 3:
		thumb_pop(b, d, to_thumb);
		break;
	default:
		thumb_table(b, d);
		to_thumb = 1;
		break;
	}
	b->thumb = to_thumb;
}

/* vmrs d, fpscr; eor d, d, #a bit: the rounding mode, FZ, DN, AHP or a flag; vmsr */
static void put_fpscr(struct block *b)
{
	uint32_t d = random_below(b->random, 6), bit = 22 + random_below(b->random, 10);
	uint32_t rotation = 39 - bit; /* Thumb: of 0x80 */
	void (*put)(struct block *, uint32_t) = b->thumb ? put_t32 : put_arm;

	put(b, 0xeef10a10 | d << 12);
	if (b->thumb)
		put_t32(b, 0xf0800000 | d << 16 | d << 8 | (rotation & 16) << 22 |
				   (rotation & 14) << 11 | (rotation & 1) << 7);
	else
		put_arm(b, 0xe2200000 | d << 16 | d << 12 | (32 - (bit & ~1u)) / 2 << 8 |
				   (bit & 1 ? 2 : 1));
	put(b, 0xeee10a10 | d << 12);
	b->insns += 3;
}

/* A jump to where nothing is: the last that is executed. */
static void put_lost(struct block *b)
{
	uint32_t d = random_below(b->random, 6);

	b->insns += 2;
	if (b->thumb) {
		put_t32(b, 0xf04f4092 | d << 8); /* mov d, #0x49000000 */
		put16(b, 0x4700 | d << 3);
		return;
	}
	put_arm(b, 0xe3a00449 | d << 12);
	put_arm(b, random_next(b->random) & 1 ? 0xe12fff10 | d : 0xe1a0f000 | d);
}

static void put_big_endian(struct block *b)
{
	if (b->thumb)
		put16(b, 0xb658);
	else
		put_arm(b, 0xf1010200);
}

static void put_item(struct block *b)
{
	uint32_t what = random_below(b->random, 100);
	bool simd = b->flavour == FLAVOUR_VFP || b->flavour == FLAVOUR_NEON;

	if (what == 99 && simd)
		put_fpscr(b);
	else if (what == 98 && random_below(b->random, 8) == 0)
		put_lost(b);
	else if (what < 6 && b->pending_count < MOST_PENDING)
		put_branch(b);
	else if (what < 8 && !b->pending_count)
		(b->thumb ? thumb_jump : arm_jump)(b);
	else if (what < 20 && b->thumb)
		put_it_block(b);
	else
		put_plain(b, 0);
}

/* The permanently undefined instruction, to the slot's end. */
static void put_end(struct block *b)
{
	if (b->thumb)
		put16(b, 0xde00);
	else
		put_arm(b, 0xe7f000f0);
	while (b->at < CASE_SLOT_BYTES)
		put_half(b, b->thumb ? 0xde00 : b->at & 2 ? 0xe7f0 : 0x00f0);
}

static void generate_code(struct block *b)
{
	unsigned most = 1 + random_below(b->random, CASE_INSNS);

	if (random_below(b->random, 12) == 0)
		put_big_endian(b);
	while (b->insns < most && b->at < ROOM - 20) {
		land_pending(b, false);
		put_item(b);
	}
	if (b->pending_count)
		put_plain(b, 0); /* CBZ can't go to the very next instruction */
	land_pending(b, true);
	put_end(b);
}

static uint32_t draw_mode(struct random_source *r)
{
	static const uint8_t modes[] = { 0x10, 0x11, 0x12, 0x13, 0x17, 0x1b, 0x1f, 0x13 };

	return modes[random_below(r, sizeof modes)] | (random_next(r) & 0x1c0);
}

void random_start(struct random_source *r, uint64_t seed, uint64_t number)
{
	uint64_t x = seed + (number + 1) * 0x9e3779b97f4a7c15ull;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	r->state = (x ^ x >> 31) | 1;
}

void generate_case(struct random_case *c, uint64_t seed, uint64_t number, enum flavour flavour,
		   unsigned slot, struct case_layout *layout)
{
	struct random_source r;
	struct block b = { .random = &r, .c = c, .flavour = flavour, .layout = layout };

	layout->count = 0;

	random_start(&r, seed, number);
	memset(c, 0, sizeof *c);
	generate_state(&r, c);
	b.exclusive = random_below(&r, 4);
	c->system = flavour == FLAVOUR_SYSTEM;
	if (c->system)
		c->cpsr |= draw_mode(&r);
	b.thumb = flavour == FLAVOUR_THUMB || (flavour != FLAVOUR_ARM && random_next(&r) & 1);
	c->pc = case_slot(slot) | b.thumb;
	generate_code(&b);
}

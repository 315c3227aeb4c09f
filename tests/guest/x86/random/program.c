/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random x86 instructions: makes programs, and cases of them.
 *
 * An ordinary instruction is random opcode bytes that the decoder knows and rules.c has a rule
 * for, with a random operand.  Most memory operands are put into the window by MOVs before.
 * In 64-bit mode it is the same bytes, with prefix 67 if it has an address.
 */
#include "program.h"

#include <string.h>

#include "guest/x86/flags.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct op *program_op(struct program *p, uint8_t group)
{
	struct op *op;

	if (p->count == CASE_OPS)
		return NULL;
	op = &p->op[p->count++];
	*op = (struct op){ .group = group, .keeps = X86_ARITHMETIC | CASE_C1 | CASE_EMPTY };
	return op;
}

void op_guest(struct op *op, const void *bytes, unsigned count)
{
	memcpy(op->guest + op->guest_bytes, bytes, count);
	op->guest_bytes = (uint8_t)(op->guest_bytes + count);
}

void op_native(struct op *op, const void *bytes, unsigned count)
{
	memcpy(op->native + op->native_bytes, bytes, count);
	op->native_bytes = (uint8_t)(op->native_bytes + count);
}

void op_both(struct op *op, const void *bytes, unsigned count)
{
	op_guest(op, bytes, count);
	op_native(op, bytes, count);
}

/* Ordinary instructions. */

struct draft {
	uint8_t bytes[16];
	unsigned count, modrm; /* modrm: where it is, 0: none */
	bool has_sib;
	bool simd;
	struct x86_insn insn;
};

static void draft_byte(struct draft *t, uint32_t value)
{
	t->bytes[t->count++] = (uint8_t)value;
}

static bool draft_read(void *context, unsigned n, uint8_t *value)
{
	const struct draft *t = context;

	*value = n < sizeof t->bytes ? t->bytes[n] : 0;
	return n < sizeof t->bytes;
}

/* One-byte opcodes that 64-bit mode has, too, and that aren't shapes. */
static const uint8_t opcodes_one[] = {
	0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x10, 0x11, 0x12,
	0x13, 0x14, 0x15, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25,
	0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x38, 0x39, 0x3a,
	0x3b, 0x3c, 0x3d, 0x69, 0x6b, 0x80, 0x81, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a,
	0x8b, 0x8d, 0x90, 0x91, 0x92, 0x93, 0x96, 0x97, 0x98, 0x99, 0x9b, 0x9e, 0x9f, 0xa8, 0xa9,
	0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xbb, 0xbe, 0xbf, 0xc0,
	0xc1, 0xc6, 0xc7, 0xd0, 0xd1, 0xd2, 0xd3, 0xd7, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfc, 0xfd,
	0xfe, 0xff, 0x80, 0x81, 0x83, 0xc0, 0xc1, 0xd0, 0xd1, 0xd2, 0xd3, 0xf6, 0xf7, 0xfe, 0xff,
};
static const uint8_t opcodes_two[] = {
	0x18, 0x1f, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b,
	0x4c, 0x4d, 0x4e, 0x4f, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
	0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa3, 0xa4, 0xa5, 0xab, 0xac, 0xad, 0xaf, 0xb0,
	0xb1, 0xb3, 0xb6, 0xb7, 0xba, 0xbb, 0xbc, 0xbd, 0xbe, 0xbf, 0xc0, 0xc1, 0xc7, 0xc8,
	0xc9, 0xca, 0xcb, 0xce, 0xcf, 0xa3, 0xab, 0xb3, 0xbb, 0xba, 0xc7,
};
static const uint8_t opcodes_string[] = {
	0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf
};

enum set { SET_ONE, SET_TWO, SET_STRING, SET_X87, SET_SIMD, SETS };

static void draft_opcode(struct draft *t, enum set set, struct dice *d)
{
	static const uint8_t mandatory[4] = { 0, 0x66, 0xf3, 0xf2 };
	uint8_t prefix;

	switch (set) {
	case SET_ONE:
		if (dice_one_in(d, 4))
			draft_byte(t, 0x66);
		draft_byte(t, opcodes_one[dice_below(d, COUNT(opcodes_one))]);
		break;
	case SET_TWO:
		if (dice_one_in(d, 4))
			draft_byte(t, 0x66);
		draft_byte(t, 0x0f);
		draft_byte(t, opcodes_two[dice_below(d, COUNT(opcodes_two))]);
		break;
	case SET_STRING:
		if (!dice_one_in(d, 3))
			draft_byte(t, dice_one_in(d, 2) ? 0xf3 : 0xf2);
		if (dice_one_in(d, 4))
			draft_byte(t, 0x66);
		draft_byte(t, opcodes_string[dice_below(d, COUNT(opcodes_string))]);
		break;
	case SET_X87:
		draft_byte(t, dice_one_in(d, 4) ? 0xd9 : 0xd8 + dice_below(d, 8));
		break;
	default:
		prefix = mandatory[dice_below(d, 4)];
		if (prefix)
			draft_byte(t, prefix);
		draft_byte(t, 0x0f);
		draft_byte(t, 0x10 + dice_below(d, 0xf0));
		t->simd = true;
		break;
	}
}

static bool has_modrm(const struct draft *t, enum set set)
{
	uint8_t opcode = t->bytes[t->count - 1];

	if (set == SET_X87)
		return true;
	if (set == SET_SIMD)
		return opcode != 0x77;
	if (set == SET_TWO)
		return x86_rows_0f[opcode].how & ROW_MODRM;
	return x86_rows_one[opcode].how & ROW_MODRM;
}

/* ESP and EBP are a program's pointers and changed less. */
static unsigned draft_register(struct dice *d)
{
	unsigned n = dice_below(d, 8);

	if ((n == X86_ESP || n == X86_EBP) && !dice_one_in(d, 12))
		n ^= 6; /* EDX, EBX */
	return n;
}

/* A memory operand.  Where addresses are of any size the base is what tells. */
static void draft_memory(struct draft *t, unsigned reg, struct dice *d)
{
	unsigned base = dice_below(d, 8), index = dice_below(d, 8);

	t->modrm = t->count;
	switch (dice_below(d, 6)) {
	case 0: /* [disp32] */
	case 1:
		t->has_sib = true;
		draft_byte(t, 0x04 | reg << 3);
		draft_byte(t, 0x25);
		t->count += 4;
		break;
	case 2: /* [ebp + disp8] */
		draft_byte(t, 0x45 | reg << 3);
		draft_byte(t, dice_32(d));
		break;
	case 3: /* [base + index * scale + disp] */
		t->has_sib = true;
		if (index == X86_ESP)
			index = X86_EAX;
		if (base == X86_ESP)
			base = X86_ESI;
		draft_byte(t, 0x84 | reg << 3);
		draft_byte(t, dice_below(d, 4) << 6 | index << 3 | base);
		t->count += 4;
		break;
	default: /* [base + disp8] or [base + disp32] */
		if (base == X86_ESP)
			base = X86_EDI;
		if (dice_one_in(d, 2)) {
			draft_byte(t, 0x40 | reg << 3 | base);
			draft_byte(t, dice_32(d));
		} else {
			draft_byte(t, 0x80 | reg << 3 | base);
			t->count += 4;
		}
		break;
	}
}

static void draft_operands(struct draft *t, enum set set, struct dice *d)
{
	unsigned at;

	if (has_modrm(t, set)) {
		unsigned reg =
			set == SET_X87 || set == SET_SIMD ? dice_below(d, 8) : draft_register(d);

		if (dice_one_in(d, 8))
			reg = dice_below(d, 8);
		if (dice_one_in(d, 2)) {
			draft_memory(t, reg, d);
		} else {
			t->modrm = t->count;
			draft_byte(t,
				   0xc0 | reg << 3 |
					   (set == SET_X87 ? dice_below(d, 8) : draft_register(d)));
		}
	}
	/* Whatever immediate there is. */
	for (at = t->count; at < 16; at++)
		t->bytes[at] = (uint8_t)(dice_one_in(d, 2) ? dice_below(d, 4) : dice_32(d));
}

/* ESP isn't to be anything; divisions seldom work out; words of BSWAP are undefined. */
static bool draft_is_wanted(const struct draft *t, struct dice *d)
{
	const struct x86_insn *i = &t->insn;
	const char *text = i->row->text;

	if (strstr(text, "div") && i->row->emit && text[0] != 'f' && !t->simd && !dice_one_in(d, 4))
		return false;
	if (!strcmp(text, "bswap") && i->size == 2)
		return false;
	if (!strcmp(text, "ldmxcsr") && (i->base >= 0 || i->index >= 0))
		return false;
	if (t->simd && i->opcode == 0xc2 && (uint8_t)i->immediate > 7)
		return false;
	return true;
}

static void put32(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, 4);
}

/* An address in the window, aligned as it mostly is. */
static uint32_t window_address(struct dice *d, unsigned align)
{
	uint32_t at = dice_below(d, CASE_WINDOW_BYTES);

	if (dice_one_in(d, 40)) /* read only, or nothing there */
		at = dice_below(d, 2) ? CASE_WINDOW_BYTES + dice_below(d, 0x1010) :
					CASE_WINDOW_BYTES - dice_below(d, 20);
	else if (dice_one_in(d, 40))
		at = dice_32(d) | 1u << 31;
	return CASE_WINDOW + (dice_one_in(d, 20) ? at : at & ~(align - 1));
}

/* Gives base, index and displacement values that lead there. */
static void place_operand(struct program *p, struct draft *t, struct dice *d)
{
	const struct x86_insn *i = &t->insn;
	uint32_t address = window_address(d, t->simd ? 16 : dice_one_in(d, 2) ? 4 : 1);
	uint32_t displacement = i->displacement;
	bool has32 = i->mod == 2 || (i->mod == 0 && i->base < 0);
	unsigned at = t->modrm + (t->has_sib ? 2 : 1);
	uint32_t index = dice_below(d, 64);

	if (i->base < 0) {
		put32(t->bytes + at, address);
		return;
	}
	if (has32)
		put32(t->bytes + at, displacement = dice_32(d));
	if (i->base == X86_EBP || dice_one_in(d, 30))
		return;
	if (i->index >= 0 && i->index != i->base && i->index != X86_EBP)
		shape_load(p, (unsigned)i->index, index);
	else if (i->index >= 0)
		return;
	shape_load(p, (unsigned)i->base,
		   address - displacement - (i->index >= 0 ? index << i->scale : 0));
}

/* ESI, EDI and ECX of string instructions. */
static void place_string(struct program *p, const struct draft *t, struct dice *d)
{
	uint32_t n = dice_one_in(d, 16) ? dice_32(d) : dice_below(d, 60);

	if (t->insn.repeat)
		shape_load(p, X86_ECX, dice_one_in(d, 10) ? 0 : n);
	if (!dice_one_in(d, 12))
		shape_load(p, X86_ESI, window_address(d, dice_one_in(d, 2) ? 4 : 1));
	if (!dice_one_in(d, 12))
		shape_load(p, X86_EDI, window_address(d, dice_one_in(d, 2) ? 4 : 1));
}

static bool needs_address(const struct draft *t)
{
	const char *text = t->insn.row->text;

	return t->insn.is_memory || !strcmp(text, "xlat") || !strncmp(text, "maskmov", 7);
}

static void place_special(struct program *p, struct draft *t, struct dice *d)
{
	const char *text = t->insn.row->text;

	if (!strcmp(text, "xlat") && !dice_one_in(d, 8))
		shape_load(p, X86_EBX, CASE_WINDOW + dice_below(d, 0x1000));
	if (!strncmp(text, "maskmov", 7))
		shape_load(p, X86_EDI, CASE_WINDOW + dice_below(d, CASE_WINDOW_BYTES - 16));
	if (!strcmp(text, "ldmxcsr")) {
		uint32_t at = CASE_WINDOW + dice_below(d, CASE_WINDOW_BYTES - 4);

		shape_store(p, at, control_of_sse(d));
		put32(t->bytes + t->modrm + 2, at);
	}
}

static void add_instruction(struct program *p, enum set set, struct dice *d)
{
	struct draft t;
	struct op rule = { 0 }, *op;
	bool string = set == SET_STRING;

	do {
		t = (struct draft){ .count = 0 };
		draft_opcode(&t, set, d);
		draft_operands(&t, set, d);
	} while (x86_decode(true, draft_read, &t, &t.insn) != X86_DECODED ||
		 (t.simd && (x86_rows_0f[t.insn.opcode].text || x86_rows_0f[t.insn.opcode].next)) ||
		 !rule_find(&t.insn, set == SET_TWO || t.simd, t.simd, &rule) ||
		 !draft_is_wanted(&t, d) || (p->compares ? rule.controls : rule.compares));
	if (string)
		place_string(p, &t, d);
	else if (t.insn.is_memory)
		place_operand(p, &t, d);
	place_special(p, &t, d);
	op = program_op(p, 0);
	if (!op)
		return;
	op->reads = rule.reads;
	op->undefined = rule.undefined;
	op->keeps = rule.keeps;
	op->partly = rule.partly || (t.insn.repeat && string);
	if (needs_address(&t) || string)
		op_native(op, "\x67", 1);
	if (t.insn.is_memory && t.insn.row->how & ROW_LOCK && dice_one_in(d, 6))
		op_both(op, "\xf0", 1);
	op_both(op, t.bytes, t.insn.length);
}

void program_plain(struct program *p, struct dice *d)
{
	add_instruction(p, dice_one_in(d, 2) ? SET_ONE : SET_TWO, d);
}

static void add_any(struct program *p, enum flavour flavour, struct dice *d)
{
	static const uint8_t weights[FLAVOURS][SETS + 2] = {
		[FLAVOUR_INTEGER] = { 8, 4, 0, 0, 0, 4, 0 },
		[FLAVOUR_STRING] = { 3, 1, 8, 0, 0, 1, 0 },
		[FLAVOUR_X87] = { 1, 1, 0, 16, 0, 0, 1 },
		[FLAVOUR_SSE] = { 1, 1, 0, 0, 16, 0, 1 },
		[FLAVOUR_MIXED] = { 4, 3, 1, 5, 5, 2, 1 },
	};
	unsigned total = 0, set = 0, n;

	for (unsigned i = 0; i < SETS + 2; i++)
		total += weights[flavour][i];
	n = dice_below(d, total);
	while (n >= weights[flavour][set])
		n -= weights[flavour][set++];
	if (set < SETS)
		add_instruction(p, (enum set)set, d);
	else if (set == SETS)
		shape_add(p, d);
	else
		shape_state(p, d);
}

/* For what one call of add_any makes. */
static bool has_room(const struct program *p)
{
	unsigned guest = 0, native = 0;

	for (unsigned i = 0; i < p->count; i++) {
		guest += p->op[i].guest_bytes;
		native += p->op[i].native_bytes;
	}
	return p->count + 12 <= CASE_OPS && guest + 128 < CASE_GUEST_BYTES &&
	       native + 640 < CASE_NATIVE_BYTES;
}

void program_make(struct program *p, enum flavour flavour, struct dice *d)
{
	unsigned wanted = 1 + dice_below(d, 22);

	p->count = p->groups = 0;
	p->compares = !dice_one_in(d, 3);
	state_make(p, flavour, d);
	while (p->count < wanted && has_room(p))
		add_any(p, flavour, d);
}

/* Cases. */

static unsigned target_of(const struct program *p, unsigned i)
{
	int target = (int)i + p->op[i].distance;

	return target < 0 ? 0 : target > (int)p->count ? p->count : (unsigned)target;
}

/* Which operations stay: what is left out, and what reads undefined flags. */
static void choose(const struct program *p, uint64_t without, bool *stays, uint32_t *undefined)
{
	uint32_t now = 0, skipped[CASE_OPS + 1] = { 0 }; /* by those that jump here */

	for (unsigned i = 0; i < p->count; i++) {
		const struct op *op = &p->op[i];
		uint32_t after;

		now |= skipped[i];
		undefined[i] = now;
		stays[i] = !(without >> i & 1) && !(op->reads & now);
		if (!stays[i] && op->group)
			for (unsigned j = 0; j < i; j++)
				if (p->op[j].group == op->group)
					stays[j] = false;
		for (unsigned j = 0; j < i && stays[i] && op->group; j++)
			if (p->op[j].group == op->group && !stays[j])
				stays[i] = false;
		if (!stays[i])
			continue;
		after = op->partly ? now : now & op->keeps;
		after |= op->undefined;
		if (op->jump != JUMP_NONE && op->distance > 0)
			skipped[target_of(p, i)] |= after;
		now = after;
	}
	undefined[p->count] = now | skipped[p->count];
}

/* Where all operations begin, also those that are left out. */
struct layout {
	unsigned slot;
	uint16_t guest[CASE_OPS + 1], native[CASE_OPS + 1];
};

static void fill_addresses(const struct program *p, unsigned i, const struct layout *at,
			   struct random_case *c)
{
	const struct op *op = &p->op[i];
	uint32_t target = case_slot(at->slot) + at->guest[target_of(p, i)];
	uint32_t after = case_slot(at->slot) + at->guest[i] + op->guest_bytes;

	if (op->guest_target)
		put32(c->guest + at->guest[i] + op->guest_target, target);
	if (op->native_target)
		put32(c->native + at->native[i] + op->native_target, target);
	if (op->native_after)
		put32(c->native + at->native[i] + op->native_after, after);
}

static void fill_jump(const struct program *p, unsigned i, const struct layout *at,
		      struct random_case *c)
{
	const struct op *op = &p->op[i];
	unsigned target = target_of(p, i), guest_end = at->guest[i] + op->guest_bytes;
	unsigned native_end = at->native[i] + op->native_bytes;
	int32_t by = (int32_t)at->guest[target] - (int32_t)guest_end;
	int32_t native_by = (int32_t)at->native[target] - (int32_t)native_end;

	if (op->jump == JUMP_32)
		put32(c->guest + guest_end - 4, (uint32_t)by);
	else if (op->jump != JUMP_NATIVE)
		c->guest[guest_end - 1] = (uint8_t)by;
	if (op->jump == JUMP_8_8)
		c->native[native_end - 1] = (uint8_t)native_by;
	else
		put32(c->native + native_end - 4, (uint32_t)native_by);
}

void program_assemble(const struct program *p, uint64_t without, unsigned slot,
		      struct random_case *c)
{
	/* jmp [r15 + 40]; int3 */
	static const uint8_t leave[] = { 0x41, 0xff, 0x67, 0x28 };
	struct layout at = { .slot = slot };
	uint32_t undefined[CASE_OPS + 1];
	bool stays[CASE_OPS];
	unsigned guest = 0, native = 0;

	choose(p, without, stays, undefined);
	*c = (struct random_case){ .fpu = p->fpu, .eflags = p->eflags };
	memcpy(c->r, p->r, sizeof c->r);
	for (unsigned i = 0; i < p->count; i++) {
		const struct op *op = &p->op[i];

		at.guest[i] = (uint16_t)guest;
		at.native[i] = (uint16_t)native;
		if (!stays[i])
			continue;
		c->guest_at[c->ops] = (uint16_t)guest;
		c->native_at[c->ops] = (uint16_t)native;
		c->undefined[c->ops++] = undefined[i];
		memcpy(c->guest + guest, op->guest, op->guest_bytes);
		memcpy(c->native + native, op->native, op->native_bytes);
		guest += op->guest_bytes;
		native += op->native_bytes;
	}
	at.guest[p->count] = c->guest_at[c->ops] = (uint16_t)guest;
	at.native[p->count] = c->native_at[c->ops] = (uint16_t)native;
	c->undefined[c->ops] = undefined[p->count];
	c->guest[guest] = 0xcc;
	memcpy(c->native + native, leave, sizeof leave);
	for (unsigned i = 0; i < p->count; i++)
		if (stays[i]) {
			fill_addresses(p, i, &at, c);
			if (p->op[i].jump != JUMP_NONE)
				fill_jump(p, i, &at, c);
		}
}

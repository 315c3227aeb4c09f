/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Decoding (Intel SDM 2, chapter 2): prefixes, opcode, ModRM, SIB, displacement,
 * immediates, each byte read only if the bytes before it ask for it.
 *
 * A row that leads on is replaced by one of the table it names until there is none; the
 * last one says what the operands are.
 */
#include "guest/x86/decode.h"

#include "guest/x86/state.h"

struct decoder {
	x86_read_byte *byte;
	void *context;
	struct x86_insn *i;
	enum x86_decoded failed; /* X86_DECODED: not */
};

static uint8_t decode_byte(struct decoder *d)
{
	uint8_t value = 0;

	if (d->failed != X86_DECODED)
		return 0;
	if (d->i->length == X86_MAX_LENGTH)
		d->failed = X86_TOO_LONG;
	else if (!d->byte(d->context, d->i->length, &value))
		d->failed = X86_UNREADABLE;
	else
		d->i->length++;
	return value;
}

static uint32_t decode_number(struct decoder *d, unsigned bytes)
{
	uint32_t value = 0;

	for (unsigned n = 0; n < bytes; n++)
		value |= (uint32_t)decode_byte(d) << 8 * n;
	return value;
}

static uint32_t decode_signed_byte(struct decoder *d)
{
	return (uint32_t)(int32_t)(int8_t)decode_byte(d);
}

/* Whether the byte is a prefix, which then has been noted. */
static bool decode_prefix(struct x86_insn *i, uint8_t byte, bool wide)
{
	switch (byte) {
	case 0x26:
	case 0x2e:
	case 0x36:
	case 0x3e:
		i->segment = byte >> 3 & 3;
		return true;
	case 0x64:
	case 0x65:
		i->segment = (int8_t)(X86_FS + (byte & 1));
		return true;
	case 0x66:
		i->prefix66 = true;
		i->size = wide ? 2 : 4;
		return true;
	case 0x67:
		i->address = wide ? 2 : 4;
		return true;
	case 0xf0:
		i->lock = true;
		return true;
	case 0xf2:
	case 0xf3:
		i->repeat = byte;
		return true;
	default:
		return false;
	}
}

static void decode_sib(struct decoder *d)
{
	struct x86_insn *i = d->i;
	uint8_t sib = decode_byte(d);

	i->scale = sib >> 6;
	if ((sib >> 3 & 7) != X86_ESP)
		i->index = sib >> 3 & 7;
	i->base = sib & 7;
	if (i->base == X86_EBP && i->mod == 0)
		i->base = -1;
}

/* 32-bit addressing (SDM 2, table 2-2). */
static void decode_address32(struct decoder *d)
{
	struct x86_insn *i = d->i;
	bool only_displacement = i->mod == 0 && i->rm == X86_EBP;

	if (i->rm == X86_ESP) {
		decode_sib(d);
		only_displacement = i->base < 0;
	} else if (!only_displacement) {
		i->base = (int8_t)i->rm;
	}
	if (i->mod == 1)
		i->displacement = decode_signed_byte(d);
	else if (i->mod == 2 || only_displacement)
		i->displacement = decode_number(d, 4);
}

/* 16-bit addressing (SDM 2, table 2-1). */
static void decode_address16(struct decoder *d)
{
	static const int8_t base[8] = { X86_EBX, X86_EBX, X86_EBP, X86_EBP,
					X86_ESI, X86_EDI, X86_EBP, X86_EBX };
	static const int8_t index[8] = { X86_ESI, X86_EDI, X86_ESI, X86_EDI, -1, -1, -1, -1 };
	struct x86_insn *i = d->i;

	if (i->mod == 0 && i->rm == 6) {
		i->displacement = decode_number(d, 2);
		return;
	}
	i->base = base[i->rm];
	i->index = index[i->rm];
	if (i->mod == 1)
		i->displacement = decode_signed_byte(d);
	else if (i->mod == 2)
		i->displacement = decode_number(d, 2);
}

static void decode_address(struct decoder *d)
{
	struct x86_insn *i = d->i;
	bool on_stack;

	if (i->address == 4)
		decode_address32(d);
	else
		decode_address16(d);
	on_stack = i->base == X86_ESP || i->base == X86_EBP;
	i->segment_of = i->segment >= 0 ? (uint8_t)i->segment : on_stack ? X86_SS : X86_DS;
}

/* A far pointer's offset comes first, ENTER's size. */
static void decode_constant(struct decoder *d, enum x86_operand operand, bool second)
{
	struct x86_insn *i = d->i;
	uint32_t *to = second ? &i->immediate2 : &i->immediate;

	switch (operand) {
	case OP_IB:
		*to = decode_byte(d);
		break;
	case OP_IBS:
	case OP_JB:
		*to = decode_signed_byte(d);
		break;
	case OP_IW:
		*to = decode_number(d, 2);
		break;
	case OP_IV:
		*to = decode_number(d, i->size);
		break;
	case OP_JV:
		*to = decode_number(d, i->size);
		if (i->size == 2)
			*to = (uint32_t)(int32_t)(int16_t)*to;
		break;
	case OP_AP:
		i->immediate = decode_number(d, i->size);
		i->immediate2 = decode_number(d, 2);
		break;
	case OP_OB:
	case OP_OV:
		i->displacement = decode_number(d, i->address);
		i->is_memory = true;
		i->segment_of = i->segment >= 0 ? (uint8_t)i->segment : X86_DS;
		break;
	default:
		break;
	}
}

static bool is_immediate(enum x86_operand operand)
{
	return operand == OP_IB || operand == OP_IBS || operand == OP_IW || operand == OP_IV;
}

/* Whether the operand can be what mod says. */
static bool operand_fits(const struct x86_insn *i, enum x86_operand operand)
{
	switch (operand) {
	case OP_M:
	case OP_MP:
	case OP_MQ:
	case OP_MT:
	case OP_MD:
	case OP_MW:
	case OP_MDQ:
		return i->is_memory;
	case OP_NQ:
	case OP_UX:
		return !i->is_memory;
	case OP_SW:
		return i->reg < X86_SEGMENTS;
	default:
		return true;
	}
}

/* The next table's row; NULL: this one is the last. */
static const struct x86_row *row_next(struct x86_insn *i, const struct x86_row *row)
{
	if (!row->next)
		return NULL;
	if (row->how & ROW_X87)
		return &row->next[i->mod == 3 ? 8 + (i->modrm & 63) : i->reg];
	if (row->how & ROW_GROUP)
		return &row->next[i->reg];
	if (row->how & ROW_MOD)
		return &row->next[i->mod == 3];
	if (row->how & ROW_PREFIX) {
		unsigned prefix = i->repeat == 0xf3 ? 2 : i->repeat == 0xf2 ? 3 : i->prefix66;

		return &row->next[prefix];
	}
	return NULL;
}

static const struct x86_row *decode_opcode(struct decoder *d, uint8_t first)
{
	struct x86_insn *i = d->i;
	const struct x86_row *row = &x86_rows_one[first], *next;
	bool modrm = false;

	i->opcode = first;
	if (first == 0x0f) {
		i->opcode = decode_byte(d);
		row = &x86_rows_0f[i->opcode];
		if (!row->text && !row->next)
			row = &x86_rows_0f_simd[i->opcode];
	}
	for (;; row = next) {
		if (row->how & ROW_MODRM && !modrm) {
			modrm = true;
			i->modrm = decode_byte(d);
			i->mod = i->modrm >> 6;
			i->reg = i->modrm >> 3 & 7;
			i->rm = i->modrm & 7;
			i->is_memory = i->mod != 3;
		}
		next = row_next(i, row);
		if (!next)
			break;
	}
	if (row->operand[0] == OP_RD || row->operand[1] == OP_RD)
		i->is_memory = false;
	if (i->is_memory)
		decode_address(d);
	return row;
}

static bool is_undefined(const struct x86_insn *i)
{
	const struct x86_row *row = i->row;

	if (!row->text || (i->lock && !((row->how & ROW_LOCK) && i->is_memory)))
		return true;
	for (unsigned n = 0; n < 3; n++)
		if (!operand_fits(i, row->operand[n]))
			return true;
	return false;
}

enum x86_decoded x86_decode(bool wide, x86_read_byte *byte, void *context, struct x86_insn *i)
{
	struct decoder d = { .byte = byte, .context = context, .i = i };
	bool second = false;
	uint8_t opcode;

	*i = (struct x86_insn){ .size = wide ? 4 : 2,
				.address = wide ? 4 : 2,
				.segment = -1,
				.base = -1,
				.index = -1 };
	do
		opcode = decode_byte(&d);
	while (d.failed == X86_DECODED && decode_prefix(i, opcode, wide));
	i->row = decode_opcode(&d, opcode);
	i->arg = i->row->arg;
	for (unsigned n = 0; n < 3 && i->row->text; n++) {
		enum x86_operand operand = i->row->operand[n];

		decode_constant(&d, operand, second);
		second |= is_immediate(operand);
	}
	if (d.failed != X86_DECODED)
		return d.failed;
	return is_undefined(i) ? X86_UNDEFINED : X86_DECODED;
}

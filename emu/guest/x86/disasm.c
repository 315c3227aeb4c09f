/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The disassembler, in Intel's syntax: operands as the tables name them, numbers in
 * hexadecimal, sizes of what is in memory spelt out.
 */
#include <stdarg.h>
#include <stdio.h>

#include "guest/x86/emit.h"

struct disasm {
	const struct x86_insn *i;
	bool wide;
	gva next;
	char *text;
	size_t room, used;
};

__attribute__((format(printf, 2, 3))) static void say_text(struct disasm *d, const char *format,
							   ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(d->text + d->used, d->room - d->used, format, args);
	va_end(args);
	if (n > 0)
		d->used += (size_t)n < d->room - d->used ? (size_t)n : d->room - d->used - 1;
}

static const char *const names_byte[] = { "al", "cl", "dl", "bl", "ah", "ch", "dh", "bh" };
static const char *const names_word[] = { "ax", "cx", "dx", "bx", "sp", "bp", "si", "di" };
static const char *const names_long[] = { "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi" };
static const char *const names_segment[] = { "es", "cs", "ss", "ds", "fs", "gs", "?", "?" };

static const char *register_name(unsigned n, unsigned size)
{
	return size == 1 ? names_byte[n & 7] : size == 2 ? names_word[n & 7] : names_long[n & 7];
}

static const char *place_name(unsigned bytes)
{
	switch (bytes) {
	case 1:
		return "BYTE PTR ";
	case 2:
		return "WORD PTR ";
	case 4:
		return "DWORD PTR ";
	case 6:
		return "FWORD PTR ";
	case 8:
		return "QWORD PTR ";
	case 10:
		return "TBYTE PTR ";
	case 16:
		return "XMMWORD PTR ";
	default:
		return "";
	}
}

static void say_displacement(struct disasm *d)
{
	const struct x86_insn *i = d->i;
	uint32_t value = i->displacement;

	if (i->address == 2)
		value = (uint32_t)(int32_t)(int16_t)value;
	if ((int32_t)value < 0)
		say_text(d, "-0x%x", -value);
	else
		say_text(d, "+0x%x", value);
}

static void say_memory(struct disasm *d, unsigned bytes)
{
	const struct x86_insn *i = d->i;
	bool direct = i->base < 0 && i->index < 0;

	say_text(d, "%s", place_name(bytes));
	if (i->segment >= 0 || direct)
		say_text(d, "%s:", names_segment[i->segment_of]);
	if (direct) {
		say_text(d, "0x%x", i->displacement);
		return;
	}
	say_text(d, "[");
	if (i->base >= 0)
		say_text(d, "%s", register_name((unsigned)i->base, i->address));
	if (i->index >= 0) {
		say_text(d, "%s%s", i->base >= 0 ? "+" : "",
			 register_name((unsigned)i->index, i->address));
		if (i->address == 4)
			say_text(d, "*%u", 1u << i->scale);
	}
	if (i->mod != 0 || i->base < 0)
		say_displacement(d);
	say_text(d, "]");
}

static void say_e(struct disasm *d, unsigned bytes)
{
	if (d->i->is_memory)
		say_memory(d, bytes);
	else
		say_text(d, "%s", register_name(d->i->rm, bytes));
}

/* MMX and SSE: the rm field's register or memory. */
static void say_vector(struct disasm *d, const char *name, unsigned bytes)
{
	if (d->i->is_memory)
		say_memory(d, bytes);
	else
		say_text(d, "%s%u", name, d->i->rm);
}

static void say_string(struct disasm *d, bool source, unsigned bytes)
{
	const struct x86_insn *i = d->i;
	unsigned segment = !source ? X86_ES : i->segment >= 0 ? (unsigned)i->segment : X86_DS;

	say_text(d, "%s%s:[%s]", place_name(bytes), names_segment[segment],
		 register_name(source ? X86_ESI : X86_EDI, i->address));
}

/* As wide as the first operand. */
static void say_immediate(struct disasm *d, uint32_t value)
{
	unsigned bytes = x86_operand_size(d->i, 0);

	say_text(d, "0x%x", bytes == 4 ? value : value & ((1u << 8 * bytes) - 1));
}

static void say_target(struct disasm *d)
{
	uint32_t target = d->next + d->i->immediate;

	say_text(d, "0x%x", d->i->size == 2 ? target & 0xffff : target);
}

static bool say_register(struct disasm *d, enum x86_operand operand)
{
	const struct x86_insn *i = d->i;

	switch (operand) {
	case OP_GB:
		say_text(d, "%s", names_byte[i->reg]);
		return true;
	case OP_GW:
		say_text(d, "%s", names_word[i->reg]);
		return true;
	case OP_GD:
		say_text(d, "%s", names_long[i->reg]);
		return true;
	case OP_GV:
		say_text(d, "%s", register_name(i->reg, i->size));
		return true;
	case OP_ZB:
		say_text(d, "%s", names_byte[i->opcode & 7]);
		return true;
	case OP_ZV:
		say_text(d, "%s", register_name(i->opcode & 7, i->size));
		return true;
	case OP_RD:
		say_text(d, "%s", names_long[i->rm]);
		return true;
	case OP_SW:
		say_text(d, "%s", names_segment[i->reg]);
		return true;
	case OP_CR:
		say_text(d, "cr%u", i->reg);
		return true;
	case OP_DR:
		say_text(d, "dr%u", i->reg);
		return true;
	case OP_AL:
		say_text(d, "al");
		return true;
	case OP_CL:
		say_text(d, "cl");
		return true;
	case OP_DX:
		say_text(d, "dx");
		return true;
	case OP_EAX:
		say_text(d, "%s", register_name(X86_EAX, i->size));
		return true;
	case OP_ES ... OP_GS:
		say_text(d, "%s", names_segment[operand - OP_ES]);
		return true;
	case OP_ST0:
		say_text(d, "st");
		return true;
	case OP_STI:
		say_text(d, "st(%u)", i->rm);
		return true;
	case OP_PQ:
		say_text(d, "mm%u", i->reg);
		return true;
	case OP_VX:
		say_text(d, "xmm%u", i->reg);
		return true;
	case OP_NQ:
		say_text(d, "mm%u", i->rm);
		return true;
	case OP_UX:
		say_text(d, "xmm%u", i->rm);
		return true;
	default:
		return false;
	}
}

static bool is_selector(x86_emit *emit)
{
	return emit == x86_emit_mov_from_segment || emit == x86_emit_descriptor ||
	       emit == x86_emit_smsw;
}

static bool say_place(struct disasm *d, enum x86_operand operand)
{
	unsigned size = d->i->size;

	switch (operand) {
	case OP_EB:
		say_e(d, 1);
		return true;
	case OP_EW:
		say_e(d, 2);
		return true;
	case OP_ED:
		say_e(d, 4);
		return true;
	case OP_EDW:
		say_e(d, d->i->is_memory ? 2 : 4);
		return true;
	case OP_EV: /* a selector has 16 bits in memory */
		say_e(d, d->i->is_memory && is_selector(d->i->row->emit) ? 2 : size);
		return true;
	case OP_OB:
	case OP_OV:
	case OP_M:
		say_memory(d, 0);
		return true;
	case OP_MP: /* BOUND: a pair */
		say_memory(d, d->i->row->emit == x86_emit_bound ? 2 * size : size + 2);
		return true;
	case OP_MQ:
		say_memory(d, 8);
		return true;
	case OP_MT:
		say_memory(d, 10);
		return true;
	case OP_MD:
		say_memory(d, 4);
		return true;
	case OP_MW:
		say_memory(d, 2);
		return true;
	case OP_MDQ:
		say_memory(d, 16);
		return true;
	case OP_XB:
	case OP_XV:
		say_string(d, true, operand == OP_XB ? 1 : size);
		return true;
	case OP_YB:
	case OP_YV:
		say_string(d, false, operand == OP_YB ? 1 : size);
		return true;
	case OP_QQ:
		say_vector(d, "mm", 8);
		return true;
	case OP_QD:
		say_vector(d, "mm", 4);
		return true;
	case OP_WX:
		say_vector(d, "xmm", 16);
		return true;
	case OP_WQ:
		say_vector(d, "xmm", 8);
		return true;
	case OP_WD:
		say_vector(d, "xmm", 4);
		return true;
	case OP_WW:
		say_vector(d, "xmm", 2);
		return true;
	default:
		return false;
	}
}

static void say_number(struct disasm *d, enum x86_operand operand, bool second)
{
	const struct x86_insn *i = d->i;

	switch (operand) {
	case OP_IB:
	case OP_IW:
		say_text(d, "0x%x", second ? i->immediate2 : i->immediate);
		break;
	case OP_IBS:
	case OP_IV:
		say_immediate(d, i->immediate);
		break;
	case OP_JB:
	case OP_JV:
		say_target(d);
		break;
	case OP_AP:
		say_text(d, "0x%x:0x%x", i->immediate2, i->immediate);
		break;
	case OP_1:
		say_text(d, "1");
		break;
	case OP_3:
		say_text(d, "3");
		break;
	default:
		break;
	}
}

/* Two forms are "word|doubleword"; three say how the size differs from the segment's: "word
 * in 32-bit code|as usual|doubleword in 16-bit code". */
static void say_form(struct disasm *d, const char *text)
{
	unsigned wanted = d->i->size == 4, bars = 0;

	for (const char *p = text; *p; p++)
		bars += *p == '|';
	if (bars == 2)
		wanted = (d->i->size == 4) == d->wide ? 1 : d->wide ? 0 : 2;
	for (; *text; text++) {
		if (*text == '|')
			wanted--;
		else if (wanted == 0)
			say_text(d, "%c", *text);
	}
}

static void say_mnemonic(struct disasm *d)
{
	const struct x86_insn *i = d->i;
	const char *text = i->row->text;

	if (i->lock)
		say_text(d, "lock ");
	if (i->row->emit == x86_emit_string && i->repeat)
		say_text(d, "%s ",
			 i->repeat == 0xf2          ? "repnz" :
			 (i->opcode & 0xf6) == 0xa6 ? "repz" :
						      "rep");
	if (!(i->row->how & ROW_BY_SIZE))
		say_text(d, "%s",
			 i->row->emit == x86_emit_loop && i->opcode == 0xe3 && i->address == 4 ?
				 "jecxz" :
				 text);
	else
		say_form(d, text);
}

static void say_operands(struct disasm *d)
{
	const struct x86_row *row = d->i->row;
	bool second = false;

	for (unsigned n = 0; n < 3 && row->operand[n] != OP_NONE; n++) {
		enum x86_operand operand = (enum x86_operand)row->operand[n];

		say_text(d, n ? "," : " ");
		if (say_register(d, operand) || say_place(d, operand))
			continue;
		say_number(d, operand, second);
		second = true;
	}
	if (row->emit == x86_emit_xlat)
		say_text(d, " BYTE PTR %s:[%s]",
			 names_segment[d->i->segment >= 0 ? d->i->segment : X86_DS],
			 register_name(X86_EBX, d->i->address));
}

struct disasm_bytes {
	const uint8_t *bytes;
	size_t count;
};

static bool disasm_byte(void *context, unsigned n, uint8_t *value)
{
	const struct disasm_bytes *b = context;

	if (n >= b->count)
		return false;
	*value = b->bytes[n];
	return true;
}

unsigned x86_disassemble_as(bool wide, gva pc, const uint8_t *bytes, size_t count, char *text,
			    size_t room)
{
	struct disasm_bytes b = { bytes, count };
	struct x86_insn i;
	enum x86_decoded decoded = x86_decode(wide, disasm_byte, &b, &i);
	struct disasm d = {
		.i = &i, .wide = wide, .next = pc + i.length, .text = text, .room = room
	};

	if (decoded == X86_UNREADABLE || room == 0)
		return 0;
	text[0] = 0;
	if (decoded != X86_DECODED) {
		say_text(&d, "(bad)");
		return i.length;
	}
	say_mnemonic(&d);
	say_operands(&d);
	return i.length;
}

/* Nothing tells what code segment the bytes are of. */
unsigned x86_disassemble(gva pc, const uint8_t *bytes, size_t count, char *text, size_t room)
{
	return x86_disassemble_as(true, pc, bytes, count, text, room);
}

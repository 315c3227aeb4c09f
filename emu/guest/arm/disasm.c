/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ARM and Thumb disassembler: prints the text of the decoder's row, in which
 *
 *	%d %n %m %a	registers; %2d %2m two of them	%i %j %k %o %q	numbers
 *	%c		condition			%S %Z	"s" if flags are set, "s"
 *	%H %K		shift by constant, by register	%Q	rotation of an extension
 *	%A %R		address with immediate, register offset
 *	%P %L %W %D	second of a pair, register list, "!", addressing mode
 *	%I %J %X	j:i, j + 1, hexadecimal i	%N %O	registers n and m as numbers
 *	%b		branch target			%M	fields of a status register
 *	%T %U %x	halves of a multiplication	%V %B	"t" and "b" of LDRT and SWPB
 *	%C %E %G %Y	of CPS, SETEND, CBZ, IT		%F	the text of the FP disassembler
 *
 * Thumb instructions are shown as outside of IT blocks.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "guest/arm/emit.h"
#include "guest/arm/system.h"

struct disasm {
	const struct arm_operands *o;
	gva pc;
	bool thumb;
	char *text;
	size_t room, used;
};

__attribute__((format(printf, 2, 3))) static void disasm_put(struct disasm *d, const char *format,
							     ...)
{
	va_list args;
	int written;

	if (d->used >= d->room)
		return;
	va_start(args, format);
	written = vsnprintf(d->text + d->used, d->room - d->used, format, args);
	va_end(args);
	if (written > 0)
		d->used += (size_t)written;
	if (d->used >= d->room)
		d->used = d->room - 1;
}

static const char *const disasm_registers[16] = { "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7",
						  "r8", "r9", "sl", "fp", "ip", "sp", "lr", "pc" };
static const char *const disasm_conditions[16] = { "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc",
						   "hi", "ls", "ge", "lt", "gt", "le", "",   "" };
static const char *const disasm_shifts[4] = { "lsl", "lsr", "asr", "ror" };

static void disasm_register(struct disasm *d, uint32_t n)
{
	disasm_put(d, "%s", disasm_registers[n & 15]);
}

static void disasm_shift(struct disasm *d)
{
	const struct arm_operands *o = d->o;

	if (o->t == 3 && o->i == 0)
		disasm_put(d, ", rrx");
	else if (o->t || o->i)
		disasm_put(d, ", %s #%u", disasm_shifts[o->t & 3], o->i || !o->t ? o->i : 32);
}

/* [n, offset]! or [n], offset. */
static void disasm_address(struct disasm *d, bool by_register)
{
	const struct arm_operands *o = d->o;
	bool before = o->p || (o->arg & MEM_P), up = o->u || (o->arg & MEM_U);
	bool write = o->w || (o->arg & MEM_W);
	unsigned n = o->arg & MEM_PC ? 15 : o->arg & MEM_SP ? 13 : o->n;

	disasm_put(d, "[%s", disasm_registers[n]);
	if (!before)
		disasm_put(d, "]");
	if (by_register) {
		disasm_put(d, ", %s%s", up ? "" : "-", disasm_registers[o->m]);
		disasm_shift(d);
	} else if (o->i || !up || !before || write)
		disasm_put(d, ", #%s%u", up ? "" : "-", o->i);
	if (before)
		disasm_put(d, write ? "]!" : "]");
}

static void disasm_list(struct disasm *d)
{
	const struct arm_operands *o = d->o;
	uint32_t list = o->r;
	const char *comma = "";

	if ((o->arg & MULTI_LIST8) && (list & 0x100))
		list = (list & 0xff) | (o->arg & MULTI_LOAD ? 0x8000 : 0x4000);
	disasm_put(d, "{");
	for (unsigned i = 0; i < 16; i++)
		if (list >> i & 1) {
			disasm_put(d, "%s%s", comma, disasm_registers[i]);
			comma = ", ";
		}
	disasm_put(d, (o->arg & MULTI_A32) && o->s ? "}^" : "}");
}

static void disasm_cps(struct disasm *d)
{
	const struct arm_operands *o = d->o;
	uint32_t imod = o->arg ? 2 | o->j : o->j;

	if (imod & 2)
		disasm_put(d, "%s %s%s%s", imod & 1 ? "id" : "ie", o->i & 4 ? "a" : "",
			   o->i & 2 ? "i" : "", o->i & 1 ? "f" : "");
	if (o->w)
		disasm_put(d, "%s#%u", imod & 2 ? ", " : " ", o->m);
}

/* The x, y, z and the condition. */
static void disasm_it(struct disasm *d)
{
	uint32_t mask = d->o->k, first = d->o->j;

	for (unsigned bit = 3; bit > 0 && mask & ((1u << bit) - 1); bit--)
		disasm_put(d, (mask >> bit & 1) == (first & 1) ? "t" : "e");
	disasm_put(d, " %s", first < 14 ? disasm_conditions[first] : "al");
}

static void disasm_fields(struct disasm *d)
{
	for (unsigned i = 4; i > 0; i--)
		if (d->o->j >> (i - 1) & 1)
			disasm_put(d, "%c", "cxsf"[i - 1]);
}

static void disasm_target(struct disasm *d)
{
	gva target = d->pc + (d->thumb ? 4 : 8) + d->o->i;

	/* BLX to ARM state. */
	if (d->thumb && d->o->row->emit == arm_emit_bl && d->o->arg)
		target &= ~3u;
	disasm_put(d, "0x%x", target);
}

static void disasm_floating_point(struct disasm *d)
{
	uint32_t instruction =
		d->o->row->emit == arm_emit_neon ? arm_neon_instruction(d->o, d->thumb) : d->o->raw;

	if (d->thumb && d->o->row->emit == arm_emit_vfp)
		instruction = (instruction & 0x0fffffff) | 0xe0000000;
	if (!arm_disassemble_fp(instruction, d->text + d->used, d->room - d->used))
		disasm_put(d, ".inst 0x%08x", d->o->raw);
	d->used = strlen(d->text);
}

static void disasm_address_mode(struct disasm *d)
{
	disasm_put(d, "%s%s", d->o->u ? "i" : "d", d->o->p ? "b" : "a");
}

static void disasm_lower(struct disasm *d, char letter)
{
	const struct arm_operands *o = d->o;

	switch (letter) {
	case 'c':
		disasm_put(d, "%s", disasm_conditions[o->c & 15]);
		break;
	case 'd':
	case 'n':
	case 'm':
	case 'a':
		disasm_register(d, o->letter[letter - 'a']);
		break;
	case 'b':
		disasm_target(d);
		break;
	case 'x':
		disasm_put(d, "%s", o->x ? "x" : "");
		break;
	default:
		disasm_put(d, "%u", o->letter[letter - 'a']);
		break;
	}
}

/* The short ones: a letter, or nothing. */
static const char *disasm_suffix(const struct arm_operands *o, char letter)
{
	switch (letter) {
	case 'S':
		return o->s ? "s" : "";
	case 'Z':
		return "s";
	case 'T':
		return o->x ? o->y ? "tt" : "tb" : o->y ? "bt" : "bb";
	case 'U':
		return o->y ? "t" : "b";
	case 'V':
		return !o->p && o->w ? "t" : "";
	case 'B':
		return o->j ? "b" : "";
	case 'E':
		return o->i ? "be" : "le";
	case 'G':
		return o->j ? "n" : "";
	case 'W':
		return o->w || ((o->arg & MULTI_T16) && !(o->r >> o->n & 1)) ? "!" : "";
	default:
		return NULL;
	}
}

static void disasm_upper(struct disasm *d, char letter)
{
	const struct arm_operands *o = d->o;

	switch (letter) {
	case 'H':
		disasm_shift(d);
		break;
	case 'K':
		disasm_put(d, "%s %s", disasm_shifts[o->t & 3], disasm_registers[o->a & 15]);
		break;
	case 'Q':
		if (o->i)
			disasm_put(d, ", ror #%u", o->i);
		break;
	case 'A':
	case 'R':
		disasm_address(d, letter == 'R');
		break;
	case 'P':
		if (o->arg & MEM_PAIR)
			disasm_put(d, ", %s", disasm_registers[(o->d + 1) & 15]);
		break;
	case 'L':
		disasm_list(d);
		break;
	case 'D':
		disasm_address_mode(d);
		break;
	case 'I':
		disasm_put(d, "#%u", o->j << 12 | o->i);
		break;
	case 'J':
		disasm_put(d, "#%u", o->j + 1);
		break;
	case 'X':
		disasm_put(d, "0x%x", o->i);
		break;
	case 'N':
	case 'O':
		disasm_put(d, "%u", letter == 'N' ? o->n : o->m);
		break;
	case 'M':
		disasm_fields(d);
		break;
	case 'C':
		disasm_cps(d);
		break;
	case 'Y':
		disasm_it(d);
		break;
	case 'F':
		disasm_floating_point(d);
		break;
	default:
		disasm_put(d, "%s", disasm_suffix(o, letter));
		break;
	}
}

static void disasm_row(struct disasm *d)
{
	for (const char *p = d->o->row->text; *p; p++) {
		if (*p != '%') {
			disasm_put(d, "%c", *p);
			continue;
		}
		p++;
		if (*p == '2') {
			uint32_t n = d->o->letter[*++p - 'a'];

			disasm_put(d, "%s, %s", disasm_registers[n & 15],
				   disasm_registers[(n + 1) & 15]);
		} else if (*p >= 'a')
			disasm_lower(d, *p);
		else
			disasm_upper(d, *p);
	}
}

unsigned arm_disassemble(gva pc, const uint8_t *bytes, size_t count, char *text, size_t room)
{
	bool thumb = pc & 1;
	struct arm_operands o;
	struct disasm d = { &o, pc & ~1u, thumb, text, room, 0 };
	unsigned length = thumb ? 2 : 4;
	uint32_t raw;

	if (count < length || room == 0)
		return 0;
	text[0] = '\0';
	raw = bytes[0] | (uint32_t)bytes[1] << 8;
	if (!thumb)
		raw |= (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
	else if (arm_is_wide(raw)) {
		length = 4;
		if (count < length)
			return 0;
		raw = raw << 16 | bytes[2] | (uint32_t)bytes[3] << 8;
	}
	if (arm_decode(thumb, raw, &o))
		disasm_row(&d);
	else
		disasm_put(&d, length == 4 ? "undefined 0x%08x" : "undefined 0x%04x", raw);
	return length;
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Intermediate code as text, as in the example at the head of ir.h:
 *
 *	%	operation.type	slot, operands, details
 *
 * Slots have the names of b->slots, or +0x1c where the table has none.
 */
#include "ir/ir.h"

#include <stdarg.h>
#include <stdio.h>

struct text {
	char *at;
	size_t room;   /* of the whole */
	size_t length; /* that the whole would have */
};

__attribute__((format(printf, 2, 3))) static void say(struct text *t, const char *format, ...)
{
	size_t done = t->length < t->room ? t->length : t->room;
	va_list args;

	va_start(args, format);
	t->length += (size_t)vsnprintf(t->room ? t->at + done : NULL, t->room - done, format, args);
	va_end(args);
}

static const char *type_name(uint8_t type)
{
	static const char *const names[] = { "void", "i32", "i64", "f32", "f64", "v128" };

	return type < COUNT_OF(names) ? names[type] : "?";
}

static const char *cc_name(uint8_t cc)
{
	static const char *const names[] = { "v", "nv", "b", "ae", "z", "nz", "be", "a",
					     "n", "nn", "p", "np", "l", "ge", "le", "g" };

	return cc < COUNT_OF(names) ? names[cc] : "?";
}

static const char *fcvt_name(uint8_t kind)
{
	static const char *const names[] = { "s32_to_f",      "u32_to_f",      "s64_to_f",
					     "f_to_s32_zero", "f_to_u32_zero", "f_to_s32",
					     "f_to_u32",      "f32_to_f64",    "f64_to_f32" };

	return kind < COUNT_OF(names) ? names[kind] : "?";
}

static void say_slot(struct text *t, const struct ir_block *b, const struct ir_op *op)
{
	const struct ir_slot *other_type = NULL;

	for (const struct ir_slot *slot = b->slots; slot && slot->name; slot++) {
		if (slot->offset != op->slot)
			continue;
		if (slot->type == op->type) {
			say(t, " %s", slot->name);
			return;
		}
		other_type = slot;
	}
	if (other_type)
		say(t, " %s", other_type->name);
	else
		say(t, " +%#x", op->slot);
}

static void say_mem(struct text *t, struct ir_mem mem)
{
	say(t, " %u%s%s", 8u << mem.size, mem.sign ? "s" : "", mem.big ? " big" : "");
	if (mem.align)
		say(t, " align %u", 1u << mem.align);
	if (mem.space)
		say(t, " space %u", mem.space);
	if (mem.write)
		say(t, " to write");
}

static void say_call(struct text *t, const struct ir_op *op)
{
	say(t, " %#llx", (unsigned long long)op->imm);
	if (op->cc & CALL_READS)
		say(t, " reads");
	if (op->cc & CALL_WRITES)
		say(t, " writes");
	if (op->cc & CALL_SITE)
		say(t, " site");
	if (op->cc & CALL_APART)
		say(t, " apart");
}

/* What an operation has beside operands. */
static void say_details(struct text *t, const struct ir_op *op)
{
	switch (op->op) {
	case IR_INSN:
	case IR_CONST:
	case IR_EXIT_IF:
	case IR_EXIT:
		say(t, " %#llx", (unsigned long long)op->imm);
		break;
	case IR_EXIT_CALL:
		say(t, " %#x returns %#x", (uint32_t)op->imm, (uint32_t)(op->imm >> 32));
		break;
	case IR_EXIT_CALL_INDIRECT:
		say(t, " returns %#x", (uint32_t)op->imm);
		break;
	case IR_EXTRACT ... IR_DEPOSIT:
		say(t, " %u..%u", op->slot & 0xff, (op->slot & 0xff) + (op->slot >> 8) - 1);
		break;
	case IR_SETCC:
	case IR_COND:
		say(t, " %s", cc_name(op->cc));
		break;
	case IR_LOAD:
	case IR_STORE:
		say_mem(t, op->mem);
		break;
	case IR_HLOAD:
	case IR_HSTORE:
		say(t, " at %u", op->slot);
		say_mem(t, op->mem);
		break;
	case IR_SPAN:
	case IR_SPAN_END:
		say(t, " bytes %u%s align %u space %u", op->slot, op->cc ? " write" : "",
		    1u << op->mem.align, op->mem.space);
		break;
	case IR_FCMP:
		say(t, " %#x", (uint32_t)op->imm);
		break;
	case IR_FCVT:
		say(t, " %s", fcvt_name(op->cc));
		break;
	case IR_VPACKED:
		say(t, " 0f%02x", op->slot & IR_PACKED_OPCODE);
		if (op->slot & (IR_PACKED_IMMEDIATE | IR_PACKED_GROUP))
			say(t, " %#x", op->cc);
		break;
	case IR_VADD ... IR_VDUP:
	case IR_VMASK:
		say(t, " lanes of %u", 8u << op->size);
		break;
	case IR_X87:
		say(t, " %02x%02x", 0xd8 + (op->slot >> 8), op->slot & 0xff);
		break;
	case IR_CHECK:
		say(t, " %#x", op->slot);
		break;
	case IR_CALL:
		say_call(t, op);
		break;
	}
}

size_t ir_print_op(const struct ir_block *b, unsigned at, char *text, size_t room)
{
	const struct ir_op *op = &b->op[at];
	struct text t = { text, room, 0 };
	size_t tab;

	if (op->op >= IR_OPCODES) {
		say(&t, "%u\t?%u", at, op->op);
		return t.length;
	}
	say(&t, "%u\t%s", at, ir_info(op->op)->name);
	if (op->type != IR_VOID && op->op != IR_COND && op->op != IR_PACK)
		say(&t, ".%s", type_name(op->type));
	tab = t.length;
	if (op->op == IR_GET || op->op == IR_SET)
		say_slot(&t, b, op);
	for (unsigned i = 0; i < 4 && op->op != IR_NOP; i++)
		if (op->arg[i] != IR_NONE)
			say(&t, " %%%u", op->arg[i]);
	say_details(&t, op);
	if (op->size == IR_FP_SSE && op->op >= IR_FADD && op->op <= IR_FCVT)
		say(&t, " sse");
	if (op->flags)
		say(&t, op->op == IR_FCMP ? " signalling" : " flags");
	/* Each item brings a space with it; the first one stands in the next column. */
	if (tab < t.length && tab + 1 < room)
		text[tab] = '\t';
	return t.length;
}

void ir_print(const struct ir_block *b, void (*line)(const char *text))
{
	char text[160];

	for (unsigned i = 0; i < b->count; i++) {
		if (b->op[i].op == IR_NOP)
			continue;
		ir_print_op(b, i, text, sizeof(text));
		line(text);
	}
}

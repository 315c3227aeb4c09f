/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Encoder of x86-64 instructions (Intel SDM volume 2, chapter 2).  Nothing here
 * checks for room: the caller keeps a margin.
 */
#include "emit.h"

#include <assert.h>
#include <string.h>

void enc_u32(struct host *h, uint32_t value)
{
	memcpy(h->out, &value, 4);
	h->out += 4;
}

void enc_u64(struct host *h, uint64_t value)
{
	memcpy(h->out, &value, 8);
	h->out += 8;
}

uint32_t enc_here(const struct host *h)
{
	return (uint32_t)(h->out - h->start);
}

/* Prefix, REX and opcode bytes.  x is bit 3 of the index register. */
static void enc_opcode(struct host *h, uint32_t opcode, unsigned w, unsigned reg, unsigned x,
		       unsigned rm)
{
	unsigned rex = (w & W64) << 3 | (reg >> 3 & 1) << 2 | (x >> 3 & 1) << 1 | (rm >> 3 & 1);
	bool need = rex || (w & WBYTE && reg >= RSP) || (w & WBYTE_RM && rm >= RSP);

	if (opcode >> 24)
		enc_byte(h, opcode >> 24);
	if (need)
		enc_byte(h, 0x40 | rex);
	if (opcode >> 16 & 0xff)
		enc_byte(h, opcode >> 16 & 0xff);
	if (opcode >> 8 & 0xff)
		enc_byte(h, opcode >> 8 & 0xff);
	enc_byte(h, opcode & 0xff);
}

void enc_rr(struct host *h, uint32_t opcode, unsigned w, unsigned reg, unsigned rm)
{
	enc_opcode(h, opcode, w, reg, 0, rm);
	enc_byte(h, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

static void enc_place(struct host *h, unsigned reg, struct place p)
{
	unsigned r = (reg & 7) << 3, base = p.base & 7;
	bool sib = p.index != NO_REG || base == RSP;
	bool small = p.disp == (int8_t)p.disp;
	unsigned mod = p.disp == 0 && base != RBP ? 0 : small ? 0x40 : 0x80;

	if (p.base == NO_REG) {
		enc_byte(h, r | 4);
		enc_byte(h, p.scale << 6 | (p.index == NO_REG ? 4 : p.index & 7) << 3 | 5);
		enc_u32(h, (uint32_t)p.disp);
		return;
	}
	enc_byte(h, mod | r | (sib ? 4 : base));
	if (sib)
		enc_byte(h, p.scale << 6 | (p.index == NO_REG ? 4 : p.index & 7) << 3 | base);
	if (mod == 0x40)
		enc_byte(h, p.disp & 0xff);
	else if (mod == 0x80)
		enc_u32(h, (uint32_t)p.disp);
}

void enc_rm(struct host *h, uint32_t opcode, unsigned w, unsigned reg, struct place p)
{
	assert(p.index != RSP);
	enc_opcode(h, opcode, w & ~WBYTE_RM, reg, p.index == NO_REG ? 0 : p.index,
		   p.base == NO_REG ? 0 : p.base);
	enc_place(h, reg, p);
}

/* A VEX instruction of registers: reg, vvvv = extra, rm; opcode's prefix and escape
 * bytes are those of the form without VEX. */
void enc_vex(struct host *h, uint32_t opcode, unsigned w, unsigned reg, unsigned extra, unsigned rm)
{
	unsigned prefix = opcode >> 24;
	unsigned pp = prefix == 0x66 ? 1 : prefix == 0xf3 ? 2 : prefix == 0xf2 ? 3 : 0;
	unsigned map = (opcode >> 8 & 0xff) == 0x38 ? 2 : 3;

	enc_byte(h, 0xc4);
	enc_byte(h, (reg & 8 ? 0 : 0x80) | 0x40 | (rm & 8 ? 0 : 0x20) | map);
	enc_byte(h, (w & W64) << 7 | (~extra & 15) << 3 | pp);
	enc_byte(h, opcode & 0xff);
	enc_byte(h, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

void enc_mov(struct host *h, unsigned w, unsigned to, unsigned from)
{
	enc_rr(h, 0x8b, w, to, from);
}

/* Never xor: EFLAGS may be wanted. */
void enc_imm(struct host *h, unsigned to, uint64_t value)
{
	if (value == (uint32_t)value) {
		if (to >= R8)
			enc_byte(h, 0x41);
		enc_byte(h, 0xb8 | (to & 7));
		enc_u32(h, (uint32_t)value);
	} else if ((int64_t)value == (int32_t)value) {
		enc_rr(h, 0xc7, W64, 0, to);
		enc_u32(h, (uint32_t)value);
	} else {
		enc_byte(h, 0x48 | (to >= R8));
		enc_byte(h, 0xb8 | (to & 7));
		enc_u64(h, value);
	}
}

void enc_load(struct host *h, unsigned w, unsigned to, struct place p)
{
	enc_rm(h, 0x8b, w, to, p);
}

void enc_store(struct host *h, unsigned w, struct place p, unsigned from)
{
	enc_rm(h, 0x89, w, from, p);
}

void enc_store_imm(struct host *h, unsigned w, struct place p, int32_t value)
{
	enc_rm(h, 0xc7, w, 0, p);
	enc_u32(h, (uint32_t)value);
}

void enc_bswap(struct host *h, unsigned w, unsigned to)
{
	enc_opcode(h, 0x0fc8 | (to & 7), w, 0, 0, to);
}

void enc_lea(struct host *h, unsigned w, unsigned to, struct place p)
{
	enc_rm(h, 0x8d, w, to, p);
}

static void enc_alu_value(struct host *h, int32_t imm)
{
	if (imm == (int8_t)imm)
		enc_byte(h, imm & 0xff);
	else
		enc_u32(h, (uint32_t)imm);
}

void enc_alu_imm(struct host *h, enum alu op, unsigned w, unsigned to, int32_t imm)
{
	enc_rr(h, imm == (int8_t)imm ? 0x83 : 0x81, w, op, to);
	enc_alu_value(h, imm);
}

void enc_alu_place_imm(struct host *h, enum alu op, unsigned w, struct place p, int32_t imm)
{
	enc_rm(h, imm == (int8_t)imm ? 0x83 : 0x81, w, op, p);
	enc_alu_value(h, imm);
}

void enc_alu(struct host *h, enum alu op, unsigned w, unsigned to, const struct operand *from)
{
	switch (from->kind) {
	case OPERAND_REG:
		enc_rr(h, 0x03 | op << 3, w, to, from->reg);
		break;
	case OPERAND_PLACE:
		enc_rm(h, 0x03 | op << 3, w, to, from->place);
		break;
	case OPERAND_IMM:
		enc_alu_imm(h, op, w, to, from->imm);
		break;
	}
}

void enc_shift(struct host *h, enum shift op, unsigned w, unsigned to, unsigned count)
{
	enc_rr(h, count == 1 ? 0xd1 : 0xc1, w, op, to);
	if (count != 1)
		enc_byte(h, count);
}

void enc_test(struct host *h, unsigned w, unsigned a, unsigned b)
{
	enc_rr(h, 0x85, w, b, a);
}

/* The byte form has the same Z and P; N only if bit 7 can't be set in the mask. */
void enc_test_imm(struct host *h, unsigned w, unsigned a, int32_t imm)
{
	if (imm >= 0 && imm < 0x80) {
		enc_rr(h, 0xf6, WBYTE_RM, 0, a);
		enc_byte(h, (unsigned)imm);
	} else {
		enc_rr(h, 0xf7, w, 0, a);
		enc_u32(h, (uint32_t)imm);
	}
}

void enc_setcc(struct host *h, unsigned cc, unsigned to)
{
	enc_rr(h, 0x0f90 | cc, WBYTE_RM, 0, to);
	enc_rr(h, 0x0fb6, WBYTE_RM, to, to);
}

uint32_t enc_jcc(struct host *h, unsigned cc)
{
	enc_byte(h, 0x0f);
	enc_byte(h, 0x80 | cc);
	enc_u32(h, 0);
	return enc_here(h) - 4;
}

uint32_t enc_jmp(struct host *h)
{
	enc_byte(h, 0xe9);
	enc_u32(h, 0);
	return enc_here(h) - 4;
}

static void enc_relative(struct host *h, const uint8_t *target)
{
	int64_t distance = (intptr_t)target - ((intptr_t)(h->out + 4) + h->away);

	assert(distance == (int32_t)distance);
	enc_u32(h, (uint32_t)distance);
}

void enc_jmp_to(struct host *h, const uint8_t *target)
{
	enc_byte(h, 0xe9);
	enc_relative(h, target);
}

/* A function of C may be further away than 2 GiB; then by way of rax. */
void enc_call(struct host *h, const void *target)
{
	int64_t distance = (intptr_t)target - ((intptr_t)(h->out + 5) + h->away);

	if (distance == (int32_t)distance) {
		enc_byte(h, 0xe8);
		enc_u32(h, (uint32_t)distance);
	} else {
		enc_imm(h, RAX, (uintptr_t)target);
		enc_byte(h, 0xff);
		enc_byte(h, 0xd0);
	}
}

void enc_patch(struct host *h, uint32_t field, uint32_t offset)
{
	uint32_t distance = offset - (field + 4);

	memcpy(h->start + field, &distance, 4);
}

void enc_patch_here(struct host *h, uint32_t field)
{
	enc_patch(h, field, enc_here(h));
}

struct place enc_constant(const struct host *h, enum constant c)
{
	return place_absolute((uint32_t)(uintptr_t)(h->constants + 16 * c));
}

void enc_vector_load(struct host *h, enum ir_type type, unsigned to, struct place p)
{
	uint32_t opcode = type == IR_F32 ? 0xf3000f10 : type == IR_F64 ? 0xf2000f10 : 0x0f10;

	enc_rm(h, opcode, W32, to, p);
}

void enc_vector_store(struct host *h, enum ir_type type, struct place p, unsigned from)
{
	uint32_t opcode = type == IR_F32 ? 0xf3000f11 : type == IR_F64 ? 0xf2000f11 : 0x0f11;

	enc_rm(h, opcode, W32, from, p);
}

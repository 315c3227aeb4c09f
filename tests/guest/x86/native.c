/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random integer instructions, by front end and interpreter and by the CPU this runs on:
 * registers, memory and all flags that are defined must be the same.
 *
 * What is used is encoded alike in 32-bit and 64-bit mode: no ESP, no INC and DEC of one
 * byte, memory only at EBP, which nothing changes, plus a displacement.
 *
 *	x86_native [SEED [ROUNDS]]
 */
#include "tap.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "guest/x86/decode.h"
#include "run.h"

#define CODE 0x8000u
#define DATA 0x20000u /* also in the host's address space */
#define DATA_BYTES 4096u
#define MIDDLE (DATA + DATA_BYTES / 2)
#define MOST 12 /* instructions at a time */

static uint64_t native_seed;

static uint32_t native_random(void)
{
	native_seed = native_seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(native_seed >> 32);
}

/* What the code that goes around the instructions knows by offset. */
struct native_state {
	uint32_t r[8];
	uint64_t flags;
};

static uint8_t *native_code; /* executable */
static sigjmp_buf native_fault;

static void native_on_fault(int signal)
{
	siglongjmp(native_fault, signal);
}

/* Saves what a function must, takes flags and registers from where rdi points. */
static const uint8_t native_enter[] = {
	0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57, /* push rbx rbp r12-r15 */
	0x49, 0x89, 0xff,                                           /* mov r15, rdi */
	0x41, 0xff, 0x77, 0x20, 0x9d,                               /* push [r15 + 32]; popf */
	0x41, 0x8b, 0x07, 0x41, 0x8b, 0x4f, 0x04, 0x41, 0x8b, 0x57, 0x08, /* eax ecx edx */
	0x41, 0x8b, 0x5f, 0x0c, 0x41, 0x8b, 0x6f, 0x14,                   /* ebx ebp */
	0x41, 0x8b, 0x77, 0x18, 0x41, 0x8b, 0x7f, 0x1c,                   /* esi edi */
};

static const uint8_t native_leave[] = {
	0x41, 0x89, 0x07, 0x41, 0x89, 0x4f, 0x04, 0x41, 0x89, 0x57, 0x08, /* eax ecx edx */
	0x41, 0x89, 0x5f, 0x0c, 0x41, 0x89, 0x6f, 0x14,                   /* ebx ebp */
	0x41, 0x89, 0x77, 0x18, 0x41, 0x89, 0x7f, 0x1c,                   /* esi edi */
	0x9c, 0x41, 0x8f, 0x47, 0x20,                                     /* pushf; pop */
	0x41, 0x5f, 0x41, 0x5e, 0x41, 0x5d, 0x41, 0x5c, 0x5d, 0x5b, 0xc3, /* restore; ret */
};

/* False: #DE. */
static bool native_run(const uint8_t *code, size_t bytes, struct native_state *s)
{
	uint8_t *at = native_code;
	void (*call)(struct native_state *);

	memcpy(at, native_enter, sizeof native_enter);
	memcpy(at + sizeof native_enter, code, bytes);
	memcpy(at + sizeof native_enter + bytes, native_leave, sizeof native_leave);
	memcpy(&call, &at, sizeof call);
	if (sigsetjmp(native_fault, 1))
		return false;
	call(s);
	return true;
}

/* The instructions.  Flags: what they read, what they leave undefined; PARTLY: they may
 * also leave them alone. */
enum {
	FORM_E = 1,     /* ModRM, any */
	FORM_REG = 2,   /* ModRM, register only */
	FORM_MEM = 4,   /* memory only */
	FORM_GROUP = 8, /* the reg field is `reg` */
	FORM_I8 = 16,
	FORM_IV = 32,
	FORM_BYTE = 64,  /* operands are bytes: no 66 */
	FORM_LOW = 128,  /* a register in the low 3 bits */
	FORM_TWO = 256,  /* after 0F */
	FORM_SHORT = 512 /* jumps over the next one */
};
#define PARTLY 0x80000000u
#define A X86_ARITHMETIC

struct native_row {
	uint8_t opcode, last; /* a range */
	uint16_t form;
	uint8_t reg;
	uint32_t reads, undefined, keeps; /* keeps: not written at all */
};

#define NOT_ZF (A & ~X86_ZF)
#define SHIFT_UNDEFINED (X86_AF | X86_OF | PARTLY)
#define NOT_C (A & ~X86_CF)

static const struct native_row native_rows[] = {
	{ 0x00, 0x00, FORM_E | FORM_BYTE, 0, 0, 0, 0 },
	{ 0x01, 0x01, FORM_E, 0, 0, 0, 0 },
	{ 0x02, 0x02, FORM_E | FORM_BYTE, 0, 0, 0, 0 },
	{ 0x03, 0x03, FORM_E, 0, 0, 0, 0 },
	{ 0x04, 0x04, FORM_I8, 0, 0, 0, 0 },
	{ 0x05, 0x05, FORM_IV, 0, 0, 0, 0 },
	{ 0x08, 0x08, FORM_E | FORM_BYTE, 0, 0, X86_AF, 0 },
	{ 0x09, 0x09, FORM_E, 0, 0, X86_AF, 0 },
	{ 0x0a, 0x0a, FORM_E | FORM_BYTE, 0, 0, X86_AF, 0 },
	{ 0x0b, 0x0b, FORM_E, 0, 0, X86_AF, 0 },
	{ 0x10, 0x10, FORM_E | FORM_BYTE, 0, X86_CF, 0, 0 },
	{ 0x11, 0x11, FORM_E, 0, X86_CF, 0, 0 },
	{ 0x12, 0x12, FORM_E | FORM_BYTE, 0, X86_CF, 0, 0 },
	{ 0x13, 0x13, FORM_E, 0, X86_CF, 0, 0 },
	{ 0x14, 0x14, FORM_I8, 0, X86_CF, 0, 0 },
	{ 0x15, 0x15, FORM_IV, 0, X86_CF, 0, 0 },
	{ 0x18, 0x18, FORM_E | FORM_BYTE, 0, X86_CF, 0, 0 },
	{ 0x19, 0x19, FORM_E, 0, X86_CF, 0, 0 },
	{ 0x1a, 0x1a, FORM_E | FORM_BYTE, 0, X86_CF, 0, 0 },
	{ 0x1b, 0x1b, FORM_E, 0, X86_CF, 0, 0 },
	{ 0x1c, 0x1c, FORM_I8, 0, X86_CF, 0, 0 },
	{ 0x1d, 0x1d, FORM_IV, 0, X86_CF, 0, 0 },
	{ 0x20, 0x20, FORM_E | FORM_BYTE, 0, 0, X86_AF, 0 },
	{ 0x21, 0x21, FORM_E, 0, 0, X86_AF, 0 },
	{ 0x22, 0x22, FORM_E | FORM_BYTE, 0, 0, X86_AF, 0 },
	{ 0x23, 0x23, FORM_E, 0, 0, X86_AF, 0 },
	{ 0x28, 0x28, FORM_E | FORM_BYTE, 0, 0, 0, 0 },
	{ 0x29, 0x29, FORM_E, 0, 0, 0, 0 },
	{ 0x2a, 0x2a, FORM_E | FORM_BYTE, 0, 0, 0, 0 },
	{ 0x2b, 0x2b, FORM_E, 0, 0, 0, 0 },
	{ 0x2c, 0x2c, FORM_I8, 0, 0, 0, 0 },
	{ 0x2d, 0x2d, FORM_IV, 0, 0, 0, 0 },
	{ 0x30, 0x30, FORM_E | FORM_BYTE, 0, 0, X86_AF, 0 },
	{ 0x31, 0x31, FORM_E, 0, 0, X86_AF, 0 },
	{ 0x33, 0x33, FORM_E, 0, 0, X86_AF, 0 },
	{ 0x38, 0x38, FORM_E | FORM_BYTE, 0, 0, 0, 0 },
	{ 0x39, 0x39, FORM_E, 0, 0, 0, 0 },
	{ 0x3a, 0x3a, FORM_E | FORM_BYTE, 0, 0, 0, 0 },
	{ 0x3b, 0x3b, FORM_E, 0, 0, 0, 0 },
	{ 0x3c, 0x3c, FORM_I8, 0, 0, 0, 0 },
	{ 0x3d, 0x3d, FORM_IV, 0, 0, 0, 0 },
	{ 0x69, 0x69, FORM_E | FORM_IV, 0, 0, A & ~(X86_CF | X86_OF), 0 },
	{ 0x6b, 0x6b, FORM_E | FORM_I8, 0, 0, A & ~(X86_CF | X86_OF), 0 },
	{ 0x70, 0x7f, FORM_SHORT, 0, A, 0, A },
	{ 0x70, 0x7f, FORM_SHORT, 0, A, 0, A },
	{ 0x70, 0x7f, FORM_SHORT, 0, A, 0, A },
	{ 0x84, 0x84, FORM_E | FORM_BYTE, 0, 0, X86_AF, 0 },
	{ 0x85, 0x85, FORM_E, 0, 0, X86_AF, 0 },
	{ 0x86, 0x86, FORM_E | FORM_BYTE, 0, 0, 0, A },
	{ 0x87, 0x87, FORM_E, 0, 0, 0, A },
	{ 0x88, 0x88, FORM_E | FORM_BYTE, 0, 0, 0, A },
	{ 0x89, 0x89, FORM_E, 0, 0, 0, A },
	{ 0x8a, 0x8a, FORM_E | FORM_BYTE, 0, 0, 0, A },
	{ 0x8b, 0x8b, FORM_E, 0, 0, 0, A },
	{ 0x8d, 0x8d, FORM_MEM, 0, 0, 0, A },
	{ 0x91, 0x93, 0, 0, 0, 0, A },
	{ 0x98, 0x99, 0, 0, 0, 0, A },
	{ 0x9e, 0x9e, 0, 0, 0, 0, X86_OF },
	{ 0x9f, 0x9f, 0, 0, A & ~X86_OF, 0, A },
	{ 0xa8, 0xa8, FORM_I8, 0, 0, X86_AF, 0 },
	{ 0xa9, 0xa9, FORM_IV, 0, 0, X86_AF, 0 },
	{ 0xb0, 0xb7, FORM_I8, 0, 0, 0, A },
	{ 0xb8, 0xb8, FORM_IV | FORM_LOW, 0, 0, 0, A },
	{ 0xc6, 0xc6, FORM_E | FORM_GROUP | FORM_BYTE | FORM_I8, 0, 0, 0, A },
	{ 0xc7, 0xc7, FORM_E | FORM_GROUP | FORM_IV, 0, 0, 0, A },
	{ 0xf5, 0xf5, 0, 0, X86_CF, 0, NOT_C },
	{ 0xf8, 0xf9, 0, 0, 0, 0, NOT_C },
	{ 0xfe, 0xfe, FORM_E | FORM_GROUP | FORM_BYTE, 0, 0, 0, X86_CF },
	{ 0xfe, 0xfe, FORM_E | FORM_GROUP | FORM_BYTE, 1, 0, 0, X86_CF },
	{ 0xff, 0xff, FORM_E | FORM_GROUP, 0, 0, 0, X86_CF },
	{ 0xff, 0xff, FORM_E | FORM_GROUP, 1, 0, 0, X86_CF },
#define GROUP1(reg, reads, undefined)                                                              \
	{ 0x80, 0x80, FORM_E | FORM_GROUP | FORM_BYTE | FORM_I8, reg, reads, undefined, 0 },       \
		{ 0x81, 0x81, FORM_E | FORM_GROUP | FORM_IV, reg, reads, undefined, 0 },           \
	{                                                                                          \
		0x83, 0x83, FORM_E | FORM_GROUP | FORM_I8, reg, reads, undefined, 0                \
	}
	GROUP1(0, 0, 0),
	GROUP1(1, 0, X86_AF),
	GROUP1(2, X86_CF, 0),
	GROUP1(3, X86_CF, 0),
	GROUP1(4, 0, X86_AF),
	GROUP1(5, 0, 0),
	GROUP1(6, 0, X86_AF),
	GROUP1(7, 0, 0),
/* Shifts; rotations keep all but C and O. */
#define GROUP2(reg, reads, one, undefined, keeps)                                                  \
	{ 0xc0, 0xc0, FORM_E | FORM_GROUP | FORM_BYTE | FORM_I8, reg, reads, undefined, keeps },   \
		{ 0xc1, 0xc1, FORM_E | FORM_GROUP | FORM_I8, reg, reads, undefined, keeps },       \
		{ 0xd0, 0xd0, FORM_E | FORM_GROUP | FORM_BYTE, reg, reads, one, keeps },           \
		{ 0xd1, 0xd1, FORM_E | FORM_GROUP, reg, reads, one, keeps },                       \
		{ 0xd2, 0xd2, FORM_E | FORM_GROUP | FORM_BYTE, reg, reads, undefined, keeps },     \
	{                                                                                          \
		0xd3, 0xd3, FORM_E | FORM_GROUP, reg, reads, undefined, keeps                      \
	}
#define ROTATES (A & ~(X86_CF | X86_OF))
	GROUP2(0, 0, 0, X86_OF | PARTLY, ROTATES),
	GROUP2(1, 0, 0, X86_OF | PARTLY, ROTATES),
	GROUP2(2, X86_CF, 0, X86_OF | PARTLY, ROTATES),
	GROUP2(3, X86_CF, 0, X86_OF | PARTLY, ROTATES),
	GROUP2(4, 0, X86_AF, SHIFT_UNDEFINED, 0),
	GROUP2(5, 0, X86_AF, SHIFT_UNDEFINED, 0),
	GROUP2(7, 0, X86_AF, SHIFT_UNDEFINED, 0),
#define GROUP3(reg, undefined, keeps)                                                              \
	{ 0xf6, 0xf6, FORM_E | FORM_GROUP | FORM_BYTE, reg, 0, undefined, keeps },                 \
	{                                                                                          \
		0xf7, 0xf7, FORM_E | FORM_GROUP, reg, 0, undefined, keeps                          \
	}
	GROUP3(2, 0, A),
	GROUP3(3, 0, 0),
	GROUP3(4, A & ~(X86_CF | X86_OF), 0),
	GROUP3(5, A & ~(X86_CF | X86_OF), 0),
	GROUP3(6, A, 0),
	GROUP3(7, A, 0),
	{ 0xf6, 0xf6, FORM_E | FORM_GROUP | FORM_BYTE | FORM_I8, 0, 0, X86_AF, 0 },
	{ 0xf7, 0xf7, FORM_E | FORM_GROUP | FORM_IV, 0, 0, X86_AF, 0 },
	/* 0F. */
	{ 0x40, 0x4f, FORM_E | FORM_TWO, 0, A, 0, A },
	{ 0x40, 0x4f, FORM_E | FORM_TWO, 0, A, 0, A },
	{ 0x90, 0x9f, FORM_E | FORM_TWO | FORM_BYTE, 0, A, 0, A },
	{ 0x90, 0x9f, FORM_E | FORM_TWO | FORM_BYTE, 0, A, 0, A },
	{ 0xa3, 0xa3, FORM_REG | FORM_TWO, 0, 0, NOT_ZF &NOT_C, X86_ZF },
	{ 0xab, 0xab, FORM_REG | FORM_TWO, 0, 0, NOT_ZF &NOT_C, X86_ZF },
	{ 0xb3, 0xb3, FORM_REG | FORM_TWO, 0, 0, NOT_ZF &NOT_C, X86_ZF },
	{ 0xbb, 0xbb, FORM_REG | FORM_TWO, 0, 0, NOT_ZF &NOT_C, X86_ZF },
	{ 0xba, 0xba, FORM_E | FORM_TWO | FORM_GROUP | FORM_I8, 4, 0, NOT_ZF &NOT_C, X86_ZF },
	{ 0xba, 0xba, FORM_E | FORM_TWO | FORM_GROUP | FORM_I8, 5, 0, NOT_ZF &NOT_C, X86_ZF },
	{ 0xba, 0xba, FORM_E | FORM_TWO | FORM_GROUP | FORM_I8, 6, 0, NOT_ZF &NOT_C, X86_ZF },
	{ 0xba, 0xba, FORM_E | FORM_TWO | FORM_GROUP | FORM_I8, 7, 0, NOT_ZF &NOT_C, X86_ZF },
	{ 0xaf, 0xaf, FORM_E | FORM_TWO, 0, 0, A & ~(X86_CF | X86_OF), 0 },
	{ 0xb0, 0xb0, FORM_E | FORM_TWO | FORM_BYTE, 0, 0, 0, 0 },
	{ 0xb1, 0xb1, FORM_E | FORM_TWO, 0, 0, 0, 0 },
	{ 0xb6, 0xb7, FORM_E | FORM_TWO, 0, 0, 0, A },
	{ 0xbe, 0xbf, FORM_E | FORM_TWO, 0, 0, 0, A },
	{ 0xbc, 0xbd, FORM_E | FORM_TWO, 0, 0, NOT_ZF, 0 },
	{ 0xc0, 0xc0, FORM_E | FORM_TWO | FORM_BYTE, 0, 0, 0, 0 },
	{ 0xc1, 0xc1, FORM_E | FORM_TWO, 0, 0, 0, 0 },
	{ 0xc8, 0xcb, FORM_TWO | FORM_BYTE, 0, 0, 0, A },
	{ 0x1f, 0x1f, FORM_E | FORM_TWO | FORM_GROUP, 0, 0, 0, A },
};

/* SHLD and SHRD of doublewords, of words with small counts. */
static const struct native_row native_double[] = {
	{ 0xa4, 0xa4, FORM_E | FORM_TWO | FORM_I8, 0, 0, SHIFT_UNDEFINED, 0 },
	{ 0xa5, 0xa5, FORM_E | FORM_TWO | FORM_BYTE, 0, 0, SHIFT_UNDEFINED, 0 },
	{ 0xac, 0xac, FORM_E | FORM_TWO | FORM_I8, 0, 0, SHIFT_UNDEFINED, 0 },
	{ 0xad, 0xad, FORM_E | FORM_TWO | FORM_BYTE, 0, 0, SHIFT_UNDEFINED, 0 },
};

struct native_program {
	uint8_t code[MOST * 16];
	size_t bytes;
	uint32_t undefined; /* flags */
	bool skipping;      /* the next one may be jumped over */
	size_t jump;        /* where its distance goes */
};

/* A register that may be written: not ESP, EBP; of bytes, any. */
static unsigned native_register(bool byte)
{
	static const uint8_t wide[] = { X86_EAX, X86_ECX, X86_EDX, X86_EBX, X86_ESI, X86_EDI };

	return byte ? native_random() & 7 : wide[native_random() % 6];
}

static void native_byte(struct native_program *p, uint32_t value)
{
	p->code[p->bytes++] = (uint8_t)value;
}

static void native_modrm(struct native_program *p, const struct native_row *row, unsigned reg,
			 bool byte_rm)
{
	bool memory = row->form & FORM_MEM ||
		      (row->form & FORM_E && !(row->form & FORM_REG) && (native_random() & 1));

	if (row->form & FORM_MEM && native_random() & 1) { /* LEA: registers and a scale */
		native_byte(p, 0x44 | reg << 3);
		native_byte(p, (native_random() & 3) << 6 | native_register(false) << 3 |
				       native_register(false));
		native_byte(p, native_random());
		return;
	}
	if (memory) {
		native_byte(p, 0x45 | reg << 3);
		native_byte(p, native_random());
	} else {
		native_byte(p, 0xc0 | reg << 3 | native_register(byte_rm));
	}
}

static bool native_has_modrm(const struct native_row *row)
{
	return row->form & (FORM_E | FORM_REG | FORM_MEM);
}

static void native_encode(struct native_program *p, const struct native_row *row)
{
	uint8_t opcode = (uint8_t)(row->opcode + native_random() % (row->last - row->opcode + 1u));
	bool byte = row->form & FORM_BYTE, words = !byte && native_random() % 4 == 0;
	/* MOVZX and MOVSX of bytes; the others' operands are all of one size. */
	bool byte_rm = byte || (row->form & FORM_TWO && (opcode & 0xf7) == 0xb6);
	bool byte_reg = byte && opcode != 0xa5 && opcode != 0xad;

	if (row->form & FORM_SHORT)
		words = false;
	if (opcode == 0xa5 || opcode == 0xad)
		byte_rm = false;
	if (words)
		native_byte(p, 0x66);
	if (row->form & FORM_TWO)
		native_byte(p, 0x0f);
	if (row->form & FORM_LOW)
		opcode = (uint8_t)(opcode + native_register(false));
	native_byte(p, opcode);
	if (native_has_modrm(row))
		native_modrm(p, row, row->form & FORM_GROUP ? row->reg : native_register(byte_reg),
			     byte_rm);
	if (row->form & FORM_I8)
		native_byte(p, native_random() & 1 ? native_random() & 3 : native_random());
	if (row->form & FORM_IV)
		for (unsigned n = 0; n < (words ? 2 : 4); n++)
			native_byte(p, native_random());
}

static void native_add(struct native_program *p)
{
	bool doubles = native_random() % 16 == 0;
	const struct native_row *row =
		doubles ? &native_double[native_random() % COUNT_OF(native_double)] :
			  &native_rows[native_random() % COUNT_OF(native_rows)];
	uint32_t undefined = p->undefined;
	size_t before = p->bytes;

	if (row->reads & p->undefined || (row->form & FORM_SHORT && p->skipping))
		return;
	native_encode(p, row);
	if (doubles && p->code[before] == 0x66) { /* words: undefined beyond 16 */
		p->bytes = before;
		return;
	}
	undefined = row->undefined & PARTLY || p->skipping ? undefined : undefined & row->keeps;
	p->undefined = (undefined | row->undefined) & ~PARTLY;
	if (p->skipping)
		p->code[p->jump] = (uint8_t)(p->bytes - before);
	p->skipping = row->form & FORM_SHORT;
	p->jump = p->bytes;
	if (p->skipping)
		native_byte(p, 0);
}

/* Values that make flags: small ones, limits, anything. */
static uint32_t native_value(void)
{
	static const uint32_t edges[] = { 0,      1,      0x7f,    0x80,       0xff,       0x7fff,
					  0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, ~0u };

	switch (native_random() % 3) {
	case 0:
		return edges[native_random() % COUNT_OF(edges)];
	case 1:
		return native_random() & 0xff;
	default:
		return native_random();
	}
}

static const struct run_how native_hows[] = {
	{ 0, true }, { 0, false }, { 1, false }, { 2, true }
};

static void native_show(const struct native_program *p)
{
	char text[MOST * 16 * 3 + 1];

	for (size_t n = 0; n < p->bytes; n++)
		snprintf(&text[3 * n], 4, "%02x ", p->code[n]);
	diag("%s", text);
}

/* Whether front end and CPU agree on the program. */
static bool native_compare(const struct native_program *p, struct run_how how,
			   const struct native_state *before, const uint8_t *data,
			   const struct native_state *after, bool faults)
{
	struct x86 *x = run_begin(RUN_FLAT);
	struct run_result result;
	uint32_t flags;

	memcpy(&run_core.ram[CODE], p->code, p->bytes);
	memcpy(&run_core.ram[DATA], data, DATA_BYTES);
	memcpy(x->r, before->r, sizeof x->r);
	x86_set_flags(x, (uint32_t)before->flags);
	x->cpu.pc = CODE;
	result = run_code(x, how, (gva)(CODE + p->bytes), 100);
	if (result.wrong) {
		diag("%s", result.wrong);
		return false;
	}
	if (faults)
		return run_core.vector == X86_DE;
	if (run_core.vector != ~0u || x->cpu.pc != CODE + p->bytes) {
		diag("exception %u, pc %#x", run_core.vector, x->cpu.pc);
		return false;
	}
	flags = x86_flags(x) ^ (uint32_t)after->flags;
	if (flags & A & ~p->undefined)
		diag("flags differ by %#x: %#x", flags & A & ~p->undefined, x86_flags(x));
	for (unsigned n = 0; n < 8; n++)
		if (n != X86_ESP && x->r[n] != after->r[n])
			diag("register %u is %#x, should be %#x", n, x->r[n], after->r[n]);
	x->r[X86_ESP] = after->r[X86_ESP];
	return !(flags & A & ~p->undefined) && !memcmp(x->r, after->r, sizeof x->r) &&
	       !memcmp(&run_core.ram[DATA], (void *)(uintptr_t)DATA, DATA_BYTES);
}

static unsigned native_round(void)
{
	struct native_program p = { .bytes = 0 };
	struct native_state before = { .flags = (native_random() & A) | 0x202 }, after;
	unsigned wanted = 1 + native_random() % MOST, wrong = 0;
	uint8_t data[DATA_BYTES];
	bool faults;

	for (unsigned n = 0; n < wanted; n++)
		native_add(&p);
	for (unsigned n = 0; n < 8; n++)
		before.r[n] = native_value();
	for (size_t n = 0; n < sizeof data; n++)
		data[n] = (uint8_t)(native_random() & 1 ? native_random() : 0xff);
	before.r[X86_EBP] = MIDDLE;
	memcpy((void *)(uintptr_t)DATA, data, sizeof data);
	after = before;
	faults = !native_run(p.code, p.bytes, &after);
	for (unsigned how = 0; how < COUNT_OF(native_hows); how++) {
		if (native_compare(&p, native_hows[how], &before, data, &after, faults))
			continue;
		wrong = 1;
		diag("blocks of %u%s", native_hows[how].limit,
		     native_hows[how].optimise ? ", optimised" : "");
	}
	if (wrong) {
		native_show(&p);
		for (unsigned n = 0; n < 8; n++)
			diag("r%u %#x", n, before.r[n]);
		diag("flags %#x", (uint32_t)before.flags);
	}
	return wrong;
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 0) : 20000, wrong = 0;

	native_seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	native_code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (native_code == MAP_FAILED ||
	    mmap((void *)(uintptr_t)DATA, DATA_BYTES, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		 0) != (void *)(uintptr_t)DATA) {
		ok(false, "memory at %#x", DATA);
		return done();
	}
	signal(SIGFPE, native_on_fault);
	for (unsigned round = 0; round < rounds && wrong < 5; round++)
		wrong += native_round();
	is(wrong, 0, "%u random programs do what the CPU does", rounds);
	return done();
}

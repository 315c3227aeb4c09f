/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The x86-64 back end's inner interfaces.  emu/host/host.h is what others see.
 *
 * How a block is made, in one folder:
 *
 *	compile.c	backward pass (last uses, hints), forward pass: one gen_* a time
 *	alloc.c		where every value is: register, spill unit, slot, constant, flag
 *	encode.c	instruction encoder
 *	ops.c bits.c	integers
 *	flags.c		flags, comparisons, select
 *	slots.c		get and set
 *	memory.c	loads, stores, spans and their slow paths
 *	fp.c vector.c	floating point and v128 on SSE
 *	x87.c		the x87
 *	exits.c		entry, links, indirect exits, return predictor
 *	call.c		calls of C
 *	common.c	thunks shared by all blocks, creation, entering, linking
 *
 * Registers.  rsp: frame of spill units; r15d: budget; rbx rbp r12 r13 r14
 * r8 r9 r10 r11: the guest's pinned slots; rax rcx rdx rsi rdi and
 * xmm0..15: temporaries.  An i32 in a register has zeros above it.
 *
 * `get` of a pinned slot makes no code: the value is in that register until the slot
 * is set; if it lives on then, it is moved out first.  An operation whose result goes
 * to a pinned slot computes right in its register where nothing in between can see
 * the difference.  `get` of another slot is delayed until the value is used.  Thus
 *
 *	get.i32 r0 ; add.i32 %1 4 ; load.i32 %2 ; set.i32 r1 %3
 *
 * with r0 in rbx and r1 in r12 becomes
 *
 *	lea eax,[rbx+4] ; mov ecx,eax ; shr ecx,12 ; mov rcx,[rcx*8+table]
 *	test cl,1 ; jz slow ; test al,3 ; jnz unaligned ; mov r12d,[rcx+rax-1]
 *
 * Flags stay in EFLAGS while they last.  Before an instruction would destroy flags
 * that are still wanted, the conditions wanted are saved as bytes (flags_clobber).
 */
#ifndef EMU_HOST_X86_64_EMIT_H
#define EMU_HOST_X86_64_EMIT_H

#include "host/host.h"

/* General registers are 0..15, vector registers 16..31. */
enum reg { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15, XMM0 };

#define NO_REG 0xff
#define REGS 32
#define REG_BIT(r) (1u << (r))
#define TEMPS_GENERAL (REG_BIT(RAX) | REG_BIT(RCX) | REG_BIT(RDX) | REG_BIT(RSI) | REG_BIT(RDI))
#define TEMPS_VECTOR 0xffff0000u
#define TEMPS(h) ((h)->temps | TEMPS_VECTOR)
#define CPU_FIELD(name) ((int32_t)offsetof(struct cpu, name))

/* The frame, from rsp up: spill units of 16 bytes, then struct saved for the slow
 * paths.  Units beyond those are in struct host, so there are always enough. */
#define FRAME_UNITS 32
#define SPILL_UNITS (3 * IR_MAX_OPS)
#define FRAME_SAVED (FRAME_UNITS * 16)
#define NO_UNIT 0xffff

/* Registers as a slow path finds and leaves them. */
struct saved {
	uint64_t general[16];
	uint64_t vector[16][2];
	const void *resume;
	uint64_t pad;
};

#define FRAME_BYTES ((int32_t)(FRAME_SAVED + sizeof(struct saved)))

/* What a slow path is about; in the code after the call. */
enum site_kind {
	SITE_LOAD32, /* result i32 in general register d; one bigger: i64 */
	SITE_LOAD64,
	SITE_LOAD_VECTOR, /* result in vector register d: f32, f64, v128 */
	SITE_STORE,
	SITE_STORE_VECTOR,
	SITE_SPAN_READ,
	SITE_SPAN_WRITE,
	SITE_SPAN_END,
	SITE_FP,    /* fn(a, b) to d */
	SITE_CHECK, /* fn(a or constant, y); struct site_check follows */
};

enum { SITE_WIDE_A = 1, SITE_WIDE_B = 2, SITE_WIDE_D = 4 };

struct site {
	uint8_t kind;
	uint8_t a; /* register of the address; NO_REG: it is `constant` */
	uint8_t b; /* of the value */
	uint8_t d; /* of the result */
	struct ir_mem how;
	uint16_t refund; /* SITE_FP: enum of widths */
	union {
		struct {
			gva pc;
			uint32_t constant; /* address; spans: bytes */
		};
		fp_fn *fn;
	};
};

struct site_check {
	ir_fn *fn;
	uint32_t y;
};

/* An address in host memory. */
struct place {
	uint8_t base, index, scale; /* NO_REG; scale is a shift count */
	int32_t disp;
};

/* An operand of an ALU instruction. */
struct operand {
	enum { OPERAND_REG, OPERAND_PLACE, OPERAND_IMM } kind;
	uint8_t reg;
	int32_t imm;
	struct place place;
};

/* What is known of a value. */
struct value {
	uint16_t last;       /* operation that uses it last; 0: none */
	uint16_t token_last; /* the same for its flags */
	uint16_t token_ccs;  /* conditions wanted of them, a bit each */
	uint16_t token_unit; /* where those were saved as bytes, at index cc */
	uint16_t pack_unit;  /* where RFLAGS was saved */
	uint16_t spill;      /* unit, or NO_UNIT */
	uint16_t origin;     /* slot that holds it too; NO_ORIGIN */
	uint16_t hint_at;    /* the set that `hint` is from */
	uint8_t reg;
	uint8_t hint;      /* pinned register it will be set to */
	uint8_t uses;      /* saturates */
	bool fused;        /* emitted by its consumer */
	bool skip;         /* nothing to emit here */
	bool twice;        /* two operations ask for the same condition of the token */
	bool pack;         /* token wanted by PACK */
	bool x87_last;     /* X87: the last one of a run, see x87.c */
	uint8_t x87_needs; /* X87_BEGIN: registers that must be there, */
	uint8_t x87_room;  /* and those that must be free */
};

/* A run of x87 operations that is open, and what is known when going backwards. */
struct x87_run {
	bool live;
	bool refused;   /* it needs more than there can be: what follows is never reached */
	bool begun;     /* an instruction is done */
	bool condition; /* C0, C2, C3 were set */
	bool no_c1;     /* C1 is 0, whatever the host has: FCOMI leaves it alone on some */
	uint8_t depth;  /* registers in the host's */
	int8_t pushed;  /* net, since the run's beginning */
	int8_t most;    /* of `pushed` */
	int8_t from[8]; /* which ST(n) of the beginning each is, or none */
};

struct x87_ahead {
	unsigned needs, room;
	bool more; /* there are x87 operations */
};

#define NO_ORIGIN 0xffff
#define ORIGINS 12

/* Code out of line, made at the block's end. */
enum cold_kind {
	COLD_SITE,
	COLD_LINK,
	COLD_RETURN,
	COLD_BUDGET,
	COLD_MISS,
	COLD_POP_MISS,
	COLD_DIVIDE
};

struct cold {
	uint8_t kind;
	uint8_t froms;
	uint8_t scratch;    /* SITE: free register */
	uint8_t link;       /* LINK, RETURN: number within the block */
	bool vectors;       /* SITE: vector registers are live */
	bool constant;      /* SITE: load imm to scratch first */
	uint8_t bytes;      /* SITE, unaligned: of the access */
	uint8_t divide;     /* DIVIDE: the operation */
	bool wide;          /* DIVIDE: 64 bits */
	uint32_t from[3];   /* fields to point here */
	uint32_t unaligned; /* field to point to the unaligned path; 0: none */
	uint32_t access;    /* where the fast access is */
	uint32_t back;      /* where to go on */
	uint32_t table;
	uint32_t rest; /* LINK: instructions not executed */
	uint32_t x87;  /* SITE: see x87_pending */
	uint64_t imm;
	struct site site;
	struct site_check check;
};

/* More than the code of any block of guest code; what is larger doesn't fit. */
#define STAGING_BYTES (256u << 10)

#define COLDS (IR_MAX_OPS + IR_MAX_EXITS + 8)

struct host {
	struct cpu *cpu;

	/* Common code. */
	unsigned (*enter)(struct cpu *cpu, const void *entry);
	const uint8_t *leave, *leave_run, *leave_link, *leave_budget, *lookup, *lookup_miss;
	const uint8_t *slow, *slow_vectors;
	const uint8_t *call[4]; /* by enum ir_call: pure, reads, writes, site */
	const uint8_t *constants;

	/* The host CPU. */
	bool bmi1, bmi2, lzcnt, sse41, sse42;

	uint16_t slot[GUEST_PINNED];     /* the pinned ones; ends with 0 or the array */
	uint8_t pinned[16];              /* by register: index in slot, or NO_REG */
	uint8_t pin[UINT16_MAX / 4 + 1]; /* slot / 4: register + 1 */

	uint8_t boolean[UINT16_MAX / 4 + 1]; /* slot / 4: see guest->booleans */

	/* The block being compiled. */
	const struct ir_block *block;
	uint32_t temps;   /* general registers for values */
	uint32_t carried; /* see loop.c */
	uint16_t carried_slot[2];
	uint32_t loop_at;           /* offset of the entry for the block's own exits; 0: none */
	uint8_t *start, *out, *end; /* in `staging` */
	intptr_t away;              /* from there to where the code will be */
	unsigned at;                /* operation */
	gva insn_pc;
	unsigned insn_index; /* of the current guest instruction */
	unsigned links, first_link;
	struct host_code *code;
	struct x87_run x87;
	ir_value flags_of; /* whose flags are in EFLAGS */
	uint32_t locked;
	ir_value owner[REGS];
	uint16_t origins;
	ir_value origin[ORIGINS];
	uint16_t units, free_units;
	uint16_t free_unit[SPILL_UNITS];
	unsigned colds;
	struct cold cold[COLDS];
	struct value value[IR_MAX_OPS];
	uint8_t staging[STAGING_BYTES];
	uint8_t more_units[(SPILL_UNITS - FRAME_UNITS) * 16] __attribute__((aligned(16)));
};

/* Constants near the common code. */
enum constant {
	CONST_ABS32,
	CONST_ABS64,
	CONST_SIGN32,
	CONST_SIGN64, /* 16 bytes each */
	CONST_MIN32,
	CONST_MIN64,
	CONST_TWO32_F32,
	CONST_TWO32_F64,
	CONSTANTS,
};

/* encode.c.  An opcode is prefix << 24 | up to three bytes. */
enum { W32 = 0, W64 = 1, WBYTE = 2 /* reg is a byte register */, WBYTE_RM = 4 };
enum alu { ALU_ADD, ALU_OR, ALU_ADC, ALU_SBB, ALU_AND, ALU_SUB, ALU_XOR, ALU_CMP };
enum shift { SHIFT_ROL, SHIFT_ROR, SHIFT_SHL = 4, SHIFT_SHR = 5, SHIFT_SAR = 7 };

static inline void enc_byte(struct host *h, unsigned byte)
{
	*h->out++ = (uint8_t)byte;
}

void enc_u32(struct host *h, uint32_t value);
void enc_u64(struct host *h, uint64_t value);
void enc_rr(struct host *h, uint32_t opcode, unsigned w, unsigned reg, unsigned rm);
void enc_rm(struct host *h, uint32_t opcode, unsigned w, unsigned reg, struct place p);
void enc_vex(struct host *h, uint32_t opcode, unsigned w, unsigned reg, unsigned extra,
	     unsigned rm);
void enc_mov(struct host *h, unsigned w, unsigned to, unsigned from);
void enc_imm(struct host *h, unsigned to, uint64_t value);
void enc_load(struct host *h, unsigned w, unsigned to, struct place p);
void enc_store(struct host *h, unsigned w, struct place p, unsigned from);
void enc_store_imm(struct host *h, unsigned w, struct place p, int32_t value);
void enc_bswap(struct host *h, unsigned w, unsigned to);
void enc_lea(struct host *h, unsigned w, unsigned to, struct place p);
void enc_alu(struct host *h, enum alu op, unsigned w, unsigned to, const struct operand *from);
void enc_alu_imm(struct host *h, enum alu op, unsigned w, unsigned to, int32_t imm);
void enc_alu_place_imm(struct host *h, enum alu op, unsigned w, struct place p, int32_t imm);
void enc_shift(struct host *h, enum shift op, unsigned w, unsigned to, unsigned count);
void enc_test(struct host *h, unsigned w, unsigned a, unsigned b);
void enc_test_imm(struct host *h, unsigned w, unsigned a, int32_t imm);
void enc_setcc(struct host *h, unsigned cc, unsigned to); /* whole register becomes 0 or 1 */
uint32_t enc_jcc(struct host *h, unsigned cc);            /* return the field to patch */
uint32_t enc_jmp(struct host *h);
void enc_jmp_to(struct host *h, const uint8_t *target);
void enc_call(struct host *h, const void *target);
void enc_patch_here(struct host *h, uint32_t field);
void enc_patch(struct host *h, uint32_t field, uint32_t offset);
uint32_t enc_here(const struct host *h);
struct place enc_constant(const struct host *h, enum constant c);

/* A vector register from or to memory or another one, by type. */
void enc_vector_load(struct host *h, enum ir_type type, unsigned to, struct place p);
void enc_vector_store(struct host *h, enum ir_type type, struct place p, unsigned from);

/* The state is below 2 GiB and never moves: its fields have absolute addresses. */
static inline struct place place_field(const struct host *h, int32_t field)
{
	return (struct place){ NO_REG, NO_REG, 0, (int32_t)(uintptr_t)h->cpu + field };
}

static inline struct place place_slot(const struct host *h, unsigned offset)
{
	return place_field(h, (int32_t)offset);
}

static inline struct place place_at(unsigned base, int32_t disp)
{
	return (struct place){ (uint8_t)base, NO_REG, 0, disp };
}

static inline struct place place_absolute(uint32_t address)
{
	return (struct place){ NO_REG, NO_REG, 0, (int32_t)address };
}

static inline const struct ir_op *op_of(const struct host *h, ir_value v)
{
	return &h->block->op[v];
}

static inline bool is_const(const struct host *h, ir_value v)
{
	return op_of(h, v)->op == IR_CONST;
}

/* Of a value; op->type of some operations is their operands'. */
static inline enum ir_type type_of(const struct host *h, ir_value v)
{
	const struct ir_op *op = op_of(h, v);

	switch (op->op) {
	case IR_SETCC:
	case IR_COND:
	case IR_PACK:
	case IR_FCMP:
		return IR_I32;
	default:
		return (enum ir_type)op->type;
	}
}

static inline unsigned width_of(enum ir_type type)
{
	return type == IR_I64 || type == IR_F64 ? W64 : W32;
}

static inline bool is_vector_type(enum ir_type type)
{
	return type >= IR_F32;
}

/* Whether a value is used after the current operation. */
static inline bool lives_on(const struct host *h, ir_value v)
{
	return h->value[v].last > h->at;
}

/* loop.c: before, at the entry of, and after a block. */
void loop_begin(struct host *h);
void loop_entry(struct host *h);
void loop_end(struct host *h);

/* alloc.c.  Registers these return are locked until the operation's end. */
unsigned reg_scratch(struct host *h);
unsigned reg_scratch_vector(struct host *h);
void reg_clear(struct host *h, unsigned reg);        /* its value goes elsewhere */
void reg_clear_locked(struct host *h, unsigned reg); /* and locks it */
void reg_lock(struct host *h, unsigned reg);
unsigned reg_use(struct host *h, ir_value v);
void reg_copy(struct host *h, unsigned to, ir_value v); /* `to` isn't owned afterwards */
struct operand reg_operand(struct host *h, ir_value v, enum ir_type type);
unsigned reg_wanted(const struct host *h);       /* pinned one for the result */
unsigned reg_target(struct host *h, ir_value v); /* for a result, v's if it dies */
unsigned reg_target_vector(struct host *h);
void reg_define(struct host *h, ir_value v, unsigned reg);
void reg_result(struct host *h, unsigned reg); /* defines the current operation's */
void reg_release(struct host *h, const struct ir_op *op);
void reg_set_pinned(struct host *h, unsigned reg, ir_value v);
void reg_begin(struct host *h);
void reg_save_all(struct host *h); /* live temporaries also in memory */
void reg_forget_temps(struct host *h);
void reg_disown(struct host *h, unsigned reg);
void spill_value(struct host *h, ir_value v);
bool reg_vectors_used(const struct host *h);
void reg_move_out(struct host *h, unsigned pinned);
void reg_origin_add(struct host *h, ir_value v, unsigned slot);
void reg_origin_kill(struct host *h, unsigned slot, unsigned bytes);
unsigned unit_allocate(struct host *h);
struct place unit_place(const struct host *h, unsigned unit);
bool value_place(const struct host *h, ir_value v, struct place *p);
bool value_is_byte(const struct host *h, ir_value v);

/* flags.c */
bool is_flag(const struct host *h, ir_value v);      /* COND or SETCC */
ir_value token_of(const struct host *h, ir_value v); /* that it is a condition of */
bool flags_live(const struct host *h);
void flags_clobber(struct host *h); /* before EFLAGS change */
void gen_flag_operands(struct host *h, const struct ir_op *op);
unsigned gen_condition(struct host *h, ir_value v); /* returns cc: v != 0 */
void gen_flag_value(struct host *h, ir_value v, unsigned to);
void gen_compare(struct host *h, enum ir_type type, ir_value a, ir_value b, bool test);
void gen_setcc(struct host *h, const struct ir_op *op);
void gen_pack(struct host *h, const struct ir_op *op);
void gen_select(struct host *h, const struct ir_op *op);

/* slots.c */
void gen_set(struct host *h, const struct ir_op *op);
void gen_get(struct host *h, const struct ir_op *op);

/* bits.c */
void gen_shift(struct host *h, const struct ir_op *op, enum shift shift);
void gen_unary(struct host *h, const struct ir_op *op, unsigned digit); /* neg 3, not 2 */
void gen_bswap(struct host *h, const struct ir_op *op);
void gen_count_zeros(struct host *h, const struct ir_op *op);
void gen_field(struct host *h, ir_value a, enum ir_type type, unsigned pos, unsigned len,
	       bool sign);
void gen_deposit(struct host *h, const struct ir_op *op);
void gen_widen(struct host *h, const struct ir_op *op);
void gen_concat(struct host *h, const struct ir_op *op);

/* ops.c */
bool gen_integer(struct host *h, const struct ir_op *op);
void gen_cold_divide(struct host *h, struct cold *c);

/* memory.c */
void gen_load(struct host *h, const struct ir_op *op);
void gen_store(struct host *h, const struct ir_op *op);
void gen_span(struct host *h, const struct ir_op *op);
void gen_span_end(struct host *h, const struct ir_op *op);
void gen_check(struct host *h, const struct ir_op *op);
void gen_hload(struct host *h, const struct ir_op *op);
void gen_hstore(struct host *h, const struct ir_op *op);
struct cold *cold_add(struct host *h, enum cold_kind kind);
void cold_from(struct cold *c, uint32_t field);
void site_here(struct host *h, struct cold *c, enum site_kind kind, struct ir_mem how);
void gen_cold_site(struct host *h, struct cold *c);
const void *host_slow(struct cpu *cpu, const struct site *site, struct saved *saved);
const void *host_next(struct cpu *cpu);

/* fp.c, vector.c */
void gen_fp(struct host *h, const struct ir_op *op);
void gen_bitcast(struct host *h, const struct ir_op *op);
void gen_vector(struct host *h, const struct ir_op *op);
void gen_packed(struct host *h, const struct ir_op *op);
void gen_mask(struct host *h, const struct ir_op *op);
void gen_vector_widen(struct host *h, const struct ir_op *op);
void gen_vector_low(struct host *h, const struct ir_op *op);

/* x87.c */
void x87_look_back(struct host *h, const struct ir_op *op, unsigned at, struct x87_ahead *ahead);
void gen_x87_begin(struct host *h, const struct ir_op *op);
void gen_x87(struct host *h, const struct ir_op *op);
uint32_t x87_pending(const struct host *h); /* cpu->x87_pending at a site made now */
void x87_enter(struct cpu *cpu);            /* before translated code runs */
void x87_leave(struct cpu *cpu);            /* after it was left at a site */

/* call.c */
void gen_call(struct host *h, const struct ir_op *op);

/* exits.c */
void gen_entry(struct host *h);
void gen_exit(struct host *h, const struct ir_op *op);
void gen_cold_exit(struct host *h, struct cold *c);

/* A link's stub: a call of 5 bytes, pc, number, distance. */
#define STUB_BACK 13

#endif

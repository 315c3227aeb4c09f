/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The intermediate representation: what front ends produce, the optimiser improves,
 * and the back ends (emu/host/interp, emu/host/x86_64) execute.
 *
 * A block is a superblock: linear code with one entry and many exits.  Operations
 * are in static single assignment form: an operation's index is the name of its
 * result, operands are indices of earlier operations.  Everything that outlives a
 * block is in *slots*, fields of the guest's state (struct cpu and what follows it),
 * named by byte offset.
 *
 *	0	insn	0x8000			; adds r0, r0, r1 ; beq 0x8010
 *	1	get.i32	r0
 *	2	get.i32	r1
 *	3	add.i32	%1 %2 flags
 *	4	set.i32	r0 %3
 *	5	set.i32	zf %3
 *	6	insn	0x8004
 *	7	cond	%3 z
 *	8	exit_if	%7 0x8010
 *	9	exit	0x8008
 *
 * Types: i32 i64 f32 f64 v128.  There is no i8 or i16: such values are i32.
 * An i32 value has no upper half; back ends may keep anything there that a consumer
 * can't see (x86_64 keeps zeros).
 *
 * Precise state.  `insn` starts a guest instruction.  At every operation that may
 * raise (loads, stores, spans, checks, calls with CALL_SITE) all earlier `set`s are
 * performed and later ones aren't, the guest's pc is that of the last `insn`, and
 * the number of finished instructions is known: the handler sees exact state.
 * cpu->pc is written by exits and before anything may raise, never by `set`.
 *
 * Front ends build with the ir_* functions below, which fold constants and check
 * operand types by assertion; ir_verify checks a finished block from scratch.
 */
#ifndef EMU_IR_IR_H
#define EMU_IR_IR_H

#include <emu/types.h>

enum ir_type { IR_VOID, IR_I32, IR_I64, IR_F32, IR_F64, IR_V128 };

typedef uint16_t ir_value; /* index of the operation that made it */
#define IR_NONE 0xffffu

/* Name, operand count, may raise, is an exit, has an effect.  Operand types and the
 * result type are in ir.c's table.  T is the operation's type. */
/* clang-format off */
#define IR_OPS(X)                                                                     \
	X(NOP, "nop")                                                                 \
	/* imm: guest pc (with the guest's mode bit, if it has one) */                \
	X(INSN, "insn")                                                               \
	X(CONST, "const") /* T: imm (bits; f32, f64 too; v128: both halves are imm) */  \
	X(GET, "get")	  /* T: slot */                                               \
	X(SET, "set")	  /* T: slot, a */                                            \
	/* Integers, T = i32 or i64.  Those marked F may make a flags token: flags=1.  */ \
	X(ADD, "add") /* F  a + b */                                                  \
	X(SUB, "sub") /* F  a - b */                                                  \
	X(ADC, "adc") /* F  a + b + c, c i32 0 or 1 */                                \
	X(SBB, "sbb") /* F  a - b - c, c i32 0 or 1 */                                \
	X(AND, "and") /* F  carry and overflow are 0 */                               \
	X(OR, "or")   /* F */                                                         \
	X(XOR, "xor") /* F */                                                         \
	X(ANDN, "andn") /* a & ~b */                                                  \
	X(NOT, "not")                                                                 \
	X(NEG, "neg")                                                                 \
	X(MUL, "mul")  /* low half of the product */                                  \
	X(UMULH, "umulh") /* i64: high half */                                        \
	X(SMULH, "smulh")                                                             \
	X(UDIV, "udiv") /* by 0: 0 */                                                 \
	X(SDIV, "sdiv") /* by 0: 0; most negative by -1: itself */                    \
	X(UREM, "urem") /* by 0: a */                                                 \
	X(SREM, "srem") /* by 0: a; most negative by -1: 0 */                         \
	X(SHL, "shl") /* count b (i32) modulo the width, also for the next three */   \
	X(SHR, "shr")                                                                 \
	X(SAR, "sar")                                                                 \
	X(ROR, "ror")                                                                 \
	X(CLZ, "clz") /* of 0: the width */                                           \
	X(CTZ, "ctz")                                                                 \
	X(BSWAP, "bswap")                                                             \
	X(EXTRACT, "extract")	/* bits pos..pos+len-1 of a, zero-extended */         \
	X(SEXTRACT, "sextract") /* sign-extended */                                   \
	X(DEPOSIT, "deposit")	/* a with bits pos.. replaced by b's low len bits */  \
	X(ZEXT, "zext")	  /* i64 from i32 */                                          \
	X(SEXT, "sext")	  /* i64 from i32 */                                          \
	X(TRUNC, "trunc") /* i32 from i64 */                                          \
	X(CONCAT, "concat") /* i64 from low a, high b (i32) */                        \
	X(SETCC, "setcc") /* i32: 1 if a cc b (T = i32 or i64, type of a and b), cc Z..G */ \
	X(COND, "cond")	  /* i32: 1 if token a fulfils cc */                          \
	X(PACK, "pack")	  /* i32: token a as x86 EFLAGS bits CF PF AF ZF SF OF, the others \
			   * 0; AF of AND OR XOR may be anything */               \
	X(SELECT, "select") /* T: a (i32) != 0 ? b : c */                             \
	/* Guest memory; see struct ir_mem.  a = address (i32). */                    \
	X(LOAD, "load")	  /* T; sizes below T's are zero- or sign-extended */         \
	X(STORE, "store") /* a, b = value */                                          \
	/* Spans: up to 256 bytes checked once.  h (i64) is where the bytes are: in   \
	 * RAM, or in cpu->bounce.  A span for reading has been read, one for writing \
	 * is complete with SPAN_END.  Raises before anything is changed.  At most one \
	 * writing span is open at a time.  Bytes between hstores keep their values   \
	 * only if written: a writing span is wholly written by its hstores. */       \
	X(SPAN, "span")	      /* i64: a = address; mem (size ignored), slot = bytes,  \
			       * cc = 1 if for writing */                         \
	X(SPAN_END, "span_end") /* a = h, b = address; mem, slot = bytes */           \
	/* A rare exception's condition: if a (i32) isn't 0, calls imm (ir_fn) at a site      \
	 * with b (i32) and slot as its arguments; it raises, or has no effect but on \
	 * slots that a call just before it may have written, too. */                 \
	X(CHECK, "check")                                                             \
	X(HLOAD, "hload")     /* T: a = h, mem, slot = offset in bytes */             \
	X(HSTORE, "hstore")   /* a = h, b = value */                                  \
	/* Floating point, T = f32 or f64.  imm = fp_fn, the exact definition under   \
	 * the guest's rules; a back end may compute natively where that agrees,      \
	 * accumulating IEEE flags in the host's sticky flags (see fp.h). */          \
	X(FADD, "fadd")                                                               \
	X(FSUB, "fsub")                                                               \
	X(FMUL, "fmul")                                                               \
	X(FDIV, "fdiv")                                                               \
	X(FSQRT, "fsqrt")                                                             \
	X(FNEG, "fneg") /* sign bit only, no imm */                                   \
	X(FABS, "fabs")                                                               \
	X(FCMP, "fcmp") /* i32 (T: type of a and b): one of the four bytes of imm: equal (the \
			 * lowest), less, greater, unordered; quiet unless flags=1, then any  \
			 * NaN is invalid */                                          \
	X(FCVT, "fcvt") /* a to T by enum ir_fcvt in `cc`; imm = fp_fn */             \
	X(BITCAST, "bitcast") /* T from the same size of another class */             \
	/* v128, `size` = log2 of lane bytes. */                                      \
	X(VAND, "vand") X(VOR, "vor") X(VXOR, "vxor") X(VANDN, "vandn") /* a & ~b */  \
	X(VADD, "vadd") X(VSUB, "vsub") X(VCEQ, "vceq") X(VCGT, "vcgt") /* signed */  \
	X(VDUP, "vdup") /* a: i32 (i64 for size 3) into every lane */                 \
	X(VPACKED, "vpacked") /* imm = ir_fn, see ir_packed; slot = enum ir_packed's bits, \
			       * cc = immediate; b may be f32 or f64 */                \
	X(VMASK, "vmask") /* i32: the sign of each lane of a, the lowest's first; size 0 2 3 */ \
	X(VWIDEN, "vwiden") /* v128 with a, of another type, as its low bits and zeros above */ \
	X(VLOW, "vlow") /* T, not v128: the low bits of a (v128) */                   \
	/* x87; see ir_x87_begin, ir_x87 */                                           \
	X(X87_BEGIN, "x87_begin") /* imm = ir_fn */                                   \
	X(X87, "x87") /* T or void: imm = ir_fn, a = operand (i32, i64) or IR_NONE,   \
		       * slot = code, cc = second argument */                         \
	/* Calls of C: T result or void; see CALL_* below. imm = function */          \
	X(CALL, "call")                                                               \
	/* Exits.  pc values are i32.  A block ends with one that isn't exit_if. */   \
	X(EXIT_IF, "exit_if") /* if a != 0: to pc imm */                              \
	X(EXIT, "exit")	      /* to pc imm, mode flags unchanged */                   \
	X(EXIT_CALL, "exit_call") /* to pc imm's low half; will return to its high half */ \
	X(EXIT_INDIRECT, "exit_indirect") /* to pc a, mode flags unchanged */         \
	X(EXIT_CALL_INDIRECT, "exit_call_indirect") /* to pc a, will return to imm */ \
	X(EXIT_RETURN, "exit_return") /* to pc a, probably where a call said */       \
	X(EXIT_RUN, "exit_run") /* to pc a; modes, interrupts or mappings may have changed:   \
				 * the run loop looks at everything anew */
/* clang-format on */

#define IR_ENUM(name, text) IR_##name,
enum ir_opcode { IR_OPS(IR_ENUM) IR_OPCODES };
#undef IR_ENUM

/* Conditions.  On a token of sub: a cc b.  C is the carry of an addition and the
 * borrow of a subtraction; N the sign, V signed overflow, P even parity of the low
 * byte.  SETCC takes Z NZ B AE BE A L GE LE G; pairs differ in the lowest bit. */
/* clang-format off */
enum ir_cc {
	IR_CC_V, IR_CC_NV,
	IR_CC_B, IR_CC_AE, /* C, not C */
	IR_CC_Z, IR_CC_NZ,
	IR_CC_BE, IR_CC_A, /* C or Z, neither */
	IR_CC_N, IR_CC_NN,
	IR_CC_P, IR_CC_NP,
	IR_CC_L, IR_CC_GE, /* N != V */
	IR_CC_LE, IR_CC_G, /* Z or N != V */
};
/* clang-format on */

/* Memory accesses. */
struct ir_mem {
	uint8_t size : 3;  /* log2 of bytes, 0..4 */
	uint8_t sign : 1;  /* extend the sign */
	uint8_t big : 1;   /* big-endian */
	uint8_t align : 3; /* the address must be a multiple of 1 << align, else the
			     * guest's alignment abort; 0: any address */
	uint8_t space : 7; /* whose rights and mapping, see memory.h */
	uint8_t write : 1; /* of a load: a store to the same bytes follows, so that a page that
			     * can't be written faults as for writing */
};

/* clang-format off */
enum ir_fcvt {
	IR_S32_TO_F, IR_U32_TO_F, IR_S64_TO_F, /* a i32, i32, i64 */
	IR_F_TO_S32_ZERO, IR_F_TO_U32_ZERO,    /* towards zero, saturating; T = i32, */
	IR_F_TO_S32, IR_F_TO_U32,	       /* by the rounding mode; a's type counts */
	IR_F32_TO_F64, IR_F64_TO_F32,
};
/* clang-format on */

/* What a called function may do.  It always gets struct cpu first, then up to four
 * integer arguments (i32 zero-extended to 64 bits, i64; floats by bitcast). */
enum ir_call {
	CALL_PURE = 0,   /* depends on nothing but its arguments; no effect: may vanish */
	CALL_READS = 1,  /* reads slots */
	CALL_WRITES = 2, /* writes slots, or has another effect */
	CALL_SITE = 4,   /* may raise, look at the clock or at cpu->pc; implies the others */
	CALL_APART = 8,  /* with READS or WRITES: no slots that the guest pins */
};

typedef uint64_t ir_fn(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d);
typedef uint64_t fp_fn(void *cpu, uint64_t a, uint64_t b);

struct ir_op {
	uint8_t op;        /* enum ir_opcode */
	uint8_t type;      /* enum ir_type */
	uint8_t flags : 1; /* makes a token; FCMP: signalling */
	uint8_t size : 3;  /* v128 lanes; FADD..FSQRT, FCVT: IR_FP_SSE or 0 */
	uint8_t cc;        /* enum ir_cc, enum ir_call, enum ir_fcvt */
	struct ir_mem mem;
	uint16_t slot;   /* byte offset in the state; SPAN, SPAN_END: bytes; HLOAD,
			  * HSTORE: offset; CHECK: second argument; (S)EXTRACT, DEPOSIT:
			  * pos | len << 8 */
	ir_value arg[4]; /* those not needed: IR_NONE */
	uint64_t imm;
};

/* Room for a superblock; a front end stops before it is full. */
#define IR_MAX_OPS 2048
#define IR_SPARE_OPS 160 /* one guest instruction never needs more */
#define IR_MAX_EXITS 64  /* direct exits: exit, exit_if, exit_call, and return points */
#define IR_SPARE_EXITS 8 /* likewise, the block's end included */

struct ir_slot {
	const char *name;
	uint16_t offset;
	uint8_t type;
};

struct ir_block {
	gva pc;                      /* of the entry, with the guest's mode bit */
	uint32_t modes;              /* the guest's mode flags it was made for */
	unsigned insns;              /* guest instructions */
	unsigned guest_bytes;        /* from pc & ~mode bit to the highest byte used */
	unsigned count;              /* operations */
	unsigned exits;              /* direct exits so far: the sum of ir_links */
	const struct ir_slot *slots; /* names for the printer; ends with name NULL */
	uint16_t x87;                /* offset of struct x87_state in the state; 0: none */
	bool may_loop;               /* an exit to the block's own pc needn't be a link */
	struct ir_op op[IR_MAX_OPS];
};

/* Builder.  Functions that return a value append one operation, unless they fold;
 * all assert that operands fit. */
void ir_begin(struct ir_block *b, gva pc, uint32_t modes, const struct ir_slot *slots);
bool ir_room(const struct ir_block *b); /* for one more guest instruction */
void ir_insn(struct ir_block *b, gva pc);

ir_value ir_const32(struct ir_block *b, uint32_t value);
ir_value ir_const64(struct ir_block *b, uint64_t value);
ir_value ir_const(struct ir_block *b, enum ir_type type, uint64_t bits);
ir_value ir_get(struct ir_block *b, enum ir_type type, unsigned slot);
void ir_set(struct ir_block *b, enum ir_type type, unsigned slot, ir_value a);

/* One or two operands: NOT NEG CLZ CTZ BSWAP ZEXT SEXT TRUNC BITCAST; ADD SUB AND OR
 * XOR ANDN MUL UMULH SMULH UDIV SDIV UREM SREM SHL SHR SAR ROR CONCAT VAND ...  The
 * type is the result's. */
ir_value ir_unary(struct ir_block *b, enum ir_opcode op, enum ir_type type, ir_value a);
ir_value ir_binary(struct ir_block *b, enum ir_opcode op, enum ir_type type, ir_value x,
		   ir_value y);
/* The same with a 32-bit constant as the second operand (sign-extended for i64). */
ir_value ir_binary_imm(struct ir_block *b, enum ir_opcode op, enum ir_type type, ir_value x,
		       int32_t y);
/* With a token: ADD SUB AND OR XOR, and ADC SBB with a carry (else IR_NONE).  Never
 * folded.  The result is both the value and, for ir_cond and ir_pack, the token. */
ir_value ir_flags(struct ir_block *b, enum ir_opcode op, enum ir_type type, ir_value x, ir_value y,
		  ir_value carry);
ir_value ir_adc(struct ir_block *b, enum ir_opcode op, enum ir_type type, ir_value x, ir_value y,
		ir_value carry); /* ADC SBB without a token */
ir_value ir_cond(struct ir_block *b, ir_value token, enum ir_cc cc);
ir_value ir_pack(struct ir_block *b, ir_value token);
ir_value ir_setcc(struct ir_block *b, enum ir_cc cc, ir_value x, ir_value y);
ir_value ir_setcc_imm(struct ir_block *b, enum ir_cc cc, ir_value x, int32_t y);
ir_value ir_select(struct ir_block *b, ir_value condition, ir_value yes, ir_value no);
ir_value ir_extract(struct ir_block *b, enum ir_type type, ir_value a, unsigned pos, unsigned len);
ir_value ir_sextract(struct ir_block *b, enum ir_type type, ir_value a, unsigned pos, unsigned len);
ir_value ir_deposit(struct ir_block *b, enum ir_type type, ir_value a, ir_value field, unsigned pos,
		    unsigned len);

ir_value ir_load(struct ir_block *b, enum ir_type type, struct ir_mem mem, ir_value address);
void ir_store(struct ir_block *b, enum ir_type type, struct ir_mem mem, ir_value address,
	      ir_value value);
/* `write` spans end with ir_span_end, same address and bytes. */
ir_value ir_span(struct ir_block *b, struct ir_mem mem, ir_value address, unsigned bytes,
		 bool write);
void ir_span_end(struct ir_block *b, struct ir_mem mem, ir_value span, ir_value address,
		 unsigned bytes);
ir_value ir_hload(struct ir_block *b, enum ir_type type, struct ir_mem mem, ir_value span,
		  unsigned offset);
void ir_hstore(struct ir_block *b, enum ir_type type, struct ir_mem mem, ir_value span,
	       unsigned offset, ir_value value);

ir_value ir_fp(struct ir_block *b, enum ir_opcode op, enum ir_type type, fp_fn *exact, ir_value x,
	       ir_value y); /* FADD FSUB FMUL FDIV, FSQRT with y IR_NONE */
/* With SSE's rules for NaNs and tiny results, so that a back end on SSE never needs
 * `exact`; the same for FCVT. */
#define IR_FP_SSE 1
ir_value ir_fp_sse(struct ir_block *b, enum ir_opcode op, enum ir_type type, fp_fn *exact,
		   ir_value x, ir_value y);
ir_value ir_fcvt_sse(struct ir_block *b, enum ir_fcvt kind, enum ir_type type, fp_fn *exact,
		     ir_value a);
ir_value ir_fcmp(struct ir_block *b, ir_value x, ir_value y, bool signalling, uint8_t equal,
		 uint8_t less, uint8_t greater, uint8_t unordered);
/* Whether such a conversion exists. */
bool ir_fcvt_fits(enum ir_fcvt kind, enum ir_type to, enum ir_type from);
ir_value ir_fcvt(struct ir_block *b, enum ir_fcvt kind, enum ir_type type, fp_fn *exact,
		 ir_value a);
ir_value ir_vector(struct ir_block *b, enum ir_opcode op, unsigned size, ir_value x, ir_value y);

/* What a function makes of 16 bytes a and up to 16 bytes b: fn(cpu, offset from cpu of a and
 * the result, offset of b, immediate).  It is right in all modes that the block may run in,
 * and is what the instruction of SSE2 whose opcode `code` has does there, exceptions masked,
 * flags gathering in MXCSR (fp.h): a back end on SSE2 uses that. */
enum ir_packed {
	IR_PACKED_OPCODE = 0xff, /* after 0F */
	IR_PACKED_66 = 1 << 8,
	IR_PACKED_F3 = 2 << 8,
	IR_PACKED_F2 = 3 << 8,
	IR_PACKED_PREFIX = 3 << 8,
	IR_PACKED_IMMEDIATE = 1 << 10, /* a byte follows */
	IR_PACKED_GROUP = 1 << 11,     /* of a alone: ModRM's other field is bits 12 and up */
};
ir_value ir_packed(struct ir_block *b, ir_fn *fn, unsigned code, uint8_t immediate, ir_value x,
		   ir_value y);
ir_value ir_mask(struct ir_block *b, unsigned size, ir_value x);
ir_value ir_widen(struct ir_block *b, ir_value x);
ir_value ir_low(struct ir_block *b, enum ir_type type, ir_value x);

/* An instruction of the x87 with all exceptions masked: fn(cpu, a or 0, b) does it on struct
 * x87_state, or on a host's x87 with the guest's control word (cpu->x87_control) the one
 * whose opcode is `code`: (first byte & 7) << 8 | ModRM.  If ModRM's mod isn't 3, a is the
 * memory operand's bits, integers sign-extended to i64, or the result is what is to be
 * stored; of FCOMI and the like it is ZF, PF and CF in EFLAGS' places.
 *
 * A back end may keep registers in the host's from one of these to the next.  What else
 * looks at struct x87_state - calls but pure ones, get and set, exits - ends that.  The
 * instruction begins with ir_x87_begin, before its accesses: if a stack fault may come,
 * that calls fn(cpu) at a site, which raises, and sees to it that such instructions become
 * calls from then on.  Empty registers' contents: zeros once they have been popped. */
void ir_x87_begin(struct ir_block *b, ir_fn *fn);
ir_value ir_x87(struct ir_block *b, enum ir_type type, ir_fn *fn, unsigned code, ir_value a,
		unsigned b1);
bool ir_ends_x87(const struct ir_block *b, const struct ir_op *op);

/* `args` values, the rest IR_NONE.  type IR_VOID: no result. */
ir_value ir_call(struct ir_block *b, enum ir_type type, unsigned effects, ir_fn *fn, ir_value a,
		 ir_value b1, ir_value c, ir_value d);

/* Calls fn(cpu, x, y, 0, 0) if the condition isn't 0: it raises or does nothing.  x may be
 * IR_NONE, y has 16 bits. */
void ir_check(struct ir_block *b, ir_value condition, ir_fn *fn, ir_value x, unsigned y);

void ir_exit_if(struct ir_block *b, ir_value condition, gva pc);
void ir_exit(struct ir_block *b, gva pc);
void ir_exit_call(struct ir_block *b, gva pc, gva return_pc);
void ir_exit_indirect(struct ir_block *b, ir_value pc);
void ir_exit_call_indirect(struct ir_block *b, ir_value pc, gva return_pc);
void ir_exit_return(struct ir_block *b, ir_value pc);
void ir_exit_run(struct ir_block *b, ir_value pc);

/* Operand and result types of the table: an enum ir_type, or: */
#define IR_T 6   /* the operation's own type */
#define IR_ANY 7 /* depends: COND, PACK, VDUP, VWIDEN, FCVT, BITCAST, CALL */

/* The table of operations, for verifier, printer and back ends.  Effect: stays even if
 * its result is not used. */
struct ir_info {
	const char *name;
	uint8_t args; /* value operands at least */
	uint8_t result;
	uint8_t operand[3];
	uint8_t links; /* see ir_links */
	bool raises, exits, effect;
};
extern const struct ir_info ir_table[IR_OPCODES];

static inline const struct ir_info *ir_info(enum ir_opcode op)
{
	return &ir_table[op];
}

/* As ir_info has it, and calls with CALL_SITE. */
static inline bool ir_raises(const struct ir_op *op)
{
	return ir_table[op->op].raises || (op->op == IR_CALL && op->cc & CALL_SITE);
}

/* The type of its value; IR_VOID: it has none. */
static inline enum ir_type ir_result(const struct ir_op *op)
{
	unsigned result = ir_table[op->op].result;

	return (enum ir_type)(result == IR_T ? op->type : result);
}

/* Link numbers an operation takes: 1 for exit_if and exit (its pc), 2 for exit_call (its
 * pc, then the return point), 1 for exit_call_indirect (the return point).  A block's
 * are given from 0 in the order of operations. */
static inline unsigned ir_links(const struct ir_op *op)
{
	return ir_table[op->op].links;
}

/* Bytes of a type in a slot: 4 8 4 8 16. */
static inline unsigned ir_type_bytes(enum ir_type type)
{
	static const uint8_t bytes[] = { 0, 4, 8, 4, 8, 16, 0, 0 };

	return bytes[type & 7];
}

/* Checks a finished block; NULL or what is wrong, in a static buffer. */
const char *ir_verify(const struct ir_block *b);

/* One operation or all of them as text; calls `line` per line. */
size_t ir_print_op(const struct ir_block *b, unsigned at, char *text, size_t room);
void ir_print(const struct ir_block *b, void (*line)(const char *text));

/* Forward: constants, copies, slots already known, common loads of slots, trivial
 * identities.  Backward: dead values, dead sets (overwritten with nothing between
 * that may raise, exit, or read them), unused tokens.  Linear time; indices stay
 * (dead operations become NOP, replaced operands point to earlier values). */
void ir_optimise(struct ir_block *b);

#endif

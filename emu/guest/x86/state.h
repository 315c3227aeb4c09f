/* SPDX-License-Identifier: BSD-2-Clause
 *
 * State of the x86 guest: an IA-32 CPU (Intel SDM volumes 1 to 3), i386 to Pentium III
 * with SSE2, without system management and 64-bit modes.
 *
 * pc.  cpu.pc is the *linear* address of the next instruction, CS base + EIP.  What code
 * depends on of its segment (base, limit, default size) is constant within a block: every
 * combination that has been in CS gets a number, which is part of the mode flags (struct
 * x86_code_segment).  So EIP, limits and wrap-around are worked out at translation, and
 * flat code costs nothing.
 *
 * Data segments.  Segments that start at 0 or have no limit are known by mode flags.  For
 * the others translated code compares the offset with `span`, the number of offsets at
 * which 16 bytes lie within the limits (0 for all segments that aren't simple), and calls
 * x86_help_segment if it isn't below: that knows the real size and all the rules.
 *
 * Arithmetic flags are kept as the last operation that set them (flags.h); the others in
 * `eflags`, in their places.
 */
#ifndef EMU_GUEST_X86_STATE_H
#define EMU_GUEST_X86_STATE_H

#include <emu/clock.h>
#include <emu/irq.h>

#include "core/cpu.h"
#include "guest/guest.h"

enum x86_register { X86_EAX, X86_ECX, X86_EDX, X86_EBX, X86_ESP, X86_EBP, X86_ESI, X86_EDI };
enum x86_segment_register { X86_ES, X86_CS, X86_SS, X86_DS, X86_FS, X86_GS, X86_SEGMENTS };

/* EFLAGS (SDM 1, 3.4.3). */
#define X86_CF (1u << 0)
#define X86_PF (1u << 2)
#define X86_AF (1u << 4)
#define X86_ZF (1u << 6)
#define X86_SF (1u << 7)
#define X86_TF (1u << 8)
#define X86_IF (1u << 9)
#define X86_DF (1u << 10)
#define X86_OF (1u << 11)
#define X86_IOPL (3u << 12)
#define X86_NT (1u << 14)
#define X86_RF (1u << 16)
#define X86_VM (1u << 17)
#define X86_AC (1u << 18)
#define X86_VIF (1u << 19)
#define X86_VIP (1u << 20)
#define X86_ID (1u << 21)
#define X86_ARITHMETIC (X86_CF | X86_PF | X86_AF | X86_ZF | X86_SF | X86_OF)

#define X86_CR0_PE (1u << 0)
#define X86_CR0_MP (1u << 1)
#define X86_CR0_EM (1u << 2)
#define X86_CR0_TS (1u << 3)
#define X86_CR0_ET (1u << 4)
#define X86_CR0_NE (1u << 5)
#define X86_CR0_WP (1u << 16)
#define X86_CR0_AM (1u << 18)
#define X86_CR0_NW (1u << 29)
#define X86_CR0_CD (1u << 30)
#define X86_CR0_PG (1u << 31)
#define X86_CR4_VME (1u << 0)
#define X86_CR4_PVI (1u << 1)
#define X86_CR4_TSD (1u << 2)
#define X86_CR4_DE (1u << 3)
#define X86_CR4_PSE (1u << 4)
#define X86_CR4_PAE (1u << 5)
#define X86_CR4_PGE (1u << 7)
#define X86_CR4_PCE (1u << 8)
#define X86_CR4_OSFXSR (1u << 9)
#define X86_CR4_OSXMMEXCPT (1u << 10)

/* Exception vectors (SDM 3, 6.3.1). */
enum x86_vector {
	X86_DE = 0,
	X86_DB = 1,
	X86_NMI = 2,
	X86_BP = 3,
	X86_OF_TRAP = 4,
	X86_BR = 5,
	X86_UD = 6,
	X86_NM = 7,
	X86_DF_FAULT = 8,
	X86_TS = 10,
	X86_NP = 11,
	X86_SS_FAULT = 12,
	X86_GP = 13,
	X86_PF_FAULT = 14,
	X86_MF = 16,
	X86_AC_FAULT = 17,
	X86_MC = 18,
	X86_XM = 19,
};

/* The CPU's inputs. */
enum x86_input {
	X86_INPUT_INTR,
	X86_INPUT_NMI,
	X86_INPUT_A20,   /* high: address line 20 passes; it does after a reset */
	X86_INPUT_IGNNE, /* high: unmasked x87 exceptions are ignored while CR0.NE = 0 */
	X86_INPUT_INIT,
};

/* Block mode flags: what translated code depends on besides pc.  x86_modes makes them. */
#define X86_MODE_CODE 0x3ffu          /* number of the code segment; 0: flat, 32 bits */
#define X86_MODE_X87_CALLS (1u << 10) /* an x87 exception isn't masked, or fpu.distrusted */
#define X86_MODE_SSE_SLOW (1u << 11)  /* MXCSR isn't as IR floating point needs it */
#define X86_MODE_USER (1u << 12)      /* CPL 3: space 1 instead of 0 */
#define X86_MODE_STACK32 (1u << 13)   /* SS.B: esp, not sp */
#define X86_MODE_FREE(s)                                                                           \
	(1u << (14 + (s)))                  /* no limit: s an x86_segment_register; any access
					     * but one beyond page rights is fine.  Bits 14..19 */
#define X86_MODE_ZERO(s) (1u << (20 + (s))) /* base 0, of ES SS DS (0, 2, 3).  Bits 20 22 23 */
#define X86_MODE_SHADOW (1u << 21)          /* after STI or a load of SS: one instruction */
#define X86_MODE_TRAP (1u << 24)            /* EFLAGS.TF */
#define X86_MODE_BREAKS (1u << 25)          /* DR7 has enabled code breakpoints */
#define X86_MODE_NO_FPU (1u << 26)          /* x87, MMX: CR0.EM or TS, or an exception waits */
#define X86_MODE_NO_SSE (1u << 27)          /* likewise x86_help_no_sse */
#define X86_MODE_ALIGN (1u << 28)           /* CR0.AM, EFLAGS.AC, CPL 3: #AC */
#define X86_MODE_REAL (1u << 29)            /* real or virtual-8086 mode */
#define X86_MODE_V86 (1u << 30)             /* virtual-8086 mode */

/* Spaces of memory.h. */
enum x86_space { X86_SPACE_KERNEL, X86_SPACE_USER };

struct x86_code_segment {
	uint32_t base, limit;
	bool wide; /* D: 32-bit operands and addresses */
	bool used; /* the number stands for something */
};

/* CPUID 1, EDX. */
#define X86_FEATURE_FPU (1u << 0)
#define X86_FEATURE_VME (1u << 1)
#define X86_FEATURE_DE (1u << 2)
#define X86_FEATURE_PSE (1u << 3)
#define X86_FEATURE_TSC (1u << 4)
#define X86_FEATURE_MSR (1u << 5)
#define X86_FEATURE_PAE (1u << 6)
#define X86_FEATURE_CX8 (1u << 8)
#define X86_FEATURE_SEP (1u << 11)
#define X86_FEATURE_MTRR (1u << 12)
#define X86_FEATURE_PGE (1u << 13)
#define X86_FEATURE_CMOV (1u << 15)
#define X86_FEATURE_PAT (1u << 16)
#define X86_FEATURE_PSE36 (1u << 17)
#define X86_FEATURE_MMX (1u << 23)
#define X86_FEATURE_FXSR (1u << 24)
#define X86_FEATURE_SSE (1u << 25)
#define X86_FEATURE_SSE2 (1u << 26)

/* A CPU model, model.c.  What has no feature bit goes by family: 4 has BSWAP, XADD,
 * CMPXCHG, INVD, WBINVD, INVLPG, EFLAGS.AC, CR0.WP; 5 has CR4; 6 has RDPMC, UD2. */
struct x86_model {
	const char *name;
	uint8_t family;         /* 3 to 6 */
	bool cpuid;             /* the instruction, and EFLAGS.ID */
	bool nx;                /* EFER.NXE */
	uint32_t signature;     /* CPUID 1, EAX; EDX at reset */
	uint32_t features;      /* CPUID 1, EDX */
	uint32_t brand;         /* CPUID 1, EBX */
	uint32_t leaves;        /* the highest of CPUID */
	uint32_t caches[4];     /* CPUID 2 */
	const char *brand_name; /* CPUID 80000002 ff.; NULL: none */
};

#define X86_CODE_SEGMENTS 1024

/* A segment register's hidden part. */
struct x86_segment {
	uint32_t base;       /* slot */
	uint32_t span;       /* slot: reading */
	uint32_t span_write; /* slot */
	uint32_t limit;      /* in bytes, the last valid (expand-down: invalid) offset */
	uint32_t access;     /* bits 8..23 of the descriptor's second word, at 8..23; P = 0: not
			      * usable */
	uint16_t selector;
};

/* LDTR and TR have one too; `span`s are 0. */

union x86_vector_register {
	uint8_t u8[16];
	uint16_t u16[8];
	uint32_t u32[4];
	uint64_t u64[2];
};

struct x86_fpu {
	/* Slots.  The physical registers: 64 bits of significand in u64[0] (MMX's register),
	 * sign and exponent in the low 16 bits of u64[1].  One that is popped becomes 0. */
	union x86_vector_register st[8];
	uint32_t top;     /* 0..7 */
	uint32_t status;  /* without TOP, which `top` is */
	uint32_t empty;   /* a bit per physical register.  So far: struct x87_state */
	uint32_t control; /* at reset 0x40 (FINIT: 0x37f) */
	uint32_t mxcsr;   /* without the exception flags, which cpu.fp_sticky has */
	/* Of the last instruction that wasn't a control one: offsets, and X86_FPU_LAST's
	 * fields.  The selectors are kept when code that uses the unit is left. */
	uint32_t last_ip, last_data, last;
	uint32_t next_status; /* within an instruction that stores: its status */
	union x86_vector_register operand __attribute__((aligned(16))); /* within an instruction, */
	union x86_vector_register result;                               /* as are these */
	uint16_t last_cs, last_ds;
	bool distrusted; /* since its state was loaded as a whole there has been a stack fault */
};

/* x86_fpu.last: opcode (11 bits), the memory operand's segment register, the instruction's
 * length; KEPT: last_cs and last_ds are valid, else they are those in CS and the segment. */
#define X86_FPU_LAST_SEGMENT 16
#define X86_FPU_LAST_LENGTH 24
#define X86_FPU_LAST_KEPT (1u << 31)

/* The last operation that set the arithmetic flags: see flags.h. */

struct x86 {
	struct cpu cpu; /* first */

	/* Slots. */
	uint32_t r[8];
	uint32_t flags_kind; /* enum x86_flags; an i64 slot with the next */
	uint32_t flags_inc;  /* see there */
	uint32_t flags_result;
	uint32_t flags_source;
	uint32_t flags_carry;
	uint32_t flags_inc_result;
	uint32_t eflags; /* all but X86_ARITHMETIC, whose bits are 0; bit 1 is 1 */
	uint32_t shadow; /* 1: no interrupt before the next instruction is done */
	struct x86_segment segment[X86_SEGMENTS];
	struct x86_fpu fpu __attribute__((aligned(16)));
	union x86_vector_register xmm[8] __attribute__((aligned(16)));

	/* Not known to translated code. */
	struct x86_segment ldtr, tr;
	uint32_t gdt_base, idt_base;
	uint16_t gdt_limit, idt_limit;
	uint32_t cr0, cr2, cr3, cr4;
	uint32_t dr[8];
	uint64_t pae_directory[4]; /* PDPTEs, loaded with CR3 */
	uint64_t efer;             /* NXE only */
	uint32_t sysenter_cs, sysenter_esp, sysenter_eip;
	uint64_t tsc_offset, pat;
	uint64_t mtrr[32];
	uint32_t code_number;   /* CS's, X86_MODE_CODE */
	uint32_t segment_modes; /* what of the mode flags follows from segment registers */
	struct x86_code_segment code[X86_CODE_SEGMENTS];
	uint32_t code_count;
	bool intr, nmi, nmi_pending, nmi_blocked, a20, ignne, init, init_pending;
	bool shut_down;            /* triple fault */
	uint16_t postponed_vector; /* an exception, if cpu.postponed */
	uint32_t postponed_code;

	/* Only while an instruction is executed or an event delivered. */
	bool step;           /* EFLAGS.TF at the instruction's beginning */
	uint32_t debug_hits; /* bits of DR6: the instruction is a trap's */
	uint8_t delivery;    /* enum x86_delivery */
	bool delivery_ext;   /* the error codes' EXT bit */
	uint8_t nested;      /* deliveries that the current one is within */

	const struct x86_model *model;

	/* The board's; not saved. */
	int (*acknowledge)(void *pic); /* the interrupt's vector */
	void *pic;
	struct irq ferr; /* x87 error, CR0.NE = 0 */
	struct bus *io;  /* port space */
};

static inline struct x86 *x86_of(struct cpu *cpu)
{
	return (struct x86 *)cpu;
}

static inline unsigned x86_cpl(const struct x86 *x)
{
	if (!(x->cr0 & X86_CR0_PE))
		return 0;
	return x->eflags & X86_VM ? 3 : x->segment[X86_SS].access >> 13 & 3;
}

static inline uint32_t x86_eip(const struct x86 *x)
{
	return x->cpu.pc - x->segment[X86_CS].base;
}

/* Exceptions, exception.c.  From sites: never return.  cpu.pc is the instruction that
 * faults; x86_raise_trap's is the one to return to. */
_Noreturn void x86_raise(struct x86 *x, enum x86_vector vector);
_Noreturn void x86_raise_code(struct x86 *x, enum x86_vector vector, uint32_t code);

#endif

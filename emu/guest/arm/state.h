/* SPDX-License-Identifier: BSD-2-Clause
 *
 * State of the ARM guest: ARMv7-A (ARM DDI 0406C) as in Cortex-A9, Cortex-A7 and
 * Cortex-A15, without security and virtualization extensions.
 *
 * r[0..14] are the current mode's; the others' banked ones are in bank.  r15 isn't
 * kept: cpu.pc is the next instruction's address with bit 0 = T.  CPSR is spread: its
 * flags in nf, zf, cf, vf, qf, ge, IT in it, T in cpu.pc, the rest in psr.
 */
#ifndef EMU_GUEST_ARM_STATE_H
#define EMU_GUEST_ARM_STATE_H

#include <emu/clock.h>
#include <emu/irq.h>

#include "core/cpu.h"
#include "guest/guest.h"

enum arm_mode {
	ARM_USR = 0x10,
	ARM_FIQ = 0x11,
	ARM_IRQ = 0x12,
	ARM_SVC = 0x13,
	ARM_ABT = 0x17,
	ARM_UND = 0x1b,
	ARM_SYS = 0x1f,
};

/* CPSR bits. */
#define ARM_PSR_N (1u << 31)
#define ARM_PSR_Z (1u << 30)
#define ARM_PSR_C (1u << 29)
#define ARM_PSR_V (1u << 28)
#define ARM_PSR_Q (1u << 27)
#define ARM_PSR_J (1u << 24)
#define ARM_PSR_E (1u << 9)
#define ARM_PSR_A (1u << 8)
#define ARM_PSR_I (1u << 7)
#define ARM_PSR_F (1u << 6)
#define ARM_PSR_T (1u << 5)
#define ARM_PSR_MODE 0x1fu

/* Banks, index of arm_bank(): usr and sys share one. */
enum arm_bank { BANK_USR, BANK_FIQ, BANK_IRQ, BANK_SVC, BANK_ABT, BANK_UND, BANKS };

/* The CPU's inputs. */
enum arm_input { ARM_INPUT_IRQ, ARM_INPUT_FIQ };

/* Block mode flags: what translated code depends on besides pc and T.  Front ends
 * read them with these; arm_modes (cpsr.c) makes them. */
#define ARM_MODE_SPACE 0x3u      /* space of ordinary accesses */
#define ARM_MODE_USER_SPACE 0xcu /* space of LDRT and STRT, << 2 */
#define ARM_MODE_PRIVILEGED 0x10u
#define ARM_MODE_IT 0xff00u        /* CPSR.IT at the block's start, << 8 */
#define ARM_MODE_BIG 0x10000u      /* CPSR.E */
#define ARM_MODE_ALIGN 0x20000u    /* SCTLR.A */
#define ARM_MODE_VFP 0x40000u      /* VFP and NEON enabled: CPACR, FPEXC.EN */
#define ARM_MODE_FP_SLOW 0x80000u  /* FPSCR.FZ or DN set: VFP arithmetic by calls */
#define ARM_MODE_VECTOR 0x100000u  /* FPSCR.LEN or STRIDE not 0 (VFP short vectors) */
#define ARM_MODE_FIQ_SYS 0x800000u /* mode is usr or sys: no SPSR (UNPREDICTABLE forms) */

/* What a CPU model has; ID registers follow from it. */
struct arm_model {
	const char *name; /* "cortex-a9" */
	uint32_t midr;
	bool divide;            /* SDIV, UDIV in ARM and Thumb */
	bool fma;               /* VFPv4: VFMA, half-precision */
	bool generic_timer;     /* CP15 c14 */
	bool pxn;               /* PXN in descriptors, WXN and UWXN in SCTLR */
	bool lpae;              /* long descriptors, 64-bit TTBR0, TTBR1 and PAR */
	uint8_t event_counters; /* of the performance monitor, at most 6 */
	uint32_t sctlr;         /* at reset */
	uint32_t cache_type, clidr, ccsidr_l1d, ccsidr_l1i, ccsidr_l2;
	uint32_t id_pfr[2], id_dfr0, id_mmfr[4], id_isar[6], mvfr[2], fpsid;
};

struct arm_banked {
	uint32_t sp, lr, spsr;
};

/* One of the architected timer's two timers (gtimer.c). */
struct arm_timer {
	struct alarm alarm;
	struct irq line;
	uint64_t compare;
	uint32_t control;
};

struct arm_cp15 {
	uint32_t sctlr, actlr, cpacr;
	uint32_t ttbr0, ttbr1, ttbcr, dacr;
	uint32_t ttbr0_high, ttbr1_high, par_high; /* with LPAE */
	uint32_t dfsr, ifsr, dfar, ifar, adfsr, aifsr;
	uint32_t par, vbar, contextidr, fcseidr;
	uint32_t prrr, nmrr; /* MAIR0, MAIR1 with long descriptors */
	uint32_t csselr, diag, power;
	/* performance monitors */
	uint32_t pmcr, pmcnten, pmovsr, pmselr, pmuseren, pminten, pmxevtyper[6], pmxevcntr[6];
	uint32_t pmccntr, pm_prescale; /* cycles not yet in pmccntr when PMCR.D divides */
	uint64_t pm_seen;              /* cpu_executed when the counters were last brought up */
	uint32_t teecr, teehbr;
	uint32_t cntkctl;
	uint32_t cntfrq;
};

struct arm {
	struct cpu cpu; /* first */

	/* Slots. */
	uint32_t r[15];
	uint32_t nf;                /* N is bit 31 */
	uint32_t zf;                /* Z is set if this is 0 */
	uint32_t cf;                /* 0 or 1 */
	uint32_t vf;                /* 0 or 1 */
	uint32_t qf;                /* 0 or 1 */
	uint32_t ge;                /* bits 0..3 */
	uint32_t it;                /* CPSR.IT, 8 bits: correct between blocks and at sites */
	uint32_t psr;               /* J E A I F and mode; other bits 0 */
	uint32_t spsr;              /* the current mode's */
	uint32_t exclusive_address; /* of the last LDREX, 1 = none */
	uint32_t exclusive_low, exclusive_high; /* the value it loaded */
	uint32_t fpscr;      /* without N Z C V and the cumulative bits; arm_fpscr_read merges */
	uint32_t fpscr_nzcv; /* bits 31..28 in place */
	uint32_t fpexc;
	uint32_t qc;       /* FPSCR.QC: not 0 if set */
	uint32_t tpidr[3]; /* TPIDRURW, TPIDRURO, TPIDRPRW */
	union {            /* little-endian host: s0 is the low half of d0, d0 of q0 */
		uint32_t s[64];
		uint64_t d[32];
		uint64_t q[16][2];
	} v __attribute__((aligned(16)));

	/* Not known to translated code. */
	struct arm_banked bank[BANKS]; /* not valid for the current mode's bank */
	uint32_t usr_r[5], fiq_r[5];   /* r8..r12 of FIQ mode and of the others: the set not
					* in use */
	struct arm_cp15 c15;
	const struct arm_model *model;
	bool irq, fiq;                   /* inputs */
	struct arm_timer timer[2];       /* virtual, physical */
	uint32_t space_dacr[MEM_SPACES]; /* which rights each space stands for, mmu.c */
	uint8_t space_user[MEM_SPACES], space_valid[MEM_SPACES];
	uint32_t space_used[MEM_SPACES], space_clock; /* when each was last chosen */
	uint8_t space_current, space_user_current;
	bool waiting_event;       /* the event register of WFE and SEV */
	uint32_t peripheral_base; /* CBAR: where the board has SCU, GIC and so on */
	/* Firmware services behind HVC and SMC; NULL: undefined instruction. */
	void (*service)(struct arm *arm, void *context);
	void *service_context;
};

static inline struct arm *arm_of(struct cpu *cpu)
{
	return (struct arm *)cpu;
}

/* cpsr.c: status registers and modes. */
uint32_t arm_cpsr_read(const struct arm *arm);
/* Writes the bits of `mask` as an exception return does: mode and T too. */
void arm_cpsr_write(struct arm *arm, uint32_t value, uint32_t mask);
uint32_t arm_modes(const struct cpu *cpu);
unsigned arm_bank(uint32_t mode);
/* A banked register of another mode: 0..14. */
uint32_t *arm_banked_register(struct arm *arm, uint32_t mode, unsigned n);

/* exception.c: entry; each ends with cpu_raise unless named enter_. */
_Noreturn void arm_raise_undefined(struct arm *arm); /* the instruction at cpu.pc */
_Noreturn void arm_raise_svc(struct arm *arm);       /* cpu.pc is still the SVC's own */
_Noreturn void arm_raise_prefetch_abort(struct arm *arm, uint32_t ifsr, uint32_t address);
_Noreturn void arm_raise_data_abort(struct arm *arm, uint32_t dfsr, uint32_t address);

/* ir_fn helpers that translated code calls; a..d as the comments say. */
/* CALL_SITE */
ir_fn arm_help_undefined, arm_help_svc, arm_help_bkpt, arm_help_service /* HVC, SMC */;
ir_fn arm_help_wfi, arm_help_wfe, arm_help_sev, arm_help_yield;
/* a = new value, b = mask of bytes as MSR's field mask turned into bits, as MSR in the
 * current mode may; exit_run follows if anything but flags can change. */
ir_fn arm_help_cpsr_write, arm_help_spsr_write;
ir_fn arm_help_cpsr_read; /* CALL_READS: MRS value */
/* Exception return: a = new pc (bits as loaded), CPSR from SPSR; sets cpu.pc.  The block
 * ends with exit_run of the value returned (the new cpu.pc). */
ir_fn arm_help_exception_return;
/* RFE: a = pc, b = new CPSR.  As above. */
ir_fn arm_help_rfe;
/* CPS: a = value, b = mask of A I F and mode bits. */
ir_fn arm_help_cps;
ir_fn arm_help_setend; /* a = 1: big-endian */
/* LDM/STM of user registers: a = register number, b = value. */
ir_fn arm_help_user_read, arm_help_user_write;
/* SRS: a = mode number: that mode's sp, or it is written with b. */
ir_fn arm_help_srs_sp, arm_help_srs_set_sp;
/* Coprocessors 14 and 15: a = crn << 16 | opc1 << 12 | crm << 8 | opc2 << 4 | coproc
 * (encoding), b = value for MCR; MRC's value is returned.  Undefined ones raise.
 * 64-bit MCRR, MRRC: a = opc1 << 12 | crm << 8 | coproc. */
ir_fn arm_help_mrc, arm_help_mcr, arm_help_mrrc, arm_help_mcrr;

/* cp15.c: for the front end, without executing: whether an MCR may change modes,
 * mappings or interrupts (the block ends with exit_run), and whether an access is a
 * plain slot (returns its offset, else 0) that the mode may read or write. */
bool arm_cp15_ends_block(uint32_t encoding);
unsigned arm_cp15_slot(const struct arm *arm, uint32_t encoding, uint32_t modes, bool write);

/* translate_vfp.c, translate_neon.c: called by translate.c for coprocessor 10 and 11
 * and Advanced SIMD encodings; the instruction in ARM's form (Thumb's is converted by
 * the caller).  Emits it; false: undefined, nothing was emitted.  `unit` gives access
 * to the front end's helpers (translate.h). */
struct arm_unit;
bool arm_translate_vfp(struct arm_unit *unit, uint32_t instruction);
bool arm_translate_neon_data(struct arm_unit *unit, uint32_t instruction);
bool arm_translate_neon_memory(struct arm_unit *unit, uint32_t instruction);

/* vfp_help.c */
uint32_t arm_fpscr_read(struct arm *arm);
void arm_fpscr_write(struct arm *arm, uint32_t value);

/* mmu.c */
bool arm_walk(struct cpu *cpu, gva address, unsigned space, enum mem_access access, bool quiet,
	      struct mem_walk *walk);
_Noreturn void arm_abort(struct cpu *cpu, gva address, unsigned space, enum mem_access access,
			 const struct mem_walk *walk);
/* Chooses space_current and space_user_current after DACR, mode or SCTLR changed. */
void arm_spaces_update(struct arm *arm);

#endif

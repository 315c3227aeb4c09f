/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Coprocessors 15 and 14: system control and debug registers of ARMv7-A (ARM DDI
 * 0406C, B4 and C11) and what Cortex-A9 and Cortex-A7 add, as tables with a row per
 * register, in the order of their encodings.
 *
 * An encoding without a row, or that the CPU model hasn't, is undefined, as is an access
 * the mode has no right to.  Cache and branch predictor maintenance does nothing: there
 * are no caches, and writes to translated code are noticed as they happen.
 *
 * Not modelled: security and virtualization extensions, FCSE, cache and TLB lockdown,
 * memory attributes in PAR, the CP14 debug registers beyond the baseline set (which is
 * what DBGDIDR says).
 */
#include "guest/arm/system.h"

#include <emu/log.h>

#include "guest/arm/gtimer.h"

#define CP(cp, crn, opc1, crm, opc2)                                                               \
	((uint32_t)(crn) << 16 | (opc1) << 12 | (crm) << 8 | (opc2) << 4 | (cp))
#define CP15(crn, opc1, crm, opc2) CP(15, crn, opc1, crm, opc2)
#define CP14(crn, opc1, crm, opc2) CP(14, crn, opc1, crm, opc2)
#define CP_CRM(encoding) ((encoding) >> 8 & 15)
#define CP_OPC2(encoding) ((encoding) >> 4 & 7)

/* Access rights: of all modes, and of privileged modes. */
enum {
	ALL_R = 1,
	ALL_W = 2,
	SYS_R = 4,
	SYS_W = 8,
	ALL_RW = ALL_R | ALL_W | SYS_R | SYS_W,
	ALL_RO = ALL_R | SYS_R,
	ALL_WO = ALL_W | SYS_W,
	SYS_RW = SYS_R | SYS_W,
	RW_USER_RO = SYS_RW | ALL_R,
};

/* What else must hold: for all modes the model has it ... */
enum {
	NEEDS_TIMER = 1,
	NEEDS_A9 = 2,
	NEEDS_L2 = 4, /* an integrated level 2 cache: A7, A15 */
	NEEDS_LPAE = 128,
	/* ... and for user mode a bit allows it. */
	USER_BY_PMUSEREN = 8,
	USER_BY_PL0CTEN = 16, /* CNTKCTL: either counter */
	USER_BY_PL0PTEN = 32, /* physical timer */
	USER_BY_PL0VTEN = 64, /* virtual timer */
};

#define CNTKCTL_PL0PCTEN (1u << 0)
#define CNTKCTL_PL0VCTEN (1u << 1)
#define CNTKCTL_PL0VTEN (1u << 8)
#define CNTKCTL_PL0PTEN (1u << 9)
#define CNTKCTL_WRITABLE 0x3ffu

#define PAR_LPAE (1u << 11)
#define TTBR_LONG_BITS 0x00ff00ffffffffffull /* ASID, address */

struct cp_register {
	uint32_t encoding;
	const char *name;
	uint8_t access;
	uint8_t needs;
	bool ends;      /* writing may change modes, mappings or interrupts */
	bool slot;      /* the field is one that translated code may use itself */
	uint16_t field; /* in struct arm, what is read and written without functions; 0: the
			 * register reads as 0 and ignores writes */
	uint32_t (*read)(struct arm *arm, const struct cp_register *r);
	void (*write)(struct arm *arm, const struct cp_register *r, uint32_t value);
};

#define FIELD(name) .field = offsetof(struct arm, name)
#define ZERO .field = 0
#define MODEL(name) .field = offsetof(struct arm_model, name), .read = read_model

static uint32_t *cp_field(struct arm *arm, const struct cp_register *r)
{
	return (uint32_t *)((uint8_t *)arm + r->field);
}

static uint32_t read_model(struct arm *arm, const struct cp_register *r)
{
	return *(const uint32_t *)((const uint8_t *)arm->model + r->field);
}

/* Uniprocessor with the multiprocessing extensions: nobody looks for more CPUs. */
static uint32_t read_mpidr(struct arm *arm, const struct cp_register *r)
{
	(void)arm, (void)r;
	return 0xc0000000;
}

static uint32_t read_ccsidr(struct arm *arm, const struct cp_register *r)
{
	(void)r;
	switch (arm->c15.csselr & 15) {
	case 0:
		return arm->model->ccsidr_l1d;
	case 1:
		return arm->model->ccsidr_l1i;
	case 2:
		return arm->model->ccsidr_l2;
	default:
		return 0;
	}
}

static void write_sctlr(struct arm *arm, const struct cp_register *r, uint32_t value)
{
	const uint32_t meaning =
		SCTLR_M | SCTLR_TRE | SCTLR_AFE | SCTLR_EE | SCTLR_WXN | SCTLR_UWXN;
	uint32_t may = SCTLR_M | SCTLR_A | SCTLR_C | SCTLR_SW | SCTLR_Z | SCTLR_I | SCTLR_V |
		       SCTLR_RR | SCTLR_EE | SCTLR_TRE | SCTLR_AFE | SCTLR_TE;
	uint32_t old = arm->c15.sctlr;

	(void)r;
	if (arm->model->pxn)
		may |= SCTLR_WXN | SCTLR_UWXN;
	may &= ~arm->model->sctlr; /* what is set at reset stays so */
	arm->c15.sctlr = (old & ~may) | (value & may);
	if ((old ^ arm->c15.sctlr) & meaning)
		arm_mappings_changed(arm);
}

/* Only VFP and NEON, coprocessors 10 and 11, are there to be enabled; both get what is
 * written for 10.  ASEDIS and D32DIS stay 0. */
static void write_cpacr(struct arm *arm, const struct cp_register *r, uint32_t value)
{
	uint32_t access = value >> 20 & 3;

	(void)r;
	arm->c15.cpacr = access << 20 | access << 22;
}

/* A new table base: what the old tables and the new map alike stays known. */
static void write_ttbr(struct arm *arm, const struct cp_register *r, uint32_t value)
{
	if (*cp_field(arm, r) == value)
		return;
	*cp_field(arm, r) = value;
	mem_flush(arm->cpu.mem);
}

static void write_ttbcr(struct arm *arm, const struct cp_register *r, uint32_t value)
{
	uint32_t old = arm->c15.ttbcr;

	(void)r;
	if (value & TTBCR_EAE && arm->model->lpae)
		arm->c15.ttbcr = value & TTBCR_LONG_BITS;
	else
		arm->c15.ttbcr = value & (TTBCR_N | TTBCR_PD0 | TTBCR_PD1);
	if (old != arm->c15.ttbcr)
		arm_mappings_changed(arm);
}

static void write_dacr(struct arm *arm, const struct cp_register *r, uint32_t value)
{
	(void)r;
	if (arm->c15.dacr == value)
		return;
	arm->c15.dacr = value;
	arm_spaces_update(arm);
}

/* Tables changed while another address space number was current take effect now. */
static void write_contextidr(struct arm *arm, const struct cp_register *r, uint32_t value)
{
	uint32_t changed = arm->c15.contextidr ^ value;

	(void)r;
	arm->c15.contextidr = value;
	if (changed & 0xff)
		mem_flush(arm->cpu.mem);
}

static void write_csselr(struct arm *arm, const struct cp_register *r, uint32_t value)
{
	(void)r;
	arm->c15.csselr = value & 15;
}

static void write_vbar(struct arm *arm, const struct cp_register *r, uint32_t value)
{
	(void)r;
	arm->c15.vbar = value & ~31u;
}

/* What PAR shows of a translation (B4.1.112), by the format of the tables. */
static uint64_t par_short(const struct mem_walk *walk, bool good)
{
	if (!good)
		return (walk->fault & 15) << 1 | 1;
	if (walk->span_log2 == 24)
		return ((uint32_t)walk->page & 0xff000000) |
		       (uint32_t)(walk->page >> 32 & 0xff) << 16 | 2;
	return (uint32_t)walk->page & 0xfffff000;
}

static uint64_t par_long(const struct mem_walk *walk, bool good)
{
	return (good ? walk->page : (walk->fault & 63) << 1 | 1) | PAR_LPAE;
}

/* ATS1Cxx: opc2 is {user, write}. */
static void write_translate(struct arm *arm, const struct cp_register *r, uint32_t value)
{
	unsigned opc2 = CP_OPC2(r->encoding);
	struct mem_walk walk;
	bool good = arm_translate_address(arm, value, opc2 & 2, arm->c15.dacr,
					  opc2 & 1 ? MEM_WRITE : MEM_READ, &walk);
	uint64_t par = arm_long_format(arm) ? par_long(&walk, good) : par_short(&walk, good);

	arm->c15.par = (uint32_t)par;
	arm->c15.par_high = (uint32_t)(par >> 32);
}

static void write_tlb_all(struct arm *arm, const struct cp_register *r, uint32_t value)
{
	(void)r, (void)value;
	mem_flush(arm->cpu.mem);
}

static void write_tlb_address(struct arm *arm, const struct cp_register *r, uint32_t value)
{
	(void)r;
	mem_flush_address(arm->cpu.mem, value & ~PAGE_MASK);
}

static uint32_t read_pmu(struct arm *arm, const struct cp_register *r)
{
	return arm_pmu_read(arm, CP_CRM(r->encoding), CP_OPC2(r->encoding));
}

static void write_pmu(struct arm *arm, const struct cp_register *r, uint32_t value)
{
	arm_pmu_write(arm, CP_CRM(r->encoding), CP_OPC2(r->encoding), value);
}

static uint32_t read_isr(struct arm *arm, const struct cp_register *r)
{
	(void)r;
	return (arm->irq ? ARM_PSR_I : 0) | (arm->fiq ? ARM_PSR_F : 0);
}

static void write_cntkctl(struct arm *arm, const struct cp_register *r, uint32_t value)
{
	(void)r;
	arm->c15.cntkctl = value & CNTKCTL_WRITABLE;
}

static enum arm_timer_which timer_of(const struct cp_register *r)
{
	return CP_CRM(r->encoding) == 2 ? ARM_TIMER_PHYSICAL : ARM_TIMER_VIRTUAL;
}

static uint32_t read_timer(struct arm *arm, const struct cp_register *r)
{
	return CP_OPC2(r->encoding) ? arm_timer_read_control(arm, timer_of(r)) :
				      arm_timer_read_value(arm, timer_of(r));
}

static void write_timer(struct arm *arm, const struct cp_register *r, uint32_t value)
{
	if (CP_OPC2(r->encoding))
		arm_timer_write_control(arm, timer_of(r), value);
	else
		arm_timer_write_value(arm, timer_of(r), value);
}

/* Debug: version 4 (CP14 baseline only), two breakpoints and one watchpoint, which are
 * the fewest there can be. */
static uint32_t read_dbgdidr(struct arm *arm, const struct cp_register *r)
{
	(void)arm, (void)r;
	return 0x01040000;
}

#define CACHE(crm, opc2, name)                                                                     \
	{                                                                                          \
		CP15(7, 0, crm, opc2), name, .access = SYS_W                                       \
	}
#define TRANSLATE(opc2, name)                                                                      \
	{                                                                                          \
		CP15(7, 0, 8, opc2), name, .access = SYS_W, .write = write_translate               \
	}
#define TLB(crm, opc2, name, how)                                                                  \
	{                                                                                          \
		CP15(8, 0, crm, opc2), name, .access = SYS_W, .ends = true, .write = how           \
	}
#define PMU(crm, opc2, name, rights, gate)                                                         \
	{                                                                                          \
		CP15(9, 0, crm, opc2), name, .access = rights, .needs = gate, .read = read_pmu,    \
					     .write = write_pmu                                    \
	}
#define TIMER(crm, opc2, name, gate)                                                               \
	{                                                                                          \
		CP15(14, 0, crm, opc2), name, .access = ALL_RW, .ends = true,                      \
					      .needs = NEEDS_TIMER | (gate), .read = read_timer,   \
					      .write = write_timer                                 \
	}

static const struct cp_register cp15_registers[] = {
	{ CP15(0, 0, 0, 0), "MIDR", SYS_R, MODEL(midr) },
	{ CP15(0, 0, 0, 1), "CTR", SYS_R, MODEL(cache_type) },
	{ CP15(0, 0, 0, 2), "TCMTR", SYS_R, ZERO },
	{ CP15(0, 0, 0, 3), "TLBTR", SYS_R, ZERO },
	{ CP15(0, 0, 0, 4), "MIDR", SYS_R, MODEL(midr) },
	{ CP15(0, 0, 0, 5), "MPIDR", SYS_R, .read = read_mpidr },
	{ CP15(0, 0, 0, 6), "REVIDR", SYS_R, ZERO },
	{ CP15(0, 0, 0, 7), "MIDR", SYS_R, MODEL(midr) },
	{ CP15(0, 0, 1, 0), "ID_PFR0", SYS_R, MODEL(id_pfr[0]) },
	{ CP15(0, 0, 1, 1), "ID_PFR1", SYS_R, MODEL(id_pfr[1]) },
	{ CP15(0, 0, 1, 2), "ID_DFR0", SYS_R, MODEL(id_dfr0) },
	{ CP15(0, 0, 1, 3), "ID_AFR0", SYS_R, ZERO },
	{ CP15(0, 0, 1, 4), "ID_MMFR0", SYS_R, MODEL(id_mmfr[0]) },
	{ CP15(0, 0, 1, 5), "ID_MMFR1", SYS_R, MODEL(id_mmfr[1]) },
	{ CP15(0, 0, 1, 6), "ID_MMFR2", SYS_R, MODEL(id_mmfr[2]) },
	{ CP15(0, 0, 1, 7), "ID_MMFR3", SYS_R, MODEL(id_mmfr[3]) },
	{ CP15(0, 0, 2, 0), "ID_ISAR0", SYS_R, MODEL(id_isar[0]) },
	{ CP15(0, 0, 2, 1), "ID_ISAR1", SYS_R, MODEL(id_isar[1]) },
	{ CP15(0, 0, 2, 2), "ID_ISAR2", SYS_R, MODEL(id_isar[2]) },
	{ CP15(0, 0, 2, 3), "ID_ISAR3", SYS_R, MODEL(id_isar[3]) },
	{ CP15(0, 0, 2, 4), "ID_ISAR4", SYS_R, MODEL(id_isar[4]) },
	{ CP15(0, 0, 2, 5), "ID_ISAR5", SYS_R, MODEL(id_isar[5]) },
	{ CP15(0, 1, 0, 0), "CCSIDR", SYS_R, .read = read_ccsidr },
	{ CP15(0, 1, 0, 1), "CLIDR", SYS_R, MODEL(clidr) },
	{ CP15(0, 1, 0, 7), "AIDR", SYS_R, ZERO },
	{ CP15(0, 2, 0, 0), "CSSELR", SYS_RW, FIELD(c15.csselr), .write = write_csselr },

	{ CP15(1, 0, 0, 0), "SCTLR", SYS_RW, .ends = true, FIELD(c15.sctlr), .write = write_sctlr },
	{ CP15(1, 0, 0, 1), "ACTLR", SYS_RW, FIELD(c15.actlr) },
	{ CP15(1, 0, 0, 2), "CPACR", SYS_RW, .ends = true, FIELD(c15.cpacr), .write = write_cpacr },

	{ CP15(2, 0, 0, 0), "TTBR0", SYS_RW, .ends = true, FIELD(c15.ttbr0), .write = write_ttbr },
	{ CP15(2, 0, 0, 1), "TTBR1", SYS_RW, .ends = true, FIELD(c15.ttbr1), .write = write_ttbr },
	{ CP15(2, 0, 0, 2), "TTBCR", SYS_RW, .ends = true, FIELD(c15.ttbcr), .write = write_ttbcr },

	{ CP15(3, 0, 0, 0), "DACR", SYS_RW, .ends = true, FIELD(c15.dacr), .write = write_dacr },

	{ CP15(5, 0, 0, 0), "DFSR", SYS_RW, FIELD(c15.dfsr) },
	{ CP15(5, 0, 0, 1), "IFSR", SYS_RW, FIELD(c15.ifsr) },
	{ CP15(5, 0, 1, 0), "ADFSR", SYS_RW, FIELD(c15.adfsr) },
	{ CP15(5, 0, 1, 1), "AIFSR", SYS_RW, FIELD(c15.aifsr) },
	{ CP15(6, 0, 0, 0), "DFAR", SYS_RW, FIELD(c15.dfar) },
	{ CP15(6, 0, 0, 2), "IFAR", SYS_RW, FIELD(c15.ifar) },

	CACHE(0, 4, "NOP"), /* wait for interrupt before ARMv7 */
	CACHE(1, 0, "ICIALLUIS"),
	CACHE(1, 6, "BPIALLIS"),
	{ CP15(7, 0, 4, 0), "PAR", SYS_RW, FIELD(c15.par) },
	CACHE(5, 0, "ICIALLU"),
	CACHE(5, 1, "ICIMVAU"),
	{ CP15(7, 0, 5, 4), "CP15ISB", ALL_WO, .ends = true, ZERO },
	CACHE(5, 6, "BPIALL"),
	CACHE(5, 7, "BPIMVA"),
	CACHE(6, 1, "DCIMVAC"),
	CACHE(6, 2, "DCISW"),
	TRANSLATE(0, "ATS1CPR"),
	TRANSLATE(1, "ATS1CPW"),
	TRANSLATE(2, "ATS1CUR"),
	TRANSLATE(3, "ATS1CUW"),
	CACHE(10, 1, "DCCMVAC"),
	CACHE(10, 2, "DCCSW"),
	{ CP15(7, 0, 10, 4), "CP15DSB", ALL_WO, ZERO },
	{ CP15(7, 0, 10, 5), "CP15DMB", ALL_WO, ZERO },
	CACHE(11, 1, "DCCMVAU"),
	CACHE(13, 1, "NOP"), /* instruction prefetch before ARMv7 */
	CACHE(14, 1, "DCCIMVAC"),
	CACHE(14, 2, "DCCISW"),

	TLB(3, 0, "TLBIALLIS", write_tlb_all),
	TLB(3, 1, "TLBIMVAIS", write_tlb_address),
	TLB(3, 2, "TLBIASIDIS", write_tlb_all),
	TLB(3, 3, "TLBIMVAAIS", write_tlb_address),
	TLB(5, 0, "ITLBIALL", write_tlb_all),
	TLB(5, 1, "ITLBIMVA", write_tlb_address),
	TLB(5, 2, "ITLBIASID", write_tlb_all),
	TLB(6, 0, "DTLBIALL", write_tlb_all),
	TLB(6, 1, "DTLBIMVA", write_tlb_address),
	TLB(6, 2, "DTLBIASID", write_tlb_all),
	TLB(7, 0, "TLBIALL", write_tlb_all),
	TLB(7, 1, "TLBIMVA", write_tlb_address),
	TLB(7, 2, "TLBIASID", write_tlb_all),
	TLB(7, 3, "TLBIMVAA", write_tlb_address),

	PMU(12, 0, "PMCR", ALL_RW, USER_BY_PMUSEREN),
	PMU(12, 1, "PMCNTENSET", ALL_RW, USER_BY_PMUSEREN),
	PMU(12, 2, "PMCNTENCLR", ALL_RW, USER_BY_PMUSEREN),
	PMU(12, 3, "PMOVSR", ALL_RW, USER_BY_PMUSEREN),
	PMU(12, 4, "PMSWINC", ALL_WO, USER_BY_PMUSEREN),
	PMU(12, 5, "PMSELR", ALL_RW, USER_BY_PMUSEREN),
	PMU(12, 6, "PMCEID0", ALL_RO, USER_BY_PMUSEREN),
	PMU(12, 7, "PMCEID1", ALL_RO, USER_BY_PMUSEREN),
	PMU(13, 0, "PMCCNTR", ALL_RW, USER_BY_PMUSEREN),
	PMU(13, 1, "PMXEVTYPER", ALL_RW, USER_BY_PMUSEREN),
	PMU(13, 2, "PMXEVCNTR", ALL_RW, USER_BY_PMUSEREN),
	PMU(14, 0, "PMUSERENR", RW_USER_RO, 0),
	PMU(14, 1, "PMINTENSET", SYS_RW, 0),
	PMU(14, 2, "PMINTENCLR", SYS_RW, 0),
	PMU(14, 3, "PMOVSSET", ALL_RW, USER_BY_PMUSEREN | NEEDS_L2),
	/* One CPU, no ECC. */
	{ CP15(9, 1, 0, 2), "L2CTLR", SYS_RW, NEEDS_L2, ZERO },
	{ CP15(9, 1, 0, 3), "L2ECTLR", SYS_RW, NEEDS_L2, ZERO },

	{ CP15(10, 0, 2, 0), "PRRR", SYS_RW, FIELD(c15.prrr) },
	{ CP15(10, 0, 2, 1), "NMRR", SYS_RW, FIELD(c15.nmrr) },
	{ CP15(10, 0, 3, 0), "AMAIR0", SYS_RW, NEEDS_LPAE, ZERO },
	{ CP15(10, 0, 3, 1), "AMAIR1", SYS_RW, NEEDS_LPAE, ZERO },

	{ CP15(12, 0, 0, 0), "VBAR", SYS_RW, FIELD(c15.vbar), .write = write_vbar },
	{ CP15(12, 0, 1, 0), "ISR", SYS_R, .read = read_isr },

	{ CP15(13, 0, 0, 0), "FCSEIDR", SYS_RW, ZERO },
	{ CP15(13, 0, 0, 1), "CONTEXTIDR", SYS_RW, .ends = true, FIELD(c15.contextidr),
	  .write = write_contextidr },
	{ CP15(13, 0, 0, 2), "TPIDRURW", ALL_RW, FIELD(tpidr[0]), .slot = true },
	{ CP15(13, 0, 0, 3), "TPIDRURO", RW_USER_RO, FIELD(tpidr[1]), .slot = true },
	{ CP15(13, 0, 0, 4), "TPIDRPRW", SYS_RW, FIELD(tpidr[2]), .slot = true },

	{ CP15(14, 0, 0, 0), "CNTFRQ", RW_USER_RO, NEEDS_TIMER | USER_BY_PL0CTEN,
	  FIELD(c15.cntfrq) },
	{ CP15(14, 0, 1, 0), "CNTKCTL", SYS_RW, NEEDS_TIMER, FIELD(c15.cntkctl),
	  .write = write_cntkctl },
	TIMER(2, 0, "CNTP_TVAL", USER_BY_PL0PTEN),
	TIMER(2, 1, "CNTP_CTL", USER_BY_PL0PTEN),
	TIMER(3, 0, "CNTV_TVAL", USER_BY_PL0VTEN),
	TIMER(3, 1, "CNTV_CTL", USER_BY_PL0VTEN),

	{ CP15(15, 0, 0, 0), "POWER", SYS_RW, NEEDS_A9, FIELD(c15.power) },
	{ CP15(15, 0, 0, 1), "DIAGNOSTIC", SYS_RW, NEEDS_A9, FIELD(c15.diag) },
	{ CP15(15, 0, 1, 0), "NEONBUSY", SYS_R, NEEDS_A9, ZERO },
	{ CP15(15, 4, 0, 0), "CBAR", SYS_R, FIELD(peripheral_base) },
};

static const struct cp_register cp14_registers[] = {
	{ CP14(0, 0, 0, 0), "DBGDIDR", ALL_RO, .read = read_dbgdidr },
	{ CP14(0, 0, 1, 0), "DBGDSCRint", ALL_RO, ZERO },
	{ CP14(0, 0, 5, 0), "DBGDTRint", ALL_RW, ZERO },
	{ CP14(0, 6, 0, 0), "TEECR", RW_USER_RO, FIELD(c15.teecr) },
	{ CP14(0, 7, 0, 0), "JIDR", ALL_RO, ZERO },
	{ CP14(1, 0, 0, 0), "DBGDRAR", ALL_RO, ZERO },
	{ CP14(1, 6, 0, 0), "TEEHBR", ALL_RW, FIELD(c15.teehbr) },
	{ CP14(1, 7, 0, 0), "JOSCR", SYS_RW, ZERO },
	{ CP14(2, 0, 0, 0), "DBGDSAR", ALL_RO, ZERO },
	{ CP14(2, 7, 0, 0), "JMCR", ALL_RW, ZERO },
};

/* The rest of the identification space (B7.1) reads as 0. */
static const struct cp_register cp15_reserved_id = { 0, "reserved", SYS_R, .read = NULL };

static bool is_reserved_id(uint32_t encoding)
{
	return encoding >> 12 == 0 && (encoding & 15) == 15 && CP_CRM(encoding) >= 1 &&
	       CP_CRM(encoding) <= 7;
}

static const struct cp_register *find_in(const struct cp_register *table, size_t count,
					 uint32_t encoding)
{
	size_t low = 0;

	while (count > low) {
		size_t middle = (low + count) / 2;

		if (table[middle].encoding == encoding)
			return &table[middle];
		if (table[middle].encoding < encoding)
			low = middle + 1;
		else
			count = middle;
	}
	return NULL;
}

static const struct cp_register *cp_find(uint32_t encoding)
{
	const struct cp_register *r;

	if ((encoding & 15) == 14)
		return find_in(cp14_registers, COUNT_OF(cp14_registers), encoding);
	r = find_in(cp15_registers, COUNT_OF(cp15_registers), encoding);
	return !r && is_reserved_id(encoding) ? &cp15_reserved_id : r;
}

static bool model_has(const struct arm *arm, unsigned needs)
{
	bool a9 = arm->model->ccsidr_l2 == 0;

	return !(needs & NEEDS_TIMER && !arm->model->generic_timer) && !(needs & NEEDS_A9 && !a9) &&
	       !(needs & NEEDS_L2 && a9) && !(needs & NEEDS_LPAE && !arm->model->lpae);
}

static bool user_may(const struct arm *arm, unsigned needs)
{
	uint32_t cntkctl = arm->c15.cntkctl;

	return !(needs & USER_BY_PMUSEREN && !(arm->c15.pmuseren & 1)) &&
	       !(needs & USER_BY_PL0CTEN && !(cntkctl & (CNTKCTL_PL0PCTEN | CNTKCTL_PL0VCTEN))) &&
	       !(needs & USER_BY_PL0PTEN && !(cntkctl & CNTKCTL_PL0PTEN)) &&
	       !(needs & USER_BY_PL0VTEN && !(cntkctl & CNTKCTL_PL0VTEN));
}

/* The register of an access by MRC or MCR, or an undefined instruction. */
static const struct cp_register *cp_access(struct arm *arm, uint32_t encoding, bool write)
{
	const struct cp_register *r = cp_find(encoding);
	bool user = !arm_privileged(arm);
	unsigned right = (user ? ALL_R : SYS_R) << write;

	if (r && r->access & right && model_has(arm, r->needs) &&
	    (!user || user_may(arm, r->needs)))
		return r;
	LOG(LOG_UNIMPLEMENTED, "arm: %s p%u, %u, c%u, c%u, %u (%s) at %#x%s", write ? "mcr" : "mrc",
	    encoding & 15, encoding >> 12 & 7, encoding >> 16 & 15, CP_CRM(encoding),
	    CP_OPC2(encoding), r ? r->name : "?", arm->cpu.pc, user ? " in user mode" : "");
	arm_raise_undefined(arm);
}

uint64_t arm_help_mrc(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;
	const struct cp_register *r = cp_access(arm, (uint32_t)a, false);

	(void)b, (void)c, (void)d;
	if (r->read)
		return r->read(arm, r);
	return r->field ? *cp_field(arm, r) : 0;
}

uint64_t arm_help_mcr(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;
	const struct cp_register *r = cp_access(arm, (uint32_t)a, true);

	(void)c, (void)d;
	if (r->write)
		r->write(arm, r, (uint32_t)b);
	else if (r->field)
		*cp_field(arm, r) = (uint32_t)b;
	return 0;
}

bool arm_cp15_ends_block(uint32_t encoding)
{
	const struct cp_register *r = cp_find(encoding);

	return !r || r->ends;
}

unsigned arm_cp15_slot(const struct arm *arm, uint32_t encoding, uint32_t modes, bool write)
{
	const struct cp_register *r = cp_find(encoding);
	unsigned right = (modes & ARM_MODE_PRIVILEGED ? SYS_R : ALL_R) << write;

	(void)arm;
	return r && r->slot && r->access & right ? r->field : 0;
}

/* 64-bit registers. */
enum cp64 {
	CP64_NONE,
	CP64_TTBR0,
	CP64_TTBR1,
	CP64_PAR,
	CP64_CNTPCT,
	CP64_CNTVCT,
	CP64_CNTP_CVAL,
	CP64_CNTV_CVAL,
};

/* The timer's, by opc1. */
static enum cp64 timer64(const struct arm *arm, unsigned opc1, bool write)
{
	static const struct {
		enum cp64 which;
		uint32_t user_bit;
		bool read_only;
	} rows[] = { { CP64_CNTPCT, CNTKCTL_PL0PCTEN, true },
		     { CP64_CNTVCT, CNTKCTL_PL0VCTEN, true },
		     { CP64_CNTP_CVAL, CNTKCTL_PL0PTEN, false },
		     { CP64_CNTV_CVAL, CNTKCTL_PL0VTEN, false } };

	if (!arm->model->generic_timer || opc1 >= COUNT_OF(rows) ||
	    (write && rows[opc1].read_only) ||
	    !(arm_privileged(arm) || arm->c15.cntkctl & rows[opc1].user_bit))
		return CP64_NONE;
	return rows[opc1].which;
}

/* Those of the Large Physical Address Extension. */
static enum cp64 lpae64(const struct arm *arm, unsigned crm, unsigned opc1)
{
	if (!arm->model->lpae || !arm_privileged(arm))
		return CP64_NONE;
	if (crm == 2 && opc1 <= 1)
		return opc1 ? CP64_TTBR1 : CP64_TTBR0;
	return crm == 7 && opc1 == 0 ? CP64_PAR : CP64_NONE;
}

/* The register of an access by MRRC or MCRR, or an undefined instruction. */
static enum cp64 cp64_access(struct arm *arm, uint32_t encoding, bool write)
{
	unsigned opc1 = encoding >> 12 & 15, crm = CP_CRM(encoding);
	enum cp64 which = CP64_NONE;

	if ((encoding & 15) == 15)
		which = crm == 14 ? timer64(arm, opc1, write) : lpae64(arm, crm, opc1);
	if (which != CP64_NONE)
		return which;
	LOG(LOG_UNIMPLEMENTED, "arm: %s p%u, %u, c%u at %#x", write ? "mcrr" : "mrrc",
	    encoding & 15, opc1, crm, arm->cpu.pc);
	arm_raise_undefined(arm);
}

uint64_t arm_help_mrrc(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;

	(void)b, (void)c, (void)d;
	switch (cp64_access(arm, (uint32_t)a, false)) {
	case CP64_TTBR0:
		return (uint64_t)arm->c15.ttbr0_high << 32 | arm->c15.ttbr0;
	case CP64_TTBR1:
		return (uint64_t)arm->c15.ttbr1_high << 32 | arm->c15.ttbr1;
	case CP64_PAR:
		return (uint64_t)arm->c15.par_high << 32 | arm->c15.par;
	case CP64_CNTP_CVAL:
		return arm->timer[ARM_TIMER_PHYSICAL].compare;
	case CP64_CNTV_CVAL:
		return arm->timer[ARM_TIMER_VIRTUAL].compare;
	default:
		return arm_timer_count(arm);
	}
}

/* As write_ttbr; the address space number is in the upper word. */
static void write_ttbr64(struct arm *arm, uint32_t *low, uint32_t *high, uint64_t value)
{
	value &= TTBR_LONG_BITS;
	if (*low == (uint32_t)value && *high == value >> 32)
		return;
	*low = (uint32_t)value;
	*high = (uint32_t)(value >> 32);
	mem_flush(arm->cpu.mem);
}

uint64_t arm_help_mcrr(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct arm *arm = cpu;
	struct arm_cp15 *c15 = &arm->c15;

	(void)c, (void)d;
	switch (cp64_access(arm, (uint32_t)a, true)) {
	case CP64_TTBR0:
		write_ttbr64(arm, &c15->ttbr0, &c15->ttbr0_high, b);
		break;
	case CP64_TTBR1:
		write_ttbr64(arm, &c15->ttbr1, &c15->ttbr1_high, b);
		break;
	case CP64_PAR:
		c15->par = (uint32_t)b;
		c15->par_high = (uint32_t)(b >> 32);
		break;
	case CP64_CNTP_CVAL:
		arm_timer_write_compare(arm, ARM_TIMER_PHYSICAL, b);
		break;
	default:
		arm_timer_write_compare(arm, ARM_TIMER_VIRTUAL, b);
		break;
	}
	return 0;
}

void arm_cp15_reset(struct arm *arm)
{
	arm->c15 = (struct arm_cp15){ .sctlr = arm->model->sctlr };
	for (unsigned i = 0; i < COUNT_OF(arm->tpidr); i++)
		arm->tpidr[i] = 0;
	arm_pmu_reset(arm);
	arm_timer_reset(arm);
}

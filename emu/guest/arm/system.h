/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Between the system parts of the ARM guest: what cpsr.c, exception.c, mmu.c, cp15.c,
 * pmu.c, gtimer.c, model.c, gdb.c and arm.c know of each other and nobody else needs.
 */
#ifndef EMU_GUEST_ARM_SYSTEM_H
#define EMU_GUEST_ARM_SYSTEM_H

#include "guest/arm/state.h"

/* Eight rows of a table. */
#define EIGHT(row, a, b, c, d, e, f, g, h)                                                         \
	row(a), row(b), row(c), row(d), row(e), row(f), row(g), row(h)

/* SCTLR bits. */
#define SCTLR_M (1u << 0)
#define SCTLR_A (1u << 1)
#define SCTLR_C (1u << 2)
#define SCTLR_SW (1u << 10)
#define SCTLR_Z (1u << 11)
#define SCTLR_I (1u << 12)
#define SCTLR_V (1u << 13)
#define SCTLR_RR (1u << 14)
#define SCTLR_WXN (1u << 19)
#define SCTLR_UWXN (1u << 20)
#define SCTLR_EE (1u << 25)
#define SCTLR_TRE (1u << 28)
#define SCTLR_AFE (1u << 29)
#define SCTLR_TE (1u << 30)

/* TTBCR bits. */
#define TTBCR_N 7u
#define TTBCR_PD0 (1u << 4)
#define TTBCR_PD1 (1u << 5)
#define TTBCR_EAE (1u << 31) /* long descriptors; with it, instead of the above: */
#define TTBCR_TSZ 7u
#define TTBCR_T0SZ_SHIFT 0
#define TTBCR_EPD0 (1u << 7)
#define TTBCR_T1SZ_SHIFT 16
#define TTBCR_EPD1 (1u << 23)
#define TTBCR_LONG_BITS 0xbfc73f87u

/* Fault status FS[4:0] of the short descriptor format (table B3-23).  In a walk's
 * fault code bits 7..4 are the domain, as in DFSR; FS[4] is never set. */
enum arm_fault {
	FAULT_ALIGNMENT = 0x01,
	FAULT_DEBUG = 0x02,
	FAULT_ACCESS_FLAG = 0x03, /* section */
	FAULT_ACCESS_FLAG_PAGE = 0x06,
	FAULT_TRANSLATION = 0x05, /* section; | FAULT_PAGE, also for the next ones */
	FAULT_EXTERNAL = 0x08,
	FAULT_DOMAIN = 0x09,
	FAULT_WALK_EXTERNAL = 0x0c, /* first level; | FAULT_PAGE: second */
	FAULT_PERMISSION = 0x0d,
	FAULT_PAGE = 0x02,
};
#define FSR_WNR (1u << 11) /* a write */

/* The same with long descriptors (table B3-24), as in DFSR and IFSR, LPAE bit included.
 * Bits 1..0 are the level where there is one. */
enum arm_long_fault {
	LONG_FAULT_TRANSLATION = 0x204,
	LONG_FAULT_ACCESS_FLAG = 0x208,
	LONG_FAULT_PERMISSION = 0x20c,
	LONG_FAULT_EXTERNAL = 0x210,
	LONG_FAULT_WALK_EXTERNAL = 0x214,
	LONG_FAULT_ALIGNMENT = 0x221,
	LONG_FAULT_DEBUG = 0x222,
};

/* struct mem_pte's root. */
enum arm_root_number { ARM_ROOT_NONE, ARM_ROOT_TTBR0, ARM_ROOT_TTBR1 };

/* Whether translation tables have long descriptors. */
static inline bool arm_long_format(const struct arm *arm)
{
	return (arm->c15.ttbcr & TTBCR_EAE) != 0;
}

/* cpsr.c */
static inline bool arm_privileged(const struct arm *arm)
{
	return (arm->psr & ARM_PSR_MODE) != ARM_USR;
}

bool arm_mode_is_legal(uint32_t mode);
unsigned arm_fetch_space(uint32_t modes);
/* Where execution goes on at a loaded address in the current instruction set: sets
 * cpu.pc, keeping T. */
void arm_set_pc(struct arm *arm, uint32_t address);
/* Asks for an interrupt that a change of the masks may have let through. */
void arm_check_interrupt(struct arm *arm);

/* exception.c */
bool arm_interrupt(struct cpu *cpu);
bool arm_wakes(const struct cpu *cpu);
void arm_input(void *cpu, unsigned input, bool level);

/* mmu.c: a walk with given rights; as arm_walk otherwise. */
bool arm_translate_address(struct arm *arm, gva address, bool user, uint32_t dacr,
			   enum mem_access access, struct mem_walk *walk);
gpa arm_root(const struct cpu *cpu, unsigned n);
/* All that is known about mappings is void (SCTLR, TTBCR, reset, a load). */
void arm_mappings_changed(struct arm *arm);

/* pmu.c: CP15 c9, crm 12..14. */
void arm_pmu_reset(struct arm *arm);
uint32_t arm_pmu_read(struct arm *arm, unsigned crm, unsigned opc2);
void arm_pmu_write(struct arm *arm, unsigned crm, unsigned opc2, uint32_t value);

/* cp15.c */
void arm_cp15_reset(struct arm *arm);

/* model.c: NULL if there is none of that name; name NULL: cortex-a9. */
const struct arm_model *arm_model_find(const char *name);

/* gdb.c */
#define ARM_GDB_REGISTERS 50
extern const struct guest_register arm_gdb_registers[ARM_GDB_REGISTERS];
void arm_read_register(struct cpu *cpu, unsigned number, void *value);
void arm_write_register(struct cpu *cpu, unsigned number, const void *value);
void arm_dump(struct cpu *cpu, void (*line)(const char *text));

/* The front end's, translate.c and disasm.c. */
void arm_translate(struct cpu *cpu, struct ir_block *b, struct fetch *f);
unsigned arm_disassemble(gva pc, const uint8_t *bytes, size_t count, char *text, size_t room);

#endif

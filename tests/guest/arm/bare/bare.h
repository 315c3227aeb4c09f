/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What bare-metal ARM test programs share: TAP on the PL011, traps, page tables.  They
 * run on `virt`, of this project or QEMU's, without anything below them.
 *
 * A program is main() in system mode, MMU off, interrupts masked.  Traps are noted in
 * `last` and then the instruction is skipped (a prefetch abort returns to LR instead,
 * as from a function), unless the program has put a function of its own into trap_hook.
 * Nothing that differs from run to run (addresses, times) may be printed.
 */
#ifndef BARE_H
#define BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UART 0x09000000u
#define GICD 0x08000000u
#define GICC 0x08010000u
#define RAM 0x40000000u
#define RAM_SPARE 0x44000000u /* nothing of the program is here or above */
#define MIB 0x100000u
#define PAGE 0x1000u

enum vector { RESET, UNDEFINED, SVC, PREFETCH, DATA, RESERVED, IRQ, FIQ };
enum mode {
	MODE_USR = 0x10,
	MODE_FIQ = 0x11,
	MODE_IRQ = 0x12,
	MODE_SVC = 0x13,
	MODE_ABT = 0x17,
	MODE_UND = 0x1b,
	MODE_SYS = 0x1f,
};

#define PSR_T 0x20u
#define PSR_F 0x40u
#define PSR_I 0x80u
#define PSR_A 0x100u
#define PSR_E 0x200u
#define PSR_IT 0x0600fc00u

/* TAP. */
bool ok(bool condition, const char *name);
bool is(uint32_t got, uint32_t wanted, const char *name);
void note(const char *name, uint32_t value); /* a remark, in a run that fails anyway */

/* Traps.  start.S knows the layout. */
struct trap {
	uint32_t r[13];
	uint32_t sp, lr; /* of user and system mode */
	uint32_t pc;     /* where to go on; at first the instruction, or after an SVC */
	uint32_t cpsr;   /* of what was interrupted */
	uint32_t vector;
};

struct trap_note {
	unsigned count; /* since 0 was written here; the rest is of the last trap */
	uint32_t vector, pc, cpsr;
	uint32_t handler; /* CPSR at the vector */
	uint32_t dfsr, dfar, ifsr, ifar;
};

extern volatile struct trap_note last;
extern void (*trap_hook[8])(struct trap *trap);
extern uint32_t vectors[];
void trap_default(struct trap *trap);

/* Checks that there was exactly one trap since the last check, a data or prefetch abort
 * with this status (FSR bits 11, 10 and 3..0; domain too if it is in `status`). */
bool aborted(enum vector vector, uint32_t status, uint32_t address, const char *name);
/* The same for others, at the given pc or anywhere if that is 0. */
bool trapped(enum vector vector, uint32_t pc, const char *name);
bool untrapped(const char *name);

/* Calls a function in user mode.  Its stack is the caller's. */
uint32_t in_user(uint32_t (*function)(uint32_t), uint32_t argument);

/* Coprocessor 15: CP_READ(c1, 0, c0, 0). */
#define CP_READ(crn, opc1, crm, opc2)                                                              \
	({                                                                                         \
		uint32_t cp_value;                                                                 \
		__asm__ volatile("mrc p15, " #opc1 ", %0, " #crn ", " #crm ", " #opc2              \
				 : "=r"(cp_value)                                                  \
				 :                                                                 \
				 : "memory");                                                      \
		cp_value;                                                                          \
	})
#define CP_WRITE(crn, opc1, crm, opc2, value)                                                      \
	__asm__ volatile("mcr p15, " #opc1 ", %0, " #crn ", " #crm ", " #opc2 "\n\tisb"            \
			 :                                                                         \
			 : "r"((uint32_t)(value))                                                  \
			 : "memory")

#define READ_SCTLR() CP_READ(c1, 0, c0, 0)
#define WRITE_SCTLR(v) CP_WRITE(c1, 0, c0, 0, v)
#define SCTLR_M 1u
#define SCTLR_A 2u
#define SCTLR_C 4u
#define SCTLR_I (1u << 12)
#define SCTLR_V (1u << 13)
#define SCTLR_WXN (1u << 19)
#define SCTLR_UWXN (1u << 20)
#define SCTLR_EE (1u << 25)
#define SCTLR_TRE (1u << 28)
#define SCTLR_AFE (1u << 29)
#define SCTLR_TE (1u << 30)

static inline uint32_t read_cpsr(void)
{
	uint32_t value;

	__asm__ volatile("mrs %0, cpsr" : "=r"(value));
	return value;
}

static inline uint32_t load32(uint32_t address)
{
	return *(volatile uint32_t *)address;
}

static inline void store32(uint32_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

static inline uint8_t load8(uint32_t address)
{
	return *(volatile uint8_t *)address;
}

static inline void store8(uint32_t address, uint8_t value)
{
	*(volatile uint8_t *)address = value;
}

/* Page tables.  Everything is mapped to itself after mmu_start: RAM for all modes, in
 * domain 0 (client); chips for privileged modes. */
#define SECTION 0x100eu        /* normal memory, no access */
#define SECTION_DEVICE 0x0016u /* never executed */
#define SMALL 0x4eu            /* small page, normal memory, no access */
#define LARGE 0x100du
#define AP_SECTION(ap) (((ap)&3u) << 10 | ((ap)&4u) << 13)
#define AP_PAGE(ap) (((ap)&3u) << 4 | ((ap)&4u) << 7)
#define SECTION_XN 0x10u
#define SMALL_XN 0x1u
#define DOMAIN(n) ((uint32_t)(n) << 5)
#define NOT_GLOBAL_SECTION (1u << 17)
#define NOT_GLOBAL_PAGE (1u << 11)
enum ap { AP_NONE, AP_PRIVILEGED, AP_USER_READ, AP_ALL, AP_PRIVILEGED_READ = 5, AP_ALL_READ = 7 };

extern uint32_t level1[4096];
void mmu_start(void);
void mmu_stop(void);
/* The second-level table for a MiB; made, and empty, when it isn't there. */
uint32_t *mmu_table(uint32_t address);
/* Changes a first- or second-level entry and makes that take effect by address. */
void map_section(uint32_t address, uint32_t descriptor);
void map_page(uint32_t address, uint32_t descriptor);
void tlb_flush(void);

/* What must be done after code was written, as the manual says (B2.2.9). */
void sync_code(void *start, size_t bytes);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What user mode may do with coprocessors 14 and 15 and VFP: the registers open to it,
 * those opened by others (CNTKCTL, PMUSERENR), enabling of VFP and NEON (CPACR, FPEXC),
 * thread registers, identification.  ARM DDI 0406C, B3.17, B1.11, B8, C12.
 */
#include "bare.h"

typedef uint32_t code(uint32_t);

/* One instruction, executed in system and in user mode; `value` is r0. */
#define INSTRUCTION(name, text)                                                                    \
	static uint32_t name(uint32_t value)                                                       \
	{                                                                                          \
		register uint32_t r0 __asm__("r0") = value;                                        \
		__asm__ volatile(".fpu neon-vfpv4\n\t" text : "+r"(r0) : : "r1", "cc", "memory");  \
		return r0;                                                                         \
	}

INSTRUCTION(read_midr, "mrc p15, 0, r0, c0, c0, 0")
INSTRUCTION(read_ctr, "mrc p15, 0, r0, c0, c0, 1")
INSTRUCTION(read_isar0, "mrc p15, 0, r0, c0, c2, 0")
INSTRUCTION(read_reserved, "mrc p15, 0, r0, c0, c7, 5")
INSTRUCTION(read_sctlr, "mrc p15, 0, r0, c1, c0, 0")
INSTRUCTION(write_dacr, "mcr p15, 0, r0, c3, c0, 0")
INSTRUCTION(read_dfsr, "mrc p15, 0, r0, c5, c0, 0")
INSTRUCTION(tlb_all, "mcr p15, 0, r0, c8, c7, 0")
INSTRUCTION(clean_all, "mcr p15, 0, r0, c7, c5, 0")
INSTRUCTION(cp15_isb, "mcr p15, 0, r0, c7, c5, 4")
INSTRUCTION(cp15_dsb, "mcr p15, 0, r0, c7, c10, 4")
INSTRUCTION(cp15_dmb, "mcr p15, 0, r0, c7, c10, 5")
INSTRUCTION(read_urw, "mrc p15, 0, r0, c13, c0, 2")
INSTRUCTION(write_urw, "mcr p15, 0, r0, c13, c0, 2")
INSTRUCTION(read_uro, "mrc p15, 0, r0, c13, c0, 3")
INSTRUCTION(write_uro, "mcr p15, 0, r0, c13, c0, 3")
INSTRUCTION(read_prw, "mrc p15, 0, r0, c13, c0, 4")
INSTRUCTION(write_prw, "mcr p15, 0, r0, c13, c0, 4")
INSTRUCTION(read_pmccntr, "mrc p15, 0, r0, c9, c13, 0")
INSTRUCTION(write_pmselr, "mcr p15, 0, r0, c9, c12, 5")
INSTRUCTION(write_pminten, "mcr p15, 0, r0, c9, c14, 1")
INSTRUCTION(read_cntfrq, "mrc p15, 0, r0, c14, c0, 0")
INSTRUCTION(read_cntpct, "mrrc p15, 0, r0, r1, c14")
INSTRUCTION(read_cntvct, "mrrc p15, 1, r0, r1, c14")
INSTRUCTION(read_cntp_ctl, "mrc p15, 0, r0, c14, c2, 1")
INSTRUCTION(read_cntv_ctl, "mrc p15, 0, r0, c14, c3, 1")
INSTRUCTION(read_cntv_cval, "mrrc p15, 3, r0, r1, c14")
INSTRUCTION(no_cp15, "mrc p15, 7, r0, c11, c9, 3")
INSTRUCTION(no_cp15_write, "mcr p15, 7, r0, c11, c9, 3")
INSTRUCTION(no_cp15_64, "mrrc p15, 9, r0, r1, c9")
INSTRUCTION(no_cp5, "mrc p5, 0, r0, c1, c1, 0")
INSTRUCTION(no_cp5_data, "cdp p5, 0, c0, c1, c1, 0")
INSTRUCTION(read_dbgdidr, "mrc p14, 0, r0, c0, c0, 0")

INSTRUCTION(vfp_data, "vadd.f32 s0, s0, s0")
INSTRUCTION(vfp_load, "vmov s0, r0")
INSTRUCTION(neon_data, "vadd.i32 d0, d0, d0")
INSTRUCTION(read_fpscr, "vmrs r0, fpscr")
INSTRUCTION(read_fpexc, "vmrs r0, fpexc")
INSTRUCTION(read_fpsid, "vmrs r0, fpsid")
INSTRUCTION(write_fpexc, "vmsr fpexc, r0")

INSTRUCTION(write_mode, "mov r1, r0\n\tmsr cpsr_c, #0x13\n\tmrs r0, cpsr")

enum {
	SYSTEM = 1,
	USER = 2,
	BOTH = 3,
};

static void check(code *instruction, unsigned allowed, const char *name)
{
	bool system, user;

	last.count = 0;
	instruction(0);
	system = last.count == 0 || last.vector != UNDEFINED;
	last.count = 0;
	in_user(instruction, 0);
	user = last.count == 0 || last.vector != UNDEFINED;
	last.count = 0;
	is(system | user << 1, allowed, name);
}

static void check_cp15(void)
{
	check(read_midr, SYSTEM, "MIDR");
	check(read_ctr, SYSTEM, "CTR");
	check(read_isar0, SYSTEM, "ID_ISAR0");
	check(read_reserved, SYSTEM, "reserved identification register");
	check(read_sctlr, SYSTEM, "SCTLR");
	check(write_dacr, SYSTEM, "DACR");
	check(read_dfsr, SYSTEM, "DFSR");
	check(tlb_all, SYSTEM, "TLBIALL");
	check(clean_all, SYSTEM, "ICIALLU");
	check(cp15_isb, BOTH, "CP15ISB");
	check(cp15_dsb, BOTH, "CP15DSB");
	check(cp15_dmb, BOTH, "CP15DMB");
	check(read_urw, BOTH, "TPIDRURW, read");
	check(write_urw, BOTH, "TPIDRURW, write");
	check(read_uro, BOTH, "TPIDRURO, read");
	check(write_uro, SYSTEM, "TPIDRURO, write");
	check(read_prw, SYSTEM, "TPIDRPRW, read");
	check(write_prw, SYSTEM, "TPIDRPRW, write");
	check(no_cp15, 0, "a CP15 register that doesn't exist");
	check(no_cp15_write, 0, "writing it");
	check(no_cp15_64, 0, "a 64-bit one");
	check(no_cp5, 0, "coprocessor 5");
	check(no_cp5_data, 0, "coprocessor 5, CDP");
	check(read_dbgdidr, BOTH, "DBGDIDR");
	is(read_midr(0) >> 24, 0x41, "MIDR: made by ARM");
	is(read_ctr(0) >> 29, 4, "CTR: ARMv7 format");
	is(read_reserved(0), 0, "reserved identification registers are 0");
}

static void check_thread_registers(void)
{
	write_urw(0x111);
	write_uro(0x222);
	write_prw(0x333);
	is(in_user(read_urw, 0), 0x111, "TPIDRURW seen in user mode");
	is(in_user(read_uro, 0), 0x222, "TPIDRURO seen in user mode");
	in_user(write_urw, 0x444);
	is(read_urw(0), 0x444, "TPIDRURW written in user mode");
	is(read_prw(0), 0x333, "TPIDRPRW is separate");
}

static void check_opened(void)
{
	check(read_pmccntr, SYSTEM, "PMCCNTR, PMUSERENR.EN = 0");
	CP_WRITE(c9, 0, c14, 0, 1);
	check(read_pmccntr, BOTH, "PMCCNTR, PMUSERENR.EN = 1");
	check(write_pmselr, BOTH, "PMSELR, PMUSERENR.EN = 1");
	check(write_pminten, SYSTEM, "PMINTENSET, never");
	CP_WRITE(c9, 0, c14, 0, 0);
	check(write_pmselr, SYSTEM, "PMSELR, PMUSERENR.EN = 0");

	CP_WRITE(c14, 0, c1, 0, 0);
	check(read_cntfrq, SYSTEM, "CNTFRQ, CNTKCTL = 0");
	check(read_cntpct, SYSTEM, "CNTPCT, CNTKCTL = 0");
	check(read_cntvct, SYSTEM, "CNTVCT, CNTKCTL = 0");
	check(read_cntp_ctl, SYSTEM, "CNTP_CTL, CNTKCTL = 0");
	check(read_cntv_ctl, SYSTEM, "CNTV_CTL, CNTKCTL = 0");
	CP_WRITE(c14, 0, c1, 0, 1);
	check(read_cntfrq, BOTH, "CNTFRQ, PL0PCTEN");
	check(read_cntpct, BOTH, "CNTPCT, PL0PCTEN");
	check(read_cntvct, SYSTEM, "CNTVCT, PL0PCTEN");
	CP_WRITE(c14, 0, c1, 0, 2);
	check(read_cntfrq, BOTH, "CNTFRQ, PL0VCTEN");
	check(read_cntpct, SYSTEM, "CNTPCT, PL0VCTEN");
	check(read_cntvct, BOTH, "CNTVCT, PL0VCTEN");
	CP_WRITE(c14, 0, c1, 0, 0x100);
	check(read_cntv_ctl, BOTH, "CNTV_CTL, PL0VTEN");
	check(read_cntv_cval, BOTH, "CNTV_CVAL, PL0VTEN");
	check(read_cntp_ctl, SYSTEM, "CNTP_CTL, PL0VTEN");
	CP_WRITE(c14, 0, c1, 0, 0x200);
	check(read_cntp_ctl, BOTH, "CNTP_CTL, PL0PTEN");
	check(read_cntv_cval, SYSTEM, "CNTV_CVAL, PL0PTEN");
	CP_WRITE(c14, 0, c1, 0, 0);
}

/* CPACR's fields for coprocessors 10 and 11, then FPEXC.EN. */
static void check_vfp(void)
{
	CP_WRITE(c1, 0, c0, 2, 0);
	is(CP_READ(c1, 0, c0, 2) & 0xf00000, 0, "CPACR cleared");
	check(vfp_data, 0, "VFP, CPACR = 0");
	check(read_fpexc, 0, "FPEXC, CPACR = 0");
	check(neon_data, 0, "NEON, CPACR = 0");
	CP_WRITE(c1, 0, c0, 2, 0x500000);
	check(read_fpexc, SYSTEM, "FPEXC, CPACR: privileged only");
	check(write_fpexc, SYSTEM, "FPEXC written");
	check(vfp_data, 0, "VFP, FPEXC.EN = 0");
	check(vfp_load, 0, "VMOV, FPEXC.EN = 0");
	check(neon_data, 0, "NEON, FPEXC.EN = 0");
	check(read_fpscr, 0, "FPSCR, FPEXC.EN = 0");
	check(read_fpsid, SYSTEM, "FPSID, FPEXC.EN = 0");
	write_fpexc(1u << 30);
	is(read_fpexc(0) & 1u << 30, 1u << 30, "FPEXC.EN set");
	check(vfp_data, SYSTEM, "VFP, enabled for privileged modes");
	check(vfp_load, SYSTEM, "VMOV, enabled for privileged modes");
	check(neon_data, SYSTEM, "NEON, enabled for privileged modes");
	CP_WRITE(c1, 0, c0, 2, 0xf00000);
	check(vfp_data, BOTH, "VFP, enabled");
	check(neon_data, BOTH, "NEON, enabled");
	check(read_fpscr, BOTH, "FPSCR, enabled");
	check(read_fpexc, SYSTEM, "FPEXC, enabled");
	check(read_fpsid, SYSTEM, "FPSID, enabled");
	write_fpexc(0);
	check(vfp_data, 0, "VFP, disabled again");
	write_fpexc(1u << 30);
	check(vfp_data, BOTH, "VFP, enabled again");
}

/* The handler of a lazy switch: enables VFP and tries again. */
static void enable_and_retry(struct trap *trap)
{
	(void)trap;
	write_fpexc(1u << 30);
}

static uint32_t vfp_sum(uint32_t value)
{
	__asm__ volatile(".fpu neon-vfpv4\n\t"
			 "vmov s0, %0\n\tvcvt.f32.u32 s0, s0\n\tvadd.f32 s0, s0, s0\n\t"
			 "vcvt.u32.f32 s0, s0\n\tvmov %0, s0"
			 : "+r"(value));
	return value;
}

static void check_lazy(void)
{
	write_fpexc(0);
	trap_hook[UNDEFINED] = enable_and_retry;
	last.count = 0;
	is(vfp_sum(21), 42, "VFP enabled by its trap, the instruction made again");
	is(last.count, 1, "one trap");
	write_fpexc(0);
	is(in_user(vfp_sum, 1000), 2000, "the same from user mode");
	is(last.count, 2, "another trap");
	trap_hook[UNDEFINED] = NULL;
	last.count = 0;
}

int main(void)
{
	check_cp15();
	check_thread_registers();
	check_opened();
	check_vfp();
	check_lazy();
	is(in_user(write_mode, 0) & 0x1f, MODE_USR, "MSR CPSR_c in user mode leaves the mode");
	return 0;
}

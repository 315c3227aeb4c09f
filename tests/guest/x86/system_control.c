/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Control registers, MSRs, EFLAGS, ports, debug registers, without a core.
 */
#include "fake_core.h"
#include "tap.h"

static const char *write_control(struct x86 *x, unsigned n, uint32_t value)
{
	return fake_raised(x, x86_help_write_control, n, value, 0, 0);
}

static void test_control_registers(void)
{
	struct x86 *x = fake_protected(0);
	uint32_t pe = X86_CR0_PE;
	uint64_t value;

	fake.drops = 0;
	is_string(write_control(x, 0, X86_CR0_PG), "13:0", "PG without PE");
	is_string(write_control(x, 0, pe | X86_CR0_NW), "13:0", "NW without CD");
	is_string(write_control(x, 0, pe | 0x1ffaffc0), "none", "bits that don't exist");
	is(x->cr0, pe | X86_CR0_ET, "stay 0, ET stays 1");
	is(fake.drops, 0, "no mapping changed");
	is_string(write_control(x, 0, 0), "none", "real mode");
	is_string(write_control(x, 0, pe | X86_CR0_WP), "none", "protected mode, WP");
	is(fake.drops, 0, "no rights without paging");
	is_string(write_control(x, 0, pe | X86_CR0_PG), "none", "PG, not WP");
	is(fake.drops, 1, "changes mappings");
	is_string(write_control(x, 0, pe | X86_CR0_PG | X86_CR0_WP), "none", "WP");
	is(fake.drops, 2, "changes rights");
	is_string(write_control(x, 0, pe | X86_CR0_WP), "none", "no PG");
	is(fake.drops, 3, "changes mappings");
	is_string(write_control(x, 0, pe | X86_CR0_WP | X86_CR0_TS), "none", "TS");
	ok(fake.drops == 3 && guest_x86.modes(&x->cpu) & X86_MODE_NO_FPU, "keeps the FPU off");
	fake_raises(x, x86_help_clts, 0, 0, 0, 0, NULL);
	ok(!(guest_x86.modes(&x->cpu) & X86_MODE_NO_FPU), "CLTS");
	fake_raises(x, x86_help_lmsw, X86_CR0_MP, 0, 0, 0, NULL);
	is(x->cr0, pe | X86_CR0_WP | X86_CR0_ET | X86_CR0_MP, "LMSW doesn't clear PE");
	is_string(write_control(x, 4, X86_CR4_VME), "13:0", "CR4: no VME");
	is_string(write_control(x, 4, X86_CR4_PGE | X86_CR4_PSE), "none", "CR4: PGE, PSE");
	is(fake.drops, 4, "changes how tables are read");
	is_string(write_control(x, 4, X86_CR4_PSE), "none", "PGE off");
	ok(fake.drops == 4 && fake.flushes == 1, "is a flush");
	is_string(write_control(x, 3, 0x12345fff), "none", "CR3");
	is(x->cr3, 0x12345ff8, "its bits, which don't depend on PAE");
	is(x86_root(&x->cpu, 1), 0x12345000, "walks begin at a page");
	is_string(write_control(x, 1, 0), "6:0", "CR1");
	fake_raises(x, x86_help_write_control, 2, 0x777, 0, 0, NULL);
	fake_raises(x, x86_help_read_control, 2, 0, 0, 0, &value);
	is(value, 0x777, "CR2");
	x = fake_protected(3);
	is_string(write_control(x, 0, pe), "13:0", "not for users");
	x = fake_protected(3);
	is_string(fake_raised(x, x86_help_invlpg, 0x1234, 0, 0, 0), "13:0", "nor INVLPG");
	x = fake_protected(0);
	fake_raises(x, x86_help_invlpg, 0x1234, 0, 0, 0, NULL);
	is(fake.flushed_address, 0x1234, "INVLPG");
}

static const char *msr(struct x86 *x, ir_fn *helper, uint32_t number, uint64_t value)
{
	x->r[X86_ECX] = number;
	x->r[X86_EAX] = (uint32_t)value;
	x->r[X86_EDX] = (uint32_t)(value >> 32);
	return fake_raised(x, helper, 0, 0, 0, 0);
}

static uint64_t read_msr(struct x86 *x, uint32_t number)
{
	if (strcmp(msr(x, x86_help_rdmsr, number, 0x1111), "none"))
		return 0xdead;
	return (uint64_t)x->r[X86_EDX] << 32 | x->r[X86_EAX];
}

static void test_msrs(void)
{
	struct x86 *x = fake_protected(0);

	is_string(msr(x, x86_help_rdmsr, 0x1b, 0), "13:0", "there is no APIC");
	is_string(msr(x, x86_help_wrmsr, 0x1234, 0), "13:0", "nor any other");
	fake.now_ns = 5000;
	is(read_msr(x, 0x10), 5000, "TSC: nanoseconds");
	msr(x, x86_help_wrmsr, 0x10, 0x500000064);
	fake.now_ns = 5007;
	is(read_msr(x, 0x10), 107, "TSC: written, low half");
	fake_raises(x, x86_help_rdtsc, 0, 0, 0, 0, NULL);
	is(x->r[X86_EAX], 107, "RDTSC");
	is(read_msr(x, 0xfe), 0x508, "MTRRcap");
	is_string(msr(x, x86_help_wrmsr, 0x201, 0xff0000800), "none", "an MTRR's mask");
	is(read_msr(x, 0x201), 0xff0000800, "is kept");
	is_string(msr(x, x86_help_wrmsr, 0x201, 0x100), "13:0", "but not reserved bits");
	is_string(msr(x, x86_help_wrmsr, 0x200, 2), "13:0", "nor types that don't exist");
	is_string(msr(x, x86_help_wrmsr, 0x26f, 0x0606060606060605), "none", "a fixed MTRR");
	is(read_msr(x, 0x26f), 0x0606060606060605, "is kept");
	is(read_msr(x, 0x26e), 0, "and no other");
	is(read_msr(x, 0x277), 0x0007040600070406, "PAT");
	is_string(msr(x, x86_help_wrmsr, 0x277, 2), "13:0", "PAT: types");
	is_string(msr(x, x86_help_wrmsr, 0xc0000080, 0x800), "none", "EFER.NXE");
	is_string(msr(x, x86_help_wrmsr, 0xc0000080, 0x100), "13:0", "no long mode");
	is_string(msr(x, x86_help_wrmsr, 0x175, 0x12345678), "none", "SYSENTER_ESP");
	is(x->sysenter_esp, 0x12345678, "is kept");
	is(read_msr(x, 0x8b), 0, "no microcode");
	x = fake_protected(3);
	is_string(msr(x, x86_help_rdmsr, 0x10, 0), "13:0", "RDMSR: user");
	x = fake_protected(3);
	is_string(fake_raised(x, x86_help_rdtsc, 0, 0, 0, 0), "none", "RDTSC: user");
	x->cr4 = X86_CR4_TSD;
	is_string(fake_raised(x, x86_help_rdtsc, 0, 0, 0, 0), "13:0", "unless TSD");
}

static void popf(struct x86 *x, uint32_t value, unsigned size)
{
	fake_raises(x, x86_help_popf, value, size, 0, 0, NULL);
}

static void test_eflags(void)
{
	struct x86 *x = fake_protected(0);
	uint64_t image;

	popf(x, ~0u, 4);
	is(x86_eflags(x),
	   X86_ARITHMETIC | X86_TF | X86_IF | X86_DF | X86_IOPL | X86_NT | X86_AC | X86_ID | 2,
	   "POPFD at level 0");
	popf(x, 0, 2);
	is(x86_eflags(x), X86_AC | X86_ID | 2, "POPF: the low half");
	x = fake_protected(3);
	popf(x, X86_IOPL | X86_CF, 4);
	is(x86_eflags(x), X86_CF | X86_IF | 2, "level 3: no IOPL, no IF");
	x->eflags |= X86_IOPL | X86_RF;
	popf(x, X86_SF, 4);
	is(x86_eflags(x), X86_SF | X86_IOPL | 2, "with IOPL 3: IF, too");
	fake_raises(x, x86_help_sti, 0, 0, 0, 0, NULL);
	ok(x->eflags & X86_IF && x->shadow, "STI");
	x->shadow = 0;
	fake_raises(x, x86_help_sti, 0, 0, 0, 0, NULL);
	ok(!x->shadow, "STI with IF set has no shadow");
	fake_raises(x, x86_help_cli, 0, 0, 0, 0, NULL);
	ok(!(x->eflags & X86_IF), "CLI");
	x->eflags &= ~X86_IOPL;
	is_string(fake_raised(x, x86_help_sti, 0, 0, 0, 0), "13:0", "STI without IOPL");
	x = fake_protected(0);
	x->eflags |= X86_RF;
	fake_raises(x, x86_help_pushf, 4, 0, 0, 0, &image);
	is(image, X86_IF | 2, "PUSHFD shows no RF");
	fake_raises(x, x86_help_hlt, CODE_AT + 1, 0, 0, 0, &image);
	ok(x->cpu.halted && image == CODE_AT + 1, "HLT");
	x = fake_protected(3);
	is_string(fake_raised(x, x86_help_hlt, CODE_AT + 1, 0, 0, 0), "13:0", "HLT: user");
}

static const char *in(struct x86 *x, unsigned port, unsigned bytes)
{
	return fake_raised(x, x86_help_in, port, bytes, 0, 0);
}

static void test_ports(void)
{
	struct x86 *x = fake_protected(0);
	uint64_t value;

	fake_raises(x, x86_help_in, 0x3f8, 2, 0, 0, &value);
	ok(value == 0x4321 && fake.port == 0x3f8 && fake.port_bytes == 2, "IN");
	fake_raises(x, x86_help_out, 0x60, 1, 0x1ff, 0, NULL);
	ok(fake.port == 0x60 && fake.port_written == 0xff, "OUT");
	fake.port_empty = true;
	fake_raises(x, x86_help_in, 0x999, 4, 0, 0, &value);
	is(value, 0xffffffff, "nothing there");
	x = fake_protected(3);
	is_string(in(x, 0x80, 4), "none", "the bitmap allows it");
	is_string(in(x, 0x8c, 4), "none", "to the end");
	is_string(in(x, 0x8d, 4), "13:0", "not beyond");
	is(fake.port_reads, 2, "nothing was read");
	x = fake_protected(3);
	is_string(in(x, 0x4b8, 1), "13:0", "beyond the map");
	x = fake_protected(3);
	x->eflags |= X86_IOPL;
	is_string(in(x, 0x60, 1), "none", "IOPL 3");
	x = fake_protected(3);
	fake_poke(TSS, STACK0 << 16);
	fake_poke16(TSS + 4, DATA0);
	x->tr.access = (x->tr.access & ~0xf00u) | X86_TSS16_BUSY << 8;
	is_string(in(x, 0x80, 1), "13:0", "a TSS of 16 bits has no map");
	x = fake_protected(3);
	is_string(fake_raised(x, x86_help_io_check, 0x60, 1, 0, 0), "13:0", "the check alone");
}

void test_control(void)
{
	test_control_registers();
	test_msrs();
	test_eflags();
	test_ports();
}

static void test_debug_registers(void)
{
	struct x86 *x = fake_protected(0);
	uint64_t value;

	fake_raises(x, x86_help_write_debug, 7, 0, 0, 0, NULL);
	fake_raises(x, x86_help_write_debug, 4, 0, 0, 0, NULL);
	is(x->dr[7], 0x400, "DR7's fixed bits");
	is(x->dr[6], 0xffff0ff0, "DR4 is DR6");
	x->cr4 = X86_CR4_DE;
	is_string(fake_raised(x, x86_help_read_debug, 5, 0, 0, 0), "6:0", "unless CR4.DE");
	fake_raises(x, x86_help_write_debug, 7, X86_DR7_GD, 0, 0, NULL);
	is_string(fake_raised(x, x86_help_read_debug, 0, 0, 0, 0), "1:0", "general detect");
	ok(x->dr[6] & X86_DR6_BD && !(x->dr[7] & X86_DR7_GD), "says so, and is off");
	fake_raises(x, x86_help_write_debug, 2, 0x1234, 0, 0, NULL);
	fake_raises(x, x86_help_read_debug, 2, 0, 0, 0, &value);
	is(value, 0x1234, "DR2");
	x = fake_protected(3);
	is_string(fake_raised(x, x86_help_read_debug, 0, 0, 0, 0), "13:0", "user");
}

static void test_code_breakpoints(void)
{
	struct x86 *x = fake_protected(3);

	x->dr[1] = CODE_AT;
	x->dr[3] = CODE_AT + 1;
	x->dr[7] |= 1u << 3 | 1u << 6;
	ok(guest_x86.modes(&x->cpu) & X86_MODE_BREAKS, "breakpoints");
	is_string(fake_raised(x, x86_help_break, 0, 0, 0, 0), "1:0", "one is hit");
	is(x->dr[6] & 0xf, 2, "DR1's");
	ok(!(fake_frame(x).eflags & X86_RF), "RF is the handler's to set");
	fake_poke(x->r[X86_ESP] + 8, X86_RF | 2);
	fake_raises(x, x86_help_iret, 4, 0, 0, 0, NULL);
	x->cpu.pc = CODE_AT;
	is_string(fake_raised(x, x86_help_break, 0, 0, 0, 0), "none", "RF passes it");
	is_string(fake_raised(x, x86_help_break, 0, 0, 0, 0), "1:0", "once");
}

static void test_steps(void)
{
	struct x86 *x = fake_protected(3);

	popf(x, X86_TF, 4);
	is_string(fake_raised(x, x86_help_trap, CODE_AT + 1, 0, 0, 0), "1:0", "a step");
	ok(x->dr[6] & X86_DR6_BS && fake_frame(x).eip == CODE_AT + 1, "after the instruction");
	ok(fake_frame(x).eflags & X86_TF && !(x->eflags & X86_TF), "TF is off in the handler");
	x->dr[7] |= X86_DR7_GD;
	fake_raises(x, x86_help_int, X86_DB, CODE_AT + 2, 0, 0, NULL);
	is(x->dr[7], 0x400 | X86_DR7_GD, "INT 1 leaves GD");
	fake_raises(x, x86_help_trap, CODE_AT + 1, 0, 0, 0, NULL);
	is(x->dr[7], 0x400 | X86_DR7_GD, "so does what isn't a trap");
	x->step = true;
	is_string(fake_raised(x, x86_help_trap, CODE_AT + 1, 0, 0, 0), "1:0", "a step");
	is(x->dr[7], 0x400, "turns it off");
	x = fake_protected(3);
	x->dr[7] |= 1 | 1u << 16;
	ok(guest_x86.modes(&x->cpu) & X86_MODE_TRAP, "data breakpoints are looked at, too");
	x->cpu.modes = guest_x86.modes(&x->cpu);
	popf(x, X86_TF, 4);
	is_string(fake_raised(x, x86_help_trap, CODE_AT + 1, 0, 0, 0), "none",
		  "POPF itself isn't stepped");
	is_string(fake_raised(x, x86_help_trap, CODE_AT + 2, 0, 0, 0), "1:0", "what follows is");
	x->cr4 = X86_CR4_DE;
	x->dr[0] = 0x82;
	x->dr[7] = 0x400 | 1 | 2u << 16 | 1u << 18;
	in(x, 0x80, 1);
	is_string(fake_raised(x, x86_help_trap, CODE_AT + 1, 0, 0, 0), "none", "another port");
	in(x, 0x80, 4);
	is_string(fake_raised(x, x86_help_trap, CODE_AT + 1, 0, 0, 0), "1:0", "an I/O breakpoint");
	is(x->dr[6] & 0xf, 1, "DR0's");
}

static void watched(struct x86 *x, uint32_t address, unsigned bytes, enum mem_access access)
{
	guest_x86.watched(&x->cpu, address, bytes, access);
}

static void test_data_breakpoints(void)
{
	struct x86 *x = fake_protected(0);

	fake_raises(x, x86_help_write_debug, 1, 0x5006, 0, 0, NULL);
	is(fake.watches, 0, "a disabled breakpoint isn't watched");
	fake_raises(x, x86_help_write_debug, 7, 2u << 2 | 0xdu << 20, 0, 0, NULL);
	ok(fake.watches == 1 && fake.watched_address == 0x5004 && fake.watched_bytes == 4,
	   "a data breakpoint is, aligned to its length");
	is(fake.watched_accesses, MEM_WRITE, "writes only");
	watched(x, 0x5004, 1, MEM_READ);
	is_string(fake_raised(x, x86_help_trap, CODE_AT + 1, 0, 0, 0), "none", "a read");
	watched(x, 0x5008, 4, MEM_WRITE);
	is_string(fake_raised(x, x86_help_trap, CODE_AT + 1, 0, 0, 0), "none", "a write behind it");
	watched(x, 0x5001, 4, MEM_WRITE);
	is_string(fake_raised(x, x86_help_trap, CODE_AT + 1, 0, 0, 0), "1:0", "a write into it");
	is(x->dr[6] & 0xf, 2, "DR1's");
	ok(fake_frame(x).eip == CODE_AT + 1, "after the instruction");
	fake_raises(x, x86_help_write_debug, 0, 0x5007, 0, 0, NULL);
	fake_raises(x, x86_help_write_debug, 7, 2u << 2 | 0xdu << 20 | 1 | 3u << 16, 0, 0, NULL);
	is(fake.watches, 2, "two");
	x->dr[6] = 0xffff0ff0;
	watched(x, 0x5006, 2, MEM_WRITE);
	watched(x, 0x5007, 1, MEM_READ);
	is_string(fake_raised(x, x86_help_trap, CODE_AT + 2, 0, 0, 0), "1:0", "both are hit");
	is(x->dr[6] & 0xf, 3, "and told");
	fake_raises(x, x86_help_write_debug, 7, 0, 0, 0, NULL);
	is(fake.watches, 0, "off again");
}

/* SDM 3, 6.7.1: IRET ends the blocking even if it faults. */
static void test_iret_unblocks(void)
{
	struct x86 *x = fake_protected(0);

	x->nmi_blocked = true;
	x->nmi_pending = true;
	fake_poke(x->r[X86_ESP], CODE_AT);
	fake_poke(x->r[X86_ESP] + 4, ABSENT_CODE);
	fake_poke(x->r[X86_ESP] + 8, 2);
	is_string(fake_raised(x, x86_help_iret, 4, 0, 0, 0), "11:b0", "an IRET that faults");
	ok(!x->nmi_blocked && x86_wakes(&x->cpu), "lets NMIs in");
}

static void test_fpu_rights(void)
{
	struct x86 *x = fake_protected(0);

	x->cr0 |= X86_CR0_TS;
	is_string(fake_raised(x, x86_help_no_fpu, 0, 0, 0, 0), "7:0", "x87 with TS");
	is_string(fake_raised(x, x86_help_no_fpu, 2, 0, 0, 0), "none", "WAIT with TS");
	x->cr0 |= X86_CR0_MP;
	is_string(fake_raised(x, x86_help_no_fpu, 2, 0, 0, 0), "7:0", "WAIT with TS and MP");
	x->cr0 = X86_CR0_PE | X86_CR0_EM;
	is_string(fake_raised(x, x86_help_no_fpu, 0, 0, 0, 0), "7:0", "x87 with EM");
	is_string(fake_raised(x, x86_help_no_fpu, 1, 0, 0, 0), "6:0", "MMX with EM");
	x->cr0 = X86_CR0_PE;
	is_string(fake_raised(x, x86_help_no_sse, 0, 0, 0, 0), "6:0", "SSE without OSFXSR");
	x->cr4 = X86_CR4_OSFXSR;
	is_string(fake_raised(x, x86_help_no_sse, 0, 0, 0, 0), "none", "SSE");
	x->cr0 |= X86_CR0_TS;
	is_string(fake_raised(x, x86_help_no_sse, 0, 0, 0, 0), "7:0", "SSE with TS");
}

void test_debug(void)
{
	test_debug_registers();
	test_code_breakpoints();
	test_steps();
	test_data_breakpoints();
	test_iret_unblocks();
	test_fpu_rights();
}

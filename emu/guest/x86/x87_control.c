/* SPDX-License-Identifier: BSD-2-Clause
 *
 * x87 exceptions, control instructions, reset and saved state (SDM 1, 8.1 and 8.5 to
 * 8.7).
 *
 * With CR0.NE = 0 an exception asserts FERR when a waiting instruction finds it, and
 * that waits for the interrupt, unless IGNNE is high: as the Pentium does.
 */
#include <emu/archive.h>

#include "guest/x86/x87.h"
#include "ir/fp.h"
#include "ir/x87.h"

bool x87_summarise(struct x86_fpu *f)
{
	uint32_t before = f->status & X87_ES;

	f->status &= ~(X87_ES | X87_B);
	if (f->status & ~f->control & X87_EXCEPTIONS)
		f->status |= X87_ES | X87_B;
	return before != (f->status & X87_ES);
}

void x86_fpu_keep_selectors(struct x86 *x)
{
	struct x86_fpu *f = &x->fpu;

	if (f->last & X86_FPU_LAST_KEPT)
		return;
	f->last_cs = x->segment[X86_CS].selector;
	f->last_ds = x->segment[f->last >> X86_FPU_LAST_SEGMENT & 7].selector;
	f->last |= X86_FPU_LAST_KEPT;
}

_Noreturn void x87_stop(struct x86 *x, unsigned length)
{
	x->cpu.pc += length;
	if (x->cpu.modes & X86_MODE_TRAP)
		x86_help_trap(x, x->cpu.pc, 0, 0, 0);
	cpu_raise(&x->cpu);
}

void x87_exceptions(struct x86 *x, uint32_t flags, uint32_t c1)
{
	struct x86_fpu *f = &x->fpu;

	f->status = (f->status & ~X87_C1) | flags | c1;
	if (!(flags & ~f->control & X87_EXCEPTIONS))
		return;
	f->status |= X87_ES | X87_B;
	x86_fpu_keep_selectors(x);
	x87_stop(x, f->last >> X86_FPU_LAST_LENGTH & 15);
}

#define SAME_PLACE(field)                                                                          \
	_Static_assert(offsetof(struct x86_fpu, field) == offsetof(struct x87_state, field),       \
		       "struct x86_fpu begins as struct x87_state")
SAME_PLACE(st);
SAME_PLACE(top);
SAME_PLACE(status);
SAME_PLACE(empty);

void x87_host_follows(struct x86 *x)
{
	uint32_t control = x->fpu.control;

	x->cpu.x87_control =
		(control & X87_EXCEPTIONS) == X87_EXCEPTIONS ? control : X87_CONTROL_INIT;
	fp_x87_changed(&x->cpu);
}

void x87_control_changed(struct x86 *x, unsigned length)
{
	x87_summarise(&x->fpu);
	if (!(x->fpu.status & X87_ES))
		irq_set(&x->ferr, false);
	x87_host_follows(x);
	if ((x86_fpu_modes(x) ^ x->cpu.modes) & (X86_MODE_NO_FPU | X86_MODE_X87_CALLS))
		x87_stop(x, length);
}

uint64_t x87_help_distrust(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	x->fpu.distrusted = true;
	cpu_retry(&x->cpu);
}

/* --- Before instructions, with X86_MODE_NO_FPU -------------------------------------- */

static void wait_for_exception(struct x86 *x)
{
	if (!(x->fpu.status & X87_ES))
		return;
	if (x->cr0 & X86_CR0_NE)
		x86_raise(x, X86_MF);
	irq_set(&x->ferr, true);
	if (x->ignne)
		return;
	cpu_halt(&x->cpu); /* then the instruction is tried again */
	cpu_raise(&x->cpu);
}

uint64_t x87_help_enter(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	return x86_help_no_fpu(cpu, 0, 0, 0, 0);
}

uint64_t x87_help_wait(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	x87_help_enter(cpu, a, b, c, d);
	wait_for_exception(cpu);
	return 0;
}

uint64_t x87_help_mmx(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	x86_help_no_fpu(cpu, 1, 0, 0, 0);
	wait_for_exception(cpu);
	return 0;
}

uint64_t x87_help_fwait(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	x86_help_no_fpu(cpu, 2, 0, 0, 0);
	wait_for_exception(cpu);
	return 0;
}

/* --- Control instructions ----------------------------------------------------------- */

uint64_t x87_help_fldcw(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)c, (void)d;
	x->fpu.control = ((uint32_t)a & X87_CONTROL_KEPT) | 0x40;
	x87_control_changed(x, (unsigned)b);
	return 0;
}

static void fpu_init(struct x86_fpu *f)
{
	f->control = X87_CONTROL_INIT;
	f->status = 0;
	f->top = 0;
	f->empty = 0xff;
	f->last = X86_FPU_LAST_KEPT;
	f->last_ip = f->last_data = 0;
	f->last_cs = f->last_ds = 0;
	f->distrusted = false;
}

uint64_t x87_help_fninit(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)c, (void)d;
	fpu_init(&x->fpu);
	x87_control_changed(x, (unsigned)b);
	return 0;
}

uint64_t x87_help_fnclex(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)c, (void)d;
	x->fpu.status &= X87_CONDITION | X87_ES;
	x87_control_changed(x, (unsigned)b);
	return 0;
}

/* --- MXCSR, modes ------------------------------------------------------------------- */

#define MXCSR_FLAGS 0x3fu
#define MXCSR_DAZ 0x40u
#define MXCSR_MASKS 0x1f80u
#define MXCSR_FZ 0x8000u

uint32_t x86_mxcsr_read(struct x86 *x)
{
	fp_collect(&x->cpu);
	return x->fpu.mxcsr | (x->cpu.fp_sticky & MXCSR_FLAGS);
}

void x86_mxcsr_write(struct x86 *x, uint32_t value)
{
	fp_collect(&x->cpu);
	x->cpu.fp_sticky = value & MXCSR_FLAGS;
	x->cpu.fp_rounding = value >> 13 & 3;
	x->fpu.mxcsr = value & 0xffff & ~MXCSR_FLAGS;
}

uint32_t x86_fpu_modes(const struct x86 *x)
{
	const struct x86_fpu *f = &x->fpu;
	uint32_t modes = 0;

	if (x->cr0 & (X86_CR0_EM | X86_CR0_TS) || f->status & X87_ES)
		modes |= X86_MODE_NO_FPU;
	if ((f->control & X87_EXCEPTIONS) != X87_EXCEPTIONS || f->distrusted)
		modes |= X86_MODE_X87_CALLS;
	if (x->cr0 & (X86_CR0_EM | X86_CR0_TS) || !(x->cr4 & X86_CR4_OSFXSR))
		modes |= X86_MODE_NO_SSE;
	if ((f->mxcsr & (MXCSR_MASKS | MXCSR_DAZ | MXCSR_FZ)) != MXCSR_MASKS)
		modes |= X86_MODE_SSE_SLOW;
	return modes;
}

/* --- Reset and saved state ---------------------------------------------------------- */

void x86_fpu_reset(struct x86 *x)
{
	for (unsigned i = 0; i < 8; i++) {
		x->fpu.st[i] = (union x86_vector_register){ { 0 } };
		x->xmm[i] = (union x86_vector_register){ { 0 } };
	}
	fpu_init(&x->fpu);
	x->fpu.control = 0x40;
	x->fpu.empty = 0; /* tags say valid */
	x87_host_follows(x);
	x->cpu.fp_denormal = FP_DENORMAL;
	x86_mxcsr_write(x, MXCSR_MASKS);
}

/* Values as the architecture has them; what is kept of them otherwise follows. */
void x86_fpu_state(struct x86 *x, struct archive *a)
{
	struct x86_fpu *f = &x->fpu;
	uint32_t mxcsr = x86_mxcsr_read(x), selectors;

	x86_fpu_keep_selectors(x);
	selectors = f->last_cs | (uint32_t)f->last_ds << 16;
	archive_bytes(a, "st", f->st, sizeof f->st);
	archive_bytes(a, "xmm", x->xmm, sizeof x->xmm);
	archive_u32(a, "fpu_top", &f->top);
	archive_u32(a, "fpu_status", &f->status);
	archive_u32(a, "fpu_control", &f->control);
	archive_u32(a, "fpu_empty", &f->empty);
	archive_u32(a, "fpu_last_ip", &f->last_ip);
	archive_u32(a, "fpu_last_data", &f->last_data);
	archive_u32(a, "fpu_last", &f->last);
	archive_u32(a, "fpu_selectors", &selectors);
	archive_u32(a, "mxcsr", &mxcsr);
	archive_require(a, f->top < 8 && f->empty < 256 && f->last & X86_FPU_LAST_KEPT);
	if (!archive_loading(a))
		return;
	f->last_cs = (uint16_t)selectors;
	f->last_ds = (uint16_t)(selectors >> 16);
	f->top &= 7;
	f->empty &= 0xff;
	f->control = (f->control & X87_CONTROL_KEPT) | 0x40;
	f->status &= ~(7u << 11);
	f->distrusted = false;
	x87_summarise(f);
	x87_host_follows(x);
	x->cpu.fp_denormal = FP_DENORMAL;
	x86_mxcsr_write(x, mxcsr);
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The system part of the x86 guest: what translated code calls, and what the core does.
 * All ir_fn here are called at sites (CALL_SITE), with cpu.pc the instruction's linear
 * address, and raise exceptions of their own; those that say "goes on" return the linear
 * pc to go on at through the run loop (exit_run), with all state changed.
 */
#ifndef EMU_GUEST_X86_SYSTEM_H
#define EMU_GUEST_X86_SYSTEM_H

#include "guest/x86/flags.h"
#include "guest/x86/state.h"

/* segment.c: limits and rights of data accesses.  a: segment register, b: offset, c: bytes,
 * d: 1 if written.  Returns if the access is allowed, else #GP(0) or #SS(0). */
ir_fn x86_help_segment;

/* segment_load.c: MOV, POP, LxS.  a: segment register but CS, b: selector.  Yields 1 if the
 * modes have changed. */
ir_fn x86_help_load_segment;

/* far.c: go on.  Sizes are 2 or 4.  a: selector, b: offset, c: size, d: EIP to return to */
ir_fn x86_help_far_jump, x86_help_far_call;
/* a: size, b: bytes to release; a: size, b: EIP after it (where a task goes on later) */
ir_fn x86_help_far_return, x86_help_iret;
/* interrupt.c.  a: vector, b: EIP to return to, c: 0 INT n, 1 INT3, INTO, INT1; go on. */
ir_fn x86_help_int;
/* a: EIP to return to: go on */
ir_fn x86_help_sysenter, x86_help_sysexit;

/* descriptors.c.  a: selector; the result in flags: ZF is written to the slots (PLAIN).
 * LAR and LSL yield the value, c: the register's old one; LLDT, LTR: a: selector. */
ir_fn x86_help_lar, x86_help_lsl, x86_help_verr, x86_help_verw, x86_help_lldt, x86_help_ltr;
/* a: destination's selector, b: source's; yields the new one, ZF as above. */
ir_fn x86_help_arpl;
/* a: linear address of the 6 bytes, b: size */
ir_fn x86_help_lgdt, x86_help_lidt;
/* Yield 48 bits, limit << 0 | base << 16; a selector. */
ir_fn x86_help_sgdt, x86_help_sidt, x86_help_sldt, x86_help_str;

/* control.c.  a: number, b: value; the block ends with exit_run after writes.  RDMSR, RDTSC
 * and RDPMC set EDX:EAX and yield both, WRMSR and CPUID take what they need from registers.
 * SMSW yields CR0. */
ir_fn x86_help_read_control, x86_help_write_control, x86_help_read_debug, x86_help_write_debug;
ir_fn x86_help_clts, x86_help_lmsw, x86_help_smsw, x86_help_invlpg /* a: linear address */;
ir_fn x86_help_rdmsr, x86_help_wrmsr, x86_help_cpuid, x86_help_rdtsc, x86_help_rdpmc;
ir_fn x86_help_privileged /* #GP(0) unless CPL is 0 */, x86_help_hlt /* a: EIP to go on at */;

/* a: EFLAGS value, b: size; POPF's rules. PUSHF: yields the image, a: size. */
ir_fn x86_help_popf, x86_help_pushf; /* POPF yields 1 if the modes may have changed */
ir_fn x86_help_v86_iopl;             /* #GP(0) in virtual-8086 mode unless IOPL is 3 */
ir_fn x86_help_cli, x86_help_sti;    /* STI also sets `shadow` if IF was 0 */

/* io.c.  a: port, b: bytes, c: value.  Permission by IOPL and the TSS. */
ir_fn x86_help_in, x86_help_out, x86_help_io_check;

/* Raise what CR0 and CR4 say, if anything.  x86_help_no_fpu: a: 0 x87, FXSAVE, FXRSTOR;
 * 1 MMX; 2 WAIT. */
ir_fn x86_help_no_fpu, x86_help_no_sse;
/* debug.c.  With X86_MODE_BREAKS before every instruction. After an instruction with
 * X86_MODE_TRAP: a: linear pc to return to; raises #DB, or returns if it was data
 * breakpoints that were to be looked at and none was hit. */
ir_fn x86_help_break, x86_help_trap;

/* Raises: a: vector, b: error code. */
ir_fn x86_help_raise;

/* mmu.c, of struct guest. */
bool x86_walk(struct cpu *cpu, gva address, unsigned space, enum mem_access access, bool quiet,
	      struct mem_walk *walk);
gpa x86_root(const struct cpu *cpu, unsigned n);
_Noreturn void x86_abort(struct cpu *cpu, gva address, unsigned space, enum mem_access access,
			 const struct mem_walk *walk);

/* debug.c, of struct guest. */
void x86_watched(struct cpu *cpu, gva address, unsigned bytes, enum mem_access access);

/* interrupt.c, of struct guest. */
bool x86_interrupt(struct cpu *cpu);
void x86_deliver_postponed(struct cpu *cpu); /* exception.c */
bool x86_wakes(const struct cpu *cpu);
void x86_input(void *cpu, unsigned input, bool level);

/* modes.c */
uint32_t x86_modes(const struct cpu *cpu);
unsigned x86_fetch_space(uint32_t modes);
/* Sets a segment register's hidden part and what follows from it (spans; for CS the
 * number; a full table of numbers empties the code cache). */
void x86_set_segment(struct x86 *x, unsigned segment, uint16_t selector, uint32_t base,
		     uint32_t limit, uint32_t access);

/* gdb.c */
#define X86_GDB_REGISTERS 41
extern const struct guest_register x86_gdb_registers[X86_GDB_REGISTERS];
void x86_read_register(struct cpu *cpu, unsigned number, void *value);
void x86_write_register(struct cpu *cpu, unsigned number, const void *value);
void x86_dump(struct cpu *cpu, void (*line)(const char *text));

/* translate.c, disasm.c, of struct guest. */
void x86_translate(struct cpu *cpu, struct ir_block *b, struct fetch *f);
unsigned x86_disassemble(gva pc, const uint8_t *bytes, size_t count, char *text, size_t room);

/* x87_control.c: reset of x87, MMX and SSE; saved state; what mode flags follow from
 * x87 status and MXCSR; the selectors of the last x87 instruction, before CS or a data
 * segment changes; MXCSR. */
void x86_fpu_reset(struct x86 *x);
void x86_fpu_state(struct x86 *x, struct archive *a);
uint32_t x86_fpu_modes(const struct x86 *x);
void x86_fpu_keep_selectors(struct x86 *x);
uint32_t x86_mxcsr_read(struct x86 *x);
void x86_mxcsr_write(struct x86 *x, uint32_t value);

#endif

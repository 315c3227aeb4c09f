/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For assembly: offsets in struct registers of ktest.h, and the moves between
 * it and the processor.
 */
#ifndef KTEST_REGISTERS_H
#define KTEST_REGISTERS_H

#define REG_RAX 0
#define REG_RBX 8
#define REG_RCX 16
#define REG_RDX 24
#define REG_RSI 32
#define REG_RDI 40
#define REG_RBP 48
#define REG_R8 56
#define REG_R9 64
#define REG_R10 72
#define REG_R11 80
#define REG_R12 88
#define REG_R13 96
#define REG_R14 104
#define REG_R15 112
#define REG_RSP 120
#define REG_RFLAGS 128

#ifdef __ASSEMBLER__
/* All but RSP and RFLAGS; `base` is RDI, which is loaded last. */
.macro LOAD_REGISTERS base
	mov	REG_RAX(\base), %rax
	mov	REG_RBX(\base), %rbx
	mov	REG_RCX(\base), %rcx
	mov	REG_RDX(\base), %rdx
	mov	REG_RSI(\base), %rsi
	mov	REG_RBP(\base), %rbp
	mov	REG_R8(\base), %r8
	mov	REG_R9(\base), %r9
	mov	REG_R10(\base), %r10
	mov	REG_R11(\base), %r11
	mov	REG_R12(\base), %r12
	mov	REG_R13(\base), %r13
	mov	REG_R14(\base), %r14
	mov	REG_R15(\base), %r15
	mov	REG_RDI(\base), %rdi
.endm

/* All but RAX, which the caller has stored: it is `base` by now. */
.macro STORE_REGISTERS base
	mov	%rbx, REG_RBX(\base)
	mov	%rcx, REG_RCX(\base)
	mov	%rdx, REG_RDX(\base)
	mov	%rsi, REG_RSI(\base)
	mov	%rdi, REG_RDI(\base)
	mov	%rbp, REG_RBP(\base)
	mov	%r8, REG_R8(\base)
	mov	%r9, REG_R9(\base)
	mov	%r10, REG_R10(\base)
	mov	%r11, REG_R11(\base)
	mov	%r12, REG_R12(\base)
	mov	%r13, REG_R13(\base)
	mov	%r14, REG_R14(\base)
	mov	%r15, REG_R15(\base)
.endm
#endif

#endif

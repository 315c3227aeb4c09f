/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Start, vectors and mode changes of the bare-metal test programs (bare.h).
 */
	.syntax unified
	.arch_extension virt
	.arm

	.section .text.start, "ax"
	.globl _start
_start:
	cpsid	aif, #0x11
	ldr	sp, =stacks + 0x4000
	cps	#0x12
	ldr	sp, =stacks + 0x8000
	cps	#0x13
	ldr	sp, =stacks + 0xc000
	cps	#0x17
	ldr	sp, =stacks + 0x10000
	cps	#0x1b
	ldr	sp, =stacks + 0x14000
	cps	#0x1f
	ldr	sp, =stacks + 0x18000
	ldr	r0, =vectors
	mcr	p15, 0, r0, c12, c0, 0
	isb
	ldr	r0, =bss_start
	ldr	r1, =bss_end
	mov	r2, #0
1:	cmp	r0, r1
	strlo	r2, [r0], #4
	blo	1b
	bl	start_program
	.globl	power_off
power_off:
	/* Turn the machine off: PSCI's SYSTEM_OFF. */
	cps	#0x13
	ldr	r0, =0x84000008
	hvc	#0
2:	wfi
	b	2b
	.ltorg

	.text
	.balign	32
	.globl	vectors
vectors:
	b	vector_reset
	b	vector_undefined
	b	vector_svc
	b	vector_prefetch
	b	vector_data
	b	vector_reserved
	b	vector_irq
	b	vector_fiq

	/* r0-r12, user sp and lr, return address, spsr, vector: struct trap. */
	.macro	vector name, number
vector_\name:
	sub	sp, sp, #72
	stmia	sp, {r0-r12}
	mov	r1, #\number
	b	vector_common
	.endm

	vector	reset, 0
	vector	undefined, 1
	vector	svc, 2
	vector	prefetch, 3
	vector	data, 4
	vector	reserved, 5
	vector	irq, 6
	vector	fiq, 7

vector_common:
	add	r0, sp, #52
	stmia	r0, {sp, lr}^
	str	lr, [sp, #60]
	mrs	r2, spsr
	str	r2, [sp, #64]
	str	r1, [sp, #68]
	mov	r0, sp
	mrs	r1, cpsr
	bl	trap_enter
	add	r0, sp, #52
	ldmia	r0, {sp, lr}^
	nop
	ldr	lr, [sp, #60]
	ldr	r0, [sp, #64]
	msr	spsr_cxsf, r0
	ldmia	sp, {r0-r12}
	add	sp, sp, #72
	movs	pc, lr

	/* uint32_t in_user(uint32_t (*function)(uint32_t), uint32_t argument) */
	.globl	in_user
in_user:
	push	{r4, lr}
	mov	r2, r0
	mov	r0, r1
	cps	#0x10
	blx	r2
	svc	#1	/* trap_default goes on in system mode */
	pop	{r4, pc}

	.bss
	.balign	8
stacks:
	.space	0x18000

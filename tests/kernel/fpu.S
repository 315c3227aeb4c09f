/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The floating-point and vector registers for fpu.c: everything at once by the
 * FXSAVE image, the upper halves of the AVX registers, and two ways to fault.
 */
	.text

	.globl fpu_load, fpu_save
fpu_load:				/* (const void *image), 16-byte aligned */
	fxrstor64 (%rdi)
	ret

fpu_save:				/* (void *image) */
	fxsave64 (%rdi)
	ret

	.globl avx_load, avx_save
avx_load:				/* (const void *), 16 x 32 bytes */
	vmovdqu	0(%rdi), %ymm0
	vmovdqu	32(%rdi), %ymm1
	vmovdqu	224(%rdi), %ymm7
	vmovdqu	256(%rdi), %ymm8
	vmovdqu	480(%rdi), %ymm15
	ret

avx_save:
	vmovdqu	%ymm0, 0(%rdi)
	vmovdqu	%ymm1, 32(%rdi)
	vmovdqu	%ymm7, 224(%rdi)
	vmovdqu	%ymm8, 256(%rdi)
	vmovdqu	%ymm15, 480(%rdi)
	ret

/* Raises #XM at fpu_simd_divide_at, #MF at fpu_x87_divide_at. */
	.globl fpu_simd_divide, fpu_simd_divide_at
fpu_simd_divide:
	ldmxcsr	fpu_mxcsr_unmasked
	pxor	%xmm0, %xmm0
	movss	fpu_one, %xmm1
fpu_simd_divide_at:
	divss	%xmm0, %xmm1
	ret

	.globl fpu_x87_divide, fpu_x87_divide_at
fpu_x87_divide:
	fninit
	fldcw	fpu_control_unmasked
	fld1
	fldz
	fdivrp
fpu_x87_divide_at:
	fwait
	ret

	.section .rodata
	.balign 4
fpu_one:
	.float	1.0
fpu_mxcsr_unmasked:
	.long	0x1d80
fpu_control_unmasked:
	.word	0x37b

	.section .note.GNU-stack, "", @progbits

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The architecture exception message of the amd64 binding (label
 * L4_LABEL_EXCEPTION, L4_EXC_COUNT untyped words): message register numbers.
 * A reply of the same form loads RIP, RSP, RFLAGS and the general registers.
 */
#ifndef L4_X86_64_EXCEPTION_H
#define L4_X86_64_EXCEPTION_H

enum l4_exception_mr {
	L4_EXC_RIP = 1,
	L4_EXC_RBX,
	L4_EXC_R10,
	L4_EXC_R12,
	L4_EXC_R13,
	L4_EXC_R14,
	L4_EXC_R15,
	L4_EXC_RAX,
	L4_EXC_RCX,
	L4_EXC_RDX,
	L4_EXC_RSI,
	L4_EXC_RDI,
	L4_EXC_RBP,
	L4_EXC_R8,
	L4_EXC_R9,
	L4_EXC_R11,
	L4_EXC_RSP,
	L4_EXC_RFLAGS,
	L4_EXC_NUMBER,     /* vector; not written back */
	L4_EXC_ERROR_CODE, /* not written back */
	L4_EXC_COUNT = L4_EXC_ERROR_CODE,
};

#endif

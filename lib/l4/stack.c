/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first thread's stack.  A program that wants another size defines both
 * symbols itself; the linker then leaves this file out.
 */
#include <l4/thread.h>

char l4_stack[16 * 1024] __attribute__((aligned(4096)));
const size_t l4_stack_size = sizeof(l4_stack);

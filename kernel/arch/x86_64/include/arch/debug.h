/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel debugger asks the architecture for.
 */
#ifndef ARCH_DEBUG_H
#define ARCH_DEBUG_H

#include <arch/context.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True if the kernel can read `size` bytes of its own memory there without a fault;
 * false for device registers and for user addresses. */
bool arch_is_mapped(const void *address, size_t size);

/* The exception that a thread raised last. */
static inline uint64_t arch_exception_number(const struct arch_thread *a)
{
	return a->frame.vector;
}

static inline uint64_t arch_exception_error(const struct arch_thread *a)
{
	return a->frame.error;
}

#endif

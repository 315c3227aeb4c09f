/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * I/O ports, for programs that were given them: an access without permission
 * is an I/O fault, which goes to the pager.
 */
#ifndef L4_X86_64_PORT_H
#define L4_X86_64_PORT_H

#include <stdint.h>

static inline uint8_t port_in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void port_out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void port_out16(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

#endif

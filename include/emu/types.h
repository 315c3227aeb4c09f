/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Address kinds.  A guest virtual address is what a guest instruction computes, a
 * guest physical address is what appears on the machine's bus, a host address is a
 * pointer of this program.  They never mix without a named conversion.
 */
#ifndef EMU_TYPES_H
#define EMU_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t gva; /* guest virtual */
typedef uint64_t gpa; /* guest physical; SPARC has 36 bits, x86 with PAE too */
typedef uint8_t *hva; /* host virtual */

#define PAGE_SHIFT 12
#define PAGE_BYTES (1u << PAGE_SHIFT)
#define PAGE_MASK (PAGE_BYTES - 1)

/* Rounded up. */
static inline uint64_t whole_pages(uint64_t bytes)
{
	return (bytes + PAGE_MASK) & ~(uint64_t)PAGE_MASK;
}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define NS_PER_SECOND 1000000000ull

#endif

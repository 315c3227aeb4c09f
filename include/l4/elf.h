/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads static ELF64 executables (System V ABI, chapters 4 and 5) from bytes
 * that nobody vouches for: after elf_open() succeeded, every segment lies
 * inside the image and inside the given address range, and no two segments
 * share a page.  Section headers are not looked at.  Makes no system calls.
 */
#ifndef L4_ELF_H
#define L4_ELF_H

#include <stddef.h>
#include <stdint.h>

#define ELF_MACHINE_X86_64 62
#define ELF_MAX_SEGMENTS 8

struct elf_segment {
	uint64_t offset;    /* in the image */
	uint64_t file_size; /* bytes to load; zeros follow */
	uint64_t address;
	uint64_t memory_size; /* not 0, not below file_size */
	unsigned rights;      /* enum l4_rights */
};

struct elf_image {
	uint64_t entry;
	unsigned segment_count;                       /* at least 1 */
	struct elf_segment segment[ELF_MAX_SEGMENTS]; /* by ascending address */
};

enum elf_status {
	ELF_OK = 0,
	ELF_NOT_ELF = -1,
	ELF_WRONG_KIND = -2, /* not a static 64-bit little-endian executable */
	ELF_WRONG_MACHINE = -3,
	ELF_TRUNCATED = -4,    /* something lies outside the image */
	ELF_BAD_SEGMENT = -5,  /* sizes or addresses that make no sense */
	ELF_OUT_OF_RANGE = -6, /* outside the addresses allowed */
	ELF_OVERLAP = -7,      /* segments share a page or descend */
	ELF_TOO_MANY = -8,     /* segments */
	ELF_BAD_ENTRY = -9,    /* not in an executable segment */
};

/* Checks the image and fills *elf.  Segments must lie in low..high-1, both
 * multiples of the page size. */
enum elf_status elf_open(struct elf_image *elf, const void *image, size_t size, unsigned machine,
			 uint64_t low, uint64_t high);

/* A status in words, for a message. */
const char *elf_describe(enum elf_status status);

#endif

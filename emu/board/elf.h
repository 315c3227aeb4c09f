/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ELF executables for 32-bit guests (System V ABI, chapters 4 and 5), as far as loading
 * needs: every segment of type PT_LOAD by its physical address.
 */
#ifndef EMU_BOARD_ELF_H
#define EMU_BOARD_ELF_H

#include <emu/bus.h>
#include <emu/machine.h>

/* e_machine */
enum { ELF_386 = 3, ELF_PPC = 20, ELF_ARM = 40, ELF_SPARC = 2, ELF_AARCH64 = 183 };

struct elf {
	struct blob file;
	bool big;
	gpa entry;     /* physical */
	gpa low, high; /* what the segments cover, high excluded */
};

#define ELF_SEGMENTS_MAX 64

struct elf_segment {
	uint32_t type, offset, virtual, physical, file_bytes, memory_bytes;
};

bool elf_is(struct blob file);

/* Checks the file, for a machine of the given byte order.  False and a sentence that
 * begins with "the kernel" otherwise. */
bool elf_open(struct elf *elf, struct blob file, unsigned machine, bool big, char *error,
	      size_t error_bytes);

/* The next segment that takes memory; `n`, 0 at first, is where to look for the one after
 * it.  False if there is none. */
bool elf_next(const struct elf *elf, unsigned *n, struct elf_segment *segment);

/* Copies the segments to memory.  False if one isn't in RAM or ROM. */
bool elf_load(const struct elf *elf, struct bus *bus);

#endif

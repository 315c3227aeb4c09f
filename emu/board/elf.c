/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ELF executables: System V ABI, Object Files.  32-bit, either byte order; no
 * relocation, no dynamic linking.  The file is not trusted: every field is checked
 * before use, and checked again nowhere because it doesn't change.
 */
#include "elf.h"

#include <stdio.h>
#include <string.h>

#define ELF_IDENT_BYTES 16
#define ELF_HEADER_BYTES 52
#define ELF_SEGMENT_BYTES 32
#define ELF_CLASS_32 1
#define ELF_LITTLE 1
#define ELF_BIG 2
#define ELF_EXECUTABLE 2
#define ELF_LOAD 1

static uint32_t elf_field(const struct elf *e, size_t offset, unsigned size)
{
	const uint8_t *p = e->file.bytes + offset;
	uint32_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value |= (uint32_t)p[i] << 8 * (e->big ? size - 1 - i : i);
	return value;
}

static unsigned elf_segments(const struct elf *e)
{
	return elf_field(e, 44, 2);
}

static struct elf_segment elf_segment(const struct elf *e, unsigned n)
{
	size_t at = elf_field(e, 28, 4) + (size_t)n * ELF_SEGMENT_BYTES;

	return (struct elf_segment){
		.type = elf_field(e, at, 4),
		.offset = elf_field(e, at + 4, 4),
		.virtual = elf_field(e, at + 8, 4),
		.physical = elf_field(e, at + 12, 4),
		.file_bytes = elf_field(e, at + 16, 4),
		.memory_bytes = elf_field(e, at + 20, 4),
	};
}

bool elf_next(const struct elf *e, unsigned *n, struct elf_segment *segment)
{
	while (*n < elf_segments(e)) {
		*segment = elf_segment(e, (*n)++);
		if (segment->type == ELF_LOAD && segment->memory_bytes)
			return true;
	}
	return false;
}

bool elf_is(struct blob file)
{
	return file.count >= 4 && !memcmp(file.bytes, "\177ELF", 4);
}

/* The part of the header that says whether the rest can be read.  Returns what is
 * wrong, or NULL. */
static const char *elf_check_header(const struct elf *e, unsigned machine, bool big)
{
	uint32_t table = 0;

	if (e->file.count < ELF_HEADER_BYTES)
		return "is cut short";
	if (elf_field(e, 18, 2) == ELF_AARCH64)
		return "is for AArch64";
	if (e->file.bytes[4] != ELF_CLASS_32)
		return "is a 64-bit program";
	if (elf_field(e, 18, 2) != machine)
		return "is for another kind of CPU";
	if (e->big != big)
		return big ? "is little-endian" : "is big-endian";
	if (elf_field(e, 16, 2) != ELF_EXECUTABLE)
		return "is an ELF file but not an executable";
	table = elf_field(e, 28, 4);
	if (elf_field(e, 42, 2) != ELF_SEGMENT_BYTES || elf_segments(e) > ELF_SEGMENTS_MAX)
		return "has an ELF header that makes no sense";
	if (table > e->file.count ||
	    elf_segments(e) * (size_t)ELF_SEGMENT_BYTES > e->file.count - table)
		return "is cut short";
	return NULL;
}

/* Notes a segment's place and, if the entry is in it, the entry's physical address. */
static const char *elf_check_segment(struct elf *e, const struct elf_segment *s)
{
	uint32_t entry = elf_field(e, 24, 4);
	gpa end = (gpa)s->physical + s->memory_bytes;

	if (s->file_bytes > s->memory_bytes)
		return "has a segment that is larger in the file than in memory";
	if (s->offset > e->file.count || s->file_bytes > e->file.count - s->offset)
		return "is cut short";
	if (s->physical < e->low)
		e->low = s->physical;
	if (end > e->high)
		e->high = end;
	if (entry >= s->virtual && entry - s->virtual < s->memory_bytes)
		e->entry = s->physical + (entry - s->virtual);
	return NULL;
}

bool elf_open(struct elf *e, struct blob file, unsigned machine, bool big, char *error,
	      size_t error_bytes)
{
	struct elf_segment s;
	const char *wrong;

	*e = (struct elf){ .file = file, .low = UINT64_MAX };
	e->big = file.count > 5 && file.bytes[5] == ELF_BIG;
	wrong = elf_check_header(e, machine, big);
	if (!wrong)
		e->entry = elf_field(e, 24, 4);
	for (unsigned n = 0; !wrong && elf_next(e, &n, &s);)
		wrong = elf_check_segment(e, &s);
	if (!wrong && !e->high)
		wrong = "has nothing to load";
	if (wrong)
		snprintf(error, error_bytes, "the kernel %s", wrong);
	return !wrong;
}

static bool elf_load_zeros(struct bus *bus, gpa to, uint64_t count)
{
	static const uint8_t zeros[4096];

	while (count) {
		uint64_t part = count < sizeof zeros ? count : sizeof zeros;

		if (!bus_load(bus, to, zeros, part))
			return false;
		to += part;
		count -= part;
	}
	return true;
}

bool elf_load(const struct elf *e, struct bus *bus)
{
	struct elf_segment s;

	for (unsigned n = 0; elf_next(e, &n, &s);) {
		if (s.file_bytes &&
		    !bus_load(bus, s.physical, e->file.bytes + s.offset, s.file_bytes))
			return false;
		if (!elf_load_zeros(bus, (gpa)s.physical + s.file_bytes,
				    s.memory_bytes - s.file_bytes))
			return false;
	}
	return true;
}

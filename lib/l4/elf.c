/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads ELF64 executables, see <l4/elf.h>.  Headers are copied out of the image
 * before use, as nothing says that they are aligned.
 */
#include <l4/elf.h>

#include <l4/types.h>
#include <string.h>

#define ELF_CLASS_64 2
#define ELF_LITTLE_ENDIAN 1
#define ELF_VERSION 1
#define ELF_TYPE_EXECUTABLE 2
#define ELF_SEGMENT_LOAD 1
#define ELF_SEGMENT_DYNAMIC 2
#define ELF_SEGMENT_INTERPRETER 3

#define ELF_X 1
#define ELF_W 2
#define ELF_R 4
_Static_assert(ELF_X == L4_RIGHT_X && ELF_W == L4_RIGHT_W && ELF_R == L4_RIGHT_R,
	       "segment flags are used as access rights");

struct elf_header {
	unsigned char magic[4], class, data, ident_version, ident_rest[9];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, program_headers, section_headers;
	uint32_t flags;
	uint16_t header_size, program_header_size, program_header_count;
	uint16_t section_header_size, section_header_count, section_names;
};

struct elf_program_header {
	uint32_t type, flags;
	uint64_t offset, virtual, physical, file_size, memory_size, align;
};

_Static_assert(sizeof(struct elf_header) == 64, "ELF layout");
_Static_assert(sizeof(struct elf_program_header) == 56, "ELF layout");

static enum elf_status elf_check_header(const struct elf_header *h, unsigned machine)
{
	if (memcmp(h->magic, "\177ELF", 4) != 0)
		return ELF_NOT_ELF;
	if (h->class != ELF_CLASS_64 || h->data != ELF_LITTLE_ENDIAN ||
	    h->ident_version != ELF_VERSION || h->version != ELF_VERSION ||
	    h->type != ELF_TYPE_EXECUTABLE ||
	    h->program_header_size != sizeof(struct elf_program_header))
		return ELF_WRONG_KIND;
	return h->machine == machine ? ELF_OK : ELF_WRONG_MACHINE;
}

static enum elf_status elf_check_segment(const struct elf_program_header *p, size_t size,
					 uint64_t low, uint64_t high)
{
	if (p->file_size > size || p->offset > size - p->file_size)
		return ELF_TRUNCATED;
	if (p->file_size > p->memory_size || p->memory_size > UINT64_MAX - p->virtual)
		return ELF_BAD_SEGMENT;
	if (p->virtual < low || p->virtual + p->memory_size > high)
		return ELF_OUT_OF_RANGE;
	return ELF_OK;
}

static uint64_t elf_last_page(const struct elf_segment *s)
{
	return (s->address + s->memory_size - 1) / L4_PAGE_SIZE;
}

/* Appends a segment, whose addresses have been checked. */
static enum elf_status elf_add_segment(struct elf_image *elf, const struct elf_program_header *p)
{
	unsigned n = elf->segment_count;

	if (n == ELF_MAX_SEGMENTS)
		return ELF_TOO_MANY;
	if (n > 0 && p->virtual / L4_PAGE_SIZE <= elf_last_page(&elf->segment[n - 1]))
		return ELF_OVERLAP;
	elf->segment[elf->segment_count++] = (struct elf_segment){
		.offset = p->offset,
		.file_size = p->file_size,
		.address = p->virtual,
		.memory_size = p->memory_size,
		.rights = p->flags & L4_RIGHTS_ALL,
	};
	return ELF_OK;
}

static enum elf_status elf_check_entry(const struct elf_image *elf)
{
	for (unsigned i = 0; i < elf->segment_count; i++) {
		const struct elf_segment *s = &elf->segment[i];

		if (elf->entry >= s->address && elf->entry - s->address < s->memory_size)
			return s->rights & L4_RIGHT_X ? ELF_OK : ELF_BAD_ENTRY;
	}
	return ELF_BAD_ENTRY;
}

enum elf_status elf_open(struct elf_image *elf, const void *image, size_t size, unsigned machine,
			 uint64_t low, uint64_t high)
{
	const char *bytes = image;
	struct elf_program_header p;
	struct elf_header h;
	enum elf_status status;

	if (size < sizeof(h))
		return ELF_NOT_ELF;
	memcpy(&h, bytes, sizeof(h));
	status = elf_check_header(&h, machine);
	if (status != ELF_OK)
		return status;
	if (h.program_headers > size ||
	    (size - h.program_headers) / sizeof(p) < h.program_header_count)
		return ELF_TRUNCATED;
	*elf = (struct elf_image){ .entry = h.entry };
	for (unsigned i = 0; i < h.program_header_count; i++) {
		memcpy(&p, bytes + h.program_headers + i * sizeof(p), sizeof(p));
		if (p.type == ELF_SEGMENT_DYNAMIC || p.type == ELF_SEGMENT_INTERPRETER)
			return ELF_WRONG_KIND;
		if (p.type != ELF_SEGMENT_LOAD || p.memory_size == 0)
			continue;
		status = elf_check_segment(&p, size, low, high);
		if (status == ELF_OK)
			status = elf_add_segment(elf, &p);
		if (status != ELF_OK)
			return status;
	}
	return elf_check_entry(elf);
}

const char *elf_describe(enum elf_status status)
{
	switch (status) {
	case ELF_OK:
		return "is fine";
	case ELF_NOT_ELF:
		return "is not an ELF file";
	case ELF_WRONG_KIND:
		return "is not a static 64-bit executable";
	case ELF_WRONG_MACHINE:
		return "is for another processor";
	case ELF_TRUNCATED:
		return "is cut short";
	case ELF_BAD_SEGMENT:
		return "has a segment with impossible sizes";
	case ELF_OUT_OF_RANGE:
		return "has a segment at an address that is not allowed";
	case ELF_OVERLAP:
		return "has segments that share a page or are not in order";
	case ELF_TOO_MANY:
		return "has too many segments";
	case ELF_BAD_ENTRY:
		return "starts outside its code";
	}
	return "has an unknown error";
}

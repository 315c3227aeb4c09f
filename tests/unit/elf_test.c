/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lib/l4/elf.c: a good file, every single thing that can be wrong with one, and
 * random damage, which must never lead outside the image.
 */
#include "tap.h"

#include <l4/elf.h>
#include <l4/types.h>
#include <stdlib.h>

#define LOW 0x1000ull
#define HIGH 0x800000000000ull
#define TEXT 0x1000000ull
#define DATA 0x1002000ull

struct header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct program_header {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

/* A file with two segments, text r-x and data rw-, and room for more headers. */
struct file {
	struct header h;
	struct program_header p[10];
	uint8_t text[0x100], data[0x80];
};

static struct file good_file(void)
{
	struct file f = {
		.h = { .ident = { 0x7f, 'E', 'L', 'F', 2, 1, 1 },
		       .type = 2,
		       .machine = ELF_MACHINE_X86_64,
		       .version = 1,
		       .entry = TEXT + 0x10,
		       .phoff = offsetof(struct file, p),
		       .ehsize = 64,
		       .phentsize = 56,
		       .phnum = 3 },
		.p = { { .type = 1,
			 .flags = 5,
			 .offset = offsetof(struct file, text),
			 .vaddr = TEXT,
			 .filesz = 0x100,
			 .memsz = 0x100,
			 .align = 0x1000 },
		       { .type = 0x6474e551, .flags = 6 }, /* PT_GNU_STACK: not loaded */
		       { .type = 1,
			 .flags = 6,
			 .offset = offsetof(struct file, data),
			 .vaddr = DATA + 0x20,
			 .filesz = 0x80,
			 .memsz = 0x3000,
			 .align = 0x1000 } },
	};

	return f;
}

static struct elf_image elf;

static enum elf_status open_file(const struct file *f, size_t size)
{
	/* A copy of its own, so that a sanitizer sees each byte read behind it. */
	void *copy = malloc(size ? size : 1);
	enum elf_status status;

	memcpy(copy, f, size);
	status = elf_open(&elf, copy, size, ELF_MACHINE_X86_64, LOW, HIGH);
	free(copy);
	return status;
}

static void test_good(void)
{
	struct file f = good_file();

	is(open_file(&f, sizeof(f)), ELF_OK, "a good file");
	is(elf.entry, TEXT + 0x10, "entry");
	is(elf.segment_count, 2, "two segments are loaded");
	is(elf.segment[0].address, TEXT, "text address");
	is(elf.segment[0].rights, L4_RIGHTS_RX, "text rights");
	is(elf.segment[0].offset, offsetof(struct file, text), "text offset");
	is(elf.segment[1].address, DATA + 0x20, "data address");
	is(elf.segment[1].file_size, 0x80, "data bytes in the file");
	is(elf.segment[1].memory_size, 0x3000, "data bytes in memory");
	is(elf.segment[1].rights, L4_RIGHTS_RW, "data rights");
}

/* Damages one field of a good file and looks at the verdict. */
#define expect(status, damage, name)                                                               \
	do {                                                                                       \
		struct file f = good_file();                                                       \
		damage;                                                                            \
		is(open_file(&f, sizeof(f)), (status), name);                                      \
	} while (0)

static void test_header(void)
{
	expect(ELF_NOT_ELF, f.h.ident[0] = 0, "no magic number");
	expect(ELF_NOT_ELF, f.h.ident[3] = 'f', "half a magic number");
	expect(ELF_WRONG_KIND, f.h.ident[4] = 1, "32 bits");
	expect(ELF_WRONG_KIND, f.h.ident[5] = 2, "big endian");
	expect(ELF_WRONG_KIND, f.h.ident[6] = 0, "version of the identification");
	expect(ELF_WRONG_KIND, f.h.version = 2, "version of the file");
	expect(ELF_WRONG_KIND, f.h.type = 1, "object file");
	expect(ELF_WRONG_KIND, f.h.type = 3, "shared object");
	expect(ELF_WRONG_KIND, f.h.phentsize = 32, "size of program headers");
	expect(ELF_WRONG_MACHINE, f.h.machine = 40, "another processor");
	expect(ELF_TRUNCATED, f.h.phoff = sizeof(f) + 1, "program headers behind the end");
	expect(ELF_TRUNCATED, f.h.phoff = sizeof(f) - 56, "program headers over the end");
	expect(ELF_TRUNCATED, f.h.phoff = ~0ull, "program headers at the end of all numbers");
	expect(ELF_TRUNCATED, f.h.phnum = 0xffff, "too many program headers for the file");
	expect(ELF_BAD_ENTRY, f.h.phnum = 0, "no segments");
	expect(ELF_WRONG_KIND, f.p[1].type = 2, "a dynamic section");
	expect(ELF_WRONG_KIND, f.p[1].type = 3, "an interpreter");
}

static void test_segments(void)
{
	expect(ELF_TRUNCATED, f.p[2].offset = sizeof(f) - 0x7f, "segment over the end");
	expect(ELF_OK, f.p[2].offset = sizeof(f) - 0x80, "segment up to the end");
	expect(ELF_TRUNCATED, f.p[2].offset = ~0ull, "offset that wraps around");
	expect(ELF_TRUNCATED, f.p[2].filesz = f.p[2].memsz = ~0ull, "size that wraps around");
	expect(ELF_BAD_SEGMENT, f.p[2].memsz = 0x7f, "less memory than bytes");
	expect(ELF_BAD_SEGMENT, f.p[2].vaddr = -0x1000ull, "address that wraps around");
	expect(ELF_BAD_SEGMENT, f.p[2].memsz = ~0ull, "memory that wraps around");
	expect(ELF_OUT_OF_RANGE, f.p[2].vaddr = HIGH, "address too high");
	expect(ELF_OUT_OF_RANGE, f.p[2].vaddr = HIGH - 0x2fff, "end too high");
	expect(ELF_OK, f.p[2].vaddr = HIGH - 0x3000, "end as high as can be");
	expect(ELF_OUT_OF_RANGE, f.p[0].vaddr = 0, "page 0");
	expect(ELF_OVERLAP, f.p[2].vaddr = TEXT + 0x100, "segments in one page");
	expect(ELF_OVERLAP, f.p[2].vaddr = TEXT - 0x1000, "segments that descend");
	expect(ELF_OK, f.p[2].vaddr = TEXT + 0x1000, "segments in neighbouring pages");
	expect(ELF_OK, f.p[2].memsz = f.p[2].filesz = 0, "an empty segment");
	expect(ELF_BAD_ENTRY, f.h.entry = TEXT + 0x100, "entry behind the code");
	expect(ELF_BAD_ENTRY, f.h.entry = TEXT - 1, "entry before the code");
	expect(ELF_BAD_ENTRY, f.h.entry = DATA + 0x20, "entry in the data");
	expect(ELF_BAD_ENTRY, f.p[0].flags = 4, "code that is not executable");
}

static void test_too_many(void)
{
	struct file f = good_file();

	f.h.phnum = 10;
	for (unsigned i = 0; i < 10; i++) {
		f.p[i] = f.p[0];
		f.p[i].vaddr = TEXT + i * 0x1000;
	}
	is(open_file(&f, sizeof(f)), ELF_TOO_MANY, "ten segments");
	f.h.phnum = ELF_MAX_SEGMENTS;
	is(open_file(&f, sizeof(f)), ELF_OK, "as many as allowed");
	is(elf.segment_count, ELF_MAX_SEGMENTS, "all of them");
}

static void test_cut_short(void)
{
	struct file f = good_file();
	unsigned accepted = 0;

	for (size_t size = 0; size < sizeof(f); size++)
		accepted += open_file(&f, size) == ELF_OK;
	is(accepted, 0, "no prefix of a file is good");
}

/* What elf_open() promises about an image it takes. */
static bool promise_kept(size_t size)
{
	for (unsigned i = 0; i < elf.segment_count; i++) {
		const struct elf_segment *s = &elf.segment[i];

		if (s->offset > size || s->file_size > size - s->offset ||
		    s->file_size > s->memory_size || s->memory_size == 0 || s->address < LOW ||
		    s->address >= HIGH || s->memory_size > HIGH - s->address)
			return false;
	}
	return elf.segment_count > 0;
}

static void test_random_damage(void)
{
	unsigned broken = 0, accepted = 0;

	srand(1);
	for (unsigned i = 0; i < 100000; i++) {
		struct file f = good_file();
		size_t size = sizeof(f);

		for (int n = rand() % 4; n >= 0; n--)
			((uint8_t *)&f)[rand() % offsetof(struct file, text)] ^=
				(uint8_t)(1 << rand() % 8);
		if (open_file(&f, size) == ELF_OK) {
			accepted++;
			broken += !promise_kept(size);
		}
	}
	is(broken, 0, "no damage breaks the promise");
	ok(accepted > 100 && accepted < 99000, "some damage goes unseen, most does not");
}

static void test_descriptions(void)
{
	unsigned distinct = 0;

	for (int a = ELF_BAD_ENTRY; a < ELF_OK; a++)
		for (int b = a + 1; b <= ELF_OK; b++)
			distinct += strcmp(elf_describe((enum elf_status)a),
					   elf_describe((enum elf_status)b)) != 0;
	is(distinct, 45, "every status has words of its own");
}

int main(void)
{
	test_good();
	test_header();
	test_segments();
	test_too_many();
	test_cut_short();
	test_random_damage();
	test_descriptions();
	return done();
}

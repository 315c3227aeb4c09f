/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Initial tasks (ELF-64 executables, linked to run one to one) and BootInfo.
 */
#include <core/load.h>

#include <arch/kernel_map.h>
#include <core/boot_memory.h>
#include <core/kip.h>
#include <core/klib.h>
#include <l4/bootinfo.h>

#define ELF_MAGIC 0x464c457fu
#define ELF_CLASS64_LSB 0x0102
#define ELF_EXEC 2
#define ELF_X86_64 62
#define ELF_PT_LOAD 1

struct elf_header {
	uint32_t magic;
	uint16_t class_data;
	uint8_t ident[10];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum;
};

struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

static const struct elf_header *header_of(const struct boot_data *boot, unsigned i)
{
	const struct boot_module *m = &boot->module[i];
	const struct elf_header *h = arch_phys(m->start, m->end - m->start);

	if (!h || m->end - m->start < sizeof(*h) || h->magic != ELF_MAGIC ||
	    h->class_data != ELF_CLASS64_LSB || h->type != ELF_EXEC || h->machine != ELF_X86_64 ||
	    h->phentsize != sizeof(struct elf_segment) || h->phoff > m->end - m->start ||
	    h->phnum * sizeof(struct elf_segment) > m->end - m->start - h->phoff)
		panic("module %u (%s) is not an x86-64 ELF executable", i, m->cmdline);
	return h;
}

/* The n-th segment if it is to be loaded, checked against the module's size. */
static const struct elf_segment *segment_of(const struct boot_data *boot, unsigned i,
					    const struct elf_header *h, unsigned n)
{
	const struct boot_module *m = &boot->module[i];
	const struct elf_segment *s = (const struct elf_segment *)((const char *)h + h->phoff) + n;
	uint64_t size = m->end - m->start;

	if (s->type != ELF_PT_LOAD || s->memsz == 0)
		return NULL;
	if (s->filesz > s->memsz || s->offset > size || s->filesz > size - s->offset ||
	    s->vaddr + s->memsz < s->vaddr || !arch_phys(s->vaddr, s->memsz))
		panic("module %u (%s) has a broken segment", i, m->cmdline);
	return s;
}

struct image load_examine(const struct boot_data *boot, unsigned i)
{
	const struct elf_header *h = header_of(boot, i);
	struct image image = { .low = UINT64_MAX, .entry = h->entry };

	for (unsigned n = 0; n < h->phnum; n++) {
		const struct elf_segment *s = segment_of(boot, i, h, n);

		if (!s)
			continue;
		if (s->vaddr < image.low)
			image.low = ALIGN_DOWN(s->vaddr, PAGE_SIZE);
		if (s->vaddr + s->memsz > image.high)
			image.high = ALIGN_UP(s->vaddr + s->memsz, PAGE_SIZE);
	}
	if (image.low >= image.high)
		panic("module %u (%s) is empty", i, boot->module[i].cmdline);
	return image;
}

void load_move_modules(struct boot_data *boot, const struct image *images, unsigned count)
{
	for (unsigned i = 0; i < boot->module_count; i++) {
		struct boot_module *m = &boot->module[i];
		uint64_t size = m->end - m->start, at;
		bool hit = m->start % PAGE_SIZE != 0; /* root maps them page by page */

		for (unsigned k = 0; k < count; k++)
			hit |= m->start < images[k].high && images[k].low < m->end;
		if (!hit)
			continue;
		at = boot_memory_find(boot, ALIGN_UP(size, PAGE_SIZE), PAGE_SIZE,
				      kernel_map.direct_end);
		if (!at)
			panic("no room to move module %s out of the way", m->cmdline);
		memcpy(phys_to_virt(at), phys_to_virt(m->start), size);
		m->start = at;
		m->end = at + size;
	}
}

void load_program(const struct boot_data *boot, unsigned i)
{
	const struct elf_header *h = header_of(boot, i);

	for (unsigned n = 0; n < h->phnum; n++) {
		const struct elf_segment *s = segment_of(boot, i, h, n);

		if (!s)
			continue;
		memcpy(phys_to_virt(s->vaddr), (const char *)h + s->offset, s->filesz);
		memset(phys_to_virt(s->vaddr + s->filesz), 0, s->memsz - s->filesz);
	}
}

/* Appends a record with its command line behind it; returns the next position. */
static char *end_record(char *record, size_t size, l4_word_t *cmdline, const char *text,
			char *limit)
{
	struct l4_boot_record *head = (struct l4_boot_record *)record;
	size_t length = strlen(text) + 1;

	if (record + size + length > limit) {
		printk("BootInfo is full, left out: %s\n", text);
		length = 0;
	}
	if (length) {
		*cmdline = size;
		memcpy(record + size, text, length);
	}
	head->version = 1;
	head->next = ALIGN_UP(size + length, sizeof(l4_word_t));
	return record + head->next;
}

void load_boot_info(const struct boot_data *boot, const struct image *images, unsigned count,
		    uint64_t at)
{
	struct l4_boot_info *info = phys_to_virt(at);
	char *next = (char *)(info + 1), *limit = (char *)info + BOOT_INFO_SIZE;

	memset(info, 0, BOOT_INFO_SIZE);
	info->magic = L4_BOOT_INFO_MAGIC;
	info->version = L4_BOOT_INFO_VERSION;
	info->first_entry = sizeof(*info);
	for (unsigned i = 0; i < boot->module_count; i++) {
		const struct boot_module *m = &boot->module[i];

		if (next + sizeof(struct l4_boot_exec) > limit)
			break;
		if (i < count) {
			struct l4_boot_exec *e = (struct l4_boot_exec *)next;

			e->head.type = L4_BOOT_SIMPLE_EXEC;
			e->text.physical = e->text.virtual = images[i].low;
			e->text.size = images[i].high - images[i].low;
			e->initial_ip = images[i].entry;
			next = end_record(next, sizeof(*e), &e->cmdline, m->cmdline, limit);
		} else {
			struct l4_boot_module *r = (struct l4_boot_module *)next;

			r->head.type = L4_BOOT_MODULE;
			r->start = m->start;
			r->size = m->end - m->start;
			next = end_record(next, sizeof(*r), &r->cmdline, m->cmdline, limit);
		}
		info->num_entries++;
	}
	if (boot->framebuffer.head.type && next + sizeof(boot->framebuffer) <= limit) {
		memcpy(next, &boot->framebuffer, sizeof(boot->framebuffer));
		next += sizeof(boot->framebuffer);
		info->num_entries++;
	}
	info->size = (l4_word_t)(next - (char *)info);
}

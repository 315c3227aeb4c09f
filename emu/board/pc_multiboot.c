/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Multiboot Specification 0.6.96: header (3.1), machine state (3.2), boot information (3.3).
 *
 * All checks are made before the machine starts.  What is to be loaded becomes a list of
 * steps, each two requests of the firmware configuration device's DMA (skip to a place in
 * a file, read to memory) and an area to be cleared; the guest's code takes them one by
 * one.  So a reset loads everything again.
 */
#include "pc_multiboot.h"

#include <stdio.h>
#include <string.h>

#include "elf.h"

#define BASE 0x10000u
#define COMMAND_LINE_AT 0x20000u
#define COMMAND_LINE_MAX 0x10000u
#define LOW_END 0x9fc00u /* the firmware's extended data area */
#define MIB 0x100000u
#define RAM_MAX 0xc0000000u

/* Header (3.1).  Flags 0, 1: aligned modules, and memory; 2: video mode; 16: addresses. */
#define HEADER_MAGIC 0x1badb002u
#define HEADER_WITHIN 8192u
#define HEADER_BYTES 12u
#define HEADER_ADDRESS_BYTES 32u
#define REQUIRED 0xffffu
#define SUPPORTED 3u
#define VIDEO_MODE (1u << 2)
#define HAS_ADDRESSES (1u << 16)

/* What there is at BASE: boot information (3.3), then what our code needs. */
#define INFO_FLAGS 0x00
#define MEMORY_LOWER 0x04 /* this, the next and the map's size are filled in by the code */
#define MEMORY_UPPER 0x08
#define INFO_COMMAND_LINE 0x10
#define MODULE_COUNT 0x14
#define MODULES_AT 0x18
#define MAP_BYTES 0x2c
#define MAP_AT 0x30
#define LOADER_NAME 0x40
#define MODULE 0x80
#define NAME 0x90
#define MODULE_NAME 0x98
#define GDT_REGISTER 0xa8
#define ENTRY 0xb0
#define STEPS_END 0xb4
#define GDT 0xc0
#define START 0x200 /* where the option ROM jumps to */
#define VERSION 0x206
#define CODE 0x230
#define MAP 0x400
#define MAP_END 0x700
#define STEPS 0x800

/* Bits of the information's flags. */
#define HAS_MEMORY (1u << 0)
#define HAS_COMMAND_LINE (1u << 2)
#define HAS_MODULES (1u << 3)
#define HAS_MAP (1u << 6)
#define HAS_LOADER_NAME (1u << 9)

/* A step: the requests' addresses as the device wants them, area to clear, requests. */
#define STEP_BYTES 48u
#define STEP_SKIP 16u
#define STEP_READ 32u
#define DMA_READ (1u << 1)
#define DMA_SKIP (1u << 2)
#define DMA_SELECT (1u << 3)

struct multiboot {
	struct pc_boot *boot;
	const struct machine_config *config;
	const char *wrong;
	uint32_t header, flags; /* the header's place in the file, its flags */
	uint32_t steps_end;     /* in boot->setup */
	gpa low, high, entry;
};

struct multiboot_part {
	uint16_t item;
	uint32_t offset, file_bytes;
	gpa at;
	uint64_t memory_bytes;
};

/* Assembled, at CODE; numbers above are in it as well. */
static const uint8_t multiboot_code[] = {
	/* With 16 bits; DS, ES and SS are BASE / 16.  The memory map, at most 32 entries of
	 * 24 bytes, of which the one at 1 MiB says how much upper memory there is. */
	0x66, 0x31, 0xdb,                         /* xorl %ebx, %ebx */
	0xbf, 0x00, 0x04,                         /* movw $MAP, %di */
	0x66, 0xc7, 0x05, 0x14, 0x00, 0x00, 0x00, /* 1: movl $20, (%di) */
	0x83, 0xc7, 0x04,                         /* addw $4, %di */
	0x66, 0xb8, 0x20, 0xe8, 0x00, 0x00,       /* movl $0xe820, %eax */
	0x66, 0xba, 0x50, 0x41, 0x4d, 0x53,       /* movl $"SMAP", %edx */
	0x66, 0xb9, 0x14, 0x00, 0x00, 0x00,       /* movl $20, %ecx */
	0xcd, 0x15,                               /* int $0x15 */
	0x72, 0x25,                               /* jc 3f */
	0x66, 0x81, 0x3d, 0x00, 0x00, 0x10, 0x00, /* cmpl $0x100000, (%di) */
	0x75, 0x0c,                               /* jne 2f */
	0x66, 0x8b, 0x45, 0x08,                   /* movl 8(%di), %eax */
	0x66, 0xc1, 0xe8, 0x0a,                   /* shrl $10, %eax */
	0x66, 0xa3, 0x08, 0x00,                   /* movl %eax, MEMORY_UPPER */
	0x83, 0xc7, 0x14,                         /* 2: addw $20, %di */
	0x66, 0x85, 0xdb,                         /* testl %ebx, %ebx */
	0x74, 0x0b,                               /* jz 4f */
	0x81, 0xff, 0x00, 0x07,                   /* cmpw $MAP_END, %di */
	0x72, 0xbd,                               /* jb 1b */
	0xeb, 0x03,                               /* jmp 4f */
	0x83, 0xef, 0x04,                         /* 3: subw $4, %di */
	0x81, 0xef, 0x00, 0x04,                   /* 4: subw $MAP, %di */
	0x89, 0x3e, 0x2c, 0x00,                   /* movw %di, MAP_BYTES */
	0xcd, 0x12,                               /* int $0x12 */
	0xa3, 0x04, 0x00,                         /* movw %ax, MEMORY_LOWER */
	/* To protected mode, with A20. */
	0xfa,                                           /* cli */
	0xfc,                                           /* cld */
	0xe4, 0x92,                                     /* inb $0x92, %al */
	0x0c, 0x02,                                     /* orb $2, %al */
	0x24, 0xfe,                                     /* andb $0xfe, %al */
	0xe6, 0x92,                                     /* outb %al, $0x92 */
	0x66, 0x0f, 0x01, 0x16, 0xa8, 0x00,             /* lgdtl GDT_REGISTER */
	0x0f, 0x20, 0xc0,                               /* movl %cr0, %eax */
	0x0c, 0x01,                                     /* orb $1, %al */
	0x0f, 0x22, 0xc0,                               /* movl %eax, %cr0 */
	0x66, 0xea, 0xab, 0x02, 0x01, 0x00, 0x08, 0x00, /* ljmpl $8, $BASE + CODE + 5f */
	0xb8, 0x10, 0x00, 0x00, 0x00,                   /* 5: movl $16, %eax */
	0x8e, 0xd8,                                     /* movl %eax, %ds */
	0x8e, 0xc0,                                     /* movl %eax, %es */
	0x8e, 0xe0,                                     /* movl %eax, %fs */
	0x8e, 0xe8,                                     /* movl %eax, %gs */
	0x8e, 0xd0,                                     /* movl %eax, %ss */
	0xba, 0x18, 0x05, 0x00, 0x00,                   /* movl $0x518, %edx */
	/* The steps, then the kernel. */
	0xbe, 0x00, 0x08, 0x01, 0x00,       /* movl $BASE + STEPS, %esi */
	0xad,                               /* 6: lodsl */
	0xef,                               /* outl %eax, %dx */
	0xad,                               /* lodsl */
	0xef,                               /* outl %eax, %dx */
	0xad,                               /* lodsl */
	0x89, 0xc7,                         /* movl %eax, %edi */
	0xad,                               /* lodsl */
	0x89, 0xc1,                         /* movl %eax, %ecx */
	0x31, 0xc0,                         /* xorl %eax, %eax */
	0xf3, 0xaa,                         /* rep stosb */
	0x83, 0xc6, 0x20,                   /* addl $32, %esi */
	0x3b, 0x35, 0xb4, 0x00, 0x01, 0x00, /* cmpl BASE + STEPS_END, %esi */
	0x72, 0xe7,                         /* jb 6b */
	0xb8, 0x02, 0xb0, 0xad, 0x2b,       /* movl $0x2badb002, %eax */
	0xbb, 0x00, 0x00, 0x01, 0x00,       /* movl $BASE, %ebx */
	0xff, 0x25, 0xb0, 0x00, 0x01, 0x00, /* jmp *BASE + ENTRY */
};

static uint32_t multiboot_get(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void multiboot_put(struct multiboot *m, uint32_t at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		m->boot->setup[at + i] = (uint8_t)(value >> 8 * i);
}

static void multiboot_put_big(struct multiboot *m, uint32_t at, uint32_t value)
{
	multiboot_put(m, at, __builtin_bswap32(value));
}

/* The header's place in the file, or -1. */
static int32_t multiboot_find(const struct blob *kernel)
{
	size_t end = kernel->count < HEADER_WITHIN ? kernel->count : HEADER_WITHIN;

	for (uint32_t at = 0; at + HEADER_BYTES <= end; at += 4) {
		const uint8_t *h = kernel->bytes + at;

		if (multiboot_get(h) == HEADER_MAGIC &&
		    multiboot_get(h) + multiboot_get(h + 4) + multiboot_get(h + 8) == 0)
			return (int32_t)at;
	}
	return -1;
}

bool pc_multiboot_is(const struct blob *kernel)
{
	return multiboot_find(kernel) >= 0;
}

static const char *multiboot_check_flags(uint32_t flags)
{
	if (flags & VIDEO_MODE)
		return "the kernel asks for a video mode (multiboot flag 2), which isn't supported";
	if (flags & REQUIRED & ~SUPPORTED)
		return "the kernel requires multiboot features that aren't supported (flags 3 to "
		       "15)";
	return NULL;
}

/* Whether an area can be loaded. */
static const char *multiboot_check_area(const struct multiboot *m, gpa at, gpa end)
{
	if (end > RAM_MAX || (at < MIB && end > LOW_END))
		return "the kernel has a load address outside RAM";
	if (end > pc_boot_usable(m->config->memory_bytes))
		return "the kernel doesn't fit; give more memory";
	if (at < COMMAND_LINE_AT + COMMAND_LINE_MAX && end > BASE)
		return "the kernel's load address is where the boot information is "
		       "(0x10000 to 0x2ffff)";
	return NULL;
}

static void multiboot_add_request(struct multiboot *m, uint32_t at, uint32_t control,
				  uint32_t count, uint32_t to)
{
	multiboot_put_big(m, at, control);
	multiboot_put_big(m, at + 4, count);
	multiboot_put_big(m, at + 12, to);
}

static void multiboot_add_step(struct multiboot *m, const struct multiboot_part *p)
{
	uint32_t step = m->steps_end, select = (uint32_t)p->item << 16 | DMA_SELECT | DMA_SKIP;

	multiboot_put_big(m, step, BASE + step + STEP_SKIP);
	multiboot_put_big(m, step + 4, BASE + step + STEP_READ);
	multiboot_put(m, step + 8, (uint32_t)p->at + p->file_bytes);
	multiboot_put(m, step + 12, (uint32_t)p->memory_bytes - p->file_bytes);
	multiboot_add_request(m, step + STEP_SKIP, select, p->offset, 0);
	multiboot_add_request(m, step + STEP_READ, DMA_READ, p->file_bytes, (uint32_t)p->at);
	m->steps_end += STEP_BYTES;
}

/* A part of the kernel. */
static bool multiboot_add_part(struct multiboot *m, const struct multiboot_part *p)
{
	m->wrong = multiboot_check_area(m, p->at, p->at + p->memory_bytes);
	if (m->wrong)
		return false;
	multiboot_add_step(m, p);
	if (p->at < m->low)
		m->low = p->at;
	if (p->at + p->memory_bytes > m->high)
		m->high = p->at + p->memory_bytes;
	return true;
}

/* By the header's address fields (3.1.3). */
static bool multiboot_load_addresses(struct multiboot *m)
{
	const uint8_t *h = m->config->kernel.bytes + m->header;
	size_t left = m->config->kernel.count - m->header;
	uint32_t here, start, end, bss_end;
	uint64_t bytes;

	m->wrong = "the kernel is cut short";
	if (left < HEADER_ADDRESS_BYTES)
		return false;
	here = multiboot_get(h + 12);
	start = multiboot_get(h + 16);
	end = multiboot_get(h + 20);
	bss_end = multiboot_get(h + 24);
	m->entry = multiboot_get(h + 28);
	m->wrong = "the kernel's multiboot header has addresses that make no sense";
	if (start > here || here - start > m->header || (end && end <= here) ||
	    (bss_end && bss_end < end))
		return false;
	bytes = end ? end - start : left + (here - start);
	m->wrong = "the kernel is cut short";
	if (bytes > left + (here - start))
		return false;
	m->wrong = "the kernel doesn't fit; give more memory";
	return bytes <= RAM_MAX &&
	       multiboot_add_part(
		       m, &(struct multiboot_part){ .item = FW_CFG_KERNEL_DATA,
						    .offset = m->header - (here - start),
						    .file_bytes = (uint32_t)bytes,
						    .at = start,
						    .memory_bytes = bss_end > start + bytes ?
									    bss_end - start :
									    bytes });
}

static bool multiboot_load_elf(struct multiboot *m, char *error, size_t room)
{
	struct elf_segment s;
	struct elf elf;

	if (!elf_open(&elf, m->config->kernel, ELF_386, false, error, room))
		return false;
	m->entry = elf.entry;
	for (unsigned n = 0; elf_next(&elf, &n, &s);)
		if (!multiboot_add_part(m, &(struct multiboot_part){ FW_CFG_KERNEL_DATA, s.offset,
								     s.file_bytes, s.physical,
								     s.memory_bytes }))
			return false;
	return true;
}

static bool multiboot_load(struct multiboot *m, char *error, size_t room)
{
	m->wrong = multiboot_check_flags(m->flags);
	if (m->wrong)
		return false;
	if (m->flags & HAS_ADDRESSES) {
		if (!multiboot_load_addresses(m))
			return false;
	} else if (!elf_is(m->config->kernel)) {
		m->wrong = "the multiboot kernel is no ELF file and has no load addresses";
		return false;
	} else if (!multiboot_load_elf(m, error, room)) {
		return false;
	}
	if (m->entry < m->low || m->entry >= m->high)
		m->wrong = "the kernel's entry isn't in what is loaded";
	return !m->wrong;
}

/* The initial RAM disk. */
static bool multiboot_load_module(struct multiboot *m)
{
	size_t bytes = m->config->initrd.count;
	uint32_t at =
		(uint32_t)((m->high < MIB ? MIB : m->high) + PAGE_MASK) & ~(uint32_t)PAGE_MASK;
	uint64_t limit = pc_boot_usable(m->config->memory_bytes);

	if (!bytes)
		return true;
	m->wrong = "the initial RAM disk doesn't fit; give more memory";
	if (at > limit || bytes > limit - at)
		return false;
	m->wrong = NULL;
	multiboot_add_step(
		m, &(struct multiboot_part){ FW_CFG_INITRD_DATA, 0, (uint32_t)bytes, at, bytes });
	multiboot_put(m, MODULE, at);
	multiboot_put(m, MODULE + 4, at + (uint32_t)bytes);
	multiboot_put(m, MODULE + 8, BASE + MODULE_NAME);
	multiboot_put(m, MODULE_COUNT, 1);
	multiboot_put(m, MODULES_AT, BASE + MODULE);
	return true;
}

static void multiboot_write_info(struct multiboot *m)
{
	uint32_t flags = HAS_MEMORY | HAS_COMMAND_LINE | HAS_MAP | HAS_LOADER_NAME;

	multiboot_put(m, INFO_FLAGS, flags | (m->config->initrd.count ? HAS_MODULES : 0));
	multiboot_put(m, INFO_COMMAND_LINE, COMMAND_LINE_AT);
	multiboot_put(m, MAP_AT, BASE + MAP);
	multiboot_put(m, LOADER_NAME, BASE + NAME);
	memcpy(m->boot->setup + NAME, "L4VM", 5);
	memcpy(m->boot->setup + MODULE_NAME, "initrd", 7);
}

/* The code, and segments of 4 GiB for it and the kernel. */
static void multiboot_write_code(struct multiboot *m)
{
	static const uint8_t gdt[] = { 0, 0,    0,    0, 0,    0,    0, 0, 0xff, 0xff, 0,    0,
				       0, 0x9b, 0xcf, 0, 0xff, 0xff, 0, 0, 0,    0x93, 0xcf, 0 };
	uint8_t *s = m->boot->setup;

	s[START] = 0xeb; /* jmp CODE */
	s[START + 1] = CODE - START - 2;
	s[VERSION] = 3; /* 2.03, so that the option ROM doesn't write to the code */
	s[VERSION + 1] = 2;
	_Static_assert(CODE + sizeof multiboot_code <= MAP, "the code runs into the map");
	_Static_assert(MAP_END <= STEPS, "the map runs into the steps");
	memcpy(s + CODE, multiboot_code, sizeof multiboot_code);
	memcpy(s + GDT, gdt, sizeof gdt);
	multiboot_put(m, GDT_REGISTER, sizeof gdt - 1);
	multiboot_put(m, GDT_REGISTER + 2, BASE + GDT);
	multiboot_put(m, ENTRY, (uint32_t)m->entry);
	multiboot_put(m, STEPS_END, BASE + m->steps_end);
	m->boot->setup_bytes = m->steps_end;
}

static bool multiboot_offer(const struct multiboot *m, struct fw_cfg *fw_cfg)
{
	const struct blob *kernel = &m->config->kernel, *initrd = &m->config->initrd;
	uint32_t count = kernel->count < UINT32_MAX ? (uint32_t)kernel->count : UINT32_MAX;

	return fw_cfg_add(fw_cfg, FW_CFG_KERNEL_DATA, kernel->bytes, count) &&
	       fw_cfg_add(fw_cfg, FW_CFG_INITRD_DATA, initrd->bytes, (uint32_t)initrd->count) &&
	       pc_boot_offer(m->boot, fw_cfg, BASE, COMMAND_LINE_AT);
}

bool pc_multiboot_prepare(struct pc_boot *b, const struct machine_config *config,
			  struct fw_cfg *fw_cfg, char *error, size_t room)
{
	struct multiboot m = { .boot = b, .config = config, .low = UINT64_MAX };

	_Static_assert(STEPS + (ELF_SEGMENTS_MAX + 1) * STEP_BYTES <= PC_SETUP_MAX,
		       "too many segments");
	m.steps_end = STEPS;
	m.header = (uint32_t)multiboot_find(&config->kernel);
	m.flags = multiboot_get(config->kernel.bytes + m.header + 4);
	b->command_line = config->append ? config->append : "";
	if (strlen(b->command_line) >= COMMAND_LINE_MAX)
		m.wrong = "the command line has more than 65535 characters";
	else if (multiboot_load(&m, error, room) && multiboot_load_module(&m)) {
		multiboot_write_info(&m);
		multiboot_write_code(&m);
		return multiboot_offer(&m, fw_cfg);
	}
	if (m.wrong)
		snprintf(error, room, "%s", m.wrong);
	return false;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BootInfo (manual appendix "Generic BootInfo"): what the boot loader handed
 * over, as a header and a chain of records.  Its address is in the KIP; it and
 * the modules lie in memory that sigma0 hands out one to one.  All fields are
 * words; offsets are in bytes.
 */
#ifndef L4_BOOTINFO_H
#define L4_BOOTINFO_H

#include <l4/types.h>

#define L4_BOOT_INFO_MAGIC 0x14b0021dull
#define L4_BOOT_INFO_VERSION 1ull

struct l4_boot_info {
	l4_word_t magic;
	l4_word_t version;
	l4_word_t size;        /* of header and records and their strings */
	l4_word_t first_entry; /* offset from the header */
	l4_word_t num_entries;
	l4_word_t reserved[3];
};

enum l4_boot_record_type {
	L4_BOOT_MODULE = 1,
	L4_BOOT_SIMPLE_EXEC = 2,
	L4_BOOT_FRAMEBUFFER = 0x200,
};

struct l4_boot_record {
	l4_word_t type;
	l4_word_t version; /* 1 */
	l4_word_t next;    /* offset from this record to the next one */
};

struct l4_boot_module {
	struct l4_boot_record head;
	l4_word_t start;   /* physical address */
	l4_word_t size;    /* bytes */
	l4_word_t cmdline; /* offset from this record, 0 if none */
};

/* An executable the kernel has already loaded (sigma0 and root). */
struct l4_boot_exec {
	struct l4_boot_record head;
	struct {
		l4_word_t physical, virtual, size;
	} text, data, bss;
	l4_word_t initial_ip;
	l4_word_t flags;
	l4_word_t label;
	l4_word_t cmdline; /* offset from this record, 0 if none */
};

enum l4_framebuffer_type {
	L4_FRAMEBUFFER_INDEXED = 0, /* by a palette */
	L4_FRAMEBUFFER_RGB = 1,
	L4_FRAMEBUFFER_TEXT = 2, /* width and height in characters of two bytes */
};

/* What the boot loader left on the display; sigma0 gives the memory to who asks. */
struct l4_boot_framebuffer {
	struct l4_boot_record head;
	l4_word_t address; /* physical */
	l4_word_t pitch;   /* bytes from line to line */
	l4_word_t width, height;
	l4_word_t bits; /* per pixel */
	l4_word_t type; /* enum l4_framebuffer_type */
	struct {
		l4_word_t position, size; /* bits of a pixel, if RGB */
	} red, green, blue;
};

static inline const struct l4_boot_record *l4_boot_first(const struct l4_boot_info *info)
{
	return (const struct l4_boot_record *)((const char *)info + info->first_entry);
}

static inline const struct l4_boot_record *l4_boot_next(const struct l4_boot_record *record)
{
	return (const struct l4_boot_record *)((const char *)record + record->next);
}

#endif

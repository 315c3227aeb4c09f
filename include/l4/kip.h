/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel interface page (manual section 1.1, amd64 binding): found with
 * the `lock; nop` trap, mapped read-only into every space.
 */
#ifndef L4_KIP_H
#define L4_KIP_H

#include <l4/types.h>

#define L4_KIP_MAGIC 0x4be6344cull /* "L4" E6 'K' */
#define L4_API_VERSION (0x84ull << 24 | 5ull << 16)
#define L4_API_FLAGS (1ull << 2) /* little endian, 64-bit words */
#define L4_KIP_LOG2_SIZE 12

struct l4_kip_server {
	l4_word_t sp, ip, low, high;
};

struct l4_kip {
	l4_word_t magic;
	l4_word_t api_version;
	l4_word_t api_flags;
	l4_word_t kernel_description; /* byte offset in the page */
	l4_word_t reserved_4[4];      /* words 4-7: kernel debugger, unused */
	struct l4_kip_server sigma0;  /* words 8-11 */
	struct l4_kip_server sigma1;  /* words 12-15 */
	struct l4_kip_server root;    /* words 16-19 */
	l4_word_t reserved_20;
	l4_word_t memory_info; /* 21: descriptor offset << 32 | count */
	l4_word_t reserved_22[20];
	l4_word_t utcb_info;     /* 42: s << 16 | a << 10 | m */
	l4_word_t kip_area_info; /* 43: log2 of the area's size */
	l4_word_t reserved_44[2];
	l4_word_t boot_info;             /* 46: address of struct l4_boot_info */
	l4_word_t processor_descriptors; /* 47: byte offset in the page */
	l4_word_t clock_info;            /* 48: schedule << 16 | read precision */
	l4_word_t thread_info;           /* 49: user base << 20 | system base << 8 | t */
	l4_word_t page_info;             /* 50: size mask in bits 10.. | rwx */
	l4_word_t processor_info;        /* 51: log2 size << 60 | count - 1 */
	l4_word_t space_control;         /* 52-62: addresses of the system calls */
	l4_word_t thread_control;
	l4_word_t processor_control;
	l4_word_t memory_control;
	l4_word_t ipc;
	l4_word_t lipc;
	l4_word_t unmap;
	l4_word_t exchange_registers;
	l4_word_t system_clock;
	l4_word_t thread_switch;
	l4_word_t schedule;
	l4_word_t reserved_63;
};

_Static_assert(offsetof(struct l4_kip, memory_info) == 21 * 8, "KIP layout");
_Static_assert(offsetof(struct l4_kip, utcb_info) == 42 * 8, "KIP layout");
_Static_assert(offsetof(struct l4_kip, boot_info) == 46 * 8, "KIP layout");
_Static_assert(offsetof(struct l4_kip, space_control) == 52 * 8, "KIP layout");
_Static_assert(offsetof(struct l4_kip, schedule) == 62 * 8, "KIP layout");

/* Processor descriptors: frequencies in kHz. */
struct l4_processor_descriptor {
	l4_word_t external_khz;
	l4_word_t internal_khz;
};

/*
 * Memory descriptors: type:4 t:4 _:1 v:1 low >> 10 | _:10 high >> 10; `high`
 * is the address of the last byte.  Later descriptors override earlier ones.
 */
enum l4_memory_type {
	L4_MEMORY_UNDEFINED = 0,
	L4_MEMORY_CONVENTIONAL = 1,
	L4_MEMORY_RESERVED = 2,  /* by the kernel */
	L4_MEMORY_DEDICATED = 3, /* device memory */
	L4_MEMORY_SHARED = 4,
	L4_MEMORY_BOOT = 0xe, /* boot loader: modules, BootInfo (t below) */
	L4_MEMORY_ARCH = 0xf, /* ACPI and the like */
};

struct l4_memory_descriptor {
	l4_word_t low;  /* address & ~0x3ff | v << 9 | t << 4 | type */
	l4_word_t high; /* last address & ~0x3ff */
};

static inline l4_word_t l4_memory_low(const struct l4_memory_descriptor *d)
{
	return d->low & ~0x3ffull;
}

/* Address of the last byte. */
static inline l4_word_t l4_memory_high(const struct l4_memory_descriptor *d)
{
	return d->high | 0x3ffull;
}

static inline enum l4_memory_type l4_memory_type(const struct l4_memory_descriptor *d)
{
	return (enum l4_memory_type)(d->low & 0xf);
}

/* True if the range is of virtual addresses (what every space may use). */
static inline bool l4_memory_is_virtual(const struct l4_memory_descriptor *d)
{
	return d->low >> 9 & 1;
}

static inline unsigned l4_kip_memory_count(const struct l4_kip *kip)
{
	return (unsigned)(kip->memory_info & 0xffffffffu);
}

static inline const struct l4_memory_descriptor *l4_kip_memory(const struct l4_kip *kip)
{
	return (const struct l4_memory_descriptor *)((const char *)kip + (kip->memory_info >> 32));
}

static inline unsigned l4_kip_processors(const struct l4_kip *kip)
{
	return (unsigned)(kip->processor_info & 0xffff) + 1;
}

/* First thread number user threads may have; sigma0, sigma1, root are first. */
static inline unsigned l4_kip_user_base(const struct l4_kip *kip)
{
	return (unsigned)(kip->thread_info >> 20) & 0xfff;
}

/* Number of interrupts: interrupt n has the thread number n. */
static inline unsigned l4_kip_system_base(const struct l4_kip *kip)
{
	return (unsigned)(kip->thread_info >> 8) & 0xfff;
}

static inline unsigned l4_kip_thread_bits(const struct l4_kip *kip)
{
	return (unsigned)kip->thread_info & 0xff;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The basic data types of the L4 Version X.2 kernel interface: words, thread
 * ids, fpages, times and message tags.
 *
 * Every type wraps one machine word in a struct of its own, so that the
 * compiler catches a thread id passed as an fpage; in registers and in message
 * registers it is just that word (`.raw`).  Shared by the kernel and by user
 * programs.  64-bit layout.
 */
#ifndef L4_TYPES_H
#define L4_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The machine word of the interface. */
typedef uint64_t l4_word_t;

/* ---- thread ids (manual section 2.1) ------------------------------------ */

/*
 * Global id: thread number << 32 | version; the low 6 bits of the version are
 * never all 0.  Local id: the thread's UTCB address; its low 6 bits are 0.
 * Interrupt n is the global id (n, 1).
 */
struct l4_thread_id {
	l4_word_t raw;
};

#define L4_LOCAL_ID_MASK 0x3full
#define L4_NILTHREAD ((struct l4_thread_id){ 0 })
#define L4_ANYTHREAD ((struct l4_thread_id){ ~0ull })
#define L4_ANYLOCALTHREAD ((struct l4_thread_id){ ~0ull << 6 })

static inline struct l4_thread_id l4_thread_id(l4_word_t raw)
{
	return (struct l4_thread_id){ raw };
}

static inline struct l4_thread_id l4_global_id(l4_word_t thread_no, l4_word_t version)
{
	return (struct l4_thread_id){ thread_no << 32 | (version & 0xffffffffu) };
}

static inline l4_word_t l4_thread_no(struct l4_thread_id id)
{
	return id.raw >> 32;
}

static inline l4_word_t l4_version(struct l4_thread_id id)
{
	return id.raw & 0xffffffffu;
}

static inline bool l4_same_thread(struct l4_thread_id a, struct l4_thread_id b)
{
	return a.raw == b.raw;
}

static inline bool l4_is_nil(struct l4_thread_id id)
{
	return id.raw == 0;
}

static inline bool l4_is_any(struct l4_thread_id id)
{
	return id.raw == ~0ull;
}

/* True for local ids and for `anylocalthread`, false for nil and global ids. */
static inline bool l4_is_local_id(struct l4_thread_id id)
{
	return id.raw != 0 && (id.raw & L4_LOCAL_ID_MASK) == 0;
}

/* ---- fpages (manual section 4.1) ---------------------------------------- */

/*
 * base >> 10 in bits 10.., log2 of the size in bits 4..9, access rights in
 * bits 0..2.  Size 1 with base 0 is the complete address space, the word 0 is
 * the nil page.  Size 2 marks an I/O fpage: port in bits 16..31, log2 of the
 * number of ports in bits 10..15.
 */
struct l4_fpage {
	l4_word_t raw;
};

enum l4_rights {
	L4_RIGHT_X = 1,
	L4_RIGHT_W = 2,
	L4_RIGHT_R = 4,
	L4_RIGHTS_RW = L4_RIGHT_R | L4_RIGHT_W,
	L4_RIGHTS_RX = L4_RIGHT_R | L4_RIGHT_X,
	L4_RIGHTS_ALL = 7,
};

#define L4_NILPAGE ((struct l4_fpage){ 0 })
#define L4_COMPLETE_SPACE ((struct l4_fpage){ 1ull << 4 })
#define L4_PAGE_BITS 12
#define L4_PAGE_SIZE (1ull << L4_PAGE_BITS)

/* The fpage of 2^log2_size bytes at base (rounded down), with rights. */
static inline struct l4_fpage l4_fpage(l4_word_t base, unsigned log2_size, unsigned rights)
{
	return (struct l4_fpage){ (base & (~0ull << log2_size) & ~0x3ffull) |
				  (l4_word_t)log2_size << 4 | rights };
}

/* The fpage of 2^log2_ports I/O ports starting at port (rounded down). */
static inline struct l4_fpage l4_io_fpage(l4_word_t port, unsigned log2_ports, unsigned rights)
{
	return (struct l4_fpage){ (port & 0xffff & (~0ull << log2_ports)) << 16 |
				  (l4_word_t)log2_ports << 10 | 2 << 4 | rights };
}

static inline unsigned l4_fpage_log2_size(struct l4_fpage f)
{
	return (unsigned)(f.raw >> 4) & 0x3f;
}

static inline l4_word_t l4_fpage_base(struct l4_fpage f)
{
	return f.raw & ~0x3ffull;
}

static inline unsigned l4_fpage_rights(struct l4_fpage f)
{
	return (unsigned)f.raw & 7;
}

static inline bool l4_fpage_is_nil(struct l4_fpage f)
{
	return f.raw == 0;
}

static inline bool l4_fpage_is_complete(struct l4_fpage f)
{
	return l4_fpage_log2_size(f) == 1;
}

static inline bool l4_fpage_is_io(struct l4_fpage f)
{
	return l4_fpage_log2_size(f) == 2;
}

static inline l4_word_t l4_io_fpage_port(struct l4_fpage f)
{
	return f.raw >> 16 & 0xffff;
}

static inline unsigned l4_io_fpage_log2_ports(struct l4_fpage f)
{
	return (unsigned)(f.raw >> 10) & 0x3f;
}

/* ---- times (manual section 3.1) ----------------------------------------- */

/*
 * A 16-bit time in the low half of the struct's word.  Period: exponent in
 * bits 10..14, mantissa in bits 0..9, meaning mantissa * 2^exponent us.  Point
 * (bit 15): exponent in bits 11..14, parity c in bit 10, mantissa in 0..9.
 */
struct l4_time {
	uint16_t raw;
};

#define L4_NEVER ((struct l4_time){ 0 })
#define L4_ZERO_TIME ((struct l4_time){ 1 << 10 })

/* The shortest representable period of at least `us` microseconds. */
static inline struct l4_time l4_period_us(uint64_t us)
{
	unsigned exponent = 0;

	if (us == 0)
		return L4_ZERO_TIME;
	while (us > 1023 && exponent < 31) {
		us = (us + 1) >> 1;
		exponent++;
	}
	if (us > 1023)
		return L4_NEVER;
	return (struct l4_time){ (uint16_t)(exponent << 10 | us) };
}

/*
 * The time point `at_us` as seen from `now_us` (both SystemClock values).
 * Representable points lie at most about 2^25 us ahead; precision falls with
 * distance, rounded up.  A point in the past gives the zero period.
 */
static inline struct l4_time l4_point_us(uint64_t now_us, uint64_t at_us)
{
	unsigned exponent = 0;

	if (at_us <= now_us)
		return L4_ZERO_TIME;
	while (exponent < 15 && ((at_us - now_us) >> exponent) >= 1023)
		exponent++;
	at_us += (1ull << exponent) - 1;
	return (struct l4_time){ (uint16_t)(0x8000 | exponent << 11 |
					    (at_us >> exponent & 0x7ff)) };
}

/* Send and receive timeout of an IPC in one word. */
static inline l4_word_t l4_timeouts(struct l4_time send, struct l4_time receive)
{
	return (l4_word_t)send.raw << 16 | receive.raw;
}

#define L4_TIMEOUTS_NEVER 0ull

/* ---- message tags (manual section 5.1) ---------------------------------- */

/*
 * MR 0: label in bits 16.., flags in 12..15, number of typed words in 6..11,
 * number of untyped words in 0..5.
 */
struct l4_tag {
	l4_word_t raw;
};

enum l4_tag_flags {
	L4_TAG_PROPAGATED = 1 << 12, /* send: propagate; received: was propagated */
	L4_TAG_REDIRECTED = 1 << 13, /* received: was redirected */
	L4_TAG_XCPU = 1 << 14,       /* received: came from another processor */
	L4_TAG_ERROR = 1 << 15,      /* result: the IPC failed, see ErrorCode */
	L4_TAG_FLAGS = 0xf << 12,
};

static inline struct l4_tag l4_tag(l4_word_t label, unsigned untyped, unsigned typed)
{
	return (struct l4_tag){ label << 16 | (l4_word_t)typed << 6 | untyped };
}

static inline l4_word_t l4_tag_label(struct l4_tag t)
{
	return t.raw >> 16;
}

static inline unsigned l4_tag_untyped(struct l4_tag t)
{
	return (unsigned)t.raw & 0x3f;
}

static inline unsigned l4_tag_typed(struct l4_tag t)
{
	return (unsigned)(t.raw >> 6) & 0x3f;
}

static inline bool l4_tag_failed(struct l4_tag t)
{
	return t.raw & L4_TAG_ERROR;
}

static inline bool l4_tag_succeeded(struct l4_tag t)
{
	return !(t.raw & L4_TAG_ERROR);
}

static inline bool l4_tag_propagated(struct l4_tag t)
{
	return t.raw & L4_TAG_PROPAGATED;
}

static inline bool l4_tag_redirected(struct l4_tag t)
{
	return t.raw & L4_TAG_REDIRECTED;
}

static inline bool l4_tag_xcpu(struct l4_tag t)
{
	return t.raw & L4_TAG_XCPU;
}

#endif

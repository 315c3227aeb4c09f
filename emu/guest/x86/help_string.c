/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Repeated string instructions, and INS and OUTS.
 *
 * As many elements as lie in plain memory, within one page, the segment's limit and the
 * address size, are done at a time through host pointers; what doesn't, element by element
 * by mem_load and mem_store.  Registers are right before anything may fault.
 */
#include "guest/x86/emit.h"

#include <string.h>

/* Elements per call; the instruction then is begun again. */
#define STRING_MOST 8192
#define STRING_MOST_PORT 256

struct string {
	struct x86 *x;
	enum x86_string operation;
	unsigned size;
	uint32_t mask; /* of the address size */
	unsigned source;
	uint8_t repeat;
	bool down; /* DF */
	struct ir_mem mem;
	bool stop; /* the comparison ends it */
};

static uint32_t string_offset(const struct string *s, unsigned n)
{
	return s->x->r[n] & s->mask;
}

static void string_set(struct string *s, unsigned n, uint32_t value)
{
	s->x->r[n] = (s->x->r[n] & ~s->mask) | (value & s->mask);
}

static void string_move(struct string *s, unsigned n, uint32_t elements)
{
	uint32_t bytes = elements * s->size;

	string_set(s, n, s->x->r[n] + (s->down ? -bytes : bytes));
}

static bool uses_source(const struct string *s)
{
	return s->operation == STRING_MOVS || s->operation == STRING_CMPS ||
	       s->operation == STRING_LODS || s->operation == STRING_OUTS;
}

static bool uses_destination(const struct string *s)
{
	return s->operation != STRING_LODS && s->operation != STRING_OUTS;
}

/* `elements` are done. */
static void string_done(struct string *s, uint32_t elements)
{
	if (uses_source(s))
		string_move(s, X86_ESI, elements);
	if (uses_destination(s))
		string_move(s, X86_EDI, elements);
	if (s->repeat)
		string_set(s, X86_ECX, string_offset(s, X86_ECX) - elements);
}

/* One element. */

static gva string_linear(struct string *s, unsigned segment, uint32_t offset, bool write)
{
	bool is_free = (s->x->cpu.modes & X86_MODE_FREE(segment)) && !(write && segment == X86_CS);

	if (!is_free)
		x86_help_segment(s->x, segment, offset, s->size, write);
	return s->x->segment[segment].base + offset;
}

static uint32_t string_load(struct string *s, unsigned segment, unsigned n)
{
	gva at = string_linear(s, segment, string_offset(s, n), false);

	return (uint32_t)mem_load(&s->x->cpu, at, s->mem);
}

static uint32_t string_accumulator(const struct string *s)
{
	uint32_t eax = s->x->r[X86_EAX];

	return s->size == 4 ? eax : eax & ((1u << 8 * s->size) - 1);
}

static void string_accumulate(struct string *s, uint32_t value)
{
	uint32_t mask = s->size == 4 ? ~0u : (1u << 8 * s->size) - 1;

	s->x->r[X86_EAX] = (s->x->r[X86_EAX] & ~mask) | (value & mask);
}

/* CMPS, SCAS: flags of x - y, and whether that is the last. */
static void string_compare(struct string *s, uint32_t x, uint32_t y)
{
	s->x->flags_kind = X86_FLAGS_CMP + x86_log2(s->size);
	s->x->flags_inc = 0;
	s->x->flags_result = x;
	s->x->flags_source = y;
	s->stop = (s->repeat == 0xf3) != (x == y);
}

static void string_store(struct string *s, uint32_t value)
{
	gva at = string_linear(s, X86_ES, string_offset(s, X86_EDI), true);

	mem_store(&s->x->cpu, at, s->mem, value);
}

/* The memory must be writable before the port is read. */
static void string_in(struct string *s)
{
	struct cpu *cpu = &s->x->cpu;
	uint32_t port = s->x->r[X86_EDX] & 0xffff, value;
	hva to;
	gva at;

	x86_help_io_check(s->x, port, s->size, 0, 0);
	at = string_linear(s, X86_ES, string_offset(s, X86_EDI), true);
	mem_span(cpu, at, s->mem, s->size, true);
	value = (uint32_t)x86_help_in(s->x, port, s->size, 0, 0);
	to = mem_span(cpu, at, s->mem, s->size, true);
	memcpy(to, &value, s->size);
	mem_span_end(cpu, at, s->mem, s->size);
}

static void string_out(struct string *s)
{
	uint32_t port = s->x->r[X86_EDX] & 0xffff;

	x86_help_io_check(s->x, port, s->size, 0, 0);
	x86_help_out(s->x, port, s->size, string_load(s, s->source, X86_ESI), 0);
}

static void string_one(struct string *s)
{
	uint32_t value;

	switch (s->operation) {
	case STRING_MOVS:
		string_store(s, string_load(s, s->source, X86_ESI));
		break;
	case STRING_CMPS:
		value = string_load(s, s->source, X86_ESI);
		string_compare(s, value, string_load(s, X86_ES, X86_EDI));
		break;
	case STRING_STOS:
		string_store(s, string_accumulator(s));
		break;
	case STRING_LODS:
		string_accumulate(s, string_load(s, s->source, X86_ESI));
		break;
	case STRING_SCAS:
		string_compare(s, string_accumulator(s), string_load(s, X86_ES, X86_EDI));
		break;
	case STRING_INS:
		string_in(s);
		break;
	case STRING_OUTS:
		string_out(s);
		break;
	}
	string_done(s, 1);
}

/* Several. */

static uint32_t string_least(uint32_t x, uint32_t y)
{
	return x < y ? x : y;
}

/* How many of n elements from an offset lie within the address size and the limit. */
static uint32_t string_within(const struct string *s, unsigned segment, uint32_t offset, uint32_t n,
			      bool write)
{
	const struct x86_segment *g = &s->x->segment[segment];
	bool is_free = s->x->cpu.modes & X86_MODE_FREE(segment);
	uint32_t span = write ? g->span_write : g->span;
	uint32_t top = s->mask - (s->size - 1); /* the last offset at which one fits */

	if (!is_free && (span == 0 || span - 1 < top))
		top = span - 1;
	if ((!is_free && span == 0) || offset > top)
		return 0;
	return string_least(n, (s->down ? offset : top - offset) / s->size + 1);
}

/* The host's pointer to an element, and how many of *n can be reached from there. */
static uint8_t *string_plain(const struct string *s, unsigned segment, unsigned reg, bool write,
			     uint32_t *n)
{
	uint32_t offset = string_offset(s, reg);
	gva at = s->x->segment[segment].base + offset;
	uint32_t in_page = at & PAGE_MASK;
	const uint64_t *table = write ? mem_write_table(s->x->cpu.mem, s->mem.space) :
					mem_read_table(s->x->cpu.mem, s->mem.space);
	uint64_t entry = table[at >> PAGE_SHIFT];

	*n = string_within(s, segment, offset, *n, write);
	if (!(entry & 1) || in_page + s->size > PAGE_BYTES || (at & ((1u << s->mem.align) - 1)) ||
	    (write && segment == X86_CS))
		*n = 0;
	else
		*n = string_least(
			*n, (s->down ? in_page : PAGE_BYTES - s->size - in_page) / s->size + 1);
	return (uint8_t *)(uintptr_t)(entry - 1 + at);
}

static uint32_t string_get(const struct string *s, const uint8_t *p)
{
	uint32_t value = 0;

	memcpy(&value, p, s->size);
	return value;
}

/* As one element after the other would do it, also where the areas overlap. */
static void string_copy(const struct string *s, uint8_t *to, const uint8_t *from, uint32_t n)
{
	size_t bytes = (size_t)n * s->size;
	ptrdiff_t step = s->down ? -(ptrdiff_t)s->size : (ptrdiff_t)s->size;
	uintptr_t ahead =
		s->down ? (uintptr_t)from - (uintptr_t)to : (uintptr_t)to - (uintptr_t)from;

	if (ahead == 0 || ahead >= bytes) {
		size_t below = s->down ? bytes - s->size : 0;

		memmove(to - below, from - below, bytes);
		return;
	}
	for (; n; n--, to += step, from += step)
		memcpy(to, &(uint32_t){ string_get(s, from) }, s->size);
}

/* `bytes` of a value of `size` bytes, over and over. */
static void fill_memory(uint8_t *to, uint32_t value, unsigned size, size_t bytes)
{
	uint8_t pattern[32];

	if (size == 2)
		value = (value & 0xffff) * 0x10001u;
	if (size == 1 || value == (value & 0xff) * 0x01010101u) {
		memset(to, (int)(value & 0xff), bytes);
		return;
	}
	for (unsigned i = 0; i < sizeof pattern; i += 4)
		memcpy(pattern + i, &value, 4);
	for (; bytes >= sizeof pattern; bytes -= sizeof pattern, to += sizeof pattern)
		memcpy(to, pattern, sizeof pattern);
	memcpy(to, pattern, bytes);
}

static void string_fill(const struct string *s, uint8_t *to, uint32_t n)
{
	if (s->down)
		to -= (size_t)(n - 1) * s->size;
	fill_memory(to, string_accumulator(s), s->size, (size_t)n * s->size);
}

/* Compares until it is decided: the number of elements, the last one included. */
static uint32_t string_search(struct string *s, const uint8_t *from, const uint8_t *at, uint32_t n)
{
	ptrdiff_t step = s->down ? -(ptrdiff_t)s->size : (ptrdiff_t)s->size;
	uint32_t done = 0, x = string_accumulator(s), y = 0;
	bool while_equal = s->repeat == 0xf3;

	do {
		if (from) {
			x = string_get(s, from);
			from += step;
		}
		y = string_get(s, at);
		at += step;
		done++;
	} while (done < n && (x == y) == while_equal);
	string_compare(s, x, y);
	return done;
}

/* Does up to n elements by pointers; the number done, 0 if that can't be. */
static uint32_t string_several(struct string *s, uint32_t n)
{
	bool write = s->operation == STRING_MOVS || s->operation == STRING_STOS;
	uint8_t *from = NULL, *to = NULL;

	if (s->operation == STRING_INS || s->operation == STRING_OUTS)
		return 0;
	if (uses_source(s))
		from = string_plain(s, s->source, X86_ESI, false, &n);
	if (n && uses_destination(s))
		to = string_plain(s, X86_ES, X86_EDI, write, &n);
	if (!n)
		return 0;
	switch (s->operation) {
	case STRING_MOVS:
		string_copy(s, to, from, n);
		break;
	case STRING_STOS:
		string_fill(s, to, n);
		break;
	case STRING_LODS:
		from += (s->down ? -(ptrdiff_t)s->size : (ptrdiff_t)s->size) * (ptrdiff_t)(n - 1);
		string_accumulate(s, string_get(s, from));
		break;
	default:
		n = string_search(s, from, to, n);
		break;
	}
	string_done(s, n);
	return n;
}

/* REP MOVS and STOS upwards, whose bytes lie in a page of plain memory each, in segments
 * without limits: most of all.  Only these need no more than a look at the tables. */
struct quick {
	struct x86 *x;
	uint32_t bytes;
	uint8_t *at;
};

/* Where `bytes` at a register's offset are. */
static bool quick_reach(struct quick *q, const uint64_t *table, unsigned segment, unsigned reg)
{
	uint32_t offset = q->x->r[reg];
	gva at = q->x->segment[segment].base + offset;
	uint64_t entry = table[at >> PAGE_SHIFT];

	q->at = (uint8_t *)(uintptr_t)(entry - 1 + at);
	return entry & 1 && (at & PAGE_MASK) + q->bytes <= PAGE_BYTES &&
	       offset <= UINT32_MAX - q->bytes && q->x->cpu.modes & X86_MODE_FREE(segment);
}

static bool string_quick(struct x86 *x, uint32_t how, uint32_t more)
{
	unsigned space = x->cpu.modes & X86_MODE_USER ? X86_SPACE_USER : X86_SPACE_KERNEL;
	unsigned size = how >> 4, source = more & 15;
	uint32_t count = x->r[X86_ECX];
	struct quick to = { .x = x, .bytes = count * size }, from = to;

	if (count > PAGE_BYTES || x->eflags & X86_DF || x->cpu.modes & X86_MODE_ALIGN ||
	    !quick_reach(&to, mem_write_table(x->cpu.mem, space), X86_ES, X86_EDI))
		return false;
	if ((how & 15) == STRING_STOS) {
		fill_memory(to.at, x->r[X86_EAX], size, to.bytes);
	} else {
		if (!quick_reach(&from, mem_read_table(x->cpu.mem, space), source, X86_ESI) ||
		    (uintptr_t)to.at - (uintptr_t)from.at < to.bytes)
			return false;
		memmove(to.at, from.at, to.bytes);
		x->r[X86_ESI] += to.bytes;
	}
	x->r[X86_EDI] += to.bytes;
	x->r[X86_ECX] = 0;
	return true;
}

/* Whether string_quick may be asked: what is known at translation. */
static bool is_quick(uint32_t how, uint32_t more)
{
	return ((how & 15) == STRING_MOVS || (how & 15) == STRING_STOS) && more >> 8 &&
	       !(more >> 16) && (more >> 4 & 15) == 4;
}

static void string_decode(struct string *s, struct x86 *x, uint32_t how, uint32_t more)
{
	uint32_t modes = x->cpu.modes;
	unsigned log2;

	*s = (struct string){
		.x = x,
		.operation = how & 15,
		.size = how >> 4,
		.source = more & 15,
		.mask = (more >> 4 & 15) == 2 ? 0xffff : 0xffffffff,
		.repeat = more >> 8 & 0xff,
		.down = x->eflags & X86_DF,
	};
	log2 = x86_log2(s->size);
	s->mem = (struct ir_mem){
		.size = log2 & 7,
		.align = modes & X86_MODE_ALIGN ? log2 & 7 : 0,
		.space = modes & X86_MODE_USER ? X86_SPACE_USER : X86_SPACE_KERNEL,
	};
}

uint64_t x86_help_string(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	uint32_t done = 0, most = b >> 16 & 1 ? 1 : STRING_MOST;
	struct string s;

	(void)c, (void)d;
	if (is_quick((uint32_t)a, (uint32_t)b) && string_quick(cpu, (uint32_t)a, (uint32_t)b))
		return 0;
	string_decode(&s, cpu, (uint32_t)a, (uint32_t)b);
	if (!s.repeat) {
		string_one(&s);
		return 0;
	}
	if (s.operation >= STRING_INS && most > STRING_MOST_PORT)
		most = STRING_MOST_PORT;
	while (done < most && !s.stop && string_offset(&s, X86_ECX)) {
		uint32_t n = string_least(most - done, string_offset(&s, X86_ECX));
		uint32_t several = string_several(&s, n);

		if (!several)
			string_one(&s);
		done += several ? several : 1;
	}
	return !s.stop && string_offset(&s, X86_ECX) != 0;
}

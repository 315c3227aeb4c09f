/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel interface page, checked as raw words, the trap that finds it, and
 * a thread's UTCB as the kernel sets it up (manual sections 1.1 and 1.3).
 */
#include "ktest.h"
#include "io.h"
#include "tests.h"

#include <l4/bootinfo.h>

#define WORD_DESCRIPTION 3
#define WORD_SIGMA0 8
#define WORD_ROOT 16
#define WORD_MEMORY 21
#define WORD_UTCB 42
#define WORD_KIP_AREA 43
#define WORD_BOOT 46
#define WORD_PROCESSORS 47
#define WORD_CLOCK 48
#define WORD_THREADS 49
#define WORD_PAGES 50
#define WORD_PROCESSOR_INFO 51
#define WORD_FIRST_CALL 52
#define WORD_LAST_CALL 62

extern char _start[];

static l4_word_t kip_word(unsigned i)
{
	return ((const volatile l4_word_t *)l4_kip())[i];
}

/* The magic is "L4" E6 'K' whatever the word's upper half holds. */
void test_kip_words(void)
{
	check_eq(kip_word(0) & 0xffffffff, 0x4be6344c, "magic");
	check_eq(kip_word(1), 0x84ull << 24 | 5 << 16, "API version");
	check_eq(kip_word(2) & 3, 0, "flags: little endian");
	check_eq(kip_word(2) >> 2 & 3, 1, "flags: 64-bit words");
	check_eq(kip_word(WORD_UTCB), 12 << 16 | 10 << 10 | 1, "UTCB info: s, a, m");
	check_eq(kip_word(WORD_KIP_AREA) & 0x3f, 12, "KIP area is 4 KiB");
	check_eq(kip_word(WORD_THREADS) & 0xff, 16, "16 bits of thread number");
	check_eq(kip_word(WORD_PAGES) & 7, 3, "rights that can be set apart: w and x, not r");
	check((kip_word(WORD_PAGES) >> 12 & 1) && (kip_word(WORD_PAGES) >> 21 & 1),
	      "page sizes 4 KiB and 2 MiB");
	check((kip_word(WORD_CLOCK) & 0xffff) != 0, "clock: read precision");
	check_eq((l4_word_t)l4_kip() & (L4_PAGE_SIZE - 1), 0, "page aligned");
}

static bool kip_has_gigabyte_pages(void)
{
	uint32_t a, b, c, d;

	cpuid(0x80000000, &a, &b, &c, &d);
	if (a < 0x80000001)
		return false;
	cpuid(0x80000001, &a, &b, &c, &d);
	return d >> 26 & 1;
}

void test_kip_info(void)
{
	l4_word_t description = kip_word(WORD_DESCRIPTION);
	l4_word_t user_base = kip_word(WORD_THREADS) >> 20 & 0xfff;
	l4_word_t system_base = kip_word(WORD_THREADS) >> 8 & 0xfff;
	l4_word_t processors = kip_word(WORD_PROCESSOR_INFO);
	const l4_word_t *processor;

	check(description && description < L4_PAGE_SIZE - 32, "description lies in the page");
	check_range(system_base, 16, 4095, "at least 16 interrupts");
	check(user_base >= system_base, "user threads come after system threads");
	check_eq(main_id.raw, (user_base + 2) << 32 | 1, "root is (U+2, 1)");
	check_eq(kip_word(WORD_PAGES) >> 30 & 1, kip_has_gigabyte_pages(),
		 "1 GiB pages as the processor says");
	check_range((processors & 0xffff) + 1, 1, 64, "processor count");
	check_range(processors >> 60, 4, 6, "processor descriptor size");
	processor = (const l4_word_t *)((const char *)l4_kip() + kip_word(WORD_PROCESSORS));
	check(kip_word(WORD_PROCESSORS) < L4_PAGE_SIZE && processor[1] != 0,
	      "processor frequency is given");
	check(kip_word(WORD_SIGMA0 + 2) <= kip_word(WORD_SIGMA0 + 1) &&
		      kip_word(WORD_SIGMA0 + 1) < kip_word(WORD_SIGMA0 + 3),
	      "sigma0's IP is in its memory");
	check_eq(kip_word(WORD_ROOT + 1), (l4_word_t)_start, "root's IP");
	check(kip_word(WORD_ROOT + 2) <= (l4_word_t)_start &&
		      (l4_word_t)_start < kip_word(WORD_ROOT + 3),
	      "root's IP is in its memory");
}

void test_kip_calls(void)
{
	l4_word_t same = 0, user = 0;

	for (unsigned i = WORD_FIRST_CALL; i <= WORD_LAST_CALL; i++) {
		if (!kip_word(i) || kip_word(i) < L4_PAGE_SIZE)
			user++;
		/* Ipc and Lipc may share code. */
		for (unsigned k = WORD_FIRST_CALL; k < i; k++)
			if (kip_word(i) == kip_word(k) && !(k == 56 && i == 57))
				same++;
	}
	check_eq(user, 0, "all eleven calls have absolute addresses");
	check_eq(same, 0, "and different ones");
}

void test_kip_memory(void)
{
	unsigned count = (unsigned)kip_word(WORD_MEMORY);
	l4_word_t offset = kip_word(WORD_MEMORY) >> 32;
	const l4_word_t *d = (const l4_word_t *)((const char *)l4_kip() + offset);
	unsigned backward = 0, conventional = 0, reserved = 0, virt = 0;

	if (!check(count && offset + 16 * count <= L4_PAGE_SIZE, "descriptors lie in the page"))
		return;
	for (unsigned i = 0; i < count; i++, d += 2) {
		bool is_virtual = d[0] >> 9 & 1;

		backward += (d[0] & ~0x3ffull) > (d[1] | 0x3ff);
		virt += is_virtual && d[1] >> 32;
		conventional += !is_virtual && (d[0] & 0xf) == L4_MEMORY_CONVENTIONAL;
		reserved += !is_virtual && (d[0] & 0xf) == L4_MEMORY_RESERVED;
	}
	check_eq(backward, 0, "no descriptor ends before it begins");
	check(conventional, "conventional memory");
	check(reserved, "the kernel's memory is reserved");
	check(virt, "virtual memory for users");
}

/* The nearest descriptor that says what the address is; later ones win. */
static unsigned kip_type_of(l4_word_t address)
{
	const struct l4_memory_descriptor *d = l4_kip_memory(l4_kip());
	unsigned type = L4_MEMORY_UNDEFINED;

	for (unsigned i = 0; i < l4_kip_memory_count(l4_kip()); i++, d++)
		if (!l4_memory_is_virtual(d) && l4_memory_low(d) <= address &&
		    address <= l4_memory_high(d))
			type = l4_memory_type(d);
	return type;
}

void test_kip_memory_types(void)
{
	unsigned type = kip_type_of((l4_word_t)pool);

	check(type == L4_MEMORY_CONVENTIONAL, "what sigma0 gives out is conventional memory");
	check_eq(kip_type_of(0x100000), L4_MEMORY_RESERVED, "the kernel's first page is reserved");
}

void test_kip_boot_info(void)
{
	const struct l4_boot_info *info = (const struct l4_boot_info *)kip_word(WORD_BOOT);
	const struct l4_boot_record *r;
	unsigned execs = 0, bad = 0;

	if (!check(info != NULL, "there is a BootInfo"))
		return;
	check_eq(info->magic, 0x14b0021d, "BootInfo magic");
	check_eq(info->version, 1, "BootInfo version");
	r = l4_boot_first(info);
	for (l4_word_t i = 0; i < info->num_entries; i++, r = l4_boot_next(r)) {
		const struct l4_boot_exec *e = (const struct l4_boot_exec *)r;

		if ((l4_word_t)r < (l4_word_t)info ||
		    (l4_word_t)r >= (l4_word_t)info + info->size) {
			bad++;
			break;
		}
		execs += r->type == L4_BOOT_SIMPLE_EXEC && e->initial_ip == (l4_word_t)_start;
	}
	check_eq(bad, 0, "records lie within BootInfo's size");
	check_eq(execs, 1, "one record describes ktest");
}

void test_kip_trap(void)
{
	struct registers r = { .rbx = 0x1111,
			       .rbp = 0x2222,
			       .rdi = 0x3333,
			       .r8 = 0x4444,
			       .r9 = 0x5555,
			       .r10 = 0x6666,
			       .r12 = 0x7777,
			       .r15 = 0x8888 };

	asm_call(&r, (l4_word_t)asm_kernel_interface);
	check_eq(r.rax, (l4_word_t)l4_kip(), "lock; nop: RAX is the page's address");
	check_eq(r.rcx, kip_word(1), "RCX is the API version");
	check_eq(r.rdx, kip_word(2), "RDX is the API flags");
	check_eq(r.rsi, *(const l4_word_t *)((const char *)l4_kip() + kip_word(3)),
		 "RSI is the kernel id of the description");
	check(r.rbx == 0x1111 && r.rbp == 0x2222 && r.rdi == 0x3333 && r.r8 == 0x4444 &&
		      r.r9 == 0x5555 && r.r10 == 0x6666 && r.r12 == 0x7777 && r.r15 == 0x8888,
	      "other registers are kept");
}

static l4_word_t kip_lookup(l4_word_t unused, l4_word_t unused2)
{
	(void)unused;
	(void)unused2;
	return (l4_word_t)l4_kernel_interface(&(l4_word_t){ 0 }, &(l4_word_t){ 0 },
					      &(l4_word_t){ 0 });
}

/* The page is where SpaceControl put it, and nobody can change it. */
void test_kip_protected(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t result = 0, kip = (l4_word_t)l4_kip();

	agent_call(&a, kip_lookup, 0, 0, &result);
	check_eq(result, kip, "the trap works in a child space");
	check(agent_peek(&a, kip + 8, &result) && result == kip_word(1),
	      "a child space reads the page");
	check(!agent_poke(&a, kip, 0), "writing it faults");
	check(agent_faulted(&a, L4_LABEL_PAGE_FAULT | L4_RIGHT_W, kip), "as a page fault");
	check_eq(kip_word(0) & 0xffffffff, 0x4be6344c, "and changes nothing");
}

struct utcb_view {
	l4_word_t address, gs, id, pager, handler, processor, handle;
};
static struct utcb_view seen[2];

/* Before the harness code has changed a register. */
static l4_word_t kip_look_at_utcb(l4_word_t view, l4_word_t unused)
{
	struct utcb_view *v = (struct utcb_view *)view;

	(void)unused;
	v->address = (l4_word_t)l4_utcb();
	v->gs = l4_my_local_id().raw;
	v->id = l4_tcr(L4_TCR_GLOBAL_ID);
	v->pager = l4_tcr(L4_TCR_PAGER);
	v->handler = l4_tcr(L4_TCR_EXCEPTION_HANDLER);
	v->processor = l4_tcr(L4_TCR_PROCESSOR_NO);
	v->handle = l4_tcr(L4_TCR_HANDLE);
	return 0;
}

void test_utcb(void)
{
	struct agent a = agent_new(NULL), b = agent_new(space_new());

	agent_call(&a, kip_look_at_utcb, (l4_word_t)&seen[0], 0, NULL);
	agent_call(&b, kip_look_at_utcb, (l4_word_t)&seen[1], 0, NULL);
	check_eq(seen[0].address, a.thread->local.raw, "gs:[0] is where ThreadControl put it");
	check_eq(seen[1].address, b.thread->local.raw, "also in another space");
	check_eq(seen[0].address & L4_LOCAL_ID_MASK, 0, "the low 6 bits are 0");
	check_eq(seen[0].id, a.thread->id.raw, "global id register");
	check_eq(seen[1].id, b.thread->id.raw, "also in another space");
	check_eq(seen[0].handle, 0, "user-defined handle is 0 at first");
	check_eq(seen[0].processor, 0, "processor number");
	check_eq(seen[0].pager, main_id.raw, "pager as it was set");
	check_eq(l4_tcr(L4_TCR_GLOBAL_ID), main_id.raw, "main's own");
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the hostile thread does, see hostile.h.  Random words are biased to what
 * might matter: thread ids, addresses at the edges, fpages, small numbers.
 * Timeouts are mostly short, as a blocked attacker is no attacker.
 */
#include "hostile.h"

#define CODE_INT 0             /* int n; ret: three bytes for each n */
#define CODE_SELECTORS 0x300   /* mov ax to a segment register; ret */
#define CODE_ODD 0x340         /* eight bytes each */
#define CODE_SYSCALL_END 0xffe /* syscall, the last instruction of the page */
#define SELECTORS 5
#define ODD_COUNT 33

enum call {
	SPACE_CONTROL,
	THREAD_CONTROL,
	PROCESSOR_CONTROL,
	MEMORY_CONTROL,
	IPC,
	LIPC,
	UNMAP,
	EXCHANGE_REGISTERS,
	SYSTEM_CLOCK,
	THREAD_SWITCH,
	SCHEDULE,
};

/* Privileged, reserved and obscure instructions, each followed by ret. */
static const uint8_t odd_code[ODD_COUNT][8] = {
	{ 0xfa, 0xc3 },                         /* cli */
	{ 0xfb, 0xc3 },                         /* sti */
	{ 0xf4, 0xc3 },                         /* hlt */
	{ 0x0f, 0x01, 0x18, 0xc3 },             /* lidt (rax) */
	{ 0x0f, 0x01, 0x10, 0xc3 },             /* lgdt (rax) */
	{ 0x0f, 0x00, 0xd0, 0xc3 },             /* lldt ax */
	{ 0x0f, 0x00, 0xd8, 0xc3 },             /* ltr ax */
	{ 0x0f, 0x30, 0xc3 },                   /* wrmsr */
	{ 0x0f, 0x32, 0xc3 },                   /* rdmsr */
	{ 0x0f, 0x22, 0xc0, 0xc3 },             /* mov cr0 */
	{ 0x0f, 0x22, 0xd8, 0xc3 },             /* mov cr3 */
	{ 0x0f, 0x22, 0xe0, 0xc3 },             /* mov cr4 */
	{ 0x44, 0x0f, 0x22, 0xc0, 0xc3 },       /* mov cr8 */
	{ 0x0f, 0x23, 0xf8, 0xc3 },             /* mov dr7 */
	{ 0x0f, 0x01, 0xf8, 0xc3 },             /* swapgs */
	{ 0x48, 0x0f, 0x07, 0xc3 },             /* sysretq */
	{ 0x0f, 0x35, 0xc3 },                   /* sysexit */
	{ 0x0f, 0x34, 0xc3 },                   /* sysenter */
	{ 0x48, 0xcf },                         /* iretq */
	{ 0x48, 0xcb },                         /* retfq */
	{ 0x9d, 0xc3 },                         /* popfq */
	{ 0x50, 0x9d, 0xc3 },                   /* push rax; popfq */
	{ 0xf3, 0x48, 0x0f, 0xae, 0xd8, 0xc3 }, /* wrgsbase rax */
	{ 0xf3, 0x48, 0x0f, 0xae, 0xd0, 0xc3 }, /* wrfsbase rax */
	{ 0x0f, 0x01, 0xd1, 0xc3 },             /* xsetbv */
	{ 0x0f, 0x01, 0xcb, 0xc3 },             /* stac */
	{ 0x0f, 0x01, 0xc1, 0xc3 },             /* vmcall */
	{ 0x0f, 0x33, 0xc3 },                   /* rdpmc */
	{ 0xf1, 0xc3 },                         /* int1 */
	{ 0x0f, 0x09, 0xc3 },                   /* wbinvd */
	{ 0xed, 0xc3 },                         /* in eax, dx */
	{ 0xef, 0xc3 },                         /* out dx, eax */
	{ 0x0f, 0x05, 0xc3 },                   /* syscall */
};

void hostile_write_code(uint8_t *page)
{
	static const uint8_t selectors[SELECTORS] = { 0xe8, 0xe0, 0xd8, 0xc0, 0xd0 };

	for (unsigned i = 0; i < L4_PAGE_SIZE; i++)
		page[i] = 0xcc;
	for (unsigned i = 0; i < 256; i++) {
		page[CODE_INT + 3 * i] = 0xcd;
		page[CODE_INT + 3 * i + 1] = (uint8_t)i;
		page[CODE_INT + 3 * i + 2] = 0xc3;
	}
	for (unsigned i = 0; i < SELECTORS; i++) {
		page[CODE_SELECTORS + 4 * i] = 0x8e;
		page[CODE_SELECTORS + 4 * i + 1] = selectors[i];
		page[CODE_SELECTORS + 4 * i + 2] = 0xc3;
	}
	for (unsigned i = 0; i < ODD_COUNT; i++)
		for (unsigned k = 0; k < 8; k++)
			page[CODE_ODD + 8 * i + k] = odd_code[i][k];
	page[CODE_SYSCALL_END] = 0x0f;
	page[CODE_SYSCALL_END + 1] = 0x05;
}

static uint64_t hostile_random(struct hostile *h)
{
	h->random ^= h->random >> 12;
	h->random ^= h->random << 25;
	h->random ^= h->random >> 27;
	return h->random * 0x2545f4914f6cdd1dull;
}

static l4_word_t hostile_address(uint64_t r)
{
	static const l4_word_t places[] = {
		0,
		0x00400000,
		0x00401ff8,
		0x00100000,
		0x00007ffffffffff8,
		0x0000800000000000,
		0xffff7ffffffffff8,
		0xffff800000000000,
		0xffff800000100000,
		0xffffffff80100000,
		0xffffffffc0000000,
		0xffffffffd0000000,
		0xffffffffe0000000,
		0xfffffffffffffff8,
		CHILD_UTCBS,
		HOSTILE_VA,
		HOSTILE_CODE,
		TEST_VA,
		0x0000000200000000,
		0x00007fffffe00000,
	};

	return places[r % COUNT(places)] + (r >> 8 & 1 ? (r >> 16 & 0x1fff) : 0);
}

static l4_word_t hostile_fpage(uint64_t r)
{
	unsigned size = r & 1 ? 12 : (r >> 1) & 0x3f;

	return (hostile_address(r >> 8) & ~0x3ffull) | size << 4 | (r >> 40 & 0xf);
}

static l4_word_t hostile_word(struct hostile *h)
{
	uint64_t r = hostile_random(h), x = r >> 8;

	switch (r & 15) {
	case 0:
		return 0;
	case 1:
		return ~0ull;
	case 2:
	case 3:
		return x & 0xff;
	case 4:
		return x & 0xffff;
	case 5:
	case 6:
	case 7:
		return h->ids[x % HOSTILE_IDS];
	case 8:
		return (x % 70000) << 32 | (x >> 32 & 0x7f);
	case 9:
		return CHILD_UTCBS + (x & 0xffc0);
	case 10:
	case 11:
		return hostile_fpage(x);
	case 12:
	case 13:
		return hostile_address(x);
	case 14:
		return 1ull << (x & 63);
	default:
		return hostile_random(h);
	}
}

#define ZERO_TIME 0x400

/* Mostly none at all, sometimes a few microseconds, seldom never or anything. */
static l4_word_t hostile_timeouts(struct hostile *h)
{
	uint64_t r = hostile_random(h);
	l4_word_t send = r >> 9 & 127 ? ZERO_TIME : 1 + (r >> 16 & 31);
	l4_word_t receive = r >> 24 & 127 ? ZERO_TIME : 1 + (r >> 32 & 31);

	switch (r & 0xfff) {
	case 0:
		return 0;
	case 1:
		return r >> 32;
	default:
		return send << 16 | receive;
	}
}

/* A tag that is often right, and items to go with it. */
static void hostile_write_message(struct hostile *h)
{
	static const l4_word_t labels[] = { 0,
					    L4_LABEL_PAGE_FAULT | 7,
					    L4_LABEL_EXCEPTION,
					    L4_LABEL_SIGMA0,
					    L4_LABEL_IO_FAULT,
					    L4_LABEL_INTERRUPT,
					    L4_LABEL_PREEMPTION,
					    0x57 };
	uint64_t r = hostile_random(h);
	unsigned untyped = r & 1 ? r >> 8 & 3 : r >> 8 & 63;
	unsigned typed = r & 2 ? r >> 16 & 7 : (r & 60 ? 0 : r >> 16 & 63);

	h->utcb[0] = l4_tag(labels[r >> 32 & 7], untyped, typed).raw |
		     ((r >> 40 & 7) ? 0 : r >> 30 & L4_TAG_FLAGS);
	for (unsigned i = untyped + 1; i <= untyped + typed && i < L4_MR_COUNT; i += 2) {
		l4_word_t head = hostile_word(h);

		if (head & 0x100)
			head = l4_string_head(r >> 20 & 0x1fff, 1) | (head & 1);
		h->utcb[i] = head;
		if (i + 1 < L4_MR_COUNT)
			h->utcb[i + 1] = hostile_random(h) & 1 ? hostile_fpage(hostile_random(h)) :
								 hostile_address(hostile_random(h));
	}
	for (unsigned i = 1; i <= untyped; i += 1 + (r >> 50 & 7))
		h->utcb[i] = hostile_word(h);
}

static void hostile_write_buffers(struct hostile *h)
{
	uint64_t r = hostile_random(h);
	l4_word_t *br0 = h->utcb + L4_TCR_BR0;

	br0[0] = r & 1 ? (L4_COMPLETE_SPACE.raw | 1) : hostile_word(h);
	for (int i = 1; i < 7; i += 2) {
		br0[-i] = r & 2 ? l4_string_head(r >> 8 & 0x1fff, 1) | 1 : hostile_word(h);
		br0[-i - 1] = hostile_address(hostile_random(h));
	}
}

static void hostile_write_utcb(struct hostile *h)
{
	uint64_t r = hostile_random(h);

	if (r & 1)
		hostile_write_message(h);
	if (!(r & 6))
		hostile_write_buffers(h);
	h->utcb[L4_TCR_XFER_TIMEOUTS] = hostile_timeouts(h);
	h->utcb[L4_TCR_SENDER] = h->ids[r >> 8 & 7];
	if (!(r >> 16 & 0x1ff))
		h->utcb[-1 - (int)(r >> 32 & 63)] = hostile_word(h);
}

static void hostile_fill_registers(struct hostile *h)
{
	l4_word_t *r = (l4_word_t *)&h->regs;

	for (unsigned i = 0; i < 15; i++)
		r[i] = hostile_word(h);
}

/* Arguments of IPC are made to fit a little, so that it gets somewhere. */
static void hostile_prepare_ipc(struct hostile *h)
{
	struct registers *r = &h->regs;

	hostile_write_utcb(h);
	r->rsi = hostile_random(h) & 3 ? h->ids[hostile_random(h) % HOSTILE_IDS] : r->rsi;
	r->rdx = hostile_random(h) & 1 ? 0 : r->rdx;
	r->r8 = hostile_timeouts(h);
	r->r9 = h->utcb[0];
	if (hostile_random(h) & 7) {
		r->rdi = (l4_word_t)h->utcb;
		r->rax = h->utcb[1];
		r->rbx = h->utcb[2];
		r->r10 = h->utcb[3];
		r->r12 = h->utcb[4];
		r->r13 = h->utcb[5];
		r->r14 = h->utcb[6];
		r->r15 = h->utcb[7];
	}
}

/* Few fpages at a time: what it flushes has to be mapped again. */
static void hostile_prepare_unmap(struct hostile *h)
{
	struct registers *r = &h->regs;

	r->rdx = hostile_random(h) & 0x42;
	if (!(hostile_random(h) & 63))
		r->rdx = hostile_word(h);
	r->r9 = hostile_fpage(hostile_random(h));
	r->rdi = (l4_word_t)h->utcb;
}

/* A random exchange with oneself mostly ends the fun. */
static void hostile_prepare_exchange(struct hostile *h)
{
	struct registers *r = &h->regs;

	r->rax = h->ids[hostile_random(h) % HOSTILE_IDS];
	if (hostile_random(h) & 15)
		r->rsi &= ~(l4_word_t)(L4_EXREGS_SP | L4_EXREGS_IP | L4_EXREGS_HALT);
}

/* Out of 64; the rest is IPC. */
static enum call hostile_choose(uint64_t r)
{
	static const struct {
		uint8_t below, call;
	} shares[] = {
		{ 3, SPACE_CONTROL },  { 6, THREAD_CONTROL }, { 7, PROCESSOR_CONTROL },
		{ 9, MEMORY_CONTROL }, { 10, SYSTEM_CLOCK },  { 11, THREAD_SWITCH },
		{ 14, SCHEDULE },      { 17, UNMAP },         { 22, EXCHANGE_REGISTERS },
		{ 28, LIPC },
	};

	for (unsigned i = 0; i < COUNT(shares); i++)
		if ((r & 63) < shares[i].below)
			return (enum call)shares[i].call;
	return IPC;
}

static void hostile_call(struct hostile *h)
{
	enum call call = hostile_choose(hostile_random(h));

	hostile_fill_registers(h);
	if (call == IPC || call == LIPC)
		hostile_prepare_ipc(h);
	else if (call == UNMAP)
		hostile_prepare_unmap(h);
	else if (call == EXCHANGE_REGISTERS)
		hostile_prepare_exchange(h);
	asm_call(&h->regs, h->entries[call]);
}

/* SYSCALL where no library has one, int n, selectors, privileged instructions. */
static void hostile_instruction(struct hostile *h)
{
	uint64_t r = hostile_random(h), x = r >> 8;
	l4_word_t code = HOSTILE_CODE;

	hostile_fill_registers(h);
	switch (r & 7) {
	case 0:
		code = HOSTILE_LAST_PAGE + CODE_SYSCALL_END;
		break;
	case 1:
		code += CODE_SYSCALL_END;
		break;
	case 2:
		code += CODE_INT + 3 * (x & 0xff);
		break;
	case 3:
		code += CODE_SELECTORS + 4 * (x % SELECTORS);
		h->regs.rax = x >> 16 & 1 ? x >> 20 & 0x7f : x >> 20 & 0xffff;
		break;
	case 4:
		code = hostile_address(x);
		break;
	default:
		code += CODE_ODD + 8 * (x % ODD_COUNT);
		break;
	}
	asm_call(&h->regs, code);
}

/* Called by asm_hostile_entry. */
_Noreturn void hostile_main(struct hostile *h);
_Noreturn void hostile_main(struct hostile *h)
{
	h->utcb[L4_TCR_EXCEPTION_HANDLER] = h->handler.raw;
	for (;;) {
		uint64_t r = hostile_random(h);

		h->calls++;
		if (r & 0xff)
			hostile_call(h);
		else
			hostile_instruction(h);
	}
}

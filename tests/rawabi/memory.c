/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sigma0's protocol, Unmap of several fpages, MemoryControl and
 * ProcessorControl.
 */
#include "rawabi.h"
#include "tap.h"

#define MEMORY_RESERVED 2
#define ANY_PAGE (~0ull << 10)

/* Asks sigma0 for an fpage; returns the fpage of its answer. */
static uint64_t sigma0_request(const struct env *env, uint64_t fpage, struct ipc *m)
{
	uint64_t sigma0 = global_id(kip_user_base(env->kip), 1);

	*m = (struct ipc){ .to = sigma0,
			   .from = sigma0,
			   .timeouts = TIMEOUTS(TIME_4_SECONDS, TIME_4_SECONDS),
			   .mr = { TAG(LABEL_SIGMA0, 2, 0), fpage, 0 } };
	env->utcb[TCR_BUFFER0] = COMPLETE_SPACE;
	if (!ipc(env, m))
		return ~0ull;
	return m->mr[2];
}

/* Base of the first range the kernel keeps for itself, from the descriptors. */
static uint64_t reserved_page(const uint64_t *kip)
{
	uint64_t info = kip[KIP_MEMORY_INFO];
	const uint64_t *d = (const uint64_t *)((uint64_t)kip + (info >> 32));
	unsigned i;

	for (i = 0; i < (uint32_t)info; i++, d += 2) {
		if ((d[0] & 0x20f) == MEMORY_RESERVED)
			return (d[0] + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
	}
	return 0;
}

static void check_sigma0(const struct env *env)
{
	struct ipc m;
	uint64_t fpage = sigma0_request(env, ANY_PAGE | 12 << 4, &m), reserved;
	volatile uint64_t *page = (volatile uint64_t *)(fpage & ~(PAGE_SIZE - 1));

	check_word(tag_typed(m.mr[0]), 2, "sigma0: the answer to a request is one map item");
	check_word(m.mr[1] & 0xf, 8, "sigma0: its first word says map");
	if (check(fpage != 0 && fpage != ~0ull && (fpage >> 4 & 0x3f) == 12,
		  "sigma0: it gives some page")) {
		page[5] = 0x1234;
		check_word(page[5], 0x1234, "sigma0: the page can be written and read");
		check_word(sigma0_request(env, (fpage & ~0xfffull) | 12 << 4, &m) & ~15ull,
			   fpage & ~15ull, "sigma0: the same page again for the same owner");
	}
	reserved = reserved_page(env->kip);
	check_word(sigma0_request(env, FPAGE(reserved, 12, 0), &m), 0,
		   "sigma0: the nil page for memory of the kernel");
}

/* Ten fpages of pages we own, the even ones written, in R9 ... R15 and the UTCB. */
static void check_unmap_many(const struct env *env)
{
	static unsigned char pages[10][4096] __attribute__((aligned(4096)));
	uint64_t f[10], got;
	unsigned i;
	struct regs r;

	for (i = 0; i < 10; i++) {
		f[i] = FPAGE((uint64_t)pages[i], 12, 0);
		*(volatile unsigned char *)pages[i];
	}
	for (i = 0; i < 2; i++) { /* the first time clears the bits of earlier use */
		r = (struct regs){ .rdx = 9,
				   .rdi = (uint64_t)env->utcb,
				   .r9 = f[0],
				   .rax = f[1],
				   .rbx = f[2],
				   .r10 = f[3],
				   .r12 = f[4],
				   .r13 = f[5],
				   .r14 = f[6],
				   .r15 = f[7] };
		env->utcb[8] = f[8];
		env->utcb[9] = f[9];
		if (i == 1) {
			*(volatile unsigned char *)pages[0] = 1;
			*(volatile unsigned char *)pages[6] = 1;
			*(volatile unsigned char *)pages[8] = 1;
		}
		syscall(env, KIP_UNMAP, &r);
	}
	got = (r.r9 & 2) | (r.rax & 2) << 1 | (r.rbx & 2) << 2 | (r.r10 & 2) << 3 |
	      (r.r12 & 2) << 4 | (r.r13 & 2) << 5 | (r.r14 & 2) << 6 | (r.r15 & 2) << 7 |
	      (env->utcb[8] & 2) << 8 | (env->utcb[9] & 2) << 9;
	check_word(got >> 1, 1 << 0 | 1 << 6 | 1 << 8,
		   "Unmap of ten fpages: w is reported in R9, R14 and UTCB word 8 only");
	check_word(r.rbx & ~7ull, f[2], "Unmap of ten fpages: RBX comes back as MR2");
	check_word(r.rdi, (uint64_t)env->utcb, "Unmap of ten fpages: RDI is the UTCB address");
}

static uint64_t memory_control(const struct env *env, uint64_t fpage, uint64_t attribute)
{
	struct regs r = { .rdx = 0,
			  .r9 = fpage,
			  .rdi = (uint64_t)env->utcb,
			  .rcx = attribute,
			  .rsi = attribute,
			  .r8 = attribute,
			  .r11 = attribute };

	return syscall(env, KIP_MEMORY_CONTROL, &r);
}

static void check_memory_control(const struct env *env)
{
	static unsigned char page[4096] __attribute__((aligned(4096)));
	uint64_t fpage = FPAGE((uint64_t)page, 12, 0);

	*(volatile unsigned char *)page = 1;
	check_word(memory_control(env, fpage, 0), 1, "MemoryControl: default attribute, RAX = 1");
	check_word(memory_control(env, fpage, 0x1234), 0,
		   "MemoryControl: an unknown attribute, RAX = 0");
	check_word(env->utcb[TCR_ERROR_CODE], 5, "UTCB word -9: error 5, bad parameter");
}

static void check_processor_control(const struct env *env)
{
	struct regs r = { .rdi = 0xffff };

	check_word(syscall(env, KIP_PROCESSOR_CONTROL, &r), 0,
		   "ProcessorControl of a processor that does not exist: RAX = 0");
	check_word(env->utcb[TCR_ERROR_CODE], 5, "UTCB word -9: error 5, bad parameter");
}

void memory_check(const struct env *env)
{
	check_sigma0(env);
	check_unmap_many(env);
	check_memory_control(env);
	check_processor_control(env);
}

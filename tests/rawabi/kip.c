/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lock; nop trap and the words of the kernel interface page (manual
 * section 1.1), and what a thread finds in its UTCB before it has made any call.
 */
#include "rawabi.h"
#include "tap.h"

#define API_VERSION (0x84ull << 24 | 5ull << 16)
#define LITTLE_ENDIAN_64_BIT 4
#define MEMORY_CONVENTIONAL 1

static void kip_check_trap(void)
{
	struct kernel_interface k;
	const uint64_t *kip;

	abi_find_kernel(&k, 0x1111222233334444, 0x5555666677778888);
	kip = (const uint64_t *)k.kip;
	check(k.kip && k.kip % PAGE_SIZE == 0, "lock; nop: RAX is the address of a page");
	check_word(k.version, API_VERSION, "lock; nop: RCX is the API version");
	check_word(k.flags, LITTLE_ENDIAN_64_BIT, "lock; nop: RDX is the API flags");
	check_word(k.id, *(const uint64_t *)(k.kip + kip[KIP_DESCRIPTION]) & 0xffffffff,
		   "lock; nop: RSI is the kernel id of the description");
	check_word(k.rbx, 0x1111222233334444, "lock; nop: RBX is left alone");
	check_word(k.rdi, 0x5555666677778888, "lock; nop: RDI is left alone");
}

static void kip_check_header(const uint64_t *kip)
{
	const unsigned char *magic = (const unsigned char *)kip;
	unsigned i, entries = 0;

	check(magic[0] == 'L' && magic[1] == '4' && magic[2] == 0xe6 && magic[3] == 'K',
	      "KIP word 0: magic bytes");
	check_word(kip[KIP_API_VERSION], API_VERSION, "KIP word 1: API version X.2");
	check_word(kip[KIP_API_FLAGS] & 3, 0, "KIP word 2: little endian");
	check_word(kip[KIP_API_FLAGS] & 12, 4, "KIP word 2: 64-bit words");
	for (i = KIP_SPACE_CONTROL; i <= KIP_SCHEDULE; i++)
		entries += kip[i] != 0;
	check_word(entries, 11, "KIP words 52-62: eleven system calls");
}

static void kip_check_servers(const uint64_t *kip)
{
	const uint64_t *root = kip + KIP_ROOT, *sigma0 = kip + KIP_SIGMA0;
	uint64_t here = (uint64_t)_start;

	check_word(root[1], here, "KIP word 17: root's IP is our entry point");
	check(root[2] <= here && here < root[3], "KIP words 18, 19: root's image is around it");
	check(sigma0[2] <= sigma0[1] && sigma0[1] < sigma0[3],
	      "KIP words 9-11: sigma0's IP is in its image");
}

/* Bytes of conventional memory among the descriptors, later ones not regarded. */
static uint64_t conventional_memory(const uint64_t *d, uint64_t count)
{
	uint64_t i, bytes = 0;

	for (i = 0; i < count; i++, d += 2) {
		if ((d[0] & 0x20f) == MEMORY_CONVENTIONAL)
			bytes += (d[1] | 0x3ff) + 1 - (d[0] & ~0x3ffull);
	}
	return bytes;
}

static void kip_check_memory(const uint64_t *kip)
{
	uint64_t info = kip[KIP_MEMORY_INFO], count = (uint32_t)info;
	const uint64_t *d = (const uint64_t *)((uint64_t)kip + (info >> 32));
	unsigned i, ordered = 0, virtual_ranges = 0;

	check(count > 0 && (info >> 32) + 16 * count <= PAGE_SIZE,
	      "KIP word 21: the memory descriptors lie in the page");
	for (i = 0; i < count; i++) {
		ordered += (d[2 * i] & ~0x3ffull) <= (d[2 * i + 1] | 0x3ff);
		virtual_ranges += d[2 * i] >> 9 & 1;
	}
	check_word(ordered, count, "memory descriptors: low is not above high");
	check(virtual_ranges > 0, "memory descriptors: one gives the user's virtual range");
	check(conventional_memory(d, count) >= 16 << 20,
	      "memory descriptors: 16 MiB or more are conventional");
}

static void kip_check_parameters(const uint64_t *kip)
{
	uint64_t utcb = kip[KIP_UTCB_INFO], threads = kip[KIP_THREAD_INFO];
	uint64_t processors = kip[KIP_PROCESSOR_INFO];

	check_word(utcb & 0x3ff, 1, "KIP word 42: UTCB size multiplier m = 1");
	check_word(utcb >> 10 & 0x3f, 10, "KIP word 42: UTCB alignment a = 10");
	check((utcb >> 16 & 0x3f) >= 12, "KIP word 42: a UTCB area has at least a page");
	check((kip[KIP_AREA_INFO] & 0x3f) >= 12, "KIP word 43: the KIP area is a page or more");
	check((threads >> 8 & 0xfff) > 0 && (threads >> 20 & 0xfff) >= (threads >> 8 & 0xfff),
	      "KIP word 49: interrupts first, then user threads");
	check((threads & 0xff) >= 8 && (threads & 0xff) <= 32, "KIP word 49: thread number bits");
	check_word(kip[KIP_PAGE_INFO] >> 12 & 1, 1, "KIP word 50: pages of 4 KiB");
	check_word(kip[KIP_PAGE_INFO] >> 21 & 1, 1, "KIP word 50: pages of 2 MiB");
	check((processors >> 60) >= 4, "KIP word 51: a processor descriptor has two words");
	check(*(const uint64_t *)((uint64_t)kip + kip[KIP_PROCESSOR_DESCRIPTORS] + 8) > 0,
	      "KIP word 47: the first processor has a frequency");
}

static void kip_check_utcb(const struct env *env)
{
	uint64_t user_base = kip_user_base(env->kip);

	check(env->utcb && (uint64_t)env->utcb % 64 == 0, "gs:[0] is a local id");
	check_word(env->utcb[TCR_GLOBAL_ID], global_id(user_base + 2, 1),
		   "UTCB word -15: root is thread (U + 2, 1)");
	check_word(env->utcb[TCR_PAGER], global_id(user_base, 1),
		   "UTCB word -12: root's pager is sigma0, thread (U, 1)");
	check_word(env->utcb[TCR_PROCESSOR], 0, "UTCB word -14: root starts on processor 0");
}

void kip_check(const struct env *env)
{
	kip_check_trap();
	kip_check_header(env->kip);
	kip_check_servers(env->kip);
	kip_check_memory(env->kip);
	kip_check_parameters(env->kip);
	kip_check_utcb(env);
}

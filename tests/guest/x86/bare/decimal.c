/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What 64-bit mode has dropped, so that no host can be compared with: decimal adjustment of all
 * values, by the algorithms of the manual (SDM 2), ARPL, BOUND and 16-bit addresses.
 */
#include "bare.h"

#define CF 1u
#define PF 4u
#define AF 0x10u
#define ZF 0x40u
#define SF 0x80u

/* AX and flags in, and out. */
#define DECIMAL(name)                                                                              \
	static void do_##name(uint32_t *ax, uint32_t *flags)                                       \
	{                                                                                          \
		__asm__ volatile("push %1\n\tpopf\n\t" #name "\n\tpushf\n\tpop %1"                 \
				 : "+a"(*ax), "+r"(*flags)                                         \
				 :                                                                 \
				 : "cc", "memory");                                                \
	}
DECIMAL(daa)
DECIMAL(das)
DECIMAL(aaa)
DECIMAL(aas)

static uint32_t result_flags(uint8_t al)
{
	unsigned ones = 0;

	for (unsigned i = 0; i < 8; i++)
		ones += al >> i & 1;
	return (al ? 0 : ZF) | (al & 0x80 ? SF : 0) | (ones & 1 ? 0 : PF);
}

/* DAA, DAS. */
static void packed(bool subtract, uint32_t *ax, uint32_t *flags)
{
	uint8_t al = (uint8_t)*ax, old = al;
	bool cf = *flags & CF, af = *flags & AF, old_cf = cf;

	cf = false;
	if ((al & 15) > 9 || af) {
		unsigned wide = subtract ? al - 6u : al + 6u;

		cf = old_cf || wide & 0x100;
		al = (uint8_t)wide;
		af = true;
	} else {
		af = false;
	}
	if (old > 0x99 || old_cf) {
		al = (uint8_t)(subtract ? al - 0x60 : al + 0x60);
		cf = true;
	} else if (!subtract) {
		cf = false;
	}
	*ax = (*ax & 0xff00) | al;
	*flags = (cf ? CF : 0) | (af ? AF : 0) | result_flags(al);
}

/* AAA, AAS: the other flags are undefined. */
static void unpacked(bool subtract, uint32_t *ax, uint32_t *flags)
{
	bool adjust = (*ax & 15) > 9 || *flags & AF;

	if (adjust)
		*ax = subtract ? *ax - 0x106 : *ax + 0x106;
	*ax &= 0xff0f;
	*flags = adjust ? CF | AF : 0;
}

struct adjustment {
	void (*cpu)(uint32_t *ax, uint32_t *flags);
	void (*manual)(bool subtract, uint32_t *ax, uint32_t *flags);
	bool subtract;
	uint32_t flags; /* that are defined */
};

static bool same(const struct adjustment *a, uint32_t ax, uint32_t flags)
{
	uint32_t got = ax, got_flags = flags | 2, wanted = ax, wanted_flags = flags;

	a->cpu(&got, &got_flags);
	a->manual(a->subtract, &wanted, &wanted_flags);
	return (got & 0xffff) == (wanted & 0xffff) &&
	       (got_flags & a->flags) == (wanted_flags & a->flags);
}

static void test_decimal(void)
{
	static const uint32_t flags[4] = { 0, CF, AF, CF | AF };
	static const uint32_t all = CF | PF | AF | ZF | SF;
	static const struct adjustment adjust[4] = { { do_daa, packed, false, all },
						     { do_das, packed, true, all },
						     { do_aaa, unpacked, false, CF | AF },
						     { do_aas, unpacked, true, CF | AF } };
	bool good[4] = { true, true, true, true };

	for (unsigned i = 0; i < 4; i++)
		for (uint32_t n = 0; n < 4 * 65536; n += i < 2 ? 251 : 3)
			good[i] &= same(&adjust[i], n >> 2, flags[n & 3]);
	for (uint32_t n = 0; n < 4 * 256; n++)
		for (unsigned i = 0; i < 2; i++)
			good[i] &= same(&adjust[i], 0x5a00 | n >> 2, flags[n & 3]);
	ok(good[0], "DAA");
	ok(good[1], "DAS");
	ok(good[2], "AAA");
	ok(good[3], "AAS");
}

static void test_multiplied(void)
{
	bool aam = true, aad = true;

	for (uint32_t n = 0; n < 65536; n++) {
		uint32_t a = n, b = n;

		__asm__("aam" : "+a"(a) : : "cc");
		aam &= (a & 0xffff) == ((n & 255) / 10 << 8 | (n & 255) % 10);
		__asm__("aad" : "+a"(b) : : "cc");
		aad &= (b & 0xffff) == (((n >> 8) * 10 + n) & 255);
	}
	ok(aam, "AAM");
	ok(aad, "AAD");
}

CODE(aam_zero, "	.byte 0xd4, 0" END);
CODE(salc, "	mov $0x1234, %eax\n	stc\n	.byte 0xd6\n	mov %eax, %ebx\n	clc\n	"
	   ".byte 0xd6" END);
CODE(arpl, "	arpl %cx, %ax\n	pushf\n	pop %edx" END);
CODE(bound_check, "	bound %eax, bound_pair" END);
CODE(short_lea, "	.byte 0x67, 0x8d, 0x80, 0x34, 0x12" END); /* lea eax, [bx + si + 0x1234] */
const int32_t bound_pair[2] __attribute__((used)) = { -5, 7 };

static void test_others(void)
{
	static const int32_t inside[] = { -5, 0, 7 }, outside[] = { -6, 8 };
	struct regs r = regs_user(aam_zero);
	bool good = true;

	run(&r);
	trapped(0, NO_CODE, "AAM by 0");
	r = regs_user(salc);
	run(&r);
	ok(last.ebx == 0x12ff && last.eax == 0x1200, "SALC");
	r = regs_user(arpl);
	for (uint32_t n = 0; n < 16; n++) {
		bool lower = (n & 3) < n >> 2;

		r.eax = 0xabcd1230 | (n & 3);
		r.ecx = n >> 2;
		run(&r);
		good &= last.eax == (0xabcd1230 | (lower ? n >> 2 : n & 3)) &&
			!(last.edx & ZF) == !lower;
	}
	ok(good, "ARPL");
	good = true;
	r = regs_user(bound_check);
	for (unsigned i = 0; i < 3; i++) {
		r.eax = (uint32_t)inside[i];
		run(&r);
		good &= last.vector == DONE;
	}
	for (unsigned i = 0; i < 2; i++) {
		r.eax = (uint32_t)outside[i];
		run(&r);
		good &= last.vector == 5 && last.eip == (uint32_t)bound_check;
	}
	ok(good, "BOUND");
	r = regs_user(short_lea);
	r.ebx = 0x5678ffff;
	r.esi = 0x9abc0003;
	run(&r);
	is(last.eax, 0x1236, "a 16-bit address wraps around");
}

int main(void)
{
	test_decimal();
	test_multiplied();
	test_others();
	return 0;
}

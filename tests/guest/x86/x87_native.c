/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random x87 instructions, by front end, interpreter and back end, and by the x87 of the CPU
 * this runs on: registers, tags, control and status word, memory and flags must be the same after
 * each.  The CPU gets its state by FRSTOR and is asked by FNSAVE, so that exceptions that
 * aren't masked stay where they are.
 *
 *	x86_x87_native [SEED [ROUNDS]]
 */
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "guest/x86/decode.h"
#include "guest/x86/x87.h"
#include "run_host.h"

#define CODE 0x8000u
#define DATA 0x20000u /* also in the host's address space */
#define DATA_BYTES 4096u

static uint64_t seed;

static uint32_t random32(void)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(seed >> 32);
}

static uint64_t random64(void)
{
	return (uint64_t)random32() << 32 | random32();
}

static bool one_in(unsigned n)
{
	return random32() % n == 0;
}

/* FNSAVE's format of 32-bit protected mode. */
struct __attribute__((packed)) image {
	uint32_t control, status, tags, ip, cs_opcode, data, ds;
	struct __attribute__((packed)) {
		uint64_t significand;
		uint16_t exponent;
	} st[8];
};

/* frstor [rdi]; push rcx; popf; INSTRUCTION; pushf; pop rax; fnsave [rsi]; ret */
static const uint8_t enter[] = { 0xdd, 0x27, 0x51, 0x9d };
static const uint8_t leave[] = { 0x9c, 0x58, 0xdd, 0x36, 0xc3 };

static uint8_t *native_code; /* executable */

static uint64_t native_run(const uint8_t *code, size_t bytes, const struct image *from,
			   struct image *to, uint64_t flags)
{
	uint64_t (*call)(const struct image *, struct image *, uint32_t data, uint64_t flags);

	memcpy(native_code, enter, sizeof enter);
	memcpy(native_code + sizeof enter, code, bytes);
	memcpy(native_code + sizeof enter + bytes, leave, sizeof leave);
	memcpy(&call, &native_code, sizeof call);
	return call(from, to, DATA, flags);
}

/* --- Random states ------------------------------------------------------------------ */

static uint64_t random_significand(void)
{
	static const uint64_t some[] = {
		0,           1, 0x7fffffffffffffff, 0x7ff, 0x400, 0x3fffffffffffffff, 0x8000000000,
		0xffffffffff
	};

	switch (random32() % 6) {
	case 0:
		return some[random32() % 8];
	case 1:
		return random64() << 11;
	case 2:
		return random64() << 40;
	case 3:
		return random64() << random32() % 64;
	default:
		return random64();
	}
}

static void random_value(struct x87_value *v)
{
	uint32_t exponent, sign = random32() & 0x8000;

	v->significand = random_significand() | 1ull << 63;
	switch (random32() % 12) {
	case 0: /* zero, denormal, pseudo-denormal */
		exponent = 0;
		v->significand = one_in(2) ? 0 : random_significand();
		break;
	case 1: /* infinity, NaN */
		exponent = 0x7fff;
		v->significand = one_in(3) ? 1ull << 63 : v->significand;
		break;
	case 2: /* unsupported */
		exponent = random32() & 0x7fff;
		v->significand &= ~(1ull << 63);
		break;
	case 3:
		exponent = random32() & 0x7fff;
		break;
	case 4: /* at the ends */
		exponent = one_in(2) ? random32() % 70 : 0x7ffe - random32() % 70;
		break;
	case 5: /* at the ends of doubles and singles */
		exponent = 16383 + (one_in(2) ? 1023 : 127) * (one_in(2) ? 1 : -1) +
			   (int)(random32() % 70) - 35;
		break;
	default:
		exponent = 16383 + random32() % 70 - 35;
		break;
	}
	v->exponent = sign | exponent;
}

static void random_state(struct x86_fpu *f)
{
	f->control = 0x40 | (random32() & 0xf3f);
	if (!one_in(3))
		f->control |= 0x3f;
	if (!one_in(4))
		f->control = (f->control & ~0x300u) | 0x300;
	if (!one_in(3))
		f->control &= ~0xc00u;
	f->status = (random32() & X87_CONDITION) | (random32() & 0x7f & (f->control | 0x40));
	f->top = random32() & 7;
	f->empty = one_in(4) ? random32() & 0xff : 1u << ((f->top + 7) & 7);
	for (unsigned i = 0; i < 8; i++) {
		struct x87_value v;

		random_value(&v);
		f->st[i].u64[0] = v.significand;
		f->st[i].u64[1] = v.exponent;
	}
	if (one_in(8))
		f->st[random32() & 7] = f->st[random32() & 7];
}

static void random_memory(uint8_t *m)
{
	struct x87_value v;
	uint64_t bits;

	for (unsigned i = 0; i < 32; i += 4)
		memcpy(m + i, &(uint32_t){ random32() }, 4);
	random_value(&v);
	switch (random32() % 6) {
	case 0: /* as a double */
		bits = (uint64_t)(v.exponent >> 15) << 63 | v.significand << 1 >> 12 |
		       (uint64_t)(one_in(4) ? (one_in(2) ? 0 : 0x7ff) : 1023 + random32() % 80 - 40)
			       << 52;
		break;
	case 1: /* a single */
		bits = (v.exponent >> 15) << 31 | (v.significand << 1 >> 41) |
		       (one_in(4) ? (one_in(2) ? 0 : 0xff) : 127 + random32() % 80 - 40) << 23;
		break;
	case 2: /* an integer */
		bits = (uint64_t)((int64_t)random64() >> random32() % 64);
		break;
	case 3:
		memcpy(m, &v, 10);
		return;
	case 4: /* decimal */
		for (unsigned i = 0; i < 9; i++)
			m[i] = (uint8_t)(random32() % 10 << 4 | random32() % 10);
		m[9] = (uint8_t)(random32() & 0x80);
		return;
	default:
		bits = one_in(2) ? 0 : one_in(2) ? 1ull << 63 : 1u << 31;
		break;
	}
	memcpy(m, &bits, 8);
}

static void to_image(const struct x86_fpu *f, struct image *s)
{
	memset(s, 0, sizeof *s);
	s->control = f->control;
	s->status = f->status | f->top << 11;
	for (unsigned i = 0; i < 8; i++) {
		const union x86_vector_register *r = &f->st[(f->top + i) & 7];

		if (f->empty >> i & 1)
			s->tags |= 3u << 2 * i;
		s->st[i].significand = r->u64[0];
		s->st[i].exponent = r->u16[4];
	}
}

/* --- Instructions ------------------------------------------------------------------- */

/* Where manufacturers differ.  FCOMI and FUCOMI clear C1 (Intel) or leave it alone; what
 * they and the other comparisons report after an unmasked exception. */
static bool is_fcomi(const uint8_t *code)
{
	return (code[0] & 0xfb) == 0xdb && code[1] >= 0xe8 && code[1] <= 0xf7;
}

static bool is_comparison(const uint8_t *code)
{
	const char *name =
		x86_rows_x87[code[0] & 7][code[1] < 0xc0 ? code[1] >> 3 : 8 + (code[1] & 63)].text;

	return strstr(name, "com") || !strcmp(name, "ftst");
}

static uint32_t undefined_status(const uint8_t *code, uint32_t status)
{
	if (is_fcomi(code))
		return X87_C1;
	return is_comparison(code) && status & X87_ES ? X87_CONDITION & ~X87_C1 : 0;
}

static bool random_instruction(uint8_t *code)
{
	const struct x86_row *row;
	unsigned n = random32() & 7, modrm = random32() & 0xff;

	/* More of D9's upper half, where most are. */
	if (one_in(4)) {
		n = 1;
		modrm |= 0xe0;
	}
	code[0] = (uint8_t)(0xd8 + n);
	if (modrm < 0xc0)
		modrm = (modrm & 0x38) | 2; /* [edx] */
	code[1] = (uint8_t)modrm;
	row = &x86_rows_x87[n][modrm < 0xc0 ? modrm >> 3 : 8 + (modrm & 63)];
	if (!row->text || row->operand[0] == OP_EAX)
		return false;
	/* State in memory is another test's. */
	return row->operand[0] != OP_M;
}

static struct image before, after, expected;
static uint8_t memory_before[32];

static bool same_registers(uint32_t tags)
{
	for (unsigned i = 0; i < 8; i++) {
		unsigned physical = ((expected.status >> 11) + i) & 7;

		if ((tags >> 2 * physical & 3) == 3)
			continue;
		if (memcmp(&after.st[i], &expected.st[i], 10))
			return false;
	}
	return true;
}

static uint32_t only_empty(uint32_t tags)
{
	uint32_t result = 0;

	for (unsigned i = 0; i < 16; i += 2)
		if ((tags >> i & 3) == 3)
			result |= 3u << i;
	return result;
}

static void show_image(const char *title, const struct image *s)
{
	diag("%s: control %04x status %04x tags %04x", title, s->control & 0xffff,
	     s->status & 0xffff, s->tags & 0xffff);
	for (unsigned i = 0; i < 8; i++)
		diag("  st%u %04x %016llx", i, s->st[i].exponent,
		     (unsigned long long)s->st[i].significand);
}

static void show_memory(const char *title, const uint8_t *m)
{
	char text[32 * 3 + 1];

	for (unsigned i = 0; i < 32; i++)
		snprintf(text + 3 * i, 4, "%02x ", m[i]);
	diag("%s: %s", title, text);
}

/* As the guest's system part has it. */
static void set_modes(struct x86 *x)
{
	uint32_t modes = x86_fpu_modes(x) & X86_MODE_X87_CALLS;

	run_core.modes = (run_core.modes & ~X86_MODE_X87_CALLS) | modes;
	x->cpu.x87_control = modes ? X87_CONTROL_INIT : x->fpu.control;
}

/* An instruction that may fault on the stack is run again, as a call. */
static const char *run_by_host(struct x86 *x)
{
	const char *wrong = run_host(x, 1, 1);

	if (!x->fpu.distrusted)
		return wrong;
	set_modes(x);
	return run_host(x, 1, 1);
}

static bool one_case(struct x86 *x, struct run_how how, bool by_host)
{
	uint8_t code[2], memory[32];
	uint64_t flags = random32() & X86_ARITHMETIC, native_flags;
	struct run_result r;
	uint32_t mask;
	bool same;

	while (!random_instruction(code))
		;
	random_state(&x->fpu);
	random_memory(memory);
	memcpy(memory_before, memory, sizeof memory);
	memcpy((void *)(uintptr_t)DATA, memory, sizeof memory);
	memcpy(&run_core.ram[DATA], memory, sizeof memory);
	memcpy(&run_core.ram[CODE], code, sizeof code);
	to_image(&x->fpu, &before);
	native_flags = native_run(code, sizeof code, &before, &expected, flags);
	x86_set_flags(x, (uint32_t)flags);
	x->r[X86_EDX] = DATA;
	x->cpu.pc = CODE;
	x->fpu.distrusted = false;
	set_modes(x);
	if (by_host)
		r = (struct run_result){ .wrong = run_by_host(x) };
	else
		r = run_code(x, how, CODE + sizeof code, 1);
	to_image(&x->fpu, &after);
	mask = 0xffff & ~undefined_status(code, expected.status);
	same = !r.wrong && run_core.vector == ~0u && x->cpu.pc == CODE + sizeof code &&
	       (after.control & 0xffff) == (expected.control & 0xffff) &&
	       (after.status & mask) == (expected.status & mask) &&
	       only_empty(after.tags) == only_empty(expected.tags) &&
	       same_registers(expected.tags) &&
	       !memcmp(&run_core.ram[DATA], (void *)(uintptr_t)DATA, sizeof memory) &&
	       (!((x86_flags(x) ^ native_flags) & X86_ARITHMETIC) ||
		(is_fcomi(code) && expected.status & X87_ES));
	if (same)
		return true;
	diag("%02x %02x %s%s vector %d, flags %x, expected %x", code[0], code[1],
	     by_host      ? "back end " :
	     how.optimise ? "optimised " :
			    "",
	     r.wrong ? r.wrong : "", (int)run_core.vector, x86_flags(x),
	     (unsigned)native_flags & X86_ARITHMETIC);
	show_image("before", &before);
	show_memory("memory", memory_before);
	show_image("after", &after);
	show_memory("memory", &run_core.ram[DATA]);
	show_image("expected", &expected);
	show_memory("memory", (void *)(uintptr_t)DATA);
	return false;
}

int main(int argc, char **argv)
{
	unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 0) : 100000;
	struct x86 *x = run_begin(RUN_FLAT);
	unsigned wrong = 0;
	void *page = mmap((void *)(uintptr_t)DATA, DATA_BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	plan(2);
	seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	native_code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ok(page == (void *)(uintptr_t)DATA && native_code != MAP_FAILED && run_host_create(x),
	   "memory for the CPU");
	for (unsigned long i = 0; i < rounds && wrong < 5; i++)
		wrong += !one_case(x, (struct run_how){ .optimise = i & 1 }, i % 3 == 0);
	ok(!wrong, "%lu x87 instructions are as the CPU's", rounds);
	return done();
}

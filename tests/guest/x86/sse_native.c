/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random MMX, SSE and SSE2 instructions, by front end, interpreter and back end, and by the
 * CPU this runs on, which gets its state by FXRSTOR and is asked by FXSAVE.  Unmasked
 * exceptions and misaligned operands are signals there; then the CPU's state is in the
 * signal's frame.
 *
 *	x86_sse_native [SEED [ROUNDS]]
 */
#define _GNU_SOURCE
#include "tap.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

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

/* FXSAVE's format. */
struct image {
	uint16_t control, status;
	uint8_t valid, unused;
	uint16_t opcode;
	uint32_t pointers[4];
	uint32_t mxcsr, mask;
	union x86_vector_register st[8], xmm[8];
	uint8_t rest[224];
} __attribute__((aligned(16)));

struct integers {
	uint32_t eax, ecx;
	uint64_t flags;
};

static const uint8_t enter[] = {
	0x53, 0x48, 0x89, 0xcb,       /* push rbx; mov rbx, rcx */
	0x0f, 0xae, 0x0f,             /* fxrstor [rdi] */
	0x8b, 0x03, 0x8b, 0x4b, 0x04, /* mov eax, [rbx]; mov ecx, [rbx + 4] */
	0xff, 0x73, 0x08, 0x9d,       /* push [rbx + 8]; popf */
};
static const uint8_t leave[] = {
	0x0f, 0xae, 0x06,             /* fxsave [rsi] */
	0x89, 0x03, 0x89, 0x4b, 0x04, /* mov [rbx], eax; mov [rbx + 4], ecx */
	0x9c, 0x8f, 0x43, 0x08,       /* pushf; pop [rbx + 8] */
	0x0f, 0x77, 0xdb, 0xe3,       /* emms; fninit */
	0x5b, 0xc3,                   /* pop rbx; ret */
};

static uint8_t *native_code; /* executable */
static sigjmp_buf native_fault;
static struct image before, after, expected;

static void native_on_fault(int signal, siginfo_t *info, void *context)
{
	ucontext_t *u = context;

	(void)info;
	memcpy(&expected, u->uc_mcontext.fpregs, sizeof expected);
	siglongjmp(native_fault, signal);
}

/* 0 or the signal. */
static int native_run(const uint8_t *code, size_t bytes, uint32_t data, struct integers *r)
{
	void (*call)(const struct image *, struct image *, uint64_t, struct integers *);
	struct integers old = *r;
	uint32_t mxcsr = 0x1f80;
	int signal;

	memcpy(native_code, enter, sizeof enter);
	memcpy(native_code + sizeof enter, code, bytes);
	memcpy(native_code + sizeof enter + bytes, leave, sizeof leave);
	memcpy(&call, &native_code, sizeof call);
	signal = sigsetjmp(native_fault, 1);
	if (!signal)
		call(&before, &expected, data, r);
	else
		*r = old;
	__asm__ volatile("ldmxcsr %0\n\temms\n\tfninit" : : "m"(mxcsr));
	return signal;
}

/* --- Random states ------------------------------------------------------------------ */

static uint64_t random_lane(void)
{
	static const uint64_t doubles[] = { 0,
					    0x3ff0000000000000,
					    0x7ff0000000000000,
					    0x7ff8000000000000,
					    0x7ff0000000000001,
					    0x0010000000000000,
					    0x000fffffffffffff,
					    0x7fefffffffffffff };
	static const uint32_t singles[] = { 0,          0x3f800000, 0x7f800000, 0x7fc00000,
					    0x7f800001, 0x00800000, 0x007fffff, 0x7f7fffff };
	uint64_t v = 0;

	switch (random32() % 8) {
	case 0:
		return doubles[random32() & 7] | (random64() & 1ull << 63);
	case 1:
		for (unsigned i = 0; i < 64; i += 32)
			v |= (uint64_t)(singles[random32() & 7] | (random32() & 1u << 31)) << i;
		return v;
	case 2:
	case 3: /* doubles, some of few bits */
		v = random64() << (one_in(2) ? 30 : 0) >> 12;
		return v | (uint64_t)(1023 + random32() % 80 - 40) << 52 |
		       (random64() & 1ull << 63);
	case 4:
	case 5: /* singles */
		for (unsigned i = 0; i < 64; i += 32)
			v |= (uint64_t)(random32() >> 9 | (127 + random32() % 40 - 20) << 23 |
					(random32() & 1u << 31))
			     << i;
		return v;
	case 6:
		return random64() >> random32() % 64;
	default:
		return random64();
	}
}

static void random_image(struct image *s)
{
	memset(s, 0, sizeof *s);
	s->control = 0x37f;
	s->status = (uint16_t)((random32() & 7) << 11);
	s->valid = (uint8_t)random32();
	s->mxcsr = 0x1f80;
	if (one_in(3))
		s->mxcsr = random32() & 0xffc0;
	else if (one_in(3))
		s->mxcsr |= random32() & 0x6000;
	s->mxcsr |= random32() & s->mxcsr >> 7 & 0x3f;
	for (unsigned i = 0; i < 8; i++) {
		s->st[i].u64[0] = random_lane();
		s->st[i].u64[1] = random32() & 0xffff;
		s->xmm[i].u64[0] = random_lane();
		s->xmm[i].u64[1] = random_lane();
		if (one_in(8))
			s->xmm[i] = s->xmm[random32() & 7];
	}
}

static void to_guest(struct x86 *x, const struct image *s)
{
	struct x86_fpu *f = &x->fpu;

	f->control = s->control;
	f->status = 0;
	f->top = s->status >> 11 & 7;
	f->empty = (uint8_t)~s->valid;
	for (unsigned i = 0; i < 8; i++)
		f->st[(f->top + i) & 7] = s->st[i];
	memcpy(x->xmm, s->xmm, sizeof x->xmm);
	x->cpu.fp_denormal = 2;
	x86_mxcsr_write(x, s->mxcsr);
}

static void from_guest(struct x86 *x, struct image *s)
{
	struct x86_fpu *f = &x->fpu;

	memset(s, 0, sizeof *s);
	s->control = (uint16_t)f->control;
	s->status = (uint16_t)x87_status(f);
	s->valid = (uint8_t)~f->empty;
	s->mxcsr = x86_mxcsr_read(x);
	for (unsigned i = 0; i < 8; i++) {
		s->st[i].u64[0] = f->st[(f->top + i) & 7].u64[0];
		s->st[i].u64[1] = f->st[(f->top + i) & 7].u64[1] & 0xffff;
	}
	memcpy(s->xmm, x->xmm, sizeof x->xmm);
}

/* --- Instructions ------------------------------------------------------------------- */

struct instruction {
	uint8_t bytes[8];
	unsigned count;
	const struct x86_row *row;
};

static const struct x86_row *row_of(uint8_t opcode, unsigned prefix, uint8_t modrm)
{
	const struct x86_row *row = &x86_rows_0f_simd[opcode];

	while (row->next) {
		if (row->how & ROW_GROUP)
			row = &row->next[modrm >> 3 & 7];
		else if (row->how & ROW_MOD)
			row = &row->next[modrm >= 0xc0];
		else
			row = &row->next[prefix];
	}
	return row;
}

static bool is_memory_only(enum x86_operand operand)
{
	return operand == OP_M || operand == OP_MQ || operand == OP_MD || operand == OP_MDQ;
}

static bool is_register_only(enum x86_operand operand)
{
	return operand == OP_NQ || operand == OP_UX;
}

static bool uses(const struct x86_row *row, enum x86_operand operand)
{
	return row->operand[0] == operand || row->operand[1] == operand;
}

/* Those with conditions of their own are other tests'. */
static bool is_left_out(const struct x86_row *row)
{
	return !strncmp(row->text, "maskmov", 7) || !strncmp(row->text, "fx", 2) ||
	       !strcmp(row->text, "ldmxcsr");
}

static bool random_instruction(struct instruction *n)
{
	static const uint8_t prefixes[4] = { 0, 0x66, 0xf3, 0xf2 };
	unsigned prefix = random32() & 3;
	uint8_t opcode = (uint8_t)random32(), modrm = (uint8_t)random32();

	if (modrm < 0xc0)
		modrm = (modrm & 0x38) | 2; /* [edx] */
	n->row = row_of(opcode, prefix, modrm);
	if (!n->row->text || is_left_out(n->row))
		return false;
	for (unsigned i = 0; i < 2; i++)
		if (modrm < 0xc0 ? is_register_only(n->row->operand[i]) :
				   is_memory_only(n->row->operand[i]))
			return false;
	/* General registers are EAX and ECX. */
	if (uses(n->row, OP_GD))
		modrm &= 0xcf;
	if (modrm >= 0xc0 && (uses(n->row, OP_ED) || uses(n->row, OP_EDW)))
		modrm &= 0xf9;
	n->count = 0;
	if (prefix)
		n->bytes[n->count++] = prefixes[prefix];
	n->bytes[n->count++] = 0x0f;
	n->bytes[n->count++] = opcode;
	if (opcode != 0x77)
		n->bytes[n->count++] = modrm;
	if (n->row->operand[1] == OP_IB || n->row->operand[2] == OP_IB)
		n->bytes[n->count++] = (uint8_t)(random32() & (opcode == 0xc2 ? 7 : 0xff));
	return true;
}

static void show_image(const char *title, const struct image *s, const struct integers *r)
{
	diag("%s: status %04x valid %02x mxcsr %04x eax %08x ecx %08x flags %03x", title, s->status,
	     s->valid, s->mxcsr, r->eax, r->ecx, (unsigned)r->flags & X86_ARITHMETIC);
	for (unsigned i = 0; i < 8; i++)
		diag("  st%u %04x %016llx  xmm%u %016llx%016llx", i, s->st[i].u16[4],
		     (unsigned long long)s->st[i].u64[0], i, (unsigned long long)s->xmm[i].u64[1],
		     (unsigned long long)s->xmm[i].u64[0]);
}

static bool same_image(const struct image *a, const struct image *b)
{
	for (unsigned i = 0; i < 8; i++)
		if (memcmp(&a->st[i], &b->st[i], 10))
			return false;
	return a->status == b->status && a->valid == b->valid && a->mxcsr == b->mxcsr &&
	       !memcmp(a->xmm, b->xmm, sizeof a->xmm);
}

static unsigned vector_of(int signal)
{
	return !signal ? ~0u : signal == SIGFPE ? X86_XM : signal == SIGILL ? X86_UD : X86_GP;
}

static void forget_mmx(void)
{
	memcpy(after.st, expected.st, sizeof after.st);
	after.status = expected.status;
	after.valid = expected.valid;
}

static unsigned exceptions; /* that the CPU raised */

static bool one_case(struct x86 *x, struct run_how how, bool by_host)
{
	static struct integers from, native, guest;
	static struct instruction n;
	static uint32_t data;
	struct run_result r;
	uint64_t memory[6];
	int signal;

	while (!random_instruction(&n))
		;
	data = DATA + (one_in(16) ? 4 : 0);
	random_image(&before);
	for (unsigned i = 0; i < 6; i++)
		memory[i] = random_lane();
	from = (struct integers){ random32(), random32(), random32() & X86_ARITHMETIC };
	native = from;
	memcpy((void *)(uintptr_t)DATA, memory, sizeof memory);
	memcpy(&run_core.ram[DATA], memory, sizeof memory);
	memcpy(&run_core.ram[CODE], n.bytes, n.count);
	signal = native_run(n.bytes, n.count, data, &native);
	exceptions += signal != 0;
	to_guest(x, &before);
	x86_set_flags(x, (uint32_t)from.flags);
	x->r[X86_EAX] = from.eax;
	x->r[X86_ECX] = from.ecx;
	x->r[X86_EDX] = data;
	x->cpu.pc = CODE;
	run_core.modes =
		X86_MODE_STACK32 | (run_core.modes & ~X86_MODE_SSE_SLOW) | x86_fpu_modes(x);
	if (by_host)
		r = (struct run_result){ .wrong = run_host(x, 1, 1) };
	else
		r = run_code(x, how, CODE + n.count, 1);
	from_guest(x, &after);
	if (!strcmp(n.row->text, "cvtpi2ps")) /* from memory it is no MMX for all CPUs */
		forget_mmx();
	guest = (struct integers){ x->r[X86_EAX], x->r[X86_ECX], x86_flags(x) };
	if (!r.wrong && run_core.vector == vector_of(signal) && same_image(&after, &expected) &&
	    guest.eax == native.eax && guest.ecx == native.ecx &&
	    !((guest.flags ^ native.flags) & X86_ARITHMETIC) &&
	    !memcmp(&run_core.ram[DATA], (void *)(uintptr_t)DATA, sizeof memory))
		return true;
	diag("%02x %02x %02x %02x %02x %s, data %#x, %s vector %d, expected %d", n.bytes[0],
	     n.bytes[1], n.bytes[2], n.bytes[3], n.bytes[4], n.row->text, data,
	     r.wrong ? r.wrong : "", (int)run_core.vector, (int)vector_of(signal));
	for (unsigned i = 0; i < 6; i++)
		diag("memory %016llx: %016llx, expected %016llx", (unsigned long long)memory[i],
		     (unsigned long long)*(uint64_t *)&run_core.ram[DATA + 8 * i],
		     (unsigned long long)((uint64_t *)(uintptr_t)DATA)[i]);
	show_image("before", &before, &from);
	show_image("after", &after, &guest);
	show_image("expected", &expected, &native);
	return false;
}

int main(int argc, char **argv)
{
	unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 0) : 100000;
	struct sigaction action = { .sa_sigaction = native_on_fault, .sa_flags = SA_SIGINFO };
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
	sigaction(SIGFPE, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGILL, &action, NULL);
	x->cr4 = X86_CR4_OSFXSR | X86_CR4_OSXMMEXCPT;
	for (unsigned long i = 0; i < rounds && wrong < 5; i++)
		wrong += !one_case(x, (struct run_how){ .optimise = i & 1 }, i % 3 == 0);
	ok(!wrong, "%lu instructions are as the CPU's, %u exceptions", rounds, exceptions);
	return done();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Floating-point and vector registers are a thread's own: threads with different
 * values in x87, SSE, AVX and control registers run through preemption, IPC and
 * migration, and a new thread sees none of it.
 */
#include "io.h"
#include "ktest.h"
#include "tests.h"

#define FPU_THREADS 8
#define FPU_IMAGE_SIZE 512
#define FPU_CONTROL_DEFAULT 0x37f
#define MXCSR_DEFAULT 0x1f80
#define AVX_WORDS 64
#define CPUID_OSXSAVE (1u << 27)
#define CPUID_AVX (1u << 28)
#define ROUNDS 200

void fpu_load(const void *image);
void fpu_save(void *image);
void avx_load(const void *registers);
void avx_save(void *registers);
void fpu_simd_divide(void);
void fpu_x87_divide(void);
extern const char fpu_simd_divide_at[], fpu_x87_divide_at[];

/* The FXSAVE image in 64-bit mode. */
struct fpu_image {
	uint16_t control, status;
	uint8_t tags, reserved;
	uint16_t opcode;
	uint64_t ip, data;
	uint32_t mxcsr, mxcsr_mask;
	uint64_t st[8][2];
	uint64_t xmm[16][2];
	uint64_t rest[12];
} __attribute__((aligned(16)));

_Static_assert(sizeof(struct fpu_image) == FPU_IMAGE_SIZE, "FXSAVE image");

enum fpu_interruption { FPU_SPIN, FPU_YIELD, FPU_CALL, FPU_SLEEP };

struct fpu_thread {
	unsigned seed;
	enum fpu_interruption interruption;
	struct l4_thread_id partner;
	struct fpu_image mine, now;
	uint64_t avx[AVX_WORDS], avx_now[AVX_WORDS];
	volatile l4_word_t rounds, wrong;
	volatile bool stop;
};

static struct fpu_thread fpu_threads[FPU_THREADS];
static bool fpu_has_avx;

static void fpu_detect(void)
{
	uint32_t a, b, c, d;

	cpuid(1, &a, &b, &c, &d);
	fpu_has_avx = (c & CPUID_OSXSAVE) && (c & CPUID_AVX);
}

static void fpu_make(struct fpu_thread *f)
{
	struct fpu_image *m = &f->mine;
	uint64_t base = (f->seed + 1) * 0x0101010101010101ull;

	*m = (struct fpu_image){ 0 };
	m->control = (uint16_t)(FPU_CONTROL_DEFAULT | (f->seed & 3) << 10);
	m->mxcsr = MXCSR_DEFAULT | (f->seed & 3) << 13;
	m->tags = 0xff;
	for (unsigned i = 0; i < 8; i++) {
		/* Normal numbers: integer bit set, an exponent in range. */
		m->st[i][0] = 1ull << 63 | (base ^ i);
		m->st[i][1] = 0x4000 + f->seed * 8 + i;
	}
	for (unsigned i = 0; i < 16; i++) {
		m->xmm[i][0] = base + i;
		m->xmm[i][1] = ~base - i;
	}
	for (unsigned i = 0; i < AVX_WORDS; i++)
		f->avx[i] = base * 3 + i;
}

static unsigned fpu_differs(const struct fpu_image *a, const struct fpu_image *b)
{
	unsigned wrong = a->control != b->control;

	wrong += a->tags != b->tags;
	wrong += a->mxcsr != b->mxcsr;
	for (unsigned i = 0; i < 8; i++)
		wrong += a->st[i][0] != b->st[i][0] ||
			 (uint16_t)a->st[i][1] != (uint16_t)b->st[i][1];
	for (unsigned i = 0; i < 16; i++)
		wrong += a->xmm[i][0] != b->xmm[i][0] || a->xmm[i][1] != b->xmm[i][1];
	return wrong;
}

/* avx_load() and avx_save() move these registers only. */
static unsigned fpu_avx_differs(const struct fpu_thread *f)
{
	static const unsigned registers[] = { 0, 1, 7, 8, 15 };
	unsigned wrong = 0;

	for (unsigned i = 0; i < COUNT(registers); i++)
		for (unsigned k = 0; k < 4; k++)
			wrong += f->avx[registers[i] * 4 + k] != f->avx_now[registers[i] * 4 + k];
	return wrong;
}

static void fpu_interrupt(const struct fpu_thread *f)
{
	switch (f->interruption) {
	case FPU_SPIN:
		for (volatile unsigned i = 0; i < 3000; i++)
			;
		break;
	case FPU_YIELD:
		l4_yield();
		break;
	case FPU_CALL:
		l4_set_tag(l4_tag(0, 0, 0));
		l4_call(f->partner);
		break;
	case FPU_SLEEP:
		l4_receive_timeout(l4_myself(), l4_period_us(50));
		break;
	}
}

static void fpu_run(void *arg)
{
	struct fpu_thread *f = arg;

	while (!f->stop) {
		fpu_load(&f->mine);
		fpu_interrupt(f);
		fpu_save(&f->now);
		f->wrong += fpu_differs(&f->mine, &f->now);
		if (fpu_has_avx) {
			avx_load(f->avx);
			fpu_interrupt(f);
			avx_save(f->avx_now);
			f->wrong += fpu_avx_differs(f);
		}
		f->rounds++;
	}
}

/* Answers calls, with its own values in the registers all the time. */
static void fpu_serve(void *arg)
{
	struct fpu_thread *f = arg;
	struct l4_thread_id from;

	fpu_load(&f->mine);
	l4_wait(&from);
	for (;;) {
		fpu_save(&f->now);
		f->wrong += fpu_differs(&f->mine, &f->now);
		f->rounds++;
		l4_set_tag(l4_tag(0, 0, 0));
		l4_reply_wait(from, &from);
	}
}

static struct fpu_thread *fpu_prepare(unsigned i, enum fpu_interruption interruption)
{
	struct fpu_thread *f = &fpu_threads[i];

	*f = (struct fpu_thread){ .seed = i, .interruption = interruption };
	fpu_make(f);
	return f;
}

static void fpu_check_threads(unsigned count, l4_word_t rounds, const char *name)
{
	l4_word_t wrong = 0, least = ~0ull;

	for (unsigned i = 0; i < count; i++) {
		wait_for(&fpu_threads[i].rounds, rounds, 15000000);
		fpu_threads[i].stop = true;
		if (fpu_threads[i].rounds < least)
			least = fpu_threads[i].rounds;
		wrong += fpu_threads[i].wrong;
	}
	check(least >= rounds, "%s: all threads get to run", name);
	check_eq(wrong, 0, "%s: no register changes under a thread", name);
}

static void fpu_start(unsigned i, struct space *s, enum fpu_interruption interruption)
{
	struct thread *t = thread_create(s, fpu_run, fpu_prepare(i, interruption));

	l4_schedule(t->id, l4_time_control(l4_period_us(300), L4_NEVER), L4_SCHEDULE_UNCHANGED,
		    L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED, NULL);
	thread_go(t);
}

void test_fpu_preemption(void)
{
	struct space *s = space_new();

	fpu_detect();
	if (!fpu_has_avx)
		note("no AVX on this processor, or not enabled");
	for (unsigned i = 0; i < 6; i++)
		fpu_start(i, i & 1 ? s : NULL, FPU_SPIN);
	fpu_check_threads(6, ROUNDS / 4, "preemption, two spaces");
}

void test_fpu_yield(void)
{
	for (unsigned i = 0; i < 4; i++)
		fpu_start(i, i & 1 ? space_new() : NULL, i == 2 ? FPU_SLEEP : FPU_YIELD);
	fpu_check_threads(4, ROUNDS, "yield and sleep");
}

static void fpu_check_calls(struct space *s, const char *name)
{
	struct fpu_thread *caller = fpu_prepare(0, FPU_CALL), *server = fpu_prepare(1, FPU_CALL);

	caller->partner = thread_new(s, fpu_serve, server)->id;
	thread_new(NULL, fpu_run, caller);
	fpu_check_threads(2, ROUNDS, name);
}

void test_fpu_ipc(void)
{
	fpu_check_calls(NULL, "IPC in a space");
	thread_cleanup(); /* the next ones use the same memory */
	fpu_check_calls(space_new(), "IPC between spaces");
}

static struct fpu_image fpu_fresh;

static void fpu_look(void *unused)
{
	(void)unused;
	fpu_save(&fpu_fresh);
}

void test_fpu_fresh(void)
{
	struct fpu_thread *f = fpu_prepare(5, FPU_SPIN);
	struct thread *t;
	l4_word_t leaked = 0;

	thread_new(space_new(), fpu_run, f);
	wait_for(&f->rounds, 1, 1000000);
	t = thread_new(space_new(), fpu_look, NULL);
	thread_wait_finished(t);
	for (unsigned i = 0; i < 16; i++)
		leaked |= fpu_fresh.xmm[i][0] | fpu_fresh.xmm[i][1];
	check_eq(leaked, 0, "a new thread's SSE registers are 0");
	for (unsigned i = 0; i < 8; i++)
		leaked |= fpu_fresh.st[i][0] | (uint16_t)fpu_fresh.st[i][1];
	check_eq(leaked, 0, "its x87 registers too");
	check_eq(fpu_fresh.tags, 0, "and empty");
	check_eq(fpu_fresh.mxcsr, MXCSR_DEFAULT, "MXCSR is the default");
	check_eq(fpu_fresh.control, FPU_CONTROL_DEFAULT, "the x87 control word too");
	f->stop = true;
}

static l4_word_t fpu_call_divide(l4_word_t function, l4_word_t unused)
{
	(void)unused;
	((void (*)(void))function)();
	return 0;
}

void test_fpu_exceptions(void)
{
	struct agent a = agent_new(space_new());

	if (agent_call(&a, fpu_call_divide, (l4_word_t)fpu_simd_divide, 0, NULL)) {
		skip(1, "no SIMD exceptions on this processor (QEMU's TCG has none)");
	} else {
		check_eq(a.mr[L4_EXC_NUMBER], 19, "SSE division by zero: the SIMD exception");
		check_eq(a.mr[L4_EXC_RIP], (l4_word_t)fpu_simd_divide_at, "at its instruction");
		agent_reset(&a);
	}
	check(!agent_call(&a, fpu_call_divide, (l4_word_t)fpu_x87_divide, 0, NULL),
	      "x87 division by zero, unmasked");
	check_eq(a.mr[L4_EXC_NUMBER], 16, "raises the x87 exception");
	check_eq(a.mr[L4_EXC_RIP], (l4_word_t)fpu_x87_divide_at, "at the next one");
}

/* Once around all processors, again and again, while it computes. */
void test_fpu_migration(void)
{
	struct thread *t[3];

	for (unsigned i = 0; i < 3; i++) {
		t[i] = thread_create(i & 1 ? space_new() : NULL, fpu_run,
				     fpu_prepare(i, i == 2 ? FPU_SLEEP : FPU_SPIN));
		thread_go(t[i]);
	}
	for (unsigned i = 0; i < 60; i++) {
		for (unsigned k = 0; k < 3; k++)
			l4_set_processor(t[k]->id, (i + k) % cpu_count);
		l4_sleep_us(500);
	}
	fpu_check_threads(3, 10, "migration");
}

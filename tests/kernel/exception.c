/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions as messages: every privileged instruction and common fault, with the
 * registers at that moment, and going on with other registers (amd64 binding,
 * "Exception Message").
 */
#include "ktest.h"
#include "probe.h"
#include "tests.h"

#define FLAGS_IF (1ull << 9)
#define FLAGS_TF (1ull << 8)
#define FLAGS_IOPL (3ull << 12)
#define FLAGS_NT (1ull << 14)
#define FLAGS_CARRY 1ull

static const struct probe probes[] = {
#define PROBE(name, vector, error)                                                                 \
	{ #name, probe_##name, probe_##name##_at, probe_##name##_after, vector, error },
#include "probes.inc"
#undef PROBE
};

static void exception_fill(struct registers *r)
{
	*r = (struct registers){
		.rax = 0x1100110011,
		.rbx = 0x2200220022,
		.rcx = 0x3300000000,
		.rdx = 1ull << 60,
		.rsi = 0x5500550055,
		.rdi = 0x6600660066,
		.rbp = 0x7700770077,
		.r8 = 0x1230,
		.r9 = 0x10,
		.r10 = 0xaa00aa00aa,
		.r11 = 0xbb00bb00bb,
		.r12 = 0xcc00cc00cc,
		.r13 = 0xdd00dd00dd,
		.r14 = 0xee00ee00ee,
		.r15 = 0xff00ff00ff,
	};
}

static l4_word_t exception_run_probe(l4_word_t function, l4_word_t unused)
{
	(void)unused;
	((void (*)(void))function)();
	return 0;
}

/* The general registers of a message are these. */
static bool exception_has_registers(const l4_word_t *mr, const volatile struct registers *r)
{
	return mr[L4_EXC_RAX] == r->rax && mr[L4_EXC_RBX] == r->rbx && mr[L4_EXC_RCX] == r->rcx &&
	       mr[L4_EXC_RDX] == r->rdx && mr[L4_EXC_RSI] == r->rsi && mr[L4_EXC_RDI] == r->rdi &&
	       mr[L4_EXC_RBP] == r->rbp && mr[L4_EXC_R8] == r->r8 && mr[L4_EXC_R9] == r->r9 &&
	       mr[L4_EXC_R10] == r->r10 && mr[L4_EXC_R11] == r->r11 && mr[L4_EXC_R12] == r->r12 &&
	       mr[L4_EXC_R13] == r->r13 && mr[L4_EXC_R14] == r->r14 && mr[L4_EXC_R15] == r->r15;
}

/* Answers the agent's exception with its message, changed by the caller. */
static bool exception_answer(struct agent *a)
{
	for (unsigned i = 1; i <= L4_EXC_COUNT; i++)
		l4_set_mr(i, a->mr[i]);
	l4_set_tag(l4_tag(0, L4_EXC_COUNT, 0));
	return l4_tag_succeeded(l4_reply(a->thread->id));
}

/* For a gate that can't be used a processor says vector * 8 + 2, QEMU * 16 + 2. */
static bool exception_is_code(l4_word_t got, l4_word_t expected)
{
	return got == expected || ((expected & 2) && got == 2 * expected - 2);
}

static void exception_check_message(const struct agent *a, const struct probe *p)
{
	/* A breakpoint is a trap: it is reported after the instruction. */
	const char *ip = p->vector == 3 ? p->after : p->at;

	check_eq(l4_tag_label(a->tag), L4_LABEL_EXCEPTION, "%s: is an exception message", p->name);
	check_eq(l4_tag_untyped(a->tag) << 8 | l4_tag_typed(a->tag), L4_EXC_COUNT << 8,
		 "%s: of 20 untyped words", p->name);
	check_eq(a->mr[L4_EXC_NUMBER], p->vector, "%s: vector", p->name);
	check(exception_is_code(a->mr[L4_EXC_ERROR_CODE], p->error_code), "%s: error code %#llx",
	      p->name, (unsigned long long)a->mr[L4_EXC_ERROR_CODE]);
	check_eq(a->mr[L4_EXC_RIP], (l4_word_t)ip, "%s: RIP", p->name);
	check(exception_has_registers(a->mr, &probe_in), "%s: general registers", p->name);
	check(a->mr[L4_EXC_RFLAGS] & FLAGS_IF, "%s: RFLAGS with IF", p->name);
}

/* The exception, then on behind the instruction with every register changed. */
static void exception_check_probe(struct agent *a, const struct probe *p)
{
	struct registers *in = &probe_in;

	exception_fill(in);
	probe_done = 0;
	if (agent_call(a, exception_run_probe, (l4_word_t)p->run, 0, NULL)) {
		check(false, "%s: raises an exception", p->name);
		return;
	}
	exception_check_message(a, p);
	for (unsigned i = L4_EXC_RBX; i <= L4_EXC_R11; i++)
		a->mr[i] = ~a->mr[i];
	a->mr[L4_EXC_RIP] = (l4_word_t)p->after;
	a->mr[L4_EXC_RSP] -= 64;
	check(exception_answer(a), "%s: is answered", p->name);
	if (!agent_finish(a, NULL)) {
		check(false, "%s: goes on where the answer says", p->name);
		agent_reset(a);
		return;
	}
	check_eq(probe_done, 1, "%s: goes on where the answer says", p->name);
}

void test_exceptions(void)
{
	struct agent a = agent_new(space_new());

	for (unsigned i = 0; i < COUNT(probes); i++)
		exception_check_probe(&a, &probes[i]);
}

/* What the answer says is what the thread gets, all of it. */
void test_exception_registers(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t answer[L4_EXC_COUNT + 1];

	exception_fill(&probe_in);
	probe_done = 0;
	agent_call(&a, exception_run_probe, (l4_word_t)probe_undefined, 0, NULL);
	a.mr[L4_EXC_RIP] = (l4_word_t)probe_undefined_after;
	for (unsigned i = L4_EXC_RBX; i <= L4_EXC_R11; i++)
		a.mr[i] = 0xabcd000000000000 + i * 0x1111;
	a.mr[L4_EXC_RSP] -= 128;
	a.mr[L4_EXC_RFLAGS] ^= FLAGS_CARRY;
	for (unsigned i = 0; i <= L4_EXC_COUNT; i++)
		answer[i] = a.mr[i];
	exception_answer(&a);
	check(agent_finish(&a, NULL), "an invalid opcode is answered with other registers");
	check(probe_done, "the thread goes on");
	check(exception_has_registers(answer, &probe_out), "with all general registers so set");
	check_eq(probe_out.rsp, answer[L4_EXC_RSP], "RSP");
	check_eq((probe_out.rflags ^ answer[L4_EXC_RFLAGS]) & FLAGS_CARRY, 0, "carry flag");
}

/* An answer mustn't give away what the processor protects. */
void test_exception_flags(void)
{
	struct agent a = agent_new(space_new());

	exception_fill(&probe_in);
	agent_call(&a, exception_run_probe, (l4_word_t)probe_undefined, 0, NULL);
	a.mr[L4_EXC_RIP] = (l4_word_t)probe_undefined_after;
	a.mr[L4_EXC_RFLAGS] = ~(FLAGS_IF | FLAGS_TF);
	exception_answer(&a);
	/* AC may be set, so an alignment check is possible but IOPL is not. */
	if (!agent_finish(&a, NULL)) {
		check(false, "RFLAGS of all ones: goes on");
		return;
	}
	check_eq(probe_out.rflags & FLAGS_IOPL, 0, "I/O privilege can't be had by an answer");
	check_eq(probe_out.rflags & FLAGS_IF, FLAGS_IF, "interrupts can't be disabled by it");
	check_eq(probe_out.rflags >> 17 & 1, 0, "nor virtual 8086 mode enabled");
	check(!agent_call(&a, exception_run_probe, (l4_word_t)probe_cli, 0, NULL),
	      "cli still faults");
}

/* An answer with an impossible RIP hurts the thread, not the kernel. */
void test_exception_bad_rip(void)
{
	static const l4_word_t bad[] = { 0x8000000000000000, 0x0000800000000000, 0xffffffff80100000,
					 0xffff800000000000 };
	struct agent a = agent_new(space_new());

	for (unsigned i = 0; i < COUNT(bad); i++) {
		exception_fill(&probe_in);
		agent_call(&a, exception_run_probe, (l4_word_t)probe_undefined, 0, NULL);
		a.mr[L4_EXC_RIP] = bad[i];
		exception_answer(&a);
		check(!agent_finish(&a, NULL), "going on at %#llx: the thread faults again",
		      (unsigned long long)bad[i]);
		agent_reset(&a);
	}
}

void test_exception_trap_flag(void)
{
	struct agent a = agent_new(space_new());

	exception_fill(&probe_in);
	probe_in.rax = 2 | FLAGS_IF | FLAGS_TF;
	probe_done = 0;
	check(!agent_call(&a, exception_run_probe, (l4_word_t)probe_load_flags, 0, NULL),
	      "TF: single step traps");
	check_eq(a.mr[L4_EXC_NUMBER], 1, "as the debug exception");
	check_eq(a.mr[L4_EXC_RIP], (l4_word_t)probe_load_flags_at, "after the next instruction");
	a.mr[L4_EXC_RFLAGS] &= ~FLAGS_TF;
	exception_answer(&a);
	check(agent_finish(&a, NULL), "TF cleared by the answer");
	check(probe_done && !(probe_out.rflags & FLAGS_TF), "the thread runs on");
}

/* User code can't raise its own privileges through popf. */
void test_exception_popf(void)
{
	struct agent a = agent_new(space_new());

	probe_in.rax = FLAGS_IOPL | FLAGS_NT | 2;
	check(agent_call(&a, exception_run_probe, (l4_word_t)probe_load_flags, 0, NULL),
	      "popf of IOPL 3 and no IF");
	check_eq(probe_out.rflags & FLAGS_IOPL, 0, "IOPL stays 0");
	check_eq(probe_out.rflags & FLAGS_IF, FLAGS_IF, "IF stays set");
}

static void exception_undefined(void *unused)
{
	(void)unused;
	probe_undefined();
}

/* No handler: the thread halts; started again, it repeats its instruction. */
void test_exception_no_handler(void)
{
	struct thread *t = thread_create(NULL, exception_undefined, NULL);
	struct l4_exregs_words regs = { .control = L4_EXREGS_DELIVER };
	uint64_t end = l4_system_clock() + 500000;

	t->handler = L4_NILTHREAD;
	exception_fill(&probe_in);
	probe_done = 0;
	thread_go(t);
	while (!(regs.control & L4_EXREGS_HALT) && l4_system_clock() < end) {
		l4_sleep_us(100);
		regs.control = L4_EXREGS_DELIVER;
		l4_exchange_registers(t->id, &regs);
	}
	check(regs.control & L4_EXREGS_HALT, "an exception without a handler halts the thread");
	check_eq(regs.ip, (l4_word_t)probe_undefined_at, "at its instruction");
	regs = (struct l4_exregs_words){ .control = L4_EXREGS_SET_HALT | L4_EXREGS_IP,
					 .ip = (l4_word_t)probe_undefined_after };
	l4_exchange_registers(t->id, &regs);
	thread_wait_finished(t);
	check_eq(probe_done, 1, "it can be started behind it");
	check(probe_out.rbx == probe_in.rbx && probe_out.r15 == probe_in.r15,
	      "with its registers intact");
}

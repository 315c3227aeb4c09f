/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads in root's own space: creation, the start protocol, IPC by local and
 * global ids, failures and their codes, and the registers of
 * ExchangeRegisters, Schedule, ThreadSwitch and SystemClock.
 */
#include "rawabi.h"
#include "tap.h"

#define UTCB_SIZE 1024ull

/* Control word of ExchangeRegisters. */
#define EX_HALT (1 << 0)
#define EX_ABORT_RECEIVE (1 << 1)
#define EX_ABORT_SEND (1 << 2)
#define EX_SP (1 << 3)
#define EX_IP (1 << 4)
#define EX_HANDLE (1 << 6)
#define EX_SET_HALT (1 << 8)
#define EX_DELIVER (1 << 9)
#define EX_WAS_RECEIVING EX_ABORT_RECEIVE

/* Results of Schedule. */
#define STATE_INACTIVE 2
#define STATE_RUNNING 3
#define STATE_WAITING 6

/* ErrorCode after an IPC: error << 1 | phase. */
#define ERROR_SEND_TIMEOUT 2
#define ERROR_RECEIVE_TIMEOUT 3
#define ERROR_SEND_NO_PARTNER 4
#define ERROR_RECEIVE_CANCELLED 7

struct test_thread {
	uint64_t global, local, location;
};

/* The n-th thread of the test: its UTCB is the n-th after our own. */
static struct test_thread thread_named(const struct env *env, unsigned n)
{
	uint64_t own = (uint64_t)env->utcb;

	return (struct test_thread){
		.global = global_id(kip_user_base(env->kip) + 2 + n, 5),
		.local = own + n * UTCB_SIZE,
		.location = (own & ~(UTCB_SIZE - 1)) + n * UTCB_SIZE,
	};
}

static uint64_t own_id(const struct env *env)
{
	return env->utcb[TCR_GLOBAL_ID];
}

static struct regs schedule(const struct env *env, uint64_t thread, uint64_t time,
			    uint64_t processor, uint64_t priority)
{
	struct regs r = {
		.rdi = thread, .rdx = time, .r8 = processor, .rsi = priority, .r9 = UNCHANGED
	};

	syscall(env, KIP_SCHEDULE, &r);
	return r;
}

static uint64_t thread_state(const struct env *env, uint64_t thread)
{
	return schedule(env, thread, UNCHANGED, UNCHANGED, UNCHANGED).rax;
}

static void check_creation(const struct env *env, const struct test_thread *t)
{
	struct conversation c;

	check_word(thread_control(env, t->global, own_id(env), NIL, t->location), 1,
		   "ThreadControl creates a thread: RAX = 1");
	check_word(thread_state(env, t->global), STATE_INACTIVE, "it is inactive");
	check_word(thread_control(env, t->global, own_id(env), own_id(env), UNCHANGED), 1,
		   "ThreadControl with a pager activates it: RAX = 1");
	check_word(thread_state(env, t->global), STATE_WAITING, "it waits for its start message");
	if (!check(start_server(env, t->global, &c), "it starts and answers"))
		tap_bail_out("no second thread");
	check_word(c.m.mr[REPORT_UTCB], t->local, "its UTCB is at the place given");
	check_word(c.m.mr[REPORT_GLOBAL_ID], t->global, "UTCB word -15 is its global id");
	check_word(c.m.mr[REPORT_PAGER], own_id(env), "UTCB word -12 is its pager");
	check_word(c.m.mr[REPORT_KIP], (uint64_t)env->kip, "its KIP is ours");
	check(c.m.mr[REPORT_FRAME] < stack_top_of(0) &&
		      c.m.mr[REPORT_FRAME] > stack_top_of(0) - 8192,
	      "it runs on the stack of the start message");
	check_word(c.page_faults, 0, "it faulted nowhere: the space is ours");
	request(&c, t->global, CMD_REPORT, 0);
	check(converse(env, &c) && c.m.mr[REPORT_SENDER] == (uint64_t)env->utcb,
	      "RSI: it knows us by our local id");
}

static void check_creation_errors(const struct env *env)
{
	uint64_t user_base = kip_user_base(env->kip), self = own_id(env);

	check_word(thread_control(env, global_id(user_base - 1, 1), self, NIL, UNCHANGED), 0,
		   "ThreadControl of a number below the user base: RAX = 0");
	check_word(env->utcb[TCR_ERROR_CODE], 2, "UTCB word -9: error 2, thread not available");
	check_word(thread_control(env, global_id(user_base + 9, 5), global_id(user_base + 10, 5),
				  NIL, UNCHANGED),
		   0, "ThreadControl into a space that does not exist: RAX = 0");
	check_word(env->utcb[TCR_ERROR_CODE], 3, "UTCB word -9: error 3, no such space");
}

static void check_other_forms(const struct env *env, const struct test_thread *t)
{
	struct ipc m = { .to = t->local,
			 .from = t->local,
			 .timeouts = TIME_NEVER,
			 .mr = { TAG(CMD_ECHO, 1, 0), 5 } };

	check(ipc(env, &m) && m.mr[1] == ~5ull, "IPC by local id");
	check_word(m.sender, t->local, "RSI is the local id");
	m = (struct ipc){ .to = t->local,
			  .from = t->local,
			  .timeouts = TIME_NEVER,
			  .mr = { TAG(CMD_ECHO, 1, 0), 6 } };
	check(ipc_by(env, KIP_LIPC, &m) && m.mr[1] == ~6ull, "Lipc");
	check_word(m.utcb, (uint64_t)env->utcb, "Lipc: RDI is the UTCB address");
	m = (struct ipc){ .to = t->global,
			  .from = ANY,
			  .timeouts = TIME_NEVER,
			  .mr = { TAG(CMD_ECHO, 1, 0), 7 } };
	check(ipc(env, &m) && m.mr[1] == ~7ull, "IPC with an open receive phase");
	m = (struct ipc){ .to = t->global,
			  .from = ANY_LOCAL,
			  .timeouts = TIME_NEVER,
			  .mr = { TAG(CMD_ECHO, 1, 0), 8 } };
	check(ipc(env, &m) && m.mr[1] == ~8ull, "IPC with a receive phase from any local thread");
}

static void check_failures(const struct env *env, const struct test_thread *t)
{
	struct ipc m = { .to = NIL,
			 .from = t->global,
			 .timeouts = TIMEOUTS(TIME_NEVER, TIME_10_MS) };
	uint64_t before = clock_us(env), after;

	check(!ipc(env, &m), "a receive that nobody answers fails: bit 15 of R9");
	after = clock_us(env);
	check_word(env->utcb[TCR_ERROR_CODE], ERROR_RECEIVE_TIMEOUT,
		   "UTCB word -9: receive timeout");
	check_word(m.utcb, (uint64_t)env->utcb, "RDI is the UTCB address after a failure, too");
	check(after - before >= 10000, "it took the 10 ms of R8, by SystemClock");

	m = (struct ipc){ .to = global_id(kip_user_base(env->kip) + 99, 5),
			  .from = NIL,
			  .timeouts = TIME_NEVER };
	check(!ipc(env, &m), "a send to a thread that does not exist fails");
	check_word(env->utcb[TCR_ERROR_CODE], ERROR_SEND_NO_PARTNER, "UTCB word -9: no partner");
}

static void check_clock(const struct env *env)
{
	uint64_t last = clock_us(env), now;
	unsigned i, backward = 0;

	for (i = 0; i < 10000; i++, last = now) {
		now = clock_us(env);
		backward += now < last;
	}
	check_word(backward, 0, "SystemClock: RAX never goes back");
	check(last > 0, "SystemClock: it runs");
}

static struct regs exchange(const struct env *env, uint64_t thread, uint64_t control)
{
	struct regs r = { .rax = thread, .rsi = control };

	syscall(env, KIP_EXCHANGE_REGISTERS, &r);
	return r;
}

static void check_exchange_old_values(const struct env *env, const struct test_thread *t)
{
	struct regs r = exchange(env, t->global, EX_DELIVER);
	struct conversation c;

	check_word(r.rax, t->local, "ExchangeRegisters: RAX of a global id is the local one");
	check_word(r.rsi & 7, EX_WAS_RECEIVING, "RSI: it was receiving");
	check(r.rdx <= stack_top_of(0) && r.rdx > stack_top_of(0) - 8192, "RDX: its old SP");
	check(r.r8 != 0, "R8: its old IP");
	check_word(r.r9 & 0x202, 0x202, "R9: its old flags");
	check_word(r.r10, 0, "R10: its old user-defined handle");
	check_word(r.rdi, own_id(env), "RDI: its old pager");
	check_word(exchange(env, t->local, EX_DELIVER).rax, t->global,
		   "ExchangeRegisters: RAX of a local id is the global one");

	r = (struct regs){ .rax = t->global, .rsi = EX_HANDLE | EX_DELIVER, .r10 = 0x1234567890 };
	syscall(env, KIP_EXCHANGE_REGISTERS, &r);
	check_word(exchange(env, t->global, EX_DELIVER).r10, 0x1234567890,
		   "ExchangeRegisters: R10 sets the handle");
	request(&c, t->global, CMD_REPORT, 0);
	check(converse(env, &c) && c.m.mr[REPORT_HANDLE] == 0x1234567890,
	      "UTCB word -13: the thread sees its handle");
}

static void check_exchange_effects(const struct env *env, const struct test_thread *t)
{
	struct regs r;
	struct conversation c;

	r = (struct regs){ .rax = t->global,
			   .rdx = stack_top_of(0),
			   .r8 = (uint64_t)counter_main,
			   .rsi = EX_ABORT_SEND | EX_ABORT_RECEIVE | EX_SP | EX_IP };
	syscall(env, KIP_EXCHANGE_REGISTERS, &r);
	check_word(r.rax, t->local, "ExchangeRegisters aborts IPC, sets SP and IP");
	request(&c, t->global, CMD_REPORT, 0);
	check(converse(env, &c), "the thread answers from its new IP");
	check_word(counter_runs, 1, "it went through the new IP once");
	check_word(counter_error, ERROR_RECEIVE_CANCELLED, "its UTCB word -9: receive cancelled");

	r = exchange(env, global_id(kip_user_base(env->kip) + 99, 5), EX_DELIVER);
	check_word(r.rax, NIL, "ExchangeRegisters of a thread that does not exist: RAX = 0");
	check_word(env->utcb[TCR_ERROR_CODE], 2, "UTCB word -9: error 2");
}

/* Halting stops the user's instructions only: the message is still taken. */
static void check_halt(const struct env *env, const struct test_thread *t)
{
	struct ipc m = { .to = t->global,
			 .from = t->global,
			 .timeouts = TIMEOUTS(TIME_10_MS, TIME_10_MS),
			 .mr = { TAG(CMD_ECHO, 1, 0), 9 } };

	exchange(env, t->global, EX_SET_HALT | EX_HALT);
	check(!ipc(env, &m), "a halted thread does not answer");
	check_word(env->utcb[TCR_ERROR_CODE], ERROR_RECEIVE_TIMEOUT,
		   "UTCB word -9: receive timeout");
	check_word(exchange(env, t->global, EX_DELIVER).rsi & EX_HALT, EX_HALT,
		   "RSI: it is halted");
	check_word(exchange(env, t->global, EX_SET_HALT).rax, t->local,
		   "ExchangeRegisters resumes it");
	m = (struct ipc){ .to = NIL,
			  .from = t->global,
			  .timeouts = TIMEOUTS(TIME_ZERO, TIME_4_SECONDS) };
	check(ipc(env, &m) && m.mr[1] == ~9ull, "the resumed thread answers");
}

/* A period of X.2 in microseconds. */
static uint64_t period_us(uint64_t time)
{
	return (time & 0x3ff) << (time >> 10 & 31);
}

static void check_schedule(const struct env *env, const struct test_thread *t)
{
	const uint64_t slice_20_ms = 5 << 10 | 625;
	struct regs r;
	uint64_t slice;

	r = schedule(env, t->global, slice_20_ms << 16 | TIME_NEVER, UNCHANGED, UNCHANGED);
	check_word(r.rax, STATE_WAITING, "Schedule: RAX is the state of the thread");
	r = schedule(env, t->global, UNCHANGED, UNCHANGED, UNCHANGED);
	slice = period_us(r.rdx >> 16);
	if (!check(slice > 10000 && slice <= 20000, "Schedule: RDX has what is left of 20 ms"))
		diag("RDX", r.rdx);
	check_word(r.rdx & 0xffff, TIME_NEVER, "Schedule: RDX has an endless quantum");
	check_word(schedule(env, t->global, UNCHANGED, 0xff, UNCHANGED).rax, 0,
		   "Schedule to a processor that does not exist: RAX = 0");
	check_word(env->utcb[TCR_ERROR_CODE], 5, "UTCB word -9: error 5, bad parameter");
	check_word(thread_state(env, global_id(kip_user_base(env->kip) + 99, 5)), 0,
		   "Schedule of a thread that does not exist: RAX = 0");
	check_word(env->utcb[TCR_ERROR_CODE], 2, "UTCB word -9: error 2, no such thread");
}

/* A thread of low priority is made ready but can't run before we let it. */
static void check_switch(const struct env *env, const struct test_thread *t)
{
	struct regs r = { .rdi = t->global };
	struct ipc m;
	uint64_t runs = counter_runs;

	thread_control(env, t->global, own_id(env), own_id(env), t->location);
	check_word(schedule(env, t->global, UNCHANGED, UNCHANGED, 10).rax, STATE_WAITING,
		   "Schedule: RSI sets the priority");
	m = (struct ipc){ .to = t->global,
			  .from = NIL,
			  .timeouts = TIME_NEVER,
			  .mr = { TAG(0, 2, 0), (uint64_t)counter_main,
				  start_stack(env, t->global) } };
	check(ipc(env, &m), "a start message without receive phase");
	check_word(counter_runs, runs, "a thread of lower priority waits");
	check_word(thread_state(env, t->global), STATE_RUNNING, "Schedule: it is ready");
	m = (struct ipc){ .to = t->global,
			  .from = NIL,
			  .timeouts = TIMEOUTS(TIME_ZERO, TIME_ZERO) };
	check(!ipc(env, &m), "it does not receive: a send with timeout zero fails");
	check_word(env->utcb[TCR_ERROR_CODE], ERROR_SEND_TIMEOUT, "UTCB word -9: send timeout");
	syscall(env, KIP_THREAD_SWITCH, &r);
	check_word(counter_runs, runs + 1, "ThreadSwitch: RDI lets it run at once");
}

static void check_deletion(const struct env *env, const struct test_thread *t)
{
	struct ipc m = { .to = t->global, .from = t->global, .timeouts = TIME_NEVER };

	check_word(thread_control(env, t->global, NIL, NIL, UNCHANGED), 1,
		   "ThreadControl deletes a thread: RAX = 1");
	check(!ipc(env, &m), "a call to it fails");
	check_word(env->utcb[TCR_ERROR_CODE], ERROR_SEND_NO_PARTNER, "UTCB word -9: no partner");
}

void thread_check(const struct env *env)
{
	struct test_thread first = thread_named(env, 1), second = thread_named(env, 2);

	check_clock(env);
	check_creation(env, &first);
	check_creation_errors(env);
	check_echo(env, first.global, first.local, "same space, echo of words:");
	check_other_forms(env, &first);
	check_failures(env, &first);
	check_exchange_old_values(env, &first);
	check_exchange_effects(env, &first);
	check_halt(env, &first);
	check_schedule(env, &first);
	check_switch(env, &second);
	check_deletion(env, &first);
	check_deletion(env, &second);
}

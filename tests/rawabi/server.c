/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server that every thread of the test runs, in root's space or in
 * another, and the client's side of a conversation with it.  The client is the
 * server's pager and exception handler: page faults are answered by mapping
 * root's own page at the same address, an I/O fault with the port asked for,
 * an invalid instruction by stepping over it.
 */
#include "rawabi.h"
#include "tap.h"

#define STACK_SIZE 8192
#define MAX_MESSAGES 64 /* in one conversation; more are a loop of faults */

volatile uint64_t counter_runs, counter_error;
static unsigned char stacks[TEST_STACKS][STACK_SIZE] __attribute__((aligned(4096)));

/* The ABI wants RSP = 8 mod 16 at a function's entry. */
uint64_t stack_top_of(unsigned n)
{
	return (uint64_t)stacks[n] + STACK_SIZE - 8;
}

static void serve_report(const struct env *env, struct ipc *m)
{
	m->mr[REPORT_UTCB] = (uint64_t)env->utcb;
	m->mr[REPORT_KIP] = (uint64_t)env->kip;
	m->mr[REPORT_GLOBAL_ID] = env->utcb[TCR_GLOBAL_ID];
	m->mr[REPORT_HANDLE] = env->utcb[TCR_HANDLE];
	m->mr[REPORT_PAGER] = env->utcb[TCR_PAGER];
	m->mr[REPORT_PROCESSOR] = env->utcb[TCR_PROCESSOR];
	m->mr[REPORT_SENDER] = m->sender;
	m->mr[REPORT_FRAME] = (uint64_t)__builtin_frame_address(0);
	m->mr[0] = TAG(CMD_REPORT, REPORT_WORDS, 0);
}

/* Makes a call that the kernel may refuse and answers RAX and ErrorCode. */
static void serve_call(const struct env *env, struct ipc *m)
{
	struct regs r = { 0 };
	uint64_t command = tag_label(m->mr[0]), self = env->utcb[TCR_GLOBAL_ID];

	env->utcb[TCR_ERROR_CODE] = 0;
	if (command == CMD_THREAD_CONTROL) {
		m->mr[1] = thread_control(env, m->mr[1], self, NIL, UNCHANGED);
	} else if (command == CMD_SPACE_CONTROL) {
		r.rdi = m->mr[1];
		m->mr[1] = syscall(env, KIP_SPACE_CONTROL, &r);
	} else {
		r.rax = m->mr[1];
		m->mr[1] = syscall(env, KIP_EXCHANGE_REGISTERS, &r);
	}
	m->mr[2] = env->utcb[TCR_ERROR_CODE];
	m->mr[0] = TAG(command, 2, 0);
}

static void serve_access(const struct env *env, struct ipc *m)
{
	uint64_t command = tag_label(m->mr[0]);
	volatile uint64_t *word = (volatile uint64_t *)m->mr[1];

	if (command == CMD_PORT_IN) {
		m->mr[1] = port_in((unsigned short)m->mr[1]);
	} else if (command == CMD_TRAP) {
		env->utcb[TCR_EXCEPTION_HANDLER] = m->mr[2];
		m->mr[1] = abi_trap_with_registers(m->mr[1]);
	} else if (command == CMD_READ) {
		m->mr[1] = *word;
	} else {
		*word = m->mr[2];
	}
	m->mr[0] = TAG(command, 1, 0);
}

static void serve(const struct env *env, struct ipc *m)
{
	unsigned i, words = tag_untyped(m->mr[0]);

	switch (tag_label(m->mr[0])) {
	case CMD_ECHO:
		for (i = 1; i <= words; i++)
			m->mr[i] = ~m->mr[i];
		m->mr[0] = TAG(CMD_ECHO, words, 0);
		break;
	case CMD_REPORT:
		serve_report(env, m);
		break;
	case CMD_THREAD_CONTROL:
	case CMD_SPACE_CONTROL:
	case CMD_EXCHANGE:
		serve_call(env, m);
		break;
	default:
		serve_access(env, m);
	}
}

static void serve_forever(const struct env *env, struct ipc *m)
{
	for (;;) {
		if (ipc(env, m)) {
			serve(env, m);
			m->to = m->sender;
		} else {
			m->to = NIL;
		}
	}
}

void server_main(void)
{
	struct env env = env_here();
	struct ipc m = { .to = env.utcb[TCR_PAGER], .from = ANY, .timeouts = TIME_NEVER };

	serve_report(&env, &m);
	serve_forever(&env, &m);
}

void counter_main(void)
{
	struct env env = env_here();
	struct ipc m = { .to = NIL, .from = ANY, .timeouts = TIME_NEVER };

	counter_error = env.utcb[TCR_ERROR_CODE];
	counter_runs++;
	serve_forever(&env, &m);
}

/* Maps root's own page; root must have it, so it looks there first. */
static void resolve_page_fault(struct conversation *c)
{
	uint64_t address = c->m.mr[1], page = address & ~(PAGE_SIZE - 1);

	c->fault = tag_label(c->m.mr[0]);
	c->address = address;
	c->ip = c->m.mr[2];
	if (c->page_faults++ == 0) {
		c->first_fault = c->fault;
		c->first_address = c->address;
		c->first_ip = c->ip;
	}
	*(volatile unsigned char *)address;
	c->m.mr[0] = TAG(0, 0, 2);
	c->m.mr[1] = MAP_ITEM(page);
	c->m.mr[2] = FPAGE(page, 12, c->rights);
}

static void resolve_io_fault(struct conversation *c)
{
	c->io_faults++;
	c->io_label = tag_label(c->m.mr[0]);
	c->io_fpage = c->m.mr[1];
	c->m.mr[0] = TAG(0, 0, 2);
	c->m.mr[1] = MAP_ITEM(0);
	c->m.mr[2] = (c->io_fpage & ~7ull) | RIGHT_R | RIGHT_W;
}

/* Steps over the two bytes of UD2 and leaves a mark in RAX. */
static void resolve_exception(struct conversation *c)
{
	unsigned i;

	c->exceptions++;
	for (i = 0; i <= 20; i++)
		c->exception[i] = c->m.mr[i];
	c->m.mr[0] = TAG(0, 20, 0);
	c->m.mr[1] += 2;
	c->m.mr[8] += 0x1000000;
}

void request(struct conversation *c, uint64_t thread, unsigned command, unsigned words)
{
	*c = (struct conversation){
		.m = { .to = thread,
		       .from = thread,
		       .timeouts = TIMEOUTS(TIME_4_SECONDS, TIME_4_SECONDS),
		       .mr[0] = TAG(command, words, 0) },
		.rights = RIGHT_R | RIGHT_W | RIGHT_X,
	};
}

bool converse(const struct env *env, struct conversation *c)
{
	unsigned i;

	for (i = 0; i < MAX_MESSAGES; i++) {
		if (!ipc(env, &c->m)) {
			diag("no answer, ErrorCode", env->utcb[TCR_ERROR_CODE]);
			return false;
		}
		switch (tag_label(c->m.mr[0]) & ~15ull) {
		case LABEL_PAGE_FAULT:
			resolve_page_fault(c);
			break;
		case LABEL_IO_FAULT:
			resolve_io_fault(c);
			break;
		case LABEL_EXCEPTION:
			resolve_exception(c);
			break;
		default:
			return true;
		}
	}
	return false;
}

uint64_t start_stack(const struct env *env, uint64_t thread)
{
	return stack_top_of((unsigned)((thread >> 32) - kip_user_base(env->kip)) % TEST_STACKS);
}

bool start_server(const struct env *env, uint64_t thread, struct conversation *c)
{
	request(c, thread, 0, 2);
	c->m.mr[1] = (uint64_t)server_main;
	c->m.mr[2] = start_stack(env, thread);
	return converse(env, c) && tag_label(c->m.mr[0]) == CMD_REPORT;
}

static bool echo(const struct env *env, uint64_t thread, uint64_t sender_id, unsigned words)
{
	static const uint64_t pattern = 0x9e3779b97f4a7c15ull;
	struct conversation c;
	unsigned i;

	request(&c, thread, CMD_ECHO, words);
	for (i = 1; i <= words; i++)
		c.m.mr[i] = pattern * (64 * words + i);
	if (!converse(env, &c))
		return false;
	if (c.m.mr[0] != TAG(CMD_ECHO, words, 0) || c.m.sender != sender_id ||
	    c.m.utcb != (uint64_t)env->utcb) {
		diag("R9 ", c.m.mr[0]);
		diag("RSI", c.m.sender);
		diag("RDI", c.m.utcb);
		return false;
	}
	for (i = 1; i <= words; i++) {
		if (c.m.mr[i] != ~(pattern * (64 * words + i))) {
			diag("wrong message register", i);
			return false;
		}
	}
	return true;
}

void check_echo(const struct env *env, uint64_t thread, uint64_t sender_id, const char *name)
{
	unsigned words;

	for (words = 0; words < 64; words++)
		check_numbered(echo(env, thread, sender_id, words), name, words);
}

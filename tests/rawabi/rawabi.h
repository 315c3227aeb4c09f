/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of the raw ABI test: the server that runs in every thread the test
 * makes, the conversation with it, and the groups of checks.
 */
#ifndef RAWABI_H
#define RAWABI_H

#include "abi.h"

/* What the server does, by the label of the request; it answers with the same. */
enum command {
	CMD_ECHO = 1,           /* all words, complemented */
	CMD_REPORT = 2,         /* enum report */
	CMD_THREAD_CONTROL = 3, /* MR1 thread: RAX, ErrorCode */
	CMD_SPACE_CONTROL = 4,  /* MR1 thread: RAX, ErrorCode */
	CMD_EXCHANGE = 5,       /* MR1 thread: RAX, ErrorCode */
	CMD_PORT_IN = 6,        /* MR1 port: value */
	CMD_TRAP = 7,           /* MR1 base value, MR2 exception handler: result */
	CMD_READ = 8,           /* MR1 address: word */
	CMD_WRITE = 9,          /* MR1 address, MR2 word */
};

/* Message registers of the answer to CMD_REPORT. */
enum report {
	REPORT_UTCB = 1,
	REPORT_KIP,
	REPORT_GLOBAL_ID,
	REPORT_HANDLE,
	REPORT_PAGER,
	REPORT_PROCESSOR,
	REPORT_SENDER,
	REPORT_FRAME, /* an address on its stack */
	REPORT_WORDS = REPORT_FRAME,
};

/* Entry points for threads that serve for ever: one reports to its pager first,
 * the other counts itself in and notes its ErrorCode. */
void server_main(void);
void counter_main(void);
extern volatile uint64_t counter_runs, counter_error;

/*
 * A request and its answer.  Faults and exceptions of the server are taken
 * note of and resolved on the way, for its thread has no other pager.
 */
struct conversation {
	struct ipc m;
	unsigned page_faults;
	uint64_t first_fault, fault; /* labels */
	uint64_t first_address, address, first_ip, ip;
	unsigned rights; /* to map pages with */
	unsigned io_faults;
	uint64_t io_label, io_fpage;
	unsigned exceptions;
	uint64_t exception[21]; /* its message registers */
};

/* Prepares a request; message registers are zero. */
void request(struct conversation *c, uint64_t thread, unsigned command, unsigned words);
/* Sends it and handles what comes until the answer is there; false on failure. */
bool converse(const struct env *env, struct conversation *c);
/* Starts the server in a thread that waits for its pager, the caller, with a start
 * message; the answer is its report. */
bool start_server(const struct env *env, uint64_t thread, struct conversation *c);
/* The stack for a thread of the test. */
uint64_t start_stack(const struct env *env, uint64_t thread);

/* 64 checks of messages of 0..63 words there and back. */
void check_echo(const struct env *env, uint64_t thread, uint64_t sender_id, const char *name);

/* Stack for thread n of the test; its top, ready for a C function. */
#define TEST_STACKS 3
uint64_t stack_top_of(unsigned n);

void kip_check(const struct env *env);
void thread_check(const struct env *env);
void space_check(const struct env *env);
void memory_check(const struct env *env);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What goes on while interrupt latency is measured (latency.c): long kernel
 * operations, by threads of low priority.  A disturber in root's space says what is
 * to be done; agents in other spaces do it there.
 */
#ifndef BENCH_IPC_DISTURB_H
#define BENCH_IPC_DISTURB_H

#include "bench.h"

enum disturb_phase {
	DISTURB_QUIET, /* a loop in user mode */
	DISTURB_MAP,
	DISTURB_UNMAP,
	DISTURB_DELETE,
	DISTURB_DEEP,
	DISTURB_STRING,
	DISTURB_RANDOM,
	DISTURB_SPLIT,
	DISTURB_THREAD,
	DISTURB_IO,
	DISTURB_PHASES,
};

/* What the kernel is doing for the disturber; it also does preparations. */
extern volatile enum disturb_phase disturb_phase;
/* Asks the disturber to end after the round it is in. */
extern volatile bool disturb_stop;

/* Memory and agents that the disturbers need. */
void disturb_set_up(void);

/* Starts the one for this phase; it sends to root when it has ended. */
void disturb_start(enum disturb_phase phase);

/* agent.c: what an agent does, as labels; MR1-3 are its arguments. */
enum agent_command {
	AGENT_TAKE,  /* nothing: for mappings and strings */
	AGENT_SEND,  /* thread, item of two words: pass on to another agent */
	AGENT_UNMAP, /* fpage, control */
	AGENT_GRANT, /* thread, address: the first 4 KiB of AGENT_GRANTS superpages */
	AGENT_TOUCH, /* address, pages: reads a byte of each */
};

_Noreturn void agent_main(void);
void agent_do(enum bench_thread agent, enum agent_command command, l4_word_t a, l4_word_t b,
	      l4_word_t c);
/* Sends an item from the caller's space. */
void agent_give(enum bench_thread agent, l4_word_t item0, l4_word_t item1);

#define AGENT_GRANTS 31 /* as many as a message holds */
#define AGENT_SUPER_SIZE (1ull << 21)
#define AGENT_STRING_BITS 20
#define AGENT_STRING_SINK 0x300000000ull

/* random.c: random system calls; a sink for its messages is in the same space. */
_Noreturn void random_main(void);
_Noreturn void random_sink_main(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A task that attacks everything it can reach, as an emulator would that its guest has
 * taken over: channels, threads by IPC, root by its own calls, the kernel by privileged
 * ones.  It is meant to be confined (docs/manifest.md) and no supervisor.
 *
 *	config { seed = <1>; report = <5000>; };
 *
 * It goes on until it is stopped, and prints `hostile: N messages, R refused, 0 obeyed`
 * each time it has sent `report` more; what it counts as obeyed would be a hole.  That the
 * others have not noticed is for them to say.
 */
#include "hostile.h"

#include <l4/server.h>
#include <l4/task.h>
#include <l4/thread.h>
#include <libfdt.h>
#include <proto/root.h>
#include <stdio.h>

#define HOSTILE_WAIT_US 1000
#define HOSTILE_STRINGS 1024

static uint64_t hostile_seed;
static uint64_t hostile_refused, hostile_obeyed;
static char hostile_string[HOSTILE_STRINGS];

uint64_t hostile_random(void)
{
	hostile_seed ^= hostile_seed << 13;
	hostile_seed ^= hostile_seed >> 7;
	hostile_seed ^= hostile_seed << 17;
	return hostile_seed;
}

uint64_t hostile_number(void)
{
	static const uint64_t bases[] = {
		0,
		1,
		16,
		63,
		64,
		255,
		256,
		0x1000,
		0x4000,
		0x7fffffff,
		1u << 31,
		0xffffffff,
		TASK_HEAP,
		TASK_RAM,
		TASK_INFO,
		1ull << 32,
		1ull << 47,
		1ull << 63,
		TASK_CHANNELS,
		TASK_MODULES,
		TASK_SIGNALS,
		~0ull,
	};
	unsigned kind = hostile_below(4);

	if (kind == 0)
		return hostile_random();
	return bases[hostile_below(sizeof(bases) / sizeof(bases[0]))] + kind - 2;
}

static void hostile_hole(const char *what, l4_word_t value)
{
	hostile_obeyed++;
	printf("hostile: %s %llx\n", what, (unsigned long long)value);
}

/* Sends what is in the message registers and waits a little for an answer from anybody:
 * what a confined task sends to others goes to root, which answers itself. */
static struct l4_tag hostile_call(struct l4_thread_id to, struct l4_thread_id *from)
{
	return l4_ipc(to, L4_ANYTHREAD,
		      l4_timeouts(hostile_below(8) ? l4_period_us(HOSTILE_WAIT_US) : L4_ZERO_TIME,
				  l4_period_us(HOSTILE_WAIT_US)),
		      from);
}

/* ---- messages to anybody ------------------------------------------------- */

static struct l4_thread_id hostile_target(void)
{
	l4_word_t base = l4_kip_user_base(l4_kip());

	switch (hostile_below(6)) {
	case 0:
		return l4_root();
	case 1:
		return l4_sigma0();
	case 2: /* interrupts, and threads of the kernel */
		return l4_global_id(hostile_below((unsigned)base), 1);
	case 3: /* where other tasks' threads are likely to be */
		return l4_global_id(base + hostile_below(64), 1 + hostile_below(3));
	case 4:
		return l4_thread_id(hostile_number());
	default:
		return l4_thread_id(hostile_random());
	}
}

/* Items: pages of its own or any, for mapping or granting, and a string of its own; a
 * string from anywhere would only end this task. */
static unsigned hostile_items(unsigned at)
{
	unsigned words = 2 * hostile_below(3);

	for (unsigned i = 0; i < words; i += 2) {
		bool is_string = hostile_below(3) == 0;

		l4_set_mr(at + i,
			  is_string ? (l4_word_t)hostile_below(HOSTILE_STRINGS) << 10 :
				      (hostile_number() & ~0x3ffull) | 8 | hostile_below(2) << 1);
		l4_set_mr(at + i + 1, is_string ? (l4_word_t)hostile_string :
						  (hostile_number() & ~0xfull) | hostile_below(8));
	}
	return words;
}

static void hostile_message(void)
{
	unsigned untyped = hostile_below(60), typed;
	struct l4_thread_id to = hostile_target(), from = L4_NILTHREAD;
	l4_word_t label = hostile_below(2) ? hostile_below(0x200) : hostile_random() >> 16;
	struct l4_tag tag;

	/* Root ends a task that wishes so, and logs what it is given. */
	if (label == ROOT_EXIT || label == ROOT_LOG)
		label = 0;
	for (unsigned i = 1; i <= untyped; i++)
		l4_set_mr(i, hostile_number());
	typed = hostile_items(untyped + 1);
	l4_set_tag(l4_tag(label, untyped, hostile_below(8) ? typed : hostile_below(4)));
	tag = hostile_call(to, &from);
	if (l4_tag_failed(tag) || l4_tag_label(tag) == L4_LABEL_REFUSED)
		hostile_refused++;
	else if (!l4_same_thread(from, l4_root()))
		hostile_hole("an answer from thread", from.raw);
}

/* ---- root's own calls ---------------------------------------------------- */

/* A discard of what isn't heap or RAM must be refused: the program would be gone.  An
 * answer without words may be one to an earlier ROOT_WAIT. */
static void hostile_root(void)
{
	l4_word_t label = ROOT_SIGNAL + hostile_below(ROOT_CONTROL - ROOT_SIGNAL + 3);
	unsigned words = hostile_below(6) ? 1 + hostile_below(3) : hostile_below(63);
	struct l4_thread_id from = L4_NILTHREAD;
	struct l4_tag tag;

	/* These take time, or space on the screen. */
	if (label == ROOT_WAIT && hostile_below(16))
		label = ROOT_DISCARD;
	if (hostile_below(4096) == 0)
		label = ROOT_LOG;
	for (unsigned i = 1; i <= words; i++)
		l4_set_mr(i, hostile_number());
	l4_set_tag(l4_tag(label, words, 0));
	tag = hostile_call(l4_root(), &from);
	if (l4_tag_failed(tag) || l4_tag_label(tag) == L4_LABEL_REFUSED)
		hostile_refused++;
	else if (label >= ROOT_SYSTEM && l4_tag_untyped(tag) > 0)
		hostile_hole("root answered label", label);
}

/* ---- privileged system calls --------------------------------------------- */

static void hostile_kernel(void)
{
	static const l4_word_t attributes[4] = { 0 };
	struct l4_thread_id any = hostile_target();
	bool done = false;

	switch (hostile_below(5)) {
	case 0:
		done = l4_thread_control(any, hostile_target(), hostile_target(), hostile_target(),
					 (void *)hostile_number());
		break;
	case 1:
		done = l4_space_control(any, hostile_number(), l4_fpage(hostile_number(), 12, 0),
					l4_fpage(hostile_number(), 12, 0), hostile_target(), NULL);
		break;
	case 2:
		l4_set_mr(0, hostile_number());
		done = l4_memory_control(0, attributes);
		break;
	case 3:
		done = l4_processor_control(hostile_below(4), hostile_number(), hostile_number(),
					    hostile_number());
		break;
	case 4:
		if (!l4_same_thread(any, l4_myself()))
			done = l4_set_priority(any, hostile_below(256));
		break;
	}
	if (done)
		hostile_hole("the kernel did it for", any.raw);
	else
		hostile_refused++;
}

static uint32_t hostile_config(const char *name, uint32_t usual)
{
	const void *tree = task_config();
	const fdt32_t *cell = NULL;
	int length = 0;

	if (tree && fdt_check_header(tree) == 0)
		cell = fdt_getprop(tree, 0, name, &length);
	return cell && length == sizeof(*cell) ? fdt32_to_cpu(*cell) : usual;
}

static void hostile_once(void)
{
	switch (hostile_below(8)) {
	case 0:
	case 1:
	case 2:
		hostile_channel();
		break;
	case 3:
	case 4:
		hostile_message();
		break;
	case 5:
	case 6:
		hostile_root();
		break;
	default:
		hostile_kernel();
	}
}

int main(void)
{
	uint32_t report = hostile_config("report", 5000);

	stdio_set_putc(root_putc);
	hostile_seed = 0x9e3779b97f4a7c15ull * (hostile_config("seed", 1) | 1);
	printf("hostile: begins\n");
	for (uint64_t n = 1;; n++) {
		hostile_once();
		task_signals_take();
		task_signals()->status.heartbeat++;
		if (n % report == 0)
			printf("hostile: %llu messages, %llu refused, %llu obeyed\n",
			       (unsigned long long)n, (unsigned long long)hostile_refused,
			       (unsigned long long)hostile_obeyed);
	}
}

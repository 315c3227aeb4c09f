/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System calls with random arguments, from an unprivileged thread.  What it harms is
 * its own space; its IPC goes to a sink in it, to root, which doesn't receive, or to
 * nobody.  Receive windows lie apart, so that it can't replace the pages of the
 * program, which it shares with root.
 */
#include "disturb.h"
#include <l4/thread.h>

#define RANDOM_WINDOW 0x600000000ull
#define RANDOM_WINDOW_BITS 26
#define RANDOM_WORDS 12
#define SHORT_US 15

/* Goes on where the last thread stopped. */
static uint64_t random_state = 0x1234567887654321;

static uint64_t random_word(void)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return random_state >> 17 ^ random_state << 40;
}

static void random_receiver(void)
{
	l4_accept(l4_acceptor(l4_fpage(RANDOM_WINDOW, RANDOM_WINDOW_BITS, 0), true));
	l4_set_br(1, l4_string_head(L4_PAGE_SIZE, 1));
	l4_set_br(2, RANDOM_WINDOW);
}

static struct l4_thread_id random_thread(void)
{
	switch (random_word() % 6) {
	case 0:
		return L4_NILTHREAD;
	case 1:
		return l4_thread_id(random_word());
	case 2:
		return l4_root();
	case 3:
		return l4_myself();
	default:
		return bench_id(BENCH_DOOMED_SINK);
	}
}

static struct l4_time random_short(void)
{
	return l4_period_us(random_word() % SHORT_US);
}

/* Around the program, around the window, or anywhere. */
static struct l4_fpage random_fpage(void)
{
	static const l4_word_t base[] = { 0x400000, RANDOM_WINDOW, RANDOM_WINDOW, ~0ull >> 17 };
	unsigned bits = L4_PAGE_BITS + random_word() % 12;

	if (random_word() % 64 == 0)
		return (struct l4_fpage){ random_word() };
	return l4_fpage(base[random_word() % 4] + (random_word() & 0x1ffffff), bits,
			random_word() & L4_RIGHTS_ALL);
}

static void random_ipc(void)
{
	for (unsigned i = 1; i < RANDOM_WORDS; i += 2) {
		l4_set_mr(i, (random_word() & ~0xfull) | (random_word() & (L4_ITEM_GRANT | 1)));
		l4_set_mr(i + 1, random_fpage().raw);
	}
	/* No label: that would be a command for an agent. */
	l4_set_tag((struct l4_tag){ random_word() & 0xfff });
	l4_set_tcr(L4_TCR_XFER_TIMEOUTS, l4_timeouts(random_short(), random_short()));
	l4_ipc(random_thread(), random_thread(), l4_timeouts(random_short(), random_short()), NULL);
}

static void random_unmap(void)
{
	unsigned count = random_word() % RANDOM_WORDS;

	for (unsigned i = 0; i <= count; i++)
		l4_set_mr(i, random_fpage().raw);
	l4_unmap(count | (random_word() & L4_UNMAP_FLUSH));
}

/* Anything but what would end the work: stopping, another IP or SP. */
static void random_exchange_registers(void)
{
	const l4_word_t harmless = L4_EXREGS_ABORT_RECEIVE | L4_EXREGS_ABORT_SEND |
				   L4_EXREGS_HANDLE | L4_EXREGS_DELIVER;
	struct l4_exregs_words regs = { .control = random_word() & harmless };

	l4_exchange_registers(random_thread(), &regs);
}

static void random_refused(void)
{
	const l4_word_t attributes[4] = { random_word() };

	switch (random_word() % 5) {
	case 0:
		l4_thread_control(random_thread(), random_thread(), random_thread(),
				  random_thread(), (void *)random_word());
		break;
	case 1:
		l4_space_control(random_thread(), random_word(), random_fpage(), random_fpage(),
				 random_thread(), NULL);
		break;
	case 2:
		l4_schedule(random_thread(), random_word(), random_word(), random_word(),
			    random_word(), NULL);
		break;
	case 3:
		l4_memory_control(random_word() & 63, attributes);
		break;
	default:
		l4_processor_control(random_word(), random_word(), random_word(), random_word());
	}
}

_Noreturn void random_main(void)
{
	random_receiver();
	for (;;) {
		switch (random_word() % 8) {
		case 0:
			random_unmap();
			break;
		case 1:
			random_exchange_registers();
			break;
		case 2:
			random_refused();
			break;
		case 3:
			l4_thread_switch(random_thread());
			break;
		case 4:
			l4_system_clock();
			break;
		default:
			random_ipc();
		}
	}
}

_Noreturn void random_sink_main(void)
{
	struct l4_thread_id from = L4_NILTHREAD;

	random_receiver();
	for (;;) {
		if (l4_tag_failed(l4_reply_wait(from, &from)))
			from = L4_NILTHREAD;
		l4_set_tag(l4_tag(0, 0, 0));
	}
}

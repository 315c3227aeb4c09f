/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * String items without page faults: lengths, alignments, several strings,
 * compound strings split differently on both sides, overflow (manual 5.3).
 */
#include "ktest.h"
#include "tests.h"

#include <string.h>

#define BUFFER_SIZE 24576
#define GUARD 0xa5
#define TIMEOUT_US 1000000

static uint8_t source[BUFFER_SIZE], sink[BUFFER_SIZE];
static struct job send, receive;

static void string_begin(struct agent *a)
{
	struct l4_time soon = l4_period_us(TIMEOUT_US);

	for (unsigned i = 0; i < BUFFER_SIZE; i++)
		source[i] = (uint8_t)(i * 7 + (i >> 8) * 13);
	memset(sink, GUARD, BUFFER_SIZE);
	send = job_send(a->thread->id);
	receive = job_receive(main_id);
	send.timeouts = receive.timeouts = l4_timeouts(soon, soon);
	receive.br[0] = L4_ACCEPT_STRINGS;
	receive.brs = 1;
}

static void string_run(struct agent *a)
{
	agent_begin_job(a, &receive);
	job_run(&send);
	agent_finish(a, NULL);
}

static void string_source(l4_word_t offset, l4_word_t length, bool more)
{
	job_add_item(&send, l4_string_head(length, 1) | (more ? L4_ITEM_CONTINUES : 0),
		     (l4_word_t)source + offset);
}

static void string_sink(l4_word_t offset, l4_word_t length, bool more)
{
	receive.br[receive.brs++] = l4_string_head(length, 1) | (more ? L4_ITEM_CONTINUES : 0);
	receive.br[receive.brs++] = (l4_word_t)sink + offset;
}

/* The sink holds source [from, from + length) at `at`; guards around it are whole. */
static bool string_is_whole(l4_word_t from, l4_word_t at, l4_word_t length)
{
	return memcmp(sink + at, source + from, length) == 0 && (!at || sink[at - 1] == GUARD) &&
	       sink[at + length] == GUARD;
}

static unsigned string_count_guards(void)
{
	unsigned guards = 0;

	for (unsigned i = 0; i < BUFFER_SIZE; i++)
		guards += sink[i] == GUARD;
	return guards;
}

static void string_check_lengths(struct space *s, const char *where)
{
	static const unsigned lengths[] = { 1, 2, 7, 8, 9, 63, 64, 65, 4095, 4096, 4097, 20000 };
	static const unsigned offsets[] = { 0, 1, 7, 8, 4095 };
	struct agent a = agent_new(s);
	unsigned bad, failed;

	for (unsigned i = 0; i < COUNT(lengths); i++) {
		bad = failed = 0;
		for (unsigned k = 0; k < COUNT(offsets) * COUNT(offsets); k++) {
			unsigned from = offsets[k % COUNT(offsets)];
			unsigned at = offsets[k / COUNT(offsets)];

			string_begin(&a);
			string_source(from, lengths[i], false);
			string_sink(at, lengths[i], false);
			string_run(&a);
			failed += l4_tag_failed(send.tag) || l4_tag_failed(receive.tag);
			bad += !string_is_whole(from, at, lengths[i]);
		}
		check_eq(failed, 0, "%s: strings of %u bytes are sent", where, lengths[i]);
		check_eq(bad, 0, "%s: and arrive whole, at any alignment", where);
	}
}

void test_string_simple_same_space(void)
{
	string_check_lengths(NULL, "same space");
}

void test_string_simple_between_spaces(void)
{
	string_check_lengths(space_new(), "other space");
}

void test_string_item(void)
{
	struct agent a = agent_new(space_new());

	string_begin(&a);
	job_add_word(&send, 0x1234);
	string_source(0, 100, false);
	string_sink(0, 200, false);
	string_run(&a);
	check_eq(l4_tag_untyped(receive.tag), 1, "one word");
	check_eq(l4_tag_typed(receive.tag), 2, "and one item arrive");
	check_eq(receive.got[1], 0x1234, "the word");
	check(l4_item_is_string(receive.got[2]), "the item is a string");
	check_eq(l4_string_length(receive.got[2]), 100, "of the length that was sent");
	check(string_is_whole(0, 0, 100), "a larger buffer is filled as far as needed");
}

void test_string_several(void)
{
	struct agent a = agent_new(space_new());

	string_begin(&a);
	string_source(0, 100, true);
	string_source(500, 300, true);
	string_source(3, 5000, false);
	string_sink(10000, 5000, true);
	string_sink(0, 300, true);
	string_sink(1001, 5000, false);
	string_run(&a);
	check(l4_tag_succeeded(send.tag) && l4_tag_succeeded(receive.tag), "three strings");
	check(string_is_whole(0, 10000, 100), "the first in the first buffer");
	check(string_is_whole(500, 0, 300), "the second in the second");
	check(string_is_whole(3, 1001, 5000), "the third in the third");
	check_eq(l4_tag_typed(receive.tag), 6, "three items");

	string_begin(&a);
	string_source(0, 64, true);
	string_source(64, 64, false);
	string_sink(0, 64, true);
	string_sink(100, 64, true);
	string_sink(200, 64, false);
	string_run(&a);
	check(l4_tag_succeeded(send.tag), "more buffers than strings");
	check(string_is_whole(64, 100, 64) && string_count_guards() == BUFFER_SIZE - 128,
	      "the third buffer stays empty");
}

/* A string of `parts` pieces of `length` bytes, `gap` bytes apart. */
static void string_source_compound(unsigned parts, l4_word_t length, l4_word_t gap)
{
	unsigned at =
		1 + l4_tag_untyped(send.mr[0] ? l4_tag(0, send.mr[0] & 0x3f, 0) : l4_tag(0, 0, 0)) +
		(send.mr[0] >> 6 & 0x3f);

	send.mr[at] = l4_string_head(length, parts);
	for (unsigned i = 0; i < parts; i++)
		send.mr[at + 1 + i] = (l4_word_t)source + i * (length + gap);
	send.mr[0] += (l4_word_t)(parts + 1) << 6;
}

static void string_sink_compound(unsigned parts, l4_word_t length, l4_word_t gap)
{
	receive.br[receive.brs++] = l4_string_head(length, parts);
	for (unsigned i = 0; i < parts; i++)
		receive.br[receive.brs++] = (l4_word_t)sink + i * (length + gap);
}

/* Byte i of a compound string is at this offset of its buffer. */
static l4_word_t string_place(l4_word_t i, l4_word_t length, l4_word_t gap)
{
	return i / length * (length + gap) + i % length;
}

static void string_check_compound(struct agent *a, unsigned parts_out, l4_word_t out,
				  unsigned parts_in, l4_word_t in)
{
	l4_word_t total = parts_out * out, wrong = 0;
	const l4_word_t gap = 5;

	string_begin(a);
	string_source_compound(parts_out, out, gap);
	string_sink_compound(parts_in, in, gap);
	string_run(a);
	for (l4_word_t i = 0; i < total; i++)
		wrong += sink[string_place(i, in, gap)] != source[string_place(i, out, gap)];
	check(l4_tag_succeeded(send.tag) && l4_tag_succeeded(receive.tag) && !wrong,
	      "%u x %llu bytes into %u x %llu", parts_out, (unsigned long long)out, parts_in,
	      (unsigned long long)in);
	check_eq(string_count_guards() >= BUFFER_SIZE - total, true, "nothing else is written");
}

void test_string_compound(void)
{
	struct agent a = agent_new(space_new());

	string_check_compound(&a, 1, 1200, 3, 400);
	string_check_compound(&a, 3, 400, 1, 1200);
	string_check_compound(&a, 4, 300, 3, 400);
	string_check_compound(&a, 3, 400, 4, 300);
	string_check_compound(&a, 7, 1, 1, 7);
	string_check_compound(&a, 1, 30, 30, 1);
	string_check_compound(&a, 31, 257, 2, 4000);
	string_check_compound(&a, 2, 4096, 20, 411);
}

/* Groups of different lengths in one string, joined by the c bit. */
void test_string_groups(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t *mr = send.mr, *br = receive.br;

	string_begin(&a);
	mr[0] = l4_tag(0, 0, 5).raw;
	mr[1] = l4_string_head(100, 1) | L4_STRING_COMPOUND;
	mr[2] = (l4_word_t)source;
	mr[3] = l4_string_head(50, 2);
	mr[4] = (l4_word_t)source + 1000;
	mr[5] = (l4_word_t)source + 2000;
	br[1] = l4_string_head(20, 2) | L4_STRING_COMPOUND;
	br[2] = (l4_word_t)sink;
	br[3] = (l4_word_t)sink + 100;
	br[4] = l4_string_head(160, 1);
	br[5] = (l4_word_t)sink + 1000;
	receive.brs = 6;
	string_run(&a);
	check(l4_tag_succeeded(send.tag) && l4_tag_succeeded(receive.tag),
	      "100 + 2 x 50 bytes into 2 x 20 + 160");
	check(!memcmp(sink, source, 20) && !memcmp(sink + 100, source + 20, 20),
	      "the first group of buffers");
	check(!memcmp(sink + 1000, source + 40, 60) && !memcmp(sink + 1060, source + 1000, 50) &&
		      !memcmp(sink + 1110, source + 2000, 50),
	      "the second one");
	check_eq(string_count_guards() >= BUFFER_SIZE - 200, true, "nothing else is written");
}

/* Both sides fail with overflow and the same offset; what arrived is a prefix. */
static void string_check_overflow(const char *name, l4_word_t least, l4_word_t most)
{
	job_check_error(&send, false, L4_IPC_OVERFLOW, name);
	job_check_error(&receive, true, L4_IPC_OVERFLOW, name);
	check_eq(send.error >> 4, receive.error >> 4, "%s: both are told the same offset", name);
	check_range(send.error >> 4, least, most, "%s: how far it got", name);
}

void test_string_overflow(void)
{
	struct agent a = agent_new(space_new());

	string_begin(&a);
	string_source(0, 100, false);
	string_sink(0, 60, false);
	string_run(&a);
	string_check_overflow("short buffer", 0, 60);
	check_eq(sink[60], GUARD, "short buffer: its end is respected");

	string_begin(&a);
	string_source(0, 100, true);
	string_source(200, 100, false);
	string_sink(0, 100, false);
	string_run(&a);
	string_check_overflow("two strings, one buffer", 0, 100);
	check_eq(sink[100], GUARD, "two strings, one buffer: its end is respected");

	string_begin(&a);
	string_source(0, 100, true);
	string_source(200, 100, false);
	string_sink(0, 100, true);
	string_sink(500, 99, false);
	string_run(&a);
	string_check_overflow("second buffer too short", 0, 199);
	if (send.error >> 4 >= 100)
		check(!memcmp(sink, source, 100), "what is said to have arrived, has");

	string_begin(&a);
	string_source(0, 100, false);
	string_run(&a);
	string_check_overflow("no buffer", 0, 0);

	string_begin(&a);
	string_source(0, 100, false);
	string_sink(0, 100, false);
	receive.br[0] = 0;
	string_run(&a);
	string_check_overflow("strings not accepted", 0, 0);
	check_eq(string_count_guards(), BUFFER_SIZE, "nothing is written");

	string_begin(&a);
	string_source_compound(3, 100, 0);
	string_sink_compound(2, 149, 1);
	string_run(&a);
	string_check_overflow("compound string two bytes too long", 0, 298);
}

/* A kernel must not be talked into reading its own memory, or beyond. */
void test_string_bad_addresses(void)
{
	static const l4_word_t bad[] = {
		0xffff800000000000, 0xffffffff80100000, 0x00007ffffffffff0,
		0x0000800000000000, 0x8000000000000000, 0xfffffffffffffff0
	};
	struct agent a = agent_new(space_new());
	unsigned delivered = 0;

	for (unsigned i = 0; i < COUNT(bad); i++) {
		string_begin(&a);
		job_add_item(&send, l4_string_head(64, 1), bad[i]);
		string_sink(0, 64, false);
		send.xfer_timeouts = l4_timeouts(L4_ZERO_TIME, L4_ZERO_TIME);
		string_run(&a);
		delivered += l4_tag_succeeded(send.tag) || string_count_guards() != BUFFER_SIZE;
	}
	check_eq(delivered, 0, "no string is read from kernel or impossible addresses");
	delivered = 0;
	for (unsigned i = 0; i < COUNT(bad); i++) {
		string_begin(&a);
		string_source(0, 64, false);
		receive.br[1] = l4_string_head(64, 1);
		receive.br[2] = bad[i];
		receive.brs = 3;
		receive.xfer_timeouts = l4_timeouts(L4_ZERO_TIME, L4_ZERO_TIME);
		string_run(&a);
		delivered += l4_tag_succeeded(send.tag);
	}
	check_eq(delivered, 0, "none is written to such addresses");
}

/* A buffer that is read-only for its owner stays as it is. */
void test_string_read_only_buffer(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t kip = (l4_word_t)l4_kip();

	agent_map(NULL, &a, l4_map_item(pool_page(0, 12, L4_RIGHT_R), TEST_VA), L4_COMPLETE_SPACE);
	string_begin(&a);
	string_source(0, 64, false);
	receive.br[1] = l4_string_head(64, 1);
	receive.br[2] = TEST_VA;
	receive.brs = 3;
	receive.xfer_timeouts = l4_timeouts(L4_ZERO_TIME, L4_ZERO_TIME);
	string_run(&a);
	job_check_error(&receive, true, L4_IPC_XFER_TIMEOUT_OWN, "a read-only page as buffer");
	check_eq(*(volatile l4_word_t *)pool, memory_mark(0), "it isn't written");
	receive.br[2] = kip;
	string_run(&a);
	job_check_error(&receive, true, L4_IPC_XFER_TIMEOUT_OWN,
			"the kernel interface page as buffer");
	check_eq(*(volatile l4_word_t *)kip & 0xffffffff, 0x4be6344c, "it isn't written");
}

/* A megabyte, between the pools: long enough to be preempted on the way. */
void test_string_long(void)
{
	static struct job out, in;
	const l4_word_t length = 1 << 20, offset = 2 << 20;
	struct thread *t;
	uint64_t begin;
	l4_word_t wrong = 0;

	if (!super_pool) {
		skip(1, "no memory for a long string");
		return;
	}
	for (l4_word_t i = 0; i < length; i += 8)
		*(l4_word_t *)(super_pool + i) = i * 3;
	memset(super_pool + offset, 0, length + 8);
	in = job_receive(main_id);
	in.br[0] = L4_ACCEPT_STRINGS;
	in.br[1] = l4_string_head(length, 1);
	in.br[2] = (l4_word_t)super_pool + offset;
	in.brs = 3;
	t = job_start(NULL, &in);
	out = job_send(t->id);
	job_add_item(&out, l4_string_head(length, 1), (l4_word_t)super_pool);
	begin = l4_system_clock();
	job_run(&out);
	note("1 MiB takes %llu us", (unsigned long long)(l4_system_clock() - begin));
	job_wait(&in);
	for (l4_word_t i = 0; i < length; i += 8)
		wrong += *(l4_word_t *)(super_pool + offset + i) != i * 3;
	check(l4_tag_succeeded(out.tag) && l4_tag_succeeded(in.tag), "a string of 1 MiB");
	check_eq(wrong, 0, "arrives whole");
	check_eq(*(l4_word_t *)(super_pool + offset + length), 0, "and no longer");
}

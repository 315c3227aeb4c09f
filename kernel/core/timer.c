/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timeouts as a leftist heap: every node's left spine is at least as deep as its
 * right one (`rank` is the length of the right spine), so that merging two heaps
 * walks only right spines.  Also the arithmetic of X.2 times (manual section 3.1).
 */
#include <core/timer.h>

#include <core/cpu.h>
#include <core/klib.h>

static unsigned rank_of(const struct timeout *t)
{
	return t ? t->rank : 0;
}

static void adopt(struct timeout **link, struct timeout *child, struct timeout *parent)
{
	*link = child;
	if (child)
		child->parent = parent;
}

/* Restores the leftist property at t; true if its rank changed. */
static bool settle(struct timeout *t)
{
	unsigned rank;

	if (rank_of(t->left) < rank_of(t->right)) {
		struct timeout *left = t->left;

		t->left = t->right;
		t->right = left;
	}
	rank = rank_of(t->right) + 1;
	if (rank == t->rank)
		return false;
	t->rank = rank;
	return true;
}

/* Merges two heaps without recursion: down the right spines, then up settling. */
static struct timeout *merge(struct timeout *a, struct timeout *b)
{
	struct timeout *root = NULL, *last = NULL;

	while (a && b) {
		struct timeout *smaller = a->at_us <= b->at_us ? a : b;

		if (smaller == a)
			a = a->right;
		else
			b = b->right;
		if (last)
			adopt(&last->right, smaller, last);
		else
			adopt(&root, smaller, NULL);
		last = smaller;
	}
	if (!last) {
		root = a ? a : b;
		if (root)
			root->parent = NULL;
		return root;
	}
	adopt(&last->right, a ? a : b, last);
	for (; last; last = last->parent)
		settle(last);
	return root;
}

void timeout_set(struct timeout *timeout, uint64_t at_us)
{
	struct cpu *cpu = this_cpu();

	assert(!timeout->cpu);
	*timeout = (struct timeout){ .cpu = cpu, .at_us = at_us, .rank = 1 };
	cpu->timeouts = merge(cpu->timeouts, timeout);
}

void timeout_cancel(struct timeout *timeout)
{
	struct timeout *parent = timeout->parent, *rest;

	if (!timeout->cpu)
		return;
	rest = merge(timeout->left, timeout->right);
	if (!parent)
		adopt(&timeout->cpu->timeouts, rest, NULL);
	else
		adopt(parent->left == timeout ? &parent->left : &parent->right, rest, parent);
	while (parent && settle(parent))
		parent = parent->parent;
	timeout->cpu = NULL;
}

struct timeout *timeout_due(struct cpu *cpu, uint64_t now_us)
{
	struct timeout *first = cpu->timeouts;

	if (!first || first->at_us > now_us)
		return NULL;
	timeout_cancel(first);
	return first;
}

uint64_t timeout_next(const struct cpu *cpu)
{
	return cpu->timeouts ? cpu->timeouts->at_us : UINT64_MAX;
}

/*
 * A point names the bits of the clock from its exponent on up to bit e + 9, and
 * with c the parity of the bits above: the moment nearest to now that fits.
 */
static uint64_t point_deadline(uint16_t time, uint64_t now_us)
{
	unsigned exponent = time >> 11 & 0xf;
	uint64_t wrap = 1ull << (exponent + 11), value = (uint64_t)(time & 0x7ff) << exponent;
	uint64_t at = ALIGN_DOWN(now_us, wrap) + value;

	if (at + wrap / 2 <= now_us)
		at += wrap;
	else if (at > now_us + wrap / 2 && at >= wrap)
		at -= wrap;
	return at;
}

uint64_t time_deadline(uint16_t time, uint64_t now_us)
{
	uint64_t length;

	if (time & 0x8000)
		return point_deadline(time, now_us);
	length = time_length(time, now_us);
	return length == UINT64_MAX ? UINT64_MAX : now_us + length;
}

uint64_t time_length(uint16_t time, uint64_t now_us)
{
	if (time & 0x8000) {
		uint64_t at = point_deadline(time, now_us);

		return at > now_us ? at - now_us : 0;
	}
	if (time == TIME_NEVER_RAW)
		return UINT64_MAX;
	return (uint64_t)(time & 0x3ff) << (time >> 10 & 0x1f);
}

uint16_t time_period(uint64_t us)
{
	unsigned exponent = 0;

	if (us == UINT64_MAX)
		return TIME_NEVER_RAW;
	if (us == 0)
		return TIME_ZERO_RAW;
	while (us > 1023 && exponent < 31) {
		us = (us + 1) >> 1;
		exponent++;
	}
	return us > 1023 ? TIME_NEVER_RAW : (uint16_t)(exponent << 10 | us);
}

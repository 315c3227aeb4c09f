/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A machine's virtual time and its alarms (emu/clock.h, core/clock_core.h): a binary
 * heap of pointers, ordered by time and, for equal times, by the order of setting.
 * heap_at is 1 + the alarm's index in the heap, 0 while it isn't set.  The heap has
 * room for every alarm that alarm_init has seen, so setting one can't fail.
 */
#include "core/clock_core.h"

#include <assert.h>
#include <emu/archive.h>
#include <emu/port.h>

/* 2023-01-01 00:00:00 UTC: what calendars of deterministic machines start with. */
#define CLOCK_FIXED_DATE 1672531200ull

struct clock {
	bool deterministic, paused, running_due;
	uint64_t (*executed)(void *context);
	void *executed_context;
	void (*earlier)(void *context);
	void *earlier_context;
	uint64_t origin;   /* real: port_now_ns at virtual 0, modulo 2^64 */
	uint64_t stopped;  /* real: virtual time while paused */
	uint64_t skipped;  /* deterministic; modulo 2^64 */
	uint64_t calendar; /* seconds since 1970 at virtual 0, modulo 2^64 */
	uint64_t next_order;
	unsigned registered, count;
	struct alarm *heap[CLOCK_ALARMS];
};

struct clock *clock_create(bool deterministic, uint64_t (*executed)(void *context), void *context)
{
	struct clock *c = port_allocate(sizeof *c, PORT_PLAIN);

	if (!c)
		return NULL;
	c->deterministic = deterministic;
	c->executed = executed;
	c->executed_context = context;
	c->origin = port_now_ns();
	c->calendar = deterministic ? CLOCK_FIXED_DATE : port_wall_seconds();
	return c;
}

void clock_destroy(struct clock *c)
{
	if (c)
		port_free(c, sizeof *c);
}

bool clock_deterministic(const struct clock *c)
{
	return c->deterministic;
}

void clock_on_earlier(struct clock *c, void (*notify)(void *context), void *context)
{
	c->earlier = notify;
	c->earlier_context = context;
}

uint64_t clock_now(struct clock *c)
{
	if (c->deterministic)
		return c->executed(c->executed_context) * CLOCK_NS_PER_INSTRUCTION + c->skipped;
	return c->paused ? c->stopped : port_now_ns() - c->origin;
}

uint64_t clock_calendar(struct clock *c)
{
	return c->calendar + clock_now(c) / NS_PER_SECOND;
}

uint64_t clock_scale(uint64_t value, uint32_t numerator, uint32_t denominator)
{
	uint64_t whole, part;

	if (denominator == 0)
		return UINT64_MAX;
	part = value % denominator * numerator / denominator;
	if (__builtin_mul_overflow(value / denominator, (uint64_t)numerator, &whole) ||
	    __builtin_add_overflow(whole, part, &whole))
		return UINT64_MAX;
	return whole;
}

/* The heap. */
static bool alarm_before(const struct alarm *a, const struct alarm *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->order < b->order;
}

static void clock_heap_put(struct clock *c, unsigned i, struct alarm *alarm)
{
	c->heap[i] = alarm;
	alarm->heap_at = i + 1;
}

static void clock_heap_up(struct clock *c, unsigned i, struct alarm *alarm)
{
	for (; i > 0 && alarm_before(alarm, c->heap[(i - 1) / 2]); i = (i - 1) / 2)
		clock_heap_put(c, i, c->heap[(i - 1) / 2]);
	clock_heap_put(c, i, alarm);
}

static void clock_heap_down(struct clock *c, unsigned i, struct alarm *alarm)
{
	unsigned child;

	while ((child = 2 * i + 1) < c->count) {
		if (child + 1 < c->count && alarm_before(c->heap[child + 1], c->heap[child]))
			child++;
		if (!alarm_before(c->heap[child], alarm))
			break;
		clock_heap_put(c, i, c->heap[child]);
		i = child;
	}
	clock_heap_put(c, i, alarm);
}

static void clock_heap_remove(struct clock *c, struct alarm *alarm)
{
	unsigned i = alarm->heap_at - 1;
	struct alarm *last = c->heap[--c->count];

	alarm->heap_at = 0;
	if (last == alarm)
		return;
	if (i > 0 && alarm_before(last, c->heap[(i - 1) / 2]))
		clock_heap_up(c, i, last);
	else
		clock_heap_down(c, i, last);
}

void alarm_init(struct alarm *alarm, struct clock *c, alarm_fn *fire, void *context)
{
	assert(c->registered < CLOCK_ALARMS);
	c->registered++;
	*alarm = (struct alarm){
		.clock = c, .fire = fire, .context = context, .at_ns = ALARM_NEVER
	};
}

/* Makes it due at a time, as the order-th of all that were set. */
static void alarm_insert(struct alarm *alarm, uint64_t at_ns, uint64_t order)
{
	struct clock *c = alarm->clock;
	uint64_t earliest = clock_next(c);

	if (alarm->heap_at)
		clock_heap_remove(c, alarm);
	alarm->at_ns = at_ns;
	alarm->order = order;
	if (at_ns == ALARM_NEVER)
		return;
	clock_heap_up(c, c->count++, alarm);
	if (at_ns < earliest && c->earlier && !c->running_due)
		c->earlier(c->earlier_context);
}

void alarm_set(struct alarm *alarm, uint64_t at_ns)
{
	alarm_insert(alarm, at_ns, alarm->clock->next_order++);
}

void alarm_cancel(struct alarm *alarm)
{
	alarm_insert(alarm, ALARM_NEVER, 0);
}

void alarm_state(struct alarm *alarm, struct archive *a, const char *name)
{
	uint64_t at_ns = alarm->at_ns, order = alarm->order;

	archive_u64(a, name, &at_ns);
	archive_u64(a, "order", &order);
	if (archive_loading(a))
		alarm_insert(alarm, archive_failed(a) ? ALARM_NEVER : at_ns, order);
}

uint64_t clock_next(const struct clock *c)
{
	return c->count ? c->heap[0]->at_ns : ALARM_NEVER;
}

void clock_run_due(struct clock *c)
{
	uint64_t now = clock_now(c);

	c->running_due = true;
	for (unsigned i = 0; i < CLOCK_RUN_LIMIT && clock_next(c) <= now; i++) {
		struct alarm *alarm = c->heap[0];

		if (alarm->at_ns == ALARM_NEVER)
			break; /* `now` is the end of time */
		clock_heap_remove(c, alarm);
		alarm->at_ns = ALARM_NEVER;
		alarm->fire(alarm->context);
	}
	c->running_due = false;
}

void clock_skip_to(struct clock *c, uint64_t ns)
{
	uint64_t now = clock_now(c);

	if (c->deterministic && ns > now)
		c->skipped += ns - now;
}

uint64_t clock_instructions_until(struct clock *c, uint64_t ns)
{
	uint64_t now = clock_now(c);

	if (ns <= now)
		return 0;
	return (ns - now - 1) / CLOCK_NS_PER_INSTRUCTION + 1;
}

uint64_t clock_real_deadline(const struct clock *c, uint64_t ns)
{
	/* Modulo 2^64, as origin: after a load virtual 0 may be before the host's. */
	uint64_t host_now = port_now_ns(), now = c->paused ? c->stopped : host_now - c->origin;

	if (ns <= now)
		return host_now;
	return ns - now > UINT64_MAX - host_now ? UINT64_MAX : host_now + (ns - now);
}

void clock_pause(struct clock *c)
{
	if (c->paused)
		return;
	c->stopped = clock_now(c);
	c->paused = true;
}

void clock_resume(struct clock *c)
{
	if (!c->paused)
		return;
	c->origin = port_now_ns() - c->stopped;
	c->paused = false;
}

/* Real: goes on from a saved time; the calendar shows the host's date as ever. */
static void clock_set_real(struct clock *c, uint64_t now)
{
	c->stopped = now;
	c->origin = port_now_ns() - now;
	c->calendar = port_wall_seconds() - now / NS_PER_SECOND;
}

void clock_state(struct clock *c, struct archive *a)
{
	uint64_t now = clock_now(c), skipped = c->skipped;
	bool deterministic = c->deterministic;

	archive_bool(a, "deterministic", &deterministic);
	archive_require(a, deterministic == c->deterministic);
	archive_u64(a, "now", &now);
	archive_u64(a, "skipped", &skipped);
	archive_u64(a, "next_order", &c->next_order);
	if (!archive_loading(a) || archive_failed(a))
		return;
	if (deterministic)
		c->skipped = skipped;
	else
		clock_set_real(c, now);
}

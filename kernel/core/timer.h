/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timeouts: a leftist heap per CPU, ordered by deadline.  Adding and removing
 * take O(log n) steps.  All functions need the kernel lock.
 */
#ifndef CORE_TIMER_H
#define CORE_TIMER_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;

struct timeout {
	struct timeout *left, *right, *parent;
	struct cpu *cpu; /* whose heap; NULL: not armed */
	uint64_t at_us;
	unsigned rank;
};

/* Arms an unarmed timeout on the calling CPU. */
void timeout_set(struct timeout *timeout, uint64_t at_us);
/* Disarms it; nothing happens if it isn't armed. */
void timeout_cancel(struct timeout *timeout);
/* The next one of this CPU that is due, disarmed; NULL if none is. */
struct timeout *timeout_due(struct cpu *cpu, uint64_t now_us);
/* The earliest deadline of the CPU, UINT64_MAX if there is none. */
uint64_t timeout_next(const struct cpu *cpu);

/* Deadline for a raw l4_time seen at now_us; UINT64_MAX: never. */
uint64_t time_deadline(uint16_t time, uint64_t now_us);
/* Length in us of a period, UINT64_MAX: never; a point counts from now_us. */
uint64_t time_length(uint16_t time, uint64_t now_us);
/* The shortest period of at least `us`, never for UINT64_MAX. */
uint16_t time_period(uint64_t us);

#define TIME_NEVER_RAW 0
#define TIME_ZERO_RAW (1 << 10)

/* True if the timeout lets the caller not wait at all. */
static inline bool time_is_zero(uint16_t time)
{
	return !(time & 0x8000) && (time & 0x3ff) == 0 && time != TIME_NEVER_RAW;
}

#endif

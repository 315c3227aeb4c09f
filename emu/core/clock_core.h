/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The machine's side of the clock: making it, running due alarms, sleeping.
 *
 * Deterministic: virtual time is the number of executed instructions (as `executed`
 * tells) times CLOCK_NS_PER_INSTRUCTION, plus what clock_skip_to skipped.  Real: host
 * time since creation, without the time the clock was paused.
 */
#ifndef EMU_CORE_CLOCK_CORE_H
#define EMU_CORE_CLOCK_CORE_H

#include <emu/clock.h>

#define CLOCK_NS_PER_INSTRUCTION 1
#define CLOCK_ALARMS 128 /* a machine's, at most */

/* A clock that runs, at 0.  NULL: no memory. */
struct clock *clock_create(bool deterministic, uint64_t (*executed)(void *context), void *context);
void clock_destroy(struct clock *clock);
bool clock_deterministic(const struct clock *clock);

/* `notify` hears that the earliest alarm is now earlier than it was, so that a running
 * slice can be cut short; not during clock_run_due. */
void clock_on_earlier(struct clock *clock, void (*notify)(void *context), void *context);

/* When the earliest alarm is due, in virtual ns; ALARM_NEVER: none is set. */
uint64_t clock_next(const struct clock *clock);

/* Fires what is due, but at most CLOCK_RUN_LIMIT alarms, so that a timer that a guest
 * has set to a tiny period can't keep the machine here: more may be due afterwards. */
#define CLOCK_RUN_LIMIT 1000
void clock_run_due(struct clock *clock);

/* Deterministic: an idle CPU's time jumps to `ns`, if that is later than now. */
void clock_skip_to(struct clock *clock, uint64_t ns);

/* Deterministic: how many instructions may be executed before it is `ns`; rounded up. */
uint64_t clock_instructions_until(struct clock *clock, uint64_t ns);

/* Real: a virtual time on the scale of port_now_ns; UINT64_MAX for ALARM_NEVER. */
uint64_t clock_real_deadline(const struct clock *clock, uint64_t ns);

/* Real: virtual time stands still between these (debugger, saving).  They don't nest. */
void clock_pause(struct clock *clock);
void clock_resume(struct clock *clock);

/* Saves or loads the time, not the alarms, which are their owners'.  Deterministic:
 * what `executed` tells must be saved and loaded as well; the order doesn't matter. */
void clock_state(struct clock *clock, struct archive *a);

#endif

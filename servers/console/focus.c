/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hot keys, and which keys the client gets.
 */
#include "focus.h"

#include <string.h>

static bool focus_has(const uint8_t set[32], uint8_t usage)
{
	return set[usage / 8] >> usage % 8 & 1;
}

static void focus_set(uint8_t set[32], uint8_t usage, bool member)
{
	uint8_t bit = (uint8_t)(1u << usage % 8);

	set[usage / 8] = member ? set[usage / 8] | bit : set[usage / 8] & (uint8_t)~bit;
}

static bool focus_has_control_alt(const struct focus_keys *f)
{
	return (focus_has(f->down, USAGE_LEFT_CONTROL) ||
		focus_has(f->down, USAGE_RIGHT_CONTROL)) &&
	       (focus_has(f->down, USAGE_LEFT_ALT) || focus_has(f->down, USAGE_RIGHT_ALT));
}

static struct focus_action focus_hot_key(uint8_t usage)
{
	if (usage >= USAGE_F1 && usage <= USAGE_F12)
		return (struct focus_action){ .kind = FOCUS_NUMBER,
					      .number = (uint8_t)(usage - USAGE_F1 + 1) };
	if (usage == USAGE_LEFT)
		return (struct focus_action){ .kind = FOCUS_PREVIOUS };
	if (usage == USAGE_RIGHT)
		return (struct focus_action){ .kind = FOCUS_NEXT };
	return (struct focus_action){ .kind = FOCUS_NOTHING };
}

struct focus_action focus_key(struct focus_keys *f, uint8_t usage, bool down)
{
	bool repeated = down && focus_has(f->down, usage);
	bool nobody = focus_has(f->nobody, usage);

	focus_set(f->down, usage, down);
	if (!down)
		focus_set(f->nobody, usage, false);
	if (nobody)
		return (struct focus_action){ .kind = FOCUS_NOTHING };
	if (down && !repeated && focus_has_control_alt(f)) {
		struct focus_action action = focus_hot_key(usage);

		if (action.kind != FOCUS_NOTHING) {
			focus_set(f->nobody, usage, true);
			return action;
		}
	}
	return (struct focus_action){
		.kind = FOCUS_KEY, .usage = usage, .down = down, .repeated = repeated
	};
}

void focus_changed(struct focus_keys *f)
{
	memcpy(f->nobody, f->down, sizeof(f->nobody));
}

void focus_lost_keys(struct focus_keys *f)
{
	memset(f->down, 0, sizeof(f->down));
	memset(f->nobody, 0, sizeof(f->nobody));
}

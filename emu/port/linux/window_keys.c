/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The window's own keys; see window_keys.h.  Usages are those of the USB "HID Usage
 * Tables", page 7.
 */
#include "port/linux/window_keys.h"

#define USAGE_F 9u
#define USAGE_G 10u
#define USAGE_DELETE 76u
#define USAGE_END 77u
#define USAGE_LEFT_CTRL 224u
#define USAGE_LAST 231u
#define MODIFIER_CTRL 0x11
#define MODIFIER_ALT 0x44

static const struct {
	uint8_t usage, instead; /* what the guest gets, or nothing */
	enum window_key_action action;
} own_keys[] = {
	{ USAGE_G, 0, WINDOW_KEY_GRAB },
	{ USAGE_F, 0, WINDOW_KEY_FULL_SCREEN },
	{ USAGE_END, USAGE_DELETE, WINDOW_KEY_SEND },
};

static bool key_is_down(const struct window_keys *k, unsigned usage)
{
	return k->down[usage / 8] >> usage % 8 & 1;
}

static enum window_key_action key_send(struct window_keys *k, unsigned usage, bool down)
{
	uint8_t bit = (uint8_t)(1u << usage % 8), *byte = &k->down[usage / 8];

	if (!down && !(*byte & bit))
		return WINDOW_KEY_NONE;
	*byte = (uint8_t)(down ? *byte | bit : *byte & ~bit);
	return WINDOW_KEY_SEND;
}

static void key_modifiers(struct window_keys *k, unsigned usage, bool down)
{
	uint8_t bit = (uint8_t)(1u << (usage - USAGE_LEFT_CTRL));

	k->modifiers = (uint8_t)(down ? k->modifiers | bit : k->modifiers & ~bit);
}

/* A key of the table, which keeps its meaning until it goes up, whatever the modifiers. */
static enum window_key_action key_own(struct window_keys *k, unsigned n, unsigned *usage, bool down)
{
	uint8_t bit = (uint8_t)(1u << n);
	bool again = down && (k->own & bit);

	k->own = (uint8_t)(down ? k->own | bit : k->own & ~bit);
	*usage = own_keys[n].instead;
	if (*usage)
		return key_send(k, *usage, down);
	return down && !again ? own_keys[n].action : WINDOW_KEY_NONE;
}

enum window_key_action window_key(struct window_keys *k, unsigned *usage, bool down)
{
	bool both = (k->modifiers & MODIFIER_CTRL) && (k->modifiers & MODIFIER_ALT);

	if (!*usage || *usage >= WINDOW_USAGES)
		return WINDOW_KEY_NONE;
	if (*usage >= USAGE_LEFT_CTRL && *usage <= USAGE_LAST)
		key_modifiers(k, *usage, down);
	for (unsigned n = 0; n < sizeof own_keys / sizeof own_keys[0]; n++)
		if (own_keys[n].usage == *usage &&
		    (k->own >> n & 1 || (down && both && !key_is_down(k, *usage))))
			return key_own(k, n, usage, down);
	return key_send(k, *usage, down);
}

unsigned window_key_release(struct window_keys *k)
{
	k->modifiers = 0;
	k->own = 0;
	for (unsigned usage = 1; usage < WINDOW_USAGES; usage++)
		if (key_is_down(k, usage)) {
			key_send(k, usage, false);
			return usage;
		}
	return 0;
}

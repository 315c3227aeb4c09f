/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a window on Linux does without SDL: its own keys, and pictures in other sizes.
 */
#include "tap.h"

#include "port/linux/window_core.h"
#include "port/linux/window_keys.h"
#include "port/linux/window_scale.h"

#define KEY_A 4u
#define KEY_F 9u
#define KEY_G 10u
#define KEY_DELETE 76u
#define KEY_END 77u
#define KEY_CTRL 224u
#define KEY_ALT 226u
#define KEY_RIGHT_ALT 230u

static struct window_keys keys;
static unsigned sent;

static enum window_key_action press(unsigned usage, bool down)
{
	enum window_key_action action;

	sent = usage;
	action = window_key(&keys, &sent, down);
	return action;
}

static void test_keys_for_the_guest(void)
{
	keys = (struct window_keys){ 0 };
	is(press(KEY_G, true), WINDOW_KEY_SEND, "G alone is the guest's");
	is(press(KEY_G, true), WINDOW_KEY_SEND, "its repetition too");
	is(press(KEY_CTRL, true), WINDOW_KEY_SEND, "so is Ctrl");
	is(press(KEY_ALT, true), WINDOW_KEY_SEND, "and Alt");
	is(press(KEY_G, true), WINDOW_KEY_SEND, "a key that is down stays the guest's");
	is(press(KEY_G, false), WINDOW_KEY_SEND, "until it is up");
	is(press(KEY_A, false), WINDOW_KEY_NONE, "what wasn't down doesn't go up");
	is(press(0, true), WINDOW_KEY_NONE, "there is no key 0");
	is(press(WINDOW_USAGES, true), WINDOW_KEY_NONE, "nor one beyond page 7's");
	press(KEY_A, true);
	is(window_key_release(&keys), KEY_A, "all that is down can be released: A");
	is(window_key_release(&keys), KEY_CTRL, "Ctrl");
	is(window_key_release(&keys), KEY_ALT, "Alt");
	is(window_key_release(&keys), 0, "and that is all");
	is(press(KEY_G, true), WINDOW_KEY_SEND, "Ctrl and Alt are forgotten then");
}

static void test_own_keys(void)
{
	keys = (struct window_keys){ 0 };
	press(KEY_CTRL, true);
	is(press(KEY_G, true), WINDOW_KEY_SEND, "Ctrl is not enough");
	press(KEY_G, false);
	press(KEY_RIGHT_ALT, true);
	is(press(KEY_G, true), WINDOW_KEY_GRAB, "Ctrl, the right Alt and G");
	is(press(KEY_G, true), WINDOW_KEY_NONE, "once");
	press(KEY_CTRL, false);
	is(press(KEY_G, true), WINDOW_KEY_NONE, "also without Ctrl, as it is still down");
	is(press(KEY_G, false), WINDOW_KEY_NONE, "the guest doesn't see it go up");
	is(press(KEY_G, true), WINDOW_KEY_SEND, "the next time it is the guest's");
	press(KEY_G, false);
	press(KEY_CTRL, true);
	is(press(KEY_F, true), WINDOW_KEY_FULL_SCREEN, "F is the full screen");
	press(KEY_F, false);
	is(press(KEY_END, true), WINDOW_KEY_SEND, "End is sent");
	is(sent, KEY_DELETE, "as Delete");
	press(KEY_ALT, false);
	is(press(KEY_END, false), WINDOW_KEY_SEND, "and goes up");
	is(sent, KEY_DELETE, "as Delete");
}

/* What a machine has been given at last. */
static unsigned given, key_is_down, buttons_are;

static void take_key(void *keyboard, unsigned usage, bool down)
{
	(void)keyboard, (void)usage;
	given++;
	key_is_down = down;
}

static void take_motion(void *mouse, int dx, int dy, int wheel, unsigned buttons)
{
	(void)mouse, (void)dx, (void)dy, (void)wheel;
	given++;
	buttons_are = buttons;
}

/* A machine that takes nothing for long, a pause for example. */
static void test_much_input(void)
{
	struct input input = { .key = take_key, .move = take_motion };
	static struct window w;

	w.config.input = &input;
	w.started = true;
	pthread_mutex_init(&w.lock, NULL);
	for (unsigned i = 0; i < 3 * WINDOW_EVENTS; i++) {
		window_put(&w, &(struct window_event){ .usage = KEY_G, .down = true });
		window_put(&w, &(struct window_event){ .dx = 1, .buttons = 1 + i % 3 });
	}
	window_put(&w, &(struct window_event){ .usage = KEY_G });
	window_put(&w, &(struct window_event){ .buttons = 0 });
	window_poll(&w);
	ok(given > 2 && given <= WINDOW_EVENTS, "%u of many events were kept", given);
	ok(!key_is_down && !buttons_are, "and in the end nothing is down");
	pthread_mutex_destroy(&w.lock);
}

static void is_place(struct window_place p, struct window_place expected, const char *what)
{
	ok(p.x == expected.x && p.y == expected.y && p.width == expected.width &&
		   p.height == expected.height && p.factor == expected.factor,
	   "%s: %u,%u %ux%u times %u", what, p.x, p.y, p.width, p.height, p.factor);
}

static void test_places(void)
{
	is_place(window_place(720, 400, 720, 400), (struct window_place){ 0, 0, 720, 400, 1 },
		 "its own size");
	is_place(window_place(720, 400, 1920, 1080),
		 (struct window_place){ 240, 140, 1440, 800, 2 }, "twice, in the middle");
	is_place(window_place(1024, 768, 512, 500), (struct window_place){ 0, 58, 512, 384, 0 },
		 "reduced by the width");
	is_place(window_place(1024, 768, 1000, 96), (struct window_place){ 436, 0, 128, 96, 0 },
		 "reduced by the height");
	is_place(window_place(4000, 10, 64, 64), (struct window_place){ 0, 31, 64, 1, 0 },
		 "at least a line");
	is_place(window_place(0, 0, 64, 64), (struct window_place){ 0 }, "no picture");
}

/* All of a picture whose pixels are their numbers times `step`. */
static uint32_t frame[64];

static struct window_place draw(unsigned width, unsigned height, unsigned step)
{
	struct window_place p = window_place(width, height, 8, 8);
	uint32_t pixels[256];

	for (unsigned i = 0; i < width * height; i++)
		pixels[i] = i * step;
	for (unsigned i = 0; i < 64; i++)
		frame[i] = 0xFF000000;
	window_scale(&p, &(struct window_picture){ pixels, width, height },
		     window_lines(&p, height, 0, height), frame, 8);
	return p;
}

static void test_enlarged(void)
{
	unsigned wrong = 0;

	draw(3, 2, 1);
	for (unsigned y = 0; y < 8; y++)
		for (unsigned x = 0; x < 8; x++) {
			bool inside = x >= 1 && x < 7 && y >= 2 && y < 6;
			uint32_t expected = inside ? (y - 2) / 2 * 3 + (x - 1) / 2 : 0xFF000000;

			wrong += frame[y * 8 + x] != expected;
		}
	is(wrong, 0, "each pixel is four, the border untouched");
}

static void test_reduced(void)
{
	struct window_place p = draw(16, 16, 1);

	is(p.factor, 0, "half the size");
	is(frame[0], (0 + 1 + 16 + 17) / 4, "the mean of four");
	is(frame[63], (238 + 239 + 254 + 255) / 4, "down to the last");
}

/* Drawing what has changed leaves the same as drawing everything. */
static void test_parts(unsigned width, unsigned height)
{
	struct window_place p = window_place(width, height, 8, 8);
	uint32_t before[64], pixels[256] = { 0 };
	const struct window_picture picture = { pixels, width, height };
	unsigned wrong = 0;

	for (unsigned first = 0; first < height; first++)
		for (unsigned end = first + 1; end <= height; end++) {
			struct window_lines part = window_lines(&p, height, first, end);

			draw(width, height, 1);
			for (unsigned i = 0; i < width * height; i++)
				pixels[i] =
					i >= first * width && i < end * width ? 200 - i % 200 : i;
			window_scale(&p, &picture, part, frame, 8);
			memcpy(before, frame, sizeof frame);
			window_scale(&p, &picture, window_lines(&p, height, 0, height), frame, 8);
			wrong += memcmp(before, frame, sizeof frame) != 0;
		}
	is(wrong, 0, "%u x %u: parts make up the whole", width, height);
}

int main(void)
{
	test_keys_for_the_guest();
	test_own_keys();
	test_much_input();
	test_places();
	test_enlarged();
	test_reduced();
	test_parts(3, 2);
	test_parts(16, 16);
	test_parts(11, 13);
	test_parts(9, 15);
	return done();
}

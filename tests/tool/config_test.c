/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The reader of configurations: what it makes of text, and random configurations made of
 * its own words, broken in random places, which must be reported in form.
 */
#include <stdlib.h>
#include <string.h>
#include <tap.h>

#include "judge.h"
#include "tools/l4vm/settings.h"
#include "tools/l4vm/text.h"

#define RANDOM_RUNS 3000u
#define RANDOM_BYTES 4096u
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_sizes(void)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = { { "0", 0 },
		     { "4096", 4096 },
		     { "0x10K", 16384 },
		     { "64M", 64 << 20 },
		     { "64m", 64 << 20 },
		     { "64MiB", 64 << 20 },
		     { "2GB", 2ull << 30 },
		     { "16777215T", 16777215ull << 40 } };
	static const char *const bad[] = {
		"", "M", "-1", " 1", "1X", "1MM", "1 M", "1iB", "16777216T", "99999999999999999999"
	};
	uint64_t bytes;

	for (unsigned i = 0; i < COUNT(good); i++)
		ok(size_parse(good[i].text, &bytes) && bytes == good[i].bytes, "'%s' is a size",
		   good[i].text);
	for (unsigned i = 0; i < COUNT(bad); i++)
		ok(!size_parse(bad[i], &bytes), "'%s' is none", bad[i]);
	is_string(size_text(0), "0", "nothing as text");
	is_string(size_text(1023), "1023", "a size without a unit");
	is_string(size_text(5ull << 30), "5G", "a size with one");
}

static void test_quoting(void)
{
	static const char *const pairs[][2] = {
		{ "a/b-1.img", "a/b-1.img" },
		{ "", "''" },
		{ "a b", "'a b'" },
		{ "$HOME", "'$HOME'" },
		{ "it's", "'it'\\''s'" },
		{ "''", "''\\'''\\'''" },
		{ "-x", "./-x" },
		{ "-x y", "'./-x y'" },
	};

	for (unsigned i = 0; i < COUNT(pairs); i++) {
		char *quoted = text_quoted(pairs[i][0]);

		is_string(quoted, pairs[i][1], "quoted for a shell");
		free(quoted);
	}
}

static void test_distances(void)
{
	is(edit_distance("", "abc"), 3, "distance from nothing");
	is(edit_distance("abc", ""), 3, "distance to nothing");
	is(edit_distance("abc", "abc"), 0, "no distance");
	is(edit_distance("kitten", "sitting"), 3, "distance of words");
	is_string(setting_nearest(SECTION_VM, "memroy"), "memory", "two letters exchanged");
	is_string(setting_nearest(SECTION_VM, "intird"), "initrd", "three letters exchanged");
	is_string(setting_nearest(SECTION_SYSTEM, "titel"), "title", "in another section");
	ok(!setting_nearest(SECTION_VM, "bandwidth"), "nothing is near");
	ok(!setting_nearest(SECTION_SYSTEM, "cmdline"), "keys of other sections don't count");
}

static void test_table(void)
{
	bool good = true;
	uint64_t number;
	char expected[160];

	for (unsigned i = 0; i < SETTINGS; i++) {
		const struct setting *s = &settings[i];

		good = good && s->key && s->help && setting_find(s->section, s->key) == i;
		if (s->value)
			good = good &&
			       setting_parse(s, s->value, &number, expected, sizeof expected);
	}
	ok(good, "keys are unique, defaults are allowed");
}

static uint32_t random_next(void)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33);
}

static const char *random_value(void)
{
	static const char *const values[] = {
		"virt",       "vexpress-a9", "64M", "1",         "yes",  "no",   "/bin/true",
		"on-crash:3", "shared",      "a",   "b",         "1G",   "0",    "/etc/passwd",
		"text",       "640x480",     "",    "a=1",       "; x",  "\x80", "/",
		"machine",    "1Q",          "]",   "cortex-a9", "../x", "=",    "manager",
	};

	return values[random_next() % COUNT(values)];
}

static size_t random_line(char *to, size_t room)
{
	static const char *const headings[] = { "[system]", "[vm a]", "[vm b]",  "[task c]",
						"[vm a",    "[]",     "[vmm x]", "[vm a] x" };
	int length;

	if (random_next() % 6 == 0)
		length = snprintf(to, room, "%s\n", headings[random_next() % COUNT(headings)]);
	else
		length = snprintf(to, room, "%s = %s\n", settings[random_next() % SETTINGS].key,
				  random_value());
	return (size_t)length < room ? (size_t)length : room - 1;
}

static size_t random_config(char *text)
{
	size_t length = 0;
	unsigned lines = random_next() % 40, damages = random_next() % 4;

	for (unsigned i = 0; i < lines; i++)
		length += random_line(text + length, RANDOM_BYTES - length);
	for (unsigned i = 0; length && i < damages; i++)
		text[random_next() % length] = (char)random_next();
	return length;
}

static void test_random(void)
{
	static char text[RANDOM_BYTES];
	static struct judgement j;
	unsigned sound = 0, wrong = 0, rich = 0;

	for (unsigned i = 0; i < RANDOM_RUNS; i++) {
		judge(text, random_config(text), &j);
		if (!j.sound && sound == i)
			diag("not in form: %s", j.report);
		sound += j.sound;
		wrong += j.errors > 0;
		rich += j.sections > 2;
	}
	is(sound, RANDOM_RUNS, "random configurations are judged in form");
	ok(wrong > RANDOM_RUNS / 2 && rich > RANDOM_RUNS / 4,
	   "they are wrong, and have sections, often enough: %u, %u", wrong, rich);
}

static void test_report_is_complete(void)
{
	static const char text[] = "[vm a]\nmemroy = 1\nmachine = virt\nkernel = x\n";
	static struct judgement j;

	judge(text, sizeof text - 1, &j);
	is(j.errors, 2, "both mistakes are found");
	ok(strstr(j.report, "x.conf:2: unknown key 'memroy'") != NULL, "the first is reported");
	ok(strstr(j.report, "x.conf:4: kernel '/nowhere/x' not found") != NULL, "the second, too");
}

int main(void)
{
	test_sizes();
	test_quoting();
	test_distances();
	test_table();
	test_report_is_complete();
	test_random();
	return done();
}

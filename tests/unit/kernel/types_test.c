/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The encodings in include/l4: ids, fpages, times, tags and items, against the
 * bit positions the manual gives and, for times, over many values.
 */
#include <l4/kip.h>
#include <l4/message.h>
#include <l4/types.h>
#include <tap.h>

static void test_ids(void)
{
	struct l4_thread_id id = l4_global_id(0x123, 0x45);

	is(id.raw, 0x12300000045, "a global id is number << 32 | version");
	is(l4_thread_no(id), 0x123, "thread number");
	is(l4_version(id), 0x45, "version");
	ok(!l4_is_local_id(id), "an id with a version is global");
	ok(l4_is_local_id(l4_thread_id(0x7000200)), "a UTCB address is local");
	ok(l4_is_local_id(L4_ANYLOCALTHREAD), "anylocal is local");
	is(L4_ANYLOCALTHREAD.raw, -64, "anylocal is -1 << 6");
	ok(!l4_is_local_id(L4_NILTHREAD), "nil is not local");
	ok(!l4_is_local_id(L4_ANYTHREAD), "any is not local");
	ok(l4_is_any(L4_ANYTHREAD) && !l4_is_any(L4_ANYLOCALTHREAD), "any is all ones");
}

static void test_fpages(void)
{
	struct l4_fpage f = l4_fpage(0x12345678, 21, L4_RIGHTS_RX);

	is(f.raw, 0x12200000 | 21 << 4 | 5, "an fpage is base | size << 4 | rights, rounded down");
	is(l4_fpage_base(f), 0x12200000, "its base");
	is(l4_fpage_log2_size(f), 21, "its size");
	is(l4_fpage_rights(f), L4_RIGHTS_RX, "its rights");
	ok(!l4_fpage_is_io(f) && !l4_fpage_is_complete(f) && !l4_fpage_is_nil(f), "its kind");
	ok(l4_fpage_is_complete(L4_COMPLETE_SPACE), "the complete space has size 1");
	ok(l4_fpage_is_nil(L4_NILPAGE), "the nil page is 0");

	f = l4_io_fpage(0x3fb, 3, L4_RIGHTS_RW);
	is(f.raw, 0x3f8 << 16 | 3 << 10 | 2 << 4 | 6, "an I/O fpage: port, size, kind, rights");
	ok(l4_fpage_is_io(f), "its kind");
	is(l4_io_fpage_port(f), 0x3f8, "its first port");
	is(l4_io_fpage_log2_ports(f), 3, "its number of ports");
	is(l4_io_fpage_port(l4_io_fpage(0, 16, 0)), 0, "all ports start at 0");
	is(l4_io_fpage_log2_ports(l4_io_fpage(0, 16, 0)), 16, "and are 2^16");
}

static uint64_t period_length(struct l4_time t)
{
	return (uint64_t)(t.raw & 0x3ff) << (t.raw >> 10 & 0x1f);
}

/* Periods: at least what was asked for, at most 1/512 more. */
static void test_periods(void)
{
	uint64_t short_by = 0, long_by = 0, points = 0;

	is(L4_NEVER.raw, 0, "never is 0");
	is(l4_period_us(0).raw, L4_ZERO_TIME.raw, "no microseconds are the zero period");
	is(l4_period_us(1).raw, 1, "1 us");
	is(l4_period_us(1023).raw, 1023, "1023 us");
	is(l4_period_us(1024).raw, 1 << 10 | 512, "1024 us are 512 << 1");
	is(l4_period_us(1023ull << 31).raw, 31 << 10 | 1023, "the longest period");
	is(l4_period_us((1023ull << 31) + 1).raw, L4_NEVER.raw, "anything longer is never");
	for (uint64_t us = 1; us < 1023ull << 31; us += us / 97 + 1) {
		struct l4_time t = l4_period_us(us);

		short_by += period_length(t) < us;
		long_by += period_length(t) - us > us / 500;
		points += t.raw >> 15;
	}
	is(short_by, 0, "no period is too short");
	is(long_by, 0, "no period is more than 1/500 too long");
	is(points, 0, "no period looks like a time point");
}

/* The time point as a kernel reads it at `now`: the next time its low bits fit. */
static uint64_t point_time(struct l4_time t, uint64_t now)
{
	unsigned exponent = t.raw >> 11 & 0xf;
	uint64_t units = now >> exponent;

	return (units + ((t.raw - units) & 0x7ff)) << exponent;
}

static void test_points(void)
{
	uint64_t early = 0, late = 0, periods = 0, far = 0;

	is(l4_point_us(100, 100).raw, L4_ZERO_TIME.raw, "now is the zero period");
	is(l4_point_us(100, 99).raw, L4_ZERO_TIME.raw, "the past, too");
	for (uint64_t now = 0; now < 1ull << 40; now += now / 3 + 777)
		for (uint64_t ahead = 1; ahead < 1023 << 15; ahead += ahead / 7 + 1) {
			uint64_t at = now + ahead;
			struct l4_time t = l4_point_us(now, at);

			periods += !(t.raw >> 15);
			early += point_time(t, now) < at;
			late += point_time(t, now) - at > ahead / 500;
			far += ((t.raw - (now >> (t.raw >> 11 & 0xf))) & 0x7ff) > 1024;
		}
	is(periods, 0, "a future time is a point");
	is(early, 0, "no point is too early");
	is(late, 0, "no point is more than 1/500 of the distance too late");
	is(far, 0, "every point is unambiguously in the future");
}

static void test_tags(void)
{
	struct l4_tag t = l4_tag(0xfffffffffffe, 63, 5);

	is(t.raw, 0xfffffffffffe017f, "a tag is label, typed and untyped words");
	is(l4_tag_label(t), 0xfffffffffffe, "label");
	is(l4_tag_untyped(t), 63, "untyped words");
	is(l4_tag_typed(t), 5, "typed words");
	ok(l4_tag_succeeded(t) && !l4_tag_failed(t), "no flag is set");
	t.raw |= L4_TAG_ERROR | L4_TAG_REDIRECTED;
	ok(l4_tag_failed(t) && l4_tag_redirected(t), "flags: failed, redirected");
	ok(!l4_tag_propagated(t) && !l4_tag_xcpu(t), "flags: not propagated, same CPU");
	is(l4_tag_label(t), 0xfffffffffffe, "flags don't touch the label");
	is(l4_timeouts(L4_ZERO_TIME, l4_period_us(5)), 0x400 << 16 | 5, "two timeouts in a word");
}

static void test_items(void)
{
	struct l4_map_item m = l4_map_item(l4_fpage(0x1000, 12, 7), 0x5000);

	is(m.base, 0x5008, "a map item is hot spot | 8");
	is(l4_grant_item(L4_NILPAGE, 0x5000).base, 0x500a, "a grant item is hot spot | 0xa");
	ok(!l4_item_is_string(m.base), "a map item is no string item");
	is(l4_string_head(300, 3), 300 << 10 | 2 << 4, "a string item's head");
	ok(l4_item_is_string(l4_string_head(300, 3)), "is a string item");
	is(l4_string_length(l4_string_head(300, 3)), 300, "its length");
	is(l4_string_substrings(l4_string_head(300, 32)), 32, "its substrings");
}

static void test_memory_descriptors(void)
{
	struct l4_memory_descriptor d = { 0xfd00000000 | L4_MEMORY_RESERVED | 1 << 9,
					  0xffffffffff & ~0x3ffull };

	is(l4_memory_low(&d), 0xfd00000000, "a descriptor above 4 GiB: first byte");
	is(l4_memory_high(&d), 0xffffffffff, "last byte");
	is(l4_memory_type(&d), L4_MEMORY_RESERVED, "type");
	ok(l4_memory_is_virtual(&d), "virtual");
}

int main(void)
{
	test_ids();
	test_fpages();
	test_periods();
	test_points();
	test_tags();
	test_items();
	test_memory_descriptors();
	return done();
}

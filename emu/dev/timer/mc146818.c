/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Motorola MC146818A, data sheet MC146818A/D, with a 32768 Hz crystal.
 *
 * Time is the machine's calendar plus an offset, and registers are made from it when they
 * are read.  While it stands still (SET, or the divider held) they are bytes as written.
 * Flags are found when somebody looks; an alarm of the machine's clock is set for the next
 * one that interrupts.  The time in the registers changes at the end of the update cycle.
 *
 * Not modelled: the square wave, daylight saving (its bit is stored), other crystals (a
 * divider for them stops the clock), and that a change of DM or 24/12 while the clock runs
 * leaves the old form in the registers.
 */
#include "dev/timer/mc146818.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>
#include <string.h>

#include "dev/timer/downcount.h"

enum {
	RTC_SECONDS,
	RTC_SECONDS_ALARM,
	RTC_MINUTES,
	RTC_MINUTES_ALARM,
	RTC_HOURS,
	RTC_HOURS_ALARM,
	RTC_WEEKDAY,
	RTC_DAY,
	RTC_MONTH,
	RTC_YEAR,
	RTC_A,
	RTC_B,
	RTC_C,
	RTC_D,
};

#define A_UIP 0x80
#define A_DIVIDER 0x70
#define A_RUNS 0x20 /* the divider for 32768 Hz */
#define A_RATE 0x0f

#define B_24_HOURS 0x02
#define B_BINARY 0x04
#define B_SQWE 0x08
#define B_UIE 0x10
#define B_AIE 0x20
#define B_PIE 0x40
#define B_SET 0x80

#define C_UF 0x10
#define C_AF 0x20
#define C_PF 0x40
#define C_IRQF 0x80

#define D_VRT 0x80

#define HOURS_PM 0x80
#define ALARM_ANY 0xc0 /* and more: don't care */

#define INDEX_NMI_MASK 0x80

#define CRYSTAL_HZ 32768
#define UPDATE_NS 2228000ull /* UIP comes 244 us before the cycle of 1984 us */

#define DAY_SECONDS 86400
#define SECOND_NEVER INT64_MAX
#define SECONDS_MAX (1ll << 42) /* more than 25,755 years, what the registers can say */

struct mc146818 {
	struct clock *clock;
	struct irq irq, nmi_mask;
	struct alarm alarm;
	uint8_t century;
	uint8_t index;
	bool nmi_masked;
	uint8_t byte[MC146818_BYTES];
	int64_t offset;   /* seconds from the machine's calendar */
	uint32_t phase;   /* ns by which seconds begin before the calendar's */
	uint8_t weekday;  /* days by which the day of the week is ahead of the date's */
	int64_t seen;     /* the second, and */
	uint64_t periods; /* the period, up to which flags have been set */
};

/* The calendar. */

struct rtc_date {
	int64_t year;
	unsigned month, day; /* from 1 */
};

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days from 1970-01-01 to the first of a month; years begin in March, so that the leap
 * day is the last. */
static int64_t days_before(int64_t year, unsigned month)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return 365 * y + floor_divide(y, 4) - floor_divide(y, 100) + floor_divide(y, 400) +
	       (153 * m + 2) / 5 - 719468;
}

static struct rtc_date date_of(int64_t days)
{
	/* 400 years have 146097 days; the guess is at most a year too late. */
	int64_t year = 1970 + floor_divide(days * 400, 146097);
	unsigned month = 12;

	if (days_before(year + 1, 1) <= days)
		year++;
	if (days_before(year, 1) > days)
		year--;
	while (days_before(year, month) > days)
		month--;
	return (struct rtc_date){ year, month, (unsigned)(days - days_before(year, month)) + 1 };
}

/* Running and standing still. */

static bool rtc_divides(const struct mc146818 *r)
{
	return (r->byte[RTC_A] & A_DIVIDER) == A_RUNS;
}

static bool rtc_runs(const struct mc146818 *r)
{
	return rtc_divides(r) && !(r->byte[RTC_B] & B_SET);
}

/* Nanoseconds on the divider's scale: seconds end at its multiples of a second. */
static uint64_t rtc_scale(const struct mc146818 *r)
{
	return clock_now(r->clock) + r->phase;
}

/* The second that begins at 0 on that scale.  The clock goes on between two looks. */
static int64_t rtc_base(const struct mc146818 *r)
{
	uint64_t before = clock_now(r->clock) / NS_PER_SECOND;
	uint64_t calendar = clock_calendar(r->clock);

	if (clock_now(r->clock) / NS_PER_SECOND != before) {
		before = clock_now(r->clock) / NS_PER_SECOND;
		calendar = clock_calendar(r->clock);
	}
	return (int64_t)(calendar - before + (uint64_t)r->offset);
}

static int64_t rtc_second(const struct mc146818 *r)
{
	return rtc_base(r) + (int64_t)(rtc_scale(r) / NS_PER_SECOND);
}

static bool rtc_updates(const struct mc146818 *r)
{
	return rtc_runs(r) && rtc_scale(r) % NS_PER_SECOND >= NS_PER_SECOND - UPDATE_NS;
}

/* Registers' forms. */

static uint8_t rtc_encode(const struct mc146818 *r, unsigned value)
{
	return (uint8_t)(r->byte[RTC_B] & B_BINARY ? value : value / 10 % 10 << 4 | value % 10);
}

static unsigned rtc_decode(const struct mc146818 *r, uint8_t form)
{
	return r->byte[RTC_B] & B_BINARY ? form : (form >> 4) * 10u + (form & 15);
}

static uint8_t rtc_encode_hours(const struct mc146818 *r, unsigned hours)
{
	unsigned half = hours % 12;

	if (r->byte[RTC_B] & B_24_HOURS)
		return rtc_encode(r, hours);
	return rtc_encode(r, half ? half : 12) | (hours >= 12 ? HOURS_PM : 0);
}

static unsigned rtc_decode_hours(const struct mc146818 *r, uint8_t form)
{
	if (r->byte[RTC_B] & B_24_HOURS)
		return rtc_decode(r, form);
	return rtc_decode(r, form & (uint8_t)~HOURS_PM) % 12 + (form & HOURS_PM ? 12 : 0);
}

/* From a second to the registers. */
static void rtc_to_bytes(struct mc146818 *r, int64_t second)
{
	int64_t days = floor_divide(second, DAY_SECONDS);
	unsigned rest = (unsigned)(second - days * DAY_SECONDS);
	struct rtc_date date = date_of(days);
	int64_t centuries = floor_divide(date.year, 100);
	int64_t weekday = days + 4 + r->weekday; /* 1970 began on a Thursday */

	r->byte[RTC_SECONDS] = rtc_encode(r, rest % 60);
	r->byte[RTC_MINUTES] = rtc_encode(r, rest / 60 % 60);
	r->byte[RTC_HOURS] = rtc_encode_hours(r, rest / 3600);
	r->byte[RTC_WEEKDAY] =
		rtc_encode(r, (unsigned)(weekday - 7 * floor_divide(weekday, 7)) + 1);
	r->byte[RTC_DAY] = rtc_encode(r, date.day);
	r->byte[RTC_MONTH] = rtc_encode(r, date.month);
	r->byte[RTC_YEAR] = rtc_encode(r, (unsigned)(date.year - centuries * 100));
	if (r->century)
		r->byte[r->century] = rtc_encode(r, (unsigned)centuries & 0xff);
}

/* The year the registers mean; without a century byte one from 1970 to 2069. */
static int64_t rtc_year(const struct mc146818 *r)
{
	unsigned year = rtc_decode(r, r->byte[RTC_YEAR]);

	if (r->century)
		return rtc_decode(r, r->byte[r->century]) * 100 + year;
	return year < 70 ? 2000 + year : 1900 + year;
}

/* From the registers to a second.  Days beyond the month's end are in the next one. */
static int64_t rtc_from_bytes(struct mc146818 *r)
{
	unsigned month = (rtc_decode(r, r->byte[RTC_MONTH]) + 11) % 12 + 1;
	int64_t days = days_before(rtc_year(r), month) + rtc_decode(r, r->byte[RTC_DAY]) - 1;
	int64_t ahead = (int64_t)rtc_decode(r, r->byte[RTC_WEEKDAY]) - 1 - (days + 4);

	r->weekday = (uint8_t)(ahead - 7 * floor_divide(ahead, 7));
	return days * DAY_SECONDS + rtc_decode_hours(r, r->byte[RTC_HOURS]) * 3600 +
	       rtc_decode(r, r->byte[RTC_MINUTES]) * 60 + rtc_decode(r, r->byte[RTC_SECONDS]);
}

/* What was `second` is now what the registers say. */
static void rtc_start(struct mc146818 *r, int64_t second)
{
	r->seen = rtc_from_bytes(r);
	r->offset += r->seen - second;
}

/* Flags. */

/* The next number from `from` on that is wanted, or `limit`. */
static unsigned rtc_next(int wanted, unsigned from, unsigned limit)
{
	if (wanted < 0)
		return from < limit ? from : limit;
	return (unsigned)wanted >= from && (unsigned)wanted < limit ? (unsigned)wanted : limit;
}

static int rtc_wanted(const struct mc146818 *r, unsigned reg)
{
	uint8_t form = r->byte[reg];

	if (form >= ALARM_ANY)
		return -1;
	return (int)(reg == RTC_HOURS_ALARM ? rtc_decode_hours(r, form) : rtc_decode(r, form));
}

/* The first second after one at which the alarm registers match. */
static int64_t rtc_next_alarm(const struct mc146818 *r, int64_t after)
{
	int h = rtc_wanted(r, RTC_HOURS_ALARM), m = rtc_wanted(r, RTC_MINUTES_ALARM);
	int s = rtc_wanted(r, RTC_SECONDS_ALARM);
	int64_t day = floor_divide(after + 1, DAY_SECONDS);
	unsigned from = (unsigned)(after + 1 - day * DAY_SECONDS);

	if (h >= 24 || m >= 60 || s >= 60)
		return SECOND_NEVER;
	/* Each turn ends behind the second, the minute, the hour or the day before. */
	for (unsigned turn = 0; turn < 5; turn++) {
		unsigned hour = rtc_next(h, from / 3600, 24), minute, second;

		if (hour == 24) {
			day++;
			from = 0;
			continue;
		}
		if (hour > from / 3600)
			from = hour * 3600;
		minute = rtc_next(m, from / 60 % 60, 60);
		if (minute == 60) {
			from = (hour + 1) * 3600;
			continue;
		}
		if (minute > from / 60 % 60)
			from = hour * 3600 + minute * 60;
		second = rtc_next(s, from % 60, 60);
		if (second < 60)
			return day * DAY_SECONDS + hour * 3600 + minute * 60 + second;
		from = hour * 3600 + (minute + 1) * 60;
	}
	return SECOND_NEVER;
}

/* Crystal ticks a period, 0: no periodic flag. */
static uint64_t rtc_period(const struct mc146818 *r)
{
	unsigned rate = r->byte[RTC_A] & A_RATE;

	if (!rate || !rtc_divides(r))
		return 0;
	return rate < 3 ? 64ull << rate : 1ull << (rate - 1);
}

static uint64_t rtc_periods(const struct mc146818 *r)
{
	uint64_t period = rtc_period(r);

	return period ? clock_scale(rtc_scale(r), CRYSTAL_HZ, NS_PER_SECOND) / period : 0;
}

static void rtc_sync(struct mc146818 *r)
{
	uint64_t periods = rtc_periods(r);

	if (rtc_period(r) && periods != r->periods)
		r->byte[RTC_C] |= C_PF;
	r->periods = periods;
	if (rtc_runs(r)) {
		int64_t second = rtc_second(r);

		if (second != r->seen)
			r->byte[RTC_C] |= C_UF;
		if (rtc_next_alarm(r, r->seen) <= second)
			r->byte[RTC_C] |= C_AF;
		r->seen = second;
	}
}

static bool rtc_interrupts(const struct mc146818 *r)
{
	return r->byte[RTC_C] & r->byte[RTC_B] & (C_PF | C_AF | C_UF);
}

/* When, on the divider's scale, a second begins that is still to come. */
static uint64_t rtc_second_ns(const struct mc146818 *r, int64_t second)
{
	return clock_scale((uint64_t)(second - rtc_base(r)), NS_PER_SECOND, 1);
}

/* When, on the divider's scale, the next flag comes that is enabled. */
static uint64_t rtc_next_event(const struct mc146818 *r)
{
	uint8_t enabled = r->byte[RTC_B] & (B_PIE | B_AIE | B_UIE);
	uint64_t at = ALARM_NEVER;

	if ((enabled & B_PIE) && rtc_period(r))
		at = ticks_to_ns((r->periods + 1) * rtc_period(r), CRYSTAL_HZ);
	if (!rtc_runs(r))
		return at;
	if (enabled & (B_UIE | B_AIE)) {
		int64_t next = enabled & B_UIE ? r->seen + 1 : rtc_next_alarm(r, r->seen);

		if (next != SECOND_NEVER && rtc_second_ns(r, next) < at)
			at = rtc_second_ns(r, next);
	}
	return at;
}

static void rtc_update(struct mc146818 *r)
{
	uint64_t at = ALARM_NEVER;

	irq_set(&r->irq, rtc_interrupts(r));
	if (!rtc_interrupts(r))
		at = rtc_next_event(r);
	if (at != ALARM_NEVER)
		at -= r->phase;
	if (r->alarm.at_ns != at)
		alarm_set(&r->alarm, at);
}

static void rtc_fire(void *context)
{
	struct mc146818 *r = context;

	rtc_sync(r);
	rtc_update(r);
}

/* Registers. */

static bool rtc_is_time(const struct mc146818 *r, unsigned index)
{
	switch (index) {
	case RTC_SECONDS:
	case RTC_MINUTES:
	case RTC_HOURS:
	case RTC_WEEKDAY:
	case RTC_DAY:
	case RTC_MONTH:
	case RTC_YEAR:
		return true;
	}
	return r->century && index == r->century;
}

/* A control register that may stop the clock or let it run. */
static void rtc_control(struct mc146818 *r, unsigned index, uint8_t value)
{
	bool ran = rtc_runs(r), divided = rtc_divides(r);

	if (ran)
		rtc_to_bytes(r, rtc_second(r));
	r->byte[index] = value;
	/* The divider starts so that the first update comes half a second later. */
	if (!divided && rtc_divides(r))
		r->phase =
			(uint32_t)((NS_PER_SECOND * 3 / 2 - clock_now(r->clock) % NS_PER_SECOND) %
				   NS_PER_SECOND);
	if (!ran && rtc_runs(r))
		rtc_start(r, rtc_second(r));
	r->periods = rtc_periods(r);
}

static void rtc_write_a(struct mc146818 *r, uint8_t value)
{
	unsigned divider = value & A_DIVIDER;

	if (divider != A_RUNS && divider < 0x60)
		LOG(LOG_UNIMPLEMENTED, "mc146818: divider %#x", divider >> 4);
	rtc_control(r, RTC_A, value & (uint8_t)~A_UIP);
}

static void rtc_write_b(struct mc146818 *r, uint8_t value)
{
	if (value & B_SET)
		value &= (uint8_t)~B_UIE;
	if ((value ^ r->byte[RTC_B]) & B_SET)
		rtc_control(r, RTC_B, value);
	else
		r->byte[RTC_B] = value;
}

static void rtc_write(struct mc146818 *r, unsigned index, uint8_t value)
{
	rtc_sync(r);
	if (index == RTC_A) {
		rtc_write_a(r, value);
	} else if (index == RTC_B) {
		rtc_write_b(r, value);
	} else if (index == RTC_C || index == RTC_D) {
		LOG(LOG_GUEST, "mc146818: write of register %X", index);
	} else if (rtc_is_time(r, index) && rtc_runs(r)) {
		int64_t second = rtc_second(r);

		rtc_to_bytes(r, second);
		r->byte[index] = value;
		rtc_start(r, second);
	} else {
		r->byte[index] = value;
	}
	rtc_update(r);
}

static uint8_t rtc_read(struct mc146818 *r, unsigned index)
{
	uint8_t value;

	if (rtc_is_time(r, index) && rtc_runs(r))
		rtc_to_bytes(r, rtc_second(r));
	switch (index) {
	case RTC_A:
		return r->byte[RTC_A] | (rtc_updates(r) ? A_UIP : 0);
	case RTC_C:
		rtc_sync(r);
		value = r->byte[RTC_C] | (rtc_interrupts(r) ? C_IRQF : 0);
		r->byte[RTC_C] = 0;
		rtc_update(r);
		return value;
	case RTC_D:
		return D_VRT;
	}
	return r->byte[index];
}

static uint64_t mc146818_read(void *chip, gpa offset, unsigned size)
{
	struct mc146818 *r = chip;

	(void)size;
	return offset & 1 ? rtc_read(r, r->index) : 0xff;
}

static void mc146818_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct mc146818 *r = chip;

	(void)size;
	if (offset & 1) {
		rtc_write(r, r->index, (uint8_t)value);
		return;
	}
	r->index = value & (MC146818_BYTES - 1);
	r->nmi_masked = value & INDEX_NMI_MASK;
	irq_set(&r->nmi_mask, r->nmi_masked);
}

void mc146818_set(struct mc146818 *r, unsigned index, uint8_t value)
{
	if (index >= MC146818_FIRST_FREE && index < MC146818_BYTES)
		rtc_write(r, index, value);
}

uint8_t mc146818_get(const struct mc146818 *r, unsigned index)
{
	return index >= MC146818_FIRST_FREE && index < MC146818_BYTES ? r->byte[index] : 0;
}

/* RESET clears what could interrupt; NMIs are masked when a PC is switched on. */
static void mc146818_reset(void *chip)
{
	struct mc146818 *r = chip;

	rtc_sync(r);
	r->byte[RTC_B] &= (uint8_t) ~(B_PIE | B_AIE | B_UIE | B_SQWE);
	r->byte[RTC_C] = 0;
	r->index = 0;
	r->nmi_masked = true;
	irq_set(&r->nmi_mask, true);
	rtc_update(r);
}

static void mc146818_state(void *chip, struct archive *a)
{
	struct mc146818 *r = chip;
	uint64_t offset = (uint64_t)r->offset, seen = (uint64_t)r->seen;

	archive_u8(a, "index", &r->index);
	archive_bool(a, "nmi_masked", &r->nmi_masked);
	archive_bytes(a, "bytes", r->byte, sizeof r->byte);
	archive_u64(a, "offset", &offset);
	archive_u32(a, "phase", &r->phase);
	archive_u8(a, "weekday", &r->weekday);
	archive_u64(a, "seen", &seen);
	archive_u64(a, "periods", &r->periods);
	alarm_state(&r->alarm, a, "alarm");
	r->offset = (int64_t)offset;
	r->seen = (int64_t)seen;
	archive_require(a, r->index < MC146818_BYTES && r->weekday < 7);
	archive_require(a, r->phase < NS_PER_SECOND);
	archive_require(a, r->offset > -SECONDS_MAX && r->offset < SECONDS_MAX);
	archive_require(a, r->seen > -SECONDS_MAX && r->seen < SECONDS_MAX);
	if (archive_loading(a) && !archive_failed(a)) {
		irq_set(&r->nmi_mask, r->nmi_masked);
		irq_set(&r->irq, rtc_interrupts(r));
	}
}

static void mc146818_destroy(void *chip)
{
	struct mc146818 *r = chip;

	alarm_cancel(&r->alarm);
	port_free(r, sizeof *r);
}

struct mc146818 *mc146818_create(const struct mc146818_config *config)
{
	struct mc146818 *r = port_allocate(sizeof *r, PORT_PLAIN);

	if (!r)
		return NULL;
	r->clock = config->clock;
	r->irq = config->irq;
	r->nmi_mask = config->nmi_mask;
	r->century = config->century;
	r->byte[RTC_A] = A_RUNS | 6;
	r->byte[RTC_B] = B_24_HOURS;
	alarm_init(&r->alarm, config->clock, rtc_fire, r);
	r->seen = rtc_second(r);
	r->periods = rtc_periods(r);
	rtc_to_bytes(r, r->seen);
	mc146818_reset(r);
	return r;
}

const struct chip_ops mc146818_ops = {
	.name = "mc146818",
	.read = mc146818_read,
	.write = mc146818_write,
	.reset = mc146818_reset,
	.state = mc146818_state,
	.destroy = mc146818_destroy,
	.max_bytes = 1,
};

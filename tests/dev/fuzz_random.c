/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Feeds every chip of a list random strings: a fixed number in every `make check`; the
 * libFuzzer targets search further.  A failure is an assertion or a sanitizer's report,
 * after the line that says how to get it again.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <time.h>

#include "tap.h"

#define STRING_BYTES 2048
#define STRINGS 20

static uint64_t random_state;

static uint64_t random_next(void)
{
	/* Marsaglia's xorshift64*. */
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1dull;
}

/* Half of the strings are random; in the others small values are more likely, which
 * reach more registers and modes. */
static void random_string(uint8_t *bytes)
{
	bool small = random_next() & 1;

	for (unsigned i = 0; i < STRING_BYTES; i++) {
		uint64_t r = random_next();

		bytes[i] = small && (r & 0x300) ? r & 0x17 : r & 0xff;
	}
}

int main(void)
{
	const char *seed_text = getenv("FUZZ_SEED"), *count_text = getenv("FUZZ_COUNT");
	uint64_t seed = seed_text ? strtoull(seed_text, NULL, 0) : (uint64_t)time(NULL);
	unsigned count = count_text ? (unsigned)strtoul(count_text, NULL, 0) : STRINGS;
	static uint8_t bytes[STRING_BYTES];

	for (const struct fuzz_chip *const *c = fuzz_list; *c; c++) {
		diag("%s: FUZZ_SEED=%llu FUZZ_COUNT=%u", (*c)->name, (unsigned long long)seed,
		     count);
		fflush(stdout);
		random_state = seed * 2 + 1;
		for (unsigned i = 0; i < count; i++) {
			random_string(bytes);
			fuzz_run(*c, bytes, sizeof bytes);
		}
		ok(true, "%s survives %u random strings", (*c)->name, count);
	}
	return done();
}

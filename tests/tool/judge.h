/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A configuration from memory, for tests that try odd ones.
 */
#ifndef TESTS_TOOL_JUDGE_H
#define TESTS_TOOL_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

/* What became of it: how many errors and warnings, and what was printed. */
struct judgement {
	unsigned errors, warnings, sections;
	char report[16384]; /* its beginning */
	bool sound;         /* every line of it is `FILE:LINE: TEXT`, as many as there should be */
};

void judge(const void *bytes, size_t count, struct judgement *j);

#endif

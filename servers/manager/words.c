/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Figures and states as words, see words.h.
 */
#include "words.h"

#include <l4/task.h>
#include <stdio.h>

typedef unsigned long long ull;

struct words words_uptime(l4_word_t us)
{
	ull seconds = us / 1000000, minutes = seconds / 60, hours = minutes / 60;
	struct words w;

	if (hours < 100)
		snprintf(w.text, sizeof(w.text), "%llu:%02llu:%02llu", hours, minutes % 60,
			 seconds % 60);
	else
		snprintf(w.text, sizeof(w.text), "%llud %02llu:%02llu", hours / 24, hours % 24,
			 minutes % 60);
	return w;
}

struct words words_tenths(l4_word_t tenths)
{
	struct words w;

	snprintf(w.text, sizeof(w.text), "%llu.%u", (ull)(tenths / 10), (unsigned)(tenths % 10));
	return w;
}

struct words words_bytes(l4_word_t bytes)
{
	ull kib = bytes >> 10;
	struct words w;

	if (kib < 10 << 10)
		snprintf(w.text, sizeof(w.text), "%lluK", kib);
	else if (kib < 10 << 20)
		snprintf(w.text, sizeof(w.text), "%lluM", kib >> 10);
	else
		snprintf(w.text, sizeof(w.text), "%lluG", kib >> 20);
	return w;
}

const char *words_state(const struct root_task *task)
{
	switch (task->state) {
	case ROOT_TASK_OFF:
		return "off";
	case ROOT_TASK_RUNNING:
		return task->activity == TASK_PAUSED ? "paused" : "running";
	case ROOT_TASK_CRASHED:
		return "crashed";
	case ROOT_TASK_REFUSED:
		return "refused";
	default:
		return "unknown";
	}
}

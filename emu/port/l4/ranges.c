/* SPDX-License-Identifier: BSD-2-Clause
 *
 * First fit over a sorted table of free ranges; see ranges.h.
 */
#include "port/l4/ranges.h"

#include <string.h>

void ranges_init(struct ranges *r, uint64_t at, uint64_t bytes)
{
	r->count = 1;
	r->free[0].at = at;
	r->free[0].bytes = bytes;
}

static void ranges_remove(struct ranges *r, unsigned i)
{
	r->count--;
	memmove(&r->free[i], &r->free[i + 1], (r->count - i) * sizeof r->free[0]);
}

static void ranges_insert(struct ranges *r, unsigned i, uint64_t at, uint64_t bytes)
{
	if (bytes == 0 || r->count == RANGES_FREE)
		return;
	memmove(&r->free[i + 1], &r->free[i], (r->count - i) * sizeof r->free[0]);
	r->count++;
	r->free[i].at = at;
	r->free[i].bytes = bytes;
}

uint64_t ranges_take(struct ranges *r, uint64_t bytes, uint64_t align)
{
	for (unsigned i = 0; i < r->count; i++) {
		uint64_t first = r->free[i].at, end = first + r->free[i].bytes;
		uint64_t at = (first + align - 1) & ~(align - 1);

		if (bytes == 0 || at < first || at > end || bytes > end - at)
			continue;
		/* What is left: before, and after. */
		r->free[i].bytes = at - first;
		ranges_insert(r, i + 1, at + bytes, end - at - bytes);
		if (r->free[i].bytes == 0)
			ranges_remove(r, i);
		return at;
	}
	return 0;
}

void ranges_give(struct ranges *r, uint64_t at, uint64_t bytes)
{
	unsigned i = 0;

	while (i < r->count && r->free[i].at < at)
		i++;
	if (i < r->count && at + bytes == r->free[i].at) {
		bytes += r->free[i].bytes;
		ranges_remove(r, i);
	}
	if (i > 0 && r->free[i - 1].at + r->free[i - 1].bytes == at)
		r->free[i - 1].bytes += bytes;
	else
		ranges_insert(r, i, at, bytes);
}

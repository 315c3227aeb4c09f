/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of ranges given away, see claims.h.
 */
#include "claims.h"

#include <stddef.h>
#include <string.h>

/* Index of the first entry that ends at or after `at`. */
static unsigned claims_index(const struct claims *claims, uint64_t at)
{
	unsigned low = 0, high = claims->count;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (claims->claim[middle].last < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct claim *claims_find(const struct claims *claims, uint64_t first, uint64_t last)
{
	unsigned i = claims_index(claims, first);

	if (i == claims->count || claims->claim[i].first > last)
		return NULL;
	return &claims->claim[i];
}

/*
 * The entries that become one with first..last of this owner, begin..end-1: those
 * it meets and those of the owner it touches.  False if it meets another's.
 */
static bool claims_run(const struct claims *claims, uint64_t first, uint64_t last, uint64_t owner,
		       unsigned *begin, unsigned *end)
{
	const struct claim *c = claims->claim;
	unsigned i = claims_index(claims, first), j;

	for (j = i; j < claims->count && c[j].first <= last; j++)
		if (c[j].owner != owner)
			return false;
	if (i > 0 && c[i - 1].owner == owner && c[i - 1].last + 1 == first)
		i--;
	if (j < claims->count && c[j].owner == owner && last + 1 == c[j].first)
		j++;
	*begin = i;
	*end = j;
	return true;
}

bool claims_may_add(const struct claims *claims, uint64_t first, uint64_t last, uint64_t owner)
{
	unsigned begin, end;

	return claims_run(claims, first, last, owner, &begin, &end) &&
	       (begin < end || claims->count < claims->capacity);
}

void claims_add(struct claims *claims, uint64_t first, uint64_t last, uint64_t owner)
{
	struct claim *c = claims->claim;
	unsigned begin, end;

	claims_run(claims, first, last, owner, &begin, &end);
	if (begin < end) {
		first = first < c[begin].first ? first : c[begin].first;
		last = last > c[end - 1].last ? last : c[end - 1].last;
	}
	memmove(&c[begin + 1], &c[end], (claims->count - end) * sizeof(*c));
	claims->count = claims->count + 1 - (end - begin);
	c[begin] = (struct claim){ first, last, owner };
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking frames back from all whom root has mapped them to (declared in pages.h): as many
 * as there are message registers by one system call.
 */
#include "pages.h"

#include <l4/syscall.h>

static struct l4_fpage revoked[L4_MR_COUNT];
static unsigned revoked_count;

void revoke_finish(void)
{
	if (revoked_count == 0)
		return;
	for (unsigned i = 0; i < revoked_count; i++)
		l4_set_mr(i, revoked[i].raw);
	l4_unmap(revoked_count - 1);
	revoked_count = 0;
}

void revoke_add(struct place place)
{
	revoked[revoked_count++] = l4_fpage(place.frame, place.log2_size, L4_RIGHTS_ALL);
	if (revoked_count == L4_MR_COUNT)
		revoke_finish();
}

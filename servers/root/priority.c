/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The thread that sets priorities, see priority.h.  It trusts its only client: nobody
 * outside root's space knows it, and it answers nobody else.
 */
#include "priority.h"

#include <l4/thread.h>

#define HIGHEST 255
#define HELPER_THREAD 3 /* counted from the user base; root's first is 2 */
#define HELPER_UTCB_DISTANCE (L4_UTCB_SIZE - L4_UTCB_OFFSET) /* of its block from our UTCB */

static char helper_stack[1024] __attribute__((aligned(16)));
static struct l4_thread_id helper, client;

static _Noreturn void priority_serve(void)
{
	for (;;) {
		bool set = false;

		if (l4_tag_succeeded(l4_receive(client)))
			set = l4_set_priority(l4_thread_id(l4_mr(1)), (unsigned)l4_mr(2));
		l4_set_mr(1, set);
		l4_set_tag(l4_tag(0, 1, 0));
		l4_send(client);
	}
}

bool priority_start(void)
{
	struct l4_thread_id me = l4_myself();
	void *utcb = (char *)l4_utcb() + HELPER_UTCB_DISTANCE;

	client = me;
	helper = l4_global_id(l4_kip_user_base(l4_kip()) + HELPER_THREAD, 1);
	if (!l4_thread_control(helper, me, me, me, utcb) || !l4_set_priority(helper, HIGHEST))
		goto failed;
	l4_set_mr(1, (l4_word_t)priority_serve);
	l4_set_mr(2, (l4_word_t)(helper_stack + sizeof(helper_stack) - sizeof(l4_word_t)));
	l4_set_tag(l4_tag(0, 2, 0));
	if (l4_tag_failed(l4_send(helper)))
		goto failed;
	/* So far sigma0 schedules root. */
	return l4_thread_control(me, me, me, L4_NILTHREAD, L4_UTCB_UNCHANGED) &&
	       l4_set_priority(me, PRIORITY_OF_ROOT);
failed:
	helper = L4_NILTHREAD;
	return false;
}

bool priority_set(struct l4_thread_id thread, unsigned priority)
{
	if (l4_is_nil(helper))
		return l4_set_priority(thread, priority);
	l4_set_mr(1, thread.raw);
	l4_set_mr(2, priority);
	l4_set_tag(l4_tag(0, 2, 0));
	return l4_tag_succeeded(l4_call(helper)) && l4_mr(1);
}

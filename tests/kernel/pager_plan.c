/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scripted pager of the string and fault tests, see pager_plan.h.
 */
#include "pager_plan.h"

static void pager_plan_answer(const struct pager_plan *plan, l4_word_t address)
{
	l4_word_t page = (address - plan->base) / L4_PAGE_SIZE;
	struct l4_fpage f =
		pool_page(plan->first_page + (unsigned)page, L4_PAGE_BITS, plan->rights);
	struct l4_map_item item = l4_map_item(f, address & ~(L4_PAGE_SIZE - 1));

	l4_set_mr(1, item.base);
	l4_set_mr(2, item.fpage.raw);
	l4_set_tag(l4_tag(0, 0, 2));
}

static void pager_plan_loop(void *arg)
{
	struct pager_plan *plan = arg;
	struct l4_thread_id from;
	struct l4_tag tag = l4_wait(&from);

	for (;;) {
		plan->last = (struct fault){ from, l4_tag_label(tag), l4_mr(1), l4_mr(2) };
		plan->faults++;
		if (plan->delay_us)
			l4_sleep_us(plan->delay_us);
		if (plan->faults > plan->answers ||
		    (plan->last.label & ~7ull) != L4_LABEL_PAGE_FAULT) {
			tag = l4_wait(&from);
			continue;
		}
		pager_plan_answer(plan, plan->last.address);
		tag = l4_reply_wait(plan->last.thread, &from);
	}
}

void pager_plan_start(struct pager_plan *plan)
{
	plan->faults = 0;
	plan->thread = thread_new(NULL, pager_plan_loop, plan);
}

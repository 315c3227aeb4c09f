/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Links between translated blocks: which direct exit jumps to which block, kept on
 * both sides so that either can go.
 */
#include "core/code_block.h"

#include <string.h>

unsigned link_number(const struct code *c, const struct link *l)
{
	return HOST_LINK + (unsigned)(((const uint8_t *)l - c->base) / sizeof(struct link));
}

struct link *link_of(struct code *c, unsigned number)
{
	return (struct link *)(c->base + (size_t)(number - HOST_LINK) * sizeof(struct link));
}

void link_make(struct code *c, struct link *l, struct block *to)
{
	if (l->to || !l->at)
		return;
	l->to = to;
	l->next = to->incoming;
	l->back = &to->incoming;
	if (l->next)
		l->next->back = &l->next;
	to->incoming = l;
	host_link(c->base + l->at, c->base + to->entry);
}

void link_cut(struct code *c, struct link *l)
{
	if (!l->to)
		return;
	*l->back = l->next;
	if (l->next)
		l->next->back = l->back;
	l->to = NULL;
	host_unlink(c->host, c->base + l->at);
}

void link_cut_incoming(struct code *c, struct block *b, bool other_pages_only)
{
	struct link *next;

	for (struct link *l = b->incoming; l; l = next) {
		next = l->next;
		if (!other_pages_only || b->crosses || (l->from->pc ^ b->pc) >> PAGE_SHIFT)
			link_cut(c, l);
	}
}

void code_forget_returns(struct code *c)
{
	memset(c->cpu->returns, 0, sizeof c->cpu->returns);
}

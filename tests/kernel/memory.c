/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of ktest: everything comes from sigma0, by its protocol.  The image is
 * touched once at the start so that no thread of ktest's own space ever faults
 * on it; the pools are frames outside the image, which child spaces don't have.
 */
#include "ktest.h"

#define POOL_MARK 0x706f6f6c00000000ull
#define COM1 0x3f8
#define DEBUG_EXIT 0xf4
#define ANY_ADDRESS (~0ull << 10)

extern char __text_start[], __data_start[], __end[];

uint8_t *pool;
uint8_t *super_pool;

struct l4_tag memory_request_raw(struct l4_fpage what, l4_word_t attribute,
				 struct l4_map_item *item)
{
	struct l4_tag tag;

	l4_accept(l4_acceptor(L4_COMPLETE_SPACE, false));
	l4_set_mr(1, what.raw);
	l4_set_mr(2, attribute);
	l4_set_tag(l4_tag(L4_LABEL_SIGMA0, 2, 0));
	tag = l4_call(sigma0_id);
	*item = (struct l4_map_item){ l4_mr(1), { l4_mr(2) } };
	l4_accept(l4_acceptor(L4_NILPAGE, false));
	return tag;
}

struct l4_fpage memory_request(struct l4_fpage what, l4_word_t attribute)
{
	struct l4_map_item item;
	struct l4_tag tag = memory_request_raw(what, attribute, &item);

	if (l4_tag_failed(tag) || l4_tag_typed(tag) != 2)
		return L4_NILPAGE;
	return item.fpage;
}

static void memory_touch_image(void)
{
	for (char *p = __text_start; p < __data_start; p += L4_PAGE_SIZE)
		*(volatile char *)p;
	for (char *p = __data_start; p < __end; p += L4_PAGE_SIZE)
		*(volatile char *)p = *(volatile char *)p;
}

static uint8_t *memory_any(unsigned log2_size)
{
	struct l4_fpage any = { ANY_ADDRESS | log2_size << 4 | L4_RIGHTS_ALL };
	struct l4_fpage got = memory_request(any, 0);

	if (l4_fpage_is_nil(got) || l4_fpage_log2_size(got) != log2_size)
		return NULL;
	return (uint8_t *)l4_fpage_base(got);
}

l4_word_t memory_mark(unsigned i)
{
	return POOL_MARK | i;
}

struct l4_fpage pool_page(unsigned i, unsigned log2_size, unsigned rights)
{
	return l4_fpage((l4_word_t)pool + i * L4_PAGE_SIZE, log2_size, rights);
}

void memory_refill(void)
{
	memory_request(l4_fpage((l4_word_t)pool, POOL_LOG2, L4_RIGHTS_ALL), 0);
	for (unsigned i = 0; i < POOL_PAGES; i++)
		*(volatile l4_word_t *)(pool + i * L4_PAGE_SIZE) = memory_mark(i);
}

void memory_init(void)
{
	memory_request(l4_io_fpage(COM1, 3, L4_RIGHTS_RW), 0);
	memory_request(l4_io_fpage(DEBUG_EXIT, 2, L4_RIGHTS_RW), 0);
	memory_touch_image();
	pool = memory_any(POOL_LOG2);
	if (!pool)
		tap_give_up("sigma0 gives no memory");
	super_pool = memory_any(SUPER_LOG2);
	memory_refill();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sigma0 as its clients see it (manual 7, "Sigma0 Protocol"): memory and ports
 * are handed out once, to whom comes first; what can't be had is refused with a
 * nil page; nothing that is sent there hurts it.
 */
#include "ktest.h"
#include "tests.h"

#define ANY_BASE (~0ull << 10)
#define KERNEL_PAGE 0x100000ull
#define REPLY_US 500000

static l4_word_t sigma0_ask(l4_word_t fpage, l4_word_t attribute)
{
	return memory_request((struct l4_fpage){ fpage }, attribute).raw;
}

static struct l4_fpage sigma0_any(unsigned log2_size)
{
	return (struct l4_fpage){ ANY_BASE | log2_size << 4 | L4_RIGHTS_ALL };
}

void test_sigma0_memory(void)
{
	struct l4_fpage f = memory_request(sigma0_any(12), 0), again;
	struct agent a = agent_new(space_new());
	l4_word_t other = ~0ull;
	volatile l4_word_t *p = (volatile l4_word_t *)l4_fpage_base(f);

	check(!l4_fpage_is_nil(f), "any page of 4 KiB");
	if (l4_fpage_is_nil(f))
		return;
	*p = 0x600d;
	check_eq(*p, 0x600d, "is there, one to one");
	check_eq(l4_fpage_rights(f), L4_RIGHTS_ALL, "with all rights");
	again = memory_request(l4_fpage((l4_word_t)p, 12, L4_RIGHTS_ALL), 0);
	check_eq(l4_fpage_base(again), (l4_word_t)p, "the owner may ask again");
	check_eq(*p, 0x600d, "and nothing changes");
	agent_call(&a, sigma0_ask, l4_fpage((l4_word_t)p, 12, L4_RIGHTS_ALL).raw, 0, &other);
	check_eq(other, 0, "another task doesn't get it");
	agent_call(&a, sigma0_ask, l4_fpage((l4_word_t)p, 13, L4_RIGHTS_ALL).raw, 0, &other);
	check_eq(other, 0, "nor a larger page around it");
	agent_call(&a, sigma0_ask, sigma0_any(12).raw, 0, &other);
	check(other != 0 && (other & ~0xfffull) != (l4_word_t)p, "it gets another of its own");
}

void test_sigma0_sizes(void)
{
	for (unsigned log2_size = 13; log2_size <= 20; log2_size += 3) {
		struct l4_fpage f = memory_request(sigma0_any(log2_size), 0);

		check_eq(l4_fpage_log2_size(f), log2_size, "any page of 2^%u", log2_size);
		check_eq(l4_fpage_base(f) & ((1ull << log2_size) - 1), 0, "2^%u: aligned",
			 log2_size);
	}
}

static void sigma0_check_refusal(l4_word_t fpage, l4_word_t attribute, const char *name)
{
	struct l4_map_item item = { ~0ull, { ~0ull } };
	struct l4_tag tag = memory_request_raw((struct l4_fpage){ fpage }, attribute, &item);

	check(l4_tag_succeeded(tag) && l4_tag_typed(tag) == 2 && l4_fpage_is_nil(item.fpage),
	      "%s: refused with a nil page", name);
}

void test_sigma0_refusals(void)
{
	const struct l4_kip *kip = l4_kip();

	sigma0_check_refusal(l4_fpage(KERNEL_PAGE, 12, L4_RIGHTS_ALL).raw, 0,
			     "the kernel's memory");
	sigma0_check_refusal(l4_fpage(kip->sigma0.low, 12, L4_RIGHTS_ALL).raw, 0,
			     "sigma0's own memory");
	sigma0_check_refusal(l4_fpage(0, 31, L4_RIGHTS_ALL).raw, 0, "2 GiB with the kernel in it");
	sigma0_check_refusal(sigma0_any(40).raw, 0, "any page of 1 TiB");
	sigma0_check_refusal(sigma0_any(11).raw, 0, "any page of 2 KiB");
	sigma0_check_refusal(sigma0_any(63).raw, 0, "any page of 2^63");
	sigma0_check_refusal(l4_fpage(0xffff800000000000, 12, L4_RIGHTS_ALL).raw, 0,
			     "an impossible address");
	sigma0_check_refusal(0, 0, "the nil page");
	sigma0_check_refusal(L4_COMPLETE_SPACE.raw, 0, "all memory");
}

void test_sigma0_device_memory(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t vga = l4_fpage(0xb8000, 12, L4_RIGHTS_RW).raw, other = ~0ull;
	l4_word_t far = l4_fpage(0xfd0000000, 12, L4_RIGHTS_RW).raw;

	check_eq(sigma0_ask(vga, 0) & ~0xfffull, 0xb8000, "the VGA's text page");
	agent_call(&a, sigma0_ask, vga, 0, &other);
	check_eq(other, 0, "once");
	check_eq(sigma0_ask(far, L4_MEMORY_UNCACHED) & ~0xfffull, 0xfd0000000,
		 "device memory above 4 GiB, uncached");
}

void test_sigma0_ports(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t port = l4_io_fpage(0x2f8, 3, L4_RIGHTS_RW).raw, other = ~0ull;
	l4_word_t serial = l4_io_fpage(0x3f8, 3, L4_RIGHTS_RW).raw, got;

	got = sigma0_ask(port, 0);
	check(l4_fpage_is_io((struct l4_fpage){ got }), "I/O ports");
	check_eq(l4_io_fpage_port((struct l4_fpage){ got }), 0x2f8, "those asked for");
	check_eq(sigma0_ask(port, 0), got, "the owner may ask again");
	agent_call(&a, sigma0_ask, port, 0, &other);
	check_eq(other, 0, "another task doesn't get them");
	agent_call(&a, sigma0_ask, serial, 0, &other);
	check_eq(other, 0, "nor those ktest took before");
}

/* Whatever is sent there, it answers the next proper request. */
static void sigma0_send_garbage(l4_word_t tag, l4_word_t mr1, l4_word_t mr2)
{
	struct job j = { .to = sigma0_id, .from = sigma0_id };

	j.timeouts = l4_timeouts(l4_period_us(REPLY_US), l4_period_us(2000));
	j.br[0] = l4_acceptor(L4_COMPLETE_SPACE, true).raw;
	j.brs = 1;
	j.mr[0] = tag;
	j.mr[1] = mr1;
	j.mr[2] = mr2;
	job_run(&j);
}

static l4_word_t sigma0_garbage(l4_word_t unused, l4_word_t unused2)
{
	l4_word_t request = L4_LABEL_SIGMA0;

	(void)unused;
	(void)unused2;
	sigma0_send_garbage(l4_tag(request, 0, 0).raw, 0, 0);
	sigma0_send_garbage(l4_tag(request, 1, 0).raw, sigma0_any(12).raw, 0);
	sigma0_send_garbage(l4_tag(request, 63, 0).raw, ~0ull, ~0ull);
	sigma0_send_garbage(l4_tag(request, 2, 0).raw, 0x3f0, 0);
	sigma0_send_garbage(l4_tag(request, 2, 0).raw, sigma0_any(12).raw, ~0ull);
	sigma0_send_garbage(l4_tag(request, 0, 2).raw, L4_ITEM_MAP, pool_page(0, 12, 7).raw);
	sigma0_send_garbage(l4_tag(0x4242, 5, 0).raw, 1, 2);
	sigma0_send_garbage(l4_tag(L4_LABEL_PAGE_FAULT | 7, 2, 0).raw, KERNEL_PAGE, 0);
	sigma0_send_garbage(l4_tag(L4_LABEL_PAGE_FAULT | 2, 2, 0).raw, l4_kip()->sigma0.low, 0);
	sigma0_send_garbage(l4_tag(L4_LABEL_PAGE_FAULT | 2, 0, 0).raw, 0, 0);
	sigma0_send_garbage(l4_tag(L4_LABEL_IO_FAULT | 7, 2, 0).raw, ~0ull, 0);
	sigma0_send_garbage(l4_tag(L4_LABEL_EXCEPTION, 20, 0).raw, 0, 0);
	sigma0_send_garbage(l4_tag(L4_LABEL_INTERRUPT, 0, 0).raw, 0, 0);
	return 0;
}

void test_sigma0_garbage(void)
{
	struct agent a = agent_new(space_new());

	agent_call(&a, sigma0_garbage, 0, 0, NULL);
	sigma0_check_refusal(l4_fpage(KERNEL_PAGE, 12, L4_RIGHTS_ALL).raw, 0, "after garbage");
	check(!l4_fpage_is_nil(memory_request(sigma0_any(12), 0)), "and it still gives");
	check(!agent_peek(&a, KERNEL_PAGE, NULL), "the kernel's memory wasn't given");
	check(!agent_peek(&a, l4_kip()->sigma0.low, NULL), "nor was sigma0's");
}

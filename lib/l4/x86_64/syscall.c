/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the kernel: the `lock; nop` trap of the amd64 binding tells where the
 * kernel interface page is, and that names the entries of the system calls,
 * which syscall.S calls.
 */
#include <l4/thread.h>

#define L4_ENTRY_COUNT 11

/* Addresses of the system calls, in the order of the kernel interface page. */
l4_word_t l4_entries[L4_ENTRY_COUNT];

static const struct l4_kip *l4_kip_page;

const struct l4_kip *l4_kernel_interface(l4_word_t *api_version, l4_word_t *api_flags,
					 l4_word_t *kernel_id)
{
	const struct l4_kip *kip;
	l4_word_t version, flags, id;

	__asm__ volatile("lock; nop" : "=a"(kip), "=c"(version), "=d"(flags), "=S"(id));
	if (api_version)
		*api_version = version;
	if (api_flags)
		*api_flags = flags;
	if (kernel_id)
		*kernel_id = id;
	return kip;
}

void l4_init(void)
{
	const l4_word_t *entry;

	if (l4_kip_page)
		return;
	l4_kip_page = l4_kernel_interface(NULL, NULL, NULL);
	entry = &l4_kip_page->space_control;
	for (unsigned i = 0; i < L4_ENTRY_COUNT; i++)
		l4_entries[i] = entry[i];
	/* Who provides the memory also wants to hear of a crash; without a handler
	 * an exception stops the thread silently. */
	if (l4_tcr(L4_TCR_EXCEPTION_HANDLER) == 0)
		l4_set_exception_handler(l4_pager());
}

const struct l4_kip *l4_kip(void)
{
	return l4_kip_page;
}

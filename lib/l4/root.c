/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client side of the root task's services, see <proto/root.h>.
 */
#include <proto/root.h>

#include <l4/thread.h>
#include <string.h>

/* Puts bytes into message registers from `first` on; returns how many it took. */
static unsigned root_put_bytes(unsigned first, const char *bytes, size_t length)
{
	unsigned words = 0;

	for (size_t done = 0; done < length; done += sizeof(l4_word_t)) {
		size_t n = length - done < sizeof(l4_word_t) ? length - done : sizeof(l4_word_t);
		l4_word_t word = 0;

		memcpy(&word, bytes + done, n);
		l4_set_mr(first + words++, word);
	}
	return words;
}

void root_log(const char *text, size_t length)
{
	unsigned words;

	if (length > ROOT_LOG_MAX)
		length = ROOT_LOG_MAX;
	l4_set_mr(1, length);
	words = root_put_bytes(2, text, length);
	l4_set_tag(l4_tag(ROOT_LOG, 1 + words, 0));
	l4_call(l4_root());
}

void root_putc(char c)
{
	static char line[120];
	static size_t length;

	if (c != '\n')
		line[length++] = c;
	if (c == '\n' || length == sizeof(line)) {
		root_log(line, length);
		length = 0;
	}
}

struct l4_thread_id root_lookup(const char *name)
{
	char padded[ROOT_NAME_SIZE] = "";
	struct l4_tag tag;

	memcpy(padded, name, strnlen(name, sizeof(padded) - 1));
	root_put_bytes(1, padded, sizeof(padded));
	l4_set_tag(l4_tag(ROOT_LOOKUP, ROOT_NAME_WORDS, 0));
	tag = l4_call(l4_root());
	if (l4_tag_failed(tag) || l4_tag_label(tag) != 0 || l4_tag_untyped(tag) != 1)
		return L4_NILTHREAD;
	return l4_thread_id(l4_mr(1));
}

_Noreturn void root_exit(l4_word_t status)
{
	l4_set_mr(1, status);
	l4_set_tag(l4_tag(ROOT_EXIT, 1, 0));
	l4_call(l4_root());
	l4_halt();
}

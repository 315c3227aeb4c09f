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

/* Asks with `words` message registers set and takes the answer, which has to have the
 * size of the struct. */
static bool root_ask(enum root_label label, unsigned words, void *answer, size_t bytes)
{
	struct l4_tag tag;

	l4_set_tag(l4_tag(label, words, 0));
	tag = l4_call(l4_root());
	if (l4_tag_failed(tag) || l4_tag_label(tag) != 0 ||
	    l4_tag_untyped(tag) != bytes / sizeof(l4_word_t))
		return false;
	for (unsigned i = 0; i < bytes / sizeof(l4_word_t); i++) {
		l4_word_t word = l4_mr(1 + i);

		memcpy((char *)answer + i * sizeof(word), &word, sizeof(word));
	}
	return true;
}

bool root_system_get(struct root_system *system)
{
	return root_ask(ROOT_SYSTEM, 0, system, sizeof(*system));
}

bool root_task_get(unsigned index, struct root_task *task)
{
	l4_set_mr(1, index);
	return root_ask(ROOT_TASK, 1, task, sizeof(*task));
}

enum root_result root_control(unsigned index, enum root_action action, l4_word_t argument)
{
	l4_word_t result;

	l4_set_mr(1, index);
	l4_set_mr(2, action);
	l4_set_mr(3, argument);
	return root_ask(ROOT_CONTROL, 3, &result, sizeof(result)) ? (enum root_result)result :
								    ROOT_FORBIDDEN;
}

_Noreturn void root_exit(l4_word_t status)
{
	l4_set_mr(1, status);
	l4_set_tag(l4_tag(ROOT_EXIT, 1, 0));
	l4_call(l4_root());
	l4_halt();
}

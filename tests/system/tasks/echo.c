/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server's end of a channel to `chatter`: answers each number with its double.
 */
#include <l4/task.h>

struct mailbox {
	volatile uint64_t question, answer;
};

int main(void)
{
	for (;;) {
		struct mailbox *box = task_channel_memory(0);

		if (!(task_wait(L4_NEVER, NULL) & 1))
			continue;
		box->answer = 2 * box->question;
		task_signal(0);
	}
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A task that uses all the time it gets, for load.
 */
#include <l4/task.h>
#include <proto/root.h>
#include <stdio.h>

int main(void)
{
	stdio_set_putc(root_putc);
	printf("spinner: spinning\n");
	for (;;)
		for (volatile unsigned i = 0; i < 100000; i++)
			task_signals()->status.heartbeat++;
}

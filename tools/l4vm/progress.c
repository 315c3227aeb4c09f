/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The bar.
 */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#define BAR_WIDTH 30u

static const char *progress_what;
static uint64_t progress_total;

static void bar_draw(uint64_t done)
{
	uint64_t total = progress_total ? progress_total : 1;
	unsigned filled = (unsigned)((done < total ? done : total) * BAR_WIDTH / total);

	fprintf(stderr, "\r%s [", progress_what);
	for (unsigned i = 0; i < BAR_WIDTH; i++)
		fputc(i < filled ? '#' : '.', stderr);
	fprintf(stderr, "] %llu MiB", (unsigned long long)(done >> 20));
}

void progress_begin(const char *what, uint64_t total)
{
	progress_what = what;
	progress_total = total;
	if (isatty(STDERR_FILENO))
		bar_draw(0);
	else
		fprintf(stderr, "%s (%llu MiB)\n", what, (unsigned long long)(total >> 20));
}

void progress_set(uint64_t done)
{
	if (isatty(STDERR_FILENO))
		bar_draw(done);
}

void progress_end(bool good)
{
	if (isatty(STDERR_FILENO)) {
		if (good)
			bar_draw(progress_total);
		fprintf(stderr, "%s\n", good ? ", done" : ", failed");
	} else {
		fprintf(stderr, "%s: %s\n", progress_what, good ? "done" : "failed");
	}
}

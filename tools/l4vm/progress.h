/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Progress of what takes a while, on standard error: a bar if that is a terminal, else a
 * line at the start and one at the end.  One at a time.
 */
#ifndef L4VM_PROGRESS_H
#define L4VM_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* `what` is kept until the end; total 0: not known. */
void progress_begin(const char *what, uint64_t total);
void progress_set(uint64_t done);
void progress_end(bool good);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A temporary folder, in TMPDIR or /tmp.  Its owner has a lock on it, which ends with the
 * process however that ends: what a killed one has left is removed by the next.
 */
#ifndef L4VM_SCRATCH_H
#define L4VM_SCRATCH_H

#include <stdbool.h>

struct scratch {
	char *path;
	int lock;
};

/* False after a complaint. */
bool scratch_open(struct scratch *s);

/* Removes it with everything in it.  Fine if it isn't open. */
void scratch_close(struct scratch *s);

/* Removes a folder and everything in it. */
void remove_tree(const char *path);

#endif

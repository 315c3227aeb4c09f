/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whether a flat device tree that somebody else has made can be given to libfdt's
 * functions, which read it without looking twice.
 */
#ifndef EMU_BOARD_TREE_CHECK_H
#define EMU_BOARD_TREE_CHECK_H

#include <emu/types.h>

/* 0, or libfdt's (negative) code of what is wrong with `count` bytes at `tree`. */
int tree_check(const void *tree, size_t count);

#endif

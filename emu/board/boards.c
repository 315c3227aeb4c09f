/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The list of machines.  A machine is one file here and one line below.
 */
#include <emu/board.h>

extern const struct board board_vexpress_a9, board_virt, board_pc;

const struct board *const boards[] = {
	&board_virt,
	&board_pc,
	&board_vexpress_a9,
	NULL,
};

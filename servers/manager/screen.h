/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The manager's screen: draws what it knows of the tasks, and the state of the keys, to a
 * canvas of at least 80 x 25 cells.  docs/manager.md shows it.
 */
#ifndef MANAGER_SCREEN_H
#define MANAGER_SCREEN_H

#include "canvas.h"
#include "tasks.h"
#include "ui.h"

void screen_draw(struct canvas *c, unsigned columns, unsigned rows, const struct tasks *t,
		 struct ui *ui);

#endif

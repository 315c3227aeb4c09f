/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The boot loader's menu.
 */
#ifndef L4VM_MENU_H
#define L4VM_MENU_H

#include "plan.h"

/* grub.cfg: the kernel is /boot/l4vm, modules are in /l4vm. */
void menu_write(FILE *file, const struct plan *p);

#endif

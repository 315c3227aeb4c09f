/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot modules behind sigma0 and root.
 */
#ifndef ROOT_BOOT_H
#define ROOT_BOOT_H

/* Makes a task of every module that is a program and reports the others. */
void boot_load_modules(void);

#endif

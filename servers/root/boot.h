/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot modules behind sigma0 and root.
 */
#ifndef ROOT_BOOT_H
#define ROOT_BOOT_H

#include <l4/bootinfo.h>
#include <l4/types.h>
#include <proto/root.h>

#define BOOT_MAX_MODULES 64

struct module {
	char name[ROOT_NAME_SIZE]; /* its file's name */
	l4_word_t start, bytes;    /* mapped one to one when touched */
};

/* Finds them; says so if there are none to be found or too many. */
void boot_read(void);

unsigned boot_module_count(void);
const struct module *boot_module_at(unsigned i);

/* NULL if there is none. */
const struct module *boot_module(const char *name);

/* The display as the boot loader left it, if it has pixels with colours; or NULL. */
const struct l4_boot_framebuffer *boot_framebuffer(void);

/* The bytes of all modules together. */
l4_word_t boot_module_bytes(void);

#endif

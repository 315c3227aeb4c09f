/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the keys of a US keyboard send on a serial terminal.
 */
#ifndef VMM_KEYS_H
#define VMM_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYS_TEXT_BYTES 8

/* Which modifiers are held: bit n is the key with HID usage 224 + n. */
struct keys {
	uint8_t modifiers;
	bool caps;
};

/* A key (HID usage of page 7) goes down or up.  Returns how many bytes it sends. */
size_t keys_text(struct keys *k, unsigned usage, bool down, uint8_t text[KEYS_TEXT_BYTES]);

#endif

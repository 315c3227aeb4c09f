/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Firmware that machines have for themselves and distributions install.
 */
#ifndef L4VM_FIRMWARE_H
#define L4VM_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>

/* Looks for a file in the folders of the environment's L4VM_FIRMWARE, separated by colons,
 * or else where Debian's packages put firmware.  False and one sentence if it isn't there. */
bool firmware_find(const char *name, char *path, size_t path_room, char *error, size_t error_room);

#endif

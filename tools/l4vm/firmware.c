/* SPDX-License-Identifier: BSD-2-Clause */
#include "firmware.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDERS "/usr/share/seabios:/usr/share/qemu"

static const char *folders(void)
{
	const char *chosen = getenv("L4VM_FIRMWARE");

	return chosen && *chosen ? chosen : FOLDERS;
}

bool firmware_find(const char *name, char *path, size_t path_room, char *error, size_t error_room)
{
	for (const char *at = folders(), *end; *at; at = *end ? end + 1 : end) {
		end = at + strcspn(at, ":");
		snprintf(path, path_room, "%.*s/%s", (int)(end - at), at, name);
		if (access(path, R_OK) == 0)
			return true;
	}
	snprintf(error, error_room,
		 "firmware '%s' is in none of %s; install the packages seabios and "
		 "qemu-system-data, or set L4VM_FIRMWARE",
		 name, folders());
	return false;
}

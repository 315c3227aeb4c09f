/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A file or block device of the host as a disk: raw images directly, qcow2 images as a
 * temporary raw copy made by qemu-img, to which changes are lost (the log says so).
 * The file is locked against other users of this kind: shared if it is only read,
 * exclusively if it is written.  What fails later is the guest's error of the medium, and one
 * line of the log for each file and kind.
 */
#ifndef EMU_PORT_LINUX_DISK_FILE_H
#define EMU_PORT_LINUX_DISK_FILE_H

#include <emu/backend.h>

#define DISK_READ_ONLY 1u /* the guest can't write */
#define DISK_SNAPSHOT 2u  /* what the guest writes is kept in memory and forgotten */

/* NULL and one sentence if the file can't be had or isn't whole sectors. */
struct disk *disk_file_open(const char *path, unsigned options, char *error, size_t room);

/* Syncs what was written; false if that fails, which the log says.  NULL is fine. */
bool disk_file_close(struct disk *disk);

#endif

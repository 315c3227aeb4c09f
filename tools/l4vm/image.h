/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Making what a PC boots from a plan.  A temporary folder holds what isn't there yet as a
 * file: the manifest, raw copies of qcow2 images, GRUB's menu.
 *
 *	good = image_open(&image, &plan) && image_write_iso(&image, "out.iso");
 *	image_close(&image);		// in any case
 */
#ifndef L4VM_IMAGE_H
#define L4VM_IMAGE_H

#include "plan.h"
#include "scratch.h"

struct image {
	const struct plan *plan;
	struct scratch scratch;
	char **file; /* for each of the plan's modules, the file with its contents */
};

/* All of these: false after a complaint. */
bool image_open(struct image *image, const struct plan *plan);
bool image_write_iso(const struct image *image, const char *path);
bool image_write_folder(const struct image *image, const char *path);
/* Links by the modules' names in the temporary folder, for QEMU's own boot loader. */
bool image_link(const struct image *image);
void image_close(struct image *image);

#endif

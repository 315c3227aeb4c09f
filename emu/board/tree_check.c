/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Checks a whole flat device tree; see tree_check.h.  "Devicetree Specification" v0.4,
 * chapter 5.  (Some copies of libfdt have a function for this, the kernel's hasn't.)
 */
#include "board/tree_check.h"

#include <libfdt.h>

#define TREE_DEPTH 64

/* The property at an offset: its name has to end within the block of strings. */
static int tree_check_property(const void *tree, int offset)
{
	int status = 0;
	const struct fdt_property *p = fdt_get_property_by_offset(tree, offset, &status);

	if (!p)
		return status;
	return fdt_get_string(tree, (int)fdt32_to_cpu(p->nameoff), &status) ? 0 : status;
}

static int tree_check_structure(const void *tree)
{
	int depth = 0, at = 0, next = 0, status = 0;

	for (;; at = next) {
		switch (fdt_next_tag(tree, at, &next)) {
		case FDT_BEGIN_NODE:
			if (++depth > TREE_DEPTH)
				return -FDT_ERR_BADSTRUCTURE;
			break;
		case FDT_END_NODE:
			if (--depth < 0)
				return -FDT_ERR_BADSTRUCTURE;
			break;
		case FDT_PROP:
			status = tree_check_property(tree, at);
			break;
		case FDT_END:
			/* Also what is cut off, with an error for an offset. */
			if (next < 0)
				return next;
			return depth == 0 ? 0 : -FDT_ERR_BADSTRUCTURE;
		default:
			break;
		}
		if (status < 0)
			return status;
		if (next < 0)
			return next;
	}
}

int tree_check(const void *tree, size_t count)
{
	int status;

	if (count < sizeof(struct fdt_header))
		return -FDT_ERR_TRUNCATED;
	status = fdt_check_header(tree);
	if (status)
		return status;
	if (fdt_totalsize(tree) > count)
		return -FDT_ERR_TRUNCATED;
	status = fdt_num_mem_rsv(tree);
	return status < 0 ? status : tree_check_structure(tree);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mapping nodes, for the files that build the mapping database (mapdb.c, map.c).
 */
#ifndef CORE_MAPNODE_H
#define CORE_MAPNODE_H

#include <core/mapdb.h>

/* Links `node` behind `after`: as its first child if it is one level deeper. */
void mapnode_insert(struct mapnode *after, struct mapnode *node);

/* Physical address of the memory a node stands for. */
uint64_t mapnode_pa(const struct mapnode *node);

/* Counts splits.  One costs as much as many other steps: a budget ends with it. */
extern unsigned mapnode_splits;

/* Turns a superpage into a container with 512 pieces; false: no memory, unchanged. */
bool mapnode_split(struct mapnode *node);

#endif

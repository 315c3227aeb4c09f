/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system from a manifest: makes its channels and tasks and starts them.
 */
#ifndef ROOT_SYSTEM_H
#define ROOT_SYSTEM_H

#include "boot.h"

/* Starts what the manifest describes, as far as that is possible; false: it is no
 * manifest. */
bool system_start(const struct module *manifest);

/* True if the manifest gives the interrupt to a task. */
bool system_has_interrupt(unsigned number);

#endif

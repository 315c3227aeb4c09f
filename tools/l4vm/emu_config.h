/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A machine of a configuration, for `l4vm emu`.
 */
#ifndef L4VM_EMU_CONFIG_H
#define L4VM_EMU_CONFIG_H

#include "config.h"
#include "emu_options.h"

/* Fills in what the options leave open from [vm o->config.board] of o->file.  The options
 * point into the configuration, which has to stay.  False after complaints. */
bool emu_configure(struct emu_options *o, struct config *c);

#endif

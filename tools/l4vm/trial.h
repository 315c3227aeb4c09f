/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Trying a configuration's machines.
 */
#ifndef L4VM_TRIAL_H
#define L4VM_TRIAL_H

#include "config.h"

/* After config_check: makes every machine whose section isn't wrong, and notes those that
 * can't be made.  False if anything at all is wrong. */
bool config_try(struct config *c);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Trying a configuration's machines.
 */
#ifndef L4VM_TRIAL_H
#define L4VM_TRIAL_H

#include "config.h"

/* After config_load has found nothing wrong: makes every machine, reports those that can't
 * be made.  False if there were any. */
bool config_try(struct config *c);

#endif

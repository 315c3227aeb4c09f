/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The guest CPUs there are.
 */
#include "guest/guest.h"

const struct guest *const guests[] = { &guest_arm, &guest_x86, NULL };

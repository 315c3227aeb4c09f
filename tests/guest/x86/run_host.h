/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Blocks of run.h by the back end for this host.  The program must not be a PIE: state and
 * tables lie in the low 2 GiB.
 */
#ifndef TESTS_GUEST_X86_RUN_HOST_H
#define TESTS_GUEST_X86_RUN_HOST_H

#include "run.h"

/* Once, after run_begin. */
bool run_host_create(struct x86 *x);

/* From cpu->pc: one block of at most `limit` instructions, repeated as long as it jumps to
 * its beginning and `most` instructions aren't done.  The message of ir_verify, or NULL. */
const char *run_host(struct x86 *x, unsigned limit, unsigned most);

#endif

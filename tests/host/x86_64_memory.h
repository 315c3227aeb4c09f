/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fake guest's memory with flat tables, for tests that run translated code: every
 * page of its RAM but one has an entry in space 0.  Only what takes the slow way is
 * traced, so that runs by the interpreter and by translated code can be compared.
 */
#ifndef TESTS_HOST_X86_64_MEMORY_H
#define TESTS_HOST_X86_64_MEMORY_H

#include "fake.h"

extern uint8_t *fake_ram;
extern uint64_t *fake_table[2]; /* reads, writes */

bool fake_tables_create(void);

/* Memory below 2 GiB for code. */
uint8_t *fake_code_memory(size_t bytes);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the kernel debugger share: the commands, and the rules for
 * them.  A command may run after a panic, when anything can be broken: it looks
 * whether memory is there before it follows a pointer, and asks kdb_stopped() in
 * every loop over what may be long.
 */
#ifndef KDB_COMMAND_H
#define KDB_COMMAND_H

#include <arch/debug.h>
#include <core/tcb.h>
#include <stdbool.h>
#include <stdint.h>

#define KDB_MAX_ARGUMENTS 2

struct kdb_arguments {
	unsigned count;
	uint64_t value[KDB_MAX_ARGUMENTS];
};

/* True if *p can be read. */
#define kdb_sees(p) ((p) && (uintptr_t)(p) % 8 == 0 && arch_is_mapped((p), sizeof(*(p))))

/* True if a key was typed, which ends a long output. */
bool kdb_stopped(void);

/* Prints a function's name for its address, or the address. */
void kdb_print_name(uintptr_t address);

/* Spaces are numbered from the oldest: sigma0's is 0.  -1: none. */
int kdb_space_index(const struct space *space);

/* Prints what was left until at_us when the console was entered. */
void kdb_print_time_left(uint64_t at_us);

void kdb_show_threads(const struct kdb_arguments *a);
void kdb_show_thread(const struct kdb_arguments *a);
void kdb_show_interrupts(const struct kdb_arguments *a);
void kdb_show_spaces(const struct kdb_arguments *a);
void kdb_show_mappings(const struct kdb_arguments *a);
void kdb_show_tree(const struct kdb_arguments *a);
void kdb_show_memory(const struct kdb_arguments *a);
void kdb_show_queues(const struct kdb_arguments *a);
void kdb_show_events(const struct kdb_arguments *a);

#endif

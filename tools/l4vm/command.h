/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The command l4vm: its subcommands, each `int command_NAME(int argc, char **argv)`
 * with argv[0] the subcommand's name, returning the exit status: 0 all well, 1 it
 * failed, 2 it was called wrongly.
 */
#ifndef L4VM_COMMAND_H
#define L4VM_COMMAND_H

#include <stdbool.h>

struct machine;

int command_emu(int argc, char **argv);
int command_machines(int argc, char **argv);
int command_help(int argc, char **argv);

/* "l4vm: TEXT" on stderr; returns 1. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* --stats. */
void print_statistics(struct machine *m);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The command l4vm: its subcommands, each `int command_NAME(int argc, char **argv)`
 * with argv[0] the subcommand's name, returning the exit status: 0 all well, 1 it
 * failed, 2 it was called wrongly.
 */
#ifndef L4VM_COMMAND_H
#define L4VM_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

struct config;
struct machine;

int command_check(int argc, char **argv);
int command_image(int argc, char **argv);
int command_run(int argc, char **argv);
int command_show(int argc, char **argv);
int command_emu(int argc, char **argv);
int command_machines(int argc, char **argv);
int command_help(int argc, char **argv);

/* "l4vm: TEXT" on stderr; returns 1. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Reads, checks and tries a configuration, and whether it fits a PC with `pc_memory` bytes,
 * if that isn't 0.  False after complaints; config_free in any case. */
bool config_prepare(struct config *c, const char *path, uint64_t pc_memory);

/* --stats. */
void print_statistics(struct machine *m);

#endif

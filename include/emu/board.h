/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a board is to the machine that makes it.  emu/board/boards.c lists them.
 */
#ifndef EMU_BOARD_H
#define EMU_BOARD_H

#include <emu/bus.h>
#include <emu/clock.h>
#include <emu/irq.h>
#include <emu/machine.h>

struct guest;

struct board {
	struct machine_board about;
	const struct guest *guest;
	/* Builds memory and chips on machine_bus(m), connects lines to the CPU with
	 * machine_cpu_input, checks the configuration.  False and one sentence. */
	bool (*build)(struct machine *m, const struct machine_config *config, char *error,
		      size_t error_bytes);
	/* After every reset of chips and CPU: loads firmware, kernel and so on and sets the
	 * CPU's registers as the boot protocol says. */
	void (*boot)(struct machine *m);
	void (*destroy)(struct machine *m);
};

extern const struct board *const boards[]; /* ends with NULL */

struct bus *machine_bus(struct machine *m);
/* The CPU's port space, if it has one: another bus, without memory; made when it is asked
 * for.  Its chips are reset, saved and destroyed after the other's; one that is on both
 * has these functions in the ops of one only. */
struct bus *machine_port_bus(struct machine *m);
struct clock *machine_clock(struct machine *m);
const struct machine_config *machine_configuration(const struct machine *m);
/* The board's own data. */
void machine_set_board_data(struct machine *m, void *data);
void *machine_board_data(struct machine *m);
/* The CPU's interrupt input `n`, to be given to a chip. */
struct irq machine_cpu_input(struct machine *m, unsigned n);
/* From chips' and boards' callbacks: power off, reset; soon, between instructions. */
void machine_request_off(struct machine *m);
void machine_request_reset(struct machine *m);
/* Registers by gdb number and the pc, for boot protocols. */
void machine_set_register(struct machine *m, unsigned number, uint64_t value);
void machine_set_pc(struct machine *m, gva pc);

#endif

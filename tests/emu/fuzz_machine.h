/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the fuzz targets of whole machines share: a small machine with a disk, a screen
 * and a guest program that writes to many chips, and a way to run it that always ends.
 *
 *	struct machine_config config = fuzz_machine_config("virt", true);
 *	struct machine *m = machine_create(&config, error, sizeof error);
 *	fuzz_machine_run(m, 1000);
 *
 * One machine at a time uses the disk and the screen.
 */
#ifndef TESTS_EMU_FUZZ_MACHINE_H
#define TESTS_EMU_FUZZ_MACHINE_H

#include <emu/machine.h>

#define FUZZ_MACHINE_BYTES (16u << 20)

/* What is left of the fuzzer's string; reads beyond its end give 0. */
struct fuzz_source {
	const uint8_t *bytes;
	size_t left;
};

uint64_t fuzz_source_take(struct fuzz_source *in, unsigned count);

/* The board's name for two bits of a string. */
const char *fuzz_machine_board(unsigned choice);

/* A deterministic machine of FUZZ_MACHINE_BYTES that starts the guest program. */
struct machine_config fuzz_machine_config(const char *board, bool interpret);

/* At most that many instructions and 100 us of virtual time: a machine that waits for
 * an interrupt without a deadline would wait for ever. */
enum machine_exit fuzz_machine_run(struct machine *m, uint64_t instructions);

/* Draws the screen, types a key, sends a character. */
void fuzz_machine_touch(unsigned what);

#endif

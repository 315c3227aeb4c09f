/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Saving the machine to the state unit of its disks, and restoring it.
 */
#ifndef VMM_SAVED_H
#define VMM_SAVED_H

#include <emu/machine.h>

enum saved_result {
	SAVED_DONE,
	SAVED_NOT,    /* there is none, or it is damaged; the machine is as it was */
	SAVED_RUINED, /* what is there is another machine's: destroy the machine */
};

/* Otherwise one sentence.  What was saved before is lost in any case. */
bool saved_write(struct machine *m, char *error, size_t room);
enum saved_result saved_read(struct machine *m, char *error, size_t room);

#endif

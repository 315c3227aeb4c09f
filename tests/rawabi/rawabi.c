/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The raw ABI test, started as the root task.  It shows that a program built
 * against somebody else's headers for the published amd64 binding runs: it
 * uses no header and no library of this project, only registers, the UTCB and
 * the KIP.  TAP on the first serial port; ends the machine by the debug exit
 * port.
 */
#include "rawabi.h"
#include "tap.h"

_Noreturn void rawabi_main(void);

_Noreturn void rawabi_main(void)
{
	struct env env = env_here();

	kip_check(&env);
	thread_check(&env);
	space_check(&env);
	memory_check(&env);
	tap_finish();
}

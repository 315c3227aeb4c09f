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

/* The caller is start.S. */
_Noreturn void rawabi_main(void);

/* Makes every page of the image ours before other threads use it: their pager is
 * this thread, not sigma0. */
static void touch_image(const uint64_t *kip)
{
	uint64_t page;

	for (page = kip[KIP_ROOT + 2]; page < kip[KIP_ROOT + 3]; page += PAGE_SIZE)
		(void)*(volatile unsigned char *)page;
}

_Noreturn void rawabi_main(void)
{
	struct env env = env_here();

	touch_image(env.kip);
	kip_check(&env);
	thread_check(&env);
	space_check(&env);
	memory_check(&env);
	tap_finish();
}

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Any bytes as a configuration: reports stay in form, and nothing is leaked or overrun.
 */
#include <stdint.h>
#include <stdlib.h>

#include "judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	static struct judgement j;

	judge(bytes, count, &j);
	if (!j.sound)
		abort();
	return 0;
}

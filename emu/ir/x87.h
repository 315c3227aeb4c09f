/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The x87's registers (Intel SDM volume 1, 8.1) as IR and back ends know them: where the
 * guest keeps them between operations (struct guest's x87).  A back end whose host has an
 * x87 keeps them there for a while; see ir_x87.
 */
#ifndef EMU_IR_X87_H
#define EMU_IR_X87_H

#include <stdint.h>

struct x87_state {
	struct {
		uint64_t significand;
		uint64_t exponent; /* 16 bits: sign, biased exponent; zeros above */
	} st[8];                   /* physical registers */
	uint32_t top;              /* 0..7 */
	uint32_t status;           /* without TOP */
	uint32_t empty;            /* a bit per physical register */
};

#define X87_STATE_BYTES (8 * 16 + 3 * 4)

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Advanced SIMD lane functions on singles that neon_same.c's table of two-register
 * operations names.
 */
#ifndef EMU_GUEST_ARM_NEON_FLOAT_H
#define EMU_GUEST_ARM_NEON_FLOAT_H

#include "guest/arm/neon.h"

extern neon_lanes neon_cgt0_f32, neon_cge0_f32, neon_ceq0_f32, neon_cle0_f32, neon_clt0_f32;
extern neon_lanes neon_recpe_u32, neon_rsqrte_u32, neon_recpe_f32, neon_rsqrte_f32;
/* Fixed point; integers with the immediate 0. */
extern neon_lanes neon_from_s32, neon_from_u32, neon_to_s32, neon_to_u32;

#endif

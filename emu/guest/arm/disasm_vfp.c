/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Disassembles VFP and Advanced SIMD (ARM DDI 0406C, A7): one row per instruction, the
 * first that matches.  Scalars, shift counts and constants are there; lane lists of
 * structures are shortened to the first register.
 *
 * Directives of the texts, where the bits are those of ARM's form:
 *	%c condition	%f .f32 or .f64 by bit 8	%i VFP's constant	%a [rn, #offset]
 *	%d %n %m VFP registers by bit 8			%e %g d, m of the other width
 *	%s %t d, m as singles				%l register list
 *	%D %N %M vectors, quad by bit 6			%x %y %z doubles	%X %Y %Z quads
 *	%u s or u by bit 24	%b size by bits 21..20	%B by bits 19..18	%C by 7..6
 *	%L size of the shift's lanes %W doubled	%h count to the right	%H to the left
 *	%r %R core registers at 15..12, 19..16		%k scalar m[x]	%A [rn], rm
 *	%v vector constant	%j VEXT's	%q VDUP's lane
 *	%F fraction bits	%E and in VFP's
 */
#include <stdarg.h>
#include <string.h>

#include "guest/arm/emit.h"

#include <stdio.h>

#define BITS(x, high, low) ((x) >> (low) & ((2u << ((high) - (low))) - 1))
#define BIT(x, n) ((x) >> (n)&1u)

struct disasm_fp_row {
	uint32_t mask, value;
	const char *text;
};

static const struct disasm_fp_row disasm_vfp_rows[] = {
	{ 0x0fff0fff, 0x0ef10a10, "vmrs%c %r, fpscr" },
	{ 0x0fff0fff, 0x0ee10a10, "vmsr%c fpscr, %r" },
	{ 0x0fff0fff, 0x0ef00a10, "vmrs%c %r, fpsid" },
	{ 0x0fff0fff, 0x0ef60a10, "vmrs%c %r, mvfr1" },
	{ 0x0fff0fff, 0x0ef70a10, "vmrs%c %r, mvfr0" },
	{ 0x0fff0fff, 0x0ef80a10, "vmrs%c %r, fpexc" },
	{ 0x0fff0fff, 0x0ee80a10, "vmsr%c fpexc, %r" },
	{ 0x0ff00f7f, 0x0e000a10, "vmov%c %p, %r" },
	{ 0x0ff00f7f, 0x0e100a10, "vmov%c %r, %p" },
	{ 0x0fd00f7f, 0x0e000b10, "vmov%c.32 %y[%o], %r" },
	{ 0x0f900f1f, 0x0e000b10, "vmov%c %y[...], %r" },
	{ 0x0f100f1f, 0x0e100b10, "vmov%c %r, %y[...]" },
	{ 0x0f900f5f, 0x0e800b10, "vdup%c %P, %r" },
	{ 0x0ff00fd0, 0x0c400a10, "vmov%c %t, s..., %r, %R" },
	{ 0x0ff00fd0, 0x0c500a10, "vmov%c %r, %R, %t, s..." },
	{ 0x0ff00fd0, 0x0c400b10, "vmov%c %z, %r, %R" },
	{ 0x0ff00fd0, 0x0c500b10, "vmov%c %r, %R, %z" },
	{ 0x0f300e00, 0x0d000a00, "vstr%c %d, %a" },
	{ 0x0f300e00, 0x0d100a00, "vldr%c %d, %a" },
	{ 0x0fbf0e00, 0x0cbd0a00, "vpop%c {%l}" },
	{ 0x0fbf0e00, 0x0d2d0a00, "vpush%c {%l}" },
	{ 0x0f900e00, 0x0c800a00, "vstmia%c %R%w, {%l}" },
	{ 0x0f900e00, 0x0c900a00, "vldmia%c %R%w, {%l}" },
	{ 0x0fb00e00, 0x0d200a00, "vstmdb%c %R!, {%l}" },
	{ 0x0fb00e00, 0x0d300a00, "vldmdb%c %R!, {%l}" },
	{ 0x0fb00e50, 0x0e000a00, "vmla%c%f %d, %n, %m" },
	{ 0x0fb00e50, 0x0e000a40, "vmls%c%f %d, %n, %m" },
	{ 0x0fb00e50, 0x0e100a00, "vnmls%c%f %d, %n, %m" },
	{ 0x0fb00e50, 0x0e100a40, "vnmla%c%f %d, %n, %m" },
	{ 0x0fb00e50, 0x0e200a00, "vmul%c%f %d, %n, %m" },
	{ 0x0fb00e50, 0x0e200a40, "vnmul%c%f %d, %n, %m" },
	{ 0x0fb00e50, 0x0e300a00, "vadd%c%f %d, %n, %m" },
	{ 0x0fb00e50, 0x0e300a40, "vsub%c%f %d, %n, %m" },
	{ 0x0fb00e50, 0x0e800a00, "vdiv%c%f %d, %n, %m" },
	{ 0x0fb00e50, 0x0e900a00, "vfnms%c%f %d, %n, %m" },
	{ 0x0fb00e50, 0x0e900a40, "vfnma%c%f %d, %n, %m" },
	{ 0x0fb00e50, 0x0ea00a00, "vfma%c%f %d, %n, %m" },
	{ 0x0fb00e50, 0x0ea00a40, "vfms%c%f %d, %n, %m" },
	{ 0x0fb00ef0, 0x0eb00a00, "vmov%c%f %d, #%i" },
	{ 0x0fbf0ed0, 0x0eb00a40, "vmov%c%f %d, %m" },
	{ 0x0fbf0ed0, 0x0eb00ac0, "vabs%c%f %d, %m" },
	{ 0x0fbf0ed0, 0x0eb10a40, "vneg%c%f %d, %m" },
	{ 0x0fbf0ed0, 0x0eb10ac0, "vsqrt%c%f %d, %m" },
	{ 0x0fbf0fd0, 0x0eb20a40, "vcvtb%c.f32.f16 %s, %t" },
	{ 0x0fbf0fd0, 0x0eb20ac0, "vcvtt%c.f32.f16 %s, %t" },
	{ 0x0fbf0fd0, 0x0eb30a40, "vcvtb%c.f16.f32 %s, %t" },
	{ 0x0fbf0fd0, 0x0eb30ac0, "vcvtt%c.f16.f32 %s, %t" },
	{ 0x0fbf0ed0, 0x0eb40a40, "vcmp%c%f %d, %m" },
	{ 0x0fbf0ed0, 0x0eb40ac0, "vcmpe%c%f %d, %m" },
	{ 0x0fbf0eff, 0x0eb50a40, "vcmp%c%f %d, #0.0" },
	{ 0x0fbf0eff, 0x0eb50ac0, "vcmpe%c%f %d, #0.0" },
	{ 0x0fbf0fd0, 0x0eb70ac0, "vcvt%c.f64.f32 %e, %m" },
	{ 0x0fbf0fd0, 0x0eb70bc0, "vcvt%c.f32.f64 %e, %m" },
	{ 0x0fbf0ed0, 0x0eb80a40, "vcvt%c%f.u32 %d, %t" },
	{ 0x0fbf0ed0, 0x0eb80ac0, "vcvt%c%f.s32 %d, %t" },
	{ 0x0fbf0ed0, 0x0ebc0a40, "vcvtr%c.u32%f %s, %m" },
	{ 0x0fbf0ed0, 0x0ebc0ac0, "vcvt%c.u32%f %s, %m" },
	{ 0x0fbf0ed0, 0x0ebd0a40, "vcvtr%c.s32%f %s, %m" },
	{ 0x0fbf0ed0, 0x0ebd0ac0, "vcvt%c.s32%f %s, %m" },
	{ 0x0fbe0ed0, 0x0eba0a40, "vcvt%c%f.%U16 %d, %d, #%E" },
	{ 0x0fbe0ed0, 0x0eba0ac0, "vcvt%c%f.%U32 %d, %d, #%E" },
	{ 0x0fbe0ed0, 0x0ebe0a40, "vcvt%c.%U16%f %d, %d, #%E" },
	{ 0x0fbe0ed0, 0x0ebe0ac0, "vcvt%c.%U32%f %d, %d, #%E" },
};

static const struct disasm_fp_row disasm_neon_rows[] = {
	/* Three registers of the same length. */
	{ 0xfe800f10, 0xf2000000, "vhadd.%u%b %D, %N, %M" },
	{ 0xfe800f10, 0xf2000010, "vqadd.%u%b %D, %N, %M" },
	{ 0xfe800f10, 0xf2000100, "vrhadd.%u%b %D, %N, %M" },
	{ 0xffb00f10, 0xf2000110, "vand %D, %N, %M" },
	{ 0xffb00f10, 0xf2100110, "vbic %D, %N, %M" },
	{ 0xffb00f10, 0xf2200110, "vorr %D, %N, %M" },
	{ 0xffb00f10, 0xf2300110, "vorn %D, %N, %M" },
	{ 0xffb00f10, 0xf3000110, "veor %D, %N, %M" },
	{ 0xffb00f10, 0xf3100110, "vbsl %D, %N, %M" },
	{ 0xffb00f10, 0xf3200110, "vbit %D, %N, %M" },
	{ 0xffb00f10, 0xf3300110, "vbif %D, %N, %M" },
	{ 0xfe800f10, 0xf2000200, "vhsub.%u%b %D, %N, %M" },
	{ 0xfe800f10, 0xf2000210, "vqsub.%u%b %D, %N, %M" },
	{ 0xfe800f10, 0xf2000300, "vcgt.%u%b %D, %N, %M" },
	{ 0xfe800f10, 0xf2000310, "vcge.%u%b %D, %N, %M" },
	{ 0xfe800f10, 0xf2000400, "vshl.%u%b %D, %M, %N" },
	{ 0xfe800f10, 0xf2000410, "vqshl.%u%b %D, %M, %N" },
	{ 0xfe800f10, 0xf2000500, "vrshl.%u%b %D, %M, %N" },
	{ 0xfe800f10, 0xf2000510, "vqrshl.%u%b %D, %M, %N" },
	{ 0xfe800f10, 0xf2000600, "vmax.%u%b %D, %N, %M" },
	{ 0xfe800f10, 0xf2000610, "vmin.%u%b %D, %N, %M" },
	{ 0xfe800f10, 0xf2000700, "vabd.%u%b %D, %N, %M" },
	{ 0xfe800f10, 0xf2000710, "vaba.%u%b %D, %N, %M" },
	{ 0xff800f10, 0xf2000800, "vadd.i%b %D, %N, %M" },
	{ 0xff800f10, 0xf3000800, "vsub.i%b %D, %N, %M" },
	{ 0xff800f10, 0xf2000810, "vtst.%b %D, %N, %M" },
	{ 0xff800f10, 0xf3000810, "vceq.i%b %D, %N, %M" },
	{ 0xff800f10, 0xf2000900, "vmla.i%b %D, %N, %M" },
	{ 0xff800f10, 0xf3000900, "vmls.i%b %D, %N, %M" },
	{ 0xff800f10, 0xf2000910, "vmul.i%b %D, %N, %M" },
	{ 0xffb00f10, 0xf3000910, "vmul.p8 %D, %N, %M" },
	{ 0xfe800f50, 0xf2000a00, "vpmax.%u%b %D, %N, %M" },
	{ 0xfe800f50, 0xf2000a10, "vpmin.%u%b %D, %N, %M" },
	{ 0xff800f10, 0xf2000b00, "vqdmulh.s%b %D, %N, %M" },
	{ 0xff800f10, 0xf3000b00, "vqrdmulh.s%b %D, %N, %M" },
	{ 0xff800f50, 0xf2000b10, "vpadd.i%b %D, %N, %M" },
	{ 0xffb00f10, 0xf2000c10, "vfma.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf2200c10, "vfms.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf2000d00, "vadd.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf2200d00, "vsub.f32 %D, %N, %M" },
	{ 0xffb00f50, 0xf3000d00, "vpadd.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf3200d00, "vabd.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf2000d10, "vmla.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf2200d10, "vmls.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf3000d10, "vmul.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf2000e00, "vceq.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf3000e00, "vcge.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf3200e00, "vcgt.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf3000e10, "vacge.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf3200e10, "vacgt.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf2000f00, "vmax.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf2200f00, "vmin.f32 %D, %N, %M" },
	{ 0xffb00f50, 0xf3000f00, "vpmax.f32 %D, %N, %M" },
	{ 0xffb00f50, 0xf3200f00, "vpmin.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf2000f10, "vrecps.f32 %D, %N, %M" },
	{ 0xffb00f10, 0xf2200f10, "vrsqrts.f32 %D, %N, %M" },
	{ 0xfe800000, 0xf2000000, NULL },
	/* Constants. */
	{ 0xfeb809b0, 0xf2800010, "vmov.i32 %D, #%v" },
	{ 0xfeb809b0, 0xf2800030, "vmvn.i32 %D, #%v" },
	{ 0xfeb809b0, 0xf2800110, "vorr.i32 %D, #%v" },
	{ 0xfeb809b0, 0xf2800130, "vbic.i32 %D, #%v" },
	{ 0xfeb80db0, 0xf2800810, "vmov.i16 %D, #%v" },
	{ 0xfeb80db0, 0xf2800830, "vmvn.i16 %D, #%v" },
	{ 0xfeb80db0, 0xf2800910, "vorr.i16 %D, #%v" },
	{ 0xfeb80db0, 0xf2800930, "vbic.i16 %D, #%v" },
	{ 0xfeb80eb0, 0xf2800c10, "vmov.i32 %D, #%v ones" },
	{ 0xfeb80eb0, 0xf2800c30, "vmvn.i32 %D, #%v ones" },
	{ 0xfeb80fb0, 0xf2800e10, "vmov.i8 %D, #%v" },
	{ 0xfeb80fb0, 0xf2800e30, "vmov.i64 %D, #%v bytes" },
	{ 0xfeb80fb0, 0xf2800f10, "vmov.f32 %D, #%v" },
	{ 0xfeb80090, 0xf2800010, NULL },
	/* Shifts. */
	{ 0xfe800f10, 0xf2800010, "vshr.%u%L %D, %M, #%h" },
	{ 0xfe800f10, 0xf2800110, "vsra.%u%L %D, %M, #%h" },
	{ 0xfe800f10, 0xf2800210, "vrshr.%u%L %D, %M, #%h" },
	{ 0xfe800f10, 0xf2800310, "vrsra.%u%L %D, %M, #%h" },
	{ 0xff800f10, 0xf3800410, "vsri.%L %D, %M, #%h" },
	{ 0xff800f10, 0xf2800510, "vshl.i%L %D, %M, #%H" },
	{ 0xff800f10, 0xf3800510, "vsli.%L %D, %M, #%H" },
	{ 0xff800f10, 0xf3800610, "vqshlu.s%L %D, %M, #%H" },
	{ 0xfe800f10, 0xf2800710, "vqshl.%u%L %D, %M, #%H" },
	{ 0xff800fd0, 0xf2800810, "vshrn.i%W %x, %Z, #%h" },
	{ 0xff800fd0, 0xf2800850, "vrshrn.i%W %x, %Z, #%h" },
	{ 0xff800fd0, 0xf3800810, "vqshrun.s%W %x, %Z, #%h" },
	{ 0xff800fd0, 0xf3800850, "vqrshrun.s%W %x, %Z, #%h" },
	{ 0xfe800fd0, 0xf2800910, "vqshrn.%u%W %x, %Z, #%h" },
	{ 0xfe800fd0, 0xf2800950, "vqrshrn.%u%W %x, %Z, #%h" },
	{ 0xfe800fd0, 0xf2800a10, "vshll.%u%L %X, %z, #%H" },
	{ 0xfea00f90, 0xf2a00e10, "vcvt.f32.%u32 %D, %M, #%F" },
	{ 0xfea00f90, 0xf2a00f10, "vcvt.%u32.f32 %D, %M, #%F" },
	{ 0xfe800010, 0xf2800010, NULL },
	/* Moves of lanes, two registers. */
	{ 0xffb00010, 0xf2b00000, "vext.8 %D, %N, %M, #%j" },
	{ 0xffb00c50, 0xf3b00800, "vtbl.8 %x, {%y...}, %z" },
	{ 0xffb00c50, 0xf3b00840, "vtbx.8 %x, {%y...}, %z" },
	{ 0xffb00f90, 0xf3b00c00, "vdup.%q" },
	{ 0xffb30f90, 0xf3b00000, "vrev64.%B %D, %M" },
	{ 0xffb30f90, 0xf3b00080, "vrev32.%B %D, %M" },
	{ 0xffb30f90, 0xf3b00100, "vrev16.%B %D, %M" },
	{ 0xffb30f90, 0xf3b00200, "vpaddl.s%B %D, %M" },
	{ 0xffb30f90, 0xf3b00280, "vpaddl.u%B %D, %M" },
	{ 0xffb30f90, 0xf3b00400, "vcls.s%B %D, %M" },
	{ 0xffb30f90, 0xf3b00480, "vclz.i%B %D, %M" },
	{ 0xffb30f90, 0xf3b00500, "vcnt.%B %D, %M" },
	{ 0xffb30f90, 0xf3b00580, "vmvn %D, %M" },
	{ 0xffb30f90, 0xf3b00600, "vpadal.s%B %D, %M" },
	{ 0xffb30f90, 0xf3b00680, "vpadal.u%B %D, %M" },
	{ 0xffb30f90, 0xf3b00700, "vqabs.s%B %D, %M" },
	{ 0xffb30f90, 0xf3b00780, "vqneg.s%B %D, %M" },
	{ 0xffb30f90, 0xf3b10000, "vcgt.s%B %D, %M, #0" },
	{ 0xffb30f90, 0xf3b10080, "vcge.s%B %D, %M, #0" },
	{ 0xffb30f90, 0xf3b10100, "vceq.i%B %D, %M, #0" },
	{ 0xffb30f90, 0xf3b10180, "vcle.s%B %D, %M, #0" },
	{ 0xffb30f90, 0xf3b10200, "vclt.s%B %D, %M, #0" },
	{ 0xffb30f90, 0xf3b10300, "vabs.s%B %D, %M" },
	{ 0xffb30f90, 0xf3b10380, "vneg.s%B %D, %M" },
	{ 0xffbf0f90, 0xf3b90400, "vcgt.f32 %D, %M, #0" },
	{ 0xffbf0f90, 0xf3b90480, "vcge.f32 %D, %M, #0" },
	{ 0xffbf0f90, 0xf3b90500, "vceq.f32 %D, %M, #0" },
	{ 0xffbf0f90, 0xf3b90580, "vcle.f32 %D, %M, #0" },
	{ 0xffbf0f90, 0xf3b90600, "vclt.f32 %D, %M, #0" },
	{ 0xffbf0f90, 0xf3b90700, "vabs.f32 %D, %M" },
	{ 0xffbf0f90, 0xf3b90780, "vneg.f32 %D, %M" },
	{ 0xffbf0f90, 0xf3b20000, "vswp %D, %M" },
	{ 0xffb30f90, 0xf3b20080, "vtrn.%B %D, %M" },
	{ 0xffb30f90, 0xf3b20100, "vuzp.%B %D, %M" },
	{ 0xffb30f90, 0xf3b20180, "vzip.%B %D, %M" },
	{ 0xffb30fd0, 0xf3b20200, "vmovn.i%V %x, %Z" },
	{ 0xffb30fd0, 0xf3b20240, "vqmovun.s%V %x, %Z" },
	{ 0xffb30fd0, 0xf3b20280, "vqmovn.s%V %x, %Z" },
	{ 0xffb30fd0, 0xf3b202c0, "vqmovn.u%V %x, %Z" },
	{ 0xffb30fd0, 0xf3b20300, "vshll.i%B %X, %z, #%B" },
	{ 0xffbf0fd0, 0xf3b60600, "vcvt.f16.f32 %x, %Z" },
	{ 0xffbf0fd0, 0xf3b60700, "vcvt.f32.f16 %X, %z" },
	{ 0xffbf0f90, 0xf3bb0400, "vrecpe.u32 %D, %M" },
	{ 0xffbf0f90, 0xf3bb0480, "vrsqrte.u32 %D, %M" },
	{ 0xffbf0f90, 0xf3bb0500, "vrecpe.f32 %D, %M" },
	{ 0xffbf0f90, 0xf3bb0580, "vrsqrte.f32 %D, %M" },
	{ 0xffbf0f90, 0xf3bb0600, "vcvt.f32.s32 %D, %M" },
	{ 0xffbf0f90, 0xf3bb0680, "vcvt.f32.u32 %D, %M" },
	{ 0xffbf0f90, 0xf3bb0700, "vcvt.s32.f32 %D, %M" },
	{ 0xffbf0f90, 0xf3bb0780, "vcvt.u32.f32 %D, %M" },
	{ 0xfeb00010, 0xf2b00000, NULL },
	/* Different lengths. */
	{ 0xfe800f50, 0xf2800000, "vaddl.%u%b %X, %y, %z" },
	{ 0xfe800f50, 0xf2800100, "vaddw.%u%b %X, %Y, %z" },
	{ 0xfe800f50, 0xf2800200, "vsubl.%u%b %X, %y, %z" },
	{ 0xfe800f50, 0xf2800300, "vsubw.%u%b %X, %Y, %z" },
	{ 0xff800f50, 0xf2800400, "vaddhn.i%w %x, %Y, %Z" },
	{ 0xff800f50, 0xf3800400, "vraddhn.i%w %x, %Y, %Z" },
	{ 0xfe800f50, 0xf2800500, "vabal.%u%b %X, %y, %z" },
	{ 0xff800f50, 0xf2800600, "vsubhn.i%w %x, %Y, %Z" },
	{ 0xff800f50, 0xf3800600, "vrsubhn.i%w %x, %Y, %Z" },
	{ 0xfe800f50, 0xf2800700, "vabdl.%u%b %X, %y, %z" },
	{ 0xfe800f50, 0xf2800800, "vmlal.%u%b %X, %y, %z" },
	{ 0xff800f50, 0xf2800900, "vqdmlal.s%b %X, %y, %z" },
	{ 0xfe800f50, 0xf2800a00, "vmlsl.%u%b %X, %y, %z" },
	{ 0xff800f50, 0xf2800b00, "vqdmlsl.s%b %X, %y, %z" },
	{ 0xfe800f50, 0xf2800c00, "vmull.%u%b %X, %y, %z" },
	{ 0xff800f50, 0xf2800d00, "vqdmull.s%b %X, %y, %z" },
	{ 0xff800f50, 0xf2800e00, "vmull.p8 %X, %y, %z" },
	/* By scalar; U makes quads. */
	{ 0xff800f50, 0xf2800040, "vmla.i%b %x, %y, %k" },
	{ 0xff800f50, 0xf3800040, "vmla.i%b %X, %Y, %k" },
	{ 0xff800f50, 0xf2800140, "vmla.f32 %x, %y, %k" },
	{ 0xff800f50, 0xf3800140, "vmla.f32 %X, %Y, %k" },
	{ 0xfe800f50, 0xf2800240, "vmlal.%u%b %X, %y, %k" },
	{ 0xff800f50, 0xf2800340, "vqdmlal.s%b %X, %y, %k" },
	{ 0xff800f50, 0xf2800440, "vmls.i%b %x, %y, %k" },
	{ 0xff800f50, 0xf3800440, "vmls.i%b %X, %Y, %k" },
	{ 0xff800f50, 0xf2800540, "vmls.f32 %x, %y, %k" },
	{ 0xff800f50, 0xf3800540, "vmls.f32 %X, %Y, %k" },
	{ 0xfe800f50, 0xf2800640, "vmlsl.%u%b %X, %y, %k" },
	{ 0xff800f50, 0xf2800740, "vqdmlsl.s%b %X, %y, %k" },
	{ 0xff800f50, 0xf2800840, "vmul.i%b %x, %y, %k" },
	{ 0xff800f50, 0xf3800840, "vmul.i%b %X, %Y, %k" },
	{ 0xff800f50, 0xf2800940, "vmul.f32 %x, %y, %k" },
	{ 0xff800f50, 0xf3800940, "vmul.f32 %X, %Y, %k" },
	{ 0xfe800f50, 0xf2800a40, "vmull.%u%b %X, %y, %k" },
	{ 0xff800f50, 0xf2800b40, "vqdmull.s%b %X, %y, %k" },
	{ 0xff800f50, 0xf2800c40, "vqdmulh.s%b %x, %y, %k" },
	{ 0xff800f50, 0xf3800c40, "vqdmulh.s%b %X, %Y, %k" },
	{ 0xff800f50, 0xf2800d40, "vqrdmulh.s%b %x, %y, %k" },
	{ 0xff800f50, 0xf3800d40, "vqrdmulh.s%b %X, %Y, %k" },
	/* Structures. */
	{ 0xffb00f00, 0xf4200700, "vld1.%C {%x}, %A" },
	{ 0xffb00f00, 0xf4000700, "vst1.%C {%x}, %A" },
	{ 0xffb00f00, 0xf4200a00, "vld1.%C {%x *2}, %A" },
	{ 0xffb00f00, 0xf4000a00, "vst1.%C {%x *2}, %A" },
	{ 0xffb00f00, 0xf4200600, "vld1.%C {%x *3}, %A" },
	{ 0xffb00f00, 0xf4000600, "vst1.%C {%x *3}, %A" },
	{ 0xffb00f00, 0xf4200200, "vld1.%C {%x *4}, %A" },
	{ 0xffb00f00, 0xf4000200, "vst1.%C {%x *4}, %A" },
	{ 0xffb00e00, 0xf4200800, "vld2.%C {%x...}, %A" },
	{ 0xffb00e00, 0xf4000800, "vst2.%C {%x...}, %A" },
	{ 0xffb00f00, 0xf4200300, "vld2.%C {%x...}, %A" },
	{ 0xffb00f00, 0xf4000300, "vst2.%C {%x...}, %A" },
	{ 0xffb00e00, 0xf4200400, "vld3.%C {%x...}, %A" },
	{ 0xffb00e00, 0xf4000400, "vst3.%C {%x...}, %A" },
	{ 0xffb00e00, 0xf4200000, "vld4.%C {%x...}, %A" },
	{ 0xffb00e00, 0xf4000000, "vst4.%C {%x...}, %A" },
	{ 0xffb00c00, 0xf4a00c00, "vld%G.%C {%x[]...}, %A" },
	{ 0xffb00000, 0xf4a00000, "vld%G.%O {%x[%K]...}, %A" },
	{ 0xffb00000, 0xf4800000, "vst%G.%O {%x[%K]...}, %A" },
};

/* The text so far. */
struct disasm_fp {
	char *text;
	size_t room, used;
	uint32_t i;
};

__attribute__((format(printf, 2, 3))) static void disasm_fp_put(struct disasm_fp *d,
								const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(d->text + d->used, d->room - d->used, format, args);
	va_end(args);
	if (length > 0)
		d->used += (size_t)length;
	if (d->used >= d->room)
		d->used = d->room - 1;
}

/* Register field: 0 d, 1 n, 2 m; kind 's', 'd' or 'q'. */
static void disasm_fp_register(struct disasm_fp *d, unsigned field, char kind)
{
	static const uint8_t four[] = { 12, 16, 0 }, one[] = { 22, 7, 5 };
	unsigned low = d->i >> four[field] & 15, extra = d->i >> one[field] & 1;
	unsigned number = kind == 's' ? low << 1 | extra : extra << 4 | low;

	disasm_fp_put(d, "%c%u", kind, kind == 'q' ? number >> 1 : number);
}

static void disasm_fp_core(struct disasm_fp *d, unsigned number)
{
	if (number < 13)
		disasm_fp_put(d, "r%u", number);
	else
		disasm_fp_put(d, "%s", number == 13 ? "sp" : number == 14 ? "lr" : "pc");
}

/* True if the letter was one for registers. */
static bool disasm_fp_registers(struct disasm_fp *d, char letter)
{
	static const char letters[] = "dnmDNMxyzXYZ";
	const char *at = strchr(letters, letter);
	bool wide = BIT(d->i, 8), quad = BIT(d->i, 6);
	unsigned place;

	switch (letter) {
	case 's':
		disasm_fp_register(d, 0, 's');
		return true;
	case 't':
		disasm_fp_register(d, 2, 's');
		return true;
	case 'p':
		disasm_fp_register(d, 1, 's');
		return true;
	case 'e':
		disasm_fp_register(d, 0, wide ? 's' : 'd');
		return true;
	case 'P': /* VDUP */
		disasm_fp_register(d, 1, BIT(d->i, 21) ? 'q' : 'd');
		return true;
	case 'r':
		disasm_fp_core(d, BITS(d->i, 15, 12));
		return true;
	case 'R':
		disasm_fp_core(d, BITS(d->i, 19, 16));
		return true;
	}
	if (!at)
		return false;
	place = (unsigned)(at - letters);
	disasm_fp_register(d, place % 3,
			   "sddq"[place < 3 ? wide :
				  place < 6 ? 2 + quad :
				  place < 9 ? 2 :
					      3]);
	return true;
}

/* Sizes in bits, shift counts. */
static bool disasm_fp_sizes(struct disasm_fp *d, char letter)
{
	uint32_t i = d->i, imm7 = BIT(i, 7) << 6 | BITS(i, 21, 16);
	uint32_t lanes = imm7 < 8 ? 8 : 1u << (31 - __builtin_clz(imm7));

	switch (letter) {
	case 'b':
		disasm_fp_put(d, "%u", 8u << BITS(i, 21, 20));
		break;
	case 'B':
		disasm_fp_put(d, "%u", 8u << BITS(i, 19, 18));
		break;
	case 'V':
		disasm_fp_put(d, "%u", 16u << BITS(i, 19, 18));
		break;
	case 'C':
		disasm_fp_put(d, "%u", 8u << BITS(i, 7, 6));
		break;
	case 'O':
		disasm_fp_put(d, "%u", 8u << BITS(i, 11, 10));
		break;
	case 'L':
		disasm_fp_put(d, "%u", lanes);
		break;
	case 'W':
		disasm_fp_put(d, "%u", 2 * lanes);
		break;
	case 'h':
		disasm_fp_put(d, "%u", 2 * lanes - imm7);
		break;
	case 'H':
		disasm_fp_put(d, "%u", imm7 - lanes);
		break;
	case 'F':
		disasm_fp_put(d, "%u", 64 - BITS(i, 21, 16));
		break;
	case 'E':
		disasm_fp_put(d, "%d",
			      (BIT(i, 7) ? 32 : 16) - (int)(BITS(i, 3, 0) << 1 | BIT(i, 5)));
		break;
	case 'j':
		disasm_fp_put(d, "%u", BITS(i, 11, 8));
		break;
	case 'G':
		disasm_fp_put(d, "%u", BITS(i, 9, 8) + 1);
		break;
	case 'K':
		disasm_fp_put(d, "%u", BITS(i, 7, 4) >> (BITS(i, 11, 10) + 1));
		break;
	case 'o':
		disasm_fp_put(d, "%u", BIT(i, 21));
		break;
	default:
		return false;
	}
	return true;
}

/* VFP's constant n / 16 * 2^r, r = -3..4, in thousandths of 1 / 128. */
static void disasm_fp_constant(struct disasm_fp *d)
{
	unsigned imm8 = BITS(d->i, 19, 16) << 4 | BITS(d->i, 3, 0);
	unsigned power = BITS(imm8, 6, 4) ^ 4;        /* r + 3 */
	unsigned parts = (16 + (imm8 & 15)) << power; /* of 1 / 128 */

	disasm_fp_put(d, "%s%u.%07u", imm8 & 0x80 ? "-" : "", parts / 128, parts % 128 * 78125);
}

static void disasm_fp_list(struct disasm_fp *d)
{
	bool wide = BIT(d->i, 8);
	unsigned count = BITS(d->i, 7, 0) / (wide ? 2 : 1);
	unsigned low = BITS(d->i, 15, 12), extra = BIT(d->i, 22);
	unsigned first = wide ? extra << 4 | low : low << 1 | extra;

	disasm_fp_register(d, 0, wide ? 'd' : 's');
	if (count > 1)
		disasm_fp_put(d, "-%c%u", wide ? 'd' : 's', first + count - 1);
}

static void disasm_fp_address(struct disasm_fp *d)
{
	unsigned offset = BITS(d->i, 7, 0) * 4;

	disasm_fp_put(d, "[");
	disasm_fp_core(d, BITS(d->i, 19, 16));
	if (offset)
		disasm_fp_put(d, ", #%s%u", BIT(d->i, 23) ? "" : "-", offset);
	disasm_fp_put(d, "]");
}

static void disasm_fp_structure(struct disasm_fp *d)
{
	unsigned m = BITS(d->i, 3, 0);

	disasm_fp_put(d, "[");
	disasm_fp_core(d, BITS(d->i, 19, 16));
	disasm_fp_put(d, m == 13 ? "]!" : "]");
	if (m != 13 && m != 15) {
		disasm_fp_put(d, ", ");
		disasm_fp_core(d, m);
	}
}

static void disasm_fp_scalar(struct disasm_fp *d)
{
	unsigned m = BIT(d->i, 5) << 4 | BITS(d->i, 3, 0), size = BITS(d->i, 21, 20);

	disasm_fp_put(d, "d%u[%u]", m & (size == 1 ? 7 : 15), m >> (size == 1 ? 3 : 4));
}

static void disasm_fp_duplicate(struct disasm_fp *d)
{
	unsigned imm4 = BITS(d->i, 19, 16), size = imm4 & 1 ? 0 : imm4 & 2 ? 1 : 2;

	disasm_fp_put(d, "%u ", 8u << size);
	disasm_fp_registers(d, 'D');
	disasm_fp_put(d, ", ");
	disasm_fp_registers(d, 'z');
	disasm_fp_put(d, "[%u]", imm4 >> (size + 1));
}

static void disasm_fp_immediate(struct disasm_fp *d)
{
	unsigned imm8 = BIT(d->i, 24) << 7 | BITS(d->i, 18, 16) << 4 | BITS(d->i, 3, 0);
	unsigned cmode = BITS(d->i, 11, 8);

	if (cmode < 12)
		imm8 <<= 8 * (cmode >> 1 & 3 & (cmode < 8 ? 3 : 1));
	disasm_fp_put(d, "0x%x", imm8);
}

static void disasm_fp_directive(struct disasm_fp *d, char letter)
{
	static const char conditions[][3] = { "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc",
					      "hi", "ls", "ge", "lt", "gt", "le", "",   "" };

	switch (letter) {
	case 'c':
		disasm_fp_put(d, "%s", conditions[d->i >> 28]);
		break;
	case 'f':
		disasm_fp_put(d, BIT(d->i, 8) ? ".f64" : ".f32");
		break;
	case 'u':
		disasm_fp_put(d, BIT(d->i, 24) ? "u" : "s");
		break;
	case 'U':
		disasm_fp_put(d, BIT(d->i, 16) ? "u" : "s");
		break;
	case 'w': /* VFP's write-back; a doubled size */
		if (d->i >> 28 == 15)
			disasm_fp_put(d, "%u", 16u << BITS(d->i, 21, 20));
		else
			disasm_fp_put(d, "%s", BIT(d->i, 21) ? "!" : "");
		break;
	case 'i':
		disasm_fp_constant(d);
		break;
	case 'l':
		disasm_fp_list(d);
		break;
	case 'a':
		disasm_fp_address(d);
		break;
	case 'A':
		disasm_fp_structure(d);
		break;
	case 'k':
		disasm_fp_scalar(d);
		break;
	case 'q':
		disasm_fp_duplicate(d);
		break;
	case 'v':
		disasm_fp_immediate(d);
		break;
	}
}

bool arm_disassemble_fp(uint32_t instruction, char *text, size_t room)
{
	bool neon = instruction >> 28 == 15;
	const struct disasm_fp_row *row = neon ? disasm_neon_rows : disasm_vfp_rows;
	size_t left =
		neon ? sizeof disasm_neon_rows / sizeof *row : sizeof disasm_vfp_rows / sizeof *row;
	struct disasm_fp d = { .text = text, .room = room, .i = instruction };

	while (left && (instruction & row->mask) != row->value)
		row++, left--;
	if (!left || !row->text || !room)
		return false;
	text[0] = 0;
	for (const char *at = row->text; *at; at++)
		if (*at != '%')
			disasm_fp_put(&d, "%c", *at);
		else if (at++, !disasm_fp_registers(&d, *at) && !disasm_fp_sizes(&d, *at))
			disasm_fp_directive(&d, *at);
	return true;
}

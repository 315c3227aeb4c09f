# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/softfp/,arithmetic.c convert.c pack.c)

# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/ir/,ir.c optimise.c print.c verify.c)

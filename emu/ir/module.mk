# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/ir/,evaluate.c fold.c ir.c optimise.c print.c verify.c)

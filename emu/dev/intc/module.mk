# SPDX-License-Identifier: BSD-2-Clause
emu-src += emu/dev/intc/gic.c
emu-src += emu/dev/intc/i8259.c

# SPDX-License-Identifier: BSD-2-Clause
emu-src += emu/dev/intc/gic.c

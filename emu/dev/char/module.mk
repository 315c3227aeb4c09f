# SPDX-License-Identifier: BSD-2-Clause
emu-src += emu/dev/char/pl011.c

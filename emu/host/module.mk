# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/host/interp/,interp.c)

# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/dev/display/,pl11x.c sii9022.c)

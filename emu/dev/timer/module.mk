# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/dev/timer/,downcount.c mptimer.c mptimer_global.c pl031.c sp804.c sp805.c)

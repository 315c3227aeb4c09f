# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/dev/timer/,downcount.c i8254.c mc146818.c mptimer.c \
	mptimer_global.c pl031.c sp804.c sp805.c)

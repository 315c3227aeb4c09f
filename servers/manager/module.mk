# SPDX-License-Identifier: BSD-2-Clause
user-programs += manager
manager-src := $(addprefix servers/manager/,canvas.c command.c job.c main.c screen.c tasks.c ui.c words.c)
manager-base := 0x01000000

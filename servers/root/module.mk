# SPDX-License-Identifier: BSD-2-Clause
user-programs += root
root-src := $(addprefix servers/root/,boot.c buddy.c channel.c clock.c console.c crash.c info.c \
	log.c main.c manifest.c memory.c pages.c priority.c region.c revoke.c signal.c \
	supervise.c system.c task.c)
root-libs := lib/libfdt.a
root-base := 0x00400000

# SPDX-License-Identifier: BSD-2-Clause
user-programs += root
root-src := servers/root/boot.c servers/root/console.c servers/root/crash.c \
	servers/root/main.c servers/root/memory.c servers/root/task.c
root-base := 0x00400000

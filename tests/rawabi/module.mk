# SPDX-License-Identifier: BSD-2-Clause
user-programs += rawabi
rawabi-src := tests/rawabi/start.S tests/rawabi/ipc.c tests/rawabi/tap.c tests/rawabi/rawabi.c \
	tests/rawabi/kip.c tests/rawabi/server.c tests/rawabi/thread.c tests/rawabi/space.c \
	tests/rawabi/memory.c
rawabi-base := 0x00400000
rawabi-raw := 1

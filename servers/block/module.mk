# SPDX-License-Identifier: BSD-2-Clause
user-programs += block
block-src := servers/block/client.c servers/block/main.c servers/block/memory_image.c \
	servers/block/pool.c
block-base := 0x00400000
block-libs := lib/libfdt.a

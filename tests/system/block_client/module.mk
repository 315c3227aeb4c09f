# SPDX-License-Identifier: BSD-2-Clause
user-programs += block_client
block_client-src := tests/system/block_client/main.c
block_client-base := 0x00400000

# SPDX-License-Identifier: BSD-2-Clause
user-programs += pong
pong-src := examples/pong/main.c
pong-base := 0x01000000

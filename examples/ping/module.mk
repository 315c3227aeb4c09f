# SPDX-License-Identifier: BSD-2-Clause
user-programs += ping
ping-src := examples/ping/main.c
ping-base := 0x01000000

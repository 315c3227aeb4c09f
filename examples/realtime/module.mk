# SPDX-License-Identifier: BSD-2-Clause
user-programs += realtime
realtime-src := examples/realtime/main.c examples/realtime/latency.c
realtime-base := 0x01000000
realtime-libs := lib/libfdt.a

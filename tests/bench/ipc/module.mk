# SPDX-License-Identifier: BSD-2-Clause
user-programs += ipcbench
ipcbench-src := tests/bench/ipc/main.c tests/bench/ipc/setup.c tests/bench/ipc/ipc.c \
	tests/bench/ipc/memory.c tests/bench/ipc/irq.c tests/bench/ipc/calls.c \
	tests/bench/ipc/latency.c tests/bench/ipc/disturb.c tests/bench/ipc/agent.c \
	tests/bench/ipc/random.c
ipcbench-base := 0x00400000

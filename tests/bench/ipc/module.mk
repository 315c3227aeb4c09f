user-programs += ipcbench
ipcbench-src := tests/bench/ipc/main.c tests/bench/ipc/setup.c tests/bench/ipc/ipc.c \
	tests/bench/ipc/memory.c tests/bench/ipc/irq.c tests/bench/ipc/calls.c
ipcbench-base := 0x00400000

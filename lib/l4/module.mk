# SPDX-License-Identifier: BSD-2-Clause
libl4-src += lib/l4/block_client.c lib/l4/client.c lib/l4/console_client.c lib/l4/elf.c \
	lib/l4/ipc.c lib/l4/keys.c lib/l4/root.c lib/l4/serial_client.c lib/l4/server.c \
	lib/l4/stack.c lib/l4/task.c lib/l4/textconsole.c lib/l4/thread.c \
	lib/l4/x86_64/serial.c lib/l4/x86_64/syscall.c lib/l4/x86_64/syscall.S

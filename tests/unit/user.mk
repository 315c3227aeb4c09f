# SPDX-License-Identifier: BSD-2-Clause
#
# Unit tests of what L4 programs are made of: lib/ and servers/.
unit-tests += elf_test keys_test libc_test manager_command_test manager_screen_test realtime_test \
	server_test sigma0_test textconsole_test
elf_test-src := tests/unit/elf_test.c lib/l4/elf.c
keys_test-src := tests/unit/keys_test.c lib/l4/keys.c
libc_test-src := tests/unit/libc_test.c
manager-logic := tests/unit/manager_root.c $(addprefix servers/manager/,job.c tasks.c words.c)
manager_command_test-src := tests/unit/manager_command_test.c servers/manager/command.c \
	$(manager-logic)
manager_screen_test-src := tests/unit/manager_screen_test.c $(manager-logic) \
	$(addprefix servers/manager/,canvas.c screen.c ui.c)
realtime_test-src := tests/unit/realtime_test.c examples/realtime/latency.c
server_test-src := tests/unit/server_test.c lib/l4/server.c
sigma0_test-src := tests/unit/sigma0_test.c servers/sigma0/claims.c servers/sigma0/memory.c
textconsole_test-src := tests/unit/textconsole_test.c $(addprefix lib/l4/,client.c console_client.c \
	keys.c textconsole.c)

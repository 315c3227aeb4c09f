# SPDX-License-Identifier: BSD-2-Clause
#
# Unit tests of what L4 programs are made of: lib/ and servers/.
unit-tests += block_test elf_test keys_test libc_test manager_command_test \
	manager_screen_test realtime_test root_manifest_test root_memory_test \
	serial_test server_test sigma0_test textconsole_test
block_test-src := tests/unit/block_test.c lib/l4/block_client.c lib/l4/client.c \
	servers/block/client.c servers/block/memory_image.c servers/block/pool.c
elf_test-src := tests/unit/elf_test.c lib/l4/elf.c
keys_test-src := tests/unit/keys_test.c lib/l4/keys.c
libc_test-src := tests/unit/libc_test.c
manager-logic := tests/unit/manager_root.c $(addprefix servers/manager/,job.c tasks.c words.c)
manager_command_test-src := tests/unit/manager_command_test.c servers/manager/command.c \
	$(manager-logic)
manager_screen_test-src := tests/unit/manager_screen_test.c $(manager-logic) $(addprefix \
	servers/manager/,canvas.c screen.c ui.c)
realtime_test-src := tests/unit/realtime_test.c examples/realtime/latency.c
# With libfdt compiled along, so that the sanitizers look at it, too.
root_manifest_test-src = tests/unit/root_manifest_test.c $(libfdt-src)
root_manifest_test-cflags := -isystem $(CACHE)/libfdt -Wno-sign-compare \
	-Wno-unused-parameter
root_memory_test-src := tests/unit/root_memory_test.c servers/root/buddy.c \
	servers/root/pages.c
serial_test-src := tests/unit/serial_test.c lib/l4/client.c lib/l4/serial_client.c \
	$(addprefix servers/serial/,escape.c keys.c line.c link.c machine.c mux.c report.c \
	service.c)
server_test-src := tests/unit/server_test.c lib/l4/server.c
sigma0_test-src := tests/unit/sigma0_test.c servers/sigma0/claims.c servers/sigma0/memory.c
textconsole_test-src := tests/unit/textconsole_test.c $(addprefix lib/l4/,client.c console_client.c \
	keys.c textconsole.c)

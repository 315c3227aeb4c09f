# SPDX-License-Identifier: BSD-2-Clause
#
# Unit tests of what L4 programs are made of: lib/ and servers/.
unit-tests += block_test elf_test libc_test root_manifest_test root_memory_test serial_test server_test sigma0_test
block_test-src := tests/unit/block_test.c lib/l4/block_client.c lib/l4/client.c \
	servers/block/client.c servers/block/memory_image.c servers/block/pool.c
elf_test-src := tests/unit/elf_test.c lib/l4/elf.c
libc_test-src := tests/unit/libc_test.c
# With libfdt compiled along, so that the sanitizers look at it, too.
root_manifest_test-src = tests/unit/root_manifest_test.c $(libfdt-src)
root_manifest_test-cflags := -isystem $(CACHE)/libfdt -Wno-sign-compare -Wno-unused-parameter
root_memory_test-src := tests/unit/root_memory_test.c servers/root/buddy.c servers/root/pages.c
serial_test-src := tests/unit/serial_test.c lib/l4/client.c lib/l4/serial_client.c \
	$(addprefix servers/serial/,escape.c keys.c line.c link.c machine.c mux.c report.c service.c)
server_test-src := tests/unit/server_test.c lib/l4/server.c
sigma0_test-src := tests/unit/sigma0_test.c servers/sigma0/claims.c servers/sigma0/memory.c

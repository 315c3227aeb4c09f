# SPDX-License-Identifier: BSD-2-Clause
#
# Unit tests of what L4 programs are made of: lib/ and servers/.
unit-tests += elf_test libc_test root_manifest_test root_memory_test server_test sigma0_test
elf_test-src := tests/unit/elf_test.c lib/l4/elf.c
libc_test-src := tests/unit/libc_test.c
# With libfdt compiled along, so that the sanitizers look at it, too.
root_manifest_test-src = tests/unit/root_manifest_test.c $(libfdt-src)
root_manifest_test-cflags := -isystem $(CACHE)/libfdt -Wno-sign-compare -Wno-unused-parameter
root_memory_test-src := tests/unit/root_memory_test.c servers/root/buddy.c servers/root/pages.c
server_test-src := tests/unit/server_test.c lib/l4/server.c
sigma0_test-src := tests/unit/sigma0_test.c servers/sigma0/claims.c servers/sigma0/memory.c

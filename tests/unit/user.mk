# SPDX-License-Identifier: BSD-2-Clause
#
# Unit tests of what L4 programs are made of: lib/ and servers/.
unit-tests += elf_test libc_test server_test sigma0_test
elf_test-src := tests/unit/elf_test.c lib/l4/elf.c
libc_test-src := tests/unit/libc_test.c
server_test-src := tests/unit/server_test.c lib/l4/server.c
sigma0_test-src := tests/unit/sigma0_test.c servers/sigma0/claims.c servers/sigma0/memory.c

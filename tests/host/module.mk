# SPDX-License-Identifier: BSD-2-Clause
emu-tests += host_x86_64_test
host_x86_64_test-src := $(addprefix tests/host/,x86_64_test.c x86_64_directed.c x86_64_rig.c x86_64_memory.c) \
	$(addprefix tests/ir/,random.c fake.c fake_fp.c)
host_x86_64_test-cflags := -Itests/ir

# SPDX-License-Identifier: BSD-2-Clause
emu-tests += ir_test ir_random_test
ir_test-src := $(addprefix tests/ir/,ir_test.c fake.c fake_fp.c fake_memory.c)
ir_random_test-src := $(addprefix tests/ir/,ir_random_test.c random.c fake.c fake_fp.c fake_memory.c)

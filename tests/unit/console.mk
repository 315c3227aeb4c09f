# SPDX-License-Identifier: BSD-2-Clause
#
# Unit tests of servers/console; console-core is in its module.mk, read before this.
unit-tests += console_test console_keys_test console_fuzz
console_test-src := tests/unit/console_test.c tests/unit/console_stand.c \
	$(filter-out %/ps2_bytes.c,$(console-core))
console_keys_test-src := tests/unit/console_keys_test.c $(addprefix servers/console/,focus.c \
	ps2_bytes.c scancode.c)
console_fuzz-src := tests/unit/console_fuzz.c tests/unit/console_stand.c \
	$(filter-out %/ps2_bytes.c,$(console-core))

# SPDX-License-Identifier: BSD-2-Clause
#
# The command l4vm: its reader of configurations, and what is typed.
config-logic := tests/tool/judge.c $(addprefix tools/l4vm/,check.c complain.c config.c \
	firmware.c plan.c settings.c text.c)
emu-tests += config_test
config_test-src := tests/tool/config_test.c $(config-logic)
fuzz-targets += fuzz_config
fuzz_config-src := tests/tool/fuzz_config.c $(config-logic)
fuzz_config-options := -dict=tests/tool/config.dict
emu-tests += typing_test
typing_test-src := tests/tool/typing_test.c

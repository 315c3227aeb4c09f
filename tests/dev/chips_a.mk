# SPDX-License-Identifier: BSD-2-Clause
#
# Chips: register scripts, random strings, fuzz targets.
emu-tests += dev_gic dev_misc dev_pl011 dev_timers dev_random_a
dev_gic-src := tests/dev/gic_test.c
dev_misc-src := tests/dev/misc_test.c
dev_pl011-src := tests/dev/pl011_test.c
dev_timers-src := tests/dev/timers_test.c
dev_random_a-src := $(addprefix tests/dev/,fuzz.c fuzz_a.c fuzz_random.c)

# $(call fuzz-chips,FILE,CHIPS): a target for every chip that FILE's fuzz_list has.
define fuzz-chips
fuzz-targets += $(addprefix fuzz_,$2)
$(foreach c,$2,$(eval fuzz_$c-src := tests/dev/fuzz.c $1)\
	$(eval fuzz_$c-cflags := -DFUZZ_CHIP='"$c"'))
endef
$(eval $(call fuzz-chips,tests/dev/fuzz_a.c,gic_v1 gic_v2 pl011 sp804 sp805 pl031 mptimer \
	mptimer_global arm_sysreg pl061 fw_cfg cfi_flash sp810 scu pl310 pl041 sbcon_i2c absent))

emu-tests += dev_board
dev_board-src := tests/dev/board_test.c

# SPDX-License-Identifier: BSD-2-Clause
#
# Random ARM instructions: interpreter, translator and qemu-arm (if there is one, and a
# compiler for its program) must agree.
emu-tests += random_arm
random_arm-src := $(addprefix tests/guest/arm/random/,random.c block.c compare.c pattern.c \
	pattern_a32.c pattern_simd.c pattern_system.c \
	pattern_thumb.c state.c subject.c)

random-reference := $(BUILD)/arm/random-reference
$(random-reference): $(addprefix tests/guest/arm/random/,reference.c case.h)
	$(call run,CC,arm-linux-gnueabihf-gcc -static -std=gnu11 -O2 -marm -mcpu=cortex-a15 \
		-mfpu=neon-vfpv4 $(warnings) -o $@ $<)
ifneq ($(shell command -v arm-linux-gnueabihf-gcc),)
$(addprefix $(BUILD)/,unit/random_arm unit-san/random_arm): | $(random-reference)
endif

# COUNT instructions; the seed is the time's unless given.
random-arm: $(BUILD)/unit/random_arm $(random-reference) ## Random ARM instructions against qemu-arm: COUNT=, SEED=
	$(Q)$< --count $(or $(COUNT),10000000) --seed $(or $(SEED),$$(date +%s))
.PHONY: random-arm

# SPDX-License-Identifier: BSD-2-Clause
#
# Random x86 instructions: interpreter, translator and the CPU this runs on must agree.
emu-tests += random_x86
random_x86-src := $(addprefix tests/guest/x86/random/,random.c compare.c program.c rules.c shapes.c \
	state.c subject.c)

random-native := $(BUILD)/x86/random-native
$(random-native): $(addprefix tests/guest/x86/random/,native.c case.h)
	$(call run,CC,$(CC) -std=gnu11 -O2 -fPIE -pie $(warnings) -o $@ $<)
$(addprefix $(BUILD)/,unit/random_x86 unit-san/random_x86): | $(random-native)

# COUNT instructions of each kind; the seed is the time's unless given.
random-x86: $(BUILD)/unit/random_x86 ## Random x86 instructions against this CPU: COUNT=, SEED=
	$(Q)$< --count $(or $(COUNT),10000000) --seed $(or $(SEED),$$(date +%s))
.PHONY: random-x86

# SPDX-License-Identifier: BSD-2-Clause
#
# Bare-metal ARM programs that check themselves, for the machine `virt`: bare.h.
arm-bare := $(BUILD)/arm/bare
arm-bare-names := access code exceptions greedy interrupts mmu privilege
arm-bare-common := $(addprefix tests/guest/arm/bare/,start.S bare.c bare.h bare.ld)
arm-bare-flags := -mcpu=cortex-a7 -marm -mfloat-abi=soft -masm-syntax-unified -std=gnu11 \
	-ffreestanding -nostdlib -static -O2 -g -fno-strict-aliasing \
	-fno-tree-loop-distribute-patterns $(warnings) \
	-Wl,--build-id=none,-z,noexecstack,--no-warn-rwx-segments

$(addprefix $(arm-bare)/,$(arm-bare-names)): $(arm-bare)/%: tests/guest/arm/bare/%.c \
		$(arm-bare-common) tests/guest/arm/bare/module.mk
	$(call run,CC,arm-linux-gnueabihf-gcc $(arm-bare-flags) -o $@ \
		-T tests/guest/arm/bare/bare.ld $(filter %.S %.c,$^))

arm-bare-programs := $(addprefix $(arm-bare)/,$(arm-bare-names))
$(BUILD)/t/bare-arm: command = tests/guest/arm/bare/run
$(BUILD)/t/bare-arm: $(arm-bare-programs) $(BUILD)/bin/l4vm

bare-arm: $(BUILD)/t/bare-arm ## Bare-metal ARM programs under the emulator and QEMU
	$(Q)prove --exec '' $<
.PHONY: bare-arm

# SPDX-License-Identifier: BSD-2-Clause
#
# The benchmark's guest programs, their RAM disks, and the benchmark itself.
mix-src := $(addprefix tests/bench/guest/,compute.c control.c main.c system.c)
$(BUILD)/bench/mix-native: $(mix-src) tests/bench/guest/bench.h
	$(call run,CC,gcc -O2 -o $@ $(mix-src))
$(BUILD)/bench/arm/mix: $(mix-src) tests/bench/guest/bench.h
	$(call run,CC,arm-linux-gnueabihf-gcc -O2 -static -o $@ $(mix-src))
$(BUILD)/bench/arm/mix.gz: $(BUILD)/bench/arm/mix tests/bench/guest/autorun guests/initramfs guests/init $(packages)/.arm
	$(call run,INITRD,guests/initramfs $@ init=guests/init bin/busybox=$(arm-busybox) \
		bin/mix=$< autorun=tests/bench/guest/autorun)
$(BUILD)/bench/arm/boot.gz: $(arm-guests)/initrd.gz
	$(call run,COPY,cp $< $@)
$(BUILD)/bench/arm/zImage $(BUILD)/bench/arm/vexpress-v2p-ca9.dtb: $(BUILD)/bench/arm/%: $(arm-guests)/%
	$(call run,COPY,cp $< $@)

bench-arm: ## The ARM guest against qemu-system-arm
	$(Q)tools/setup build emu guests bench
	$(Q)$(MAKE) run-bench-arm

run-bench-arm: $(BUILD)/bin/l4vm $(BUILD)/bench/mix-native $(addprefix $(BUILD)/bench/arm/,mix.gz boot.gz zImage vexpress-v2p-ca9.dtb)
	$(Q)tests/bench/emu arm --l4vm $(BUILD)/bin/l4vm --guests $(BUILD)/bench/arm --native $(BUILD)/bench/mix-native
.PHONY: bench-arm run-bench-arm

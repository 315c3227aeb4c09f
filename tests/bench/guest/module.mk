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

mix-x86-src := $(mix-src) tests/bench/guest/x86.c
# For hosts that don't run 32-bit programs: with the x87 where i686 has no SSE2.
$(BUILD)/bench/x86/sse.o: tests/bench/guest/x86.c tests/bench/guest/compute.c tests/bench/guest/bench.h
	$(call run,CC,gcc -O2 -DBENCH_X86 -c -o $@ $<)
$(BUILD)/bench/x86/mix-native: $(mix-src) $(BUILD)/bench/x86/sse.o tests/bench/guest/bench.h
	$(call run,CC,gcc -O2 -mfpmath=387 -fno-tree-vectorize -DBENCH_X86 -o $@ $(mix-src) $(BUILD)/bench/x86/sse.o)
$(BUILD)/bench/x86/mix: $(mix-x86-src) tests/bench/guest/bench.h
	$(call run,CC,i686-linux-gnu-gcc -O2 -march=i686 -static -DBENCH_X86 -o $@ $(mix-x86-src))
$(BUILD)/bench/x86/mix.gz: $(BUILD)/bench/x86/mix tests/bench/guest/autorun guests/initramfs guests/init $(packages)/.x86
	$(call run,INITRD,guests/initramfs $@ init=guests/init \
		bin/busybox=$(packages)/busybox-static_i386/bin/busybox bin/mix=$< autorun=tests/bench/guest/autorun)
$(BUILD)/bench/x86/debian-vmlinuz $(BUILD)/bench/x86/debian-initrd.gz: $(BUILD)/bench/x86/%: $(x86-guests)/%
	$(call run,COPY,cp $< $@)
$(BUILD)/bench/x86/greeting: tests/bench/guest/greeting.S
	$(call run,AS,as --32 -o $@.o $< && ld -m elf_i386 -Ttext=0x7c00 --oformat=binary -o $@ $@.o && \
		truncate -s 1M $@)

bench-arm: ## The ARM guest against qemu-system-arm
	$(Q)tools/setup build emu guests bench
	$(Q)$(MAKE) run-bench-arm

run-bench-arm: $(BUILD)/bin/l4vm $(BUILD)/bench/mix-native $(addprefix $(BUILD)/bench/arm/,mix.gz boot.gz zImage vexpress-v2p-ca9.dtb)
	$(Q)tests/bench/emu arm --l4vm $(BUILD)/bin/l4vm --guests $(BUILD)/bench/arm --native $(BUILD)/bench/mix-native

bench-x86: ## The x86 guest against qemu-system-i386
	$(Q)tools/setup build emu guests bench
	$(Q)$(MAKE) run-bench-x86

# What runs in the guest runs natively, too.
run-bench-x86: $(BUILD)/bin/l4vm $(addprefix $(BUILD)/bench/x86/,mix mix-native mix.gz debian-vmlinuz debian-initrd.gz greeting)
	$(Q)tests/bench/emu x86 --l4vm $(BUILD)/bin/l4vm --guests $(BUILD)/bench/x86 --native $(BUILD)/bench/x86/mix --native $(BUILD)/bench/x86/mix-native
.PHONY: bench-arm run-bench-arm bench-x86 run-bench-x86

# SPDX-License-Identifier: BSD-2-Clause
#
# The kernel: kernel.elf is the 64-bit program with symbols; l4vm is the same
# as a 32-bit ELF file without them, which multiboot loaders take.

kernel-sources := $(kernel-src) $(if $(filter 1,$(KDB)),$(kernel-kdb-src))
kernel-objects := $(call objects,kernel,$(kernel-sources))
kernel-script := kernel/arch/x86_64/kernel.ld
kernel-link := $(LD) -nostdlib -static --gc-sections --build-id=none -z noexecstack \
	-z max-page-size=4096 -T $(kernel-script)

kernel: $(BUILD)/l4vm ## The bootable kernel, build/COMPILER/l4vm

$(eval $(call compile,kernel,$(kernel-flags),$(kernel-sources)))

# Structure offsets for assembly: the compiler prints `#define` lines.
$(BUILD)/gen/offsets.s: kernel/arch/x86_64/offsets.c $(BUILD)/kernel/flags
	$(call run,CC,$(CC) $(kernel-flags) -MMD -MP -MF $(BUILD)/gen/offsets.d -MT $@ \
		$(if $(filter clang,$(COMPILER)),-fno-integrated-as) -S -o $@ $<)

$(BUILD)/gen/offsets.h: $(BUILD)/gen/offsets.s
	$(call run,GEN,sed -n 's/^[[:space:]]*#define /#define /p' $< >$@)

$(filter %.S.o,$(kernel-objects)): | $(BUILD)/gen/offsets.h

# The debug console knows the functions' names: linked once without, then with them.
$(BUILD)/gen/symbols-none.S: tools/gen-symbols
	$(call run,GEN,tools/gen-symbols >$@)

$(BUILD)/gen/symbols.S: $(BUILD)/kernel-without-symbols.elf
	$(call run,GEN,tools/gen-symbols $< >$@)

$(BUILD)/gen/%.o: $(BUILD)/gen/%.S
	$(call run,AS,$(CC) $(kernel-flags) -c -o $@ $<)

symbols := $(if $(filter 1,$(KDB)),$(BUILD)/gen/symbols.o)

$(BUILD)/kernel-without-symbols.elf: $(BUILD)/gen/symbols-none.o
$(BUILD)/kernel.elf: $(symbols)

$(call track,$(BUILD)/kernel/link,$(kernel-link) $(kernel-objects) $(symbols))
$(BUILD)/kernel.elf $(BUILD)/kernel-without-symbols.elf: $(kernel-objects) $(kernel-script) \
		$(BUILD)/kernel/link
	$(call run,LD,$(kernel-link) -Map $(@:.elf=.map) -o $@ $(filter %.o,$^))

$(BUILD)/l4vm: $(BUILD)/kernel.elf
	$(call run,OBJCOPY,$(OBJCOPY) -O elf32-i386 --strip-all $< $@)

.PHONY: kernel

# SPDX-License-Identifier: BSD-2-Clause
#
# Bare-metal x86 programs that check themselves, as firmware of a PC: bare.h.
x86-bare := $(BUILD)/x86/bare
x86-bare-names := code debug decimal fpu functions interrupts limits older paging segments tasks v86
x86-bare-common := $(addprefix tests/guest/x86/bare/,start.S bare.c bare.h bare.ld)
x86-bare-flags := -m32 -march=i586 -mno-sse -mno-mmx -mfpmath=387 -fno-pic -no-pie -std=gnu11 \
	-ffreestanding -nostdlib -static -O2 -g -fno-strict-aliasing -fno-stack-protector \
	-fcf-protection=none -fno-asynchronous-unwind-tables -fno-toplevel-reorder \
	-fno-tree-loop-distribute-patterns $(warnings) \
	-Wl,-m,elf_i386,--build-id=none,-z,noexecstack,--no-warn-rwx-segments

$(addprefix $(x86-bare)/,$(x86-bare-names)): $(x86-bare)/%: tests/guest/x86/bare/%.c \
		$(x86-bare-common) tests/guest/x86/bare/module.mk
	$(call run,CC,gcc $(x86-bare-flags) -o $@.elf -T tests/guest/x86/bare/bare.ld \
		$(filter %.S %.c,$^) && objcopy -O binary --gap-fill 0xff -j .program -j .reset \
		$@.elf $@ && rm $@.elf)

x86-bare-programs := $(addprefix $(x86-bare)/,$(x86-bare-names))
$(BUILD)/t/bare-x86: command = tests/guest/x86/bare/run
$(BUILD)/t/bare-x86: $(x86-bare-programs) $(BUILD)/bin/l4vm

bare-x86: $(BUILD)/t/bare-x86 ## Bare-metal x86 programs under the emulator and QEMU
	$(Q)prove --exec '' $<
.PHONY: bare-x86

# SPDX-License-Identifier: BSD-2-Clause
#
# What a PC boots: a folder with the kernel, its modules and GRUB's menu, and a
# CD or USB image of it.

image-programs := sigma0 root ping pong ktest rawabi
image-files := $(addprefix $(BUILD)/image/boot/,l4vm grub/grub.cfg $(image-programs))

image: ## A folder with all that GRUB boots, build/COMPILER/image
	$(Q)tools/setup build
	$(Q)$(MAKE) $(image-files)

iso: ## A bootable CD image, build/COMPILER/l4vm.iso
	$(Q)tools/setup build iso
	$(Q)$(MAKE) $(BUILD)/l4vm.iso

$(BUILD)/image/boot/l4vm: $(BUILD)/l4vm
	$(call run,COPY,cp $< $@)

$(BUILD)/image/boot/grub/grub.cfg: mk/grub.cfg
	$(call run,COPY,cp $< $@)

$(BUILD)/image/boot/%: $(BUILD)/bin/%
	$(call run,COPY,cp $< $@)

# grub-mkrescue says much; only a failure's words are of interest.
$(BUILD)/l4vm.iso: $(image-files)
	$(call run,ISO,grub-mkrescue -o $@ $(BUILD)/image >$(BUILD)/iso.log 2>&1 \
		|| { cat $(BUILD)/iso.log; exit 1; })

.PHONY: image iso

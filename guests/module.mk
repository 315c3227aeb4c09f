# SPDX-License-Identifier: BSD-2-Clause
#
# Guest images for the demo, the tests and the benchmarks: fetched from Debian by
# package name, or built from the distribution's kernel source.  They are kept in
# CACHE, outside the tree, so that they are made once.

guests := $(CACHE)/guests
packages := $(CACHE)/packages
arm-guests := $(guests)/arm
x86-guests := $(guests)/x86

guest-arm-files := $(addprefix $(arm-guests)/,zImage vexpress-v2p-ca9.dtb initrd.gz \
	debian-vmlinuz debian-initrd.gz installer-vmlinuz installer-initrd.gz u-boot.bin)
guest-x86-files := $(addprefix $(x86-guests)/,debian-vmlinuz debian-initrd.gz)
guests: $(guest-arm-files) $(guest-x86-files) ## Guest images for tests and demo, kept in CACHE
guests-arm: $(guest-arm-files)
guests-x86: $(guest-x86-files)

# A stamp for each set of packages.
arm-packages := busybox-static:armhf u-boot-qemu:all linux-image-*-armmp:armhf \
	debian-installer-12-netboot-armhf:all
$(packages)/.arm: guests/fetch
	$(Q)mkdir -p $(@D)
	$(Q)guests/fetch $(packages) $(foreach p,$(arm-packages),'$p') && touch $@

arm-busybox := $(packages)/busybox-static_armhf/bin/busybox
arm-debian := $(packages)/linux-image-armmp_armhf
arm-installer := $(packages)/debian-installer-12-netboot-armhf_all/usr/lib/debian-installer/images/12/armhf/text/debian-installer/armhf

$(arm-guests)/initrd.gz: guests/initramfs guests/init $(packages)/.arm
	$(call run,INITRD,guests/initramfs $@ init=guests/init bin/busybox=$(arm-busybox))

$(arm-guests)/debian-initrd.gz: guests/initramfs guests/init guests/module.mk $(packages)/.arm
	$(call run,INITRD,guests/initramfs $@ init=guests/init bin/busybox=$(arm-busybox) \
		--modules $(arm-debian)/lib/modules/* virtio_mmio:virtio_blk:crc32c_generic:ext4)

$(arm-guests)/debian-vmlinuz: $(packages)/.arm
	$(call run,COPY,cp $(arm-debian)/boot/vmlinuz-* $@)
$(arm-guests)/installer-vmlinuz: $(packages)/.arm
	$(call run,COPY,cp $(arm-installer)/vmlinuz $@)
$(arm-guests)/installer-initrd.gz: $(packages)/.arm
	$(call run,COPY,cp $(arm-installer)/initrd.gz $@)
$(arm-guests)/u-boot.bin: $(packages)/.arm
	$(call run,COPY,cp $(packages)/u-boot-qemu_all/usr/lib/u-boot/qemu_arm/u-boot.bin $@)

$(arm-guests)/zImage $(arm-guests)/vexpress-v2p-ca9.dtb &: guests/linux guests/arm.config
	$(Q)guests/linux $(CACHE)/linux guests/arm.config arm arm-linux-gnueabihf- \
		arch/arm/boot/zImage $(arm-guests)/zImage

x86-packages := busybox-static:i386 linux-image-*-686:i386
$(packages)/.x86: guests/fetch
	$(Q)mkdir -p $(@D)
	$(Q)guests/fetch $(packages) $(foreach p,$(x86-packages),'$p') && touch $@

x86-debian := $(packages)/linux-image-686_i386

$(x86-guests)/debian-vmlinuz: $(packages)/.x86
	$(Q)mkdir -p $(@D)
	$(call run,COPY,cp $(x86-debian)/boot/vmlinuz-* $@)
$(x86-guests)/debian-initrd.gz: guests/initramfs guests/init guests/module.mk $(packages)/.x86
	$(Q)mkdir -p $(@D)
	$(call run,INITRD,guests/initramfs $@ init=guests/init \
		bin/busybox=$(packages)/busybox-static_i386/bin/busybox \
		--modules $(x86-debian)/lib/modules/* ata_piix:sd_mod:crc32c_generic:ext4)

.PHONY: guests guests-arm guests-x86

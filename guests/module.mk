# SPDX-License-Identifier: BSD-2-Clause
#
# Guest images for the demo, the tests and the benchmarks: fetched from Debian by
# package name, or built from the distribution's kernel source.  They are kept in
# CACHE, outside the tree, so that they are made once.

guests := $(CACHE)/guests
packages := $(CACHE)/packages
arm-guests := $(guests)/arm
x86-guests := $(guests)/x86

x86-media := grub-disk.img syslinux-floppy.img installer.iso memtest.iso grub-floppy.img \
	grub-cdrom.iso ipxe.iso
guest-arm-files := $(addprefix $(arm-guests)/,zImage vexpress-v2p-ca9.dtb initrd.gz \
	debian-vmlinuz debian-initrd.gz installer-vmlinuz installer-initrd.gz u-boot.bin)
guest-x86-files := $(addprefix $(x86-guests)/,debian-vmlinuz debian-initrd.gz $(x86-media))
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
	$(call run,COPY,cp $(x86-debian)/boot/vmlinuz-* $@.new && mv $@.new $@)
$(x86-guests)/debian-initrd.gz: guests/initramfs guests/init guests/module.mk $(packages)/.x86
	$(Q)mkdir -p $(@D)
	$(call run,INITRD,guests/initramfs $@ init=guests/init \
		bin/busybox=$(packages)/busybox-static_i386/bin/busybox \
		--modules $(x86-debian)/lib/modules/* ata_piix:sd_mod:crc32c_generic:ext4)

# Media that a PC boots.
media-packages := grub-pc-bin:amd64 grub-rescue-pc:amd64 memtest86+:amd64 syslinux:amd64 \
	syslinux-common:all isolinux:all ipxe:all debian-installer-12-netboot-i386:all
$(packages)/.x86-media: guests/fetch
	$(Q)mkdir -p $(@D)
	$(Q)guests/fetch $(packages) $(media-packages) && touch $@

x86-installer := $(packages)/debian-installer-12-netboot-i386_all/usr/lib/debian-installer/images/12/i386/text/debian-installer/i386
memtest := $(packages)/memtest86+_amd64
syslinux := $(packages)/syslinux-common_all/usr/lib/syslinux/modules/bios

$(x86-guests)/grub-initrd.gz: guests/initramfs guests/init guests/consoles $(packages)/.x86
	$(Q)mkdir -p $(@D)
	$(call run,INITRD,guests/initramfs $@ init=guests/init autorun=guests/consoles \
		bin/busybox=$(packages)/busybox-static_i386/bin/busybox)
$(x86-guests)/grub-disk.img: guests/boot-media guests/menus/grub.cfg $(x86-guests)/grub-initrd.gz \
		$(x86-guests)/debian-vmlinuz $(packages)/.x86-media
	$(call run,MEDIUM,guests/boot-media grub-disk $@ \
		$(packages)/grub-pc-bin_amd64/usr/lib/grub/i386-pc boot/vmlinuz=$(x86-guests)/debian-vmlinuz \
		boot/initrd.gz=$(x86-guests)/grub-initrd.gz boot/memtest=$(memtest)/boot/memtest86+ia32.bin \
		boot/grub/grub.cfg=guests/menus/grub.cfg)
$(x86-guests)/syslinux-floppy.img: guests/boot-media guests/menus/syslinux.cfg $(packages)/.x86-media
	$(Q)mkdir -p $(@D)
	$(call run,MEDIUM,guests/boot-media syslinux-floppy $@ $(packages)/syslinux_amd64/usr/bin/syslinux \
		syslinux.cfg=guests/menus/syslinux.cfg memtest=$(memtest)/boot/memtest86+ia32.bin \
		$(foreach f,ldlinux libcom32 libutil libmenu cpuid hdt,$f.c32=$(syslinux)/$f.c32))
$(x86-guests)/installer.iso: guests/boot-media guests/menus/isolinux.cfg $(packages)/.x86-media
	$(Q)mkdir -p $(@D)
	$(call run,MEDIUM,guests/boot-media isolinux-cd $@ \
		isolinux/isolinux.bin=$(packages)/isolinux_all/usr/lib/ISOLINUX/isolinux.bin \
		isolinux/ldlinux.c32=$(syslinux)/ldlinux.c32 isolinux/isolinux.cfg=guests/menus/isolinux.cfg \
		install/vmlinuz=$(x86-installer)/linux install/initrd.gz=$(x86-installer)/initrd.gz)

# As the packages have them.
$(x86-guests)/memtest.iso: medium = memtest86+_amd64/usr/lib/memtest86+/memtest86+ia32.iso
$(x86-guests)/grub-floppy.img: medium = grub-rescue-pc_amd64/usr/lib/grub-rescue/grub-rescue-floppy.img
$(x86-guests)/grub-cdrom.iso: medium = grub-rescue-pc_amd64/usr/lib/grub-rescue/grub-rescue-cdrom.iso
$(x86-guests)/ipxe.iso: medium = ipxe_all/usr/lib/ipxe/ipxe.iso
$(addprefix $(x86-guests)/,memtest.iso grub-floppy.img grub-cdrom.iso ipxe.iso): $(packages)/.x86-media
	$(Q)mkdir -p $(@D)
	$(call run,COPY,cp $(packages)/$(medium) $@.new && mv $@.new $@)

# A floppy that shows a picture in mode 12h.
mandelbrot-src := $(addprefix guests/mandelbrot/,boot.S mandelbrot.c)
mandelbrot-flags := -m16 -march=i386 -Os -ffreestanding -fno-pic -fno-stack-protector -nostdlib \
	-fno-asynchronous-unwind-tables -fcf-protection=none -static -Wall -Wextra -Werror \
	-Wl,-m,elf_i386,-T,guests/mandelbrot/mandelbrot.ld,--build-id=none
guests guests-x86: $(x86-guests)/mandelbrot.img
$(x86-guests)/mandelbrot.img: $(mandelbrot-src) guests/mandelbrot/mandelbrot.ld
	$(Q)mkdir -p $(@D)
	$(call run,FLOPPY,gcc $(mandelbrot-flags) -o $@.elf $(mandelbrot-src) && \
		objcopy -O binary $@.elf $@.new && truncate -s 1440K $@.new && \
		rm $@.elf && mv $@.new $@)

.PHONY: guests guests-arm guests-x86

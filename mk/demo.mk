# SPDX-License-Identifier: BSD-2-Clause
#
# The demos: `make demo`, machines in QEMU, and `make demo-ipc`, two native programs.  The
# configuration's files are linked into a folder, where it finds them by their names.

demo-folder := $(BUILD)/demo
demo-guests := zImage vexpress-v2p-ca9.dtb initrd.gz debian-vmlinuz debian-initrd.gz u-boot.bin
demo-pc := $(addprefix $(demo-folder)/,pc-vmlinuz pc-initrd.gz mandelbrot.img)
demo-screen := $(demo-folder)/screen.dtb
demo-links := $(addprefix $(demo-folder)/,$(demo-guests))
demo-disks := $(addprefix $(demo-folder)/,small.img debian.img)

demo: ## Three ARM machines and two PCs on L4VM in QEMU, on this terminal or in a window
	$(Q)tools/demo explain
	$(Q)tools/setup build emu guests run demo $$(tools/demo window)
	$(Q)tools/demo step 'building L4VM and its command'
	$(Q)$(MAKE) $(system-files) $(BUILD)/bin/l4vm
	$(Q)tools/demo step 'guest images (the first time: fetching packages, building a Linux kernel)'
	$(Q)$(MAKE) demo-files
	$(Q)tools/demo run $(BUILD)

demo-ipc: ## Boots two programs that talk across CPUs, on this terminal
	$(Q)tools/setup build run
	$(Q)$(MAKE) run-demo-ipc

demo-files: $(demo-folder)/demo.conf ## The demo's configuration with all it needs, build/COMPILER/demo

$(demo-folder)/demo.conf: examples/demo.conf $(demo-links) $(demo-pc) $(demo-screen) $(demo-disks) $(demo-folder)/realtime
	$(call run,COPY,cp $< $@)

$(demo-links): $(demo-folder)/%: $(arm-guests)/%
	$(call run,LINK,ln -sf $< $@)

$(demo-folder)/pc-%: $(x86-guests)/debian-%
	$(call run,LINK,ln -sf $< $@)
$(demo-folder)/mandelbrot.img: $(x86-guests)/mandelbrot.img
	$(call run,LINK,ln -sf $< $@)

$(demo-folder)/realtime: $(BUILD)/bin/realtime
	$(call run,COPY,cp $< $@)

# The tree with the one display controller that Linux can use, docs/boards/vexpress-a9.md.
$(demo-screen): $(arm-guests)/vexpress-v2p-ca9.dtb tools/screen-tree
	$(call run,TREE,tools/screen-tree $< $@)

# A few files to look at, so that a machine finds something on its disk.
$(demo-disks): $(demo-folder)/%.img: README.md mk/demo.mk
	$(call run,DISK,rm -rf $@ $(demo-folder)/files && mkdir $(demo-folder)/files && \
		cp README.md LICENSE $(demo-folder)/files && \
		truncate -s 16M $@ && /sbin/mke2fs -q -t $(if $(filter small,$*),ext2,ext4) -L $* -d $(demo-folder)/files $@ && \
		rm -r $(demo-folder)/files)

demo-ipc-programs := sigma0 root ping pong
run-demo-ipc: kernel $(addprefix $(BUILD)/bin/,$(demo-ipc-programs))
	$(Q)tools/demo-ipc $(BUILD)

.PHONY: demo demo-ipc demo-files run-demo-ipc

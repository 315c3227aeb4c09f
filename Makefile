# SPDX-License-Identifier: BSD-2-Clause
#
# L4VM, built by one non-recursive GNU Make.  The rules are in mk/; a module.mk
# in a folder only names that folder's sources.  `make help` lists the goals.
#
#	make COMPILER=clang	build with clang instead of gcc, in build/clang
#	make KDB=1		with the kernel's debug console
#	make V=1		show the commands

COMPILER ?= gcc
BUILD ?= build/$(COMPILER)
KDB ?= 0
V ?= 0

ifeq ($(filter gcc clang,$(COMPILER)),)
$(error COMPILER is gcc or clang, not '$(COMPILER)')
endif

all: kernel user ## Kernel and L4 programs (default)

include mk/config.mk
include mk/modules.mk
include mk/kernel.mk
include mk/user.mk
include mk/unit.mk
include mk/emu.mk
include mk/image.mk
include mk/install.mk
include mk/demo.mk
include mk/test.mk
include mk/tools.mk

-include $(patsubst %.o,%.d,$(all-objects) $(header-objects)) $(BUILD)/gen/offsets.d

.PHONY: all

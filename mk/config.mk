# SPDX-License-Identifier: BSD-2-Clause
#
# Tools, flags and the few functions every rule uses.
#
#	$(call run,WORD,COMMAND)	a recipe line that prints `  WORD  target`
#	$(call track,FILE,TEXT)		FILE holds TEXT; it is rewritten, when make
#					starts, only if TEXT has changed, so that what
#					depends on FILE is rebuilt when flags change
#	$(call compile,DIR,FLAGS,SOURCES)
#					to be evaluated: rules for BUILD/DIR/SOURCE.o
#	$(call objects,DIR,SOURCES)	the names of these objects

MAKEFLAGS += --no-builtin-rules --no-builtin-variables --no-print-directory
SHELL := /bin/sh
.SUFFIXES:
.DELETE_ON_ERROR:

CC := $(COMPILER)
LD := ld
AR := ar
OBJCOPY := objcopy
STRIP := strip
PYTHON := /usr/bin/python3

# What is fetched or built once, outside the tree.
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/l4vm

Q := $(if $(filter 1,$(V)),,@)
run = $(if $(Q),@printf '  %-7s %s\n' '$1' '$@'; )mkdir -p $(@D) && $2

same = $(if $(subst x$(strip $1),,x$(strip $2))$(subst x$(strip $2),,x$(strip $1)),,yes)
dry-run := $(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS))))
track = $(if $(or $(dry-run),$(call same,$(file <$1),$2)),,$(shell \
	mkdir -p $(dir $1))$(file >$1,$(strip $2)))

warnings := -Wall -Wextra -Wshadow -Wundef -Wstrict-prototypes -Werror

# Only the compiler's own headers: nothing of the host's C library leaks in.  gcc's
# limits.h looks for the host's unless told that it is there already; and gcc must not
# compile a library function written as a loop to a call of itself.
gcc-only := -fno-tree-loop-distribute-patterns -D_LIBC_LIMITS_H_
compiler-headers := $(shell $(CC) -print-file-name=include 2>/dev/null)
freestanding := -std=gnu11 -ffreestanding -nostdinc -isystem $(compiler-headers) \
	-O2 -g -fno-pic -fno-pie -fno-stack-protector -fcf-protection=none \
	-fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections \
	-mgeneral-regs-only -ffile-prefix-map=$(CURDIR)/= \
	$(if $(filter gcc,$(COMPILER)),$(gcc-only)) $(warnings)

# Without SSE nothing in the kernel needs a stack aligned to more than a word.
kernel-small-gcc := -Os -mpreferred-stack-boundary=3
kernel-small-clang := -Oz -mstack-alignment=8

kernel-flags := $(freestanding) $(kernel-small-$(COMPILER)) -Wconversion -fno-strict-aliasing -mcmodel=kernel \
	-mno-red-zone $(if $(filter 1,$(KDB)),-fno-omit-frame-pointer) -DCONFIG_KDB=$(KDB) \
	-Iinclude -Ikernel -Ikernel/arch/x86_64/include -I$(BUILD)/gen
user-flags := $(freestanding) -Iinclude -Ilib/c/include -Itests -isystem $(CACHE)/libfdt
raw-flags := $(freestanding)
unit-flags := -std=gnu11 -O1 -g -fno-strict-aliasing $(warnings) -I. -Iinclude -Itests
sanitize := -fsanitize=address,undefined -fno-sanitize-recover=all

objects = $(patsubst %,$(BUILD)/$1/%.o,$(sort $2))

object-dirs :=
define compile
object-dirs += $1
flags-$1 := $2
sources-$1 := $(sort $3)
$(call track,$(BUILD)/$1/flags,$(CC) $2)
$(BUILD)/$1/%.c.o: %.c $(BUILD)/$1/flags
	$$(call run,CC,$(CC) $$(flags-$1) -MMD -MP -c -o $$@ $$<)
$(BUILD)/$1/%.S.o: %.S $(BUILD)/$1/flags
	$$(call run,AS,$(CC) $$(flags-$1) -MMD -MP -c -o $$@ $$<)
endef
all-objects = $(foreach d,$(object-dirs),$(call objects,$d,$(sources-$d)))

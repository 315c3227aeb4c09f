# SPDX-License-Identifier: BSD-2-Clause
#
# The emulator.  Everything in emu/ but port/ is a library, built four times from the
# same sources: for Linux, for Linux with sanitizers, for the fuzzers, and freestanding
# against lib/c for L4, for servers/vmm.

emu-include := -Iinclude -Iemu -Iemu/host/x86_64
emu-hosted := -std=gnu11 -g -fno-strict-aliasing $(warnings) $(emu-include) -I. -Itests
emu-linux-flags := $(emu-hosted) -O2
emu-san-flags := $(emu-hosted) -O1 $(sanitize)
emu-fuzz-flags := $(emu-hosted) -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
# Copies of a few bytes, which are everywhere, mustn't become calls.
emu-l4-flags := $(user-flags) $(emu-include) -fno-strict-aliasing -fbuiltin

# The interpreter-only variant for other compilers' sake is the same library.
define emu-library
$(call compile,emu-$1,$(emu-$1-flags),$(emu-src) $(emu-port-$1))
$(call track,$(BUILD)/emu-$1/list,$(call objects,emu-$1,$(emu-src) $(emu-port-$1)))
$(BUILD)/emu-$1/libemu.a: $(call objects,emu-$1,$(emu-src) $(emu-port-$1)) $(BUILD)/emu-$1/list
	$$(call run,AR,rm -f $$@ && $(AR) rcsD $$@ $$(filter %.o,$$^))
endef
emu-port-linux := $(emu-linux-src)
emu-port-san := $(emu-linux-src)
emu-port-fuzz := $(emu-linux-src)
emu-port-l4 := $(emu-l4-src)
emu-variants := linux san l4 $(if $(filter clang,$(COMPILER)),fuzz)
$(foreach v,$(emu-variants),$(eval $(call emu-library,$v)))

emu: $(BUILD)/bin/l4vm ## The emulator for Linux: build/COMPILER/bin/l4vm
emu-freestanding: $(BUILD)/emu-l4/libemu.a ## The emulator's library compiled for L4

$(eval $(call compile,obj-l4vm,$(emu-linux-flags),$(l4vm-src)))
$(BUILD)/bin/l4vm: $(call objects,obj-l4vm,$(l4vm-src)) $(BUILD)/emu-linux/libemu.a
	$(call run,LINK,$(CC) -g -o $@ $^ $(emu-libs))
emu-libs := -lfdt -linih -lpng -lpthread

# Fuzz targets (COMPILER=clang): build/clang/fuzz/NAME.
fuzz-link-flags := -fsanitize=fuzzer,address,undefined
define fuzz-target
$(call compile,obj-fuzz/$1,$(emu-fuzz-flags) $($1-cflags),$($1-src))
$(call track,$(BUILD)/obj-fuzz/$1/link,$(call objects,obj-fuzz/$1,$($1-src)))
$(BUILD)/fuzz/$1: $(call objects,obj-fuzz/$1,$($1-src)) $(BUILD)/emu-fuzz/libemu.a \
		$(BUILD)/obj-fuzz/$1/link
	$$(call run,LINK,$(CC) $$(fuzz-link-flags) -o $$@ $$(filter %.o %.a,$$^) $(emu-libs))
endef
ifeq ($(COMPILER),clang)
$(foreach f,$(fuzz-targets),$(eval $(call fuzz-target,$f)))
fuzz: $(addprefix $(BUILD)/fuzz/,$(fuzz-targets)) ## Fuzz targets (COMPILER=clang), build/clang/fuzz
.PHONY: fuzz
endif

# Two targets at a time.  NAME-runs is how many strings fuzz-check gives to NAME, and
# NAME-options are options of libFuzzer's.
FUZZ ?= $(fuzz-targets)
FUZZ_SECONDS ?= 3600
fuzz-check-of = check $(or $($1-runs),150)
fuzz-search-of = search $(FUZZ_SECONDS)
fuzz-each = printf '%s\n' $(foreach f,$(FUZZ),'$(strip $f $(call $1,$f) $($f-options))') | \
	xargs -P 2 -L 1 tests/fuzz-target build/clang

fuzz-check: ## Each fuzz target with a fixed number of fixed strings; FUZZ=NAME for one
	$(Q)$(MAKE) COMPILER=clang BUILD=build/clang fuzz
	$(Q)$(call fuzz-each,fuzz-check-of)

fuzz-hour: ## Each fuzz target for an hour, two at a time; FUZZ=NAME, FUZZ_SECONDS=N
	$(Q)$(MAKE) COMPILER=clang BUILD=build/clang fuzz
	$(Q)$(call fuzz-each,fuzz-search-of)
.PHONY: fuzz-check fuzz-hour

# Programs that run on Linux and use the library: tests (twice) and benchmarks.
define emu-test
$(call compile,obj-$2/$1,$(emu-$(if $(filter unit,$2),linux,san)-flags) $($1-cflags),$($1-src))
$(call track,$(BUILD)/obj-$2/$1/link,$(call objects,obj-$2/$1,$($1-src)))
$(BUILD)/$2/$1: $(call objects,obj-$2/$1,$($1-src)) $(BUILD)/obj-$2/$1/link \
		$(BUILD)/emu-$(if $(filter unit,$2),linux,san)/libemu.a
	$$(call run,LINK,$(CC) $$($2-flags) $($1-ldflags) -o $$@ $$(filter %.o %.a,$$^) $(emu-libs))
endef
$(foreach t,$(emu-tests),\
	$(eval $(call emu-test,$t,unit))\
	$(eval $(call emu-test,$t,unit-san)))
emu-test-programs := $(foreach t,$(emu-tests),$(BUILD)/unit/$t $(BUILD)/unit-san/$t)
unit: $(emu-test-programs)

.PHONY: emu emu-freestanding

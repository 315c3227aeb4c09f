# SPDX-License-Identifier: BSD-2-Clause
#
# Tests and measurements.  Goals for people install what is missing and
# then start make again, as only then the compiler's folders can be asked for.

kernel-tests := sigma0 ktest rawabi
pytest := PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m pytest -p no:cacheprovider
# They don't share anything, and none has a CPU to itself; four are many for a disk.
at-once := -n auto --maxprocesses 4
hosted := GUESTS=$(guests) tests/pytest-again $(at-once) tests/hosted
check-system-of := GUESTS=$(guests) tests/pytest-again -v -m "not slow" tests/system \
	--ignore tests/system/kdb --build
# The part that looks at the kernel more than at the servers, for other builds of it.
check-kernel-of := tests/pytest-again -v $(addprefix tests/system/test_,boot.py crash.py goals.py kdb.py \
	memory.py bootinfo.py) --build
prove := tests/prove-again
prove-units := $(prove) -j$(shell nproc)
each = status=0; $(foreach n,1 2 3 4 5,$(if $($n),$($n) || status=1; ))exit $$status

check: ## The tests that take a few minutes
	$(Q)tools/setup build clang run test emu guests emutest
	$(Q)$(MAKE) run-check

check-system: ## Boots the demo in many ways and looks at what it does
	$(Q)tools/setup build emu guests run iso test emutest
	$(Q)$(MAKE) run-check-system

check-isolation: ## A million hostile messages, a thousand crashes and starts, which takes long
	$(Q)tools/setup build run test emutest
	$(Q)$(MAKE) all
	$(Q)$(pytest) -v -m slow tests/system --build $(BUILD)

check-hosted: ## Boots guests in the emulator and uses them; MARK=slow leaves out what check does
	$(Q)tools/setup build emu guests emutest test
	$(Q)$(MAKE) run-check-hosted

# COUNT=1000 SEED=7
power-cuts: ## Cuts a PC's power COUNT times while it writes to its disk, and looks at that
	$(Q)tools/setup build emu guests emutest test
	$(Q)$(MAKE) emu guests-x86
	$(Q)POWER_CUTS=$(or $(COUNT),100) POWER_SEED=$(or $(SEED),1) GUESTS=$(guests) \
		$(pytest) -v -s tests/hosted/test_pc_power.py --build $(BUILD)

check-media: ## Media that take minutes, in the PC: an installer, a whole pass of a memory test
	$(Q)tools/setup build emu guests emutest test
	$(Q)$(MAKE) emu guests-x86
	$(Q)$(hosted) -v --long -k test_pc_media --build $(BUILD)

check-all: ## Everything: both compilers, 1, 2, 4 and 8 CPUs, the bars of the benchmarks
	$(Q)tools/setup
	$(Q)$(MAKE) run-check
	$(Q)$(MAKE) run-check-system
	$(Q)$(MAKE) run-check-hosted
	$(Q)$(MAKE) run-lockstep-arm STEPS=3000
	$(Q)$(MAKE) run-check-matrix
	$(Q)tests/bars --build build/gcc --guests $(guests) --all
	$(Q)$(MAKE) fuzz-check

check-matrix: ## What the other check goals leave out of check-all
	$(Q)tools/setup
	$(Q)$(MAKE) run-check-matrix

bench: bench-ipc bench-l4 bench-arm bench-x86 ## All measurements

bench-ipc: ## Instructions per IPC and other kernel operations
	$(Q)tools/setup build run
	$(Q)$(MAKE) run-bench-ipc

bench-l4: ## Boot, console switch, wake-up latency, idle time, memory of the whole system
	$(Q)tools/setup build emu guests run demo test
	$(Q)$(MAKE) run-bench-l4

# Test scripts for prove: $(BUILD)/t/ktest-4 boots ktest with 4 CPUs.
cpus = $(lastword $(subst -, ,$(@F)))
$(BUILD)/t/%: mk/test.mk
	$(call run,GEN,printf '#!/bin/sh\nexec %s --build $(BUILD)\n' '$(command)' >$@ && chmod +x $@)

$(BUILD)/t/ktest-%: command = tests/run-qemu ktest --log $(@F) --cpus $(cpus)
$(BUILD)/t/rawabi-%: command = tests/run-qemu rawabi --log $(@F) --cpus $(cpus)
$(BUILD)/t/bars: command = tests/bars --guests $(guests)

test-kernel: kernel $(addprefix $(BUILD)/bin/,$(kernel-tests))

units := $(unit-programs) $(emu-test-programs)
check-scripts := $(addprefix $(BUILD)/t/,ktest-1 ktest-4 rawabi-1 bare-arm bare-x86)
run-check: all unit headers guests test-kernel emu-both $(units) $(check-scripts)
	$(Q)$(call each,$(prove-units) $(units),$(prove) $(check-scripts),\
		$(pytest) -q tests/tree --build $(BUILD),\
		$(hosted) -q -m "not slow" --build $(BUILD))

run-check-hosted: emu guests
	$(Q)$(hosted) -v $(if $(MARK),-m "$(MARK)") --build $(BUILD)

# The emulator and its freestanding library build with both compilers.
emu-both: emu emu-freestanding
	$(Q)$(MAKE) COMPILER=gcc BUILD=build/gcc KDB=0 emu emu-freestanding
	$(Q)$(MAKE) COMPILER=clang BUILD=build/clang KDB=0 emu emu-freestanding

run-check-system: all emu guests $(BUILD)/l4vm.iso
	$(Q)$(check-system-of) $(BUILD)

# What `run-check` leaves out: the other numbers of CPUs, the other compiler, the
# kernel with its debug console, and the bars.
matrix-scripts := $(addprefix build/gcc/t/,ktest-2 ktest-8 rawabi-4 bars) \
	$(addprefix build/clang/t/,ktest-1 ktest-2 ktest-4 ktest-8 rawabi-1 rawabi-4) \
	build/gcc-kdb/t/ktest-4
run-check-matrix:
	$(Q)$(MAKE) COMPILER=gcc BUILD=build/gcc KDB=0 for-matrix for-bench-l4
	$(Q)$(MAKE) COMPILER=clang BUILD=build/clang KDB=0 for-matrix emu guests
	$(Q)$(MAKE) COMPILER=gcc BUILD=build/gcc-kdb KDB=1 for-matrix
	$(Q)$(call each,$(prove-units) $(patsubst build/gcc/%,build/clang/%,$(filter build/gcc/%,\
		$(units))),$(prove) $(matrix-scripts),$(check-kernel-of) build/clang,\
		tests/pytest-again -v tests/system/kdb --build build/gcc-kdb,\
		$(hosted) -v -m "not slow" --build build/clang)

for-matrix: all unit $(BUILD)/l4vm.iso $(filter $(BUILD)/%,$(matrix-scripts))

run-bench-ipc: kernel $(addprefix $(BUILD)/bin/,sigma0 ipcbench)
	$(Q)tests/run-qemu ipcbench --build $(BUILD) --icount --cpus 2

for-bench-l4: all emu guests $(demo-screen)

run-bench-l4: for-bench-l4
	$(Q)tests/bench/l4 --build $(BUILD) --guests $(guests)

# Every header compiles on its own.
header-flags = $(strip $(if $(filter kernel/%,$1),$(kernel-flags),\
	$(if $(filter tests/rawabi/%,$1),$(raw-flags),\
	$(if $(filter tests/unit/%,$1),$(unit-flags),\
	$(if $(filter $(hosted-headers),$1),$(emu-linux-flags) -Itests/ir,\
	$(if $(filter include/emu/% emu/%,$1),$(emu-l4-flags),$(user-flags)))))))
hosted-headers := $(addsuffix /%,emu/port/linux tools $(addprefix tests/,dev emu guest host ir \
	softfp tool bench/guest))
# Not those of programs for other CPUs.
header-files := $(shell find include kernel lib servers examples emu tools tests \
	-path 'tests/guest/*/bare' -prune -o -name '*.h' -print 2>/dev/null)
header-objects := $(addprefix $(BUILD)/headers/,$(addsuffix .o,$(header-files)))

headers: $(header-objects) ## Compiles every header on its own

$(header-objects): $(BUILD)/headers/%.o: % $(BUILD)/kernel/flags
	$(call run,HEADER,$(CC) $(call header-flags,$<) -MMD -MP -c -o $@ -include $< \
		-x c /dev/null)

.PHONY: check check-system check-isolation check-hosted check-media power-cuts check-all \
	check-matrix bench bench-ipc bench-l4 headers test-kernel for-matrix for-bench-l4 \
	emu-both run-check run-check-system run-check-hosted run-check-matrix run-bench-ipc \
	run-bench-l4

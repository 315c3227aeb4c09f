# SPDX-License-Identifier: BSD-2-Clause
#
# Tests, measurements and the demo.  Goals for people install what is missing and
# then start make again, as only then the compiler's folders can be asked for.

kernel-tests := sigma0 ktest rawabi
demo-programs := sigma0 root ping pong
pytest := PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m pytest -p no:cacheprovider
check-system-of := $(pytest) -v tests/system --ignore tests/system/kdb --build
prove := tests/prove-again
each = status=0; $1 || status=1; $2 || status=1; $(if $3,$3 || status=1; )exit $$status

check: ## The tests that take a few minutes
	$(Q)tools/setup build run test
	$(Q)$(MAKE) run-check

check-system: ## Boots the demo in many ways and looks at what it does
	$(Q)tools/setup build run iso test
	$(Q)$(MAKE) run-check-system

check-all: ## Everything: both compilers, 1, 2, 4 and 8 CPUs, the bars of the benchmarks
	$(Q)tools/setup
	$(Q)$(MAKE) run-check
	$(Q)$(MAKE) run-check-system
	$(Q)$(MAKE) run-check-matrix

check-matrix: ## What check and check-system leave out of check-all
	$(Q)tools/setup
	$(Q)$(MAKE) run-check-matrix

demo: ## Boots two programs that talk across CPUs, on this terminal
	$(Q)tools/setup build run
	$(Q)$(MAKE) run-demo

bench: bench-ipc ## All measurements

bench-ipc: ## Instructions per IPC and other kernel operations
	$(Q)tools/setup build run
	$(Q)$(MAKE) run-bench-ipc

# Test scripts for prove: $(BUILD)/t/ktest-4 boots ktest with 4 CPUs.
cpus = $(lastword $(subst -, ,$(@F)))
$(BUILD)/t/%: mk/test.mk
	$(call run,GEN,printf '#!/bin/sh\nexec %s --build $(BUILD)\n' '$(command)' >$@ && chmod +x $@)

$(BUILD)/t/ktest-%: command = tests/run-qemu ktest --log $(@F) --cpus $(cpus)
$(BUILD)/t/rawabi-%: command = tests/run-qemu rawabi --log $(@F) --cpus $(cpus)
$(BUILD)/t/bars: command = tests/bars

test-kernel: kernel $(addprefix $(BUILD)/bin/,$(kernel-tests))

check-scripts := $(unit-programs) $(addprefix $(BUILD)/t/,ktest-1 ktest-4 rawabi-1)
run-check: all unit headers test-kernel $(check-scripts)
	$(Q)$(call each,$(prove) $(check-scripts),$(pytest) -q tests/tree --build $(BUILD))

run-check-system: all $(BUILD)/l4vm.iso
	$(Q)$(check-system-of) $(BUILD)

# What `run-check` leaves out: the other numbers of CPUs, the other compiler, the
# kernel with its debug console, and the bars.
matrix-of = $(addprefix build/$1/t/,$(addprefix ktest-,1 2 4 8) rawabi-1 rawabi-4)
matrix-scripts := $(sort $(call matrix-of,gcc) $(call matrix-of,clang) build/gcc-kdb/t/ktest-4 \
	build/gcc/t/bars)
run-check-matrix:
	$(Q)$(MAKE) COMPILER=gcc BUILD=build/gcc KDB=0 for-matrix
	$(Q)$(MAKE) COMPILER=clang BUILD=build/clang KDB=0 for-matrix
	$(Q)$(MAKE) COMPILER=gcc BUILD=build/gcc-kdb KDB=1 for-matrix
	$(Q)$(call each,$(prove) $(matrix-scripts) $(patsubst build/gcc/%,build/clang/%,$(filter \
		build/gcc/%,$(unit-programs))),$(check-system-of) build/clang,\
		$(pytest) -v tests/system/kdb --build build/gcc-kdb)

for-matrix: all unit $(BUILD)/l4vm.iso $(filter $(BUILD)/%,$(matrix-scripts))

run-demo: kernel $(addprefix $(BUILD)/bin/,$(demo-programs))
	$(Q)tools/demo $(BUILD)

run-bench-ipc: kernel $(addprefix $(BUILD)/bin/,sigma0 ipcbench)
	$(Q)tests/run-qemu ipcbench --build $(BUILD) --icount --cpus 2

# Every header compiles on its own.
header-flags = $(strip $(if $(filter kernel/%,$1),$(kernel-flags),\
	$(if $(filter tests/rawabi/%,$1),$(raw-flags),\
	$(if $(filter tests/unit/%,$1),$(unit-flags),$(user-flags)))))
header-files := $(shell find include kernel lib servers examples tests -name '*.h' 2>/dev/null)
header-objects := $(addprefix $(BUILD)/headers/,$(addsuffix .o,$(header-files)))

headers: $(header-objects) ## Compiles every header on its own

$(header-objects): $(BUILD)/headers/%.o: % $(BUILD)/kernel/flags
	$(call run,HEADER,$(CC) $(call header-flags,$<) -MMD -MP -c -o $@ -include $< \
		-x c /dev/null)

.PHONY: check check-system check-all check-matrix demo bench bench-ipc headers test-kernel for-matrix \
	run-check run-check-system run-check-matrix run-demo run-bench-ipc

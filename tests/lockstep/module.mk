# SPDX-License-Identifier: BSD-2-Clause
#
# Instruction by instruction against QEMU, through both gdb ports.
STEPS ?= 20000
lockstep-arm: ## Linux's first STEPS instructions against QEMU's, one by one
	$(Q)tools/setup emu guests bench
	$(Q)$(MAKE) run-lockstep-arm

run-lockstep-arm: $(BUILD)/bin/l4vm $(arm-guests)/zImage
	$(Q)GUESTS=$(guests) tests/lockstep/arm --build $(BUILD) --steps $(STEPS)

.PHONY: lockstep-arm run-lockstep-arm

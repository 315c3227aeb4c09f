# SPDX-License-Identifier: BSD-2-Clause
#
# Interrupt controllers, timers, DMA and keyboard controller of the PC.  fuzz-chips is in
# chips_a.mk.
emu-tests += dev_debug_port dev_i8042 dev_i8237 dev_i8254 dev_i8259 dev_mc146818 dev_portf0 \
	dev_random_pcirq
dev_debug_port-src := tests/dev/debug_port_test.c
dev_i8042-src := tests/dev/i8042_test.c
dev_i8237-src := tests/dev/i8237_test.c
dev_i8254-src := tests/dev/i8254_test.c
dev_i8259-src := tests/dev/i8259_test.c
dev_mc146818-src := tests/dev/mc146818_test.c
dev_portf0-src := tests/dev/portf0_test.c
dev_random_pcirq-src := $(addprefix tests/dev/,fuzz.c fuzz_pc_irq.c fuzz_random.c)

$(eval $(call fuzz-chips,tests/dev/fuzz_pc_irq.c,debug_port i8042 i8237 i8254 i8259 mc146818 \
	portf0))

# SPDX-License-Identifier: BSD-2-Clause
#
# Serial, parallel, disk and floppy chips of the PC.  fuzz-chips is in chips_a.mk.
emu-tests += dev_floppy dev_ide dev_ns16550 dev_random_pc1
dev_floppy-src := tests/dev/floppy_test.c
dev_ide-src := tests/dev/ide_test.c
dev_ns16550-src := tests/dev/ns16550_test.c
dev_random_pc1-src := $(addprefix tests/dev/,fuzz.c fuzz_pc_disk.c fuzz_random.c)

$(eval $(call fuzz-chips,tests/dev/fuzz_pc_disk.c,ns16550 parallel ide i82077))

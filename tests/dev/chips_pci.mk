# SPDX-License-Identifier: BSD-2-Clause
#
# The PC's PCI bus: register scripts, random strings, fuzz targets.
emu-tests += dev_pci dev_random_pci
dev_pci-src := tests/dev/pci_test.c
dev_random_pci-src := $(addprefix tests/dev/,fuzz.c fuzz_pci.c fuzz_random.c)
$(eval $(call fuzz-chips,tests/dev/fuzz_pci.c,pci piix4_pm fw_cfg_port))

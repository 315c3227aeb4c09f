# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/dev/pci/,i440fx.c pci.c piix3.c piix4_pm.c vga_pci.c)

# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/dev/misc/,absent.c arm_sysreg.c cfi_flash.c debug_port.c \
	fw_cfg.c i8237.c pl041.c pl061.c pl310.c port61.c port92.c portf0.c \
	sbcon_i2c.c scu.c sp810.c)

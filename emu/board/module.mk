# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/board/,arm_boot.c boards.c elf.c pc.c pc_boot.c pc_multiboot.c \
	tree_check.c vexpress_a9.c virt.c virt_tree.c)

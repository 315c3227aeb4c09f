# SPDX-License-Identifier: BSD-2-Clause
#
# The PC's VGA.  fuzz-chips is in chips_a.mk.
emu-tests += dev_vga dev_vga_picture dev_vga_text dev_random_pcvga
dev_vga-src := tests/dev/vga_test.c
dev_vga_picture-src := tests/dev/vga_picture_test.c
dev_vga_text-src := tests/dev/vga_text_test.c
dev_random_pcvga-src := $(addprefix tests/dev/,fuzz.c fuzz_pc_vga.c fuzz_random.c)

$(eval $(call fuzz-chips,tests/dev/fuzz_pc_vga.c,vga))

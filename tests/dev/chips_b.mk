# SPDX-License-Identifier: BSD-2-Clause
#
# Input, display, block and virtio chips, and the files behind disks.  fuzz-chips is in
# chips_a.mk.
emu-tests += dev_ata dev_input dev_pl11x dev_random_b dev_sd dev_virtio disk_file
dev_ata-src := tests/dev/ata_test.c
dev_input-src := tests/dev/input_test.c
dev_pl11x-src := tests/dev/pl11x_test.c
dev_random_b-src := $(addprefix tests/dev/,fuzz.c fuzz_b.c fuzz_random.c)
dev_sd-src := tests/dev/sd_test.c
dev_virtio-src := tests/dev/virtio_test.c
disk_file-src := tests/dev/disk_file_test.c

$(eval $(call fuzz-chips,tests/dev/fuzz_b.c,pl050_keyboard pl050_mouse pl110 pl111 pl180 ata_cf \
	virtio_blk virtio_blk_legacy virtio_console virtio_mmio))

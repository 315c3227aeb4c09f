# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/dev/virtio/,blk.c console.c mmio.c virtio.c)

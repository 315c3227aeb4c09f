# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/dev/block/,ata.c ata_cf.c ata_command.c pl18x.c sd_card.c)

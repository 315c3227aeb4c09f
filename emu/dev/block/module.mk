# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/dev/block/,ata.c ata_cf.c ata_command.c atapi.c i82077.c \
	i82077_command.c i82077_transfer.c ide.c ide_busmaster.c mmc.c pl18x.c sd_card.c)

# SPDX-License-Identifier: BSD-2-Clause
l4vm-src += $(addprefix tools/l4vm/,check.c child.c command_image.c complain.c config.c emu.c \
	emu_config.c emu_options.c firmware.c \
	image.c main.c manifest.c menu.c options.c plan.c progress.c run.c scratch.c settings.c \
	show.c stats.c system.c text.c trial.c)

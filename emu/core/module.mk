# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/core/,archive.c bus.c clock.c code.c cpu.c debug.c log.c machine.c memory.c)

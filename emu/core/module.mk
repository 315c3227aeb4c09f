# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/core/,archive.c bus.c clock.c code.c cpu.c debug.c gdb.c links.c log.c machine.c memory.c memory_debug.c memory_log.c run.c)

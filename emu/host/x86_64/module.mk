# SPDX-License-Identifier: BSD-2-Clause
emu-src += $(addprefix emu/host/x86_64/,alloc.c bits.c call.c common.c compile.c encode.c exits.c \
	flags.c fp.c loop.c memory.c ops.c slots.c vector.c x87.c)

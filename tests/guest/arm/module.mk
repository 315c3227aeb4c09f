# SPDX-License-Identifier: BSD-2-Clause
#
# The guest's parts come from the library, what they need of the core from fake_core.c:
# that must define all of it, or the linker finds two definitions.
emu-tests += arm_system arm_vfp_neon arm_translate arm_disasm
arm_system-src := $(addprefix tests/guest/arm/,fake_core.c system.c system_cp15.c system_mmu.c \
	system_lpae.c system_random.c run.c)
arm_translate-src := $(addprefix tests/guest/arm/,translate.c fake_core.c run.c)
arm_disasm-src := $(addprefix tests/guest/arm/,disasm.c fake_core.c run.c)
# With its own memory and registers' part of the front end.
# Its state is a static variable, which has to be in the low 2 GiB.
arm_vfp_neon-cflags := -fno-pie
arm_vfp_neon-ldflags := -no-pie
arm_vfp_neon-src := tests/guest/arm/vfp_neon.c

# Long descriptors with the real memory system.
emu-tests += arm_lpae_memory
arm_lpae_memory-src := tests/guest/arm/lpae_memory.c

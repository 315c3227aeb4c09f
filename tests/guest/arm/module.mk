# SPDX-License-Identifier: BSD-2-Clause
# The system part alone, with a fake core: nothing comes from the library.
emu-tests += arm_system
arm_system-src := $(addprefix tests/guest/arm/,fake_core.c system.c system_cp15.c system_mmu.c \
	system_lpae.c system_random.c) \
	$(addprefix emu/guest/arm/,arm.c cp15.c cpsr.c exception.c gdb.c gtimer.c help_system.c \
	mmu.c mmu_long.c model.c pmu.c)
# VFP and NEON: with their own memory and registers' part of the front end.
emu-tests += arm_vfp_neon
arm_vfp_neon-src := tests/guest/arm/vfp_neon.c

# The front end and the interpreter, with the fake core's RAM.
arm-front-src := $(addprefix tests/guest/arm/,fake_core.c run.c) \
	$(filter-out emu/guest/arm/psci.c,$(sort $(wildcard emu/guest/arm/*.c))) \
	$(sort $(wildcard emu/ir/*.c emu/softfp/*.c)) emu/host/interp/interp.c
emu-tests += arm_translate arm_disasm
arm_translate-src := tests/guest/arm/translate.c $(arm-front-src)
arm_disasm-src := tests/guest/arm/disasm.c $(arm-front-src)

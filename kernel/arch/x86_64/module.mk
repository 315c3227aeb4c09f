# SPDX-License-Identifier: BSD-2-Clause
kernel-src += kernel/arch/x86_64/ap_boot.S kernel/arch/x86_64/boot.S kernel/arch/x86_64/cpu.c
kernel-src += kernel/arch/x86_64/dump.c kernel/arch/x86_64/entry.S kernel/arch/x86_64/fpu.c
kernel-src += kernel/arch/x86_64/kernel_map.c kernel/arch/x86_64/paging.c
kernel-src += kernel/arch/x86_64/trap.c
kernel-kdb-src += kernel/arch/x86_64/debug.c

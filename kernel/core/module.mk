# SPDX-License-Identifier: BSD-2-Clause
kernel-src += kernel/core/boot_memory.c kernel/core/control.c kernel/core/cpu.c
kernel-src += kernel/core/exregs.c kernel/core/fault.c kernel/core/io.c kernel/core/ipc.c
kernel-src += kernel/core/irq.c kernel/core/kip.c kernel/core/klib.c kernel/core/kmem.c
kernel-src += kernel/core/load.c kernel/core/main.c kernel/core/map.c kernel/core/mapdb.c
kernel-src += kernel/core/printk.c kernel/core/reap.c kernel/core/sched.c kernel/core/space.c
kernel-src += kernel/core/thread.c kernel/core/timer.c kernel/core/unmap.c kernel/core/xfer.c

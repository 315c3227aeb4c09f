# SPDX-License-Identifier: BSD-2-Clause
kernel-src += kernel/plat/pc/multiboot.c kernel/plat/pc/acpi.c kernel/plat/pc/interrupt.c
kernel-src += kernel/plat/pc/lapic.c kernel/plat/pc/ioapic.c kernel/plat/pc/pic.c
kernel-src += kernel/plat/pc/pit.c kernel/plat/pc/clock.c kernel/plat/pc/smp.c
kernel-src += kernel/plat/pc/serial.c kernel/plat/pc/reset.c

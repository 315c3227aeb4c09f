/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where things are in the address space.  Usable from C and assembly.
 *
 *	0 .. 0x00007fffffffffff       user
 *	0xffff800000000000            DIRECT_MAP: all RAM, 1:1, no execute
 *	0xffffffff80000000            KERNEL_BASE + physical: the kernel image
 *	0xffffffffc0000000            TCB_AREA: thread control blocks, 64 MiB
 *	0xffffffffd0000000            DEVICE_AREA: local APIC, I/O APIC, ...
 *	0xffffffffe0000000            USER_STUBS: system call entries, one page,
 *	                              readable and executable by users
 */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

#define USER_END 0x0000800000000000
#define DIRECT_MAP 0xffff800000000000
#define KERNEL_BASE 0xffffffff80000000
#define KERNEL_PHYS 0x100000
#define TCB_AREA 0xffffffffc0000000
#define DEVICE_AREA 0xffffffffd0000000
#define USER_STUBS 0xffffffffe0000000

/* The boot CPU's page tables map this much of physical memory at 0 (until the
 * final tables are in place), DIRECT_MAP and, the first 1 GiB, KERNEL_BASE. */
#define BOOT_MAP_SIZE 0x100000000

/* Segment selectors; SYSCALL/SYSRET dictate the order. */
#define SEL_KERNEL_CODE 0x08
#define SEL_KERNEL_DATA 0x10
#define SEL_USER_DATA 0x23
#define SEL_USER_CODE 0x2b
#define SEL_TSS 0x30

#endif

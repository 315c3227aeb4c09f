/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel interface page as the kernel fills it in.
 */
#ifndef CORE_KIP_H
#define CORE_KIP_H

#include <core/boot.h>
#include <l4/kip.h>
#include <stdint.h>

/* The system calls, in the order of their stubs. */
enum syscall {
	SYSCALL_IPC,
	SYSCALL_LIPC,
	SYSCALL_UNMAP,
	SYSCALL_EXCHANGE_REGISTERS,
	SYSCALL_SYSTEM_CLOCK,
	SYSCALL_THREAD_SWITCH,
	SYSCALL_SCHEDULE,
	SYSCALL_SPACE_CONTROL,
	SYSCALL_THREAD_CONTROL,
	SYSCALL_PROCESSOR_CONTROL,
	SYSCALL_MEMORY_CONTROL, /* its stub is longer */
	SYSCALLS,
};

/* User address of a call's stub. */
uint64_t arch_syscall_address(enum syscall call);

/* Makes the page; memory and interrupt counts must be known. */
void kip_init(const struct boot_data *boot, uint64_t boot_info);

void kip_set_server(struct l4_kip_server *server, uint64_t ip, uint64_t low, uint64_t high);
void kip_set_frequencies(unsigned cpu, uint64_t external_khz, uint64_t internal_khz);
struct l4_kip *kip_page(void);
uint64_t kip_phys(void);
#define BOOT_INFO_SIZE 0x4000
unsigned kip_user_base(void);
unsigned kip_system_base(void);

#endif
